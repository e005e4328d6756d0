import { join, relative } from "node:path";
import { duration, progressTo } from "../../../engine/progress";
import { BadInput, type ExitCode, exitCodes } from "../../../review/verdict";
import { heading } from "../text";
import { type Claim, Stage, type Telling } from "./stage";
import { type Story, stories } from "./stories";

export interface SwitchRehearsal {
  /** Where the simulated worlds are kept. */
  readonly dir: string;
  /** Name of a story; `all` for every one. */
  readonly story: string;
  readonly json: boolean;
}

export interface PlayedStory {
  readonly story: string;
  readonly states: readonly string[];
  readonly claims: readonly Claim[];
  readonly held: boolean;
  readonly folder: string;
}

/** Plays one story in a folder of its own, which is made anew. */
export async function playStory(story: Story, folder: string, telling: Telling): Promise<PlayedStory> {
  const stage = await Stage.set(folder, telling, story.version);
  await story.play(stage);
  const { claims, states } = stage;
  return { story: story.name, states, claims, folder, held: claims.every(({ holds }) => holds) };
}

/**
 * `entra-connect rehearse switch`: the role switch as it will be, with the very code of `entra-connect switch`, on two
 * simulated servers and a tenant that sees who exports. Exit code 0 only if everything came as it had to.
 */
export async function rehearseSwitch({ dir, story, json }: SwitchRehearsal): Promise<ExitCode> {
  const chosen = story === "all" ? stories : stories.filter(({ name }) => name === story);
  if (chosen.length === 0)
    throw new BadInput(`--story ${story}: there is none. One of: ${stories.map(({ name }) => name).join(", ")}, all.`);
  const progress = progressTo();
  const say = (text: string): void => {
    progress.clear();
    if (!json) process.stdout.write(`${text}\n`);
  };
  const telling: Telling = { heading: (text) => say(heading(text)), line: (text) => say(`  ${text}`) };
  const began = Date.now();
  const played: PlayedStory[] = [];
  for (const each of chosen) {
    telling.heading(`${each.name}: ${each.title}`);
    const result = await playStory(each, join(dir, "switch", each.name), telling);
    for (const { holds, text } of result.claims) say(`  ${holds ? "held  " : "FAILED"}  ${text}`);
    played.push(result);
  }
  const held = played.every((each) => each.held);
  if (json) process.stdout.write(`${JSON.stringify({ held, played }, null, 2)}\n`);
  else say(ending(played, held, Date.now() - began));
  return held ? exitCodes.ok : exitCodes.blocked;
}

function ending(played: readonly PlayedStory[], held: boolean, milliseconds: number): string {
  const [first] = played;
  const place = first === undefined ? "" : relative(process.cwd(), first.folder) || first.folder;
  const others = stories.map(({ name, title }) => `  ${name.padEnd(15)} ${title}`);
  return [
    heading(
      `${held ? "Everything came as it had to" : "NOT everything came as it had to"} (${duration(milliseconds)})`,
    ),
    `  The run book as a page: ${join(place, "run-book.html")}; the record: ${join(place, "record")}`,
    `  Prove the record:       entra-connect switch verify ${join(place, "record")}`,
    "  What each state means, and the switch on real servers: docs/switch.md",
    heading("Stories (--story NAME, or all)"),
    ...others,
  ].join("\n");
}
