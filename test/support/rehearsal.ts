import { execFile } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { silent } from "../../engine/progress";
import { EngineProcess } from "../../rehearsal/run/engineProcess";
import { openRehearsalWorld } from "../../rehearsal/run/openRehearsalWorld";
import { recoverRehearsed } from "../../rehearsal/run/recover";
import { run } from "../../rehearsal/run/run";
import { openSession, type Session } from "../../rehearsal/run/session";
import type { Action, RunSummary } from "../../rehearsal/run/summary";
import type { HubOwnerBehaviour, OperatorBehaviour } from "../../rehearsal/world/contract";
import type { RecoveryReport } from "../../review/recovery";
import { BuiltWorlds, situationOf, updatesIn } from "./builtWorlds";
import { onEmulatedWindows } from "./emulatedWindows";
import type { KeptReady } from "./rehearsedProject";
import { RehearsedWorld } from "./rehearsedWorld";
import { repositoryRoot } from "./repository";

export interface RunOptions {
  readonly operator?: OperatorBehaviour;
  /** Absent: as the world has it, at first `at-once`. */
  readonly hubOwner?: HubOwnerBehaviour;
  readonly faults?: readonly string[];
  /** `--peculiarity`; needs `windows: "powershell"`. */
  readonly peculiarities?: readonly string[];
  /** `--azure-policy`. */
  readonly azurePolicies?: readonly string[];
}

/** How a command of plain Pulumi ended, and everything it printed. */
export interface PulumiEnd {
  readonly code: number | null;
  readonly said: string;
}

export interface PrintedPreview {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

const builtWorlds = new BuiltWorlds();

/** The real engine runs the real (compiled) program in a project and a world of its own. */
export class Rehearsal extends RehearsedWorld {
  private copied = false;

  /**
   * @param windows `emulated` is faster; that both give the same answers has tests of its own (test/rehearsal/windows).
   * @param with_ what of `keptReady` the settings keep
   */
  constructor(
    private readonly windows: "emulated" | "powershell" = "emulated",
    program = join(repositoryRoot, "dist", "index.js"),
    with_: readonly KeptReady[] = [],
  ) {
    super(program, with_);
  }

  /** One command of the rehearsal; afterwards the world is closed and lies on disk. */
  run(action: Action, options: RunOptions = {}): Promise<RunSummary> {
    return this.inSession(options, async (session) => (await run(session, action)).summary);
  }

  /** `up`, and `up` again while the world goes on: what the first leaves at work on a server is met by the second. */
  upTwice(options: RunOptions, between: () => Promise<void>): Promise<readonly [RunSummary, RunSummary]> {
    return this.inSession(options, async (session) => {
      const { summary } = await run(session, "up");
      await between();
      return [summary, (await run(session, "up")).summary];
    });
  }

  /** One command, and what happens on the servers meanwhile. */
  runBeside(action: Action, meanwhile: () => Promise<void>): Promise<RunSummary> {
    return this.inSession({}, async (session) => {
      const [{ summary }] = await Promise.all([run(session, action), meanwhile()]);
      return summary;
    });
  }

  /** One command of plain Pulumi in the same world, as somebody with a shell would type it. */
  async pulumi(...args: readonly string[]): Promise<PulumiEnd> {
    const [end] = await this.shell(args);
    if (end === undefined) throw new Error("nothing was run");
    return end;
  }

  /** `rehearse recover`, on the stack as it was left. */
  recover(yes?: "--yes"): Promise<RecoveryReport> {
    return this.inSession({}, (session) => recoverRehearsed(session, yes !== undefined), true);
  }

  /** Several of them, one after the other, in one sitting. */
  shell(...commands: readonly (readonly string[])[]): Promise<readonly PulumiEnd[]> {
    return this.inSession({}, async (session) => {
      const run = await this.typing(session);
      const ends: PulumiEnd[] = [];
      for (const args of commands) ends.push(await run(args));
      return ends;
    });
  }

  /**
   * What a preview prints on standard output, byte for byte.
   * @param form `digest`: what `pulumi preview --json` prints by default; `events`: its streaming form
   */
  preview(form: "digest" | "events", ...args: readonly string[]): Promise<PrintedPreview> {
    return this.inSession({}, async (session) => {
      await this.typing(session);
      const { cli, environment, project } = session;
      const streaming = form === "events" ? { PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true" } : {};
      const env = { ...environment, ...streaming };
      const words = [...args, "--json", "--non-interactive", "--color", "never"];
      return new Promise((resolve) => {
        execFile(cli.path, words, { cwd: project.folder, env, maxBuffer: 2 ** 30 }, (error, output, errors) =>
          resolve({ code: error === null ? 0 : Number(error.code ?? 1), output, errors }),
        );
      });
    });
  }

  /** Two commands of plain Pulumi at the same moment, as two people would run them. */
  together(...commands: readonly (readonly string[])[]): Promise<readonly PulumiEnd[]> {
    return this.inSession({}, async (session) => {
      const run = await this.typing(session);
      return Promise.all(commands.map(run));
    });
  }

  /** A shell in the project's folder, in which the stack is selected as somebody would have selected it. */
  private async typing({ cli, environment, project }: Session) {
    const run = async (args: readonly string[]): Promise<PulumiEnd> => {
      const call = { pulumi: cli.path, args, cwd: project.folder, environment };
      const { code, output, errors } = await new EngineProcess().run(call);
      return { code, said: `${output}\n${errors}` };
    };
    // A selection belongs to a folder, so it was not copied with the world.
    if (this.copied) await run(["stack", "select", "rehearsal"]);
    this.copied = false;
    return run;
  }

  /** A session in this world, which the caller closes. */
  open(
    { operator = "complete", hubOwner, faults = [], peculiarities = [], azurePolicies = [] }: RunOptions = {},
    leaveState = false,
  ): Promise<Session> {
    const opened = () =>
      openSession({
        rehearsal: {
          dir: this.world,
          stack: "rehearsal",
          reset: false,
          json: true,
          faults,
          peculiarities,
          azurePolicies,
          commandPlugin: "stand-in",
          operator,
          ...(hubOwner === undefined ? {} : { hubOwner }),
        },
        progress: silent,
        openWorld: openRehearsalWorld,
        leaveState,
        from: this.project,
      });
    return this.windows === "emulated" ? onEmulatedWindows(opened) : opened();
  }

  private async inSession<T>(
    options: RunOptions,
    use: (session: Session) => Promise<T>,
    leaveState = false,
  ): Promise<T> {
    const session = await this.open(options, leaveState);
    try {
      return await use(session);
    } finally {
      await session.close();
    }
  }

  /**
   * `up`. One that this process has run before, on the same world with the same project, is not run again: the world
   * that it left is copied, and its summary given. (One with other options is always run, and one in a world that has gone
   * far: no other test comes there, and each update leaves 2.4 MB, which would be read and copied after every one.)
   */
  async up(options?: RunOptions): Promise<RunSummary> {
    if (options !== undefined || updatesIn(this.world) > 3) return this.run("up", options);
    const before = situationOf(this.windows, this.project, this.world);
    const known = builtWorlds.find(before);
    if (known !== undefined) {
      rmSync(this.world, { recursive: true, force: true });
      cpSync(known.folder, this.world, { recursive: true });
      this.copied = true;
      return structuredClone(known.summary);
    }
    const summary = await this.run("up");
    if (summary.result === "succeeded") builtWorlds.keep(before, this.world, summary);
    return structuredClone(summary);
  }
}
