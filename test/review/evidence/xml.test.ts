import assert from "node:assert/strict";
import { child, readXml, textOf, XmlReader } from "../../../review/evidence";
import { BadInput } from "../../../review/verdict";

const file = (content: string | Buffer) => ({ path: "a.xml", name: "folder/a.xml", bytes: Buffer.from(content) });

function refuses(content: string | Buffer, pattern: RegExp): void {
  assert.throws(
    () => readXml(file(content)),
    (error: unknown) => {
      assert.ok(error instanceof BadInput, String(error));
      assert.match(error.message, pattern);
      assert.match(error.message, /^folder\/a\.xml/);
      return true;
    },
  );
}

describe("reading XML", () => {
  it("gives elements by local name, with text, attributes and position", () => {
    const { root } = readXml(
      file('<?xml version="1.0"?>\n<d:a xmlns:d="urn:x"><d:b m:c="1">x &amp; <![CDATA[<y>]]></d:b></d:a>'),
    );
    assert.equal(root.name, "a");
    assert.deepEqual(root.attributes, {});
    assert.equal(textOf(root, "b"), "x & <y>");
    assert.deepEqual({ ...child(root, "b")?.attributes }, { c: "1" });
    assert.equal(child(root, "b")?.line, 2);
  });

  it("reads UTF-8 and UTF-16 by their marks", () => {
    const text = '<?xml version="1.0" encoding="utf-16"?><a>Zürich 北京</a>';
    const bigEndian = Buffer.from(`\ufeff${text}`, "utf16le").swap16();
    for (const bytes of [
      Buffer.from(`\ufeff${text}`, "utf16le"),
      bigEndian,
      Buffer.from(`\ufeff${text.replace("utf-16", "utf-8")}`),
    ])
      assert.equal(readXml(file(bytes)).root.text, "Zürich 北京");
  });

  it("refuses what is cut short, with file, line and column", () => {
    refuses("<a>\n  <b>text", /a\.xml:2:\d+: the file ends inside <a><b>: it is cut short/);
    refuses("", /empty \(0 bytes\)/);
    refuses("   ", /:1:\d+: this is not well-formed|cut short|no XML element/);
  });

  it("refuses what is not XML, with file, line and column", () => {
    refuses("hello", /a\.xml:1:\d+: this is not well-formed XML/);
    refuses("<a>\n<b></a>", /a\.xml:2:\d+: this is not well-formed XML/);
    refuses("<a/><b/>", /well-formed/);
    refuses("<a x=1/>", /well-formed/);
    refuses("<a>\u0001</a>", /well-formed/);
  });

  it("refuses document types, entities of one's own and deep nesting", () => {
    refuses('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', /document types.*refused/);
    refuses("<a>&b;</a>", /:1:\d+: this is not well-formed XML \(undefined entity/i);
    refuses(`${"<a>".repeat(100)}${"</a>".repeat(100)}`, /nested deeper than 64/);
  });

  it("refuses a wrong encoding mark instead of guessing", () => {
    refuses(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("<a/>x")]), /odd number of bytes/);
    refuses(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("<a></a>!")]), /not well-formed|UTF-16/);
    refuses(
      Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from("<a>é</a>", "latin1")]),
      /not valid UTF-8, although the mark/,
    );
    refuses(Buffer.from("<a>\né</a>", "latin1"), /not valid UTF-8, first at 2:1/);
    refuses('<?xml version="1.0" encoding="utf-16"?><a/>', /declares encoding "utf-16"/);
    refuses('<?xml version="1.0" encoding="windows-1252"?><a/>', /declares encoding "windows-1252"/);
  });

  it("reads UTF-16 without a mark, as some tools write it", () => {
    assert.equal(readXml(file(Buffer.from('<a b="ü"/>', "utf16le"))).root.attributes.b, "ü");
    assert.equal(readXml(file(Buffer.from('<a b="ü"/>', "utf16le").swap16())).root.attributes.b, "ü");
  });

  it("reads files that are byte for byte the same only once", () => {
    const reader = new XmlReader();
    const first = reader.document(file("<a/>"));
    const second = reader.document({ ...file("<a/>"), name: "other/b.xml" });
    assert.equal(first.root, second.root);
    assert.equal(second.file.name, "other/b.xml");
    assert.notEqual(reader.document(file("<b/>")).root, first.root);
  });
});
