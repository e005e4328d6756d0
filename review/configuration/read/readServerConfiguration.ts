import { createHash } from "node:crypto";
import {
  type CollectedEvidence,
  type EvidenceFile,
  readJson,
  type ServerConfigurationEvidence,
  XmlReader,
} from "../../evidence";
import { BadInput } from "../../verdict";
import type { Connector, RawValue, ServerConfiguration, SynchronizationRule } from "../model";
import { readConnector } from "./connector";
import { jsonValues } from "./jsonValues";
import { parameterValue, readGlobalSettings } from "./metaverse";
import { rawValues } from "./remaining";
import { readRule } from "./rule";

const copyWhole = "Copy the whole folder that Get-ADSyncServerConfiguration wrote again from the server.";

/**
 * Reads one server's exported configuration. Throws `BadInput`, with file and position, for what is missing,
 * damaged, copied partly or mixed from two exports: a comparison of half a server would be a wrong verdict.
 */
export function readServerConfiguration(
  evidence: ServerConfigurationEvidence | CollectedEvidence,
  reader: XmlReader = new XmlReader(),
): ServerConfiguration {
  const { source, configuration } = evidence;
  if (configuration.length === 0)
    throw new BadInput(
      `${source}: this evidence holds no configuration. Run the collector again and see its warnings, or use Get-ADSyncServerConfiguration.`,
    );
  const xml = (folder: string): readonly EvidenceFile[] =>
    configuration.filter((file) => new RegExp(`^${folder}/[^/]+\\.xml$`, "i").test(file.path));
  const known = {
    Connectors: xml("Connectors"),
    GlobalSettings: xml("GlobalSettings"),
    SynchronizationRules: xml("SynchronizationRules"),
  };
  for (const [folder, files] of Object.entries(known))
    if (files.length === 0)
      throw new BadInput(`${source}: there is no XML file in ${folder}: the folder was copied partly. ${copyWhole}`);

  const globals = known.GlobalSettings.map((file) => reader.document(file));
  const metaverse = globals.filter((document) => document.root.name === "saved-mv-configuration");
  const [first, second] = metaverse.length === 0 ? globals : metaverse;
  if (first === undefined || (second !== undefined && metaverse.length > 1))
    throw new BadInput(
      `${second?.file.name ?? source}: GlobalSettings holds ${metaverse.length} files like MV.xml: it mixes two exports. ${copyWhole}`,
    );
  const settings = readGlobalSettings(first);
  const connectors = known.Connectors.map((file) => readConnector(reader.document(file)));
  refuseRepeated(connectors, (connector) => connector.id, "identifier");
  refuseRepeated(connectors, (connector) => connector.name.toLowerCase(), "name");
  const names = new Map(connectors.map((connector) => [connector.id, connector.name]));
  const rules = known.SynchronizationRules.map((file) => readRule(reader.document(file), names));
  refuseRepeated(rules, (rule) => rule.id, "identifier");

  const read = new Set([...known.Connectors, first.file, ...known.SynchronizationRules]);
  const staging = parameterValue(settings.parameters, "Microsoft.Synchronize.StagingMode")?.toLowerCase();
  return {
    source,
    ...settings,
    version: parameterValue(settings.parameters, "Microsoft.Synchronize.ServerConfigurationVersion"),
    stagingMode: staging === "true" ? true : staging === "false" ? false : undefined,
    connectors: connectors.sort((a, b) => compareText(a.name.toLowerCase(), b.name.toLowerCase())),
    rules: rules.sort(byOrderOfApplication),
    otherFiles: configuration
      .filter((file) => !read.has(file))
      .map((file) => ({ path: file.path, values: valuesOf(file, reader) })),
  };
}

function refuseRepeated<Item extends Connector | SynchronizationRule>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  what: string,
): void {
  const seen = new Map<string, Item>();
  for (const item of items) {
    const before = seen.get(keyOf(item));
    if (before !== undefined)
      throw new BadInput(
        `${item.file}: has the same ${what} (${keyOf(item)}) as ${before.file}: the folder holds one thing twice, or mixes two exports. ${copyWhole}`,
      );
    seen.set(keyOf(item), item);
  }
}

function byOrderOfApplication(a: SynchronizationRule, b: SynchronizationRule): number {
  return (
    compareText(a.direction, b.direction) ||
    a.precedence - b.precedence ||
    compareText(a.name, b.name) ||
    compareText(a.connector, b.connector)
  );
}

/** By code unit: the same on every machine, unlike a locale's order. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function valuesOf(file: EvidenceFile, reader: XmlReader): readonly RawValue[] {
  if (/\.xml$/i.test(file.path)) {
    const { root } = reader.document(file);
    return rawValues(root, root.name);
  }
  if (/\.json$/i.test(file.path)) return jsonValues(readJson(file));
  return [{ path: "sha256 of the file", value: createHash("sha256").update(file.bytes).digest("hex") }];
}
