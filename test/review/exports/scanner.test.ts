import { strict as assert } from "node:assert";
import { encodeXml, generatedXml, seededRandom, writeGeneratedFile } from "../../../bench/exportFile";
import { dnOf, documentXml, Folder, type ObjectXml, objectXml } from "./exportXml";
import { readAll, verdictOfReading } from "./reading";

const rich: ObjectXml[] = [
  {
    dn: dnOf("anna"),
    attributes: [
      { name: "displayName", operation: "replace", values: ["Anna <& Söhne> \u{1F600} ＡＢ]] >"] },
      {
        name: "proxyAddresses",
        operation: "update",
        values: [
          ["add", "smtp:a@x"],
          ["delete", "smtp:b@x"],
        ],
      },
      {
        name: "member",
        operation: "update",
        reference: true,
        values: [
          ["add", dnOf("b")],
          ["delete", dnOf("c")],
        ],
      },
      { name: "thumbnailPhoto", operation: "replace", encoding: "base64", values: ["QUJD\r\nREVG"] },
      { name: "note", operation: "replace", values: ["two\r\nlines\rand\nmore"] },
    ],
    holograms: {
      "synchronized-hologram": { displayName: "Old", mail: "old@x", title: "t" },
      "unapplied-export-hologram": { displayName: "New name", title: "u", city: "Köln" },
    },
  },
  { dn: "CN=Comma\\, \"quoted\" & 'more',OU=a,DC=b", operation: "delete", objectLevel: "delete" },
  {
    dn: dnOf("eve"),
    operation: "add",
    attributes: [{ name: "mail", values: ["eve@x"] }],
    extra: "<ref-retry/><odd a='1' b=\"2\" />",
  },
];

describe("the scanner of export files", () => {
  const folder = new Folder();
  after(() => folder.remove());

  it("reads the known shape itself and gives what the library gives", async () => {
    const path = folder.file(documentXml(rich));
    const [scanned, parsed] = [await readAll(path), await readAll(path, { reader: "library" })];
    assert.deepEqual([scanned.by, parsed.by], ["scanner", "library"]);
    assert.deepEqual(scanned.objects, parsed.objects);
    const [anna] = scanned.objects;
    assert.deepEqual(anna?.identity, { displayName: "New name", mail: "old@x" });
    assert.deepEqual(anna?.attributes[0]?.values, [{ operation: "", text: "Anna <& Söhne> \u{1F600} ＡＢ]] >" }]);
    assert.deepEqual(anna?.attributes[4]?.values, [{ operation: "", text: "two\nlines\nand\nmore" }]);
    assert.equal(scanned.objects[1]?.dn, "CN=Comma\\, \"quoted\" & 'more',OU=a,DC=b");
  });

  for (const encoding of ["utf-8", "utf-16le"] as const) {
    it(`gives the same whatever the size of the pieces it reads, in ${encoding}`, async () => {
      const xml = documentXml(rich, encoding === "utf-8" ? "utf-8" : "utf-16");
      const path = folder.file(encodeXml(xml, encoding, encoding === "utf-16le"));
      const expected = await readAll(path, { reader: "library" });
      for (let chunkBytes = 1; chunkBytes <= 40; chunkBytes++) {
        const found = await readAll(path, { chunkBytes });
        assert.equal(found.by, "scanner", `${chunkBytes}: ${found.reason}`);
        assert.deepEqual(found.objects, expected.objects, `pieces of ${chunkBytes}`);
      }
    });

    it(`gives the same with a boundary at every place, in ${encoding}`, async () => {
      const xml = documentXml(rich, encoding === "utf-8" ? "utf-8" : "utf-16");
      const bytes = encodeXml(xml, encoding, encoding === "utf-16le");
      const path = folder.file(bytes);
      const expected = await readAll(path, { reader: "library" });
      for (let chunkBytes = 41; chunkBytes <= bytes.length; chunkBytes += encoding === "utf-8" ? 1 : 2) {
        const found = await readAll(path, { chunkBytes });
        assert.equal(found.by, "scanner");
        assert.deepEqual(found.objects, expected.objects, `pieces of ${chunkBytes}`);
      }
    });

    it(`agrees with the library on a generated file, in ${encoding}`, async () => {
      const path = folder.file("");
      writeGeneratedFile(path, { seed: 11, encoding, objects: 150 });
      const [scanned, parsed] = [await readAll(path, { chunkBytes: 8192 }), await readAll(path, { reader: "library" })];
      assert.deepEqual([scanned.by, parsed.by], ["scanner", "library"]);
      assert.equal(scanned.objects.length, 150);
      assert.deepEqual(scanned.objects, parsed.objects);
      const quick = await readAll(path, { identity: false });
      assert.deepEqual(
        quick.objects.map(({ attributes }) => attributes),
        scanned.objects.map(({ attributes }) => attributes),
      );
    });
  }

  it("gives both encodings the same digests", async () => {
    const utf8 = folder.file("");
    const utf16 = folder.file("");
    writeGeneratedFile(utf8, { seed: 3, encoding: "utf-8", objects: 40 });
    writeGeneratedFile(utf16, { seed: 3, encoding: "utf-16le", objects: 40 });
    assert.deepEqual((await readAll(utf8)).objects, (await readAll(utf16)).objects);
  });

  it("makes the same file from the same seed", () => {
    const make = (seed: number) => [...generatedXml({ seed, encoding: "utf-8", objects: 20 })].join("");
    assert.equal(make(5), make(5));
    assert.notEqual(make(5), make(6));
  });

  const plain = documentXml([{ dn: dnOf("a"), attributes: [{ name: "mail", operation: "replace", values: ["a@x"] }] }]);
  const apart: Record<string, (xml: string) => string> = {
    "a comment": (xml) => xml.replace("<connector>", "<!-- <cs-object> --><connector>"),
    CDATA: (xml) => xml.replace("a@x", "<![CDATA[a@x]]>"),
    "a processing instruction": (xml) => xml.replace("<cs-objects>", "<?style a?><cs-objects>"),
    "a comment in the middle of a value": (xml) => xml.replace("a@x", "a<!-- ]]> & < -->@x"),
    "an empty comment and an empty CDATA section": (xml) => xml.replace("a@x", "a@x<!----><![CDATA[]]>"),
    "a comment before and behind the root": (xml) =>
      xml
        .replace("<cs-objects>", "<!-- before --><cs-objects>")
        .replace("</cs-objects>", "</cs-objects><!-- behind -->"),
  };
  for (const [what, change] of Object.entries(apart)) {
    it(`reads a file with ${what} by itself, wherever a piece of it ends`, async () => {
      const changed = change(plain);
      assert.notEqual(changed, plain);
      const expected = await readAll(folder.file(plain));
      for (const encoding of ["utf8", "utf16le"] as const) {
        const text = encoding === "utf8" ? changed : `\uFEFF${changed.replace("utf-8", "utf-16")}`;
        const path = folder.file(Buffer.from(text, encoding));
        for (const chunkBytes of [1, 7, 64, 1 << 20]) {
          const found = await readAll(path, { chunkBytes });
          assert.equal(found.by, "scanner", found.reason);
          assert.deepEqual(found.objects, expected.objects);
        }
        assert.deepEqual((await readAll(path, { reader: "library" })).objects, expected.objects);
      }
    });
  }

  const unusual: Record<string, (xml: string) => string> = {
    "a default namespace": (xml) => xml.replace("<cs-objects>", '<cs-objects xmlns="urn:x">'),
    "a namespace prefix": (xml) =>
      xml.replace("<cs-objects>", '<p:cs-objects xmlns:p="urn:x">').replace("</cs-objects>", "</p:cs-objects>"),
    "white space around an equals sign": (xml) => xml.replace('object-type="user"', 'object-type = "user"'),
    "a name outside ASCII": (xml) => xml.replace("<connector>", "<größe/><connector>"),
    "a line end in an attribute": (xml) => xml.replace('id="{1}"', 'id="{1}\r\n"'),
  };
  for (const [what, change] of Object.entries(unusual)) {
    it(`hands a file with ${what} to the library, which reads it`, async () => {
      const changed = change(plain);
      assert.notEqual(changed, plain);
      const [expected, found] = [await readAll(folder.file(plain)), await readAll(folder.file(changed))];
      assert.equal(expected.by, "scanner");
      assert.equal(found.by, "library");
      assert.deepEqual(found.objects, expected.objects);
    });
  }

  it("reads UTF-16 with the other byte order, and UTF-16 without a mark", async () => {
    const xml = documentXml(rich, "utf-16");
    const expected = await readAll(folder.file(documentXml(rich)));
    const bigEndian = await readAll(folder.file(encodeXml(xml, "utf-16le", true).swap16()));
    const unmarked = await readAll(folder.file(encodeXml(xml, "utf-16le", false)));
    assert.deepEqual(bigEndian.objects, expected.objects);
    assert.deepEqual(unmarked.objects, expected.objects);
  });

  it("knows predefined and numeric entities, in text and in attributes", async () => {
    const xml = plain
      .replace("a@x", "&lt;&gt;&amp;&apos;&quot;&#65;&#x1F600;&#13;&#10;")
      .replace('id="{1}"', 'id="&#123;"');
    const found = await readAll(folder.file(xml));
    assert.equal(found.by, "scanner");
    assert.equal(found.objects[0]?.attributes[0]?.values[0]?.text, "<>&'\"A\u{1F600}\r\n");
  });

  describe("remembers markup, and still", () => {
    const holograms = { "synchronized-hologram": { title: "t", city: "c", mail: "m@x" } };
    const many = ["one", "two", "three", "four", "five"].map((value) => `<value>${value}</value>\r\n`).join("");
    const objects: ObjectXml[] = Array.from({ length: 12 }, (_, index) => ({
      dn: dnOf(`user ${index}`),
      holograms,
      extra: `<pending-import-hologram><entry><attr name="x">\r\n${many}</attr></entry></pending-import-hologram>`,
    }));
    const xml = documentXml(objects);
    const lastHologram = xml.lastIndexOf("<synchronized-hologram>");
    const spoil = (from: string, to: string): string => {
      const at = xml.indexOf(from, lastHologram);
      assert.ok(at > 0);
      return xml.slice(0, at) + to + xml.slice(at + from.length);
    };
    const refused: Record<string, string> = {
      "refuses known end tags of elements that are not open": spoil("<value>", "<valux>"),
      "refuses known markup one level too deep": spoil("<value>", "<value><value>"),
      "refuses known markup one level too high": spoil("<value>t</value>", "t</value>"),
      "refuses a hologram that ends in the middle of known markup": spoil("</attr>", "</entry>"),
      "refuses an attribute given twice in a tag like many before": spoil('name="city"', 'name="city" name="city"'),
      "refuses known markup inside an element of another name": spoil("<value>three", "<valux>three"),
      "refuses known markup outside of its element": spoil("<value>three</value>\r\n", "three</value>\r\n"),
      "refuses a lone ampersand between known markup": spoil("<value>t", "<value>t & "),
    };
    for (const [what, damaged] of Object.entries(refused)) {
      for (const identity of [true, false]) {
        it(`${what} (${identity ? "looking into holograms" : "skipping them"})`, async () => {
          const path = folder.file(damaged);
          assert.equal(await verdictOfReading(path, { identity }), "refused");
          assert.equal(await verdictOfReading(path, { identity, reader: "library" }), "refused");
        });
      }
    }

    it("finds an identity behind markup that was passed over before", async () => {
      const path = folder.file(spoil('name="city"', 'name="displayName"'));
      const { objects: found, by } = await readAll(path);
      assert.equal(by, "scanner");
      assert.deepEqual(found.at(-1)?.identity, { displayName: "c", mail: "m@x" });
    });

    it("finds the change of an object behind holograms of unequal length", async () => {
      const variants: Record<string, string>[] = [{}, { title: "t" }, { sn: "s", title: "t" }];
      const mixed: ObjectXml[] = objects.map((object, index) => ({
        ...object,
        attributes: [{ name: "sn", operation: "replace", values: [String(index)] }],
        holograms: { "synchronized-hologram": variants[index % 3] ?? {} },
      }));
      const path = folder.file(documentXml(mixed));
      const [scanned, parsed] = [
        await readAll(path, { identity: false }),
        await readAll(path, { reader: "library", identity: false }),
      ];
      assert.equal(scanned.by, "scanner");
      assert.deepEqual(scanned.objects, parsed.objects);
    });
  });

  it("agrees with the library on thousands of damaged files", async () => {
    const random = seededRandom(2024);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    const generated = [...generatedXml({ seed: 9, encoding: "utf-8", objects: 4 })].join("");
    const originals = [
      documentXml(rich),
      generated,
      `<cs-objects>${objectXml({ dn: "a" })}${objectXml({ dn: "b" })}</cs-objects>`,
    ];
    const tokens = [
      "<",
      ">",
      "&",
      "&amp;",
      "&foo;",
      "&#0;",
      "]]>",
      '"',
      "'",
      "/",
      "\0",
      "\u0001",
      "\uFFFE",
      "<!--x-->",
      "<![CDATA[<a>]]>",
    ];
    const moreTokens = [
      "<!DOCTYPE a>",
      "<?x y?>",
      "<value>",
      "</value>",
      "<cs-object>",
      "</cs-object>",
      "</entry>",
      " a='1'",
      "\r\n",
      "é",
      "<a/>",
    ];
    let [refused, changed] = [0, 0];
    for (let round = 0; round < 1000; round++) {
      const xml = pick(originals);
      const at = Math.floor(random() * xml.length);
      const length = Math.floor(random() * pick([2, 12, 300]));
      const mutated = pick([
        () => xml.slice(0, at) + xml.slice(at + 1 + length),
        () => xml.slice(0, at) + pick([...tokens, ...moreTokens]) + xml.slice(at),
        () => xml.slice(0, at) + pick(tokens) + xml.slice(at + 1),
        () => xml.slice(0, at) + xml.slice(at, at + length) + xml.slice(at),
        () => xml.slice(0, at),
      ])();
      const encoding = pick(["utf-8", "utf-16le"] as const);
      const bytes = encodeXml(
        encoding === "utf-8" ? mutated : mutated.replace('"utf-8"', '"utf-16"'),
        encoding,
        encoding === "utf-16le",
      );
      if (random() < 0.2) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      const path = folder.file(bytes, "mutated.xml");
      const expected = await verdictOfReading(path, { reader: "library" });
      assert.equal(await verdictOfReading(path, { chunkBytes: 64 + Math.floor(random() * 4000) }), expected, mutated);
      if (expected === "refused") refused++;
      else changed++;
    }
    assert.ok(refused > 250 && changed > 100, `${refused} refused, ${changed} read`);
  });
});
