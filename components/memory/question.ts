import type { Problem, Settings } from "../settings/settings";
import type { Remembered } from "./remembered";

/** Who asks: the subscription and tenant that the component's own provider is signed in to; undefined where unknown. */
export interface Identity {
  readonly subscriptionId?: string;
  readonly tenantId?: string;
}

/** `gone`: nothing has its name. `another`: somebody restored or made a machine of the same name; it is not ours to delete. */
export type Absence = "gone" | "another";

export interface Question {
  readonly settings: Settings;
  readonly remembered: Remembered;
  readonly identity: Identity;
  /** Generations whose machine ARM itself, in the proven subscription, says is gone, or another of its name. */
  readonly gone: ReadonlyMap<number, Absence>;
  readonly today: Date;
}

export type Check = (question: Question) => readonly Problem[];

/** Where a generation stands in the settings. */
export const block = (generation: number): string => `generations.${generation}`;
