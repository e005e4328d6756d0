import assert from "node:assert/strict";
import { sampleConfiguration } from "../../support/repository";
import { requires } from "../../support/requires";
import { Contoso, compare, differences, entra, forest, metaverse } from "./contoso";

const guid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;

/** Another identifier for every identifier, always the same one; all zeros stay. */
function renamed(text: string): string {
  return text.replace(guid, (id) =>
    /^[0-]+$/.test(id)
      ? id
      : [...id]
          .reverse()
          .join("")
          .replace(/(.{12})-(.{4})-(.{4})-(.{4})-(.{8})/, "$5-$2-$3-$4-$1"),
  );
}

/** The members of a list in reverse order. */
function reversed(text: string, list: RegExp, member: RegExp): string {
  return text.replace(list, (whole) => {
    const members = whole.match(member) ?? [];
    let index = members.length;
    return whole.replace(member, () => members[--index] ?? "");
  });
}

describe("configurations that differ in noise only", () => {
  before(function () {
    requires(this, "the Contoso sample", sampleConfiguration);
  });

  const silent = (what: string, change: (copy: Contoso) => Contoso, folded: readonly string[]): void => {
    it(`are equal: ${what}`, () => {
      const report = compare(change(Contoso.staging()));
      assert.deepEqual(
        report.findings.map((finding) => `${finding.code}: ${finding.subject}: ${finding.title}`).slice(1),
        [],
      );
      assert.equal(report.verdict, "ok");
      assert.deepEqual(report.findings[0]?.class, "expected");
      const reasons = report.summary.folded.map(({ reason }) => reason);
      for (const reason of folded)
        assert.ok(reasons.includes(reason as (typeof reasons)[number]), `${reason} in ${reasons}`);
    });
  };

  silent("nothing changed", (copy) => copy, []);
  silent("every identifier renamed across all files", (copy) => copy.everywhere((text) => renamed(text)), [
    "identifier",
  ]);
  silent(
    "identifiers in upper case",
    (copy) => copy.everywhere((text) => text.replace(guid, (id) => id.toUpperCase())),
    [],
  );
  silent(
    "other file names",
    (copy) => {
      let count = 0;
      for (const [path, text] of [...copy.files]) {
        copy.files.delete(path);
        copy.files.set(`${path.split("/")[0]}/file-${1000 - count++}.XML`, text);
      }
      return copy;
    },
    [],
  );
  silent(
    "server name everywhere",
    (copy) => copy.everywhere((text) => text.replaceAll("CONTOSO-SYNC01", "SYNC-STG-02")),
    ["server-name"],
  );
  silent("server name in MV.xml only", (copy) => copy.edit(metaverse, "server='CONTOSO-SYNC01'", "server='OTHER'"), [
    "server-name",
  ]);
  silent(
    "dates of export, creation, change and next start",
    (copy) =>
      copy.everywhere((text) =>
        text
          .replace(/2016-\d\d-\d\d \d\d:\d\d:\d\d\.\d+/g, "2026-10-06 08:00:00.000")
          .replace("Tue, 03 May 2016 14:39:16 GMT", "Tue, 06 Oct 2026 14:39:16 GMT"),
      ),
    ["date"],
  );
  silent(
    "edit counters",
    (copy) => copy.everywhere((text) => text.replace(/<version>\d+<\/version>/g, "<version>9999</version>")),
    ["counter"],
  );
  silent(
    "import positions and the last domain controller",
    (copy) =>
      copy
        .edit(forest, /<cookie>[^<]*/, "<cookie>AAAA")
        .edit(forest, /(?<=name="cookie"[^>]*>)[^<]*/, "AAAA")
        .edit(forest, /<last-dc>[^<]*/, "<last-dc>DC09.contoso.com")
        .edit(forest, /(?<=name="last-dc"[^>]*>)[^<]*/, "DC09.contoso.com")
        .edit(entra, /<water-mark>[^<]*/, "<water-mark>BBBB"),
    ["import-state"],
  );
  silent(
    "case of connector names",
    (copy) => copy.edit(forest, "<name>contoso.com</name>", "<name>CONTOSO.com</name>"),
    ["case"],
  );
  silent(
    "case of domain and container names",
    (copy) =>
      copy.edit(
        forest,
        /<ma-partition-data>[\s\S]*/,
        (copy.files.get(forest) ?? "")
          .replace(/^[\s\S]*(?=<ma-partition-data>)/, "")
          .replaceAll("contoso.com<", "Contoso.COM<")
          .replaceAll("DC=contoso,DC=com", "dc=Contoso,dc=com"),
      ),
    ["case"],
  );
  silent(
    "the account that the wizard makes for each server",
    (copy) => copy.edit(entra, /Sync_CONTOSO-SYNC01_e3c03195e061@/, "Sync_OTHER_0123456789ab@"),
    ["server-name"],
  );
  silent(
    "white space between elements",
    (copy) => copy.everywhere((text) => text.replace(/>\s*\n\s*</g, ">\r\n\r\n\t<")),
    [],
  );
  silent("no white space between elements", (copy) => copy.everywhere((text) => text.replace(/>\s*\n\s*</g, "><")), []);
  silent(
    "white space inside expressions",
    (copy) =>
      copy.everywhere((text) =>
        text.replace(/<expression>IIF\(/g, "<expression>IIF( ").replaceAll(" &amp;&amp; ", "  &amp;&amp;\n "),
      ),
    ["white-space"],
  );
  silent(
    "UTF-8 mark and XML declaration",
    (copy) => copy.everywhere((text) => `\ufeff<?xml version="1.0" encoding="utf-8"?>\n${text}`),
    [],
  );
  silent(
    "order of attribute flows, scope conditions, selected attributes, parameters, run profiles and object types",
    (copy) =>
      copy.everywhere((text, path) => {
        let result = reversed(
          text,
          /<attribute-mappings>[\s\S]*<\/attribute-mappings>/,
          /<mapping[\s\S]*?<\/mapping>/g,
        );
        result = reversed(
          result,
          /<synchronizationCriteria>[\s\S]*<\/synchronizationCriteria>/,
          /<scope>[\s\S]*?<\/scope>/g,
        );
        result = result.replace(/<src>[\s\S]*?<\/src>/g, (source) =>
          reversed(source, /[\s\S]+/, /<attr>[^<]*<\/attr>/g),
        );
        result = reversed(
          result,
          /<attribute-inclusion>[\s\S]*<\/attribute-inclusion>/,
          /<attribute>[^<]*<\/attribute>/g,
        );
        result = reversed(result, /<object-classes>[\s\S]*<\/object-classes>/, /<object-class>[^<]*<\/object-class>/g);
        result = reversed(
          result,
          /<ma-run-data>[\s\S]*<\/ma-run-data>/,
          /<run-configuration>[\s\S]*?<\/run-configuration>/g,
        );
        if (path === metaverse)
          result = reversed(
            result,
            /<parameter-values>[\s\S]*<\/parameter-values>/,
            /<parameter [^>]*?(\/>|>[^<]*<\/parameter>)/g,
          );
        return result;
      }),
    ["order"],
  );
  silent(
    "order and numbering of the schema",
    (copy) =>
      copy
        .edit(
          forest,
          /<directory-schema>[\s\S]*<\/directory-schema>/,
          reversed(
            copy.files.get(forest)?.match(/<directory-schema>[\s\S]*<\/directory-schema>/)?.[0] ?? "",
            /[\s\S]+/,
            /<attribute-type [\s\S]*?<\/attribute-type>/g,
          ).replace(/(id="|ref="#|superior="#)([AC])/g, "$1$2z"),
        )
        .edit(
          metaverse,
          /(<dsml:attribute ref="#accountEnabled"[^>]*>)(\s*)(<dsml:attribute ref="#accountName"[^>]*>)/,
          '<dsml:attribute ref="#accountName" required="true" /><dsml:attribute ref="#accountEnabled" required="false" />',
        ),
    [],
  );
  silent(
    "order of files",
    (copy) => {
      const entries = [...copy.files].reverse();
      copy.files.clear();
      for (const [path, text] of entries) copy.files.set(path, text);
      return copy;
    },
    [],
  );

  it("are told apart from identical roles: the sample against itself has no difference, but two active servers", () => {
    const report = compare(new Contoso());
    assert.equal(report.summary.differences, 0);
    assert.deepEqual(
      report.findings.map(({ code, severity }) => [code, severity]),
      [["two-active-servers", "blocking"]],
    );
    assert.equal(report.verdict, "blocked");
  });

  it("are not confused with an identifier that stands for two things", () => {
    const copy = Contoso.staging().edit(
      copy0().rule("In from AD - User Join"),
      "<connector>{ae4db4cc-b16b-4eb2-acf5-837ca84e4d7d}",
      "<connector>{b891884f-051e-4a83-95af-2544101c9083}",
    );
    const codes = differences(copy).map(({ code }) => code);
    assert.deepEqual(codes.filter((code) => code.startsWith("rule-missing") || code.startsWith("rule-only")).sort(), [
      "rule-missing-on-staging",
      "rule-only-on-staging",
    ]);
  });
});

function copy0(): Contoso {
  return new Contoso();
}
