import assert from "node:assert/strict";
import { sampleConfiguration } from "../../support/repository";
import { requires } from "../../support/requires";
import { Contoso, compare, entra, forest, metaverse, userJoin } from "./contoso";
import { blocking, build, change, finds, gap, unexplained } from "./finds";

/** A small custom rule of contoso.com for users; `flows` are attribute to source, `scope` conditions that all must hold. */
interface Small {
  readonly name: string;
  readonly precedence: number;
  readonly linkType?: string;
  readonly disabled?: boolean;
  readonly flows?: Readonly<Record<string, string>>;
  readonly scope?: readonly (readonly [string, string, string])[];
}

let serial = 0;
function small(
  copy: Contoso,
  { name, precedence, linkType = "Join", disabled = false, flows = {}, scope = [] }: Small,
): Contoso {
  const id = `{00000000-1111-2222-3333-${String(++serial).padStart(12, "0")}}`;
  copy.addCustom(userJoin, name, precedence, id);
  const path = `SynchronizationRules/SynchronizationRule_${id}.xml`;
  const conditions = scope
    .map(
      ([a, op, v]) =>
        `<scope><csAttribute>${a}</csAttribute><csOperator>${op}</csOperator><csValue>${v}</csValue></scope>`,
    )
    .join("");
  const mappings = Object.entries(flows)
    .map(
      ([target, source]) =>
        `<mapping><dest>${target}</dest><src>${source}</src><valueMergeType>Update</valueMergeType></mapping>`,
    )
    .join("");
  const text = (copy.files.get(path) ?? "")
    .replace(/<linkType>[^<]*/, `<linkType>${linkType}`)
    .replace(/<disabled>[^<]*/, `<disabled>${disabled ? "True" : "False"}`)
    .replace(
      /<synchronizationCriteria>[\s\S]*<\/synchronizationCriteria>/,
      `<synchronizationCriteria>${conditions === "" ? "" : `<conditions>${conditions}</conditions>`}</synchronizationCriteria>`,
    )
    .replace(
      /<attribute-mappings>[\s\S]*<\/attribute-mappings>/,
      `<attribute-mappings>${mappings}</attribute-mappings>`,
    );
  copy.files.set(path, text);
  return copy;
}

const attribute = (name: string): string => `<attr>${name}</attr>`;
const filter: Small = {
  name: "Filter",
  precedence: 40,
  flows: { cloudFiltered: "True" },
  scope: [["extensionAttribute15", "EQUAL", "NoSync"]],
};
const same = (copy: Contoso): Contoso => copy;

describe("what an edit of a rule does to objects", () => {
  before(function () {
    requires(this, "the Contoso sample", sampleConfiguration);
  });

  describe("negative filters", () => {
    finds(
      "a filter rule that only the staging server has deletes",
      [blocking(change("rule-only-on-staging", /extensionAttribute15 = NoSync would be deleted from Entra ID/))],
      (copy) => small(copy, filter),
    );
    for (const [what, precedence] of [
      ["comes to stand before a rule that keeps objects", 38],
      ["gets the number of a rule that keeps objects", 39],
    ] as const)
      finds(
        `a filter rule that ${what} deletes`,
        [
          blocking(
            change(
              precedence === 38 ? "rule-precedence-differs" : "rule-precedence-tied",
              /cloudFiltered.*would be deleted from Entra ID/,
            ),
          ),
        ],
        (copy) =>
          small(small(copy, { ...filter, precedence }), {
            name: "Keep",
            precedence: 39,
            flows: { cloudFiltered: "False" },
          }),
        (copy) => small(small(copy, filter), { name: "Keep", precedence: 39, flows: { cloudFiltered: "False" } }),
      );
    finds(
      "a filter rule that arrives enabled deletes",
      [blocking(gap("rule-disabled-differs", /would be deleted from Entra ID/))],
      (copy) => small(copy, filter),
      (copy) => small(copy, { ...filter, disabled: true }),
    );
    finds(
      "a filter rule that the staging server lacks adds",
      [change("rule-missing-on-staging", /would be added to Entra ID/)],
      same,
      (copy) => small(copy, filter),
    );
    finds(
      "a filter rule that applies to more objects deletes those",
      [blocking(change("rule-scope-differs", /deleted from Entra ID/))],
      (copy) => small(copy, { ...filter, scope: [] }),
      (copy) => small(copy, filter),
    );
    finds(
      "the same filter once more changes nothing for the objects",
      [change("rule-only-on-staging", /would get values/)],
      (copy) => small(small(copy, filter), { ...filter, name: "Filter again", precedence: 41 }),
      (copy) => small(copy, filter),
    );
    finds("a filter that never becomes True is none", [change("rule-only-on-staging")], (copy) =>
      small(copy, { ...filter, flows: { cloudFiltered: "False" } }),
    );
    finds(
      "a filter behind another revision is not excused by it",
      [
        blocking(unexplained("rule-flow-differs", /sets cloudFiltered to True for all/)),
        build("build-differs"),
        build("rule-revised"),
      ],
      (copy) =>
        copy
          .version("2.6.92.0")
          .edit(copy.rule(userJoin), "InfromADUserJoin.003", "InfromADUserJoin.012")
          .edit(
            copy.rule(userJoin),
            /(<dest>cloudFiltered<\/dest>)[\s\S]*?<\/mapping>/,
            "<dest>cloudFiltered</dest><src>True</src><valueMergeType>Update</valueMergeType></mapping>",
          ),
    );
  });

  describe("the rules that provision", () => {
    const prov: Small = { name: "Prov", precedence: 30, linkType: "Provision" };
    const off = (copy: Contoso): Contoso => copy.edit(copy.rule(userJoin), "<disabled>False", "<disabled>True");
    finds(
      "another provisioner that covers all of them makes it a thing to look at",
      [gap("rule-disabled-differs", /"Prov" provisions them as well/)],
      (copy) => off(small(copy, prov)),
      (copy) => small(copy, prov),
    );
    const vip: Small = { ...prov, scope: [["department", "EQUAL", "VIP"]] };
    finds(
      "another provisioner that covers some of them does not help the others",
      [
        blocking(
          gap(
            "rule-disabled-differs",
            /"Prov" provisions only those inside "department = VIP"; the others would be deleted/,
          ),
        ),
      ],
      (copy) => off(small(copy, vip)),
      (copy) => small(copy, vip),
    );
    finds(
      "a rule for another type of object lets the first type go",
      [blocking(gap("rule-object-type-differs", /no longer provision group objects.*deleted from Entra ID/))],
      (copy) => copy.edit(copy.rule("In from AD - Group Join"), "<sourceObjectType>group", "<sourceObjectType>user"),
    );
    finds(
      "a rule that is disabled on both servers has no effect, but should be of one kind",
      [
        change("rule-link-type-differs", /disabled on both servers/),
        { code: "rule-scope-differs", class: "your-change", severity: "info" },
      ],
      (copy) => small(copy, { ...vip, disabled: true, linkType: "Join", scope: [] }),
      (copy) => small(copy, { ...vip, disabled: true }),
    );
  });

  describe("the source anchor", () => {
    const anchor: Small = { name: "Anchor", precedence: 20, flows: { sourceAnchor: attribute("employeeID") } };
    finds(
      "a rule before all others that gives another one",
      [blocking(change("rule-only-on-staging", /another sourceAnchor/))],
      (copy) => small(copy, anchor),
    );
    finds(
      "another attribute in a flow",
      [blocking(change("rule-flow-differs", /taken for another object/))],
      (copy) => small(copy, { ...anchor, flows: { sourceAnchor: attribute("mail") } }),
      (copy) => small(copy, anchor),
    );
    finds(
      "another rule that wins it by its number",
      [blocking(change("rule-precedence-differs", /now wins over "Anchor" for sourceAnchor/))],
      (copy) =>
        small(small(copy, { ...anchor, precedence: 22 }), {
          ...anchor,
          name: "Other",
          precedence: 21,
          flows: { sourceAnchor: attribute("mail") },
        }),
      (copy) =>
        small(small(copy, anchor), {
          ...anchor,
          name: "Other",
          precedence: 21,
          flows: { sourceAnchor: attribute("mail") },
        }),
    );
  });

  it("says that a value is lost where only a rule for other objects gives it", () => {
    const give: Small = { name: "Giver", precedence: 10, flows: { customX: attribute("title") } };
    const contact = (copy: Contoso): Contoso => {
      small(copy, { ...give, name: "Contact giver", precedence: 11 });
      return copy.edit(copy.rule("Contact giver"), "<sourceObjectType>user", "<sourceObjectType>contact");
    };
    const { findings } = compare(
      contact(small(Contoso.staging(), { ...give, flows: {} })),
      contact(small(new Contoso(), give)),
    );
    const found = findings.find(({ code }) => code === "rule-flow-missing-on-staging");
    assert.match(found?.title ?? "", /nor from any other: the value would be removed/);
  });

  finds(
    "a filter that only reads like the other one",
    [change("rule-scope-differs")],
    (copy) => small(copy, { name: "S", precedence: 5, scope: [["department", "EQUAL", "A and title = B"]] }),
    (copy) =>
      small(copy, {
        name: "S",
        precedence: 5,
        scope: [
          ["department", "EQUAL", "A"],
          ["title", "EQUAL", "B"],
        ],
      }),
  );
  finds(
    "rules of one name are told apart by their number",
    [change("rule-flow-differs")],
    (copy) =>
      small(small(copy, { name: "Dup", precedence: 10 }), { name: "Dup", precedence: 11, flows: { title: "x" } }),
    (copy) =>
      small(small(copy, { name: "Dup", precedence: 10 }), { name: "Dup", precedence: 11, flows: { title: "y" } }),
  );
});

describe("the kinds of value in a configuration", () => {
  before(function () {
    requires(this, "the Contoso sample", sampleConfiguration);
  });
  const anchor = "Microsoft.SynchronizationOption.AnchorAttribute";
  const without = (copy: Contoso, name: string): Contoso =>
    copy.edit(metaverse, new RegExp(`<parameter name="${name.replaceAll(".", "\\.")}"[^>]*>[^<]*</parameter>`), "");

  finds(
    "a known parameter that is missing keeps its weight, whatever the builds",
    [blocking(change("global-parameter-missing", /source anchor/)), build("build-differs")],
    (copy) => without(copy.version("2.6.92.0"), anchor),
  );
  finds("a known parameter that is missing in the same build", [blocking(change("global-parameter-missing"))], (copy) =>
    without(copy, anchor),
  );
  finds(
    "names of attributes in another case",
    [],
    (copy) => copy.parameter(anchor, "mS-DS-ConsistencyGuid"),
    (copy) => copy.parameter(anchor, "ms-DS-ConsistencyGuid"),
  );
  const extensions = "Microsoft.OptionalFeature.DirectoryExtensionAttributes";
  finds(
    "a list in another order",
    [],
    (copy) => copy.parameter(extensions, "a,b"),
    (copy) => copy.parameter(extensions, "b,a"),
  );
  finds(
    "a list with other members",
    [change("global-parameter-differs")],
    (copy) => copy.parameter(extensions, "a,c"),
    (copy) => copy.parameter(extensions, "b,a"),
  );
  finds("what a machine is", [{ code: "global-parameter-missing", class: "expected", severity: "info" }], (copy) =>
    copy.edit(
      metaverse,
      "<parameter-values>",
      '<parameter-values><parameter name="Microsoft.SystemInformation.MachineRole" type="string">RoleMemberServer</parameter>',
    ),
  );

  finds(
    "another domain of the same name",
    [blocking(unexplained("outside-identity-differs", /another domain of the same name/))],
    (copy) =>
      copy.everywhere((text, path) => (path === forest ? text.replaceAll("C58EA1C0-26F4", "D58EA1C0-26F4") : text)),
  );
  const unnamed = (copy: Contoso): Contoso =>
    copy.everywhere((text, path) =>
      path === forest ? text.replaceAll(/\{C58EA1C0-[^}]*\}/g, "{00000000-0000-0000-0000-000000000000}") : text,
    );
  finds(
    "a domain that only one server's export identifies",
    [unexplained("outside-identity-differs", /not known/)],
    unnamed,
  );
  finds(
    "a domain that only one build's export identifies",
    [build("build-differs"), build("outside-identity-differs")],
    (copy) => unnamed(copy.version("2.6.92.0")),
  );
  const tenant = (copy: Contoso, id: string): Contoso =>
    copy.edit(entra, "login.windows.net/nilonline.onmicrosoft.com", `login.windows.net/${id}`);
  finds(
    "another tenant by its identifier",
    [blocking(unexplained("outside-identity-differs", /another tenant/))],
    (copy) => tenant(copy, "11111111-2222-3333-4444-555555555555"),
    (copy) => tenant(copy, "11111111-2222-3333-4444-666666666666"),
  );

  const list = (copy: Contoso, ...members: readonly string[]): Contoso =>
    copy.edit(
      forest,
      "<ma-data>",
      `<ma-data><list>${members.map((member) => `<entry><key>k</key>${member}</entry>`).join("")}</list>`,
    );
  finds(
    "members of a list that swapped their values",
    [unexplained("raw-value-differs")],
    (copy) => list(copy, "<a>1</a><b>4</b>", "<a>3</a><b>2</b>"),
    (copy) => list(copy, "<a>1</a><b>2</b>", "<a>3</a><b>4</b>"),
  );
  finds(
    "members of a list that changed places",
    [],
    (copy) => list(copy, "<a>3</a><b>4</b>", "<a>1</a><b>2</b>"),
    (copy) => list(copy, "<a>1</a><b>2</b>", "<a>3</a><b>4</b>"),
  );
  finds(
    "a container that is called like the server",
    [unexplained("raw-value-differs")],
    (copy) =>
      copy
        .edit(metaverse, "server='CONTOSO-SYNC01'", "server='PROD'")
        .edit(forest, "<ma-data>", "<ma-data><place>OU=PROD,DC=contoso,DC=com</place>"),
    (copy) =>
      copy
        .edit(metaverse, "server='CONTOSO-SYNC01'", "server='PILOT'")
        .edit(forest, "<ma-data>", "<ma-data><place>OU=PILOT,DC=contoso,DC=com</place>"),
  );

  it("folds a partition that neither server reads down to information", () => {
    const unread = (copy: Contoso): Contoso => copy.edit(forest, "<selected>1<", "<selected>0<");
    const report = compare(
      unread(Contoso.staging())
        .edit(forest, "OU=CORP,DC=contoso", "OU=LAB,DC=contoso")
        .edit(forest, "<object-class>contact</object-class>", ""),
      unread(new Contoso()),
    );
    assert.equal(report.verdict, "ok", report.findings.map(({ title }) => title).join("\n"));
    assert.match(report.findings.map(({ title }) => title).join("\n"), /neither server reads this partition/);
  });

  it("asks whether the folder was copied whole where most standard rules are missing", () => {
    const partly = Contoso.staging();
    for (const path of [...partly.files.keys()].filter((name) => name.startsWith("Sync")).slice(10))
      partly.files.delete(path);
    const findings = compare(partly).findings.filter(({ code }) => code.includes("rule"));
    assert.deepEqual(
      findings.map(({ code, severity }) => `${severity} ${code}`),
      ["blocking standard-rules-missing-on-staging"],
    );
    assert.match(findings[0]?.title ?? "", /52 of the 62 standard rules .*was it copied whole/);
  });

  it("makes one finding of all revisions that change nothing", () => {
    const newer = Contoso.staging()
      .version("2.6.92.0")
      .everywhere((text) => text.replace(/(<immutable-tag>Microsoft\.\w+\.)\d+/, "$1099"));
    const { findings } = compare(newer);
    assert.deepEqual(
      findings.map(({ code }) => code).filter((code) => code.startsWith("rule")),
      ["rule-revised"],
    );
    assert.match(findings.find(({ code }) => code === "rule-revised")?.title ?? "", /^62 standard rules come/);
  });
});
