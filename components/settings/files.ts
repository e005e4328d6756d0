import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import type { asset as assets } from "@pulumi/pulumi";
import { readSettingsFile, type SettingsFileContent, type SettingsFileReading } from "../../review/settingsFile";
import { blockPath, problem } from "./context";
import type { ConnectSettings, Problem } from "./settings";

/**
 * The two files of a generation. They are looked at only when they will be copied: a preview that copies nothing needs
 * neither the 150 MB installer nor the sensitive settings file.
 */

/** What an asset holds here and now; `unusable` in words for a problem. */
type Content =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "unusable"; readonly why: string };

async function contentOf(asset: assets.Asset): Promise<Content> {
  // The SDK's isInstance tells an asset from other things, but not one kind from another.
  const { path: file, text } = asset as Partial<assets.FileAsset & assets.StringAsset>;
  if (file !== undefined) {
    const path = resolve(await file);
    const found = await stat(path).catch(() => undefined);
    return found?.isFile() === true ? { kind: "file", path } : { kind: "unusable", why: `there is no file at ${path}` };
  }
  if (text !== undefined) return { kind: "text", text: await text };
  return { kind: "unusable", why: "is not a file or a text of this machine, so its hash cannot be compared" };
}

/** Whether the content can be had on this machine. */
export async function isHere(asset: assets.Asset): Promise<boolean> {
  return (await contentOf(asset)).kind !== "unusable";
}

/** The whole text of a small asset, or in words why it cannot be had here. */
export async function textOfAsset(
  asset: assets.Asset,
): Promise<{ readonly kind: "text"; readonly text: string } | { readonly kind: "unusable"; readonly why: string }> {
  const content = await contentOf(asset);
  return content.kind === "file" ? { kind: "text", text: await readFile(content.path, "utf8") } : content;
}

/** SHA-256 in lower case, read as a stream. */
async function hashOf(content: Exclude<Content, { kind: "unusable" }>): Promise<string> {
  const hash = createHash("sha256");
  if (content.kind === "text") return hash.update(content.text).digest("hex");
  for await (const chunk of createReadStream(content.path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

async function pinnedContent(
  path: string,
  asset: assets.Asset,
  sha256: string,
  whatToDo: string,
): Promise<{ readonly problems: readonly Problem[]; readonly content?: Exclude<Content, { kind: "unusable" }> }> {
  const content = await contentOf(asset);
  if (content.kind === "unusable") return { problems: [problem(`${path}.path`, content.why, whatToDo)] };
  const actual = await hashOf(content);
  const what = content.kind === "file" ? `the file ${content.path}` : "the text";
  return {
    content,
    problems:
      actual === sha256.toLowerCase()
        ? []
        : [
            problem(
              `${path}.sha256`,
              `${what} has SHA-256 ${actual}, the settings say ${sha256.toLowerCase()}`,
              "the hash of the file you mean; find out first why they differ",
            ),
          ],
  };
}

/** To be asked before the installer is copied to the server of this generation. */
export async function installerProblems(
  generation: number,
  { installer }: ConnectSettings,
  asset: assets.Asset,
): Promise<readonly Problem[]> {
  const { problems } = await pinnedContent(
    blockPath(generation, "connect.installer"),
    asset,
    installer.sha256,
    "the path of AzureADConnect.msi, downloaded from the Entra admin center (Entra Connect > Get started > Manage)",
  );
  return problems;
}

/** To be asked before the settings file is copied to the server of this generation; without one there is nothing to ask. */
export async function settingsFileProblems(
  generation: number,
  { settingsFile }: ConnectSettings,
  asset: assets.Asset,
): Promise<readonly Problem[]> {
  if (settingsFile === undefined) return [];
  const path = blockPath(generation, "connect.settingsFile");
  const { problems, content } = await pinnedContent(
    path,
    asset,
    settingsFile.sha256,
    "the path of the settings file exported on the active server (wizard: View or export current configuration)",
  );
  if (content === undefined) return problems;
  const reading = await read(content);
  return reading.kind === "read" ? problems : [...problems, problem(`${path}.path`, reading.problem, reading.write)];
}

/** What the pinned settings file says; undefined where it is not here, or is another one. It is never copied for this. */
export async function settingsFileContent(
  { settingsFile }: ConnectSettings,
  asset: assets.Asset,
): Promise<SettingsFileContent | undefined> {
  if (settingsFile === undefined) return undefined;
  const content = await contentOf(asset);
  if (content.kind === "unusable" || (await hashOf(content)) !== settingsFile.sha256.toLowerCase()) return undefined;
  const reading = await read(content);
  return reading.kind === "read" ? reading.content : undefined;
}

async function read(content: Exclude<Content, { kind: "unusable" }>): Promise<SettingsFileReading> {
  return content.kind === "text"
    ? readSettingsFile(content.text)
    : readSettingsFile(await readFile(content.path), { name: basename(content.path) });
}
