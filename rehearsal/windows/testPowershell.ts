/** Finds the test PowerShell. Scripts run only in that one: a real PowerShell would act on this machine (promise 12). */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdir, realpath, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { cached } from "../../engine/cached";
import { cacheFolder } from "../../engine/cacheFolder";
import { silent } from "../../engine/progress";
import { CouldNotRun } from "../../review/verdict";

const variable = "ENTRA_CONNECT_TEST_POWERSHELL";

export interface TestPowershell {
  /** Path of the program `pwsh`. */
  readonly path: string;
  /** A folder of its own instead of the user's home. */
  readonly home: string;
}

/**
 * @param asked path of a pwsh, or `off`; default the variable ENTRA_CONNECT_TEST_POWERSHELL, else the bundle beside the
 * repository, unpacked once for this user
 * @returns undefined where there is none; then answers are emulated
 * @throws CouldNotRun where one is named that is not the test PowerShell
 */
export async function findTestPowershell(asked?: string): Promise<TestPowershell | undefined> {
  const wanted = asked ?? process.env[variable];
  if (wanted === "off") return undefined;
  const home = join(cacheFolder(), "test-powershell-home");
  if (wanted) {
    if (await isTestPowershell(wanted)) return ready({ path: wanted, home });
    throw new CouldNotRun(
      `${wanted} is not the test PowerShell: it brings no module TestRegistry. A rehearsal never runs its scripts in ` +
        `another one. Name the test PowerShell in ${variable}, or set it to "off" to have the answers emulated.`,
    );
  }
  const bundle = bundlePath();
  if (process.platform !== "linux" || process.arch !== "x64" || bundle === undefined) return undefined;
  return ready({ path: await unpackOnce(bundle), home });
}

async function ready(powershell: TestPowershell): Promise<TestPowershell> {
  await mkdir(powershell.home, { recursive: true });
  return powershell;
}

async function isTestPowershell(path: string): Promise<boolean> {
  try {
    const folder = dirname(await realpath(path));
    return (
      existsSync(join(folder, "Modules", "TestRegistry")) && existsSync(join(folder, "PwshTestHost.TestRegistry.dll"))
    );
  } catch {
    return false;
  }
}

/** The bundle lies beside the repository, from the sources as from dist. */
function bundlePath(): string | undefined {
  let folder = __dirname;
  while (!existsSync(join(folder, "package.json"))) {
    if (dirname(folder) === folder) return undefined;
    folder = dirname(folder);
  }
  const bundle = join(folder, "..", "shared", "toolchain", "powershell", "powershell-linux-x64.tar.xz");
  return existsSync(bundle) ? bundle : undefined;
}

/** Unpacked under the hash of the bundle, once for this user. */
async function unpackOnce(bundle: string): Promise<string> {
  const program = (folder: string) => join(folder, "powershell", "pwsh");
  const { folder } = await cached({
    cache: cacheFolder(),
    name: `test-powershell-${await hashOf(bundle)}`,
    verify: (made) => isTestPowershell(program(made)),
    make: (empty) => runProgram("tar", ["-xJf", bundle, "-C", empty]),
    progress: silent,
    pollMilliseconds: 100,
  });
  return program(folder);
}

/** Reading 30 MB at every start would be felt; size and time tell bundles apart just as well. */
async function hashOf(bundle: string): Promise<string> {
  const found = await stat(bundle);
  const hash = createHash("sha256").update(`${found.size} `);
  await pipeline(createReadStream(bundle, { end: 65_535 }), hash, { end: false });
  return hash.digest("hex").slice(0, 16);
}

async function runProgram(program: string, words: readonly string[]): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const child = spawn(program, words, { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0
        ? resolve()
        : reject(new CouldNotRun(`${program} ${words.join(" ")} ended with ${code}: ${said.trim()}`)),
    );
  });
}
