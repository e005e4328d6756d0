import type * as pulumi from "@pulumi/pulumi";
import type { Treatment } from "../server/members";
import type { GenerationSettings, Settings } from "../settings/settings";

/** One resource that a run makes, and how Azure is asked for it. */
export interface Part {
  /** Logical name without the component's own in front. */
  readonly part: string;
  /** Type and name, for people: `network interface aadc-stg-g1-nic`. */
  readonly what: string;
  /** The part without which it cannot be there; undefined where that is not this component's. */
  readonly below?: string;
  /** It has no tags: it is of whoever has what it is below. */
  readonly untagged?: true;
  /** What somebody else makes under the same name is judged where it is made. */
  readonly judgedElsewhere?: true;
  look(asked: pulumi.InvokeOptions): Promise<unknown>;
}

export interface PartsQuestion {
  readonly settings: Settings;
  /** Name of the component in the program. */
  readonly component: string;
  readonly subscriptionId: string;
  /** How each generation is treated in this run: what decides which of its members may be made. */
  treatment(block: GenerationSettings): Treatment;
}

/** What stands in the servers' group cannot be there without it, where that group is ours. */
export const ownGroup = ({ resourceGroupName }: Settings): { readonly below?: string } =>
  resourceGroupName === undefined ? { below: "group" } : {};
