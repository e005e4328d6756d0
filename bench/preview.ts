import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { progressTo, silent } from "../engine/progress";
import { EngineProcess } from "../rehearsal/run/engineProcess";
import { openRehearsalWorld } from "../rehearsal/run/openRehearsalWorld";
import { run } from "../rehearsal/run/run";
import { openSession } from "../rehearsal/run/session";
import { repositoryRoot } from "../test/support/repository";

/**
 * `pulumi preview` of our program against that of an empty TypeScript program, in one run, both without type check and
 * with the same engine, language host and Node. Aim: at most 1.5 times.
 */
const rounds = 7;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

async function timed(work: () => Promise<{ code: number | null; errors: string; output: string }>): Promise<number> {
  const began = performance.now();
  const { code, errors, output } = await work();
  if (code !== 0) throw new Error(`the preview failed: ${errors}\n${output}`);
  return performance.now() - began;
}

function emptyProgram(folder: string): void {
  mkdirSync(folder);
  writeFileSync(join(folder, "Pulumi.yaml"), "name: empty\nruntime: nodejs\n");
  writeFileSync(join(folder, "index.ts"), "export {};\n");
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: { target: "es2022", module: "node20", rootDir: ".", noCheck: true },
      files: ["index.ts"],
    }),
  );
  writeFileSync(join(folder, "package.json"), "{}");
  symlinkSync(join(repositoryRoot, "node_modules"), join(folder, "node_modules"), "dir");
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "entra-connect-bench-"));
  const empty = join(folder, "empty");
  emptyProgram(empty);
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
    const onEmpty = (...args: string[]) =>
      engine.run({ pulumi: session.cli.path, args, cwd: empty, environment: session.environment });
    const previews = {
      empty: () => onEmpty("preview", "--stack", "dev"),
      ours: () => session.pulumi(["preview", "--stack", "rehearsal"]),
    };
    await onEmpty("stack", "init", "dev");
    const measure = async (what: string): Promise<void> => {
      for (const preview of Object.values(previews)) await timed(preview);
      const times = { empty: [] as number[], ours: [] as number[] };
      for (let round = 0; round < rounds; round++)
        for (const which of ["empty", "ours"] as const) times[which].push(await timed(previews[which]));
      const [a, b] = [median(times.empty), median(times.ours)];
      console.log(
        `${what}: empty ${(a / 1000).toFixed(2)} s, ours ${(b / 1000).toFixed(2)} s, ratio ${(b / a).toFixed(2)}`,
      );
    };
    await measure("preview of a new stack (everything to create)");
    await run(session, "up", silent);
    await measure("preview of a deployed stack (nothing to change)");
  } finally {
    await session.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
