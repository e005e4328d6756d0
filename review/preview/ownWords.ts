/**
 * An error's own words: without the frames of its stack, what Node shows of its members behind them, the runner's
 * introduction, and the resources through whose inputs it came (the engine's SDK names one for each that waited for the one
 * before).
 */
export function withoutStack(message: string): string {
  return message
    .replace(/(?:error serializing property "[^"]*":\s*(?:Error:\s*)?)+/g, "")
    .replace(/^(\s+at .+) \{\n(?:\s+.*\n)*\}$/gm, "$1")
    .split("\n")
    .filter((line) => !/^\s+at .+(:\d+:\d+\)?|\(<anonymous>\))$/.test(line))
    .filter((line) => !/^(error: )?Running program .* failed with an unhandled exception:$/.test(line.trim()))
    .join("\n")
    .replace(/^\s*(?:error: )?(?:<ref \*\d+> )?Error: /, "");
}

/**
 * The same, with the place in the program's own files behind an error of one line: whoever wrote the program looks there.
 * What refuses says in further lines why and what to do, and its place helps nobody.
 */
export function ownWordsOf(error: string): string {
  const words = withoutStack(error).trim();
  const [, place] = /^\s+at (?:.* \()?((?!node:)[^\s()]+:\d+:\d+)\)?$/m.exec(withoutPackages(error)) ?? [];
  return words === "" || words.includes("\n") || place === undefined ? words : `${words}\nat ${place}`;
}

const withoutPackages = (error: string): string =>
  error
    .split("\n")
    .filter((line) => !/[\\/]node_modules[\\/]/.test(line))
    .join("\n");
