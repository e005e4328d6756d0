import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { BadInput, CouldNotRun } from "../../review/verdict";
import { runToEnd } from "../childProcess";
import { findPulumi } from "../findPulumi";
import type { Progress } from "../progress";
import { shellWord } from "../shellWord";
import { recoverStack, type StackPlace } from "./recoverStack";

export interface PlainStackOptions {
  /** As `pulumi --stack` takes it: NAME, ORGANIZATION/NAME or ORGANIZATION/PROJECT/NAME. */
  readonly stack: string;
  /** Folder of the project. */
  readonly folder: string;
  readonly yes: boolean;
  readonly progress: Progress;
}

/** `entra-connect recover` of a stack as it is: with the caller's login, backend and environment. */
export async function recoverPlainStack(options: PlainStackOptions) {
  const { folder, stack, progress } = options;
  const project = projectAt(folder);
  const { path } = await findPulumi({ progress });
  const pulumi: StackPlace["pulumi"] = async (args) => {
    const words = [...args, "--non-interactive", "--color", "never"];
    const environment = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
    const { code, stdout, stderr, problem } = await runToEnd(path, words, { cwd: project.folder, environment });
    if (problem !== undefined) throw new CouldNotRun(`${path} could not be run: ${problem}. Install Pulumi.`);
    return { code, stdout, stderr };
  };
  const parts = stack.split("/");
  const where = resolve(folder) === process.cwd() ? "" : ` --cwd ${shellWord(folder)}`;
  const name = shellWord(stack);
  return recoverStack(
    {
      project: (parts.length === 3 ? parts[1] : undefined) ?? project.name,
      stack: parts.at(-1) ?? stack,
      backendUrl: await backendOf(pulumi),
      folder: project.folder,
      commands: {
        up: `pulumi up --stack ${name}${where}`,
        cancel: `pulumi cancel --stack ${name}${where}`,
        refresh: `pulumi refresh --stack ${name}${where}`,
        recover: `npx entra-connect recover --stack ${name}${where}`,
      },
      named: stack,
      pulumi,
    },
    options.yes,
  );
}

/** The project that pulumi would find from here. */
function projectAt(from: string): { readonly folder: string; readonly name: string } {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const file = ["Pulumi.yaml", "Pulumi.yml"].map((name) => join(folder, name)).find(existsSync);
    if (file !== undefined) {
      const { name } = parse(readFileSync(file, "utf8")) as { readonly name?: unknown };
      if (typeof name !== "string" || name === "") throw new BadInput(`${file} has no name.`);
      return { folder, name };
    }
    if (folder === dirname(folder))
      throw new BadInput(
        `there is no Pulumi.yaml in ${resolve(from)} or above it. Go to the project's folder, or give it (--cwd).`,
      );
  }
}

async function backendOf(pulumi: StackPlace["pulumi"]): Promise<string> {
  const told = await pulumi(["whoami", "--json"]);
  const notLoggedIn = "Log in to where the state is kept (pulumi login), or set PULUMI_BACKEND_URL.";
  if (told.code !== 0)
    throw new CouldNotRun(`pulumi does not say where the state is kept: ${told.stderr.trim()}\n${notLoggedIn}`);
  try {
    const { url } = JSON.parse(told.stdout) as { readonly url?: unknown };
    if (typeof url === "string" && url !== "") return url;
  } catch {
    // said below
  }
  throw new CouldNotRun(`pulumi whoami --json does not name the backend: ${told.stdout.trim()}\n${notLoggedIn}`);
}
