/** What source-map-support, which Pulumi's runner registers, puts in place of V8's own text of a stack. */
type Mapping = (error: Error, frames: readonly NodeJS.CallSite[]) => unknown;

/** The SDK's function that notes a stack with every promise, to be told where one was left over. */
const noting = "debuggablePromise";

/**
 * Leaves the SDK's notes of where each promise began unmapped. Pulumi writes one stack a promise, thousands a run, and
 * maps each through source maps: that was a second of every preview. All other stacks, those of errors above all, are
 * mapped as before; a leaked promise is told with the places in the compiled files. For a program of its own process only.
 */
export function unmappedPromiseStacks(): void {
  const mapped = Error.prepareStackTrace as Mapping | undefined;
  if (mapped === undefined) return;
  Error.prepareStackTrace = (error, frames) =>
    frames[0]?.getFunctionName() === noting
      ? [String(error), ...frames.map((frame) => `    at ${frame}`)].join("\n")
      : mapped(error, frames);
}
