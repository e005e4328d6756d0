import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Names and contents of a folder's files, as one text each. */
export function filesUnder(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(files(folder).map((file) => [file, readFileSync(file, "base64")]));
}

function files(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name))
    .sort();
}

/** Files of a folder whose bytes contain one of the needles. */
export function filesContaining(folder: string, needles: readonly Buffer[]): readonly string[] {
  return files(folder).filter((file) => {
    const bytes = readFileSync(file);
    return needles.some((needle) => bytes.includes(needle));
  });
}

/** A secret in the forms in which it could have leaked. */
export function formsOf(secret: string): readonly Buffer[] {
  const plain = Buffer.from(secret, "utf8");
  const shifted = [0, 1, 2].map((skip) => Buffer.from(plain.subarray(skip)).toString("base64"));
  return [
    plain,
    // Base64 of a text that holds the secret depends on where it begins: the inner part of each of the three shifts.
    ...shifted.map((text) => Buffer.from(text.slice(2, -4))),
    Buffer.from(secret, "utf16le"),
    Buffer.from(JSON.stringify(secret).slice(1, -1)),
    Buffer.from(encodeURIComponent(secret)),
    Buffer.from(plain.toString("hex")),
  ];
}
