import { spawnSync } from "node:child_process";
import { BadInput } from "../../review/verdict";
import type { AzureMethod, DataAction, FaultEffect, FaultPoint, Faults } from "./contract";

/** One `--fault`, read. `name` and `script` may hold `*` for any text. */
export type Fault = {
  readonly text: string;
  readonly effect: FaultEffect;
  /** Strikes at this visit of its point, counted from 1 in every run; only once. */
  readonly visit: number;
} & (
  | { readonly room: "azure"; readonly method: AzureMethod; readonly type: string; readonly name: string }
  | { readonly room: "ssh"; readonly script: string }
  | { readonly room: "data"; readonly action: DataAction }
);

const form =
  '"<azure:METHOD:type:name | ssh:script | data:token | data:put>=<fail|throttle|hang|lost|kill>[@n]", ' +
  "for example azure:PUT:Microsoft.Compute/virtualMachines:*=throttle or ssh:install-package=lost@2";

const effects: readonly FaultEffect[] = ["fail", "throttle", "hang", "lost", "kill"];
const dataActions: readonly DataAction[] = ["token", "put"];
const methods: readonly AzureMethod[] = ["GET", "PUT", "PATCH", "DELETE", "POST"];

/** Reads one `--fault`. Throws BadInput that names what is wrong in it and shows the form. */
export function parseFault(text: string): Fault {
  const refuse = (why: string) => new BadInput(`--fault ${JSON.stringify(text)}: ${why}. The form is ${form}`);
  const equals = text.lastIndexOf("=");
  if (equals < 0) throw refuse("there is no =, so no effect");
  const [effectText = "", visitText, ...more] = text.slice(equals + 1).split("@");
  const effect = effects.find((known) => known === effectText.trim());
  if (!effect)
    throw refuse(`${JSON.stringify(effectText)} is not an effect; one of ${effects.join(", ")} is expected after =`);
  if (more.length > 0 || (visitText !== undefined && !/^[1-9][0-9]{0,5}$/.test(visitText.trim())))
    throw refuse("after @ a whole number from 1 on is expected (the visit at which it strikes)");
  const visit = visitText === undefined ? 1 : Number(visitText);
  const point = text.slice(0, equals).trim();

  const [room, ...rest] = point.split(":");
  if (room === "ssh") {
    const script = rest.join(":");
    if (!/^[A-Za-z0-9*-]+$/.test(script)) throw refuse("ssh: takes the name of one script (or *)");
    return { text, effect, visit, room, script };
  }
  if (room === "data") {
    const action = dataActions.find((known) => known === rest.join(":"));
    if (!action) throw refuse(`data: takes ${dataActions.join(" or ")}`);
    return { text, effect, visit, room, action };
  }
  if (room !== "azure") throw refuse(`${JSON.stringify(room)} is not a place; azure:, ssh: or data: is expected`);
  const [methodText = "", type = "", ...name] = rest;
  const method = methods.find((known) => known === methodText.toUpperCase());
  if (!method) throw refuse(`${JSON.stringify(methodText)} is not a method; one of ${methods.join(", ")} is expected`);
  if (!/^[A-Za-z0-9.]+(\/[A-Za-z0-9]+)+$/.test(type))
    throw refuse("the type is expected as ARM writes it, for example Microsoft.Network/networkInterfaces");
  if (name.length === 0 || name.join(":") === "") throw refuse("the resource's name (or *) is missing");
  return { text, effect, visit, room, method, type, name: name.join(":") };
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
