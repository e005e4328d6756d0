import { createHash } from "node:crypto";
import { isSecret, isSecretValue } from "../configuration";
import {
  type CollectedEvidence,
  decodeText,
  type EvidenceFile,
  isJsonObject,
  readJson,
  readXml,
  type XmlElement,
} from "../evidence";
import type { Json } from "../verdict";

/** Enough to know where to look. */
const mostNamed = 20;

/**
 * Looks for what should have been emptied on the server, by the expressions of compare and of the collector. The same file
 * comes in every collection of a server and is looked through once.
 */
export class SecretScan {
  private readonly known = new Map<string, readonly string[]>();

  /** Places, never values: `configuration/Connectors/…xml: password`. */
  in({ manifest, configuration, statistics, others }: CollectedEvidence): readonly string[] {
    const under = (folder: string, files: readonly EvidenceFile[]) =>
      files.map((file) => ({ file, path: `${folder}${file.path}` }));
    const found = [
      ...under("configuration/", configuration),
      ...under("statistics/", statistics),
      ...under("", others),
    ].flatMap(({ file, path }) => this.file(file).map((place) => `${path}: ${place}`));
    return [...found, ...inJson(manifest.document, "").map((place) => `manifest.json: ${place}`)].slice(0, mostNamed);
  }

  private file(file: EvidenceFile): readonly string[] {
    const key = createHash("sha256").update(file.bytes).digest("hex");
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const found = placesIn(file);
    this.known.set(key, found);
    return found;
  }
}

function placesIn(file: EvidenceFile): readonly string[] {
  if (file.bytes.length === 0) return [];
  if (/\.xml$/iu.test(file.path)) return [...new Set(inXml(readXml(file).root, ""))];
  if (/\.json$/iu.test(file.path)) return [...new Set(inJson(readJson(file), ""))];
  return decodeText(file)
    .text.split(/\r?\n/u)
    .flatMap((line, index) => (isSecretValue(line) ? [`line ${index + 1}`] : []));
}

function inJson(value: Json, path: string): readonly string[] {
  if (typeof value === "string") return value !== "" && (isSecret(path) || isSecretValue(value)) ? [path] : [];
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap((inner) => inJson(inner, path));
  if (!isJsonObject(value)) return typeof value === "number" && isSecret(path) ? [path] : [];
  return Object.entries(value).flatMap(([name, inner]) => inJson(inner, path === "" ? name : `${path}/${name}`));
}

function inXml(element: XmlElement, path: string): readonly string[] {
  const { attributes, children, text } = element;
  const here = path === "" ? element.name : `${path}/${element.name}`;
  const name = element.name === "parameter" && attributes.name !== undefined ? `${here}[${attributes.name}]` : here;
  const found: string[] = [];
  const value = text.trim();
  const encrypted = attributes.encrypted === "1" || attributes.encrypted === "true";
  if (children.length === 0 && value !== "" && (encrypted || isSecret(name) || isSecretValue(value))) found.push(name);
  for (const [attribute, content] of Object.entries(attributes))
    if (content !== "" && (isSecret(`${here}@${attribute}`) || isSecretValue(content)))
      found.push(`${here}@${attribute}`);
  for (const inner of children) found.push(...inXml(inner, here));
  return found;
}
