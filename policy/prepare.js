// Run by npm before it packs this folder: puts the compiled pack beside index.js, with exactly the modules that it needs.
const { cpSync, existsSync, mkdirSync, readFileSync, rmSync } = require("node:fs");
const { dirname, join, relative } = require("node:path");

const compiled = join(__dirname, "..", "dist");
const packed = join(__dirname, "dist");
const license = join(__dirname, "LICENSE");

function take(file, taken) {
  if (taken.has(file)) return;
  taken.add(file);
  const text = readFileSync(file, "utf8");
  for (const [, path] of text.matchAll(/require\("(\.[^"]+)"\)/g)) {
    const target = join(dirname(file), path);
    const found = [`${target}.js`, join(target, "index.js")].find((candidate) => existsSync(candidate));
    if (found === undefined) throw new Error(`${file} needs ${path}, which is not compiled: run \`npm run compile\``);
    take(found, taken);
  }
}

rmSync(packed, { recursive: true, force: true });
rmSync(license, { force: true });
if (!process.argv.includes("--clean")) {
  const start = join(compiled, "policy", "pack.js");
  if (!existsSync(start)) throw new Error("the policy pack is not compiled: run `npm run compile` in the repository");
  const files = new Set();
  take(start, files);
  for (const file of files) {
    const target = join(packed, relative(compiled, file));
    mkdirSync(dirname(target), { recursive: true });
    cpSync(file, target);
  }
  cpSync(join(__dirname, "..", "LICENSE"), license);
}
