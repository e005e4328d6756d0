import type { XmlElement } from "../../evidence";
import { child } from "../../evidence";
import type { DirectorySchema, SchemaEntry } from "../model";
import { Remaining, rawValues } from "./remaining";

const entryKinds = new Set(["class", "attribute-type", "dit-content-rule"]);

/**
 * Reads a DSML schema. Identifiers inside one file (`A1ew`, `C0`) are replaced by the names they stand for, so that
 * two servers that numbered the same schema differently compare as equal.
 */
export function readSchema(schema: XmlElement | undefined): DirectorySchema {
  const before = schema && alreadyRead.get(schema);
  if (before !== undefined) return before;
  const result = read(schema);
  if (schema !== undefined) alreadyRead.set(schema, result);
  return result;
}

/** Where both servers' files are byte for byte the same, both configurations hold the same tree. */
const alreadyRead = new WeakMap<XmlElement, DirectorySchema>();

function read(schema: XmlElement | undefined): DirectorySchema {
  const remaining = new Remaining();
  const directory = child(child(schema, "dsml"), "directory-schema");
  if (directory === undefined) return { entries: [], rest: remaining.below(schema) };
  const names = new Map<string, string>();
  for (const element of directory.children) {
    const name = child(element, "name")?.text.trim();
    // A content rule has no name of its own: it shares the identifier of its class.
    if (name !== undefined) names.set(element.attributes.id ?? name, name);
  }
  const nameOf: NameOf = (reference) => {
    const id = reference.startsWith("#") ? reference.slice(1) : reference;
    return names.get(id) ?? id;
  };
  const entries: SchemaEntry[] = [];
  for (const element of directory.children) {
    if (!entryKinds.has(element.name)) continue;
    remaining.takeWhole(element);
    const name = child(element, "name")?.text.trim() ?? nameOf(element.attributes.id ?? "");
    entries.push(new Entry(element.name, name, element, nameOf));
  }
  return { entries, rest: remaining.below(schema) };
}

type NameOf = (reference: string) => string;

/** A forest's schema has some forty thousand members, nearly always the same on both servers: look before collecting. */
class Entry implements SchemaEntry {
  private collected: ReadonlyMap<string, string> | undefined;

  constructor(
    readonly kind: string,
    readonly name: string,
    private readonly element: XmlElement,
    private readonly nameOf: NameOf,
  ) {}

  get properties(): ReadonlyMap<string, string> {
    this.collected ??= propertiesOf(this.element, this.nameOf);
    return this.collected;
  }

  looksLike(other: SchemaEntry): boolean {
    return (
      other instanceof Entry &&
      sameAttributes(this.element, this.nameOf, other.element, other.nameOf, true) &&
      sameChildren(this.element, this.nameOf, other.element, other.nameOf)
    );
  }
}

function sameChildren(a: XmlElement, nameInA: NameOf, b: XmlElement, nameInB: NameOf): boolean {
  if (a.children.length !== b.children.length) return false;
  for (let index = 0; index < a.children.length; index++) {
    const left = a.children[index];
    const right = b.children[index];
    if (left === undefined || right === undefined || left.name !== right.name) return false;
    if (left.children.length > 0 || right.children.length > 0) return false;
    if (left.text !== right.text || !sameAttributes(left, nameInA, right, nameInB, false)) return false;
  }
  return true;
}

function sameAttributes(a: XmlElement, nameInA: NameOf, b: XmlElement, nameInB: NameOf, entry: boolean): boolean {
  let count = 0;
  for (const name in a.attributes) {
    count++;
    const left = a.attributes[name];
    const right = b.attributes[name];
    if (left === undefined || right === undefined) return false;
    if (entry && name === "id") continue;
    const reference = name === "ref" || name === "superior";
    if (reference ? nameInA(left) !== nameInB(right) : left !== right) return false;
  }
  for (const _name in b.attributes) count--;
  return count === 0;
}

function propertiesOf(element: XmlElement, nameOf: NameOf): ReadonlyMap<string, string> {
  const properties = new Map<string, string>();
  const { attributes } = element;
  for (const name in attributes) {
    if (name === "id") continue;
    const value = attributes[name] ?? "";
    properties.set(name, name === "superior" ? nameOf(value) : value);
  }
  for (const inner of element.children) {
    if (inner.name === "name") continue;
    const reference = inner.attributes.ref;
    if (reference !== undefined && inner.children.length === 0)
      properties.set(`${inner.name} ${nameOf(reference)}`, flagsOf(inner.attributes));
    else if (inner.children.length === 0 && Object.keys(inner.attributes).length === 0)
      properties.set(inner.name, inner.text.trim());
    else for (const { path, value } of rawValues(inner, inner.name)) properties.set(path, value);
  }
  return properties;
}

function flagsOf(attributes: Readonly<Record<string, string>>): string {
  let flags = "";
  for (const name in attributes) if (name !== "ref") flags += `${flags === "" ? "" : " "}${name}=${attributes[name]}`;
  return flags;
}
