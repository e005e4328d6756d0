import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheFolder } from "../../engine/cacheFolder";
import { makeEngineHome } from "../../engine/engineHome";
import {
  nowVariable,
  type OfflineSettings,
  offlineAdditions,
  offlineEnvironment,
  paceVariable,
} from "../../engine/environment";
import { findNode } from "../../engine/findNode";
import { findPulumi, type PulumiCli } from "../../engine/findPulumi";
import { startLanguageHost } from "../../engine/languageHost/languageHost";
import type { Progress } from "../../engine/progress";
import { stackFiles } from "../../engine/recovery/fileBackend";
import { locksIn } from "../../engine/recovery/locks";
import { CouldNotRun } from "../../review/verdict";
import { rehearsalPassphrase } from "../world/contract";
import { findGenuineCommandPlugin, startGenuineCommandPlugin } from "./commandPlugin";
import { type EngineDisplay, EngineProcess } from "./engineProcess";
import { type FoundProject, findProject, settingsFileOf } from "./findProject";
import type { RehearsalOptions } from "./options";
import { type PreparedProject, prepareProject } from "./prepareProject";
import type { SimulatedWorld } from "./simulatedWorld";

/** `programFolder`: the working folder of the program, from which relative paths of what it copies start. */
export type OpenWorld = (options: RehearsalOptions & { readonly programFolder: string }) => Promise<SimulatedWorld>;

/** Everything one rehearsal command runs on: the world, the engine, the project's copy. */
export interface Session {
  readonly options: RehearsalOptions;
  readonly project: PreparedProject;
  readonly world: SimulatedWorld;
  readonly cli: PulumiCli;
  readonly engine: EngineProcess;
  /** The engine's whole environment, with the world's time of this moment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Only what makes it offline: the lines for another shell. */
  readonly additions: Readonly<Record<string, string>>;
  readonly providers: Readonly<Record<string, number>>;
  readonly notRehearsed: readonly string[];
  /** A run before this one was killed, and its lock was taken away: in reality somebody has to do that. */
  readonly lockTakenAway: boolean;
  /** Runs the CLI on this stack. */
  pulumi(args: readonly string[], display?: EngineDisplay): ReturnType<EngineProcess["run"]>;
  close(): Promise<void>;
}

export interface SessionOptions {
  readonly rehearsal: RehearsalOptions;
  readonly progress: Progress;
  readonly openWorld: OpenWorld;
  /** The stack is left as it is, with a dead engine's lock and a state that cannot be read. */
  readonly leaveState?: boolean;
  /** Where the project is looked for; default the working folder. */
  readonly from?: string;
}

export async function openSession(options: SessionOptions): Promise<Session> {
  const { rehearsal, progress } = options;
  // Bad input first: the project and its settings cost nothing to look at, the engine may cost minutes.
  const project = findProject(options.from);
  const settingsFile = settingsFileOf(project, rehearsal.stack);
  const genuine = rehearsal.commandPlugin === "genuine" ? findGenuineCommandPlugin() : undefined;
  const node = await findNode({ progress });
  const cli = await findPulumi({ progress });

  const closing: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (let last = closing.pop(); last; last = closing.pop()) await last();
  };
  try {
    const world = await options.openWorld({ ...rehearsal, programFolder: workingFolderOf(project) });
    closing.push(async () => {
      const servers = world.scriptsGoOnAt?.() ?? [];
      if (servers.length > 0)
        progress.line(`what runs on ${servers.join(", ")} goes on without its connection; its end is waited for.`);
      await world.close();
    });
    const now = () => ({
      [nowVariable]: world.clock.now().toISOString(),
      [paceVariable]: String(world.clock.scale),
    });
    const settings = await world.settingsOf({ settingsFile, projectFolder: project.folder, stack: rehearsal.stack });
    const prepared = await prepareProject(project, rehearsal.stack, settings.text, world.projectFolder);
    const offline: OfflineSettings = {
      state: world.stateFolder,
      home: join(world.stateFolder, "home"),
      passphrase: rehearsalPassphrase,
      providers: world.providers,
      node,
      pulumi: cli.path,
      compileCache: join(cacheFolder(), "compiled"),
    };
    await makeEngineHome(offline.home);
    const providers = { ...world.providers };
    if (genuine) {
      const plugin = await startGenuineCommandPlugin(genuine, offlineEnvironment(process.env, offline));
      closing.push(() => plugin.stop());
      providers.command = plugin.port;
    }
    let attached: OfflineSettings = { ...offline, providers };
    if (!cli.languageHost) {
      const programs = offlineEnvironment(process.env, attached);
      const host = await startLanguageHost({ node, environment: () => ({ ...programs, ...now() }) });
      closing.push(() => host.stop());
      attached = { ...attached, languageHostPort: host.port };
    }
    // Without it the engine does not know --event-log; Pulumi's own Automation API sets it for the same reason.
    const environment = { ...offlineEnvironment(process.env, attached), PULUMI_DEBUG_COMMANDS: "true" };
    const engine = new EngineProcess((process) => world.engineRuns(process));
    const session: Session & { lockTakenAway: boolean } = {
      options: rehearsal,
      project: prepared,
      world,
      cli,
      engine,
      get environment() {
        return { ...environment, ...now() };
      },
      additions: { ...offlineAdditions(attached), ...now() },
      providers,
      notRehearsed: settings.notRehearsed,
      lockTakenAway: false,
      pulumi: (args, display = "kept") =>
        engine.run({
          pulumi: cli.path,
          args,
          cwd: prepared.folder,
          // Whatever is selected in the project's folder; a shell that is served keeps its own selection.
          environment: { ...environment, ...now(), PULUMI_STACK: rehearsal.stack },
          display,
        }),
      close,
    };
    if (options.leaveState !== true) session.lockTakenAway = await readyStack(session, project, progress);
    return session;
  } catch (error) {
    await close();
    throw error;
  }
}

/** Pulumi runs a program in the folder of its file, or in the folder itself where it is one. */
function workingFolderOf(project: FoundProject): string {
  return existsSync(project.program) && statSync(project.program).isFile() ? dirname(project.program) : project.program;
}

/** The stack exists and nobody dead holds its lock; true where somebody did. */
async function readyStack(session: Session, project: FoundProject, progress: Progress): Promise<boolean> {
  const { stack } = session.options;
  const files = stackFiles(session.world.stateFolder, project.name, stack);
  if (!existsSync(files.state)) {
    const made = await session.pulumi(["stack", "init", stack]);
    if (made.code !== 0)
      throw new CouldNotRun(`the stack could not be made: ${made.errors.trim() || made.output.trim()}`);
  } else if (isLockedByTheDead(files.locks)) {
    progress.line("the engine of an earlier run was killed; its lock is taken away (pulumi cancel).");
    await session.pulumi(["cancel", "--yes", "--stack", stack]);
    return true;
  }
  return false;
}

/** A lock of a living engine, or of one that cannot be seen from here, is never called stale. */
function isLockedByTheDead(folder: string): boolean {
  const locks = locksIn(folder);
  return locks.length > 0 && locks.every(({ holder }) => holder === "dead");
}
