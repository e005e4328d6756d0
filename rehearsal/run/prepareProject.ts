import { mkdir, writeFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { stringify } from "yaml";
import { type FoundProject, record } from "./findProject";

/** The project as rehearsed: Pulumi.yaml and the stack's settings, under the world's `project/`. */
export interface PreparedProject {
  readonly folder: string;
  readonly name: string;
  readonly stack: string;
}

/**
 * Writes the copy that the engine runs. Pulumi.yaml keeps every setting's declaration; its program is named by an
 * absolute path, and what would lead to another backend or another place for settings is left out.
 */
export async function prepareProject(
  project: FoundProject,
  stack: string,
  settings: string,
  folder: string,
): Promise<PreparedProject> {
  await mkdir(folder, { recursive: true });
  const { backend: _backend, stackConfigDir: _stackConfigDir, runtime, plugins, ...kept } = project.description;
  const description = {
    ...kept,
    main: project.program,
    runtime: runtimeOf(runtime, project.program),
    ...(plugins === undefined ? {} : { plugins: withAbsolutePaths(plugins, project.folder) }),
  };
  await writeFile(join(folder, "Pulumi.yaml"), stringify(description));
  await writeFile(join(folder, settingsName(stack)), settings, { mode: 0o600 });
  return { folder, name: project.name, stack };
}

export function settingsName(stack: string): string {
  return `Pulumi.${stack}.yaml`;
}

/** Compiled programs need no TypeScript loader, which costs a fifth of a second at every run. */
function runtimeOf(runtime: unknown, program: string): unknown {
  if (!/\.[cm]?js$/.test(program)) return runtime;
  const options = typeof runtime === "string" ? {} : record(record(runtime).options);
  return { name: "nodejs", options: { ...options, typescript: false } };
}

/** Plugin paths are relative to Pulumi.yaml, which now lies elsewhere. */
function withAbsolutePaths(plugins: unknown, folder: string): unknown {
  if (Array.isArray(plugins)) return plugins.map((each) => withAbsolutePaths(each, folder));
  if (typeof plugins !== "object" || plugins === null) return plugins;
  return Object.fromEntries(
    Object.entries(plugins).map(([key, value]) => [
      key,
      key === "path" && typeof value === "string" && !isAbsolute(value)
        ? join(folder, value)
        : withAbsolutePaths(value, folder),
    ]),
  );
}
