/** What `Get-ADSyncServerConfiguration` of the simulated engine writes: few parts of a real one, in the real form. */
import { createHash } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ServerFolder } from "../world/contract";
import { readServerWorld } from "./serverFiles";
import type { ConnectorWorld, SynchronizationWorld } from "./serverWorld";

/** Beside the machine's drive; the stand-in cmdlet and the emulation copy it. */
export const exportedConfigurationFolder = (server: ServerFolder): string => join(server.path, "configuration");

/** Writes it as the engine is now; nothing where there is none. */
export async function writeExportedConfiguration(server: ServerFolder): Promise<void> {
  const folder = exportedConfigurationFolder(server);
  await rm(folder, { recursive: true, force: true });
  const { adsync, computerName } = await readServerWorld(server);
  if (adsync === undefined) return;
  for (const [path, text] of exportedFiles(adsync, computerName)) {
    const file = join(folder, ...path.split("/"));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

/** Path by path, with slashes. */
function exportedFiles(engine: SynchronizationWorld, computerName: string): readonly (readonly [string, string])[] {
  return [
    ...engine.connectors.map(
      (connector) => [`Connectors/Connector_{${connector.identifier}}.xml`, connectorXml(connector)] as const,
    ),
    ["GlobalSettings/MV.xml", metaverseXml(engine, computerName)] as const,
    ...engine.rules.map((rule) => {
      const id = identifierOf(`${rule.connectorIdentifier} ${rule.name}`);
      return [`SynchronizationRules/SynchronizationRule_{${id}}.xml`, ruleXml(rule, id)] as const;
    }),
  ];
}

function connectorXml({ identifier, name, type, subtype, partitions = [], runProfiles }: ConnectorWorld): string {
  const listed = (names: readonly string[], element: string) =>
    names.map((each) => `<${element}>${xml(each)}</${element}>`).join("");
  return [
    "<ma-data>",
    "  <format-version>1</format-version>",
    `  <id>{${identifier.toUpperCase()}}</id>`,
    `  <name>${xml(name)}</name>`,
    `  <category>${type}</category>`,
    `  <subtype>${xml(subtype)}</subtype>`,
    "  <ma-partition-data>",
    ...partitions.map(
      (each) =>
        `    <partition><id>{${identifierOf(`partition ${each.name}`).toUpperCase()}}</id><name>${xml(each.name)}</name><selected>${each.selected ? 1 : 0}</selected>` +
        `<filter><object-classes><object-class>user</object-class><object-class>group</object-class></object-classes><containers>` +
        `<exclusions>${listed(each.exclusions, "exclusion")}</exclusions><inclusions>${listed(each.inclusions, "inclusion")}</inclusions>` +
        `</containers></filter></partition>`,
    ),
    "  </ma-partition-data>",
    "  <ma-run-data>",
    ...runProfiles.map((each) => `    <run-configuration><name>${xml(each)}</name></run-configuration>`),
    "  </ma-run-data>",
    "</ma-data>",
    "",
  ].join("\n");
}

function metaverseXml({ globalParameters }: SynchronizationWorld, computerName: string): string {
  const parameters = Object.entries(globalParameters).map(
    ([name, value]) =>
      `    <parameter name="${xml(name)}" type="string" use="SynchronizationGlobal" dataType="String">${xml(value)}</parameter>`,
  );
  return [
    `<saved-mv-configuration server='${xml(computerName)}'>`,
    "<mv-data>",
    "  <format-version>1</format-version>",
    "  <parameter-values>",
    ...parameters,
    "  </parameter-values>",
    "</mv-data>",
    "</saved-mv-configuration>",
    "",
  ].join("\n");
}

function ruleXml(rule: SynchronizationWorld["rules"][number], id: string): string {
  const inbound = rule.direction === "Inbound";
  const group = /group/i.test(rule.name);
  const [source, target] = inbound ? ["user", "person"] : ["person", "user"];
  return [
    "<synchronizationRule>",
    `  <id>{${id}}</id>`,
    `  <internal-id>{${id}}</internal-id>`,
    "  <version>1</version>",
    `  <name>${xml(rule.name)}</name>`,
    "  <description />",
    `  <immutable-tag>${xml(rule.immutableTag)}</immutable-tag>`,
    `  <direction>${rule.direction}</direction>`,
    `  <disabled>${rule.disabled ? "True" : "False"}</disabled>`,
    `  <connector>{${rule.connectorIdentifier}}</connector>`,
    `  <sourceObjectType>${group ? "group" : source}</sourceObjectType>`,
    `  <targetObjectType>${group ? "group" : target}</targetObjectType>`,
    `  <linkType>${inbound ? "Join" : "Provision"}</linkType>`,
    `  <precedence>${rule.precedence}</precedence>`,
    "  <softDeleteExpiryInterval>00:00:00</softDeleteExpiryInterval>",
    "  <EnablePasswordSync>false</EnablePasswordSync>",
    "  <attribute-mappings />",
    "</synchronizationRule>",
    "",
  ].join("\n");
}

/** The same GUID for the same rule. */
function identifierOf(text: string): string {
  const hash = createHash("sha256").update(text).digest("hex");
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}

const xml = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&apos;");
