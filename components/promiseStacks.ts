/** What source-map-support, which Pulumi's runner registers, puts in place of V8's own text of a stack. */
type Mapping = (error: Error, frames: readonly NodeJS.CallSite[]) => unknown;

/** The SDK's function that notes a stack with every promise, to be told where one was left over. */
const ofPromises = "debuggablePromise";
/** Its function that notes a stack with every resource: the state keeps from where in the project it was made. */
const ofResources = "callsites";

/**
 * Leaves the SDK's notes of where each promise began unmapped, and of where each resource was made all that is not the
 * project's own. Pulumi writes one stack for each, thousands a run, and maps them through source maps: that was a second
 * of every preview. All other stacks, those of errors above all, are mapped as before; a leaked promise is told with the
 * places in the compiled files. For a program of its own process only.
 */
export function unmappedPromiseStacks(): void {
  const mapped = Error.prepareStackTrace as Mapping | undefined;
  if (mapped === undefined) return;
  const lineOf = (error: Error, frame: NodeJS.CallSite): string => {
    const file = frame.getFileName() ?? "node:";
    if (file.startsWith("node:") || /[\\/]node_modules[\\/]/.test(file)) return `    at ${frame}`;
    return String(mapped(error, [frame]))
      .split("\n")
      .slice(1)
      .join("\n");
  };
  Error.prepareStackTrace = (error, frames) => {
    const noting = frames[0]?.getFunctionName();
    if (noting === ofPromises) return [String(error), ...frames.map((frame) => `    at ${frame}`)].join("\n");
    if (noting === ofResources) return [String(error), ...frames.map((frame) => lineOf(error, frame))].join("\n");
    return mapped(error, frames);
  };
}
