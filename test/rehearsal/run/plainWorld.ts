import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineProcessFacts } from "../../../rehearsal/run/engineProcess";
import type { RehearsalOptions } from "../../../rehearsal/run/options";
import type { SimulatedWorld } from "../../../rehearsal/run/simulatedWorld";
import { repositoryRoot } from "../../support/repository";

/** A project of its own in a temporary folder that uses this library and runs a program of plain components. */
export interface PlainProject {
  readonly folder: string;
  readonly options: RehearsalOptions;
  /** The last engine that the driver told of. */
  engine: EngineProcessFacts | undefined;
  write(file: string, text: string): void;
  openWorld(): Promise<SimulatedWorld>;
  remove(): void;
}

const settings = "config:\n  plain:colour: green\n";

export function plainProject(program: string): PlainProject {
  const folder = mkdtempSync(join(tmpdir(), "entra-connect-plain-"));
  const world = join(folder, "world");
  const write = (file: string, text: string): void => writeFileSync(join(folder, file), text);
  write("package.json", JSON.stringify({ name: "plain", dependencies: { "pulumi-entra-connect": "*" } }));
  write("Pulumi.yaml", "name: plain\nruntime: nodejs\nmain: index.js\n");
  write("Pulumi.rehearsal.yaml", settings);
  write("index.js", program);
  symlinkSync(join(repositoryRoot, "node_modules"), join(folder, "node_modules"), "junction");
  const project: PlainProject = {
    folder,
    options: { dir: world, stack: "rehearsal", reset: false, json: false, faults: [], commandPlugin: "stand-in" },
    engine: undefined,
    write,
    openWorld: () =>
      existingPlainWorld(world, (engine) => {
        project.engine = engine;
      }),
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
  return project;
}

/** A minute passes at every look. */
let looks = 0;
const plainTime = (): Date => {
  looks += 1;
  return new Date(Date.UTC(2020, 1, 2, 12, looks));
};

/** The world of a plain project: folders only, no simulated Azure. */
export async function existingPlainWorld(
  folder: string,
  engineRuns: SimulatedWorld["engineRuns"] = () => {},
): Promise<SimulatedWorld> {
  const stateFolder = join(folder, "state");
  mkdirSync(stateFolder, { recursive: true });
  return {
    folder,
    stateFolder,
    projectFolder: join(folder, "project"),
    providers: {},
    clock: { now: plainTime, scale: 1 },
    isNew: true,
    settingsOf: async ({ settingsFile }) => ({ text: readFileSync(settingsFile, "utf8"), notRehearsed: [] }),
    engineRuns,
    faultsNotMet: () => [],
    close: async () => {},
  };
}
