import { existsSync, readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { dirname, resolve } from "node:path";

const maps = new Map<string, SourceMap | undefined>();

function mapOf(file: string): SourceMap | undefined {
  if (!maps.has(file)) {
    const own = /^[\\/]|^[A-Za-z]:/.test(file) && !/[\\/]node_modules[\\/]/.test(file) && existsSync(`${file}.map`);
    maps.set(file, own ? new SourceMap(JSON.parse(readFileSync(`${file}.map`, "utf8"))) : undefined);
  }
  return maps.get(file);
}

function told(frame: NodeJS.CallSite): string {
  const [file, line, column] = [frame.getFileName() ?? "", frame.getLineNumber() ?? 1, frame.getColumnNumber() ?? 1];
  const entry = mapOf(file)?.findEntry(line - 1, column - 1);
  if (entry === undefined || !("originalSource" in entry)) return String(frame);
  const place = `${resolve(dirname(file), entry.originalSource)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  return String(frame).replace(`${file}:${line}:${column}`, () => place);
}

/**
 * Loaded before the tests (`--require`): stacks name the sources, as with Node's --enable-source-maps. That reads every
 * map when its file is loaded and maps every stack that is written, and Pulumi's SDK writes one for each promise: a third
 * of the processor time of the components' tests. Here a map is read when an error of its file is told, and a note of the
 * SDK is written when somebody reads it, which is where a promise was left over.
 */
Error.prepareStackTrace = (error, frames) => {
  const written = (tell: (frame: NodeJS.CallSite) => string) =>
    [String(error), ...frames.map((frame) => `    at ${tell(frame)}`)].join("\n");
  return frames[0]?.getFunctionName() === "debuggablePromise" ? { toString: () => written(String) } : written(told);
};
