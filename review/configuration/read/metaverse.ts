import { child, placeOf, type XmlDocument, type XmlElement } from "../../evidence";
import { BadInput } from "../../verdict";
import type { DirectorySchema, Parameter, RawValue } from "../model";
import { Remaining } from "./remaining";
import { readSchema } from "./schema";

export interface GlobalSettings {
  readonly serverName?: string;
  readonly exportedAt?: string;
  readonly parameters: readonly Parameter[];
  readonly metaverse: DirectorySchema;
  readonly rest: readonly RawValue[];
}

/** Reads `GlobalSettings/MV.xml`. */
export function readGlobalSettings(document: XmlDocument): GlobalSettings {
  const { root } = document;
  if (root.name !== "saved-mv-configuration")
    throw new BadInput(
      `${placeOf(document, root)}: expected <saved-mv-configuration>, found <${root.name}>: this is not the MV.xml of Get-ADSyncServerConfiguration. Copy the whole export folder again from the server.`,
    );
  const data = child(root, "mv-data");
  if (data === undefined)
    throw new BadInput(
      `${placeOf(document, root)}: there is no <mv-data> in <${root.name}>. Copy the whole export folder again from the server.`,
    );
  const remaining = new Remaining();
  remaining.take(root, "server", "export-date");
  return {
    serverName: root.attributes.server,
    exportedAt: root.attributes["export-date"],
    metaverse: readSchema(remaining.takeWhole(child(data, "schema"))),
    parameters: readParameters(document, remaining, child(data, "parameter-values")),
    rest: remaining.below(root),
  };
}

/** Reads a `<parameter-values>` list. */
export function readParameters(
  document: XmlDocument,
  remaining: Remaining,
  list: XmlElement | undefined,
): readonly Parameter[] {
  const parameters: Parameter[] = [];
  remaining.take(list);
  for (const element of list?.children ?? []) {
    if (element.name !== "parameter") continue;
    const { name, ...attributes } = element.attributes;
    if (name === undefined)
      throw new BadInput(`${placeOf(document, element)}: a <parameter> without a name. Make a new export.`);
    remaining.takeWhole(element);
    parameters.push({ name, value: element.text.trim(), attributes });
  }
  return parameters;
}

/** The parameter of that name in a list, whatever its case. */
export function parameterValue(parameters: readonly Parameter[], name: string): string | undefined {
  const wanted = name.toLowerCase();
  return parameters.find((parameter) => parameter.name.toLowerCase() === wanted)?.value;
}
