import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const entra = "contoso.onmicrosoft.com - AAD";

export interface AttributeXml {
  readonly name: string;
  readonly operation?: string;
  readonly reference?: boolean;
  readonly encoding?: string;
  readonly type?: string;
  readonly multivalued?: boolean;
  /** A text, or a text with an operation of its own. */
  readonly values?: readonly (string | readonly [string, string])[];
}

export interface ObjectXml {
  readonly dn: string;
  /** Another @dn of the delta, which is only inferred to be a rename. */
  readonly newDn?: string;
  /** A rename as real files have it: @newdn beside @dn. */
  readonly renamedTo?: string;
  readonly id?: string;
  readonly type?: string;
  readonly connector?: string | null;
  readonly connectorId?: string;
  /** null: no delta at all. */
  readonly operation?: string | null;
  readonly objectLevel?: string;
  readonly attributes?: readonly AttributeXml[];
  /** The directory's own anchor, in the delta. */
  readonly anchor?: string;
  /** Hologram name -> identity attributes. */
  readonly holograms?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
  /** Members in the synchronized hologram. */
  readonly members?: readonly string[];
  /** Raw XML put into the object. */
  readonly extra?: string;
}

const escaped = (text: string) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");
const optional = (name: string, value: string | undefined) =>
  value === undefined ? "" : ` ${name}="${escaped(value)}"`;

/** The name of a user in the Entra connector. */
export const dnOf = (anchor: string) => `CN={${Buffer.from(anchor).toString("hex").toUpperCase()}}`;

function attributeXml({
  name,
  operation,
  reference,
  encoding,
  type,
  multivalued: many,
  values = [],
}: AttributeXml): string {
  const element = reference ? "dn-attr" : "attr";
  const multivalued = (many ?? values.length > 1) ? "true" : "false";
  const inner = values.map((value) => {
    const [how, text] = typeof value === "string" ? [undefined, value] : value;
    const start = `${optional("operation", how)}${optional("encoding", encoding)}`;
    return reference
      ? `<dn-value${start}>\r\n<dn>${escaped(text)}</dn></dn-value>\r\n`
      : `<value${start}>${escaped(text)}</value>\r\n`;
  });
  return `<${element} name="${name}"${optional("operation", operation)}${optional("type", type)} multivalued="${multivalued}">\r\n${inner.join("")}</${element}>\r\n`;
}

export function objectXml(object: ObjectXml): string {
  const { dn, newDn = dn, operation = "update", connector = entra, type = "user" } = object;
  let xml = ` <cs-object cs-dn="${escaped(dn)}" id="${object.id ?? "{1}"}" object-type="${type}">\r\n`;
  if (object.connectorId !== undefined) xml += `  <ma-id>${object.connectorId}</ma-id>\r\n`;
  if (connector !== null) xml += `  <ma-name>${escaped(connector)}</ma-name>\r\n`;
  xml += "  <connector>1</connector>\r\n  <connector-state>normal</connector-state>\r\n";
  if (object.objectLevel !== undefined)
    xml += `  <export-delta-operation>${object.objectLevel}</export-delta-operation>\r\n`;
  if (operation !== null) {
    const anchor = object.anchor === undefined ? "" : `<anchor encoding="base64">${object.anchor}</anchor>\r\n`;
    const inner = anchor + (object.attributes ?? []).map(attributeXml).join("");
    xml += `  <unapplied-export>\r\n<delta dn="${escaped(newDn)}"${optional("newdn", object.renamedTo)} operation="${operation}">\r\n${inner}</delta></unapplied-export>\r\n`;
  }
  for (const [name, values] of Object.entries(object.holograms ?? {})) {
    const inner = Object.entries(values).map(([attribute, value]) =>
      attributeXml({ name: attribute, values: typeof value === "string" ? [value] : value }),
    );
    if (name === "synchronized-hologram" && object.members !== undefined)
      inner.unshift(attributeXml({ name: "member", reference: true, values: object.members }));
    xml += `  <${name}>\r\n<entry dn="${escaped(dn)}">\r\n${inner.join("")}</entry></${name}>\r\n`;
  }
  return `${xml}${object.extra ?? ""} </cs-object>\r\n`;
}

export const documentXml = (objects: readonly ObjectXml[], encoding = "utf-8"): string =>
  `<?xml version="1.0" encoding="${encoding}"?>\r\n<cs-objects>\r\n${objects.map(objectXml).join("")}</cs-objects>\r\n`;

/** A folder of its own for a test, and files in it. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), "exports-"));
  private count = 0;

  file(content: string | Buffer, name = `export${++this.count}.xml`): string {
    const path = join(this.path, name);
    writeFileSync(path, content);
    return path;
  }

  /** Every file has ids of its own, as every database has; so no two files are the same to the byte. */
  export(...objects: ObjectXml[]): string {
    const id = `{${this.count + 2}}`;
    return this.file(documentXml(objects.map((object) => ({ id, ...object }))));
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
