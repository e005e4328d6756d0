import { readFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { resolve } from "node:path";
import { withoutColours } from "../review/preview/bytes";
import { readPreview } from "../review/preview/index";
import type { RawPreview } from "../review/preview/rawPreview";
import { BadInput } from "../review/verdict";

export interface Gathered {
  readonly preview: RawPreview;
  /** Folders of this machine, whose paths are nobody else's business. */
  readonly folders: readonly string[];
}

/** The preview that is asked for: a file, standard input, or one that is run here. */
export async function gather(
  file: string | undefined,
  { stack, cwd }: { readonly stack?: string; readonly cwd?: string },
): Promise<Gathered> {
  const folders = [...new Set([process.cwd(), resolve(cwd ?? "."), homedir(), tmpdir()])];
  if (stack !== undefined) return { preview: await runHere(stack, resolve(cwd ?? ".")), folders };
  const name = file === undefined || file === "-" ? "standard input" : file;
  return { preview: readPreview(name === file ? await bytesOf(file) : await standardInput(), name), folders };
}

async function bytesOf(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new BadInput(`${file}: cannot be read: ${(error as Error).message}`);
  }
}

async function standardInput(): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

async function runHere(stack: string, folder: string): Promise<RawPreview> {
  const { previewStack } = await import("../engine/previewStack.js");
  const { progressTo } = await import("../engine/progress.js");
  const progress = progressTo();
  progress.status(`pulumi preview of ${stack}…`);
  const { output, errors, code } = await previewStack({ stack, folder, progress });
  progress.clear();
  const said = withoutColours(errors).trim();
  const preview = readPreview(Buffer.from(output), `pulumi preview of ${stack}`);
  if (preview.form === "none" && said !== "") return { ...preview, failure: said };
  if (code === 0 || preview.failure !== undefined) return preview;
  const how = code === null ? "was stopped by a signal" : `ended with exit code ${code}`;
  return { ...preview, failure: `pulumi preview ${how}${said === "" ? "" : `: ${said}`}` };
}
