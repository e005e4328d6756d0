import { mkdir } from "node:fs/promises";
import { SemVer } from "semver";
import type { Progress } from "./progress";
import { testedPulumi } from "./version";

const downloads = "https://get.pulumi.com/";
const probeSeconds = 3;

/** Whether Pulumi's download site answers at all; asked first, so that no time is lost on a network that is not there. */
export async function downloadsReachable(url: string = downloads): Promise<boolean> {
  try {
    await fetch(url, { method: "HEAD", redirect: "manual", signal: AbortSignal.timeout(probeSeconds * 1000) });
    return true;
  } catch {
    return false;
  }
}

/**
 * The usual download, by Pulumi's own installer (Automation API), into `folder`/bin, language hosts included.
 * Resolves with a reason where it was not possible.
 */
export async function downloadPulumi(
  folder: string,
  progress: Progress,
): Promise<{ done: true } | { done: false; reason: string }> {
  if (!(await downloadsReachable())) return { done: false, reason: `${downloads} cannot be reached from here` };
  progress.line(`downloading the Pulumi engine ${testedPulumi}…`);
  try {
    // Loaded here: it costs half a second that no other start should pay.
    const { PulumiCommand } = await import("@pulumi/pulumi/automation/index.js");
    await mkdir(folder, { recursive: true });
    await PulumiCommand.install({ root: folder, version: new SemVer(testedPulumi) });
    return { done: true };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return { done: false, reason: words.split("\n").find((line) => line.trim()) ?? "the installer failed" };
  }
}
