import { isJsonObject } from "../../evidence/json";
import type { Json } from "../../verdict";
import { isGuard } from "../landscape";
import type { Detector, Raised } from "../raised";
import { kindOfType } from "../resourceKinds";
import { type ScriptText, scriptIn } from "../scriptText";
import { meantChanges, newInputs, oldInputs, type ResourceChange } from "../steps";
import { runs } from "../touching";
import { unknownWord } from "../values";
import { fromTo, listed, shownValue } from "../wording";
import { scriptOf } from "./servers";

export const commandHazards: Detector = (landscape) =>
  landscape.changes.flatMap((change) => {
    const kind = landscape.kind(change);
    if (isGuard(change)) return [];
    if (kind === "command") return [...again(change, runs(change)), ...atDeletion(change), ...restarts(change)];
    if (kind === "runCommand") return [...asksNow(change), ...again(change, true), ...restarts(change)];
    return kind === "delivery" ? again(change, true) : [];
  });

/** The script of this library that a run command runs; undefined where it is another one. */
export function runCommandScript(change: ResourceChange): ScriptText | undefined {
  const { source } = newInputs(change);
  return isJsonObject(source) ? scriptIn(source.script) : undefined;
}

/** What ours do when they run again: their parameters alone do not say it. */
const whatTheyDo: Readonly<Record<string, string>> = {
  "enable-remote-access":
    "the account, key file, OpenSSH and firewall rule are put right where they differ, and sshd may restart; a host key that has changed is taken over, and then every step of this server runs once more, each looking first",
  "diagnose-access": "it only reads why SSH does not get in",
};

/** The guard's text by Run Command does now what the guard does at a deletion. */
function asksNow(change: ResourceChange): readonly Raised[] {
  const script = runCommandScript(change);
  const acts =
    change.action === "create" ||
    change.action === "replace" ||
    (change.action === "update" && meantChanges(change).length > 0);
  if (script?.name !== "retire" || !acts) return [];
  const asked = script.arguments?.asked;
  return [
    {
      code: "guard-asks-now",
      change,
      what: typeof asked === "string" && asked !== "" ? asked : "no reason is given",
      properties: meantChanges(change),
    },
  ];
}

function again(change: ResourceChange, does: boolean): readonly Raised[] {
  if ((change.action !== "update" && change.action !== "replace") || !does) return [];
  const properties = meantChanges(change);
  if (change.action === "update" && properties.length === 0) return [];
  const script = kindOfType(change.type) === "runCommand" ? runCommandScript(change)?.name : undefined;
  if (script === "retire") return [];
  const effect = script === undefined ? undefined : whatTheyDo[script];
  const what = [listed(inputReasons(change)), ...(effect === undefined ? [] : [effect])].join("; ");
  return [{ code: "command-runs-again", change, what, properties }];
}

/** Its `delete` runs after the new `create` where it is replaced (facts/command-provider.md). */
function atDeletion(change: ResourceChange): readonly Raised[] {
  const { delete: command } = oldInputs(change);
  const goes = change.action === "delete" || change.action === "replace";
  if (!goes || change.retained || command === undefined || command === null) return [];
  return [{ code: "command-runs-at-deletion", change, what: shownValue(command) }];
}

/** The one script of this library that restarts Windows. */
const restartingScript = "restart-after-join";

const restarting =
  /\b(Restart-Computer|shutdown(\.exe)?\s+[/-]r|Restart-AzVM)\b|az vm restart|"?Restart"?\s*[:=]\s*"?(true|[1-9])/iu;

function restarts(change: ResourceChange): readonly Raised[] {
  const acts = change.action === "create" || change.action === "update" || change.action === "replace";
  if (!acts || (change.action === "update" && meantChanges(change).length === 0)) return [];
  const { create, update, stdin, source, settings, delete: _ignored } = newInputs(change);
  if (scriptOf(change) === restartingScript)
    return runs(change) ? [{ code: "machine-restarts", change, what: "once, when its domain join is staged" }] : [];
  // The other texts of this library are known: none of them restarts Windows.
  if (
    scriptIn(stdin) !== undefined ||
    (typeof source === "object" && JSON.stringify(source)?.includes("# entra-connect script:"))
  )
    return [];
  const text = JSON.stringify([create, update, stdin, source, settings] as Json) ?? "";
  const found = restarting.exec(text.replaceAll('\\"', '"'))?.[0];
  return found === undefined ? [] : [{ code: "machine-restarts", change, what: `it says ${found}` }];
}

/** Which input makes a command run again, in words, one entry an input. */
export function inputReasons(change: ResourceChange): readonly string[] {
  const reasons = meantChanges(change).map(({ path, old, new: next }) => reasonOf(change, path, old, next));
  return reasons.length > 0 ? [...new Set(reasons.flat())] : change.replaceReasons;
}

function reasonOf(change: ResourceChange, path: string, old: Json, next: Json): readonly string[] {
  const [first = path] = path.split(/[.[]/u);
  switch (first) {
    case "source":
      if (kindOfType(change.type) === "delivery") return ["another file is delivered"];
      return next === unknownWord ? ["source, known after up"] : textReasons(change, path, old, next);
    case "stdin":
    case "create":
    case "update":
      return next === unknownWord ? [`${first}, known after up`] : textReasons(change, path, old, next);
    case "connection":
      return ["connection (host, key, user or jump host)"];
    case "triggers":
      return ["triggers (another machine, or another value it hangs on)"];
    case "parameters":
      return [parameterReason(change, path, old, next)];
    case "environment":
      return [`environment (${path})`];
    default:
      return [path];
  }
}

/** `parameters[2].value` by the parameter's name. */
function parameterReason(change: ResourceChange, path: string, old: Json, next: Json): string {
  const { parameters } = newInputs(change);
  const index = Number(/\[(\d+)\]/u.exec(path)?.[1] ?? Number.NaN);
  const parameter = Array.isArray(parameters) ? (parameters as readonly Json[])[index] : undefined;
  const name = isJsonObject(parameter) && typeof parameter.name === "string" ? parameter.name : path;
  return `parameter ${name}: ${fromTo({ old, new: next }, 80)}`;
}

function textReasons(change: ResourceChange, path: string, old: Json, next: Json): readonly string[] {
  const [before, after] = [scriptIn(old), scriptIn(next)];
  if (before?.arguments === undefined || after?.arguments === undefined) {
    const same = old === next ? " (a secret, or calculated anew)" : "";
    return [`${path}: its text changes${same}`];
  }
  const [was, is] = [before.arguments, after.arguments];
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
    (name) => JSON.stringify(was[name]) !== JSON.stringify(is[name]),
  );
  const told = names.map((name) => `${name}: ${fromTo({ old: was[name] ?? null, new: is[name] ?? null }, 80)}`);
  const text = before.body === after.body ? [] : [`the script ${after.name} itself (another release of the library)`];
  return [...told, ...text, ...(told.length + text.length === 0 ? [`${change.name}: ${path}`] : [])];
}
