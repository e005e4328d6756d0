/**
 * Records previews for test/review/preview: `npm run record-previews [NAME…]`. The real engine on rehearsed worlds; long
 * texts (scripts, assets) are cut to their beginning and their hash, so that equal stays equal and a file stays readable.
 */
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Rehearsal } from "../../support/rehearsal";
import { repositoryRoot } from "../../support/repository";
import { otherStacks } from "./otherStacks";
import { type Scenario, type StationName, scenarios, stations, succeed } from "./scenarios";

export const recordedFolder = join(repositoryRoot, "test", "review", "preview", "recorded");
const longest = 160;
const kept = 60;

/** What people read stays whole, and so does the configuration: it says what the roles are. */
const whole = ["config", "diagnostics", "diagnosticEvent", "preludeEvent"];

/** What a script of ours is told stays: it says why a command runs again. */
const told = /\$argumentsText = @'\n(.*)\n'@\n/;

function shortenedScript(text: string, [whole, given = "{}"]: RegExpExecArray): string {
  const rest = text.replace(whole, "");
  return `${abbreviated(rest)}\n$argumentsText = @'\n${JSON.stringify(shortened(JSON.parse(given)))}\n'@\n`;
}

function abbreviated(text: string): string {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 12);
  return `${text.slice(0, kept)}… (${text.length} characters, ${hash})`;
}

/** Every other text that is long becomes its beginning, length and hash. */
function shortened(value: unknown): unknown {
  if (typeof value === "string") {
    // Names of resources are what a review speaks of.
    if (value.length <= longest || /^(urn:pulumi:|\/subscriptions\/)\S*$/.test(value)) return value;
    const given = told.exec(value);
    return given === null ? abbreviated(value) : shortenedScript(value, given);
  }
  if (Array.isArray(value)) return value.map(shortened);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      // Where this machine keeps its files, and when it was recorded.
      .filter(([key]) => !["stackTrace", "created", "modified"].includes(key))
      .map(([key, each]) => [key, whole.includes(key) ? each : shortened(each)]),
  );
}

/** Folders of this machine become what a user would have. */
function withoutThisMachine(text: string, world: Rehearsal): string {
  return (
    text
      .replaceAll(world.world, "/rehearsed")
      .replaceAll(world.project, "/project")
      .replaceAll(join(repositoryRoot, "dist", "index.js"), "/project/index.ts")
      .replaceAll(/"project:\/\/\/[^"]*\/(index|other|broken)\.js#/g, '"project:///index.ts#')
      .replaceAll(/"project:\/\/\/(other|broken)\.js#/g, '"project:///index.ts#')
      .replaceAll(/"project:\/\/\/\.\.[^"]*"/g, '"project:///node_modules/library.js#1,1"')
      // A state that was made in another world of the recording knows its files there.
      .replaceAll(/\/[^"\s]*\/entra-connect-rehearsal-\w+\/world/g, "/rehearsed")
      .replaceAll(/\/[^"\s]*\/entra-connect-rehearsal-\w+\/project/g, "/project")
      .replaceAll(repositoryRoot, "/library")
  );
}

function printed(output: string, world: Rehearsal): string {
  const text = withoutThisMachine(output, world).trim();
  if (!text.startsWith('{"sequence"')) return digest(shortened(JSON.parse(text || "{}")) as Record<string, unknown>);
  return `${text
    .split("\n")
    .map((line) => JSON.parse(line))
    // Several hundred lines about the engine's own calls.
    .filter(({ diagnosticEvent }) => diagnosticEvent?.severity !== "debug")
    .map((event) => JSON.stringify(shortened(event)))
    .join("\n")}\n`;
}

/** One step a line: a preview that was recorded again can be compared. */
function digest(document: Record<string, unknown>): string {
  const entries = Object.entries(document).map(([key, value]) => {
    const items = Array.isArray(value) ? `[\n${value.map((each) => JSON.stringify(each)).join(",\n")}\n]` : undefined;
    return `${JSON.stringify(key)}: ${items ?? JSON.stringify(value)}`;
  });
  return `{\n${entries.join(",\n")}\n}\n`;
}

async function built(station: StationName): Promise<Rehearsal> {
  const world = new Rehearsal();
  const ours = stations[station as keyof typeof stations];
  if (ours !== undefined) {
    await ours.build(world);
    return world;
  }
  const { source } = otherStacks[station as keyof typeof otherStacks];
  if (source !== "") {
    world.program(world.writeProgram("other.js", source));
    await succeed(world);
  }
  return world;
}

const parts = ["project", "world"];

function copy(from: string, to: string): void {
  for (const part of parts.filter((each) => existsSync(join(from, each))))
    cpSync(join(from, part), join(to, part), { recursive: true, verbatimSymlinks: true });
}

async function record(world: Rehearsal, { name, change, preview, says }: Scenario): Promise<void> {
  const kept = join(world.folder, "kept");
  copy(world.folder, kept);
  try {
    change?.(world);
    const { code, output, errors } = await (preview?.(world) ??
      world.preview("digest", "preview", "--show-sames", "--show-replacement-steps"));
    const text = printed(output, world);
    writeFileSync(join(recordedFolder, `${name}.json`), text);
    console.log(`${name}: exit ${code}, ${text.length} characters; ${says}`);
    if (code !== 0) console.log(errors.split("\n").slice(0, 12).join("\n"));
  } finally {
    for (const part of parts) rmSync(join(world.folder, part), { recursive: true, force: true });
    copy(kept, world.folder);
    rmSync(kept, { recursive: true, force: true });
  }
}

async function main(wanted: readonly string[]): Promise<void> {
  const unknown = wanted.filter((name) => !scenarios.some((each) => each.name === name));
  if (unknown.length > 0) throw new Error(`no such scenario: ${unknown.join(", ")}`);
  const chosen = scenarios.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  mkdirSync(recordedFolder, { recursive: true });
  for (const station of new Set(chosen.map((each) => each.station))) {
    const world = await built(station);
    try {
      for (const scenario of chosen) if (scenario.station === station) await record(world, scenario);
    } finally {
      world.remove();
    }
  }
  if (wanted.length > 0) return;
  // What no scenario makes any more.
  for (const file of readdirSync(recordedFolder))
    if (
      file.endsWith(".json") &&
      !file.includes(".expected.") &&
      !scenarios.some(({ name }) => `${name}.json` === file)
    )
      rmSync(join(recordedFolder, file));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
