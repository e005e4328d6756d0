import type * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings/settings";

/** What every resource that the generations share is made with. */
export interface Shared {
  readonly structure: Settings;
  readonly settings: pulumi.Output<Settings>;
  readonly resourceGroupName: pulumi.Input<string>;
  /** Group, region and tags. */
  readonly base: {
    readonly resourceGroupName: pulumi.Input<string>;
    readonly location: string;
    readonly tags: pulumi.Output<{ [name: string]: string }>;
  };
  readonly child: pulumi.CustomResourceOptions;
}
