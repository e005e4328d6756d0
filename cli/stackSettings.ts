import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { parse } from "yaml";
import { type ServerTable, serverTable } from "../components/network/firewallTable";
import { settingsNamespace } from "../components/settings/parseConfiguration";
import type { Settings } from "../components/settings/settings";
import { readStackFile } from "../components/settings/stackFile";
import { findProject, settingsFileOf } from "../rehearsal/run/findProject";
import { BadInput, systemClock } from "../review/verdict";

export interface StackChoice {
  readonly stack?: string;
  readonly config?: readonly string[];
}

/** The settings of one file, with what a reader of it should know. */
export interface StackSettings {
  readonly file: string;
  readonly settings: Settings;
  readonly notes: readonly string[];
}

/**
 * The port tables of the stacks that are meant.
 *
 * @throws BadInput with every problem of every file, each with what to write
 */
export async function readTables(choice: StackChoice): Promise<{
  readonly files: readonly string[];
  readonly tables: readonly ServerTable[];
}> {
  const stacks = readStacks(choice, "port");
  const tables = stacks.map(({ file, settings, notes }) => {
    const table = serverTable(settings);
    return { ...table, file: basename(file), notes: [...notes, ...table.notes] };
  });
  return { files: stacks.map(({ file }) => file), tables };
}

/**
 * The settings of the stacks that are meant.
 *
 * @param what is printed of them, for the messages: `port`, `alert`
 * @throws BadInput with every problem of every file, each with what to write
 */
export function readStacks({ stack, config = [] }: StackChoice, what: string): readonly StackSettings[] {
  if (stack !== undefined && config.length > 0)
    throw new BadInput(
      `there is a stack (--stack ${stack}) and files (--config ${config.join(" ")}); give one of the two.`,
    );
  if (stack === undefined && config.length === 0)
    throw new BadInput(
      `say whose ${what}s: --stack NAME reads Pulumi.NAME.yaml of the project here, --config FILE any settings file.`,
    );
  const files = stack === undefined ? config : [stackFileHere(stack)];
  const problems: string[] = [];
  const stacks = files.flatMap((file): StackSettings[] => {
    const reading = readStackFile(parsed(file), projectBeside(file), systemClock());
    if (reading.kind === "foreign")
      problems.push(
        `${file}: no setting of ${settingsNamespace} in it. It needs keys such as ${settingsNamespace}:network; settings that a program of your own makes up are not in a file.`,
      );
    if (reading.kind === "wrong")
      problems.push(
        `${file}:`,
        ...reading.problems.flatMap(({ path, problem, write }) => [
          `  ${path}: ${problem}`,
          `    write: ${write.replaceAll("\n", "\n           ")}`,
        ]),
      );
    return reading.kind === "read" ? [{ file, settings: reading.settings, notes: reading.notes }] : [];
  });
  if (problems.length > 0)
    throw new BadInput(
      `the settings cannot be read as they are, so that no ${what} is printed.\n${problems.join("\n")}`,
    );
  refuseTwins(stacks);
  return stacks;
}

/** Outside every project there is the package's own, whose example nobody's server is built from. */
function stackFileHere(stack: string): string {
  const project = findProject();
  if (project.isOwn && relative(project.folder, process.cwd()).startsWith(".."))
    throw new BadInput(
      `there is no project of this library in ${process.cwd()} or above it, so that Pulumi.${stack}.yaml is not looked for. Run it in the folder of your Pulumi.yaml, or name the file: --config FILE.`,
    );
  return settingsFileOf(project, stack);
}

/** Two files of one server: which of them is right is not ours to say, and one table would hide the other. */
function refuseTwins(stacks: readonly StackSettings[]): void {
  stacks.forEach(({ file, settings: { name } }, index) => {
    const before = stacks.findIndex(({ settings }) => settings.name === name);
    if (before !== index)
      throw new BadInput(
        `${stacks[before]?.file} and ${file} are both of the server ${name}; print them one after the other.`,
      );
  });
}

function parsed(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new BadInput(
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}. Give the path of a Pulumi.<stack>.yaml.`,
    );
  }
  try {
    return parse(text);
  } catch (error) {
    // The parser's text shows the line, which may be a secret: only where it is.
    const place = /at line \d+, column \d+/.exec(error instanceof Error ? error.message : "")?.[0] ?? "";
    throw new BadInput(`${file} is not YAML ${place}. Correct it, or let Pulumi write it with pulumi config set.`);
  }
}

/** What Pulumi.yaml declares stands for what the stack leaves out; without one the stack's file says everything. */
function projectBeside(file: string): unknown {
  const path = ["Pulumi.yaml", "Pulumi.yml"].map((name) => join(dirname(file), name)).find(existsSync);
  return path === undefined ? undefined : parsed(path);
}
