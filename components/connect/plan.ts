import { tlsValues } from "../../review/readiness/judge";
import type { SettingsFileDigest } from "../../review/settingsFile";
import type { ScriptArguments } from "../../scripts/assemble";
import { type JoinQuestion, joinSteps, joins, type OwnMethod, secretFor } from "../domain/plan";
import { endpointsToTry } from "../network/endpoints";
import { probes } from "../network/plan";
import type { Treatment } from "../server/members";
import { generationNames } from "../server/names";
import { sizingFor } from "../server/sizing";
import type { ExceptionSettings, GenerationSettings, Settings } from "../settings/settings";
import { operatorInstructions, paths } from "./instructions";

/**
 * The remote commands, in the order in which each waits for the one before. Some only where the settings ask, those of the
 * join only where it is the library's, and `receive-settings-file` only where there is one.
 */
const allSteps = [
  "reach",
  "reinstate",
  ...joinSteps,
  "set-prerequisites",
  "prerequisites",
  "install-package",
  "receive-settings-file",
  "await-wizard",
  "switch-off-auto-upgrade",
  "verify-staging",
  "first-synchronization",
] as const;
export type Step = (typeof allSteps)[number];

export function reinstatementOf(block: GenerationSettings): ExceptionSettings | undefined {
  return block.exceptions.find(({ kind }) => kind === "reinstate");
}

export interface StepQuestion {
  readonly remedy: Settings["prerequisites"]["remedy"];
  readonly treatment: Treatment;
  /** Whether the state holds the step `set-prerequisites` already: of a server that is not acted on, nothing is taken out. */
  readonly remedied: boolean;
  readonly join: JoinQuestion;
}

export function stepsOf(
  block: GenerationSettings,
  { remedy, treatment, remedied, join }: StepQuestion,
): readonly Step[] {
  const acting = treatment === "acting";
  // A fenced one that is to come back proves it by the same script, before it is asked for anything else.
  const broughtBack = acting || treatment === "unproven";
  const joining = joins(join);
  const left: Partial<Record<Step, boolean>> = {
    "join-domain": joining,
    "restart-after-join": joining,
    "prove-membership": joining,
    reinstate: broughtBack && reinstatementOf(block) !== undefined,
    "set-prerequisites": acting ? remedy === "set" : remedied,
    "receive-settings-file": block.connect.settingsFile !== undefined,
  };
  return allSteps.filter((step) => left[step] ?? true);
}

export interface StepInputs {
  readonly vmId: string;
  readonly passiveSince?: string;
  /** What the prerequisites are asked with: another text asks again. */
  readonly asked: string;
  /** What is known of the settings file. */
  readonly digest?: SettingsFileDigest;
  /** What the generation is joined to its domain with; only for the step that joins it. */
  readonly joinSecret?: string;
  /** Which answer of the join the steps behind it belong to. */
  readonly staged?: string;
  /** Which answer of the proof of that join is to be asked for again. */
  readonly openSince?: string;
}

/** Arguments of each step. They travel on standard input, and only those of `join-domain` hold a secret. */
export function stepArguments(
  settings: Settings,
  block: GenerationSettings,
  { vmId, passiveSince, asked, digest, joinSecret, staged = "", openSince = "" }: StepInputs,
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
    "join-domain": {
      computerName,
      vmId,
      domain: domain.name,
      // Without a method of its own this step is not there.
      method: domain.join.method as OwnMethod,
      secret: secretFor(domain.join.method, joinSecret),
      ...(domain.join.domainController === undefined ? {} : { domainController: domain.join.domainController }),
    },
    "restart-after-join": { computerName, vmId, staged },
    "prove-membership": {
      computerName,
      vmId,
      domain: domain.name,
      loginName: block.loginName,
      staged,
      asked: openSince,
    },
    "set-prerequisites": { computerName, vmId, values: tlsValues, asked, proveAgain: gate.proveAgain },
    prerequisites: {
      domain: domain.name,
      minimumDiskGB: sizingFor(synchronizedObjects).diskGB,
      ports: probes(settings, block),
      endpoints: endpointsToTry(settings.network, block.features),
      tls: tlsValues,
      asked,
      // A machine that was given another size is another one to judge.
      proveAgain: `${gate.proveAgain} ${block.size}`.trim(),
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
    "switch-off-auto-upgrade": {
      vmId,
      productVersion: connect.version,
      switchOff: gate.autoUpgrade === "disable",
    },
    "verify-staging": {
      expected: { productVersion: connect.version },
      // Asked anew whenever the set changes or a role was given up, so that nothing rests on an old proof.
      generations: settings.generations.map((each) => each.generation),
      proveAgain: [gate.proveAgain, passiveSince].filter(Boolean).join(" "),
    },
    "first-synchronization": {
      productVersion: connect.version,
      enableScheduler: gate.enableScheduler,
      runWaitMinutes: gate.runWaitMinutes,
    },
  };
}
