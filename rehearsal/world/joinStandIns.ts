/** What stands in for the secrets that join a server to its domain: made from the world's own secret, the same in every run. */
import { createHash } from "node:crypto";
import { type Body, objectAt, textAt } from "./armBody";
import { settingNames } from "./settingNames";

/** Marks the place of one generation's secret in the settings. */
export class JoinSecretPlace {
  constructor(readonly generation: string) {}
}

export interface JoinStandIn {
  readonly domain: string;
  readonly computerName: string;
  readonly password: string;
}

/** Fits Windows' rules for a password, and is not found again in anything else of the world. */
export function joinPassword(other: string, computerName: string): string {
  return `Join-${createHash("sha256").update(`${other} ${computerName}`).digest("hex").slice(0, 32)}-9kX`;
}

/** What the simulated domain would have been asked for, for one generation. */
export function joinStandIn(settings: Body, generation: string, other: string): JoinStandIn {
  const own = (name: string) => `${settingNames.namespace}:${name}`;
  const computerName = `${textAt(settings, own("name")) ?? "server"}-g${generation}`;
  const domain = textAt(settings, own(settingNames.domain), "name") ?? "contoso.com";
  return { domain, computerName, password: joinPassword(other, computerName) };
}

export function joinMethod(settings: Body): string {
  const domain = objectAt(settings, `${settingNames.namespace}:${settingNames.domain}`);
  return textAt(domain, "join", "method") ?? "operator";
}
