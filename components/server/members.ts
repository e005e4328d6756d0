import type * as pulumi from "@pulumi/pulumi";
import type { GenerationSettings, Settings } from "../settings/settings";

/**
 * How a generation is treated in this run. `unproven`: declared passive again after it was active or lost, and not
 * proven since, so that it is asked for its staging mode and nothing of it is changed before it has answered. `retiring`: SSH is
 * lost and its guard is asked by Run Command; nothing else of it is asked or changed. `fenced`: kept from exporting; nothing but
 * the fence itself is made, and nobody else is asked.
 */
export type Treatment = "acting" | "unproven" | "retiring" | "active" | "fenced" | "lost";

/** What everything that is made around one generation is given. */
export interface OfGeneration {
  /** Structure, known in a preview too. */
  readonly structure: Settings;
  /** The same with every Input as it is given. */
  readonly settings: pulumi.Output<Settings>;
  readonly block: GenerationSettings;
  readonly treatment: Treatment;
}

/**
 * Options of every resource that belongs to one generation. Of an active one nothing is changed, whatever the settings
 * or a new release of this library say, and the engine itself refuses to delete it. A lost one cannot be changed, and an
 * unproven one may be the active server still.
 */
export function memberOptions(treatment: Treatment, parent: pulumi.Resource): pulumi.CustomResourceOptions {
  switch (treatment) {
    case "acting":
      return { parent };
    case "active":
      return { parent, ignoreChanges: ["*"], protect: true };
    case "unproven":
    case "retiring":
    case "fenced":
    case "lost":
      return { parent, ignoreChanges: ["*"] };
  }
}
