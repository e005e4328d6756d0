import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runToEnd } from "../../engine/childProcess";
import type { Session } from "../../rehearsal/run/session";
import { Rehearsal } from "./rehearsal";
import { repositoryRoot } from "./repository";

/** The pack as one program: no language plugin for policies is beside the CLI here. */
export const packProgram = join(repositoryRoot, "policy", "start.js");

/** What the engine told of one policy, as its events have it. */
export interface PolicyEvent {
  readonly policyName: string;
  readonly enforcementLevel: string;
  readonly resourceUrn?: string;
  readonly message: string;
  readonly policyPackVersion?: string;
}

export interface PolicedRun {
  readonly code: number | null;
  readonly violations: readonly PolicyEvent[];
  /** What the engine called an error. */
  readonly errors: readonly string[];
  /** Everything printed. */
  readonly text: string;
}

/** A rehearsal whose engine runs with a policy pack, and small programs of other people beside it. */
export class Policed {
  private constructor(
    readonly rehearsal: Rehearsal,
    private readonly session: Session,
  ) {}

  static async open(): Promise<Policed> {
    const rehearsal = new Rehearsal();
    return new Policed(rehearsal, await rehearsal.open());
  }

  async close(): Promise<void> {
    await this.session.close();
    this.rehearsal.remove();
  }

  /** The rehearsed project's own folder. */
  get project(): string {
    return this.session.project.folder;
  }

  file(name: string, text: string): string {
    const path = join(this.rehearsal.folder, name);
    writeFileSync(path, text);
    return path;
  }

  /** A JavaScript program of somebody else, with a stack `dev`. */
  async otherProject(name: string, program: string): Promise<string> {
    const folder = join(this.rehearsal.folder, name);
    mkdirSync(folder);
    writeFileSync(join(folder, "Pulumi.yaml"), `name: ${name}\nruntime: nodejs\nmain: index.js\n`);
    writeFileSync(join(folder, "index.js"), program);
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name, dependencies: { "@pulumi/pulumi": "*" } }));
    symlinkSync(join(repositoryRoot, "node_modules"), join(folder, "node_modules"), "junction");
    await this.run(folder, ["stack", "init", "dev"]);
    return folder;
  }

  async run(cwd: string, args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<PolicedRun> {
    const ended = await runToEnd(this.session.cli.path, [...args, "--non-interactive", "--color", "never"], {
      cwd,
      // Events as they come, of a preview too.
      environment: { ...this.session.environment, PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true", ...more },
      timeout: 900_000,
    });
    return { code: ended.code, ...eventsIn(ended.stdout), text: ended.stdout + ended.stderr };
  }
}

interface EngineLine {
  readonly policyEvent?: PolicyEvent;
  readonly diagnosticEvent?: { readonly severity: string; readonly message: string };
}

function eventsIn(output: string): Pick<PolicedRun, "violations" | "errors"> {
  const lines = output
    .split("\n")
    .filter((line) => line.startsWith('{"sequence":'))
    .map((line) => JSON.parse(line) as EngineLine);
  return {
    violations: lines.flatMap(({ policyEvent }) => policyEvent ?? []),
    errors: lines.flatMap(({ diagnosticEvent }) =>
      diagnosticEvent?.severity === "error" ? [diagnosticEvent.message.trim()] : [],
    ),
  };
}
