import type { SynchronizationRule } from "../configuration";
import { says } from "../configuration";
import { type GapCode, gapCodes } from "../importGaps";
import type { SettingsFileContent } from "./readSettingsFile";

/** A gap of the import that this file runs into, with what it is about: rules, directories. */
export interface GapFound {
  readonly code: GapCode;
  readonly items: readonly string[];
}

/** A gap of which this file does not say whether it runs into it. */
export interface GapUnsure {
  readonly code: GapCode;
  readonly why: string;
}

export interface GapsInFile {
  readonly found: readonly GapFound[];
  readonly unsure: readonly GapUnsure[];
}

type Look = (content: SettingsFileContent) => { readonly items: readonly string[]; readonly unsure?: string };

/** Gaps that can be seen in a file at all; every other one of the catalogue cannot. */
const looks: Partial<Record<GapCode, Look>> = {
  "directory-extension-rule": extensionRules,
  "disabled-rule": disabledRules,
  "rule-precedence": precedences,
  "modified-standard-rule": modifiedStandardRules,
  "other-connector": otherConnectors,
  "device-writeback": deviceWriteback,
  "directory-account": ({ directories }) => ({
    items: directories.map(({ name, forest }) =>
      forest === undefined || forest.toLowerCase() === name.toLowerCase() ? name : `${name} (forest ${forest})`,
    ),
  }),
};

/** Gaps of which no file says anything. */
export const unseenGaps: readonly GapCode[] = gapCodes.filter((code) => looks[code] === undefined);

export function gapsIn(content: SettingsFileContent): GapsInFile {
  const seen = gapCodes.flatMap((code) => {
    const look = looks[code];
    return look === undefined ? [] : [{ code, ...look(content) }];
  });
  return {
    found: seen.filter(({ items }) => items.length > 0).map(({ code, items }) => ({ code, items })),
    unsure: seen.flatMap(({ code, unsure }) => (unsure === undefined ? [] : [{ code, why: unsure }])),
  };
}

const extension = /extension_[0-9a-f]{32}_[\w-]+/i;

/** By the destinations of the flows; where those are not understood, by any such name in the rule. */
function extensionRules({ customRules, configuration, notUnderstood }: SettingsFileContent): ReturnType<Look> {
  const entra = configuration.connectors.find(({ kind }) => kind === "entra")?.id;
  const items = customRules.flatMap((rule) => {
    const inbound = says(rule, "direction") && rule.direction === "Inbound";
    const written = rule.connectorId === entra && !inbound ? writtenBy(rule) : undefined;
    return written === undefined ? [] : [`${rule.name} (writes ${written})`];
  });
  return notUnderstood.some((path) => /customSynchronizationRules$|\/attributeMappings$/i.test(path))
    ? { items, unsure: "a list of custom rules or of their flows is not in a form that is known" }
    : { items };
}

function writtenBy(rule: SynchronizationRule): string | undefined {
  const targets = rule.mappings.flatMap(({ target, rest }) =>
    target === "" ? rest.map(({ value }) => value) : [target],
  );
  const texts = says(rule, "flows") ? targets : rule.rest.map(({ path, value }) => `${path}=${value}`);
  return texts.map((text) => extension.exec(text)?.[0]).find((name) => name !== undefined);
}

function disabledRules({ customRules }: SettingsFileContent): ReturnType<Look> {
  const said = customRules.filter((rule) => says(rule, "disabled"));
  const items = said.filter(({ disabled }) => disabled).map(({ name }) => name);
  return customRules.length > 0 && said.length === 0
    ? { items, unsure: "the file does not say which custom rules are disabled" }
    : { items };
}

/** The file names standard rules; it does not hold them. */
function modifiedStandardRules({ standardRules }: SettingsFileContent): ReturnType<Look> {
  const disabled = standardRules.filter((rule) => says(rule, "disabled") && rule.disabled);
  return {
    items: disabled.map(({ name }) => `${name} (disabled)`),
    unsure: "the file names standard rules and does not hold them",
  };
}

function precedences({ customRules }: SettingsFileContent): ReturnType<Look> {
  const outside = customRules.filter(
    (rule) => says(rule, "precedence") && (rule.precedence < 0 || rule.precedence > 99),
  );
  const items = outside.map(({ name, precedence }) => `${name} (${precedence})`);
  return customRules.some((rule) => !says(rule, "precedence"))
    ? { items, unsure: "the file does not say the precedence of every custom rule" }
    : { items };
}

const kindOfConnector = /(^|\/)(connector)?(category|type|subtype|kind)$/i;
const foreignKind = /\b(g-?|generic ?)?(sql|ldap)\b|powershell|web ?services?|extensible|ecma/i;

/** By their number, where the file says it; by a kind beside a directory that is none of the two, whatever its key. */
function otherConnectors({ connectorCount, directories, unknown }: SettingsFileContent): ReturnType<Look> {
  const more =
    connectorCount !== undefined && connectorCount > directories.length + 1
      ? [`${connectorCount} connectors on the server, ${directories.length + 1} with the settings in the file`]
      : [];
  const named = unknown.flatMap(({ path, value }) =>
    kindOfConnector.test(path) && foreignKind.test(value) ? [`${directoryOf(path)}: ${value}`] : [],
  );
  const items = [...more, ...named];
  return items.length > 0 || connectorCount !== undefined
    ? { items }
    : { items, unsure: "the file does not say which connectors its server had" };
}

/** `onpremisesDirectoryPolicy[HR]/category` -> HR. */
function directoryOf(path: string): string {
  return /\[(.*)\]/su.exec(path)?.[1] ?? path;
}

/** The key is not documented; one of that name whose meaning is not in doubt counts. */
function deviceWriteback({ unknown }: SettingsFileContent): ReturnType<Look> {
  const values = unknown
    .filter(({ path }) => /device[-_ ]?write[-_ ]?back/i.test(path))
    .map(({ value }) => value.trim());
  const switches = values.filter((value) => /^(true|false|enabled|disabled)$/i.test(value));
  const set = values.some((value) => !/^(|null|\[\]|\{\}|none|0)$/i.test(value));
  const on = switches.length > 0 ? switches.some((value) => /^(true|enabled)$/i.test(value)) : set;
  // Switched off under such a key is an answer too.
  return on || switches.length > 0
    ? { items: on ? ["set in the file"] : [] }
    : { items: [], unsure: "the key of device writeback is not documented" };
}
