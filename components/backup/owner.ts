import * as pulumi from "@pulumi/pulumi";

/** Tag on what outlives a stack, so that another stack does not take it for its own. */
export const ownerTag = "entra-connect-stack";

export function stackOwner(): string {
  return `${pulumi.getProject()}/${pulumi.getStack()}`;
}
