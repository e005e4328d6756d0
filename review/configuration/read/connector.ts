import { child, childrenNamed, descendant, placeOf, type XmlDocument, type XmlElement } from "../../evidence";
import { BadInput } from "../../verdict";
import type { Connector, Partition, RunProfile, RunStep } from "../model";
import { readParameters } from "./metaverse";
import { Remaining } from "./remaining";
import { readSchema } from "./schema";
import { guid, requiredText, truth } from "./values";

const entraConnectorId = "{b891884f-051e-4a83-95af-2544101c9083}";
const entraConnectorFile = "Microsoft.Azure.ActiveDirectory.Connector.dll";

/** Reads one file of `Connectors/`. */
export function readConnector(document: XmlDocument): Connector {
  const { root } = document;
  if (root.name !== "ma-data")
    throw new BadInput(
      `${placeOf(document, root)}: expected <ma-data>, found <${root.name}>: this is not a connector file. Copy the whole export folder again from the server.`,
    );
  const remaining = new Remaining();
  const id = guid(requiredText(document, remaining, root, "id"));
  const name = requiredText(document, remaining, root, "name");
  const category = requiredText(document, remaining, root, "category");
  const subtype = remaining.takeText(root, "subtype") ?? "";
  const privateConfiguration = child(root, "private-configuration");
  const active = descendant(privateConfiguration, "adma-configuration");
  const extensible = descendant(privateConfiguration, "MAConfig");
  const hashes = child(active, "password-hash-sync-config");
  const writeback = child(extensible, "aad-password-reset-config");
  const partitions = childrenNamed(remaining.take(child(root, "ma-partition-data")), "partition").map((element) =>
    readPartition(document, remaining, element),
  );
  const partitionNames = new Map(partitions.map((partition) => [partition.id, partition.name]));
  const connector: Omit<Connector, "connectivity" | "rest"> = {
    id,
    name,
    category,
    subtype,
    kind: category === "AD" ? "active-directory" : isEntra(id, subtype, extensible) ? "entra" : "other",
    description: remaining.takeText(root, "description") ?? "",
    partitions,
    selectedAttributes: childrenNamed(remaining.take(child(root, "attribute-inclusion")), "attribute")
      .map((element) => remaining.take(element)?.text.trim() ?? "")
      .sort(),
    anchors: readAnchors(remaining, descendant(extensible, "importing", "anchor")),
    runProfiles: childrenNamed(remaining.take(child(root, "ma-run-data")), "run-configuration").map((element) =>
      readRunProfile(document, remaining, element, partitionNames),
    ),
    passwordHashSync: hashes && {
      enabled: truth(document, remaining, hashes, "enabled"),
      targetConnectorId: guid(remaining.takeText(hashes, "target") ?? ""),
    },
    passwordWriteback: writeback && { enabled: truth(document, remaining, writeback, "enabled") },
    passwordSyncAllowed: remaining.takeText(root, "password-sync-allowed"),
    capabilityBits: remaining.takeText(child(extensible, "extension-config"), "capability-bits"),
    parameters: [
      ...readParameters(document, remaining, child(active, "parameter-values")),
      ...readParameters(document, remaining, child(extensible, "parameter-values")),
    ],
    schema: readSchema(remaining.takeWhole(child(root, "schema"))),
    file: document.file.name,
  };
  const connectivity = remaining.below(privateConfiguration);
  remaining.takeWhole(privateConfiguration);
  return { ...connector, connectivity, rest: remaining.below(root) };
}

/** By its identifier, the same on every server; where identifiers were replaced, by what the connector runs. */
function isEntra(id: string, subtype: string, configuration: XmlElement | undefined): boolean {
  return (
    id === entraConnectorId ||
    descendant(configuration, "extension-config", "filename")?.text.trim() === entraConnectorFile ||
    /^(Windows Azure Active Directory|Microsoft Entra ID) \(Microsoft\)$/i.test(subtype)
  );
}

function readAnchors(remaining: Remaining, list: XmlElement | undefined): Connector["anchors"] {
  const byType = new Map<string, string[]>();
  for (const element of childrenNamed(list, "attribute")) {
    remaining.take(element, "object_class");
    const objectType = element.attributes.object_class ?? "";
    byType.set(objectType, [...(byType.get(objectType) ?? []), element.text.trim()]);
  }
  return [...byType].map(([objectType, attributes]) => ({ objectType, attributes }));
}

function readPartition(document: XmlDocument, remaining: Remaining, element: XmlElement): Partition {
  const filter = child(element, "filter");
  const list = (parent: XmlElement | undefined, name: string): readonly string[] =>
    childrenNamed(remaining.take(parent), name).map((entry) => remaining.take(entry)?.text.trim() ?? "");
  const containers = remaining.take(child(filter, "containers"));
  const partition: Omit<Partition, "rest"> = {
    id: guid(requiredText(document, remaining, element, "id")),
    name: requiredText(document, remaining, element, "name"),
    displayName: remaining.takeText(element, "display-name") ?? "",
    selected: truth(document, remaining, element, "selected"),
    objectTypes: list(child(filter, "object-classes"), "object-class"),
    inclusions: list(child(containers, "inclusions"), "inclusion"),
    exclusions: list(child(containers, "exclusions"), "exclusion"),
    parameters: readParameters(document, remaining, child(element, "parameter-values")),
  };
  const rest = remaining.below(element);
  remaining.takeWhole(element);
  return { ...partition, rest };
}

function readRunProfile(
  document: XmlDocument,
  remaining: Remaining,
  element: XmlElement,
  partitionNames: ReadonlyMap<string, string>,
): RunProfile {
  const id = guid(remaining.takeText(element, "id") ?? "");
  const name = requiredText(document, remaining, element, "name");
  const steps = childrenNamed(child(element, "configuration"), "step").map((step): RunStep => {
    const type = child(step, "step-type");
    if (type !== undefined && (type.children.length > 0 || type.text.trim() === "")) remaining.take(type, "type");
    const reference = remaining.takeText(step, "partition") ?? "";
    const settings = remaining.below(step);
    remaining.takeWhole(step);
    return { type: type?.attributes.type ?? "", partition: partitionNames.get(guid(reference)) ?? reference, settings };
  });
  const rest = remaining.below(element);
  remaining.takeWhole(element);
  return { id, name, steps, rest };
}
