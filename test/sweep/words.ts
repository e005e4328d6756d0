import type { RunSummary } from "../../rehearsal/run/summary";

/** Words of libraries that say that something broke, and nothing of what or where. */
const empty: readonly RegExp[] = [
  /error reading from server: EOF/gi,
  /rpc error: code = \w+ desc = /gi,
  /(wait: )?remote command exited without exit status or exit signal:?/gi,
  /running "powershell[^\n]*/gi,
  /exit(ed with)? (code|status) \d+/gi,
  /exit status \d+/gi,
];

/**
 * What a failed run does not say: where it failed, why, or what to do next. Empty of one that succeeded.
 * `names`: what the place is called in the state (aadc-stg-egress-ip is aadc-stg-network-egress-address there).
 */
export function wordsMissing(
  { result, findings }: Pick<RunSummary, "result" | "findings">,
  place: string,
  names: readonly string[],
): readonly string[] {
  if (result === "succeeded") return [];
  const said = findings.filter(({ severity }) => severity === "blocking");
  if (said.length === 0) return ["it says nothing of its failure"];
  const missing: string[] = [];
  const own = place.split(":").at(-1) ?? place;
  const wanted = (own === "*" ? names : [own, ...names]).map((name) => name.toLowerCase());
  const text = said.map(({ subject, title, cause }) => `${subject}\n${title}\n${cause}`).join("\n");
  const named = wanted.some((name) => text.toLowerCase().includes(name)) || (isRead(place) && namesReading.test(text));
  if (!named) missing.push(`nothing names ${own}`);
  if (!said.some(({ title, cause }) => tells(`${title}\n${cause}`))) missing.push("no cause is named");
  if (said.some(({ next }) => next.trim() === "")) missing.push("no next step is named");
  return missing;
}

/** Of a call that only reads the engine tells no more than its function; of one that was killed, nothing. */
const isRead = (place: string): boolean => place.startsWith("azure:GET:");
const namesReading = /invocation of azure-native:\w+:(get|list)\w+ returned an error|\breading in Azure\b/;

/** A sentence is left when words that say nothing are taken away. */
function tells(text: string): boolean {
  const rest = empty.reduce((left, words) => left.replace(words, ""), text);
  return (rest.match(/[a-z]{3,}/gi) ?? []).length >= 5;
}
