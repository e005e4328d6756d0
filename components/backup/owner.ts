import * as pulumi from "@pulumi/pulumi";
import { regionName } from "../../azure/regions";
import { type Settings, SettingsError } from "../settings/settings";

/** Tag on what outlives a stack, so that another stack does not take it for its own. */
export const ownerTag = "entra-connect-stack";

/**
 * Project and stack. Not the organization or the backend: a program is not told its backend (of every one in a folder or bucket
 * the organization is "organization"), and a stack that moves from one to another keeps what is its own.
 */
export function stackOwner(): string {
  return `${pulumi.getProject()}/${pulumi.getStack()}`;
}

/** Whose the tags say it is. Azure takes names of tags in any letter case, and may give them back in another one; values count as they are. */
export function ownerIn(tags: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const [, owner] = Object.entries(tags ?? {}).find(([name]) => name.toLowerCase() === ownerTag) ?? [];
  return typeof owner === "string" ? owner : undefined;
}

interface SeenGroup {
  readonly name: string;
  readonly location: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * Throws a SettingsError where a resource group that outlives a stack is there and another stack's, or in another region.
 *
 * @param takenOver what of it this stack would have
 */
export function refuseForeignGroup(
  settings: Settings,
  { name, tags, location }: SeenGroup,
  { what, takenOver }: { readonly what: "backup" | "archive"; readonly takenOver: string },
): void {
  const owner = ownerIn(tags);
  if (owner !== stackOwner())
    throw new SettingsError([
      {
        path: "name",
        problem: `the resource group ${name} exists and ${owner === undefined ? "carries no" : `belongs to ${owner} by its`} tag ${ownerTag}; this stack (${stackOwner()}) would take over ${takenOver}`,
        write: `another name; or, if that ${what} is this server's own, put the tag ${ownerTag}=${stackOwner()} on the resource group`,
      },
    ]);
  if (regionName(location) !== settings.location)
    throw new SettingsError([
      {
        path: "location",
        problem: `the ${what} of an earlier ${settings.name} is kept in ${location} (resource group ${name}), and Azure does not move it`,
        write: `${location}, or another name`,
      },
    ]);
}
