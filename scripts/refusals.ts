/** Why a script stops, in words. The scripts and their emulation read the same texts, so they cannot drift apart. */
import type { ScriptName } from "./arguments";
import { readAsset } from "./assets";

export interface RefusalText {
  readonly what: string;
  readonly why: string;
  readonly next: readonly string[];
  /** 1 unless said otherwise. */
  readonly exitCode?: number;
}

/** Exit codes that callers tell apart; everything else that stops is 1. */
export const scriptExitCodes = {
  refused: 1,
  gateWaiting: 20,
  stagingOff: 21,
  superseded: 22,
  stillRunning: 23,
  stagingUnreadable: 24,
  /** The script's text did not arrive whole: nothing of it, or only its beginning, was run. */
  notArrived: 25,
} as const;

export function refusalTexts(name: ScriptName): Readonly<Record<string, RefusalText>> {
  return {
    ...(JSON.parse(readAsset("fragments", "refusals.json")) as Record<string, RefusalText>),
    ...(JSON.parse(readAsset(`${name}.refusals.json`)) as Record<string, RefusalText>),
  };
}

/** The lines a refusing script writes on standard error. */
export function refusalLines(
  name: ScriptName,
  computerName: string,
  code: string,
  values: Readonly<Record<string, string>>,
  notes: readonly string[] = [],
  advice: readonly string[] = [],
): { readonly lines: string[]; readonly exitCode: number } {
  const text = refusalTexts(name)[code];
  if (text === undefined) throw new Error(`${name} has no refusal "${code}"`);
  const fill = (line: string) => line.replace(/\{(\w+)\}/g, (whole, key: string) => values[key] ?? whole);
  return {
    lines: [
      `${name} on ${computerName} stopped [${code}]`,
      `What: ${fill(text.what)}`,
      `Why: ${fill(text.why)}`,
      ...notes.map((note) => `Note: ${fill(note)}`),
      ...[...advice, ...text.next].map((line) => `Next: ${fill(line)}`),
    ],
    exitCode: text.exitCode ?? scriptExitCodes.refused,
  };
}
