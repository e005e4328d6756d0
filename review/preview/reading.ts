import { isJsonObject } from "../evidence/json";
import { positionIn } from "../evidence/text";
import { BadInput, type Json } from "../verdict";
import { textOf } from "./bytes";
import { readDigest } from "./digest";
import { EventReader } from "./events";
import { gapIn } from "./gaps";
import type { RawPreview } from "./rawPreview";

/** What to run so that the reviewer sees everything. */
export const previewCommand = "pulumi preview --json --show-sames --show-replacement-steps";

/**
 * Reads what `pulumi preview --json` or the event stream printed; which of both it is is recognised. Nothing, `{}` and
 * the error of a command that did not start are a preview that did not run (`form: none`). Throws `BadInput` for
 * everything that is something else.
 */
export function readPreview(bytes: Uint8Array, name: string): RawPreview {
  const text = textOf(bytes, name);
  const begin = firstBrace(text);
  const before = text.slice(0, begin < 0 ? text.length : begin).trim();
  if (begin < 0) return withoutObject(before, name);
  const lead = before === "" ? [] : ["Lines before the preview were not read."];
  const line = lineAt(text, begin);
  const preview = isEvent(line) ? readEvents(text, begin) : readObject(text, begin, name);
  const gap = gapIn(preview);
  const told =
    gap === undefined ? preview.failure : [preview.failure, gap].filter((each) => each !== undefined).join("\n");
  const failure = preview.form === "none" && before !== "" ? `${before}` : told;
  return { ...preview, ...(failure === undefined ? {} : { failure }), notes: [...lead, ...preview.notes] };
}

function firstBrace(text: string): number {
  const found = /^[\s\ufeff]*\{/mu.exec(text);
  return found === null ? -1 : found.index + found[0].length - 1;
}

function lineAt(text: string, begin: number): string {
  const end = text.indexOf("\n", begin);
  return text.slice(begin, end < 0 ? text.length : end).trim();
}

function isEvent(line: string): boolean {
  return /^\{\s*"(sequence|timestamp)"\s*:/u.test(line) || /^\{\s*"\w+Event"\s*:/u.test(line);
}

function readEvents(text: string, begin: number): RawPreview {
  const reader = new EventReader();
  let other = 0;
  for (let at = begin; at < text.length; ) {
    const next = text.indexOf("\n", at);
    const end = next < 0 ? text.length : next;
    const line = text.slice(at, end);
    if (line.trim() !== "" && !reader.take(line)) other++;
    at = end + 1;
  }
  const preview = reader.finish();
  return other === 0
    ? preview
    : { ...preview, notes: [...preview.notes, `${other} lines that are no events were not read.`] };
}

function readObject(text: string, begin: number, name: string): RawPreview {
  const parsed = parseObject(text, begin, name);
  const refuse = (what: string): never => {
    throw new BadInput(`${name}: this is ${what}, not a preview. Write one with: ${previewCommand} > preview.json`);
  };
  const { value } = parsed;
  if (!isJsonObject(value)) return refuse("JSON of another kind");
  if ("deployment" in value || "checkpoint" in value) return refuse("a stack's state");
  if ("resourcePlans" in value) return refuse("a plan (--save-plan), which has no old values");
  if (value.steps === undefined && isJsonObject(value.summary) && Array.isArray(value.resources))
    return refuse("the short form (--output json), which has no properties");
  const known = ["config", "steps", "diagnostics", "duration", "changeSummary", "maybeCorrupt"];
  if (Object.keys(value).length > 0 && !known.some((key) => key in value)) return refuse("JSON of another kind");
  const preview = readDigest(value);
  if (parsed.more && /^\s*"(steps|changeSummary)"\s*:/mu.test(parsed.rest))
    throw new BadInput(`${name}: there is more than one preview in it. Give each by itself.`);
  return parsed.more ? { ...preview, notes: [...preview.notes, "What follows the preview was not read."] } : preview;
}

/** The object, and whether something follows it: `pulumi up --yes --json` prints the preview and then events. */
function parseObject(
  text: string,
  begin: number,
  name: string,
): { readonly value: Json; readonly more: boolean; readonly rest: string } {
  const whole = begin === 0 ? text : text.slice(begin);
  try {
    return { value: JSON.parse(whole) as Json, more: false, rest: "" };
  } catch (error) {
    const end = /^\}[ \t\r]*$/mu.exec(whole);
    if (end !== null)
      try {
        return {
          value: JSON.parse(whole.slice(0, end.index + 1)) as Json,
          more: true,
          rest: whole.slice(end.index + 1),
        };
      } catch {
        // the first error says more
      }
    const message = (error as Error).message;
    const at = placeIn(message, whole);
    const cut = /Unexpected end|Unterminated/u.test(message) || (at ?? 0) >= whole.trimEnd().length;
    const offset = cut ? whole.length : at;
    const where = offset === undefined ? name : `${name}:${positionIn(text, begin + Math.min(offset, whole.length))}`;
    throw new BadInput(
      cut
        ? `${where}: the preview is cut short here. Run it again and keep all of its output: ${previewCommand} > preview.json`
        : `${where}: this is not JSON. Keep standard error out of the file: ${previewCommand} > preview.json`,
    );
  }
}

/** Where JSON.parse stopped: it tells a position, or a piece of the text around the word that it did not expect. */
function placeIn(message: string, text: string): number | undefined {
  const position = /position (\d+)/u.exec(message)?.[1];
  if (position !== undefined) return Number(position);
  const [, token = "", piece = ""] =
    /^Unexpected token '?(.+?)'?, (?:\.\.\.)?"([\s\S]*)"(?:\.\.\.)? is not valid JSON$/u.exec(message) ?? [];
  const begin = piece === "" ? -1 : text.indexOf(piece);
  return begin < 0 || begin !== text.lastIndexOf(piece) ? undefined : begin + Math.max(0, piece.indexOf(token));
}

function withoutObject(text: string, name: string): RawPreview {
  const none = (failure: string): RawPreview => ({
    form: "none",
    steps: [],
    said: [],
    policies: [],
    failure,
    settings: {},
    changeSummary: {},
    notes: [],
  });
  if (text === "")
    return none(
      "there is nothing in it: the preview printed nothing, and why stands in what it printed on standard error",
    );
  if (/^\s*(error:|panic:)/mu.test(text)) return none(text);
  const human = /Previewing (update|destroy|refresh)|^\s*Type\s+Name\s+Plan/mu.test(text);
  throw new BadInput(
    `${name}: ${human ? "this is the preview for people" : "there is no JSON in it"}. Write it with: ${previewCommand} > preview.json`,
  );
}
