import type { Json } from "../verdict";
import { canonical, secretWord, unknownWord } from "./values";

/** Differences that mean nothing, one row a kind. */
export const noiseTable = [
  {
    kind: "tags",
    title: "only tags",
    looksAt: "a property below `tags` (`tagsAll`), and the names of tags in our ledger",
  },
  { kind: "order", title: "only another order", looksAt: "a list of the same elements, where order means nothing" },
  {
    kind: "case",
    title: "only upper and lower case",
    looksAt: "a text of an Azure resource that is no command, file, key or name of a person",
  },
  {
    kind: "provider-version",
    title: "only the provider's version",
    looksAt: "a provider's `version`, `pluginDownloadURL`, `azureApiVersion`",
  },
  {
    kind: "form",
    title: "only another way of writing the same",
    looksAt: "of an Azure resource: a number or a truth value as text, a region with or without spaces",
  },
  {
    kind: "bookkeeping",
    title: "the engine's own bookkeeping",
    looksAt: "names that begin with two underscores (not `__provider`: the code of a dynamic resource)",
  },
] as const;
export type Noise = (typeof noiseTable)[number]["kind"];

interface Difference {
  readonly type: string;
  readonly path: readonly (string | number)[];
  readonly old: Json;
  readonly new: Json;
}

export function noiseOf({ type, path, old, new: next }: Difference): Noise | undefined {
  const [first = ""] = path;
  const last = String(path.findLast((part) => typeof part === "string") ?? "");
  // What Google calls tags decides which firewall rules hold.
  if (/^tags(all)?$/iu.test(String(first)) && !/^(gcp|google-native):/u.test(type)) return "tags";
  // The ledger keeps which tags were ours; a Stash reaches nothing outside the state.
  if (type === "pulumi:index:Stash" && first === "input" && path[1] === "tags") return "tags";
  if (String(first).startsWith("__") && first !== "__provider") return "bookkeeping";
  if (isVersion(type, path)) return "provider-version";
  if (Array.isArray(old) && Array.isArray(next) && sameElements(old as Json[], next as Json[]))
    return ordered.test(last) ? undefined : "order";
  if (typeof old === "string" && typeof next === "string" && isCaseOnly(type, path, old, next)) return "case";
  return isFormOnly(type, path, old, next) ? "form" : undefined;
}

const isAzure = (type: string): boolean => /^azure(-native)?:/u.test(type);

function isFormOnly(type: string, path: readonly (string | number)[], old: Json, next: Json): boolean {
  if (!isAzure(type) || isLiteral(path)) return false;
  if (typeof old === "string" && typeof next === "string")
    return /^(location|region)$/u.test(String(path.at(-1))) && spaceless(old) === spaceless(next);
  const simple = [old, next].every((value) => /^(string|number|boolean)$/u.test(typeof value));
  return simple && typeof old !== typeof next && String(old) === String(next);
}

const spaceless = (text: string): string => text.replaceAll(" ", "").toLowerCase();

const isLiteral = (path: readonly (string | number)[]): boolean =>
  path.some((part) => typeof part === "string" && literal.has(lastWord(part)));

function isVersion(type: string, path: readonly (string | number)[]): boolean {
  if (path.length !== 1) return false;
  if (type.startsWith("pulumi:providers:"))
    return /^(version|pluginDownloadURL|pluginChecksums)$/u.test(String(path[0]));
  return path[0] === "azureApiVersion" && type.startsWith("azure-native:");
}

/** Lists that are read from front to back. */
const ordered =
  /^(triggers|command|commands|args|arguments|interpreter|entrypoint|runcmd|initcommands|userdata|stages|steps|scripts?)$/iu;

function sameElements(old: readonly Json[], next: readonly Json[]): boolean {
  return old.length === next.length && [...old.map(canonical)].sort().join() === [...next.map(canonical)].sort().join();
}

/** Last words of names whose letter case is part of the meaning although Azure holds them. */
const literal: ReadonlySet<string> = new Set(
  (
    "script command stdin content data password secret key token certificate user username principal sid hash " +
    "environment source path file value"
  ).split(" "),
);

/** `publicKeys` → `key`, `hardwareProfile` → `profile`. */
const lastWord = (name: string): string =>
  (name.match(/[A-Z]?[a-z0-9]+|[A-Z]+/gu)?.at(-1) ?? name).toLowerCase().replace(/s$/u, "");

function isCaseOnly(type: string, path: readonly (string | number)[], old: string, next: string): boolean {
  if (!isAzure(type) || old.toLowerCase() !== next.toLowerCase()) return false;
  if (old === secretWord || old === unknownWord) return false;
  return !isLiteral(path);
}
