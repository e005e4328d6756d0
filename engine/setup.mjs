// What `npm run rehearse`, `npm test` and `npm run setup` start: brings a fresh clone to the point where the compiled
// command line runs, then hands over to it. Plain Node and nothing else, because nothing else is installed yet.
// Progress goes to standard error, so that what is handed over to owns standard output.

import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const repository = join(dirname(fileURLToPath(import.meta.url)), "..");
const oldestNode = [20, 19];
const rooms = ["components", "scripts", "review", "cli", "rehearsal", "engine", "policy", "test", "bench"];
const compiledStamp = join(repository, "dist", ".compiled");
/** Milliseconds that each test file took when it last ran here. */
const tookRecord = join(repository, "dist", "test", ".took.json");

function say(text) {
  process.stderr.write(`set-up: ${text}\n`);
}

class SetupFailed extends Error {}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  throw new SetupFailed(
    `this is Node.js ${process.versions.node}, but ${oldestNode.join(".")} or later is needed. Install the present ` +
      "long-term release from https://nodejs.org/ (or with your version manager) and run the same command again.",
  );
}

/** npm as it was started, else the one on PATH. Windows runs npm.cmd only through a shell. */
function npm(args) {
  const started = process.env.npm_execpath;
  const options = { cwd: repository, stdio: ["ignore", 2, 2] };
  const result =
    started && /\.c?js$/.test(started)
      ? spawnSync(process.execPath, [started, ...args], options)
      : spawnSync("npm", args, { ...options, shell: process.platform === "win32" });
  if (result.error) throw new SetupFailed(`npm could not be started (${result.error.message}). It comes with Node.js.`);
  return result.status === 0;
}

/**
 * Whether npm's own record of node_modules (written last, so absent after an interrupted install) agrees with
 * package-lock.json. Packages for other platforms are optional and may be missing.
 */
function nodeModulesAgree() {
  const record = join(repository, "node_modules", ".package-lock.json");
  if (!existsSync(record)) return false;
  let installed;
  try {
    installed = JSON.parse(readFileSync(record, "utf8")).packages;
  } catch {
    return false;
  }
  const wanted = JSON.parse(readFileSync(join(repository, "package-lock.json"), "utf8")).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "") return true;
    const found = installed[path];
    return found ? found.version === entry.version : Boolean(entry.optional || entry.devOptional);
  });
}

function installNodeModules() {
  const folder = join(repository, "node_modules");
  // A link was made on purpose, by somebody who shares one set between several work trees.
  if (existsSync(folder) && lstatSync(folder).isSymbolicLink()) return;
  if (nodeModulesAgree()) return;
  say("installing node modules (npm ci), about a minute…");
  if (!npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])) {
    throw new SetupFailed(
      "npm ci failed; what it said is above. Nothing else is needed than the npm registry: check the network or " +
        "proxy settings and run the same command again.",
    );
  }
}

function* filesUnder(folder) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesUnder(path);
    else yield path;
  }
}

/** One digest of everything the compiler reads; file times and sizes are enough and cost milliseconds. */
function sourcesDigest() {
  const digest = createHash("sha256").update(process.versions.node);
  const files = ["index.ts", "tsconfig.json", "tsconfig.build.json", "package-lock.json"].map((n) =>
    join(repository, n),
  );
  for (const room of rooms) {
    for (const file of filesUnder(join(repository, room))) if (/\.(ts|json)$/.test(file)) files.push(file);
  }
  for (const file of files.sort()) {
    const { mtimeMs, size } = statSync(file);
    digest.update(`${relative(repository, file)} ${mtimeMs} ${size}\n`);
  }
  return digest.digest("hex");
}

/** The compiler never deletes: what a removed source left behind would still be run as a test or shipped. */
function removeOrphans() {
  const dist = join(repository, "dist");
  for (const file of filesUnder(dist)) {
    const compiled = /^(.*?)(\.d\.ts|\.js)(\.map)?$/.exec(relative(dist, file));
    if (compiled && !existsSync(join(repository, `${compiled[1]}.ts`))) rmSync(file);
  }
}

function compile() {
  const digest = sourcesDigest();
  if (existsSync(compiledStamp) && readFileSync(compiledStamp, "utf8") === digest) return;
  say("compiling…");
  const compiler = createRequire(join(repository, "package.json")).resolve("typescript/bin/tsc");
  const result = spawnSync(process.execPath, [compiler, "-p", "tsconfig.build.json"], {
    cwd: repository,
    stdio: ["ignore", 2, 2],
  });
  if (result.status !== 0) throw new SetupFailed("the sources do not compile; the compiler's words are above.");
  removeOrphans();
  const checks = spawnSync(process.execPath, [join(repository, "dist", "components", "settings", "prepareChecks.js")], {
    cwd: repository,
    stdio: ["ignore", 2, 2],
  });
  if (checks.status !== 0) throw new SetupFailed("the checks could not be prepared; what went wrong stands above.");
  writeFileSync(compiledStamp, digest);
}

/** Runs a part of this repository on the same Node, with this terminal. Signals reach it; we only wait for its end. */
function node(args, environment = process.env) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: process.cwd(), stdio: "inherit", env: environment });
    // Ctrl-C reaches the child through the terminal; what is sent to us alone is passed on.
    const stay = () => {};
    const pass = () => child.kill("SIGTERM");
    process.on("SIGINT", stay);
    process.on("SIGTERM", pass);
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      process.removeListener("SIGINT", stay);
      process.removeListener("SIGTERM", pass);
      resolve(code ?? (signal === "SIGINT" ? 130 : 1));
    });
  });
}

/** Everything that a rehearsal needs besides this repository: a present-day Node and the Pulumi engine. */
function prepareEngine() {
  return node([join(repository, "dist", "engine", "prepare.js")]);
}

/**
 * Rooms and files whose tests need the engine, the test PowerShell, a browser, a server or many processes, or walk through
 * tens of thousands of worlds: ten seconds of processor time to minutes a file.
 */
const slowRooms = [
  "tierB",
  "cli/archive",
  "cli/watch",
  "cli/archive",
  "cli/watch",
  "components/apiReference",
  "components/roleWalk",
  "engine",
  "policy",
  "rehearsal/run",
  "rehearsal/windows",
  "rehearsal/command",
  "rehearsal/world",
  "rehearsal/azure",
  "review/alerts/queries",
  "review/cases",
  "review/configuration/command",
  "review/exports",
  "review/preview/browser",
  "review/preview/command",
  "review/preview/workflows",
  "review/render/browser",
  "review/switch/walk",
  "scripts/collect",
  "scripts/windowsPowershell",
];

function readTook() {
  try {
    return JSON.parse(readFileSync(tookRecord, "utf8"));
  } catch {
    return {};
  }
}

/**
 * Compiled test files whose path below `test` holds one of the words. Those first that took longest the last time, so
 * that no worker begins a long one when the others are done; before there was one, those of the real engine.
 */
function testFiles(words, fast) {
  const tests = join(repository, "dist", "test");
  const found = [...filesUnder(tests)]
    .filter((path) => path.endsWith(".test.js"))
    .map((path) => relative(tests, path).replaceAll("\\", "/"))
    .filter((path) => words.length === 0 || words.some((word) => path.includes(word.replace(/\.ts$/, ".js"))))
    .filter((path) => !fast || !slowRooms.some((room) => path.startsWith(room)));
  const took = readTook();
  const expected = (path) => took[`dist/test/${path}`] ?? (path.startsWith("tierB/") ? Number.MAX_VALUE : 0);
  return found.sort((a, b) => expected(b) - expected(a) || a.localeCompare(b)).map((path) => join(tests, path));
}

/**
 * `npm test`: lint and every test. `npm test -- WORD…`: the test files whose path holds a word. `--fast`: without the
 * rooms that take long. Everything from the first word with a dash on is mocha's.
 */
async function test(args) {
  const fast = args.includes("--fast");
  const given = args.filter((word) => word !== "--fast");
  const firstOption = given.findIndex((word) => word.startsWith("-"));
  const words = firstOption < 0 ? given : given.slice(0, firstOption);
  const options = firstOption < 0 ? [] : given.slice(firstOption);
  const count = { passed: 0, failed: 0, skipped: 0 };
  const finish = () => {
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : "";
    process.stdout.write(`\n${count.passed} passed, ${count.failed} failed${skipped}\n`);
    return count.failed === 0 ? 0 : 1;
  };
  try {
    checkNode();
    installNodeModules();
    compile();
  } catch (error) {
    if (!(error instanceof SetupFailed)) throw error;
    say(error.message);
    count.failed += 1;
    return finish();
  }
  const files = testFiles(words, fast);
  if (files.length === 0) {
    say(`no test file below dist/test has ${words.join(" or ")} in its path.`);
    count.failed += 1;
    return finish();
  }
  if (!fast && (await prepareEngine()) !== 0)
    say("going on without the engine: tests that need it are skipped, or fail with REQUIRE_ALL=1.");

  const resolve = createRequire(join(repository, "package.json")).resolve;
  say("lint…");
  const lint = await node([resolve("@biomejs/biome/bin/biome"), "check", "--colors=off", repository]);
  if (lint === 0) count.passed += 1;
  else count.failed += 1;

  const folder = mkdtempSync(join(tmpdir(), "entra-connect-test-"));
  const counts = join(folder, "counts.json");
  const reporter = join(repository, "dist", "test", "support", "countedSpec.js");
  const mocha = join(dirname(resolve("mocha/package.json")), "bin", "mocha.js");
  // Much of the long tests is waiting, for simulated operators and for silence: one more worker than processors.
  const workers = ["--parallel", "--jobs", String(availableParallelism() + 1)];
  const code = await node([
    mocha,
    "--config",
    join(repository, ".mocharc.json"),
    ...workers,
    "--require",
    join(repository, "dist", "test", "support", "mappedStacks.js"),
    "--reporter",
    reporter,
    "--reporter-option",
    `counts=${counts}`,
    ...options,
    ...files,
  ]);
  try {
    const told = JSON.parse(readFileSync(counts, "utf8"));
    for (const key of Object.keys(count)) count[key] += told[key];
    writeFileSync(tookRecord, JSON.stringify({ ...readTook(), ...told.took }));
    // Mocha knows failures that are no test's: a file that cannot be loaded, a hook.
    if (code !== 0 && told.failed === 0) count.failed += 1;
  } catch {
    say("mocha ended without its counts");
    count.failed += 1;
  }
  rmSync(folder, { recursive: true, force: true });
  return finish();
}

async function main() {
  const [task, ...args] = process.argv.slice(2);
  if (task === "test") return test(args);
  if (task !== undefined && task !== "rehearse" && task !== "sweep" && task !== "compile") {
    say(`"${task}" is not known here. Use: npm run setup, npm run rehearse, npm run sweep, npm test.`);
    return 3;
  }
  checkNode();
  installNodeModules();
  compile();
  if (task === "compile") return 0;
  if (task === "rehearse") return node([join(repository, "dist", "cli", "main.js"), "rehearse", ...args]);
  const code = await prepareEngine();
  if (task === "sweep") return code === 0 ? node([join(repository, "dist", "test", "sweep", "run.js"), ...args]) : code;
  if (code === 0) say("done. Next: npm run rehearse");
  return code;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof SetupFailed)) throw error;
  say(error.message);
  process.exitCode = 4;
}
