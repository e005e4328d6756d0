import type * as pulumi from "@pulumi/pulumi";
import type { PassiveServerArgs } from "./args";
import { settle } from "./inputs";
import { UnreadableLedger } from "./memory/ledger";
import { type Remembered, rememberedOf } from "./memory/remembered";
import { readStackState } from "./memory/stackState";
import { Refusal } from "./refusal";
import { type Problem, type Settings, SettingsError } from "./settings/settings";

/** What the stack's state knows of this server, and whether it is this server. */

/**
 * @param aliases names that the component had before
 */
export async function recall(
  name: string,
  aliases: readonly string[],
  component: pulumi.ComponentResource,
): Promise<Remembered> {
  const state = await readStackState();
  const urn = await settle(component.urn, undefined);
  try {
    return rememberedOf(name, state, { aliases, urn: String(urn.values) });
  } catch (error) {
    if (!(error instanceof UnreadableLedger)) throw error;
    throw new Refusal(
      [
        `The ledger of ${name} in this stack's state cannot be read: ${error.message}. Nothing was touched.`,
        "  why: it says which generations there are and which one is active; a guess could delete the active server",
        `  next: use the release of pulumi-entra-connect that wrote it, or a newer one (pulumi stack export shows it under ${name}-ledger)`,
      ].join("\n"),
    );
  }
}

/** In a program with one server, another name is not a second server: the first one would be taken out, unasked. */
export function refuseAnotherName(
  name: string,
  { onlyServerOfTheStack }: PassiveServerArgs,
  { others }: Remembered,
): void {
  const [other] = others;
  if (onlyServerOfTheStack !== true || other === undefined) return;
  throw new SettingsError([
    {
      path: "name",
      problem: `this stack's server is called ${other.server}; ${name} would be another one, and ${other.server} would be taken out with all its generations`,
      write: `${other.server} as before; for ${name}, build another server in a stack of its own, switch roles if needed, then destroy this one`,
    },
  ]);
}

/** A component of another name has this very server: renamed without an alias, or written twice. */
export function sameServerElsewhere({ name }: Settings, component: string, { others }: Remembered): readonly Problem[] {
  return others
    .filter(({ server }) => server === name)
    .map((other) => ({
      path: "name",
      problem: `the state holds the server ${name} under the component ${other.component}, not ${component}`,
      write: `the component's name ${other.component} as before, and up; to rename it, after that the new name with the option aliases: [{ name: "${other.component}" }]`,
    }));
}
