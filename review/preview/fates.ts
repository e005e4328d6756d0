import { callsOperator, isActive, isAskedFirst, scriptOf, waitMinutes } from "./hazards/servers";
import type { HazardCode } from "./hazardTable";
import { isGuard, type Landscape, type Server } from "./landscape";
import type { Raised } from "./raised";
import { kindOfType } from "./resourceKinds";
import { carriers, standsOn } from "./standsOn";
import { isNoise, type ResourceChange } from "./steps";
import { touches } from "./touching";
import { counted, listed } from "./wording";

/** What happens to one server, in one word. */
export type Happening =
  | "nothing"
  | "state only"
  | "asked"
  | "in place"
  | "restart"
  | "built"
  | "built beside"
  | "retired"
  | "replaced"
  | "deleted unasked"
  | "guard runs"
  | "forgotten";

/** What happens to one server, for people. */
export interface Fate {
  readonly server: string;
  readonly generation: number | null;
  /** `passive`, or `passive → active`; "not told" where the preview does not. */
  readonly role: string;
  readonly happening: Happening;
  readonly sentence: string;
  /** Minutes that up waits for the operator at most; null where nobody is called. */
  readonly operatorMinutes: number | null;
}

export function fatesOf(landscape: Landscape, raised: readonly Raised[]): readonly Fate[] {
  return landscape.servers.map((server) => {
    const happening = happeningOf(landscape, server, raised);
    const call = server.members.find((change) => scriptOf(change) === "await-wizard" && callsOperator(change));
    const operatorMinutes = call === undefined ? null : waitMinutes(landscape, server, call);
    return {
      server: server.name,
      generation: server.generation ?? null,
      role: roleOf(server),
      happening,
      sentence:
        sentenceOf(landscape, server, happening) +
        networkText(landscape, server, happening) +
        operatorText(operatorMinutes),
      operatorMinutes,
    };
  });
}

function roleOf({ roleBefore, roleAfter, machines }: Server): string {
  const gone = machines.length > 0 && machines.every(({ action }) => action === "delete");
  if (roleBefore === undefined && roleAfter === undefined) return "not told";
  if (roleAfter === undefined || gone || roleBefore === roleAfter) return roleBefore ?? roleAfter ?? "not told";
  return roleBefore === undefined ? roleAfter : `${roleBefore} → ${roleAfter}`;
}

const restarting: ReadonlySet<HazardCode> = new Set(["machine-resized", "machine-restarts", "machine-reimaged"]);

function happeningOf(landscape: Landscape, server: Server, raised: readonly Raised[]): Happening {
  const { machines, members } = server;
  const going = machines.filter(({ action }) => action === "delete");
  if (machines.length > 0 && going.length === machines.length) {
    if (going.every(({ retained }) => retained)) return "forgotten";
    return going.every((machine) => machine.retained || isAskedFirst(server, machine)) ? "retired" : "deleted unasked";
  }
  if (machines.some(({ action }) => action === "replace")) return "replaced";
  if (machines.some(({ action }) => action === "create"))
    return landscape.servers.some(
      (other) => other !== server && standsBefore(other) && other.component === server.component,
    )
      ? "built beside"
      : "built";
  if (raised.some(({ code, change }) => restarting.has(code) && change !== undefined && members.includes(change)))
    return "restart";
  // A guard that goes while its machine stays asks it now, and stops it where it passes.
  if (members.some((change) => isGuard(change) && touches(change))) return "guard runs";
  const touched = touchedIn(server);
  if (touched.length > 0)
    return touched.every((change) => scriptOf(change) === "verify-staging") ? "asked" : "in place";
  return members.some(({ action }) => action !== "nothing" && action !== "read") ? "state only" : "nothing";
}

/** Its backup lies elsewhere: the server itself goes on as it is. */
const touchedIn = ({ members }: Server): readonly ResourceChange[] =>
  members.filter((change) => touches(change) && kindOfType(change.type) !== "protectedItem");

const standsBefore = ({ machines }: Server): boolean => machines.some(({ old }) => old !== undefined);

function sentenceOf(landscape: Landscape, server: Server, happening: Happening): string {
  const touched = touchedIn(server);
  const noise = touched.length > 0 && touched.every(isNoise);
  const names = listed(touched.map(({ name }) => name));
  switch (happening) {
    case "nothing":
      return "Nothing.";
    case "state only":
      return stateText(server);
    case "asked":
      return "It is asked again whether it is in staging mode; nothing of it changes.";
    case "in place":
      return noise
        ? `Only noise, in place: ${counted(touched.length, "resource")}.`
        : `Changed in place, it goes on running: ${names}.`;
    case "restart":
      return `Changed in place with a restart: ${names}.`;
    case "built":
      return "Built.";
    case "built beside":
      return `Built beside ${listed(
        landscape.servers.filter((other) => other !== server && standsBefore(other)).map(({ name }) => name),
      )}, which this does not stop.`;
    case "retired":
      return "Retired behind its guard: the guard asks the server first, and nothing of it is deleted unless it is proven harmless.";
    case "replaced":
      return server.machines.some((machine) => isAskedFirst(server, machine))
        ? "Its machine is replaced, after its guard has asked it."
        : "Its machine is replaced, and nothing asks it first.";
    case "deleted unasked":
      return server.roleBefore === "lost"
        ? "Deleted without being asked: it is declared lost."
        : `Deleted, and nothing asks it first${isActive(server) ? "; it is the active server" : ""}.`;
    case "guard runs":
      return "Its guard goes while it stays: the guard asks it now, and where it passes may stop it.";
    case "forgotten":
      return "Taken out of the state and left running where it is.";
  }
}

function stateText({ members }: Server): string {
  const moved = members.filter(({ action }) => action !== "nothing" && action !== "read");
  const names = listed(moved.map(({ name }) => name));
  return moved.some((change) => touches(change))
    ? `Nothing on the server itself; its backup is touched (${names}).`
    : `Nothing on the server; only the state changes (${names}).`;
}

/** The network that generations of one component share. */
function networkText(landscape: Landscape, server: Server, happening: Happening): string {
  const { shared, kind } = landscape;
  const { component } = server;
  if (component === undefined || stays.has(happening) === false) return "";
  const moved = [...(shared.get(component) ?? []), ...standsOn(landscape, server)].filter((change) => {
    const what = kind(change);
    return what !== undefined && carriers.has(what) && touches(change) && !isNoise(change);
  });
  return moved.length === 0 ? "" : ` The network under it changes: ${listed(moved.map(({ name }) => name))}.`;
}

const stays: ReadonlySet<Happening> = new Set(["nothing", "state only", "asked", "in place", "restart"]);

function operatorText(minutes: number | null): string {
  if (minutes === null) return "";
  return minutes === 0
    ? " The operator is needed at the wizard; up does not wait for it."
    : ` The operator will be called to the wizard; up waits for about ${minutes} minutes at most.`;
}
