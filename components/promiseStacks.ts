/** What source-map-support, which Pulumi's runner registers, puts in place of V8's own text of a stack. */
type Mapping = (error: Error, frames: readonly NodeJS.CallSite[]) => unknown;

/** The SDK's function that notes a stack with every promise, to be told where one was left over. */
const ofPromises = "debuggablePromise";
/** Its module that has it, which its other modules ask for it at every promise. */
const home = "@pulumi/pulumi/runtime/debuggable.js";
/** Its function that notes a stack with every resource: the state keeps from where in the project it was made. */
const ofResources = "callsites";
/** Without it the SDK never shows where a promise began. */
const shownBy = "PULUMI_DEBUG_PROMISE_LEAKS";

const isProjects = (file: string): boolean => !file.startsWith("node:") && !/[\\/]node_modules[\\/]/.test(file);

/** Without what called the project's first file: the runner, and the loading of modules, the same at every resource. */
function toTheProgram(frames: readonly NodeJS.CallSite[]): readonly NodeJS.CallSite[] {
  const last = frames.findLastIndex((frame) => isProjects(frame.getFileName() ?? "node:"));
  return last < 0 ? frames : frames.slice(0, last + 1);
}

/**
 * Leaves out the SDK's notes of where each promise began, unless they are asked for (then they are unmapped), and leaves unmapped
 * of where each resource was made all that is not the project's own. Pulumi writes one stack for each, thousands a run,
 * and maps them through source maps: that was a second of every preview. All other stacks, those of errors above all,
 * are mapped as before. For a program of its own process only.
 */
export function unmappedPromiseStacks(environment: NodeJS.ProcessEnv = process.env): void {
  const mapped = Error.prepareStackTrace as Mapping | undefined;
  if (mapped === undefined) return;
  const promisesShown = Boolean(environment[shownBy]);
  if (!promisesShown) withoutFrames();
  const places = new Map<string, string>();
  const lineOf = (error: Error, frame: NodeJS.CallSite): string => {
    const file = frame.getFileName() ?? "node:";
    if (!isProjects(file)) return `    at ${frame}`;
    // Most resources are made in the same few places.
    const place = `${file}:${frame.getLineNumber()}:${frame.getColumnNumber()}`;
    const known = places.get(place);
    if (known !== undefined) return known;
    const line = String(mapped(error, [frame]))
      .split("\n")
      .slice(1)
      .join("\n");
    places.set(place, line);
    return line;
  };
  Error.prepareStackTrace = (error, frames) => {
    const noting = frames[0]?.getFunctionName();
    if (noting === ofPromises) return [String(error), ...frames.map((frame) => `    at ${frame}`)].join("\n");
    if (noting === ofResources)
      return [String(error), ...toTheProgram(frames).map((frame) => lineOf(error, frame))].join("\n");
    return mapped(error, frames);
  };
}

interface Home {
  debuggablePromise(...given: readonly unknown[]): unknown;
}

/** Of a stack that nobody will see, V8 need not look up the frames either: a tenth of a program's time, by its profile. */
function withoutFrames(): void {
  try {
    const sdk: Home = require(home);
    const noted = sdk.debuggablePromise;
    if (typeof noted !== "function") return;
    sdk.debuggablePromise = (...given) => {
      const limit = Error.stackTraceLimit;
      Error.stackTraceLimit = 0;
      try {
        return noted(...given);
      } finally {
        Error.stackTraceLimit = limit;
      }
    };
  } catch {
    // An SDK that has it elsewhere, or does not let it be replaced: its notes cost what they cost, and nobody's run ends.
  }
}
