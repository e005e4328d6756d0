import type * as pulumi from "@pulumi/pulumi";
import type { Role } from "../settings/settings";

/**
 * Options of every resource that belongs to one generation. Of an active one nothing is changed, whatever the settings
 * or a new release of this library say, and the engine itself refuses to delete it. A lost one cannot be changed.
 */
export function memberOptions(role: Role, parent: pulumi.Resource): pulumi.CustomResourceOptions {
  switch (role) {
    case "passive":
      return { parent };
    case "active":
      return { parent, ignoreChanges: ["*"], protect: true };
    case "lost":
      return { parent, ignoreChanges: ["*"] };
  }
}
