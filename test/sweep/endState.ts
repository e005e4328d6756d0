import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { ServerWorld } from "../../rehearsal/windows/serverWorld";
import { isRecord } from "../../review/posture/resource";
import { scriptIn } from "../../review/preview/scriptText";
import { ownRuns } from "../support/pairOfServers";
import type { Rehearsal } from "../support/rehearsal";

/** What a run is to lead to, whatever happened on the way: flat, so that every difference has a name. */
export type EndState = ReadonlyMap<string, unknown>;

const secretMark = "4dabf18193072939515e22adb298388d";

/** What is made anew in every world, or tells when something was done. */
const volatile: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, "<guid>"],
  [/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})/g, "<time>"],
  [/\b20\d{6}-\d{6}\b/g, "<time>"],
  // protectedItemDataId is made of the moment.
  [/\b1[789]\d{11}\b/g, "<time>"],
  [/\b00-0D-3A(-[0-9A-F]{2}){3}\b/g, "<mac>"],
  [/ssh-(ed25519|rsa) [A-Za-z0-9+/=]+/g, "<key>"],
  [/\b20\d{6}T\d{6}Z\b/g, "<time>"],
  [/\bdcr-[0-9a-f]{32}\b/g, "dcr-<guid>"],
  // Of a collection with its times; and of the archive's configuration, which stands before it and is compared itself.
  [/(?<="manifestSha256":")[0-9a-f]{64}(?=")/g, "<digest>"],
  [/(?<="sha256":")[0-9a-f]{64}(?="\},"definition":)/g, "<digest>"],
  [/(?<=-ConfigurationSha256 ')[0-9a-f]{64}(?=')/g, "<digest>"],
  // The answer of join-domain, quoted in what the next steps are told: a join that was staged and not heard of is found staged.
  [/(?<=\\"script\\":\\"join-domain\\".*?\\"outcome\\":\\")(staged|restart-owed)\\"/g, '<staged>\\"'],
  [/(?<=\\"script\\":\\"join-domain\\".*?\\"changes\\":)\[[^[\]]*\]/g, "<changes>"],
];

/** A value without what is volatile; secrets are one word, since the same one is encrypted differently each time. */
export function neutral(value: unknown): unknown {
  if (typeof value === "string") return volatile.reduce((text, [what, word]) => text.replace(what, word), value);
  if (Array.isArray(value)) return value.map(neutral);
  if (typeof value !== "object" || value === null) return value;
  if (secretMark in value) return "<secret>";
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, neutral(inner)]));
}

/** Azure, the stack's state and every server, as they lie on disk. */
export async function endStateOf(world: Rehearsal): Promise<EndState> {
  const state = new Map<string, unknown>();
  const put = (name: string, value: unknown) => state.set(String(neutral(name)), neutral(value));
  const { resources, servers } = await world.picture();
  for (const { id, body } of resources) put(`Azure: ${id.toLowerCase()}`, withoutEtag(body));
  for (const kept of readState(world).resources)
    put(`state: ${kept.urn}${kept.delete ? " (to be deleted)" : ""}`, kept);
  for (const { name, state: server } of servers) {
    for (const [what, value] of Object.entries(serverFacts(server))) put(`server ${name}: ${what}`, value);
    for (const [file, text] of ourFiles(world, name)) put(`server ${name}: ${file}`, text);
  }
  put("machines that were deleted", world.deletedMachines());
  return state;
}

/** Names of what differs, the first word of each being the place; with both values where they are short. */
export function differences(undisturbed: EndState, disturbed: EndState): readonly string[] {
  const names = [...new Set([...undisturbed.keys(), ...disturbed.keys()])].sort();
  return names.flatMap((name) => {
    if (!disturbed.has(name)) return [`${name}: is missing`];
    if (!undisturbed.has(name)) return [`${name}: should not be there`];
    const one = undisturbed.get(name);
    return valueDifferences(one, withoutTold(one, disturbed.get(name))).map((each) => `${name}: ${each}`);
  });
}

/**
 * Inputs of a resource that was taken up by `import` without what Azure told beside what was asked for (a tier, a state):
 * the engine sees no change in it, and the body in Azure is compared whole.
 */
function withoutTold(one: unknown, other: unknown): unknown {
  if (!isRecord(one) || !isRecord(other) || other.takenUp !== true || one.takenUp === true) return other;
  const { takenUp: _, ...rest } = other;
  return { ...rest, inputs: asAsked(one.inputs, other.inputs) };
}

function asAsked(asked: unknown, told: unknown): unknown {
  if (Array.isArray(asked) && Array.isArray(told) && asked.length === told.length)
    return told.map((each, index) => asAsked(asked[index], each));
  if (!isRecord(asked) || !isRecord(told)) return told;
  const kept = Object.entries(told).filter(([key]) => key in asked);
  return Object.fromEntries(kept.map(([key, value]) => [key, asAsked(asked[key], value)]));
}

function valueDifferences(one: unknown, other: unknown, path = ""): readonly string[] {
  if (isDeepStrictEqual(one, other)) return [];
  if (!isRecord(one) || !isRecord(other)) return [`${path || "value"} is ${short(other)} instead of ${short(one)}`];
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap((key) =>
    valueDifferences(one[key], other[key], path ? `${path}.${key}` : key),
  );
}

/** A resource as the state calls it, and the paths by which Azure or a server know it; the script that it runs is one. */
export interface Name {
  readonly name: string;
  readonly paths: readonly string[];
}

export function namesIn(world: Rehearsal): readonly Name[] {
  return latestOf(world).resources.map(nameOf);
}

/** The guard's script is called retire, and what a user reads is aadc-stg-g1-guard. */
export function nameOf({ urn, id, inputs }: KeptResource): Name {
  const { remotePath, stdin } = isRecord(inputs) ? inputs : {};
  const script = typeof stdin === "string" ? scriptIn(stdin)?.name : undefined;
  return {
    name: urn.split("::").at(-1) ?? urn,
    paths: [id, remotePath, script && `/${script}`].filter((path) => typeof path === "string"),
  };
}

/** What a place of a fault is called in the state: resources with its name in Azure, its file on a server or its script. */
export function namesOf(place: string, names: readonly Name[]): readonly string[] {
  // A machine asks for its token and uploads while that script runs.
  const own = place.startsWith("data:") ? "keep-archiving" : place.split(":").at(-1);
  const wanted = `/${own}`.toLowerCase();
  const is = own === "*" ? ofType(place) : (path: string) => path.endsWith(wanted);
  const found = names.filter(({ paths }) => paths.some((path) => is(path.toLowerCase())));
  return [...new Set(found.map(({ name }) => name))];
}

/** For `azure:PUT:Microsoft.Authorization/roleAssignments:*`: any resource whose id says that it is one. */
function ofType(place: string): (path: string) => boolean {
  const [, , type = ""] = place.toLowerCase().split(":");
  return (path) => path.slice(0, path.lastIndexOf("/")).endsWith(`/${type}`);
}

/** Entries of calls that a killed engine left; a later `up` warns of each. */
export function pendingOperations(world: Rehearsal): readonly string[] {
  return readState(world).pending.map(({ type, resource }) => `${type} ${resource.urn.split("::").at(-1)}`);
}

interface KeptResource {
  readonly urn: string;
  readonly id?: string;
  readonly inputs?: unknown;
  readonly delete?: boolean;
}

function latestOf(world: Rehearsal) {
  const { latest } = JSON.parse(world.stateText()).checkpoint;
  return {
    resources: (latest?.resources ?? []) as (KeptResource & Record<string, unknown>)[],
    pending: (latest?.pending_operations ?? []) as { type: string; resource: { urn: string } }[],
  };
}

function readState(world: Rehearsal) {
  const { resources, pending } = latestOf(world);
  return {
    pending,
    // What the engine does with a resource, beside its inputs: an adopted one must not be deleted where another is kept.
    resources: resources.map(
      ({ urn, inputs, importID, ignoreChanges, delete: gone, protect, retainOnDelete, external, initErrors }) => ({
        urn,
        inputs: withoutIgnored(inputs ?? null, ignoreChanges),
        ...(gone ? { delete: true } : {}),
        ...(protect ? { protect } : {}),
        ...(retainOnDelete ? { retainOnDelete } : {}),
        ...(external ? { external } : {}),
        ...(importID ? { takenUp: true } : {}),
        ...(Array.isArray(initErrors) && initErrors.length > 0 ? { initErrors } : {}),
      }),
    ),
  };
}

/**
 * Without what the engine never compares: of what was taken up by `import` the state has what Azure tells, and a password
 * is not among that. `*` stands for all of an active server; that is compared.
 */
export function withoutIgnored(inputs: unknown, ignoreChanges: unknown): unknown {
  const paths = Array.isArray(ignoreChanges)
    ? ignoreChanges.map((path) => String(path).replaceAll("[*]", `.${each}`).split("."))
    : [];
  return paths.reduce<unknown>(without, inputs);
}

/** Every entry of a list, as `networkRuleSet.virtualNetworkRules[*].state` has it. */
const each = "[*]";

function without(value: unknown, [key = "", ...rest]: readonly string[]): unknown {
  if (key === each && Array.isArray(value)) return rest.length === 0 ? [] : value.map((entry) => without(entry, rest));
  if (!isRecord(value) || !(key in value)) return value;
  const { [key]: inner, ...others } = value;
  return rest.length === 0 ? others : { ...others, [key]: without(inner, rest) };
}

/** Azure's own note of a change. */
function withoutEtag(body: Record<string, unknown>): Record<string, unknown> {
  const { etag: _, ...rest } = body;
  return rest;
}

function serverFacts(server: ServerWorld): Record<string, unknown> {
  const { adsync } = server;
  return {
    computer: server.computerName,
    domain: server.domain,
    joining: server.joining !== undefined,
    packages: server.packages,
    versions: server.fileVersions,
    accounts: server.accounts,
    "firewall rules": server.firewallRules,
    services: Object.fromEntries(
      Object.entries(server.services).map(([name, { status, startType }]) => [name, `${status}, ${startType}`]),
    ),
    "scheduled tasks": Object.keys(server.tasks ?? {}).sort(),
    staging: adsync?.stagingMode,
    "scheduler enabled": adsync?.scheduler.syncCycleEnabled,
    "scheduler suspended": adsync?.scheduler.schedulerSuspended,
    // How often does not matter, since a step whose answer was lost may run again; nor what its own scheduler does meanwhile.
    runs: [
      ...new Set(ownRuns(server).map((run) => `${run.connectorName}: ${run.runProfileName} ${run.result}`)),
    ].sort(),
  };
}

/** Everything below our folder on a server, by its path there; of logs only that they are there. */
function ourFiles(world: Rehearsal, server: string): readonly (readonly [string, string])[] {
  const folder = join(world.world, "servers", server, "C", "ProgramData", "pulumi-entra-connect");
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name))
    .map((path) => [
      path.slice(folder.length + 1).replaceAll("\\", "/"),
      /\.log$/i.test(path) ? "(log)" : readFileSync(path, "latin1"),
    ]);
}

function short(value: unknown): string {
  const text = value === undefined ? "absent" : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
