import { closeSync, openSync, writeSync } from "node:fs";

/**
 * Makes export files as csexport would write them, from a seed: the same numbers give the same bytes. No complete file
 * of a real server is public; the shape follows Microsoft's description of the format, the proportions (three holograms
 * of some thirty attributes around a small change) are ours.
 */
export interface GeneratedFile {
  readonly seed: number;
  readonly encoding: "utf-8" | "utf-16le";
  readonly connectorName?: string;
  /** Stops after this many objects, or after the object that reaches this many bytes. */
  readonly objects?: number;
  readonly bytes?: number;
  /** Share of objects left out, or changed in one value: what makes two servers differ. */
  readonly missing?: number;
  readonly changed?: number;
  /** Every object gets a certificate of some 5 KB: most of the file is then what a report has to look at. */
  readonly certificates?: boolean;
}

export type Random = () => number;

/** mulberry32: small, fast, the same everywhere. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const given = [
  "Ana",
  "Bo",
  "Chidi",
  "Dörte",
  "Eva",
  "Farid",
  "Grace",
  "Hugo",
  "Ingrid",
  "José",
  "Kaito",
  "Lena",
  "Mia",
  "Nils",
];
const family = [
  "Abe",
  "Bauer",
  "Costa",
  "Duval",
  "Eriksson",
  "Fuchs",
  "García",
  "Hansen",
  "Ito",
  "Jansen",
  "Kowalski",
  "O'Neill",
];
const towns = ["Oslo", "Köln", "Lyon", "Porto", "Gdańsk", "Kyoto", "Aarhus", "Málaga"];
const departments = ["Sales & Marketing", "Research", "Finance", "Operations <EMEA>", "Human Resources", "Legal"];
const eol = "\r\n";

const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
const hex = (random: Random, digits: number): string => {
  let text = "";
  while (text.length < digits)
    text += Math.floor(random() * 0x10000)
      .toString(16)
      .padStart(4, "0");
  return text.slice(0, digits);
};
const guid = (random: Random): string =>
  `{${hex(random, 8)}-${hex(random, 4)}-${hex(random, 4)}-${hex(random, 4)}-${hex(random, 12)}}`.toUpperCase();
const escaped = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

interface Person {
  readonly anchor: string;
  readonly dn: string;
  readonly isGroup: boolean;
  readonly values: readonly (readonly [string, string, readonly string[]])[];
  readonly members: readonly string[];
}

function makeObject(random: Random, number: number): Person {
  const anchorBytes = Buffer.from(hex(random, 32), "hex");
  const anchor = anchorBytes.toString("base64");
  const dn = `CN={${Buffer.from(anchor, "ascii").toString("hex").toUpperCase()}}`;
  const isGroup = random() < 0.12;
  const [first, last] = [pick(random, given), pick(random, family)];
  const account = `${first}.${last}${number}`
    .normalize("NFD")
    .replace(/[^a-zA-Z0-9.]/g, "")
    .toLowerCase();
  const display = isGroup ? `${pick(random, departments)} ${pick(random, towns)} ${number}` : `${first} ${last}`;
  const mail = `${account}@contoso.com`;
  const text: [string, string, string[]][] = [
    ["displayName", "string", [display]],
    ["mail", "string", [mail]],
    ["mailNickname", "string", [account]],
    ["sourceAnchor", "string", [anchor]],
    ["onPremisesSamAccountName", "string", [account.slice(0, 20)]],
    ["dnsDomainName", "string", ["contoso.com"]],
    ["netBiosName", "string", ["CONTOSO"]],
    ["onPremiseSecurityIdentifier", "binary", [Buffer.from(hex(random, 56), "hex").toString("base64")]],
    [
      "proxyAddresses",
      "string",
      [
        `SMTP:${mail}`,
        `smtp:${account}@contoso.onmicrosoft.com`,
        `X500:/o=Contoso/ou=Exchange Administrative Group/cn=Recipients/cn=${hex(random, 32)}`,
      ],
    ],
    [
      "onPremisesDistinguishedName",
      "string",
      [`CN=${display},OU=${pick(random, towns)},OU=Accounts,DC=contoso,DC=com`],
    ],
    ["msExchRecipientDisplayType", "number", [String(Math.floor(random() * 10))]],
    ["description", "string", [`${pick(random, departments)}; created by ticket ${Math.floor(random() * 1e7)}`]],
  ];
  const members: string[] = [];
  if (isGroup) {
    const count = 1 + Math.floor(random() * 60);
    for (let i = 0; i < count; i++) members.push(`CN={${hex(random, 48).toUpperCase()}}`);
    text.push(["securityEnabled", "boolean", ["true"]]);
  } else {
    for (const [name, value] of [
      ["userPrincipalName", mail],
      ["accountEnabled", "true"],
      ["givenName", first],
      ["surname", last],
      ["city", pick(random, towns)],
      ["department", pick(random, departments)],
      ["company", "Contoso"],
      ["countryCode", "47"],
      ["usageLocation", "NO"],
      ["telephoneNumber", `+47 ${Math.floor(random() * 1e8)}`],
      ["mobile", `+47 ${Math.floor(random() * 1e8)}`],
      [
        "streetAddress",
        `${pick(random, towns)} road ${Math.floor(random() * 200)}${eol}Building ${Math.floor(random() * 9)}`,
      ],
      ["postalCode", String(Math.floor(random() * 1e5))],
      ["title", `${pick(random, departments)} lead`],
      ["employeeId", String(number)],
      ["extensionAttribute1", hex(random, 24)],
      ["lastPasswordChangeTimestamp", `2026${hex(random, 4)}.0Z`],
    ] as const) {
      text.push([name, name === "accountEnabled" ? "boolean" : "string", [value]]);
    }
  }
  return { anchor, dn, isGroup, values: text, members };
}

function attributeXml(
  indent: string,
  [name, type, values]: readonly [string, string, readonly string[]],
  operation = "",
): string {
  const multivalued = values.length > 1 ? "true" : "false";
  let xml = `${indent}<attr name="${name}"${operation} type="${type}" multivalued="${multivalued}">${eol}`;
  const encoding = type === "binary" ? ' encoding="base64"' : "";
  for (const value of values) xml += `${indent} <value${encoding}>${escaped(value)}</value>${eol}`;
  return `${xml}${indent}</attr>${eol}`;
}

function membersXml(indent: string, members: readonly string[], operation = "", valueOperation = ""): string {
  if (members.length === 0) return "";
  let xml = `${indent}<dn-attr name="member"${operation} multivalued="true">${eol}`;
  for (const member of members) {
    xml += `${indent} <dn-value${valueOperation}>${eol}${indent}  <dn>${member}</dn>${eol}${indent} </dn-value>${eol}`;
  }
  return `${xml}${indent}</dn-attr>${eol}`;
}

function hologramXml(name: string, object: Person, values: Person["values"]): string {
  let xml = `  <${name}>${eol}   <entry dn="${object.dn}">${eol}    <anchor encoding="base64">${object.anchor}</anchor>${eol}`;
  xml += `    <primary-objectclass>${object.isGroup ? "group" : "user"}</primary-objectclass>${eol}`;
  for (const value of values) xml += attributeXml("    ", value);
  return `${xml}${membersXml("    ", object.members)}   </entry>${eol}  </${name}>${eol}`;
}

function deltaXml(
  random: Random,
  object: Person,
  operation: string,
  changed: boolean,
  certificate: string,
): { xml: string; values: Person["values"] } {
  const head = `  <unapplied-export>${eol}   <delta dn="${object.dn}" operation="${operation}">${eol}    <anchor encoding="base64">${object.anchor}</anchor>${eol}`;
  let body = "";
  let values = object.values;
  if (operation === "add") for (const value of values) body += attributeXml("    ", value);
  if (operation === "update") {
    const name = object.isGroup ? "description" : pick(random, ["department", "title", "city", "telephoneNumber"]);
    const value = `${pick(random, departments)} ${hex(random, 6)}${changed ? " changed" : ""}`;
    values = values.map((known) => (known[0] === name ? ([name, known[1], [value]] as const) : known));
    body += attributeXml("    ", [name, "string", [value]], ' operation="replace"');
    if (certificate !== "")
      body += attributeXml("    ", ["userCertificate", "binary", [certificate]], ' operation="add"');
    if (object.isGroup)
      body += membersXml("    ", object.members.slice(0, 2), ' operation="update"', ' operation="add"');
  }
  return { xml: `${head}${body}   </delta>${eol}  </unapplied-export>${eol}`, values };
}

/** One piece of the file after the other: the beginning, one object each, the end. */
export function* generatedXml(options: GeneratedFile): Generator<string> {
  const random = seededRandom(options.seed);
  const coin = seededRandom(
    options.seed ^ 0x5bd1e995 ^ Math.round(1e6 * ((options.missing ?? 0) + 3 * (options.changed ?? 0))),
  );
  const connector = options.connectorName ?? "contoso.onmicrosoft.com - AAD";
  yield `<?xml version="1.0" encoding="${options.encoding === "utf-8" ? "utf-8" : "utf-16"}"?>${eol}<cs-objects>${eol}`;
  for (let number = 1; number <= (options.objects ?? Number.POSITIVE_INFINITY); number++) {
    const object = makeObject(random, number);
    const dice = random();
    const certificate = options.certificates ? Buffer.from(hex(random, 7500), "hex").toString("base64") : "";
    const operation = dice < 0.06 ? "add" : dice < 0.08 ? "delete" : "update";
    const changed = coin() < (options.changed ?? 0);
    const left = coin() < (options.missing ?? 0);
    const delta = deltaXml(random, object, operation, changed, certificate);
    const id = guid(coin);
    if (left) continue;
    const type = object.isGroup ? "group" : "user";
    let xml = ` <cs-object cs-dn="${object.dn}" id="${id}" object-type="${type}">${eol}`;
    xml += `  <ma-id>{B891884F-051E-4A83-95AF-2544101C9083}</ma-id>${eol}  <ma-name>${escaped(connector)}</ma-name>${eol}`;
    xml += `  <partition-name>default</partition-name>${eol}  <connector>1</connector>${eol}  <connector-state>normal</connector-state>${eol}`;
    xml += `  <seen-by-import>${operation === "add" ? 0 : 1}</seen-by-import>${eol}  <import-delta-operation>none</import-delta-operation>${eol}`;
    xml += `  <export-delta-operation>${operation === "update" ? "modify" : operation}</export-delta-operation>${eol}`;
    if (operation !== "add") xml += hologramXml("synchronized-hologram", object, object.values);
    xml += delta.xml;
    if (operation !== "delete") xml += hologramXml("unapplied-export-hologram", object, delta.values);
    yield `${xml} </cs-object>${eol}`;
  }
  yield `</cs-objects>${eol}`;
}

export function encodeXml(xml: string, encoding: GeneratedFile["encoding"], withMark: boolean): Buffer {
  const text = withMark ? `\uFEFF${xml}` : xml;
  return Buffer.from(text, encoding === "utf-8" ? "utf8" : "utf16le");
}

/** Writes a generated file and returns its size in bytes. */
export function writeGeneratedFile(path: string, options: GeneratedFile): number {
  const descriptor = openSync(path, "w");
  try {
    const pieces = generatedXml(options);
    let size = 0;
    let batch = "";
    let first = true;
    const flush = () => {
      const bytes = encodeXml(batch, options.encoding, first && options.encoding === "utf-16le");
      first = false;
      batch = "";
      size += writeSync(descriptor, bytes);
    };
    for (const piece of pieces) {
      batch += piece;
      if (batch.length > 1 << 20) flush();
      const reached = size + Buffer.byteLength(batch, options.encoding === "utf-8" ? "utf8" : "utf16le");
      if (options.bytes !== undefined && reached >= options.bytes) {
        batch += `</cs-objects>${eol}`;
        break;
      }
    }
    flush();
    return size;
  } finally {
    closeSync(descriptor);
  }
}
