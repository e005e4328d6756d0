import { getClientConfig } from "@pulumi/azure-native/authorization/getClientConfig";
import * as pulumi from "@pulumi/pulumi";
import type { JudgingContext } from "../review/readiness/judge";
import type { SettingsFileContent, SettingsFileDigest } from "../review/settingsFile";
import type { Finding } from "../review/verdict";
import { tunnelProblems } from "./access/tunnel";
import { findExistingArchive, unseenArchive } from "./archive/existing";
import { withArchive } from "./archive/ledger";
import { archiveWaits, isSubnetReady } from "./archive/reach";
import type { ExistingArchive } from "./archive/seen";
import type { PassiveServerArgs } from "./args";
import { type ExistingBackup, findExistingBackup, unseenBackup, withBackup } from "./backup/existing";
import { proofOf, wizardDone } from "./connect/proof";
import { judgeSettingsFiles, settingsFileDigests } from "./connect/settingsFiles";
import { type DeliveredFiles, deliveredFiles, filesToCome } from "./delivery";
import { type JoinQuestion, joinFindings, joinQuestion, joinSecretProblems } from "./domain/plan";
import { judgedExisting } from "./existing/existing";
import { machinesInAzure } from "./existing/machines";
import { declaredRoles } from "./fence/declaredRoles";
import type { Power } from "./fence/plan";
import { readiness } from "./findings";
import { askedByRunCommand } from "./guard/byRunCommand";
import { secretsOf, settle } from "./inputs";
import { maintenanceFindings, type PlannedWindow, plannedWindows } from "./maintenance/plan";
import { type Ledger, nextLedger, UnreadableLedger, withWindows } from "./memory/ledger";
import type { Worn } from "./memory/outside";
import { builtOf, isUnproven, type Remembered, rememberedOf, standing } from "./memory/remembered";
import { spelledAsBefore } from "./memory/spelling";
import { readStackState, recordOf, type StateResource } from "./memory/stackState";
import { standingFindings } from "./memory/standingFindings";
import { type Identity, refusals } from "./memory/transitions";
import { agentProblems, agentsThere, toGetAgent } from "./monitoring/existingAgent";
import { monitoringFindings, workspaceProblems } from "./monitoring/findings";
import { signInHosts } from "./network/endpoints";
import { existingNetwork } from "./network/existing";
import { outboundFindings } from "./network/outboundFindings";
import { portMeanings } from "./network/plan";
import { packageFile } from "./packageFile";
import { Refusal } from "./refusal";
import type { Treatment } from "./server/members";
import { generationNames } from "./server/names";
import { sizingFor } from "./server/sizing";
import { versionFindings } from "./settings/checks/versions";
import { now } from "./settings/clock";
import { settingsFileContent } from "./settings/files";
import { parseResourceId, sameId } from "./settings/resourceId";
import { secretProblems } from "./settings/secrets";
import {
  type ConnectSettings,
  type ExceptionSettings,
  type GenerationSettings,
  type Problem,
  type Settings,
  SettingsError,
} from "./settings/settings";
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
  /** The subscription of the hub where it is not the provider's own. */
  readonly hubElsewhere?: string;
  /** Generations that need their domain in this run: acted on, and never proven. */
  readonly waiting: readonly number[];
  /** What Azure has on the component's resources, those that are adopted included. */
  readonly worn: ReadonlyMap<string, Worn>;
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
  const remembered = await rememberedIn(name, await readStackState(), aliases, component);
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

  const identity = await identityOf(asked);
  const { gone, findings: ofMachines } = await machinesInAzure(structure, remembered, asked);
  const question = { settings: structure, remembered, identity, gone, today };
  const roles = await declaredRoles(question, args.roleSwitch?.record, asked);
  const imported = await settingsFilesAtHand(structure, args);
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
  const copies = await filesToCome({ settings: structure, args, remembered, acts });
  const judgedFiles = judgeSettingsFiles({ settings: structure, remembered, digests: settingsFiles, today, acts });
  const joining = { settings: structure, remembered, treatment, secrets: await joinSecretsOf(args) };
  const existing = await judgedExisting(question, unknown, asked);
  const stands = new Set(standing(remembered));
  const network = await existingNetwork(
    {
      settings: structure,
      ledger: remembered.ledger,
      subscriptionId: identity.subscriptionId,
      unknown,
      toBeBuilt: new Set(
        structure.generations.map(({ generation }) => generation).filter((number) => !stands.has(number)),
      ),
    },
    asked,
  );
  const problems = [
    ...(judged.kind === "invalid" ? judged.problems : []),
    ...sameServerElsewhere(structure, name, remembered),
    ...(await secretsRefused(args, structure)),
    ...joinSecretProblems(joining),
    ...workspaceProblems(question),
    ...agentProblems(structure, await agentsThere(structure, toGetAgent(structure, remembered, acts), asked)),
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
  const existingBackup =
    unknown.has("vaultId") || unknown.has("resourceGroupName")
      ? unseenBackup(structure, remembered)
      : await findExistingBackup({ component: name, settings: structure, remembered, treatment, ...identity }, asked);
  const archiveQuestion = { component: name, settings: structure, remembered, ...identity };
  const existingArchive = unknown.has("accountId")
    ? unseenArchive(archiveQuestion)
    : await findExistingArchive(archiveQuestion, asked);
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
      ...outboundFindings(structure, standing(remembered)),
      ...network.findings,
      ...maintenanceFindings(structure, (generation) => windows.get(generation), acts, today),
      ...monitoringFindings(question),
      ...existing.findings,
      ...copies.findings,
      ...joinFindings(joining),
      ...judgedFiles.findings,
    ],
    join: (block) => joinQuestion(joining, block),
    sharedUntouched,
    hubElsewhere: unknown.has("peerVirtualNetworkId") ? undefined : hubElsewhere(structure, identity),
    waiting: structure.generations
      .filter((block) => acts(block) && remembered.generations[block.generation]?.proof === undefined)
      .map(({ generation }) => generation),
    worn: new Map([...remembered.worn, ...(existingBackup.worn ?? []), ...existingArchive.worn]),
    window: (generation) => windows.get(generation),
    files: (generation) => deliveredFiles(generation, copies),
    settingsFile: (generation) => settingsFiles.get(generation),
    judging: (block) => ({
      generation: block.generation,
      now: today,
      proofDays: structure.gate.proofDays,
      enableScheduler: structure.gate.enableScheduler,
      passThroughAgentExpected: block.features.passThroughAuthentication,
      autoUpgrade: structure.gate.autoUpgrade,
      serviceAccount: accountOf(block.connect),
      database: block.connect.database,
      settingsFileSha256: block.connect.settingsFile?.sha256,
      settingsFile: imported.get(block.generation),
      prerequisites: {
        ports: portMeanings(structure, block, unknown),
        signInHosts,
        ...proxyOf(structure),
        memoryGiB: sizingFor(structure.synchronizedObjects).memoryGiB,
        remedy: structure.prerequisites.remedy,
      },
      wizardDone: wizardDone(remembered.generations[block.generation], block),
    }),
    protects: (generation) =>
      remembered.items[generation] !== undefined ||
      (existingBackup.written[generation]?.adopt !== undefined &&
        structure.generations.some((block) => block.generation === generation && block.role !== "lost")),
  };
}

function proxyOf({ network: { proxy } }: Settings): { readonly proxy?: string } {
  return proxy === undefined ? {} : { proxy: `${proxy.host ?? proxy.address}:${proxy.port}` };
}

/** What the wizard's page is to be given. */
function accountOf({ serviceAccount }: ConnectSettings): string {
  return serviceAccount.kind === "virtual" ? "NT SERVICE\\ADSync" : serviceAccount.name;
}

/** Of passive generations only: of others no answer is judged. A file that is not here is known by its hash alone. */
async function settingsFilesAtHand(
  { generations }: Settings,
  args: PassiveServerArgs,
): Promise<ReadonlyMap<number, SettingsFileContent>> {
  const found = new Map<number, SettingsFileContent>();
  for (const { generation, role, connect } of generations) {
    const asset = args.generations[String(generation)]?.connect.settingsFile?.source;
    if (role !== "passive" || asset === undefined) continue;
    const content = await settingsFileContent(connect, asset);
    if (content !== undefined) found.set(generation, content);
  }
  return found;
}

function valid(values: unknown, context: Parameters<typeof validate>[1]): Settings {
  const validated = validate(values, context);
  if (validated.kind === "invalid") throw new SettingsError(validated.problems);
  return validated.settings;
}

/** A targeted run can leave out what a value comes from; built without it, everything that hangs on it would go. */
function refuseUnknown(unknown: ReadonlySet<string>): void {
  if (pulumi.runtime.isDryRun() || unknown.size === 0) return;
  throw new Refusal(
    [
      `This run leaves out what ${[...unknown].join(", ")} of this server comes from. Nothing of it was touched.`,
      "  why: a --target, an --exclude or a refresh does not create the resource whose output it is",
      "  next: run pulumi up without them, or name that resource among the targets too",
    ].join("\n"),
  );
}

/** In a program with one server, another name is not a second server: the first one would be taken out, unasked. */
function refuseAnotherName(name: string, { onlyServerOfTheStack }: PassiveServerArgs, { others }: Remembered): void {
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
function sameServerElsewhere({ name }: Settings, component: string, { others }: Remembered): readonly Problem[] {
  return others
    .filter(({ server }) => server === name)
    .map((other) => ({
      path: "name",
      problem: `the state holds the server ${name} under the component ${other.component}, not ${component}`,
      write: `the component's name ${other.component} as before, and up; to rename it, after that the new name with the option aliases: [{ name: "${other.component}" }]`,
    }));
}

async function rememberedIn(
  name: string,
  state: readonly StateResource[],
  aliases: readonly string[],
  component: pulumi.ComponentResource,
): Promise<Remembered> {
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

/** Unknown only in a preview whose provider is still to be configured by another resource. */
async function identityOf(asked: pulumi.InvokeOptions): Promise<Identity> {
  const { subscriptionId, tenantId } = ((await getClientConfig(asked)) ?? {}) as Partial<Identity>;
  return { subscriptionId, tenantId };
}

/** Whoever may write to a hub in another subscription does so by a provider for that one. */
function hubElsewhere({ network }: Settings, { subscriptionId }: Identity): string | undefined {
  const hubs = parseResourceId(network.peerVirtualNetworkId ?? "")?.subscriptionId;
  return hubs === undefined || subscriptionId === undefined || sameId(hubs, subscriptionId) ? undefined : hubs;
}

/** Absence is told at once; content only where it is known, which in a preview it need not be. Nothing of it is shown. */
async function secretsRefused(args: PassiveServerArgs, { access }: Settings): Promise<readonly Problem[]> {
  const { values, unknown } = await settle(
    args.administratorPassword === undefined ? {} : { ...secretsOf(args) },
    undefined,
  );
  const known = values as Readonly<Record<string, string | undefined>>;
  return secretProblems(known, access.jumpHost !== undefined).filter(({ path }) => !unknown.has(path));
}

/** Looked at and never shown; undefined where a preview does not know them yet. */
async function joinSecretsOf(args: PassiveServerArgs): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { values, unknown } = await settle({ domainJoinSecrets: secretsOf(args).domainJoinSecrets }, undefined);
  if (unknown.size > 0) return undefined;
  return recordOf((values as { readonly domainJoinSecrets?: unknown }).domainJoinSecrets);
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
