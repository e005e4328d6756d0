import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  analyseExports,
  defaultThresholds,
  type ExportsReport,
  type RiskClass,
  readThresholds,
} from "../../../review/exports";
import { classMeaning } from "../../../review/exports/judging/thresholds";
import schema from "../../../review/exports/judging/thresholds.schema.json";
import { BadInput, type Finding } from "../../../review/verdict";
import { repositoryRoot } from "../../support/repository";
import { type AttributeXml, dnOf, Folder, type ObjectXml } from "./exportXml";

const set = (name: string, value: string): AttributeXml => ({ name, operation: "replace", values: [value] });
const user = (name: string, more: Partial<ObjectXml> = {}): ObjectXml => ({
  dn: dnOf(name),
  attributes: [set("title", name)],
  holograms: { "unapplied-export-hologram": { displayName: name, userPrincipalName: `${name}@contoso.com` } },
  ...more,
});
const users = (count: number, more: Partial<ObjectXml> = {}) =>
  Array.from({ length: count }, (_, index) => user(`user ${index}`, more));
const gone: Partial<ObjectXml> = {
  operation: "delete",
  attributes: [],
  holograms: { "synchronized-hologram": { displayName: "Old" } },
};

describe("pending exports of a pair", () => {
  const folder = new Folder();
  after(() => folder.remove());

  const staging = (...objects: ObjectXml[]) => analyseExports({ staging: [folder.export(...objects)] });
  const pair = (active: ObjectXml[], staged: ObjectXml[]) =>
    analyseExports({ active: [folder.export(...active)], staging: [folder.export(...staged)] });
  const find = ({ findings }: ExportsReport, code: string): Finding => {
    const finding = findings.find((each) => each.code === code);
    assert.ok(finding, `${code} is not among ${findings.map((each) => each.code).join(", ")}`);
    return finding;
  };
  const codes = ({ findings }: ExportsReport) =>
    findings.filter((each) => each.severity !== "info").map((each) => each.code);
  const examples = (side: Finding["staging"]): Record<string, unknown>[] =>
    (side as unknown as { examples: Record<string, unknown>[] }).examples;

  it("are ok when both servers would do the same, whatever the GUIDs and the order", async () => {
    const objects = users(30);
    const values: AttributeXml = {
      name: "proxyAddresses",
      operation: "update",
      values: [
        ["add", "a"],
        ["delete", "b"],
      ],
    };
    const group: ObjectXml = { dn: dnOf("g"), type: "group", attributes: [values, set("mail", "g@x")] };
    const turned: ObjectXml = {
      ...group,
      id: "{2}",
      attributes: [
        set("mail", "g@x"),
        {
          ...values,
          values: [
            ["delete", "b"],
            ["add", "a"],
          ],
        },
      ],
    };
    const report = await pair(
      [...objects, group],
      [turned, ...objects.map((object) => ({ ...object, id: "{9}" })).reverse()],
    );
    assert.equal(report.verdict, "ok");
    const { onlyStaging, onlyActive, both, differs, transient } = report.summary;
    assert.deepEqual(
      { onlyStaging, onlyActive, both, differs, transient },
      { onlyStaging: 0, onlyActive: 0, both: 31, differs: 0, transient: 0 },
    );
  });

  it("are ok when there are none", async () => {
    assert.equal((await pair([], [])).verdict, "ok");
    assert.equal((await staging()).verdict, "ok");
  });

  it("count what each server would do, per operation, type and attribute, in objects", async () => {
    const kinds = ["add", "update", "replace", "delete", "delete-add", "obsolete"] as const;
    const objects = kinds.map((operation) =>
      user(operation, { operation, type: operation === "add" ? "group" : "user" }),
    );
    const report = await pair(
      [user("update"), user("only active", { type: "contact" })],
      [...objects, user("none", { operation: "none" })],
    );
    const { active, staging: staged, ...summary } = report.summary;
    assert.deepEqual(staged, {
      objects: 6,
      add: 1,
      update: 1,
      replace: 1,
      delete: 1,
      "delete-add": 1,
      obsolete: 1,
      byType: { group: 1, user: 5 },
      snapshots: 1,
      transient: 0,
      sent: 0,
    });
    assert.deepEqual([active?.objects, active?.byType], [2, { contact: 1, user: 1 }]);
    assert.deepEqual([summary.onlyStaging, summary.onlyActive, summary.both, summary.differs], [5, 1, 1, 0]);
    assert.deepEqual(
      summary.attributes.find(({ type }) => type === "contact"),
      { operation: "update", type: "contact", attribute: "title", onlyStaging: 0, onlyActive: 1, both: 0, differs: 0 },
    );
  });

  it("tell objects that both change but differently, with the values of both", async () => {
    const report = await pair(
      [user("a", { attributes: [set("title", "old"), set("city", "X")] })],
      [user("a", { attributes: [set("title", "new"), set("city", "X")] })],
    );
    assert.equal(report.verdict, "review");
    assert.equal(report.summary.differs, 1);
    const { active, staging: staged } = find(report, "different-values");
    const values = (side: Finding["staging"]) =>
      (examples(side)[0] as { attributes: { values: string[] }[] }).attributes[0]?.values;
    assert.deepEqual([values(active), values(staged)], [["old"], ["new"]]);
    const rows = report.summary.attributes.map(({ attribute, both, differs }) => ({ attribute, both, differs }));
    assert.deepEqual(rows, [
      { attribute: "city", both: 1, differs: 0 },
      { attribute: "title", both: 0, differs: 1 },
    ]);
  });

  it("differ when only the operation of a value differs", async () => {
    const member = (how: string): AttributeXml => ({
      name: "member",
      operation: "update",
      reference: true,
      values: [[how, dnOf("m")]],
    });
    const report = await pair(
      [user("g", { attributes: [member("add")] })],
      [user("g", { attributes: [member("delete")] })],
    );
    assert.equal(report.summary.differs, 1);
    assert.equal(find(report, "membership-removals").severity, "warning");
  });

  it("tell what only the active server would do", async () => {
    const report = await pair([user("a"), user("b", gone)], []);
    assert.equal(report.verdict, "review");
    const finding = find(report, "only-active");
    assert.equal(finding.staging, null);
    assert.match(finding.title, /2 objects \(1 delete, 1 update\)/);
  });

  it("match objects by name, not by letter case, not by GUID", async () => {
    const report = await pair([user("a", { dn: "CN=A,DC=x", id: "{1}" })], [user("a", { dn: "cn=a,dc=x", id: "{2}" })]);
    assert.equal(report.summary.both, 1);
  });

  it("warn when both would delete many", async () => {
    const report = await pair(users(12, gone), users(12, gone));
    assert.equal(find(report, "both-servers").severity, "warning");
    assert.match(find(report, "both-servers").cause, /12 of them are deletes/);
  });

  describe("by risk", () => {
    const classes: Partial<Record<RiskClass, { code: string; object: (name: string) => ObjectXml }>> = {
      deletes: { code: "deletes", object: (name) => user(name, gone) },
      disables: { code: "disables", object: (name) => user(name, { attributes: [set("accountEnabled", "false")] }) },
      sourceAnchorChanges: {
        code: "source-anchor-changes",
        object: (name) => user(name, { attributes: [set("sourceAnchor", "x")] }),
      },
      userPrincipalNameChanges: {
        code: "upn-changes",
        object: (name) => user(name, { attributes: [set("userPrincipalName", "x@y")] }),
      },
      membershipRemovals: {
        code: "membership-removals",
        object: (name) =>
          user(name, {
            type: "group",
            attributes: [{ name: "member", operation: "update", reference: true, values: [["delete", dnOf("m")]] }],
          }),
      },
      adds: { code: "adds", object: (name) => user(name, { operation: "add" }) },
      updates: { code: "updates", object: (name) => user(name) },
      writeback: {
        code: "writeback",
        object: (name) => user(name, { dn: `CN=${name},DC=contoso,DC=com`, connector: "contoso.com" }),
      },
      renames: {
        code: "renames",
        object: (name) => ({
          dn: `CN=${name},DC=contoso,DC=com`,
          newDn: `CN=${name},OU=new,DC=contoso,DC=com`,
          connector: "contoso.com",
        }),
      },
    };
    for (const [name, { code, object }] of Object.entries(classes)) {
      it(`${name}: one asks for a review, the threshold for a block`, async () => {
        const { review, block } = defaultThresholds[name as RiskClass];
        assert.equal(review, 1);
        const several = (count: number) => Array.from({ length: count }, (_, index) => object(`object ${index}`));
        const one = find(await staging(...several(1)), code);
        assert.equal(one.severity, (block as number) === 1 ? "blocking" : "warning");
        assert.equal(one.class, name);
        assert.equal(examples(one.staging).length, 1);
        if (block === "never" || block === 1) return;
        assert.equal(find(await staging(...several(block - 1)), code).severity, "warning");
        const report = await staging(...several(block));
        assert.equal(report.verdict, "blocked");
        const finding = find(report, code);
        assert.equal(finding.severity, "blocking");
        assert.equal(report.findings.filter((each) => each.code === code).length, 1);
        assert.equal(examples(finding.staging).length, Math.min(10, block));
      });
    }

    it("a rename in the Entra connector is a change of the source anchor", async () => {
      const report = await staging(user("a", { newDn: dnOf("b") }));
      assert.deepEqual([report.verdict, codes(report)], ["blocked", ["source-anchor-changes", "renames"]]);
    });

    it("a delete and an add of the same person are a recreation, and blocked", async () => {
      const known = { displayName: "Anna", userPrincipalName: "anna@contoso.com" };
      const old = user("old", { operation: "delete", attributes: [], holograms: { "synchronized-hologram": known } });
      const fresh = user("new", {
        operation: "add",
        holograms: { "unapplied-export-hologram": { ...known, userPrincipalName: "ANNA@contoso.com" } },
      });
      const report = await staging(old, fresh, user("other", gone));
      assert.equal(report.verdict, "blocked");
      assert.deepEqual(
        examples(find(report, "recreated-objects").staging).map((each) => each.displayName),
        ["Anna"],
      );
    });

    it("a member list that goes as a whole is blocked: nobody knows how many", async () => {
      const report = await staging(
        user("g", { type: "group", attributes: [{ name: "member", operation: "delete", reference: true }] }),
      );
      assert.equal(find(report, "membership-removals").severity, "blocking");
    });

    it("an attribute that both change alike is no risk of staging, though another one differs", async () => {
      const change = (title: string) =>
        user("a", { attributes: [set("accountEnabled", "false"), set("title", title)] });
      assert.deepEqual(codes(await pair([change("x")], [change("y")])), ["different-values"]);
    });

    it("accountEnabled true, or taken away, disables nobody", async () => {
      const report = await staging(
        user("a", { attributes: [set("accountEnabled", "true")] }),
        user("b", { attributes: [{ name: "accountEnabled", operation: "delete", values: ["false"] }] }),
      );
      assert.deepEqual(codes(report), ["updates"]);
    });

    it("what Active Directory alone has is writeback even where the connector is not recognised", async () => {
      const report = await staging(user("a", { dn: "CN=a,O=x", attributes: [set("msDS-KeyCredentialLink", "k")] }));
      assert.deepEqual([report.summary.connectorKind, codes(report)], ["unknown", ["writeback"]]);
    });

    it("thresholds change the verdict", async () => {
      const path = folder.export(...users(20, gone));
      const judged = async (...settings: string[]) =>
        (await analyseExports({ staging: [path], thresholds: await readThresholds(undefined, settings) })).verdict;
      assert.equal(await judged(), "blocked");
      assert.equal(await judged("deletes.block=21"), "review");
      assert.equal(await judged("deletes.block=never", "deletes.review=21"), "ok");
    });
  });

  describe("in several snapshots", () => {
    it("leave out what is not in all of them with the same change", async () => {
      const first = folder.export(user("stays"), user("leaves"), user("changes"), user("turns", { operation: "add" }));
      const second = folder.export(
        user("stays"),
        user("comes"),
        user("changes", { attributes: [set("title", "other")] }),
        user("turns"),
      );
      const report = await analyseExports({ staging: [first, second] });
      assert.equal(report.summary.staging.objects, 1);
      assert.equal(report.summary.onlyStaging, 1);
      assert.equal(report.summary.transient, 4);
      assert.equal(find(report, "transient").severity, "info");
    });

    it("do so on each side by itself, for three as for two", async () => {
      const [here, there] = [folder.export(user("a"), user("b")), folder.export(user("a"))];
      const report = await analyseExports({
        active: [here, there, folder.export(user("b"), user("a"))],
        staging: [folder.export(user("b"))],
      });
      assert.deepEqual([report.summary.onlyActive, report.summary.onlyStaging, report.summary.transient], [1, 1, 1]);
      assert.equal(report.summary.active?.transient, 1);
    });
  });

  it("that were already sent by a staging server are a finding", async () => {
    for (const element of ["escrowed-export", "unconfirmed-export"]) {
      const extra = `<${element}><delta operation="update"/></${element}>`;
      const report = await staging({ dn: dnOf("a"), operation: null, objectLevel: "modify", extra });
      assert.deepEqual([report.verdict, codes(report)], ["review", ["exports-already-sent"]]);
      assert.equal(report.summary.staging.objects, 0);
      assert.equal(report.summary.staging.sent, 1);
    }
  });

  it("without their deltas are counted by the operation of the object, and said to be incomplete", async () => {
    const report = await staging(
      { dn: dnOf("a"), operation: null, objectLevel: "delete" },
      { dn: dnOf("b"), operation: null, objectLevel: "modify" },
    );
    assert.deepEqual([report.summary.staging.delete, report.summary.staging.update], [1, 1]);
    assert.equal(find(report, "changes-not-in-file").severity, "warning");
  });

  it("show a person from the best hologram there is", async () => {
    const names = async (...order: string[]) => {
      const holograms = Object.fromEntries(order.map((name) => [name, { displayName: name }]));
      const report = await staging({ dn: dnOf("a"), attributes: [], holograms });
      return examples(find(report, "updates").staging)[0]?.displayName;
    };
    const [unapplied, pending, synced] = [
      "unapplied-export-hologram",
      "pending-import-hologram",
      "synchronized-hologram",
    ];
    assert.equal(await names(synced, pending, unapplied), unapplied);
    assert.equal(await names(unapplied, pending, synced), unapplied);
    assert.equal(await names(synced, pending), pending);
    assert.equal(await names(synced), synced);
  });

  it("of 2000 objects name a few only, the same ones whatever the order of the file", async () => {
    const objects = users(2000, gone);
    const [there, back] = [await staging(...objects), await staging(...objects.reverse())];
    const finding = find(there, "deletes");
    assert.equal(examples(finding.staging).length, 10);
    assert.deepEqual(finding.staging, find(back, "deletes").staging);
    assert.match(finding.title, /2000 objects/);
    assert.ok(JSON.stringify(there).length < 30_000);
  });

  it("say what they cannot show, and what is missing for a better answer", async () => {
    const report = await staging(user("a", { connector: null }));
    assert.match(find(report, "not-in-such-a-file").cause, /Password hashes/);
    assert.equal(find(report, "no-active-side").severity, "info");
    assert.equal(find(report, "single-snapshot").severity, "info");
    assert.equal(find(report, "connector-not-named").severity, "info");
  });

  it("one file that does not name its connector, beside one that does, is not taken for the same", async () => {
    const report = await pair([user("a")], [user("a", { connector: null })]);
    assert.equal(find(report, "connector-not-named").severity, "warning");
    assert.equal(report.verdict, "review");
  });

  it("read by the library give the same report", async () => {
    const [active, staged] = [
      folder.export(...users(5), user("x", gone)),
      folder.export(...users(9, { attributes: [set("title", "t")] })),
    ];
    const report = async (reader: "scanner" | "library") => {
      const { summary, ...rest } = await analyseExports({
        active: [active],
        staging: [staged],
        reading: { reader },
        clock: () => new Date(0),
      });
      return { ...rest, summary: { ...summary, files: [] } };
    };
    assert.deepEqual(await report("library"), await report("scanner"));
  });
});

describe("thresholds", () => {
  it("are in the schema of their file and in the documentation as in the table they come from", () => {
    const documentation = readFileSync(join(repositoryRoot, "docs", "exports.md"), "utf8");
    for (const [name, { review, block }] of Object.entries(defaultThresholds))
      assert.ok(
        documentation.includes(`| \`${name}\` | ${review} | ${block} | ${classMeaning[name as RiskClass]} |`),
        name,
      );
    assert.deepEqual(Object.keys(schema.properties), Object.keys(defaultThresholds));
  });

  const folder = new Folder();
  after(() => folder.remove());

  it("come from JSON or YAML, and single settings win", async () => {
    const json = folder.file('{ "deletes": { "block": 5 } }', "t.json");
    const yaml = folder.file("deletes:\n  review: 2\n  block: never\nupdates: { review: never }\n", "t.yaml");
    assert.deepEqual((await readThresholds(json, [])).deletes, { review: 1, block: 5 });
    assert.deepEqual((await readThresholds(yaml, ["deletes.block=7"])).deletes, { review: 2, block: 7 });
    assert.deepEqual((await readThresholds(yaml, [])).updates, { review: "never", block: "never" });
  });

  const wrong: Record<string, { file?: string; setting?: string; says: RegExp }> = {
    "an unknown class": { file: '{"delets": {}}', says: /no "delets"; known are deletes, disables/ },
    "an unknown level": { file: '{"deletes": {"stop": 1}}', says: /deletes has no "stop"; known are review, block/ },
    "a negative number": { file: '{"deletes": {"block": -1}}', says: /deletes\.block must be >= 1/ },
    "a text": { file: '{"deletes": {"block": "many"}}', says: /deletes\.block/ },
    "neither JSON nor YAML": { file: "{{{", says: /neither JSON nor YAML/ },
    "review above block": {
      file: '{"deletes": {"review": 50}}',
      says: /deletes\.review \(50\) is above deletes\.block \(10\)/,
    },
    "a setting without a level": { setting: "deletes=5", says: /class\.review=NUMBER/ },
    "a setting of an unknown class": { setting: "foo.block=5", says: /no "foo"/ },
  };
  for (const [what, { file, setting, says }] of Object.entries(wrong)) {
    it(`refuse ${what}`, async () => {
      const path = file === undefined ? undefined : folder.file(file);
      await assert.rejects(readThresholds(path, setting === undefined ? [] : [setting]), (error: unknown) => {
        assert.ok(error instanceof BadInput);
        assert.match(error.message, says);
        return true;
      });
    });
  }

  it("say what to write instead of a number that makes no sense", async () => {
    await assert.rejects(readThresholds(undefined, ["deletes.review=0"]), /deletes\.review must be >= 1, or never\.$/);
  });

  it("refuse a file that is not there", async () => {
    await assert.rejects(readThresholds(`${folder.path}/none.json`, []), /cannot be read/);
  });
});
