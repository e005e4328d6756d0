import type { SynchronizationRule } from "../model";
import type { Both } from "./consequences";
import type { Effects } from "./effects";
import type { OrderEffect, RuleOnBoth } from "./order";

/** Who gives one attribute to one kind of object, the winner first, on either server. */
export interface Winners {
  readonly attribute: string;
  /** `user objects of the metaverse`, `user objects in contoso.com`. */
  readonly objects: string;
  readonly active: readonly string[];
  readonly staging: readonly string[];
}

/** For every attribute that an effect of the order is about: the whole order on both servers, once. */
export function winnersOf(effects: readonly OrderEffect<RuleOnBoth>[], both: Both): readonly Winners[] {
  const found = new Map<string, Winners>();
  for (const { first, attributes, kind } of effects) {
    if (kind === "tied on both") continue;
    for (const attribute of attributes) {
      const winners: Winners = {
        attribute,
        objects:
          first.active.direction === "Inbound"
            ? `${first.active.targetObjectType} objects of the metaverse`
            : `${first.active.targetObjectType} objects in ${first.active.connector}`,
        active: givers(both.active, first.active, attribute),
        staging: givers(both.staging, first.staging, attribute),
      };
      const key = JSON.stringify([winners.objects, attribute.toLowerCase(), winners.active, winners.staging]);
      if (!found.has(key)) found.set(key, winners);
    }
  }
  return [...found.values()];
}

function givers(effects: Effects, rule: SynchronizationRule, attribute: string): readonly string[] {
  return [rule, ...effects.othersGiving(attribute, rule)]
    .toSorted((a, b) => a.precedence - b.precedence)
    .map(({ name, connector, direction }) => (direction === "Inbound" ? `${name} (${connector})` : name));
}
