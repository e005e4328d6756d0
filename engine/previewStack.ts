import { CouldNotRun } from "../review/verdict";
import { runToEnd } from "./childProcess";
import { findNode } from "./findNode";
import { findPulumi } from "./findPulumi";
import type { Progress } from "./progress";

export interface PreviewStackOptions {
  readonly stack: string;
  /** Folder of the project. */
  readonly folder: string;
  readonly progress: Progress;
  /** Further words for `pulumi preview`, for example `--refresh`. */
  readonly more?: readonly string[];
}

export interface PreviewedStack {
  readonly output: string;
  readonly errors: string;
  /** null where a signal ended it. */
  readonly code: number | null;
}

/** What the reviewer needs to see: unchanged resources too, and the halves of a replacement. */
export const previewArguments = ["--json", "--show-sames", "--show-replacement-steps"] as const;

/**
 * Runs `pulumi preview` of a stack as it is: with the caller's login, backend and environment. Throws CouldNotRun where
 * there is no Pulumi to run; a preview that fails is an answer.
 */
export async function previewStack(options: PreviewStackOptions): Promise<PreviewedStack> {
  const { stack, folder, progress, more = [] } = options;
  const cli = await findPulumi({ progress });
  const host = cli.languageHost === undefined ? await attachHost(progress) : undefined;
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    ...(host === undefined ? {} : { PULUMI_DEBUG_LANGUAGES: `nodejs:${host.port}` }),
  };
  try {
    const args = ["preview", "--stack", stack, ...previewArguments, "--non-interactive", "--color", "never", ...more];
    const ended = await runToEnd(cli.path, args, { cwd: folder, environment });
    if (ended.problem !== undefined)
      throw new CouldNotRun(`${cli.path} could not be run: ${ended.problem}. Install Pulumi, or give a file instead.`);
    return { output: ended.stdout, errors: ended.stderr, code: ended.code };
  } finally {
    await host?.stop();
  }
}

/** A Pulumi that we built has no host for Node programs beside it; somebody's own attached one is left alone. */
async function attachHost(progress: Progress): Promise<{ readonly port: number; stop(): Promise<void> } | undefined> {
  if (process.env.PULUMI_DEBUG_LANGUAGES) return undefined;
  try {
    const { startLanguageHost } = await import("./languageHost/languageHost.js");
    const node = await findNode({ progress });
    return await startLanguageHost({ node, environment: () => process.env });
  } catch {
    // Without @pulumi/pulumi here: a program in another language needs none of it.
    return undefined;
  }
}
