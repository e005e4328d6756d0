import type { JsonObject } from "../evidence/json";
import { isJsonObject } from "../evidence/json";
import { ownProtectedItem } from "../posture/ownNames";
import type { Json } from "../verdict";
import { nameIn } from "./digest";
import type { RawPreview } from "./rawPreview";
import { isOurs, kindOfType, type ResourceKind } from "./resourceKinds";
import { scriptIn } from "./scriptText";
import { inputsOf, newInputs, oldInputs, type ResourceChange, resourceChanges } from "./steps";

export type Role = "passive" | "active" | "lost" | "fenced";

/** One server of the preview: a generation of this library, or any machine with what hangs on it. */
export interface Server {
  /** URN of the generation's component; of the machine where there is none. */
  readonly urn: string;
  /** Computer's name, else the resource's. */
  readonly name: string;
  /** Whether it is a generation of this library: then it has a role. */
  readonly ours: boolean;
  /** URN of the PassiveServer it belongs to. */
  readonly component?: string;
  readonly generation?: number;
  readonly roleBefore?: Role;
  readonly roleAfter?: Role;
  /** Proven to be in staging mode, as far as the state tells. */
  readonly proven: boolean;
  readonly machines: readonly ResourceChange[];
  readonly guards: readonly ResourceChange[];
  /** Everything that belongs to it, machine and guards included. */
  readonly members: readonly ResourceChange[];
}

/** A preview by meaning. */
export interface Landscape {
  readonly preview: RawPreview;
  readonly stack: string;
  readonly project: string;
  readonly changes: readonly ResourceChange[];
  readonly byUrn: ReadonlyMap<string, ResourceChange>;
  readonly servers: readonly Server[];
  /** Whether anything of this library, or a guard, is in the stack. */
  readonly ours: boolean;
  /** What the servers of a component stand on, by the component's URN. */
  readonly shared: ReadonlyMap<string, readonly ResourceChange[]>;
  /** Whether resources that stay as they are were listed; without them much cannot be told. */
  readonly complete: boolean;
  /** What belongs to no component of this library. */
  readonly loose: readonly ResourceChange[];
  kind(change: ResourceChange): ResourceKind | undefined;
}

export function landscapeOf(preview: RawPreview): Landscape {
  const changes = resourceChanges(preview);
  const byUrn = new Map(changes.map((change) => [change.urn, change]));
  const kind = (change: ResourceChange) => kindOfType(change.type);
  const generations = new Set(changes.filter((change) => kind(change) === "generation").map(({ urn }) => urn));
  const generationOf = (change: ResourceChange) =>
    ancestor(change, byUrn, "generation") ?? generationOfItem(change, generations);
  const componentOf = (change: ResourceChange) => ancestor(change, byUrn, "server");
  const roles = rolesOf(changes, componentOf);
  const members = new Map<string, ResourceChange[]>();
  const shared = new Map<string, ResourceChange[]>();
  const loose: ResourceChange[] = [];
  for (const change of changes) {
    const generation = generationOf(change);
    const component = componentOf(change);
    if (generation !== undefined) push(members, generation, change);
    else if (component !== undefined) push(shared, component, change);
    else loose.push(change);
  }
  const ours = [...members.entries()].map(([urn, list]) => generationServer(urn, list, byUrn, roles));
  const others = loose.filter((change) => kind(change) === "machine").map((machine) => otherServer(machine, loose));
  const [, stack = "", project = ""] = /^urn:pulumi:([^:]*)::([^:]*)::/u.exec(changes[0]?.urn ?? "") ?? [];
  const same = changes.filter(({ ops }) => ops.includes("same"));
  return {
    preview,
    stack,
    project,
    changes,
    byUrn,
    servers: [...ours, ...others].sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true })),
    ours: changes.some((change) => isOurs(change.type) || isGuard(change)),
    shared,
    loose,
    complete:
      preview.form === "events" ||
      same.some((change) => kind(change) !== "stack") ||
      (preview.changeSummary.same ?? 0) <= same.length,
    kind,
  };
}

function push(map: Map<string, ResourceChange[]>, key: string, change: ResourceChange): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [change]);
  else list.push(change);
}

/** The nearest parent of a kind, the resource itself excluded where it is one of another kind. */
function ancestor(
  change: ResourceChange,
  byUrn: ReadonlyMap<string, ResourceChange>,
  kind: "generation" | "server",
): string | undefined {
  let here: ResourceChange | undefined = change;
  let urn = change.urn;
  for (let depth = 0; depth < 50; depth++) {
    const type = here?.type ?? urn.split("::")[2]?.split("$").at(-1) ?? "";
    if (kindOfType(type) === kind) return urn;
    if (here === undefined || here.parent === "" || here.parent === urn) return undefined;
    urn = here.parent;
    here = byUrn.get(urn);
  }
  return undefined;
}

/** The server whose recovery points a protected item of this library's backup holds. */
export function itemOf(
  change: ResourceChange,
): { readonly component: string; readonly generation: number } | undefined {
  return kindOfType(change.type) === "protectedItem" && /entra-connect:backup:Backup(\$|::)/u.test(change.parent)
    ? ownProtectedItem(change.name)
    : undefined;
}

/** It is a child of the backup, and belongs to its server as long as there is one. */
function generationOfItem(change: ResourceChange, generations: ReadonlySet<string>): string | undefined {
  const item = itemOf(change);
  if (item === undefined) return undefined;
  return [...generations].find((urn) => nameIn(urn) === `${item.component}-g${item.generation}`);
}

interface Roles {
  readonly before: ReadonlyMap<string, Role>;
  readonly after: ReadonlyMap<string, Role>;
}

const roleKey = (component: string, generation: string | number): string => `${component}#${generation}`;

/**
 * Roles by component and number: the ledger's word, else the component's settings. The ledger is the input of a Stash
 * called `<component>-ledger` (docs/architecture.md).
 */
function rolesOf(
  changes: readonly ResourceChange[],
  componentOf: (change: ResourceChange) => string | undefined,
): Roles {
  const [before, after] = [new Map<string, Role>(), new Map<string, Role>()];
  for (const change of changes) {
    if (kindOfType(change.type) !== "server") continue;
    const read = (inputs: JsonObject, into: Map<string, Role>): void => {
      for (const [number, block] of entriesOf(inputs.generations))
        into.set(roleKey(change.urn, number), roleIn(isJsonObject(block) ? block.role : undefined) ?? "passive");
    };
    read(oldInputs(change), before);
    read(newInputs(change), after);
  }
  for (const change of changes) {
    const component = componentOf(change);
    if (component === undefined || !isLedger(change)) continue;
    const read = (inputs: JsonObject, into: Map<string, Role>): void => {
      for (const [number, entry] of entriesOf(isJsonObject(inputs.input) ? inputs.input.generations : undefined)) {
        const role = isJsonObject(entry) ? roleIn(entry.role) : undefined;
        if (role !== undefined) into.set(roleKey(component, number), role);
      }
    };
    read(oldInputs(change), before);
    read(newInputs(change), after);
  }
  return { before, after };
}

export const isLedger = (change: ResourceChange): boolean =>
  kindOfType(change.type) === "stash" && change.name.endsWith("-ledger");

const entriesOf = (value: Json | undefined): [string, Json][] => (isJsonObject(value) ? Object.entries(value) : []);

function roleIn(value: Json | undefined): Role | undefined {
  return value === "passive" || value === "active" || value === "lost" || value === "fenced" ? value : undefined;
}

/** A remote command that only has a `delete` asks a server before it goes, whoever wrote it. */
export function isGuard(change: ResourceChange): boolean {
  if (change.type !== "command:remote:Command") return false;
  return (
    [change.old, change.new].some((state) => {
      const inputs = isJsonObject(state?.inputs) ? state.inputs : {};
      return given(inputs.delete) && !given(inputs.create) && !given(inputs.update);
    }) || scriptIn(oldInputs(change).stdin)?.name === "retire"
  );
}

const given = (value: Json | undefined): boolean => value !== undefined && value !== null;

function generationServer(
  urn: string,
  members: readonly ResourceChange[],
  byUrn: ReadonlyMap<string, ResourceChange>,
  roles: Roles,
): Server {
  const self = byUrn.get(urn);
  const component = self?.parent === "" ? undefined : self?.parent;
  const generation = numberIn(urn);
  const guards = members.filter(isGuard);
  const machines = members.filter((member) => kindOfType(member.type) === "machine");
  const output = isJsonObject(self?.old?.outputs) ? self.old.outputs.server : undefined;
  const told = isJsonObject(output) ? output : {};
  const guardRole = (inputs: (change: ResourceChange) => JsonObject): Role | undefined => {
    const said = guards.map((guard) => scriptIn(inputs(guard).stdin)?.arguments?.role);
    return said.includes("active") ? "active" : undefined;
  };
  const key = roleKey(component ?? "", generation ?? "");
  const before = roles.before.get(key) ?? roleIn(told.role) ?? guardRole(oldInputs);
  const after = roles.after.get(key) ?? guardRole(newInputs) ?? (self?.action === "delete" ? before : undefined);
  return {
    urn,
    name: computerName(machines) ?? (typeof told.computerName === "string" ? told.computerName : nameIn(urn)),
    ours: true,
    ...(component === undefined ? {} : { component }),
    ...(generation === undefined ? {} : { generation }),
    ...(before === undefined ? {} : { roleBefore: before }),
    ...(after === undefined ? {} : { roleAfter: after }),
    proven: members.some(isProof) || (typeof told.provenAt === "string" && told.provenAt !== ""),
    machines,
    guards,
    members,
  };
}

/** The state holds an answer of the verification. */
function isProof(change: ResourceChange): boolean {
  if (change.old === undefined || kindOfType(change.type) !== "command") return false;
  const script = scriptIn(oldInputs(change).stdin)?.name;
  if (script !== "verify-staging") return false;
  const { outputs } = change.old;
  const stdout = isJsonObject(outputs) ? outputs.stdout : undefined;
  return typeof stdout === "string" && stdout.includes("collectedAt");
}

function numberIn(urn: string): number | undefined {
  const found = /-g(\d+)$/u.exec(urn)?.[1];
  return found === undefined ? undefined : Number(found);
}

function computerName(machines: readonly ResourceChange[]): string | undefined {
  const [machine] = machines;
  if (machine === undefined) return undefined;
  const inputs = inputsOf(machine);
  const profile = isJsonObject(inputs.osProfile) ? inputs.osProfile.computerName : undefined;
  return [profile, inputs.vmName, inputs.computerName].find(isName);
}

const isName = (value: Json | undefined): value is string =>
  typeof value === "string" && /^[\w.-]{1,64}$/u.test(value) && !/^[0-9a-f]{8}-[0-9a-f]{4}-/u.test(value);

/** Of a machine that is not this library's: what the engine says depends on it, and what it depends on. */
function otherServer(machine: ResourceChange, loose: readonly ResourceChange[]): Server {
  const needs = new Set([...dependencies(machine)]);
  const id = [machine.old?.id, machine.new?.id].find(isText);
  const members = loose.filter(
    (change) =>
      change === machine ||
      (needs.has(change.urn) && attached.has(kindOfType(change.type) ?? "stack")) ||
      dependencies(change).includes(machine.urn) ||
      (id !== undefined &&
        kindOfType(change.type) === "protectedItem" &&
        JSON.stringify(inputsOf(change)).includes(id)),
  );
  const guards = loose.filter((change) => isGuard(change) && (members.includes(change) || asksAbout(change, machine)));
  return {
    urn: machine.urn,
    name: computerName([machine]) ?? machine.name,
    ours: false,
    proven: false,
    machines: [machine],
    guards,
    members: [...new Set([...members, ...guards])],
  };
}

const attached: ReadonlySet<ResourceKind> = new Set(["networkInterface", "securityGroup", "disk", "publicAddress"]);

const isText = (value: Json | undefined): value is string => typeof value === "string" && value !== "";

export function dependencies(change: ResourceChange): readonly string[] {
  return [change.old, change.new].flatMap((state) => {
    const listed = state?.dependencies;
    const own = Array.isArray(listed) ? listed.filter(isText) : [];
    const by = isJsonObject(state?.propertyDependencies) ? Object.values(state.propertyDependencies) : [];
    return [...own, ...by.flatMap((urns) => (Array.isArray(urns) ? urns.filter(isText) : []))];
  });
}

/** Events tell no dependencies: then a guard belongs to the machine whose identity triggers it. */
function asksAbout(guard: ResourceChange, machine: ResourceChange): boolean {
  const outputs = isJsonObject(machine.old?.outputs) ? machine.old.outputs : {};
  const identities = [outputs.vmId, outputs.virtualMachineId, machine.old?.id].filter(isText);
  const triggers = [oldInputs(guard).triggers, newInputs(guard).triggers].flatMap((list) =>
    Array.isArray(list) ? list : [],
  );
  return triggers.some((trigger) => isText(trigger) && identities.includes(trigger));
}
