import type { SettingsFileDigest } from "../../review/settingsFile";
import type { ScriptArguments } from "../../scripts/assemble";
import { probes } from "../network/plan";
import type { Treatment } from "../server/members";
import { generationNames } from "../server/names";
import { sizingFor } from "../server/sizing";
import type { ExceptionSettings, GenerationSettings, Settings } from "../settings/settings";
import { operatorInstructions, paths } from "./instructions";

/**
 * The remote commands, in the order in which each waits for the one before. `reinstate` only where the settings ask,
 * `receive-settings-file` only where there is one.
 */
const allSteps = [
  "reach",
  "reinstate",
  "prerequisites",
  "install-package",
  "receive-settings-file",
  "await-wizard",
  "verify-staging",
  "first-synchronization",
] as const;
export type Step = (typeof allSteps)[number];

export function reinstatementOf(block: GenerationSettings): ExceptionSettings | undefined {
  return block.exceptions.find(({ kind }) => kind === "reinstate");
}

export function stepsOf(block: GenerationSettings, treatment: Treatment): readonly Step[] {
  const left: readonly Step[] = [
    ...(treatment === "acting" && reinstatementOf(block) !== undefined ? [] : (["reinstate"] as const)),
    ...(block.connect.settingsFile === undefined ? (["receive-settings-file"] as const) : []),
  ];
  return allSteps.filter((step) => !left.includes(step));
}

/** Arguments of each step. They travel on standard input and hold no secret. */
export function stepArguments(
  settings: Settings,
  block: GenerationSettings,
  {
    vmId,
    passiveSince,
    digest,
  }: { readonly vmId: string; readonly passiveSince?: string; readonly digest?: SettingsFileDigest },
): { readonly [S in Step]: ScriptArguments[S] } {
  const { domain, gate, synchronizedObjects } = settings;
  const { connect, generation } = block;
  const where = paths(block);
  const computerName = generationNames(settings.name, generation).machine;
  const reinstatement = reinstatementOf(block);
  return {
    reach: { computerName, vmId },
    reinstate: {
      computerName,
      vmId,
      generation,
      reason: reinstatement?.reason ?? "",
      until: reinstatement?.until ?? "",
    },
    prerequisites: {
      domain: domain.name,
      minimumDiskGB: sizingFor(synchronizedObjects).diskGB,
      ports: [...probes(settings.network, block.features)],
      serverName: computerName,
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
      // Without a settings file this step is not there.
      sha256: connect.settingsFile?.sha256.toLowerCase() ?? "",
    },
    "await-wizard": {
      productVersion: connect.version,
      waitMinutes: gate.waitMinutes,
      pollSeconds: gate.pollSeconds,
      instructions: operatorInstructions(settings, block, digest),
      instructionsPath: where.instructions,
      settingsFilePath: where.settingsFile,
    },
    "verify-staging": {
      expected: { productVersion: connect.version },
      // Asked anew whenever the set changes or a role was given up, so that nothing rests on an old proof.
      generations: settings.generations.map((each) => each.generation),
      proveAgain: [gate.proveAgain, passiveSince].filter(Boolean).join(" "),
    },
    "first-synchronization": { productVersion: connect.version, enableScheduler: gate.enableScheduler },
  };
}
