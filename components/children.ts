import * as pulumi from "@pulumi/pulumi";
import { ownerTag, stackOwner } from "./backup/owner";
import { foreignTagPaths, keptIdentity, type Worn } from "./memory/outside";

export interface KnownOfChildren {
  /** Name of the component in the program. */
  readonly component: string;
  /** Names of the tags that are ours to set and to take away, in small letters. */
  readonly ownTags: ReadonlySet<string>;
  /** What Azure has on them, by logical name without the component's own in front. */
  readonly worn: ReadonlyMap<string, Worn>;
  /** Ids of what an interrupted run left, by the same names. */
  readonly takenUp: ReadonlyMap<string, string>;
  /** Ids of resource groups as this program writes them. */
  readonly groups: readonly string[];
}

/**
 * Azure spells the group in an id as it likes, and to the provider another spelling is another place: what is imported by it
 * would be replaced by the run after.
 */
function spelledAsOurs(id: string, groups: readonly string[]): string {
  return id.replace(/^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+/i, (group) => {
    return groups.find((each) => each.toLowerCase() === group.toLowerCase()) ?? group;
  });
}

/**
 * Applied to every child of the component, whatever made it: the tag by which an interrupted run is found again and, once it
 * is known what the state and Azure hold, the id of what that run left, and what others put on it.
 */
export class Children {
  #known: KnownOfChildren = { component: "", ownTags: new Set(), worn: new Map(), takenUp: new Map(), groups: [] };

  knows(known: KnownOfChildren): void {
    this.#known = known;
  }

  readonly transformation = ({
    type,
    name,
    props,
    opts,
  }: pulumi.ResourceTransformationArgs): pulumi.ResourceTransformationResult | undefined => {
    if (!type.startsWith("azure-native:")) return undefined;
    const { component, ownTags, worn, takenUp, groups } = this.#known;
    // A program may give the component children of its own: only our names are ours.
    const part = name.startsWith(`${component}-`) ? name.slice(component.length + 1) : "";
    const { tags, identity } = props as Given;
    const given: pulumi.CustomResourceOptions = opts;
    const { ignoreChanges = [], import: id = takenUp.get(part) } = given;
    const seen = (ignoreChanges.includes("*") ? undefined : worn.get(part)) ?? { tags: [] };
    const { ignore, declare } = keptIdentity(seen, identity);
    const kept = [...foreignTagPaths(seen, ownTags, tags !== undefined), ...(ignore ? ["identity"] : [])];
    const changed: pulumi.CustomResourceOptions = {
      ...given,
      ...(given.aliases === undefined || part === "" ? {} : { aliases: withoutOldTypes(given.aliases) }),
      ...(id === undefined ? {} : { import: spelledAsOurs(id, groups) }),
      ...(kept.length === 0 ? {} : { ignoreChanges: [...ignoreChanges, ...kept] }),
    };
    return {
      props: {
        ...props,
        ...(tags === undefined ? {} : { tags: pulumi.output(tags).apply(owned) }),
        ...(declare === undefined ? {} : { identity: declare }),
      },
      opts: changed,
    };
  };
}

/**
 * Every class of azure-native brings the names of its type in earlier majors and API versions along, up to dozens, and
 * the SDK makes a URN of each with a score of promises. This library never made a resource under one of them.
 */
function withoutOldTypes(aliases: NonNullable<pulumi.CustomResourceOptions["aliases"]>): typeof aliases {
  if (!Array.isArray(aliases)) return aliases;
  return aliases.filter((alias: unknown) => {
    if (typeof alias !== "object" || alias === null) return true;
    const { type, ...rest } = alias as { readonly type?: unknown };
    const isOldType = typeof type === "string" && /^azure-(native|nextgen):/.test(type);
    return !isOldType || Object.keys(rest).length > 0;
  });
}

interface Given {
  readonly tags?: pulumi.Input<Readonly<Record<string, string>>>;
  readonly identity?: unknown;
}

const owned = (tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
  ...tags,
  [ownerTag]: stackOwner(),
});
