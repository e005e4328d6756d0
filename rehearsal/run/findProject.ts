import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { parse } from "yaml";
import { packageName, packageRoot } from "../../engine/packageRoot";
import { BadInput } from "../../review/verdict";

/** A Pulumi project that can be rehearsed, as its author wrote it. */
export interface FoundProject {
  /** Folder of Pulumi.yaml. */
  readonly folder: string;
  readonly name: string;
  /** Pulumi.yaml, parsed. */
  readonly description: Readonly<Record<string, unknown>>;
  /** Absolute path of what Pulumi runs: a file, or a folder that Pulumi resolves through its package.json. */
  readonly program: string;
  /** True for the project that comes with this package. */
  readonly isOwn: boolean;
}

const projectFiles = ["Pulumi.yaml", "Pulumi.yml"];

/** The nearest project from `from` upwards that uses this library; else the one that comes with this package. */
export function findProject(from: string = process.cwd()): FoundProject {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (projectFileIn(folder) && usesLibrary(folder)) return readProject(folder);
    if (folder === dirname(folder)) return readProject(packageRoot);
  }
}

function projectFileIn(folder: string): string | undefined {
  return projectFiles.map((name) => join(folder, name)).find(existsSync);
}

function usesLibrary(folder: string): boolean {
  if (resolve(folder) === packageRoot) return true;
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, "package.json");
    if (existsSync(path)) {
      const manifest = record(parseYaml(path));
      return (
        manifest.name === packageName ||
        ["dependencies", "devDependencies", "peerDependencies"].some((kind) => packageName in record(manifest[kind]))
      );
    }
    if (at === dirname(at)) return false;
  }
}

function readProject(folder: string): FoundProject {
  const path = projectFileIn(folder);
  if (!path) throw new BadInput(`no Pulumi.yaml in ${folder}: this package is damaged, install it again`);
  const description = record(parseYaml(path));
  const { name, main, runtime } = description;
  if (typeof name !== "string" || !name) throw new BadInput(`${path} has no name`);
  const runs = typeof runtime === "string" ? runtime : record(runtime).name;
  if (runs !== "nodejs") {
    throw new BadInput(`${path} says runtime ${JSON.stringify(runs)}; a rehearsal runs programs of the runtime nodejs`);
  }
  const isOwn = resolve(folder) === packageRoot;
  return { folder, name, description, program: programOf(folder, typeof main === "string" ? main : "", isOwn), isOwn };
}

function programOf(folder: string, main: string, isOwn: boolean): string {
  const program = main === "" ? folder : isAbsolute(main) ? main : join(folder, main);
  if (!isOwn) return program;
  // The installed package has no TypeScript sources; its compiled program is the same program.
  const source = join(folder, "index.ts");
  return existsSync(source) ? source : join(folder, "dist", "index.js");
}

/** The settings file of a stack, where Pulumi itself would look for it. */
export function settingsFileOf(project: FoundProject, stack: string): string {
  const { stackConfigDir } = project.description;
  const folder = typeof stackConfigDir === "string" ? join(project.folder, stackConfigDir) : project.folder;
  // A stack may be named organization/project/stack; its file carries the last part.
  const short = stack.split("/").pop() ?? stack;
  const path = join(folder, `Pulumi.${short}.yaml`);
  if (existsSync(path)) return path;
  const there = existsSync(folder)
    ? readdirSync(folder).flatMap((name) => /^Pulumi\.(.+)\.ya?ml$/.exec(name)?.[1] ?? [])
    : [];
  throw new BadInput(
    `there is no settings file ${path}. ` +
      (there.length > 0
        ? `Stacks with settings here: ${there.sort().join(", ")}; choose one with --stack.`
        : "Write one (a commented example is Pulumi.prod.yaml of this package), then choose it with --stack."),
  );
}

function parseYaml(path: string): unknown {
  try {
    return parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new BadInput(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}
