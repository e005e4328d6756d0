import { getClientConfig } from "@pulumi/azure-native/authorization/getClientConfig";
import type { Provider } from "@pulumi/azure-native/provider";
import * as pulumi from "@pulumi/pulumi";
import type { JudgingContext } from "../review/readiness/judge";
import type { SettingsFileDigest } from "../review/settingsFile";
import type { Finding } from "../review/verdict";
import { tunnelProblems } from "./access/tunnel";
import { findExistingArchive, unseenArchive } from "./archive/existing";
import { withArchive } from "./archive/ledger";
import { archiveWaits, isSubnetReady } from "./archive/reach";
import type { ExistingArchive } from "./archive/seen";
import type { PassiveServerArgs } from "./args";
import { joinSecretsOf, refuseUnknown, secretsRefused, settingsFilesAtHand } from "./atHand";
import { type ExistingBackup, findExistingBackup, unseenBackup, withBackup } from "./backup/existing";
import { proofOf } from "./connect/proof";
import { judgeSettingsFiles, settingsFileDigests } from "./connect/settingsFiles";
import { type DeliveredFiles, deliveredFiles, filesToCome } from "./delivery";
import { type JoinQuestion, joinFindings, joinQuestion, joinSecretProblems } from "./domain/plan";
import { judgedExisting } from "./existing/existing";
import { machinesInAzure } from "./existing/machines";
import { leftMachines, nothingTakenUp, takenUp } from "./existing/takenUp";
import { declaredRoles } from "./fence/declaredRoles";
import type { Power } from "./fence/plan";
import { readiness } from "./findings";
import { askedByRunCommand } from "./guard/byRunCommand";
import { settle } from "./inputs";
import { judgingContext } from "./judging";
import { maintenanceFindings, type PlannedWindow, plannedWindows } from "./maintenance/plan";
import { type Ledger, nextLedger, withWindows } from "./memory/ledger";
import type { Worn } from "./memory/outside";
import { builtOf, isUnproven, type Remembered, standing, withMachine } from "./memory/remembered";
import { spelledAsBefore } from "./memory/spelling";
import { standingFindings } from "./memory/standingFindings";
import { builtOtherwise, type Identity, refusals } from "./memory/transitions";
import { agentProblems, agentsThere, toGetAgent } from "./monitoring/existingAgent";
import { monitoringFindings, workspaceProblems } from "./monitoring/findings";
import { existingNetwork } from "./network/existing";
import { outboundFindings } from "./network/outboundFindings";
import { providerOfHub } from "./network/peering";
import { packageFile } from "./packageFile";
import { recall, refuseAnotherName, sameServerElsewhere } from "./recall";
import type { Treatment } from "./server/members";
import { generationNames } from "./server/names";
import { versionFindings } from "./settings/checks/versions";
import { now } from "./settings/clock";
import { parseResourceId, sameId } from "./settings/resourceId";
import { type ExceptionSettings, type GenerationSettings, type Settings, SettingsError } from "./settings/settings";
import { unfamiliarNames } from "./settings/unfamiliar";
import { stillCounts } from "./settings/until";
import { validate } from "./settings/validate";

/** Everything that is known and has been judged before the first Azure resource. */
export interface Known {
  /** Complete settings; in a preview a value that another resource still has to give is a placeholder in it. */
  readonly structure: Settings;
  /** The same with every value as it is given: what resources are made with. */
  readonly settings: pulumi.Output<Settings>;
  readonly remembered: Remembered;
  readonly ledger: Ledger;
  readonly existingBackup: ExistingBackup;
  readonly existingArchive: ExistingArchive;
  /** Whether the servers' subnet has its way to the archive, or may get it in this run. */
  readonly subnetIsReady: boolean;
  readonly findings: readonly Finding[];
  treatment(block: GenerationSettings): Treatment;
  /** The exception that has its guard asked by Run Command, where it counts. */
  retiring(generation: number): ExceptionSettings | undefined;
  /** When this run began to judge. */
  readonly today: Date;
  /** Of a fenced generation, as Azure told it in this run. */
  power(generation: number): Power;
  /** Another machine has the name of this lost generation's: it is forgotten, never deleted. */
  kept(generation: number): boolean;
  /** A generation is active or unproven, and the settings do not say that what it shares may change. */
  readonly sharedUntouched: boolean;
  /** For the hub's half where this stack makes it and the hub's subscription is not the component's own. */
  readonly hubsProvider?: Provider;
  /** Generations that need their domain in this run: acted on, and never proven. */
  readonly waiting: readonly number[];
  /** What Azure has on the component's resources, those that are adopted included. */
  readonly worn: ReadonlyMap<string, Worn>;
  /** Ids of what an interrupted run left in Azure and not in the state, by logical name without the component's own. */
  readonly takenUp: ReadonlyMap<string, string>;
  /** When it is patched, if on a schedule. */
  window(generation: number): PlannedWindow | undefined;
  files(generation: number): DeliveredFiles;
  /** What is known of its settings file; undefined where it has none, or nobody has read it. */
  settingsFile(generation: number): SettingsFileDigest | undefined;
  judging(block: GenerationSettings): JudgingContext;
  /** Whether and how it is joined to its domain. */
  join(block: GenerationSettings): JoinQuestion;
  /** Whether this generation has a protected item already: in the state, or in Azure alone where it is adopted as it is. */
  protects(generation: number): boolean;
}

/**
 * Reads the state, asks Azure what it must, and judges the settings against both. Throws a SettingsError with every
 * problem; nothing was touched then.
 *
 * @param aliases names that the component had before
 * @param inputs arguments without secrets and contents, some of them perhaps Outputs
 */
export async function know(
  name: string,
  aliases: readonly string[],
  inputs: pulumi.Inputs,
  args: PassiveServerArgs,
  component: pulumi.ComponentResource,
): Promise<Known> {
  const today = now();
  const asked: pulumi.InvokeOptions = { parent: component };
  const remembered = await recall(name, aliases, component);
  refuseAnotherName(name, args, remembered);
  // Of a generation of which nothing stands yet, what an earlier run meant to build does not bind.
  const built = Object.fromEntries(
    standing(remembered).flatMap((generation) => {
      const before = builtOf(remembered, generation);
      return before === undefined ? [] : [[generation, before]];
    }),
  );
  const installed = Object.fromEntries(
    Object.entries(remembered.generations).flatMap(([number, { proof }]) => {
      const version = proof === undefined ? undefined : proofOf(proof)?.versions.engine;
      return version === undefined ? [] : [[number, version]];
    }),
  );
  const context = { today, built, installed };
  const { values, unknown } = await settle(inputs, remembered.ledger);
  refuseUnknown(unknown);
  const judged = validate(values, context);
  if (judged.settings === undefined) throw new SettingsError(judged.kind === "invalid" ? judged.problems : [], name);
  const structure = spelledAsBefore(judged.settings, remembered.ledger);
  const settings =
    unknown.size > 0
      ? pulumi.output(inputs).apply((values) => spelledAsBefore(valid(values, context), remembered.ledger))
      : pulumi.output(structure);

  const [identity, { gone, problems: going, findings: ofMachines }, imported] = await together([
    identityOf(asked),
    machinesInAzure(structure, remembered, asked),
    settingsFilesAtHand(structure, args),
  ]);
  const question = { settings: structure, remembered, identity, gone, today };
  const settingsFiles = settingsFileDigests(structure, imported, remembered.ledger);
  const retiring = new Map(
    structure.generations.flatMap((block) => {
      const exception = askedByRunCommand(block, remembered.generations[block.generation]?.vmId, today);
      return exception === undefined ? [] : [[block.generation, exception] as const];
    }),
  );
  const begun = nextLedger(remembered.ledger, structure, {
    library: packageFile.version ?? "",
    ...identity,
    today,
    standing: standing(remembered),
    kept: new Set([...gone].flatMap(([generation, absence]) => (absence === "another" ? [generation] : []))),
    settingsFiles,
    byRunCommand: new Map([...retiring].map(([generation, { until }]) => [generation, until])),
  });
  const unproven = (generation: number): boolean => isUnproven(remembered, begun, generation);
  const treatment = ({ generation, role }: GenerationSettings): Treatment => {
    if (role !== "passive") return role;
    if (retiring.has(generation)) return "retiring";
    return unproven(generation) ? "unproven" : "acting";
  };
  const windows = plannedWindows(structure, remembered, treatment, today);
  const ledger = withWindows(begun, windows);
  const acts = (block: GenerationSettings): boolean => treatment(block) === "acting";
  const judgedFiles = judgeSettingsFiles({ settings: structure, remembered, digests: settingsFiles, today, acts });
  const stands = standing(remembered);
  const { subscriptionId } = identity;
  const hub = unknown.has("peerVirtualNetworkId") ? {} : hubOf(name, structure, identity, component);
  const isPlaced = subscriptionId !== undefined && !unknown.has("resourceGroupName");
  const [roles, copies, joinSecrets, existing, network, agents, ofSecrets, left, leftOver] = await together([
    declaredRoles(question, args.roleSwitch?.record, asked),
    filesToCome({ settings: structure, args, remembered, acts }),
    joinSecretsOf(args),
    judgedExisting(question, unknown, asked),
    existingNetwork(
      {
        settings: structure,
        ledger: remembered.ledger,
        subscriptionId,
        unknown,
        toBeBuilt: new Set(
          structure.generations.map(({ generation }) => generation).filter((number) => !stands.includes(number)),
        ),
      },
      asked,
    ),
    agentsThere(structure, toGetAgent(structure, remembered, acts), asked),
    secretsRefused(args, structure),
    isPlaced
      ? takenUp(
          {
            settings: structure,
            component: name,
            subscriptionId,
            treatment,
            hubAsked: hub.asked,
            begun: remembered.ledger?.shared,
          },
          remembered,
          today,
          asked,
        )
      : nothingTakenUp,
    isPlaced ? leftMachines(structure, remembered, asked) : [],
  ]);
  const joining = { settings: structure, remembered, treatment, secrets: joinSecrets };
  // What a machine that is taken up was made with binds its block, as if the state had held it.
  let withTakenUp = remembered;
  for (const [generation, answer] of left.machines) withTakenUp = withMachine(withTakenUp, generation, answer);
  const problems = [
    ...(judged.kind === "invalid" ? judged.problems : []),
    ...sameServerElsewhere(structure, name, remembered),
    ...ofSecrets,
    ...joinSecretProblems(joining),
    ...workspaceProblems(question),
    ...agentProblems(
      structure,
      agents.filter((generation) => !left.ids.has(`g${generation}-agent`)),
    ),
    ...going,
    ...left.problems,
    ...leftOver,
    ...builtOtherwise({ ...question, remembered: withTakenUp }).filter(({ path }) =>
      [...left.machines.keys()].some((generation) => path.startsWith(`generations.${generation}.`)),
    ),
    ...refusals(question),
    ...roles.problems,
    ...existing.problems,
    ...network.problems,
    ...tunnelProblems(structure, process.env),
    ...copies.problems,
    ...judgedFiles.problems,
  ];
  if (problems.length > 0) throw new SettingsError(problems, structure.name);
  // In a group or vault that is still to be made there is nothing yet.
  const archiveQuestion = { component: name, settings: structure, remembered: withTakenUp, ...identity };
  const [existingBackup, existingArchive] = await together([
    unknown.has("vaultId") || unknown.has("resourceGroupName")
      ? unseenBackup(structure, remembered)
      : findExistingBackup({ component: name, settings: structure, remembered, treatment, ...identity }, asked),
    unknown.has("accountId") ? unseenArchive(archiveQuestion) : findExistingArchive(archiveQuestion, asked),
  ]);
  const { changeUnderActive } = structure.network;
  const acknowledged = changeUnderActive !== undefined && stillCounts(changeUnderActive, today);
  const untouchable = structure.generations.some(
    ({ generation, role }) => role === "active" || (role === "passive" && unproven(generation)),
  );
  const sharedUntouched = untouchable && !acknowledged;
  const subnetIsReady = isSubnetReady(structure, remembered, sharedUntouched);
  return {
    structure,
    settings: settings as pulumi.Output<Settings>,
    remembered,
    ledger: withArchive(withBackup(ledger, existingBackup), structure, existingArchive),
    treatment,
    retiring: (generation) => retiring.get(generation),
    today,
    power: roles.power,
    kept: (generation) => ledger.generations[generation]?.kept === true,
    existingBackup,
    existingArchive,
    subnetIsReady,
    findings: [
      ...standingFindings(question),
      ...roles.findings(ledger),
      ...ofMachines,
      ...existingBackup.findings,
      ...existingArchive.findings,
      ...archiveWaits(structure, subnetIsReady),
      ...structure.generations
        .filter((block) => treatment(block) === "unproven")
        .map((block) => asksFirst(structure, block)),
      ...versionFindings(structure, context),
      ...unfamiliarNames(structure, stands),
      ...outboundFindings(structure, stands),
      ...network.findings,
      ...maintenanceFindings(structure, (generation) => windows.get(generation), acts, today),
      ...monitoringFindings(question),
      ...existing.findings,
      ...left.findings,
      ...copies.findings,
      ...joinFindings(joining),
      ...judgedFiles.findings,
    ],
    join: (block) => joinQuestion(joining, block),
    sharedUntouched,
    hubsProvider: hub.provider,
    waiting: structure.generations
      .filter((block) => acts(block) && remembered.generations[block.generation]?.proof === undefined)
      .map(({ generation }) => generation),
    worn: new Map([...remembered.worn, ...(existingBackup.worn ?? []), ...existingArchive.worn, ...left.worn]),
    takenUp: left.ids,
    window: (generation) => windows.get(generation),
    files: (generation) => deliveredFiles(generation, copies),
    settingsFile: (generation) => settingsFiles.get(generation),
    judging: (block) => judgingContext(block, { settings: structure, unknown, today, imported, remembered }),
    protects: (generation) =>
      remembered.items[generation] !== undefined ||
      (existingBackup.written[generation]?.adopt !== undefined &&
        structure.generations.some((block) => block.generation === generation && block.role !== "lost")),
  };
}

function valid(values: unknown, context: Parameters<typeof validate>[1]): Settings {
  const validated = validate(values, context);
  if (validated.kind === "invalid") throw new SettingsError(validated.problems);
  return validated.settings;
}

/** Waits for all; of several refusals the first in this order is thrown, whichever was there first. */
async function together<const T extends readonly unknown[]>(looks: T) {
  await Promise.allSettled(looks);
  return Promise.all(looks);
}

/** Unknown only in a preview whose provider is still to be configured by another resource. */
async function identityOf(asked: pulumi.InvokeOptions): Promise<Identity> {
  const { subscriptionId, tenantId } = ((await getClientConfig(asked)) ?? {}) as Partial<Identity>;
  return { subscriptionId, tenantId };
}

interface Hub {
  readonly provider?: Provider;
  readonly asked?: pulumi.InvokeOptions;
}

/** How the hub is looked into where this stack makes both halves: by a provider of its own in another subscription. */
function hubOf(name: string, { network }: Settings, { subscriptionId }: Identity, parent: pulumi.Resource): Hub {
  const hubs = parseResourceId(network.peerVirtualNetworkId ?? "")?.subscriptionId;
  if (!network.makeBothHalves || hubs === undefined || subscriptionId === undefined) return {};
  if (sameId(hubs, subscriptionId)) return { asked: { parent } };
  const provider = providerOfHub(name, hubs, parent);
  return { provider, asked: { parent, provider } };
}

/** The first run after a role was given up: it asks, and what else the settings say waits for the next. */
function asksFirst({ name }: Settings, { generation }: GenerationSettings): Finding {
  const { machine } = generationNames(name, generation);
  return readiness("asked-first", "info", machine, {
    title: `${machine} is declared passive again: in this run it is only asked whether it is staging, and nothing of it changes`,
    cause: `generations.${generation}.role`,
    next: "run up once more: it applies what the settings changed meanwhile",
  });
}
