import { SaxesParser } from "saxes";
import { BadInput } from "../verdict";
import { type EvidenceFile, limits } from "./evidence";
import { decodeText } from "./text";

/** One element. Namespace prefixes are dropped: the two connectors of one server spell the same schema differently. */
export interface XmlElement {
  readonly name: string;
  /** By local name; namespace declarations are left out. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** The element's own text, as written, white space included. */
  readonly text: string;
  /** Counted from 1; where the opening tag ends. */
  readonly line: number;
  readonly column: number;
}

export interface XmlDocument {
  readonly file: EvidenceFile;
  readonly root: XmlElement;
  /** How many elements the file has. */
  readonly elements: number;
}

interface OpenElement extends XmlElement {
  readonly attributes: Record<string, string>;
  children: XmlElement[];
  text: string;
}

/** Shared by all leaves (most elements are): never pushed to. */
const noChildren: XmlElement[] = [];

const noAttributes: Record<string, string> = Object.freeze({});
const copyAgain = "Copy the file again from the server, or make a new export with Get-ADSyncServerConfiguration.";

/**
 * Reads one XML file into a tree. Throws `BadInput` with `file:line:column` for anything that is not well-formed, and
 * refuses what no export of Entra Connect contains: document types, entities of one's own, very deep nesting.
 */
export function readXml(file: EvidenceFile): XmlDocument {
  if (file.bytes.length > limits.fileBytes)
    throw new BadInput(
      `${file.name}: ${file.bytes.length} bytes; configuration files above ${limits.fileBytes} bytes are refused.`,
    );
  const { text, encoding, marked } = decodeText(file);
  const parser = new SaxesParser<{ position: true; xmlns: false }>({ position: true, xmlns: false });
  const refuse = (what: string, next = copyAgain): never => {
    throw new BadInput(`${file.name}:${parser.line}:${parser.column + 1}: ${what} ${next}`);
  };
  const stack: OpenElement[] = [];
  let root: XmlElement | undefined;
  let open: OpenElement | undefined;
  let atEnd = false;
  let elements = 0;

  parser.on("error", (error) => {
    const reason = error.message.replace(/^\d+:\d+: /, "");
    if (atEnd && open !== undefined)
      refuse(`the file ends inside <${stack.map((element) => element.name).join("><")}>: it is cut short.`);
    refuse(`this is not well-formed XML (${reason.replace(/\.$/, "")}).`);
  });
  parser.on("xmldecl", (declaration) => {
    const declared = declaration.encoding?.toLowerCase();
    if (declared === undefined) return;
    const fits = encoding === "utf-8" ? /^(utf-8|us-ascii)$/.test(declared) : /^utf-16(le|be)?$/.test(declared);
    if (!fits)
      refuse(
        `the file declares encoding "${declaration.encoding}" but ${marked ? "its mark says" : "its bytes are"} ${encoding.toUpperCase()}: it was converted by halves.`,
        "Copy the file again as it is, without converting or editing it. If it cannot be copied again, make its first line say the encoding that it has.",
      );
  });
  parser.on("doctype", () =>
    refuse("document types (<!DOCTYPE …>) and entities are refused: no export of Entra Connect has them."),
  );
  parser.on("opentag", (tag) => {
    if (stack.length >= limits.xmlDepth)
      refuse(`elements are nested deeper than ${limits.xmlDepth}: no export of Entra Connect is.`);
    if (++elements > limits.xmlElements)
      refuse(`the file has more than ${limits.xmlElements} elements: no export of Entra Connect has.`);
    const element: OpenElement = {
      name: localName(tag.name),
      attributes: localAttributes(tag.attributes),
      children: noChildren,
      text: "",
      line: parser.line,
      column: parser.column,
    };
    if (open !== undefined) {
      if (open.children === noChildren) open.children = [element];
      else open.children.push(element);
    }
    stack.push(element);
    open = element;
  });
  const addText = (part: string): void => {
    if (open !== undefined) open.text = open.text === "" ? part : open.text + part;
  };
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.on("closetag", () => {
    root = stack.pop();
    open = stack[stack.length - 1];
  });

  parser.write(text);
  atEnd = true;
  parser.close();
  if (root === undefined) throw new BadInput(`${file.name}: there is no XML element in this file. ${copyAgain}`);
  return { file, root, elements };
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

function localAttributes(attributes: Record<string, string>): Record<string, string> {
  let result: Record<string, string> | undefined;
  for (const name in attributes) {
    if (name === "xmlns" || name.startsWith("xmlns:")) continue;
    result ??= {};
    const local = localName(name);
    result[Object.hasOwn(result, local) ? name : local] = attributes[name] ?? "";
  }
  return result ?? noAttributes;
}

/**
 * Reads files of two servers, and those that are byte for byte the same only once: a pair often shares whole files.
 * The trees are never changed, so both documents can hold the same one.
 */
export class XmlReader {
  private readonly read = new Map<number, XmlDocument[]>();
  private elements = 0;

  document(file: EvidenceFile): XmlDocument {
    const sameLength = this.read.get(file.bytes.length) ?? [];
    const same = sameLength.find((document) => document.file.bytes.equals(file.bytes));
    if (same !== undefined) return { ...same, file };
    const document = readXml(file);
    this.elements += document.elements;
    if (this.elements > limits.xmlElementsInAll)
      throw new BadInput(
        `${file.name}: with this file the inputs have more than ${limits.xmlElementsInAll} XML elements: too much for the configuration of two servers.`,
      );
    this.read.set(file.bytes.length, [...sameLength, document]);
    return document;
  }
}

export function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((candidate) => candidate.name === name);
}

export function childrenNamed(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element === undefined ? [] : element.children.filter((candidate) => candidate.name === name);
}

/** Follows child names from an element; the first of each name. */
export function descendant(element: XmlElement | undefined, ...names: readonly string[]): XmlElement | undefined {
  let current = element;
  for (const name of names) current = child(current, name);
  return current;
}

/** The trimmed text of a child; undefined where the child is missing. */
export function textOf(element: XmlElement | undefined, ...names: readonly string[]): string | undefined {
  return descendant(element, ...names)?.text.trim();
}

/** `file:line:column` of an element, for messages. */
export function placeOf(document: XmlDocument, element: XmlElement): string {
  return `${document.file.name}:${element.line}:${element.column}`;
}
