import assert from "node:assert/strict";
import { judgePreview, previewPage, readPreview } from "../../../review/preview";
import { annotationsOf } from "../../../review/preview/annotations";
import { sarifOf } from "../../../review/preview/sarif";
import { renderHtml, renderMarkdown, renderText } from "../../../review/render";
import { bytesOf, digest, step, vm } from "./previews";

/** Everything that can be made of a preview. */
function allOf(bytes: Buffer): readonly string[] {
  const report = judgePreview(readPreview(bytes, "p.json"));
  const page = previewPage(report);
  return [
    JSON.stringify(report),
    renderText(page, { colour: false, width: 100 }),
    renderMarkdown(page),
    renderHtml(page),
    annotationsOf(report, "github"),
    annotationsOf(report, "azure-pipelines"),
    JSON.stringify(sarifOf(report)),
  ];
}

function assertHidden(bytes: Buffer, words: readonly string[], verdict?: string): void {
  for (const text of allOf(bytes))
    for (const word of words) assert.ok(!text.includes(word), `${word} stands in: ${around(text, word)}`);
  if (verdict !== undefined) assert.equal(judgePreview(readPreview(bytes, "p.json")).verdict, verdict);
}
const around = (text: string, word: string): string => text.slice(Math.max(0, text.indexOf(word) - 40)).slice(0, 120);

const canary = "Canary-S3cret/+x&y<q>Zz9-0123456789";
const bytes = Buffer.from(canary);
const holder = step("a:b:Holder", "holder", { old: { password: canary, x: 1 }, new: { password: canary, x: 2 } });
const key = `-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAfirstLine1234567890\nsecondLine0987654321abcdef\n-----END RSA PRIVATE KEY-----`;

describe("a secret that one resource shows", () => {
  const forms: Readonly<Record<string, readonly [whole: string, hidden?: string]>> = {
    "as it is": [canary],
    "in the text of a URL": [encodeURIComponent(canary)],
    "in lower hexadecimal of a URL": [encodeURIComponent(canary).replace(/%../gu, (byte) => byte.toLowerCase())],
    "in Base64": [bytes.toString("base64")],
    "in Base64 for URLs": [bytes.toString("base64url")],
    "in Base64 behind a user": [
      Buffer.from(`user:${canary}`).toString("base64"),
      Buffer.from(`user:${canary}`).toString("base64").slice(8, 40),
    ],
    "in Base64 of PowerShell": [Buffer.from(canary, "utf16le").toString("base64")],
    "in hexadecimal": [bytes.toString("hex")],
    "as HTML": [canary.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")],
  };
  for (const [form, [whole, hidden = whole]] of Object.entries(forms))
    it(`is hidden elsewhere ${form}`, () => {
      const places = [
        step("a:b:C", "c", { old: { t: "q" }, new: { t: whole } }),
        step("a:b:C", "m", { old: { m: { [whole]: 1 } }, new: { m: { [whole]: 2 } } }),
        step("a:b:C", `named-${whole}`, { old: { a: 1 }, new: { a: 2 } }),
        { ...step("a:b:C", "o", { old: { a: 1 }, new: { a: 2 } }), op: whole },
      ];
      for (const place of places) assertHidden(bytesOf(digest(holder, place)), [hidden], "blocked");
    });

  it("is hidden where a long value is cut through it, wherever the cut falls", () => {
    for (let shift = 0; shift < canary.length; shift++)
      for (const around of [20, 100, 185]) {
        const text = "a".repeat(around + shift) + canary;
        const both = [
          step("command:local:Command", "c", { old: { create: "x", stdin: "b" }, new: { create: "x", stdin: text } }),
          step("a:b:C", "d", { old: { t: `${text}1${"z".repeat(200)}` }, new: { t: `${text}2${"z".repeat(200)}` } }),
          step("command:local:Command", "e", { op: "delete", old: { create: "x", delete: text } }),
        ];
        const parts = [canary.slice(0, 8), canary.slice(8, 16), canary.slice(16, 24), canary.slice(-8)];
        const report = judgePreview(readPreview(bytesOf(digest(holder, ...both)), "p.json"));
        for (const part of parts) assert.ok(!JSON.stringify(report).includes(part), `${part} at ${around}+${shift}`);
      }
  });
});

describe("a secret that nothing names", () => {
  const said = (message: string) => bytesOf({ ...digest(vm()), diagnostics: [{ severity: "warning", message }] });
  const canaryWord = "Canary-Pa55word";
  const cases: Readonly<Record<string, readonly [Buffer, readonly string[]]>> = {
    "a key in a message, all its lines": [said(`bad key ${key}`), ["firstLine12345", "secondLine09876"]],
    "a command in a message": [said(`ran: net user admin ${canaryWord} /add`), [canaryWord]],
    "an option in a message": [said(`ran: login --password ${canaryWord} now`), [canaryWord]],
    "an address in a message": [said(`cannot clone https://me:${canaryWord}@git.example/x`), [canaryWord]],
    "a header in a message": [said(`Authorization: Bearer ${canaryWord}`), [canaryWord]],
    "a signed token in a message": [
      said("token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjIn0.c2lnbmF0dXJl expired"),
      ["c2lnbmF0"],
    ],
    "the name of a resource": [
      bytesOf(digest(step("a:b:C", `db;Password=${canaryWord}`, { old: { a: 1 }, new: { a: 2 } }))),
      [canaryWord],
    ],
    "the name of a property": [
      bytesOf(digest(step("a:b:C", "c", { old: { m: {} }, new: { m: { [`Password=${canaryWord}`]: 1 } } }))),
      [canaryWord],
    ],
    "a number": [
      bytesOf(digest(step("a:b:C", "c", { old: { password: 1 }, new: { password: 98765432 } }))),
      ["98765432"],
    ],
    "an object with a value": [
      bytesOf(digest(step("a:b:C", "c", { old: {}, new: { password: { value: canaryWord } } }))),
      [canaryWord],
    ],
    "a list of passwords": [
      bytesOf(digest(step("a:b:C", "c", { old: {}, new: { passwords: [canaryWord] } }))),
      [canaryWord],
    ],
    "a key in the middle of a value": [
      bytesOf(digest(step("a:b:C", "c", { old: { x: "a" }, new: { x: `before ${key} after` } }))),
      ["firstLine12345", "secondLine09876"],
    ],
    "a command of an extension": [
      bytesOf(
        digest(
          step("azure-native:compute:VirtualMachineExtension", "x", {
            old: { settings: { commandToExecute: "x" } },
            new: { settings: { commandToExecute: `net user admin ${canaryWord} /add` } },
          }),
        ),
      ),
      [canaryWord],
    ],
  };
  for (const [name, [preview, words]] of Object.entries(cases))
    it(`${name} blocks and is hidden`, () => assertHidden(preview, words, "blocked"));

  it("the message of a policy", () => {
    const policyEvent = {
      resourceUrn: "urn:pulumi:a::b::c:d:E::f",
      message: `value Password=${canaryWord}; is bad`,
      policyName: "x",
      policyPackName: "y",
      enforcementLevel: "advisory",
    };
    const lines = [{ preludeEvent: { config: {} } }, { policyEvent }, { summaryEvent: { result: "succeeded" } }];
    const stream = lines.map((event, sequence) => JSON.stringify({ sequence, ...event })).join("\n");
    assertHidden(Buffer.from(stream), [canaryWord], "blocked");
  });

  it("a preview with --show-secrets hides their content elsewhere", () => {
    const sealed = {
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      plaintext: JSON.stringify(canaryWord),
    };
    const preview = digest(
      step("a:b:C", "c", { old: { x: 1 }, new: { x: sealed } }),
      step("a:b:D", "d", { old: { z: 1 }, new: { z: canaryWord } }),
    );
    assertHidden(bytesOf(preview), [canaryWord]);
  });
});
