import { isJsonObject } from "../../evidence/json";
import type { Landscape, Server } from "../landscape";
import type { Detector, Raised } from "../raised";
import { kindOfType } from "../resourceKinds";
import { scriptIn } from "../scriptText";
import { carriers, standsOn } from "../standsOn";
import { newInputs, oldInputs, type ResourceChange } from "../steps";
import { asks, goes, runs, touches } from "../touching";
import { listed } from "../wording";

export const serverHazards: Detector = (landscape) => [
  ...landscape.servers.flatMap((server) => [
    ...activeTouched(server),
    ...fenced(server),
    ...machineGoes(server),
    ...roleChanged(server),
    ...wizardNeeded(landscape, server),
  ]),
  ...secondActive(landscape),
  ...sharedTouched(landscape),
  ...looseTouched(landscape),
  ...unproven(landscape),
];

export const isActive = ({ roleBefore, roleAfter }: Server): boolean =>
  roleBefore === "active" || roleAfter === "active";

/** Declared passive again, it is asked for its staging mode and nothing else. */
const onlyAsks = (server: Server, change: ResourceChange): boolean =>
  server.roleBefore === "active" && server.roleAfter === "passive" && scriptOf(change) === "verify-staging";

/** Declared fenced, its own security group and its service are what a fence is made of. */
const fences = (server: Server, change: ResourceChange): boolean =>
  server.roleAfter === "fenced" &&
  (scriptOf(change) === "fence" ||
    (kindOfType(change.type) === "securityGroup" &&
      change.action === "update" &&
      change.changes.every(({ path }) => /^securityRules\b/u.test(path))));

function fenced(server: Server): readonly Raised[] {
  return server.members
    .filter((member) => touches(member) && fences(server, member))
    .map((change) => ({
      code: "server-fenced",
      change,
      subject: server.name,
      what: scriptOf(change) === "fence" ? "its synchronization service is stopped and disabled" : "its security group",
      properties: change.changes,
    }));
}

export function scriptOf(change: ResourceChange): string | undefined {
  const script = scriptIn(newInputs(change).stdin)?.name ?? scriptIn(oldInputs(change).stdin)?.name;
  if (script !== undefined || kindOfType(change.type) !== "command") return script;
  // In a first preview the text is not known yet; the step's name is.
  return /-g\d+-([a-z-]+)$/u.exec(change.name)?.[1];
}

function activeTouched(server: Server): readonly Raised[] {
  const touched = server.members.filter(
    (member) => touches(member) && !onlyAsks(server, member) && !fences(server, member),
  );
  if (touched.length === 0) return [];
  if (isActive(server)) return touched.map((change) => activeHazard(server, change));
  const known = !server.ours || server.roleBefore !== undefined || server.roleAfter !== undefined;
  return known ? [] : [{ code: "role-unknown", subject: server.name }];
}

const activeHazard = (server: Server, change: ResourceChange): Raised => ({
  code: "active-touched",
  change,
  subject: server.name,
  what: `${change.name}: ${change.action}`,
  properties: change.changes,
});

/** The network that an active server stands on is as good as the server. */
function sharedTouched({ servers, shared, kind }: Landscape): readonly Raised[] {
  return [...shared.entries()].flatMap(([component, members]) => {
    const active = servers.find((server) => server.component === component && isActive(server));
    if (active === undefined) return [];
    return members
      .filter((change) => {
        const what = kind(change);
        if (what === "resourceGroup") return goes(change);
        return what !== undefined && carriers.has(what) && touches(change);
      })
      .map((change) => activeHazard(active, change));
  });
}

/** Outside the component it is the same network, and the same machine. */
function looseTouched(landscape: Landscape): readonly Raised[] {
  return landscape.servers
    .filter((server) => server.ours && isActive(server))
    .flatMap((server) =>
      standsOn(landscape, server)
        .filter((change) => (landscape.kind(change) === "resourceGroup" ? goes(change) : touches(change)))
        .map((change) => activeHazard(server, change)),
    );
}

const goingWord = (change: ResourceChange): string => (change.action === "delete" ? "deleted" : "replaced");

export function isAskedFirst(server: Server, machine: ResourceChange): boolean {
  return server.guards.some(
    (guard) =>
      goes(guard) &&
      asks(oldInputs(guard)) &&
      guard.old?.deletedWith === undefined &&
      // A preview without the halves of a replacement does not tell their order.
      (guard.deletedAt === undefined || machine.deletedAt === undefined || guard.deletedAt < machine.deletedAt),
  );
}

function machineGoes(server: Server): readonly Raised[] {
  return server.machines.filter(goes).map((change): Raised => {
    const said = {
      change,
      subject: server.name,
      what: goingWord(change),
      properties: causes(change),
      judges: server.members,
    };
    if (isAskedFirst(server, change)) return { code: "machine-replaced", ...said };
    if (server.ours && server.members.some(holdsAnswer)) return { code: "answered-machine-deleted", ...said };
    return server.roleBefore === "lost"
      ? { code: "lost-machine-deleted", ...said }
      : { code: "machine-unguarded", ...said };
  });
}

/** The Stash in which this library keeps what a guard answered by Run Command (components/guard/retirement.ts). */
function holdsAnswer(member: ResourceChange): boolean {
  if (kindOfType(member.type) !== "stash" || !member.name.endsWith("-retirement")) return false;
  const { input } = oldInputs(member);
  const answer = isJsonObject(input) ? input.answer : undefined;
  return typeof answer === "string" && answer.includes('"script":"retire"');
}

/** What the engine gives as its reasons, else all that differs. */
function causes({ changes, replaceReasons }: ResourceChange) {
  const reasons = changes.filter(({ path }) =>
    replaceReasons.some((reason) => path === reason || path.startsWith(`${reason}.`) || path.startsWith(`${reason}[`)),
  );
  return reasons.length > 0 ? reasons : changes;
}

function roleChanged(server: Server): readonly Raised[] {
  const { roleBefore, roleAfter, name, members } = server;
  if (roleAfter === undefined || roleBefore === roleAfter || members.some(isGoingComponent)) return [];
  if (roleBefore === undefined && roleAfter === "passive") return [];
  const from = roleBefore === undefined ? "" : `${roleBefore} → `;
  return [{ code: "role-changed", subject: name, what: `${from}${roleAfter}` }];
}

const isGoingComponent = (change: ResourceChange): boolean =>
  kindOfType(change.type) === "generation" && change.action === "delete";

const componentsOf = (servers: readonly Server[]): readonly string[] => [
  ...new Set(servers.flatMap(({ component }) => component ?? [])),
];

function secondActive({ servers }: Landscape): readonly Raised[] {
  return componentsOf(servers).flatMap((component): Raised[] => {
    const active = servers.filter((server) => server.component === component && server.roleAfter === "active");
    if (active.length < 2) return [];
    const names = active.map(({ name }) => name);
    return [{ code: "second-active", subject: names.join(", "), what: listed(names) }];
  });
}

const isGoing = ({ machines }: Server): boolean =>
  machines.length > 0 && machines.every((machine) => machine.action === "delete");

/** Of the servers of one component, only those of this library: of others nobody knows what a proof is. */
function unproven({ servers }: Landscape): readonly Raised[] {
  return componentsOf(servers).flatMap((component): Raised[] => {
    const all = servers.filter((server) => server.component === component);
    const going = all.filter((server) => isGoing(server) && server.roleBefore !== "lost");
    const safe = all.some((server) => !isGoing(server) && (server.proven || server.roleAfter === "active"));
    if (safe) return [];
    const name = component.split("::").at(-1) ?? component;
    return going.map((server) => ({ code: "retirement-unproven", subject: server.name, what: name }));
  });
}

/** The library's own default of gate.waitMinutes; a test holds the two together. */
export const defaultWaitMinutes = 60;

/** Whether the gate is behind this machine for what is to be installed decides whether somebody is called. */
function wizardNeeded(landscape: Landscape, server: Server): readonly Raised[] {
  return server.members
    .filter((change) => scriptOf(change) === "await-wizard" && callsOperator(change))
    .map((change): Raised => {
      const minutes = waitMinutes(landscape, server, change);
      return {
        code: "wizard-needed",
        change,
        subject: server.name,
        what:
          minutes === 0
            ? "up does not wait (gate.waitMinutes: 0), the next up goes on"
            : `up waits for about ${minutes} minutes at most`,
        properties: change.changes.filter(({ path }) => path === "triggers" || path.startsWith("triggers[")),
        judges: server.members.filter(({ action }) => action === "create"),
      };
    });
}

export function callsOperator(change: ResourceChange): boolean {
  if (change.action === "create" || change.action === "replace") return runs(change);
  if (change.action !== "update" || !runs(change)) return false;
  const before = scriptIn(oldInputs(change).stdin)?.arguments;
  const after = scriptIn(newInputs(change).stdin)?.arguments;
  // Not known yet: somebody may be called.
  if (after === undefined || before === undefined) return true;
  return ["productVersion", "settingsFilePath"].some((name) => before[name] !== after[name]);
}

export function waitMinutes({ byUrn }: Landscape, { component }: Server, change: ResourceChange): number {
  const told = scriptIn(newInputs(change).stdin)?.arguments?.waitMinutes;
  if (typeof told === "number") return told;
  const settings = component === undefined ? undefined : byUrn.get(component);
  const gate = settings === undefined ? undefined : newInputs(settings).gate;
  const written = isJsonObject(gate) ? gate.waitMinutes : undefined;
  return typeof written === "number" ? written : defaultWaitMinutes;
}
