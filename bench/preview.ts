import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { progressTo } from "../engine/progress";
import { EngineProcess } from "../rehearsal/run/engineProcess";
import { openRehearsalWorld } from "../rehearsal/run/openRehearsalWorld";
import { run } from "../rehearsal/run/run";
import { openSession } from "../rehearsal/run/session";
import { repositoryRoot } from "../test/support/repository";
import { childrensSeconds, least, median } from "./processorTime";

/**
 * `pulumi preview` of our program against two others, in one run, all in TypeScript without type check and with the same
 * engine, language host and Node: one that loads the SDK and the very provider modules that ours loads and makes
 * nothing (aim: at most 1.5 times), and an empty one, which does not even load the SDK.
 * Wall time as the median and processor time of engine and program as the least of the rounds: a busy machine
 * lengthens the first more than the second. Rounds: the first argument, 7.
 */
const rounds = Number(process.argv[2] ?? 7);

type Ended = Promise<{ code: number | null; errors: string; output: string }>;

async function timed(work: () => Ended): Promise<{ readonly wall: number; readonly processor: number }> {
  const [began, before] = [performance.now(), childrensSeconds()];
  const { code, errors, output } = await work();
  if (code !== 0) throw new Error(`the preview failed: ${errors}\n${output}`);
  const [wall, after] = [(performance.now() - began) / 1000, childrensSeconds()];
  return { wall, processor: before === undefined || after === undefined ? Number.NaN : after - before };
}

/** Files of Pulumi's packages that our library loads. */
function providerModules(): readonly string[] {
  const source = `require(${JSON.stringify(join(repositoryRoot, "dist", "components"))});
    console.log(JSON.stringify(Object.keys(require.cache).filter((file) => /[\\\\/]@pulumi[\\\\/]/.test(file))));`;
  return JSON.parse(execFileSync(process.execPath, ["-e", source], { encoding: "utf8", cwd: repositoryRoot }));
}

function writeProgram(folder: string, name: string, source: string): string {
  const project = join(folder, name);
  mkdirSync(project);
  writeFileSync(join(project, "Pulumi.yaml"), `name: ${name}\nruntime: nodejs\n`);
  writeFileSync(join(project, "index.ts"), source);
  writeFileSync(
    join(project, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: { target: "es2022", module: "node20", rootDir: ".", noCheck: true, types: ["node"] },
      files: ["index.ts"],
    }),
  );
  writeFileSync(join(project, "package.json"), "{}");
  symlinkSync(join(repositoryRoot, "node_modules"), join(project, "node_modules"), "dir");
  return project;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "entra-connect-bench-"));
  const others = {
    empty: writeProgram(folder, "empty", "export {};\n"),
    sdk: writeProgram(
      folder,
      "sdk",
      `${providerModules()
        .map((file) => `require(${JSON.stringify(file)});`)
        .join("\n")}\nexport {};\n`,
    ),
  };
  const session = await openSession({
    rehearsal: {
      dir: join(folder, "world"),
      stack: "rehearsal",
      reset: false,
      json: true,
      faults: [],
      commandPlugin: "stand-in",
    },
    progress: progressTo(),
    openWorld: openRehearsalWorld,
    from: repositoryRoot,
  });
  try {
    const engine = new EngineProcess();
    const on = (cwd: string, ...args: string[]) =>
      engine.run({ pulumi: session.cli.path, args, cwd, environment: session.environment });
    for (const cwd of Object.values(others)) await on(cwd, "stack", "init", "dev");
    const previews = {
      empty: () => on(others.empty, "preview", "--stack", "dev"),
      sdk: () => on(others.sdk, "preview", "--stack", "dev"),
      ours: () => session.pulumi(["preview", "--stack", "rehearsal"]),
    };
    const names = ["empty", "sdk", "ours"] as const;
    const measure = async (what: string): Promise<void> => {
      for (const name of names) await timed(previews[name]);
      const wall = { empty: [] as number[], sdk: [] as number[], ours: [] as number[] };
      const processor = { empty: [] as number[], sdk: [] as number[], ours: [] as number[] };
      for (let round = 0; round < rounds; round++)
        for (const name of names) {
          const took = await timed(previews[name]);
          wall[name].push(took.wall);
          processor[name].push(took.processor);
        }
      for (const [kind, value] of [
        ["wall", (name: (typeof names)[number]) => median(wall[name])],
        ["processor", (name: (typeof names)[number]) => least(processor[name])],
      ] as const)
        console.log(
          `${what}, ${kind}: ours ${value("ours").toFixed(2)} s; SDK and modules ${value("sdk").toFixed(2)} s ` +
            `(${(value("ours") / value("sdk")).toFixed(2)} times); empty ${value("empty").toFixed(2)} s ` +
            `(${(value("ours") / value("empty")).toFixed(2)} times)`,
        );
    };
    await measure("preview of a new stack (everything to create)");
    await run(session, "up");
    await measure("preview of a deployed stack (nothing to change)");
  } finally {
    await session.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
