import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** What Pulumi.yaml's `runtime.options` may say for Node programs, as Pulumi's own host understands it. */
export interface RuntimeOptions {
  /** Default true: the program may be TypeScript and is loaded through ts-node. */
  readonly typescript: boolean;
  /** More arguments for node itself, one string as on a command line. */
  readonly nodeargs: readonly string[];
  /** Path of a tsconfig.json, relative to the program's folder. */
  readonly tsconfig: string | undefined;
}

export function runtimeOptions(options: Readonly<Record<string, unknown>>): RuntimeOptions {
  const { typescript, nodeargs, tsconfig } = options;
  return {
    typescript: typescript !== false && typescript !== "false",
    nodeargs: typeof nodeargs === "string" ? splitArguments(nodeargs) : [],
    tsconfig: typeof tsconfig === "string" && tsconfig ? tsconfig : undefined,
  };
}

/** Splits as a shell would: spaces, single and double quotes, backslash outside single quotes. */
export function splitArguments(text: string): string[] {
  const words: string[] = [];
  for (const match of text.matchAll(/(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/g)) {
    words.push(
      match[0].replace(/\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/g, (_all, escaped, double, single) =>
        escaped !== undefined ? escaped : double !== undefined ? double.replace(/\\(["\\])/g, "$1") : single,
      ),
    );
  }
  return words;
}

/** The SDK's runner in the program's own node_modules: the program and its runner must load the same SDK. */
export function findRunner(programDirectory: string): string {
  const fromProgram = createRequire(join(programDirectory, "Pulumi.yaml"));
  try {
    return join(dirname(fromProgram.resolve("@pulumi/pulumi/package.json")), "cmd", "run");
  } catch {
    throw new Error(
      `the program in ${programDirectory} has no @pulumi/pulumi: run "npm install" (or "npm install @pulumi/pulumi") there.`,
    );
  }
}

export interface RunRequestFacts {
  readonly project: string;
  readonly stack: string;
  readonly organization: string;
  readonly pwd: string;
  readonly dryRun: boolean;
  readonly parallel: number;
  readonly monitorAddress: string;
  readonly engineAddress: string;
  readonly rootDirectory: string;
  readonly entryPoint: string;
  readonly args: readonly string[];
  readonly config: ReadonlyMap<string, string>;
  readonly secretKeys: readonly string[];
}

/**
 * V8 begins with a young generation of one megabyte and copies what survives each time that is full; a program's half
 * gigabyte of short-lived values in three seconds is then collected twenty times, and with this ten.
 */
const youngGeneration = "--min-semi-space-size=16";

/** Arguments of node: ours, its own, the runner, the runner's flags, the entry point ("." is the program's folder). */
export function runnerArguments(runner: string, options: RuntimeOptions, request: RunRequestFacts): string[] {
  const flag = (name: string, value: string): string[] => (value ? [`--${name}`, value] : []);
  return [
    youngGeneration,
    ...options.nodeargs,
    runner,
    ...flag("monitor", request.monitorAddress),
    ...flag("engine", request.engineAddress),
    ...flag("organization", request.organization),
    ...flag("project", request.project),
    ...flag("stack", request.stack),
    ...flag("pwd", request.pwd),
    ...flag("root-directory", request.rootDirectory),
    ...(request.parallel > 0 ? flag("parallel", String(request.parallel)) : []),
    ...(request.dryRun ? ["--dry-run"] : []),
    request.entryPoint || ".",
    ...request.args,
  ];
}

export function runnerEnvironment(
  base: NodeJS.ProcessEnv,
  options: RuntimeOptions,
  request: RunRequestFacts,
): NodeJS.ProcessEnv {
  return {
    ...base,
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.config)),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.secretKeys),
    ...(options.typescript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
    ...(options.tsconfig ? { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig } : {}),
  };
}
