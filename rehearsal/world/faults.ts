import { spawnSync } from "node:child_process";
import { azureError, azureErrors } from "../../review/azureErrors";
import { BadInput } from "../../review/verdict";
import type { AzureMethod, DataAction, FaultEffect, FaultPoint, Faults, NamedFault } from "./contract";
import { azureMethods, effectsOf, faultForm, faultRooms } from "./faultEffects";

/** Where a `--fault` strikes. `name`, `script` and `file` may hold `*` for any text. */
type Place =
  | { readonly room: "azure"; readonly method: AzureMethod; readonly type: string; readonly name: string }
  | { readonly room: "ssh"; readonly script: string }
  | { readonly room: "sftp"; readonly file: string }
  | { readonly room: "data"; readonly action: DataAction };

/** One `--fault`, read. */
export type Fault = Place & {
  readonly text: string;
  readonly effect: FaultEffect;
  /** Strikes at this visit of its point, counted from 1 in every run; only once. */
  readonly visit: number;
};

const examples = "for example azure:PUT:Microsoft.Compute/virtualMachines:*=throttle or ssh:install-package=lost@2";
const dataActions: readonly DataAction[] = ["token", "put"];

/** Reads one `--fault`. Throws BadInput that names what is wrong in it and shows the form. */
export function parseFault(text: string): Fault {
  const refuse = (why: string) =>
    new BadInput(`--fault ${JSON.stringify(text)}: ${why}. The form is ${faultForm}, ${examples}`);
  const equals = text.lastIndexOf("=");
  if (equals < 0) throw refuse("there is no =, so no effect");
  const [effectText = "", visitText, ...more] = text.slice(equals + 1).split("@");
  if (more.length > 0 || (visitText !== undefined && !/^[1-9][0-9]{0,5}$/.test(visitText.trim())))
    throw refuse("after @ a whole number from 1 on is expected (the visit at which it strikes)");
  const visit = visitText === undefined ? 1 : Number(visitText);
  const place = placeIn(text.slice(0, equals).trim(), refuse);
  return { text, effect: effectIn(effectText.trim(), place, refuse), visit, ...place };
}

type Refuse = (why: string) => BadInput;

function placeIn(point: string, refuse: Refuse): Place {
  const [room, ...rest] = point.split(":");
  if (room === "ssh") {
    const script = rest.join(":");
    if (!/^[A-Za-z0-9*-]+$/.test(script)) throw refuse("ssh: takes the name of one script (or *)");
    return { room, script };
  }
  if (room === "sftp") {
    const file = rest.join(":");
    if (!/^[^/\\:"<>|?]+$/.test(file)) throw refuse("sftp: takes the name of one file, without its folder (or *)");
    return { room, file };
  }
  if (room === "data") {
    const action = dataActions.find((known) => known === rest.join(":"));
    if (!action) throw refuse(`data: takes ${dataActions.join(" or ")}`);
    return { room, action };
  }
  if (room !== "azure")
    throw refuse(`${JSON.stringify(room)} is not a place; ${faultRooms.map((each) => `${each}:`).join(", ")} are`);
  const [methodText = "", type = "", ...name] = rest;
  const method = azureMethods.find((known) => known === methodText.toUpperCase());
  if (!method)
    throw refuse(`${JSON.stringify(methodText)} is not a method; one of ${azureMethods.join(", ")} is expected`);
  if (!/^[A-Za-z0-9.]+(\/[A-Za-z0-9]+)+$/.test(type))
    throw refuse("the type is expected as ARM writes it, for example Microsoft.Network/networkInterfaces");
  if ((method === "POST") !== /^[^/]+\/register$/i.test(type))
    throw refuse("POST goes with the registration of a namespace alone: azure:POST:Microsoft.Maintenance/register:*");
  if (name.length === 0 || name.join(":") === "") throw refuse("the resource's name (or *) is missing");
  return { room, method, type, name: name.join(":") };
}

function effectIn(effect: string, place: Place, refuse: Refuse): FaultEffect {
  const known = effectsOf(place.room, place.room === "azure" ? place.method : undefined);
  const where = place.room === "azure" ? `azure:${place.method}` : place.room;
  const word = known.find((each) => each === effect);
  if (word) return word;
  if (place.room === "azure" && /^throttle\((?:(?:429|503):)?[1-9][0-9]{0,4}\)$/.test(effect))
    return effect as NamedFault;
  const named = /^(fail|half)\((?:([45][0-9]{2}):)?([A-Za-z][A-Za-z0-9]{0,79})\)$/.exec(effect);
  const [, outcome = "", status, code = ""] = named ?? [];
  if (!named || !known.some((each) => each === outcome)) {
    const elsewhere = faultRooms.some((room) => effectsOf(room).some((each) => each === effect || each === outcome));
    throw refuse(
      `${JSON.stringify(effect)} is not an effect${elsewhere ? ` for ${where}` : ""}; one of ${known.join(", ")} is expected after =`,
    );
  }
  if (place.room !== "azure") throw refuse(`only azure: takes the code of an error in ${outcome}(…)`);
  if (status === undefined && !azureError(code))
    throw refuse(
      `no text is known for the error ${code}; known are ${azureErrors.map((each) => each.code).join(", ")}, any other is written ${outcome}(STATUS:CODE)`,
    );
  return effect as NamedFault;
}

/** How to kill the Pulumi engine. `ownGroup`: it was started detached, so its process group holds it and its children. */
export interface EngineProcess {
  readonly pid: number;
  readonly ownGroup: boolean;
}

export interface WorldFaults extends Faults {
  /** The driver says which engine runs, and `undefined` when it has ended. */
  registerEngine(engine: EngineProcess | undefined): void;
  /** Faults that have not struck in this run: a rehearsal that never met them says so. */
  notMet(): readonly Fault[];
}

export function armFaults(
  faults: readonly Fault[],
  kill: (engine: EngineProcess) => void = killProcesses,
): WorldFaults {
  const visits = new Map<Fault, number>();
  let engine: EngineProcess | undefined;
  return {
    take(point) {
      let effect: FaultEffect | undefined;
      for (const fault of faults) {
        if (!matches(fault, point)) continue;
        const visit = (visits.get(fault) ?? 0) + 1;
        visits.set(fault, visit);
        if (visit === fault.visit) effect ??= fault.effect;
      }
      return effect;
    },
    killEngine() {
      if (!engine) return;
      kill(engine);
      engine = undefined;
    },
    registerEngine(started) {
      engine = started;
    },
    notMet: () => faults.filter((fault) => (visits.get(fault) ?? 0) < fault.visit),
  };
}

function matches(fault: Fault, point: FaultPoint): boolean {
  if (fault.room === "ssh") return point.room === "ssh" && like(fault.script, point.script);
  if (fault.room === "sftp") return point.room === "sftp" && like(fault.file, point.file);
  if (fault.room === "data") return point.room === "data" && fault.action === point.action;
  return (
    point.room === "azure" &&
    fault.method === point.method &&
    fault.type.toLowerCase() === point.type.toLowerCase() &&
    like(fault.name, point.name)
  );
}

/** ARM names and script names are compared without case. */
function like(pattern: string, text: string): boolean {
  const expression = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${expression.join(".*")}$`, "is").test(text);
}

/** The language host and its children end by themselves when the engine is gone; with a group of its own all go at once. */
function killProcesses({ pid, ownGroup }: EngineProcess): void {
  if (process.platform === "win32") {
    spawnSync("taskkill", ["/PID", String(pid), "/T", "/F"], { stdio: "ignore", windowsHide: true });
    return;
  }
  for (const target of ownGroup ? [-pid, pid] : [pid]) {
    try {
      process.kill(target, "SIGKILL");
    } catch {
      // Gone already: that is what was wanted.
    }
  }
}
