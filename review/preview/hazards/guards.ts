import type { JsonObject } from "../../evidence/json";
import { isUnknown } from "../../posture/resource";
import type { Json } from "../../verdict";
import { dependencies, isGuard, type Landscape, type Server } from "../landscape";
import type { Detector, Raised } from "../raised";
import { kindOfType } from "../resourceKinds";
import { scriptIn } from "../scriptText";
import { isNoise, newInputs, oldInputs, type ResourceChange } from "../steps";
import { asks, goes } from "../touching";
import { listed } from "../wording";
import { inputReasons, runCommandScript } from "./commands";

export const guardHazards: Detector = (landscape) =>
  landscape.changes.filter(isGuard).flatMap((guard) => {
    const server = landscape.servers.find(({ guards }) => guards.includes(guard));
    return guardHazard(guard, server, landscape);
  });

function guardHazard(guard: ResourceChange, server: Server | undefined, landscape: Landscape): readonly Raised[] {
  const bypass = bypasses(guard);
  if (bypass !== undefined) {
    // A lost server cannot be asked: its guard has no delete any more, and that is what was declared.
    const declared = server?.roleAfter === "lost" ? "guard-changed" : "guard-bypassed";
    const code = isAnswered(guard, server) ? "guard-answered" : declared;
    return [{ code, change: guard, what: bypass, properties: guard.changes }];
  }
  // Whether it is answered is known only when it was asked.
  if (isUnknown(newInputs(guard).delete) && isAnswered(guard, server))
    return [{ code: "guard-answered", change: guard, what: "if its answer lets it go", properties: guard.changes }];
  if (guard.action === "delete") return [...retained(guard), ...alone(guard, server, landscape, "guard-removed")];
  if (guard.action === "forget") return alone(guard, server, landscape, "guard-removed");
  if (guard.action === "replace") return alone(guard, server, landscape, "guard-runs");
  if (guard.action !== "update" || isNoise(guard)) return [];
  const exceptions = newExceptions(guard);
  const changed: Raised = {
    code: "guard-changed",
    change: guard,
    what: listed(inputReasons(guard)),
    properties: guard.changes,
  };
  if (exceptions.length === 0) return [changed];
  const raised: Raised = {
    code: "guard-exception",
    change: guard,
    what: exceptions.join("; "),
    properties: guard.changes,
  };
  return onlyExceptions(guard) ? [raised] : [raised, changed];
}

function onlyExceptions(guard: ResourceChange): boolean {
  const [before, after] = [scriptIn(oldInputs(guard).stdin), scriptIn(newInputs(guard).stdin)];
  const rest = (told: JsonObject | undefined): string => JSON.stringify({ ...told, exceptions: null });
  return (
    before?.body === after?.body &&
    rest(before?.arguments) === rest(after?.arguments) &&
    guard.changes.every(({ path }) => path === "stdin")
  );
}

function retained(guard: ResourceChange): readonly Raised[] {
  return guard.retained
    ? [{ code: "guard-bypassed", change: guard, what: "retainOnDelete, so its delete does not run" }]
    : [];
}

/** Nothing of the server that it asks about goes with it. */
function alone(
  guard: ResourceChange,
  server: Server | undefined,
  { servers }: Landscape,
  code: "guard-removed" | "guard-runs",
): readonly Raised[] {
  const machines = server?.machines ?? [];
  const goesWith = machines.some((machine) => goes(machine) || machine.action === "forget" || machine.retained);
  // Of a server whose machine is gone already nothing is left to ask; a stack without any machine is not judged by it.
  const nothingLeft =
    server !== undefined &&
    machines.length === 0 &&
    server.members.every((member) => member.action === "delete" || member === guard);
  if (goesWith || (nothingLeft && servers.length > 0)) return [];
  return [{ code, change: guard, properties: guard.changes }];
}

/** Its `delete` alone goes, beside a run command of the same server with the guard's own text. */
function isAnswered(guard: ResourceChange, server: Server | undefined): boolean {
  const onlyDelete =
    !guard.retained &&
    guard.new?.retainOnDelete !== true &&
    given(guard.new?.deletedWith) === false &&
    guard.action === "update";
  return onlyDelete && server?.ours === true && server.members.some((member) => asksByRunCommand(member));
}

/** A run command of this library that asks what the guard asks. */
export function asksByRunCommand(change: ResourceChange): boolean {
  return kindOfType(change.type) === "runCommand" && !goes(change) && runCommandScript(change)?.name === "retire";
}

/** Why the guard's `delete` would not run, or not before the machine goes; undefined where it would. */
function bypasses(guard: ResourceChange): string | undefined {
  const { old, new: next } = guard;
  if (old === undefined || next === undefined) return undefined;
  if (asks(oldInputs(guard)) && !asks(newInputs(guard)))
    return given(newInputs(guard).delete)
      ? "its delete command does nothing any more"
      : "its delete command is taken out";
  if (old.retainOnDelete !== true && next.retainOnDelete === true) return "retainOnDelete, so its delete will not run";
  if (!given(old.deletedWith) && given(next.deletedWith)) return "deletedWith, so its delete will not run";
  const before = dependencies({ ...guard, new: undefined });
  const after = dependencies({ ...guard, old: undefined });
  const machine = before.find((urn) => isMachineUrn(urn) && !after.includes(urn));
  return machine === undefined || after.some(isMachineUrn)
    ? undefined
    : `it no longer depends on ${machine.split("::").at(-1) ?? machine}, so it is not asked before that is gone`;
}

const isMachineUrn = (urn: string): boolean => /[:$/]\w*(VirtualMachine|Instance)::/u.test(urn);

const given = (value: Json | undefined): boolean => value !== undefined && value !== null && value !== "";

function newExceptions(guard: ResourceChange): readonly string[] {
  const known = new Set(exceptionsOf(oldInputs(guard).stdin).map((each) => JSON.stringify(each)));
  return exceptionsOf(newInputs(guard).stdin)
    .filter((each) => !known.has(JSON.stringify(each)))
    .map((each) => {
      const { kind, reason, until } = (each ?? {}) as Readonly<Record<string, Json>>;
      return `${String(kind)} until ${String(until)} (${String(reason)})`;
    });
}

function exceptionsOf(stdin: Json | undefined): readonly Json[] {
  const given = scriptIn(stdin)?.arguments?.exceptions;
  return Array.isArray(given) ? (given as Json[]) : [];
}
