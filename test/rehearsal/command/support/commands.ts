import { Plugin } from "./plugin";
import { exit, type Run, type Script, ScriptedServer } from "./sshServer";
import { connectionTo, type Properties, secretValue } from "./values";

/** A plugin and a server for the length of one test. */
export async function using(
  script: Script,
  work: (plugin: Plugin, server: ScriptedServer) => Promise<void>,
): Promise<void> {
  const server = await ScriptedServer.start(script);
  const plugin = await Plugin.start();
  try {
    await work(plugin, server);
  } finally {
    await plugin.stop();
    await server.stop();
  }
}

/** A command that prints and ends. */
export const printing =
  (stdout: string | Buffer, stderr: string | Buffer = "", code = 0) =>
  ({ channel }: Run): void => {
    if (stdout.length > 0) channel.write(stdout);
    if (stderr.length > 0) channel.stderr.write(stderr);
    exit(channel, code);
  };

/** Inputs with a connection to the server. */
export const base = (server: ScriptedServer, more: Properties = {}): Properties => ({
  connection: secretValue(connectionTo(server.port)),
  ...more,
});
