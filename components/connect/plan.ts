import type { ScriptArguments } from "../../scripts/assemble";
import { probes } from "../network/plan";
import { generationNames } from "../server/names";
import { sizingFor } from "../server/sizing";
import type { ReasonedException, Settings } from "../settings/settings";
import { operatorInstructions, paths } from "./instructions";

/**
 * `acting`: scripts run. `frozen`: the generation is declared active, or its loss is acknowledged; its commands become
 * no-ops, so that neither an upgrade of this library nor a rotated key touches the server.
 */
export type Mode = { readonly kind: "acting" } | { readonly kind: "frozen"; readonly why: "active" | "lost" };

export function modeOf({ server }: Settings, generation: number): Mode {
  if (server.activeGeneration === generation) return { kind: "frozen", why: "active" };
  if (server.retirementOverrides.some((each) => each.generation === generation && each.lost === true))
    return { kind: "frozen", why: "lost" };
  return { kind: "acting" };
}

/**
 * The scripts that run as remote commands, in the order in which each waits for the one before. `reinstate` is a step
 * only of a generation that the settings bring back.
 */
const allSteps = [
  "reinstate",
  "prerequisites",
  "install-package",
  "receive-settings-file",
  "await-wizard",
  "verify-staging",
  "first-synchronization",
] as const;
export type Step = (typeof allSteps)[number];

export function reinstatementOf({ server }: Settings, generation: number): ReasonedException | undefined {
  return server.reinstatements.find((each) => each.generation === generation);
}

export function stepsOf(settings: Settings, generation: number, mode: Mode): readonly Step[] {
  const broughtBack = mode.kind === "acting" && reinstatementOf(settings, generation) !== undefined;
  return allSteps.filter((step) => step !== "reinstate" || broughtBack);
}

/** The machine that is brought back is the one that Azure knows by this `vmId`, and no other. */
export function reinstateArguments(settings: Settings, generation: number, vmId: string): ScriptArguments["reinstate"] {
  return {
    computerName: generationNames(settings.server.name, generation).machine,
    vmId,
    generation,
    reason: reinstatementOf(settings, generation)?.reason ?? "",
  };
}

/** Arguments of each other step. They travel on standard input and hold no secret. */
export function stepArguments(
  settings: Settings,
  generation: number,
): { readonly [S in Exclude<Step, "reinstate">]: ScriptArguments[S] } {
  const { connect, domain, gate, network, server } = settings;
  const where = paths(settings);
  return {
    prerequisites: {
      domain: domain.name,
      minimumDiskGB: sizingFor(server.synchronizedObjects).diskGB,
      ports: [...probes(network, connect.features)],
      serverName: generationNames(server.name, generation).machine,
      generation,
    },
    "install-package": {
      path: where.installer,
      sha256: connect.installer.sha256.toLowerCase(),
      signer: connect.installer.signer,
      productVersion: connect.version,
    },
    "receive-settings-file": {
      incomingPath: where.incomingSettingsFile,
      path: where.settingsFile,
      sha256: connect.settingsFile.sha256.toLowerCase(),
    },
    "await-wizard": {
      productVersion: connect.version,
      waitMinutes: gate.waitMinutes,
      pollSeconds: gate.pollSeconds,
      instructions: operatorInstructions(settings, generation),
      instructionsPath: where.instructions,
    },
    "verify-staging": {
      expected: { productVersion: connect.version },
      // Asked anew whenever the set changes, so that nothing is retired on an old proof.
      generations: [...server.generations],
    },
    "first-synchronization": { productVersion: connect.version },
  };
}
