import { strict as assert } from "node:assert";
import { linkSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { type AnalyseExports, analyseExports, type ExportsReport } from "../../../review/exports";
import { BadInput, type Finding } from "../../../review/verdict";
import { type AttributeXml, dnOf, documentXml, Folder, type ObjectXml } from "./exportXml";

const directory = "contoso.com";

describe("what an export does, not how it is written", () => {
  const folder = new Folder();
  after(() => folder.remove());

  const inCloud = (name: string, ...attributes: AttributeXml[]): ObjectXml => ({ dn: dnOf(name), attributes });
  const inDirectory = (name: string, more: Partial<ObjectXml> = {}): ObjectXml => ({
    dn: `CN=${name},OU=People,DC=contoso,DC=com`,
    connector: directory,
    attributes: [],
    ...more,
  });
  const set = (name: string, ...values: string[]): AttributeXml => ({ name, operation: "replace", values });
  const changed = (name: string, from: string, to: string, more: Partial<AttributeXml> = {}): AttributeXml => ({
    name,
    operation: "update",
    multivalued: false,
    values: [
      ["delete", from],
      ["add", to],
    ],
    ...more,
  });
  const alone = (objects: readonly ObjectXml[], more: Partial<AnalyseExports> = {}): Promise<ExportsReport> =>
    analyseExports({ staging: [folder.export(...objects)], ...more });
  const pair = (active: readonly ObjectXml[], staging: readonly ObjectXml[]): Promise<ExportsReport> =>
    analyseExports({ active: [folder.export(...active)], staging: [folder.export(...staging)] });
  /** Classes of change, without what is said about the evidence. */
  const classes = ({ findings }: ExportsReport): string[] =>
    findings
      .filter(({ class: of }) => of !== "evidence" && of !== "tenant-threshold" && of !== "both")
      .map(({ class: of }) => of);
  const find = ({ findings }: ExportsReport, code: string): Finding => {
    const found = findings.find((finding) => finding.code === code);
    assert.ok(found, `no ${code} among ${findings.map((finding) => finding.code).join(", ")}`);
    return found;
  };

  describe("names", () => {
    it("a rename is delta/@newdn beside @dn", async () => {
      const dn = "CN=a,OU=People,DC=contoso,DC=com";
      const report = await alone([inDirectory("a", { renamedTo: "CN=a,OU=Gone,DC=contoso,DC=com" })]);
      const renames = find(report, "renames");
      const { examples } = renames.staging as { examples: { dn: string; newDn: string }[] };
      assert.deepEqual([examples[0]?.dn, examples[0]?.newDn], [dn, "CN=a,OU=Gone,DC=contoso,DC=com"]);
      assert.deepEqual(classes(await alone([inDirectory("a", { renamedTo: dn, attributes: [set("title", "x")] })])), [
        "writeback",
      ]);
    });

    it("a rename in the Entra connector is another source anchor, and blocks", async () => {
      assert.equal(
        find(await alone([{ dn: dnOf("a"), renamedTo: dnOf("b"), attributes: [] }]), "source-anchor-changes").severity,
        "blocking",
      );
    });

    it("references are the same in any letter case", async () => {
      const manager = (dn: string) =>
        inCloud("a", { name: "manager", operation: "replace", reference: true, values: [dn] });
      assert.equal((await pair([manager("CN={AB}")], [manager("cn={ab}")])).summary.both, 1);
    });

    it("two objects of one name are kept apart by id, matched by anchor, and named", async () => {
      const twin = (id: string, anchor: string, title: string): ObjectXml =>
        inDirectory("M?ller", { id, attributes: [set("title", title)], anchor });
      const active = [twin("{1}", "AAA=", "x"), twin("{2}", "BBB=", "y")];
      const report = await pair(active, [twin("{4}", "BBB=", "y"), twin("{3}", "AAA=", "x")]);
      assert.deepEqual([report.summary.both, report.summary.staging.objects], [2, 2]);
      assert.equal(find(report, "names-not-unique").severity, "warning");
      const other = await pair(active, [twin("{4}", "BBB=", "z"), twin("{3}", "AAA=", "x")]);
      assert.deepEqual([other.summary.both, other.summary.differs], [1, 1]);
      await assert.rejects(alone([twin("{1}", "AAA=", "x"), twin("{1}", "BBB=", "y")]), /is in the file twice/);
    });

    it("an LDAP directory whose names end in dc= is not called Active Directory", async () => {
      const report = await alone([
        { dn: "uid=a,ou=p,dc=example,dc=com", connector: "LDAP", attributes: [set("mail", "x")] },
      ]);
      assert.equal(report.summary.connectorKind, "unknown");
      assert.ok(!classes(report).includes("writeback"));
    });
  });

  describe("accounts that are disabled", () => {
    const control = (value: string, from?: string): AttributeXml =>
      from === undefined
        ? { ...set("userAccountControl", value), type: "integer" }
        : changed("userAccountControl", from, value, { type: "integer" });

    it("bit 2 of userAccountControl disables, in hexadecimal as in decimal", async () => {
      for (const value of ["0x202", "514", "0xffffffff80000002"])
        assert.ok(
          classes(await alone([inDirectory("a", { attributes: [control(value, "0x200")] })])).includes("disables"),
          value,
        );
      for (const value of ["0x200", "512", "0x10200"])
        assert.ok(
          !classes(await alone([inDirectory("a", { attributes: [control(value, "0x210")] })])).includes("disables"),
          value,
        );
    });

    it("whoever was disabled before is not disabled again, as the change or the hologram says", async () => {
      assert.ok(
        !classes(await alone([inDirectory("a", { attributes: [control("0x10202", "0x202")] })])).includes("disables"),
      );
      const before = (value: string) => ({ holograms: { "synchronized-hologram": { userAccountControl: value } } });
      const replaced = (value: string) => inDirectory("a", { attributes: [control("0x10202")], ...before(value) });
      assert.ok(!classes(await alone([replaced("0x202")])).includes("disables"));
      assert.ok(classes(await alone([replaced("0x200")])).includes("disables"));
      assert.ok(classes(await alone([inDirectory("a", { attributes: [control("0x202")] })])).includes("disables"));
    });

    it("adds of accounts that are disabled from the start disable nobody", async () => {
      const add = { operation: "add", attributes: [{ name: "accountEnabled", values: ["false"] }] };
      assert.deepEqual(classes(await alone([{ dn: dnOf("a"), ...add }])), ["adds"]);
    });

    it("one integer in two spellings is one value", async () => {
      const at = (value: string) => [inDirectory("a", { attributes: [control(value)] })];
      assert.equal((await pair(at("0x202"), at("514"))).summary.both, 1);
    });
  });

  describe("replaced as a whole", () => {
    const group = (attribute: Partial<AttributeXml>, more: Partial<ObjectXml> = {}): ObjectXml => ({
      dn: dnOf("g"),
      type: "group",
      attributes: [{ name: "member", operation: "replace", reference: true, ...attribute }],
      ...more,
    });
    const members = (...names: string[]) => names.map(dnOf);

    it("a replaced member list is compared with what the group had", async () => {
      const report = await alone([
        group(
          { values: members("a", "b") },
          { holograms: { "synchronized-hologram": {} }, members: members("a", "c", "d", "B".toLowerCase()) },
        ),
      ]);
      assert.match(find(report, "membership-removals").title, /take 2 members out of groups/);
      const same = await alone([
        group(
          { values: members("a", "b") },
          { holograms: { "synchronized-hologram": {} }, members: members("b", "a") },
        ),
      ]);
      assert.deepEqual(classes(same), ["updates"]);
    });

    it("without the former list it is not known how many leave: no number is made up, and it blocks", async () => {
      for (const object of [
        group({ values: members("a") }),
        group({ values: members("a") }, { holograms: { "synchronized-hologram": { displayName: "g" } } }),
      ]) {
        const finding = find(await alone([object]), "membership-removals");
        assert.equal(finding.severity, "blocking");
        assert.match(finding.title, /replace or remove the member list of 1 group; how many leave is not in the file/);
        assert.ok(!/1 member/.test(finding.title.replace("member list", "")));
      }
    });

    it("a list that goes is counted where the hologram has it", async () => {
      const finding = find(
        await alone([
          group(
            { operation: "delete" },
            { holograms: { "synchronized-hologram": {} }, members: members("a", "b", "c") },
          ),
        ]),
        "membership-removals",
      );
      assert.deepEqual([finding.severity, /take 3 members/.test(finding.title)], ["warning", true]);
    });

    const replaced = (
      attributes: AttributeXml[],
      before: Record<string, string> | undefined,
      more: Partial<ObjectXml> = {},
    ): ObjectXml => ({
      dn: dnOf("a"),
      operation: "replace",
      attributes,
      ...(before !== undefined && { holograms: { "synchronized-hologram": before } }),
      ...more,
    });
    const value = (name: string, text: string): AttributeXml => ({ name, values: [text] });

    it("a replaced object is compared with its hologram, attribute by attribute", async () => {
      const before = { userPrincipalName: "old@x", accountEnabled: "true", mail: "a@x" };
      const after = [value("userPrincipalName", "new@x"), value("accountEnabled", "false"), value("mail", "A@x")];
      assert.deepEqual(classes(await alone([replaced(after, before)])).sort(), [
        "disables",
        "userPrincipalNameChanges",
      ]);
      const same = [value("userPrincipalName", "OLD@x"), value("accountEnabled", "true"), value("mail", "a@x")];
      assert.deepEqual(classes(await alone([replaced(same, before)])), ["updates"]);
    });

    it("members that a replaced group no longer has are counted", async () => {
      const finding = find(
        await alone([replaced([value("displayName", "g")], {}, { type: "group", members: members("a", "b") })]),
        "membership-removals",
      );
      assert.match(finding.title, /take 2 members/);
    });

    it("where the file does not hold what it was, that is said instead of guessed", async () => {
      const report = await alone([
        replaced([value("userPrincipalName", "new@x"), value("accountEnabled", "false")], undefined),
      ]);
      assert.deepEqual(classes(report), ["replacements"]);
      assert.match(find(report, "replaced-objects").title, /what changes is not in the file/);
    });
  });

  describe("people", () => {
    it("primary mail addresses are a class of their own; other addresses are not", async () => {
      const addresses = (from: string, to: string) =>
        inCloud("a", changed("proxyAddresses", from, to, { multivalued: true }));
      assert.deepEqual(classes(await alone([addresses("SMTP:a@x", "SMTP:b@x")])), ["primaryMailChanges"]);
      assert.deepEqual(classes(await alone([addresses("SMTP:a@x", "SMTP:A@X")])), ["updates"]);
      assert.deepEqual(classes(await alone([addresses("smtp:a@x", "smtp:b@x")])), ["updates"]);
      assert.deepEqual(classes(await alone([inCloud("a", changed("mail", "a@x", "b@x"))])), ["primaryMailChanges"]);
      const first = { name: "mail", operation: "update", multivalued: false, values: [["add", "a@x"]] } as const;
      assert.deepEqual(classes(await alone([inCloud("a", first)])), ["additions"]);
      const many = Array.from({ length: 25 }, (_, index) => inCloud(`u${index}`, changed("mail", "a@x", "b@x")));
      assert.equal((await alone(many)).verdict, "blocked");
    });

    it("a person deleted by both and added again by staging only is a recreation", async () => {
      const known = { userPrincipalName: "anna@x" };
      const old: ObjectXml = {
        dn: dnOf("old"),
        operation: "delete",
        attributes: [],
        holograms: { "synchronized-hologram": known },
      };
      const fresh: ObjectXml = {
        dn: dnOf("new"),
        operation: "add",
        attributes: [],
        holograms: { "unapplied-export-hologram": known },
      };
      assert.equal(find(await pair([old], [old, fresh]), "recreated-objects").severity, "blocking");
      assert.ok(!classes(await pair([old, fresh], [old, fresh])).includes("recreations"));
    });

    it("the deletes of staging alone are told by organizational unit and type", async () => {
      const gone = (name: string, unit: string): ObjectXml => ({
        dn: dnOf(name),
        operation: "delete",
        attributes: [],
        holograms: {
          "synchronized-hologram": { onPremisesDistinguishedName: `CN=${name}\\, x,${unit},DC=contoso,DC=com` },
        },
      });
      const both = gone("both", "OU=Old");
      const report = await pair([both], [both, gone("a", "OU=Sales"), gone("b", "OU=Sales"), gone("c", "OU=IT")]);
      assert.deepEqual(report.summary.deletePlaces, [
        { place: "OU=Sales,DC=contoso,DC=com", byType: { user: 2 } },
        { place: "OU=IT,DC=contoso,DC=com", byType: { user: 1 } },
      ]);
    });

    it("examples are the riskiest: a person of three classes before a contact", async () => {
      const contact: ObjectXml = { ...inCloud("A contact", changed("userPrincipalName", "a", "b")), type: "contact" };
      const person = inCloud("Z person", changed("userPrincipalName", "a", "b"), changed("mail", "a", "b"));
      const { staging } = find(await alone([contact, person], { examples: 1 }), "upn-changes");
      assert.equal((staging as { examples: { dn: string }[] }).examples[0]?.dn, dnOf("Z person"));
    });
  });

  describe("known causes", () => {
    const identifier = (operation: string, ...values: AttributeXml["values"] & object): AttributeXml => ({
      name: "onPremisesObjectIdentifier",
      operation,
      values,
    });

    it("onPremisesObjectIdentifier filled in on everybody is one finding, and expected", async () => {
      const everybody = Array.from({ length: 300 }, (_, index) => inCloud(`u${index}`, identifier("add", "guid")));
      const report = await alone(everybody);
      assert.deepEqual([report.verdict, classes(report)], ["ok", ["knownAdditions"]]);
      assert.match(find(report, "known-new-values").title, /300 objects/);
    });

    it("other values where there were none are grouped apart from other updates", async () => {
      const report = await alone([
        inCloud("a", { name: "preferredLanguage", operation: "add", values: ["de"] }, identifier("add", "x")),
        inCloud("b", set("title", "x")),
      ]);
      assert.deepEqual(classes(report).sort(), ["additions", "updates"]);
    });

    it("onPremisesObjectIdentifier replaced or removed is shown by itself, and blocks when many", async () => {
      for (const change of [
        identifier("replace", "x"),
        identifier("delete"),
        changed("onPremisesObjectIdentifier", "x", "y"),
      ]) {
        const finding = find(await alone([inCloud("a", change)]), "object-identifier-changes");
        assert.equal(finding.severity, "warning");
      }
      const many = Array.from({ length: 10 }, (_, index) => inCloud(`u${index}`, identifier("replace", "x")));
      assert.equal((await alone(many)).verdict, "blocked");
    });

    it("an add whose source anchor another object has is a hard match", async () => {
      const add: ObjectXml = {
        dn: dnOf("new"),
        operation: "add",
        attributes: [{ name: "sourceAnchor", values: ["taken"] }],
      };
      assert.ok(classes(await alone([add, inCloud("taken", set("title", "x"))])).includes("hardMatches"));
      assert.ok(!classes(await alone([add, inCloud("other", set("title", "x"))])).includes("hardMatches"));
    });

    it("an export that fails in every cycle is an error, not a change", async () => {
      const detail = (inner: string) => `<export-errordetail ${inner}</export-errordetail>`;
      const forms = [
        detail(
          'error-type="permission-issue" retry-count="44" date-occurred="2026-01-01 10:00:00"><export-status><cd-error><error-code>8344</error-code><error-name>INSUFF_ACCESS_RIGHTS</error-name></cd-error></export-status>',
        ),
        detail(
          "><error-type>permission-issue</error-type><retry-count>44</retry-count><first-occurred>2026-01-01 10:00:00</first-occurred><cd-error><error-code>8344</error-code><error-name>INSUFF_ACCESS_RIGHTS</error-name></cd-error>",
        ),
      ];
      for (const extra of forms) {
        const failing: ObjectXml = { ...inCloud("a", set("title", "x")), extra };
        const report = await alone([failing]);
        assert.deepEqual(classes(report), ["exportErrors"]);
        const { examples } = find(report, "export-errors-repeat").staging as { examples: { failure: string }[] };
        assert.equal(
          examples[0]?.failure,
          "permission-issue: 8344 INSUFF_ACCESS_RIGHTS, tried 44 times, since 2026-01-01 10:00:00",
        );
        const both = await pair([failing], [inCloud("a", set("title", "x"))]);
        assert.equal(both.verdict, "ok");
        assert.equal(find(both, "export-errors-known").severity, "info");
      }
      const written = inDirectory("admin", { attributes: [set("msDS-KeyCredentialLink", "k")], extra: forms[0] });
      assert.deepEqual(classes(await alone([written])), ["exportErrors"]);
      const deleting: ObjectXml = { dn: dnOf("a"), operation: "delete", attributes: [], extra: forms[0] };
      assert.ok(classes(await alone([deleting])).includes("deletes"));
      assert.deepEqual(classes(await alone([{ ...inCloud("a", set("title", "x")), extra: "<export-errordetail/>" }])), [
        "updates",
      ]);
    });

    it("deletes are told against the tenant's threshold, below it and above it", async () => {
      const deletes = (count: number) =>
        Array.from({ length: count }, (_, index) => ({ dn: dnOf(`u${index}`), operation: "delete", attributes: [] }));
      const below = find(await alone(deletes(44)), "deletes-below-tenant-threshold");
      assert.match(
        below.title,
        /44 deletes are not above Microsoft's default threshold of 500: nothing would stop them/,
      );
      const above = find(await alone(deletes(501)), "deletes-above-tenant-threshold");
      assert.match(above.title, /501 deletes are above .* 500: Entra ID would stop the whole export/);
      find(await alone(deletes(500)), "deletes-below-tenant-threshold");
      const given = find(await alone(deletes(501), { tenantDeleteThreshold: 2000 }), "deletes-below-tenant-threshold");
      assert.match(given.title, /the tenant's threshold of 2000/);
      find(await alone(deletes(1), { tenantDeleteThreshold: "off" }), "deletes-unprotected");
      const onPremises = await alone([inDirectory("a", { operation: "delete" })]);
      assert.ok(!onPremises.findings.some(({ code }) => code.startsWith("deletes-")));
    });
  });

  describe("the files themselves", () => {
    const idle = (extra: string): ObjectXml => ({ dn: dnOf(extra), operation: null, extra });

    it("objects of which none has a pending export were not made with /f:x", async () => {
      const imports = '<pending-import><delta operation="delete"/></pending-import>';
      assert.match(
        find(await alone([idle(imports)]), "not-pending-exports").title,
        /1 object, none with a pending export: .*\/f:m/,
      );
      assert.match(find(await alone([idle("<import-errordetail/>")]), "not-pending-exports").title, /\/f:i/);
      assert.equal((await alone([idle("")])).verdict, "review");
      const mixed = await alone([{ ...inCloud("a", set("title", "x")), extra: imports }, idle(imports)]);
      assert.match(find(mixed, "not-pending-exports").title, /2 objects, 1 with a pending export/);
    });

    it("objects without a change beside some with one are a file without a filter, and no fault", async () => {
      const nothing: ObjectXml = { dn: dnOf("idle"), operation: "none", attributes: [] };
      assert.equal(
        find(await alone([inCloud("a", set("title", "x")), nothing]), "objects-without-export").severity,
        "info",
      );
    });

    it("one server's file given for both is refused: as a link, as a copy, or by its objects' ids", async () => {
      const guid = "{3F2504E0-4F89-41D3-9A0C-0305E82C3301}";
      const object = { ...inCloud("a", set("title", "x")), id: guid };
      const active = folder.export(object);
      const refused = (staging: string, more: Partial<AnalyseExports> = {}) =>
        assert.rejects(analyseExports({ active: [active], staging: [staging], ...more }), BadInput);
      const [hard, soft] = [join(folder.path, "hard.xml"), join(folder.path, "soft.xml")];
      linkSync(active, hard);
      symlinkSync(active, soft);
      await refused(hard);
      await refused(soft);
      await refused(folder.file(documentXml([object])));
      const later = { ...inCloud("a", set("title", "y")), id: guid.toLowerCase().replaceAll(/[{}]/g, "") };
      await refused(folder.export(later));
      const restored = { active: [active], staging: [folder.export(later)], restoredDatabase: true };
      assert.equal((await analyseExports(restored)).summary.differs, 1);
    });

    it("two snapshots that are one file by a link are refused", async () => {
      const one = folder.export(inCloud("a", set("title", "x")));
      const two = join(folder.path, "again.xml");
      linkSync(one, two);
      await assert.rejects(analyseExports({ staging: [one, two] }), /this is the same file as/);
    });

    it("a database restored from the other server's is told where some ids agree", async () => {
      const [one, two] = ["{3F2504E0-4F89-41D3-9A0C-0305E82C3301}", "{9B2D7C1E-4F89-41D3-9A0C-0305E82C3302}"];
      const report = await pair(
        [
          { ...inCloud("a", set("title", "x")), id: one },
          { ...inCloud("b", set("title", "x")), id: one.replace("3F", "4F") },
        ],
        [
          { ...inCloud("a", set("title", "x")), id: one },
          { ...inCloud("b", set("title", "x")), id: two },
        ],
      );
      assert.equal(find(report, "database-restored").severity, "warning");
    });

    it("an object whose two operations contradict each other is named", async () => {
      const report = await alone([{ ...inCloud("a", set("title", "x")), objectLevel: "delete" }]);
      assert.equal(find(report, "operations-contradict").severity, "warning");
      assert.equal(
        (await alone([{ ...inCloud("a", set("title", "x")), objectLevel: "modify" }])).findings.some(
          ({ code }) => code === "operations-contradict",
        ),
        false,
      );
    });

    it("one comment in a file does not make it read again", async () => {
      const objects = Array.from({ length: 300 }, (_, index) =>
        inCloud(`user ${index}`, changed("mail", "a@x", "b@x")),
      );
      const plain = documentXml(objects.map((object, index) => ({ id: `{${index}}`, ...object })));
      const path = folder.file(plain.replace("<connector>", "<!-- copied by Ada --><connector>"));
      const [file] = (await analyseExports({ staging: [path] })).summary.files;
      assert.ok(file !== undefined && file.readBy === "scanner");
      // Once from end to end, and again only the objects that are shown.
      assert.ok(file.bytesRead < file.bytes * 1.2, `${file.bytesRead / file.bytes} passes`);
    });

    it("nor does a file for the library: objects are read again at their places, in every encoding", async () => {
      const objects = Array.from({ length: 300 }, (_, index) =>
        inCloud(`Zoë ${index}`, changed("mail", "ä@x", "b@x"), {
          name: "member",
          operation: "replace",
          reference: true,
        }),
      );
      const text = documentXml(objects.map((object, index) => ({ id: `{${index}}`, ...object })))
        .replace("<cs-objects>", '<!-- <cs-object --><p:cs-objects xmlns:p="urn:x">')
        .replace("</cs-objects>", "</p:cs-objects>")
        .replaceAll("<cs-object ", "<p:cs-object ")
        .replaceAll("</cs-object>", "</p:cs-object>");
      for (const encoding of ["utf8", "utf16le"] as const) {
        const content = encoding === "utf8" ? text : `\uFEFF${text.replace("utf-8", "utf-16")}`;
        const path = folder.file(Buffer.from(content, encoding));
        for (const chunkBytes of [1 << 20, 1000]) {
          const report = await analyseExports({ staging: [path], reading: { chunkBytes } });
          const [file] = report.summary.files;
          assert.equal(file?.readBy, "library");
          assert.equal(find(report, "primary-mail-changes").staging !== null, true);
          const { examples } = find(report, "primary-mail-changes").staging as { examples: { dn: string }[] };
          assert.equal(examples[0]?.dn, dnOf("Zoë 0"));
        }
        const [file] = (await analyseExports({ staging: [path], reading: { chunkBytes: 4096 } })).summary.files;
        // Up to the prefix by the scanner, once by the library, and again every object for its former members.
        assert.ok(
          file !== undefined && file.bytesRead < file.bytes * 2.5,
          `${(file?.bytesRead ?? 0) / (file?.bytes ?? 1)}`,
        );
      }
    });
  });
});
