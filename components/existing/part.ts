import type * as pulumi from "@pulumi/pulumi";
import type { Shared } from "../memory/ledger";
import { recordOf, textOf } from "../memory/stackState";
import type { Treatment } from "../server/members";
import type { GenerationSettings, Problem, Settings } from "../settings/settings";

/** What Azure answered about it. */
export type Answer = Readonly<Record<string, unknown>> & { readonly id: string };

/** Why something is not taken up, and what to do. */
export type NotOurs = Omit<Problem, "path">;

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
  /** What its body says against its being ours, beside tag and place. */
  notOurs?(answer: Answer): NotOurs | undefined;
  /** What somebody else makes under the same name is judged where it is made. */
  readonly judgedElsewhere?: true;
  look(asked: pulumi.InvokeOptions): Promise<unknown>;
}

export interface PartsQuestion {
  readonly settings: Settings;
  /** Name of the component in the program. */
  readonly component: string;
  readonly subscriptionId: string;
  /** How the hub's subscription is looked into; undefined where it is not to be. */
  readonly hubAsked?: pulumi.InvokeOptions;
  /** What the last run that got past its checks was to make of what generations share. */
  readonly begun?: Shared;
  /** How each generation is treated in this run: what decides which of its members may be made. */
  treatment(block: GenerationSettings): Treatment;
}

/** What stands in the servers' group cannot be there without it, where that group is ours. */
export const ownGroup = ({ resourceGroupName }: Settings): { readonly below?: string } =>
  resourceGroupName === undefined ? { below: "group" } : {};

/** A text of a nested part of an answer. */
export const textIn = (value: unknown, name: string): string | undefined => textOf(recordOf(value)[name]);

/** Azure deletes it to the end, whoever began that. */
export function isBeingDeleted(answer: Readonly<Record<string, unknown>>): boolean {
  const state = textOf(answer.provisioningState) ?? textIn(answer.properties, "provisioningState");
  return /^(deleting|deprovisioning)$/i.test(state ?? "");
}
