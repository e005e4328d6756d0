import { recordOf } from "./stackState";

/**
 * What others put on our resources: tags and identities that Azure Policy or a person added. They are kept, not fought.
 * `ignoreChanges` on exactly that key does both: where a refresh has brought it into the state's inputs it stays there and
 * goes along with every PUT; where none has, nothing shows as changed.
 */

/** Tags and identity of one resource, as Azure last answered. */
export interface Worn {
  /** Names of its tags. */
  readonly tags: readonly string[];
  readonly identity?: WornIdentity;
}

interface WornIdentity {
  /** `SystemAssigned`, `UserAssigned`, or both with a comma. */
  readonly type: string;
  /** Resource ids. */
  readonly userAssigned: readonly string[];
}

export function wornBy(outputs: Readonly<Record<string, unknown>>): Worn {
  const { type, userAssignedIdentities } = recordOf(outputs.identity);
  return {
    tags: Object.keys(recordOf(outputs.tags)),
    ...(typeof type === "string"
      ? { identity: { type, userAssigned: Object.keys(recordOf(userAssignedIdentities)) } }
      : {}),
  };
}

/** Tags by which the library knows its own resources. */
const ourPrefix = "entra-connect-";

/** What is ours to set and to take away: what the settings name, and what they named in the last run. */
export function ownTagNames(
  settings: { readonly tags: Readonly<Record<string, string>> },
  ledger: { readonly tags?: readonly string[] } | undefined,
): ReadonlySet<string> {
  return new Set([...Object.keys(settings.tags), ...(ledger?.tags ?? [])].map((name) => name.toLowerCase()));
}

/** Paths of `ignoreChanges` that keep foreign tags; without tags of our own the whole of them is somebody else's. */
export function foreignTagPaths(worn: Worn, own: ReadonlySet<string>, declaresTags: boolean): readonly string[] {
  if (worn.tags.length === 0) return [];
  if (!declaresTags) return ["tags"];
  return worn.tags
    .filter((name) => !own.has(name.toLowerCase()) && !name.toLowerCase().startsWith(ourPrefix))
    .map((name) => `tags["${name.replace(/["\\]/g, "\\$&")}"]`);
}

interface Identity {
  readonly type: string;
  readonly userAssignedIdentities?: readonly string[];
}

/**
 * A PUT without an identity that is there takes it away. Where both kinds are there nothing has to be said; where ours
 * was taken away, both are declared.
 */
export function keptIdentity(worn: Worn, declared: unknown): { readonly ignore: boolean; readonly declare?: Identity } {
  const { identity } = worn;
  if (declared === undefined || identity === undefined || identity.userAssigned.length === 0) return { ignore: false };
  if (/\bSystemAssigned\b/.test(identity.type)) return { ignore: true };
  return {
    ignore: false,
    declare: { type: "SystemAssigned, UserAssigned", userAssignedIdentities: identity.userAssigned },
  };
}
