import { strict as assert } from "node:assert";
import { appendFileSync } from "node:fs";
import { analyseExports } from "../../../review/exports";
import { BadInput } from "../../../review/verdict";
import { dnOf, documentXml, entra, Folder, objectXml } from "./exportXml";

const good = documentXml([{ dn: dnOf("a") }, { dn: dnOf("b") }]);
const truncatedAt = (text: string) => good.slice(0, good.lastIndexOf(text) + text.length);
const utf16 = (xml: string, mark = "\uFEFF") => Buffer.from(mark + xml, "utf16le");
const deep = `${"<a>".repeat(5000)}${"</a>".repeat(5000)}`;

describe("an export file that cannot be believed", () => {
  const folder = new Folder();
  after(() => folder.remove());

  const refuses = async (staging: string[], ...patterns: RegExp[]): Promise<void> => {
    await assert.rejects(analyseExports({ staging }), (error: unknown) => {
      assert.ok(error instanceof BadInput, String(error));
      for (const pattern of patterns) assert.match(error.message, pattern);
      assert.ok(error.message.includes(staging[0] ?? ""), error.message);
      return true;
    });
  };

  const cases: Record<string, { content: string | Buffer; says: RegExp[] }> = {
    "of 0 bytes": { content: "", says: [/empty \(0 bytes\)/] },
    "of white space only": { content: "\r\n \r\n", says: [/line \d+/, /root element/] },
    "that is not XML": { content: "PK\u0003\u0004zip", says: [/byte 0/, /not XML/, /50 4b 03 04/] },
    "with another root": { content: "<cs-object/>", says: [/line 1, column 1/, /not cs-objects/] },
    "cut off between objects": { content: truncatedAt("</cs-object>"), says: [/line \d+, column/, /unclosed tag/] },
    "cut off in a tag": { content: truncatedAt("<cs-object cs-d"), says: [/line \d+, column/] },
    "cut off in a text": { content: truncatedAt("<connector-state>nor"), says: [/line \d+, column/] },
    "cut off in the middle of a character": {
      content: Buffer.concat([Buffer.from(truncatedAt("<connector-state>")), Buffer.from([0xc3])]),
      says: [/byte \d+/, /not valid UTF-8/, /cut off/],
    },
    "cut off in the middle of a UTF-16 unit": {
      content: utf16(documentXml([{ dn: "a" }], "utf-16")).subarray(0, -1),
      says: [/byte \d+/, /not valid UTF-16/],
    },
    "with an object that does not end": { content: good.replace("</cs-object>", ""), says: [/line \d+, column/] },
    "with an object inside an object": {
      content: good.replace("</cs-object>", `${objectXml({ dn: "x" })}</cs-object>`),
      says: [/line \d+, column/, /inside another element/],
    },
    "with an object hidden in an unknown element": {
      content: good.replace("<cs-objects>", `<cs-objects><more>${objectXml({ dn: "x" })}</more>`),
      says: [/line \d+, column/, /inside another element/],
    },
    "with a second document behind": { content: good + good, says: [/line \d+, column/] },
    "with bytes behind the end": { content: `${good}\0\0\0\0`, says: [/line \d+, column/] },
    "that is not well-formed in what is skipped": {
      content: documentXml([
        { dn: "a", extra: "<synchronized-hologram><entry><attr></entry></attr></synchronized-hologram>" },
      ]),
      says: [/line \d+, column/, /well-formed/],
    },
    "with invalid UTF-8": {
      content: Buffer.from(good.replace("normal", "norm\u00ffal"), "latin1"),
      says: [/byte \d+: not valid UTF-8/],
    },
    "that says UTF-16 in its declaration and is UTF-8": {
      content: documentXml([{ dn: "a" }], "utf-16"),
      says: [/bytes are UTF-8/, /declaration says UTF-16/],
    },
    "with a UTF-8 mark and a UTF-16 declaration": {
      content: `\uFEFF${documentXml([{ dn: "a" }], "utf-16")}`,
      says: [/byte-order mark says UTF-8/, /declaration says UTF-16/],
    },
    "with a UTF-16 mark and a UTF-8 declaration": {
      content: utf16(good),
      says: [/mark says UTF-16/, /declaration says UTF-8/],
    },
    "with a UTF-16 mark in front of UTF-8": {
      content: Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(good)]),
      says: [/marked as UTF-16 LE, but/],
    },
    "with a UTF-8 mark in front of UTF-16": {
      content: Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), utf16(good, "")]),
      says: [/line 1, column/],
    },
    "with a UTF-32 mark": { content: Buffer.from([0xff, 0xfe, 0, 0, 60, 0, 0, 0]), says: [/UTF-32/] },
    "in another encoding": {
      content: documentXml([{ dn: "a" }], "windows-1252"),
      says: [/declaration says windows-1252/],
    },
    "with a DOCTYPE": {
      content: good.replace("<cs-objects>", "<!DOCTYPE x><cs-objects>"),
      says: [/line 2, column/, /DOCTYPE/],
    },
    "with entities that grow": {
      content: good.replace(
        "<cs-objects>",
        `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><cs-objects>`,
      ),
      says: [/line 2, column/, /DOCTYPE/],
    },
    "with an entity nobody declared": {
      content: good.replace("normal", "&evil;"),
      says: [/line \d+, column/, /entity/],
    },
    "that nests 5000 deep": {
      content: documentXml([{ dn: "a", extra: deep }]),
      says: [/line \d+, column/, /nested more than 64 deep/],
    },
    "with an object without a name": {
      content: good.replace('cs-dn="', 'no-dn="'),
      says: [/line 3, column 2 \(byte \d+\)/, /no cs-dn/],
    },
    "with the same object twice": {
      content: documentXml([{ dn: "CN=a,DC=x" }, { dn: "cn=A,dc=x" }]),
      says: [/line \d+, column/, /in the file twice/],
    },
    "with an operation nobody knows": {
      content: documentXml([{ dn: "a", operation: "explode" }]),
      says: [/line \d+, column/, /"explode" is not one of none, add/],
    },
    "with a delta that says no operation": {
      content: good.replace(' operation="update"', ""),
      says: [/line \d+, column/, /its delta has no operation/],
    },
    "of two connectors": {
      content: documentXml([{ dn: "a" }, { dn: "b", connector: "fabrikam.local" }]),
      says: [/line \d+, column/, /contoso\.onmicrosoft\.com - AAD/, /fabrikam\.local/],
    },
    "of two connectors that are not named": {
      content: documentXml([
        { dn: "a", connector: null, connectorId: "{1}" },
        { dn: "b", connector: null, connectorId: "{2}" },
      ]),
      says: [/line \d+, column/, /"\{1\}" and "\{2\}"/],
    },
  };
  for (const [what, { content, says }] of Object.entries(cases)) {
    it(`${what} is refused, with its place`, async () => {
      await refuses([folder.file(content)], ...says);
    });
  }

  it("gives the right line in UTF-16, also far into a file", async () => {
    const objects = Array.from({ length: 3000 }, (_, index) => ({ dn: `CN=${index}` }));
    const xml = documentXml([...objects, { dn: "CN=7" }], "utf-16");
    const line = xml.slice(0, xml.lastIndexOf("</cs-object>")).split("\n").length;
    await refuses([folder.file(utf16(xml))], new RegExp(`line ${line}, column 14 \\(byte \\d+\\)`), /twice/);
  });

  it("that has a comment longer than any comment is refused without taking it into memory", async () => {
    const path = folder.file(good.slice(0, good.indexOf("<cs-objects>")));
    const piece = `<!--${"-x".repeat(4_000_000)}`;
    for (let i = 0; i < 6; i++) appendFileSync(path, i === 0 ? piece : piece.slice(4));
    await refuses([path], /longer than 32 million characters|line \d/);
  });

  it("that is a folder, or not there, is refused", async () => {
    await refuses([folder.path], /is a folder/);
    await refuses([`${folder.path}/nowhere.xml`], /cannot be opened/, /ENOENT/);
  });

  it("of another connector than the file before is refused, naming both", async () => {
    const here = folder.export({ dn: "a" });
    const there = folder.export({ dn: "a", connector: "fabrikam.local" });
    await assert.rejects(analyseExports({ active: [here], staging: [there] }), (error: unknown) => {
      assert.ok(error instanceof BadInput);
      for (const text of [here, there, entra, "fabrikam.local"]) assert.ok(error.message.includes(text), error.message);
      return true;
    });
  });

  it("given twice is refused", async () => {
    const path = folder.export({ dn: "a" });
    await refuses([path, path], /given twice/);
  });
});
