import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { CouldNotRun } from "../review/verdict";
import { type Ended, type RunOptions, runToEnd } from "./childProcess";
import { packageRoot } from "./packageRoot";
import { duration, type Progress } from "./progress";
import { testedPulumi } from "./version";

const command = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/** What `go list -deps` counts for the command; only for progress, since Go's own cache may hold a part of it. */
const packagesInAll = 1690;

/** The oldest Go that the pinned modules accept; from engine/pulumi-cli/go.mod. */
const oldestGo = "1.25";

export interface BuildOptions {
  readonly progress: Progress;
  readonly environment?: NodeJS.ProcessEnv;
  /** For tests: what runs `go`. */
  readonly run?: (program: string, args: readonly string[], options: RunOptions) => Promise<Ended>;
}

/**
 * Builds the Pulumi CLI into `folder`/bin from the Go modules pinned in engine/pulumi-cli (go.mod, go.sum). The first
 * time takes minutes, 1.4 GB of modules and 1.6 GB of build cache in Go's own folders; the binary has 115 MB.
 */
export async function buildPulumi(folder: string, options: BuildOptions): Promise<void> {
  const run = options.run ?? runToEnd;
  const environment = { ...(options.environment ?? process.env), GOWORK: "off" };
  const go = await run("go", ["version"], { environment, timeout: 30_000 });
  if (go.code !== 0) throw new CouldNotRun(goIsMissing);

  mkdirSync(join(folder, "bin"), { recursive: true });
  const binary = join(folder, "bin", process.platform === "win32" ? "pulumi.exe" : "pulumi");
  options.progress.line(
    `building the Pulumi engine ${testedPulumi} from Go modules with ${go.stdout.trim()}: about 4 minutes, once on this machine…`,
  );
  const began = Date.now();
  const counter = new BuildCounter();
  const tell = (): void => {
    options.progress.status(`building the Pulumi engine: ${duration(Date.now() - began)}, ${counter.text()}`);
  };
  const ticking = setInterval(tell, 1000);
  let built: Ended;
  try {
    // -mod=readonly: what is built is what go.sum pins, or nothing.
    built = await run(
      "go",
      [
        "build",
        "-v",
        "-mod=readonly",
        "-trimpath",
        "-buildvcs=false",
        "-ldflags",
        `-s -w -X ${versionVariable}=${testedPulumi}`,
        "-o",
        binary,
        command,
      ],
      {
        cwd: join(packageRoot, "engine", "pulumi-cli"),
        environment,
        onOutput: (stream, text) => {
          if (stream === "stderr") counter.read(text);
        },
      },
    );
  } finally {
    clearInterval(ticking);
    options.progress.clear();
  }
  if (built.code === 0) {
    options.progress.line(`the Pulumi engine is built (${duration(Date.now() - began)}).`);
    return;
  }
  throw new CouldNotRun(
    `the Pulumi engine could not be built with ${go.stdout.trim()} (go ${oldestGo} or later is needed):\n` +
      `${counter.lastWords() || built.problem || "go said nothing"}\n` +
      "It needs the Go module proxy and about 3 GB of disk. Mend that, or put a `pulumi` of version " +
      `${testedPulumi} or later on PATH (https://www.pulumi.com/docs/install/), and run the same command again.`,
  );
}

const goIsMissing =
  "no Pulumi engine: there is no good enough `pulumi` on PATH, none could be downloaded, and Go, with which one can be " +
  `built, is not installed. Install either: Pulumi ${testedPulumi} or later (https://www.pulumi.com/docs/install/), ` +
  `or Go ${oldestGo} or later (https://go.dev/dl/), and run the same command again.`;

/** Counts what `go build -v` reports on standard error: downloads, then one import path for each compiled package. */
export class BuildCounter {
  private downloads = 0;
  private packages = 0;
  private rest = "";
  private readonly words: string[] = [];

  read(text: string): void {
    const lines = (this.rest + text).split("\n");
    this.rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line.startsWith("go: downloading ")) this.downloads += 1;
      else if (/^[A-Za-z0-9._~/-]+$/.test(line)) this.packages += 1;
      else if (line.trim()) this.words.push(line);
    }
  }

  text(): string {
    const parts = [];
    if (this.downloads > 0) parts.push(`${this.downloads} modules downloaded`);
    parts.push(this.packages > 0 ? `${this.packages} of about ${packagesInAll} packages compiled` : "reading modules");
    return parts.join(", ");
  }

  /** The last lines that are no progress: the reason of a failure. */
  lastWords(): string {
    return [...this.words, this.rest].filter(Boolean).slice(-12).join("\n");
  }
}
