import {
  remoteScripts,
  runCommandScripts,
  runCommandText,
  type ScriptName,
  selfContained,
} from "../../scripts/assemble";

/** Every script as it reaches a server. What it is given changes nothing in the rest of the text. */
export const scriptTexts: ReadonlyMap<ScriptName, string> = new Map<ScriptName, string>([
  ...runCommandScripts.map((name) => [name, runCommandText(name)] as const),
  ...remoteScripts.map((name) => [name, selfContained(name, JSON.parse("{}")).stdin] as const),
]);
