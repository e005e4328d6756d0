import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Plugin } from "./plugin";
import type { MemoryFiles } from "./sftpServer";
import { ScriptedServer } from "./sshServer";
import { connectionTo, type Json, type Properties, secretValue } from "./values";

export const folder = mkdtempSync(join(tmpdir(), "copy-"));
export const file = (name: string, content: string | Buffer): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
export const tree = join(folder, "tree");
mkdirSync(join(tree, "b", "empty"), { recursive: true });
writeFileSync(join(tree, "a.txt"), "A");
writeFileSync(join(tree, "b", "c.txt"), "C");
writeFileSync(join(tree, "d.txt"), "D");

export async function using(
  files: MemoryFiles,
  work: (plugin: Plugin, server: ScriptedServer) => Promise<void>,
): Promise<void> {
  const server = await ScriptedServer.start({ sftp: files.session });
  const plugin = await Plugin.start({ folder });
  try {
    await work(plugin, server);
  } finally {
    await plugin.stop();
    await server.stop();
  }
}

export const inputs = (
  server: ScriptedServer,
  source: Json,
  remotePath: string,
  more: Properties = {},
): Properties => ({
  connection: secretValue(connectionTo(server.port)),
  source,
  remotePath,
  ...more,
});

export const type = "remote:CopyToRemote";

/** The folder is made anew for every process, and used by several files of tests. */
export function removeFolder(): void {
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
}
