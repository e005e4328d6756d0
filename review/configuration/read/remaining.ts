import type { XmlElement } from "../../evidence";
import { movingAt } from "../known/moving";
import { isSecret, lastName, notShown } from "../known/secrets";
import type { RawValue } from "../model";

/**
 * Remembers which elements and attributes a reader understood, and lists everything it did not. A reader that forgets
 * something thereby makes it a raw value instead of losing it.
 */
export class Remaining {
  private readonly understood = new Set<XmlElement>();
  private readonly whole = new Set<XmlElement>();
  private readonly attributes = new Map<XmlElement, readonly string[]>();

  /** The element's own text and the named attributes have been read. */
  take(element: XmlElement | undefined, ...attributes: readonly string[]): XmlElement | undefined {
    if (element !== undefined) {
      this.understood.add(element);
      if (attributes.length > 0) this.attributes.set(element, attributes);
    }
    return element;
  }

  /** The element with everything inside has been read. */
  takeWhole(element: XmlElement | undefined): XmlElement | undefined {
    if (element !== undefined) this.whole.add(element);
    return element;
  }

  /** Takes the first child of that name with its text; undefined where there is none. */
  takeText(element: XmlElement | undefined, name: string): string | undefined {
    const found = element?.children.find((candidate) => candidate.name === name && !this.understood.has(candidate));
    return this.take(found)?.text.trim();
  }

  /** Everything below an element that was not taken; paths are relative to it. */
  below(element: XmlElement | undefined, prefix = ""): RawValue[] {
    const values: RawValue[] = [];
    if (element !== undefined) this.collect(element, prefix, values);
    return values;
  }

  private collect(element: XmlElement, path: string, values: RawValue[], whole = false): void {
    if (this.whole.has(element)) return;
    const read = this.attributes.get(element);
    const before = values.length;
    for (const name in element.attributes)
      if (!read?.includes(name) && !isKey(element, name))
        values.push({ path: `${path}@${name}`, value: element.attributes[name] ?? "" });
    const text = element.text.trim();
    const isLeaf = element.children.length === 0;
    if (
      !this.understood.has(element) &&
      (path !== "" || whole) &&
      (text !== "" || (isLeaf && values.length === before))
    )
      values.push({ path, value: text });
    this.collectChildren(element, path, values);
  }

  /**
   * Several members of a list that nothing tells apart stay whole, each as one value: taken apart, the first one's name
   * with the second one's value would look like the original.
   */
  private collectChildren(element: XmlElement, path: string, values: RawValue[]): void {
    let structured = 0;
    for (const inner of element.children) if (!this.whole.has(inner) && hasParts(inner)) structured++;
    if (structured < 2) {
      for (const inner of element.children)
        if (!this.whole.has(inner)) this.collect(inner, join(path, segmentOf(inner, element)), values);
      return;
    }
    const left = element.children.filter((inner) => !this.whole.has(inner));
    const segments = left.map((inner) => segmentOf(inner, element));
    const repeated = repeatedSegments(left, segments);
    left.forEach((inner, index) => {
      const segment = segments[index] ?? inner.name;
      if (!repeated.has(segment)) {
        this.collect(inner, join(path, segment), values);
        return;
      }
      const own: RawValue[] = [];
      this.collect(inner, "", own, true);
      if (own.length > 0) values.push({ path: join(path, segment), value: wholeText(own) });
    });
  }
}

/** Parts that could be mixed up with those of a neighbour: children, or several attributes. */
function hasParts(element: XmlElement): boolean {
  if (element.children.length > 0) return true;
  let attributes = 0;
  for (const _name in element.attributes) attributes++;
  return attributes > 1;
}

/** Segments that more than one child with content of its own has. */
function repeatedSegments(children: readonly XmlElement[], segments: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  children.forEach((inner, index) => {
    const segment = segments[index] ?? "";
    if (!hasParts(inner)) return;
    if (seen.has(segment)) repeated.add(segment);
    seen.add(segment);
  });
  return repeated;
}

/** One list member as one text, without what moves by itself; secrets are named but not shown. */
export function wholeText(values: readonly RawValue[]): string {
  return values
    .filter(({ path }) => movingAt(lastName(path)) === undefined)
    .map(({ path, value }) => `${path === "" ? "" : `${path}=`}${isSecret(path) ? notShown : value}`)
    .sort()
    .join("; ");
}

/** Reads everything as raw values. */
export function rawValues(element: XmlElement, prefix = ""): RawValue[] {
  return new Remaining().below(element, prefix);
}

function join(path: string, segment: string): string {
  return path === "" ? segment : `${path}/${segment}`;
}

const keyAttributes = ["name", "object_class", "id", "ref"];

/** Attributes that are already in the path, as the key of a list member. */
function isKey(element: XmlElement, name: string): boolean {
  return keyAttributes.find((key) => element.attributes[key] !== undefined) === name;
}

/** A list member is named by what identifies it, never by its place, so that order does not matter. */
function segmentOf(element: XmlElement, parent: XmlElement): string {
  const named = keyAttributes.find((key) => element.attributes[key] !== undefined);
  if (named !== undefined) return `${element.name}[${element.attributes[named]}]`;
  if (element.children.length === 0) return element.name;
  const repeated = parent.children.some((other) => other !== element && other.name === element.name);
  if (!repeated) return element.name;
  const key =
    element.children.find((inner) => inner.name === "name") ??
    element.children.find(
      (inner) =>
        inner.children.length === 0 && inner.text.trim() !== "" && inner.name !== "id" && !isSecret(inner.name),
    );
  return key === undefined || isSecret(element.name) ? element.name : `${element.name}[${key.text.trim()}]`;
}
