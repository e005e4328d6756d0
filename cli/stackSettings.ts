import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { parse } from "yaml";
import { type ServerTable, serverTable } from "../components/network/firewallTable";
import { settingsNamespace } from "../components/settings/parseConfiguration";
import { readStackFile } from "../components/settings/stackFile";
import { findProject, settingsFileOf } from "../rehearsal/run/findProject";
import { BadInput, systemClock } from "../review/verdict";

export interface StackChoice {
  readonly stack?: string;
  readonly config?: readonly string[];
}

/**
 * The tables of the stacks that are meant.
 *
 * @throws BadInput with every problem of every file, each with what to write
 */
export async function readTables({ stack, config = [] }: StackChoice): Promise<{
  readonly files: readonly string[];
  readonly tables: readonly ServerTable[];
}> {
  if (stack !== undefined && config.length > 0)
    throw new BadInput(
      `there is a stack (--stack ${stack}) and files (--config ${config.join(" ")}); give one of the two.`,
    );
  if (stack === undefined && config.length === 0)
    throw new BadInput(
      "say whose ports: --stack NAME reads Pulumi.NAME.yaml of the project here, --config FILE any settings file.",
    );
  const files = stack === undefined ? config : [stackFileHere(stack)];
  const problems: string[] = [];
  const tables = files.flatMap((file) => {
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
    if (reading.kind !== "read") return [];
    const table = serverTable(reading.settings);
    return [{ ...table, file: basename(file), notes: [...reading.notes, ...table.notes] }];
  });
  if (problems.length > 0)
    throw new BadInput(`the settings cannot be read as they are, so that no port is printed.\n${problems.join("\n")}`);
  refuseTwins(files, tables);
  return { files, tables };
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
function refuseTwins(files: readonly string[], tables: readonly ServerTable[]): void {
  tables.forEach(({ server }, index) => {
    const before = tables.findIndex((each) => each.server === server);
    if (before !== index)
      throw new BadInput(
        `${files[before]} and ${files[index]} are both of the server ${server}; print them one after the other.`,
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
