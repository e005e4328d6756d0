import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import type { Socket } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import ssh2 from "ssh2";
import { answerKeyLogin, readAdministratorsKeys } from "./authorizedKeys";
import type { CallLog, Faults, ServerFolder, WindowsExecutor } from "./contract";
import { runOverChannel } from "./scriptChannel";
import { serveSftp } from "./sftpServer";

export interface SshServerOptions {
  readonly server: ServerFolder;
  /** Why nobody of that name is let in; undefined where somebody is. */
  readonly refuses: (name: string) => Promise<string | undefined>;
  readonly executor: WindowsExecutor;
  readonly faults: Faults;
  readonly calls: CallLog;
  /** Told of every script of ours that starts. */
  readonly onScript?: (script: string) => void;
  /** Aborted when the machine is switched off or deleted, or the world closes. */
  readonly gone: AbortSignal;
}

/** The host key of a machine, made with it (`servers/NAME/ssh/`). */
export const hostKeyFile = join("ssh", "ssh_host_ed25519_key");

/**
 * Speaks as the machine's OpenSSH server over one connection that arrived through the jump host; it listens nowhere.
 * Only keys are offered, only an account that Windows and sshd let in signs in, and no variable, terminal, shell or forwarding is accepted.
 */
export function serveConnection(connection: Duplex, options: SshServerOptions): void {
  const { server, calls, gone } = options;
  const driveFolder = join(server.path, "C");
  const drop = () => connection.destroy();
  gone.addEventListener("abort", drop, { once: true });
  connection.once("close", () => gone.removeEventListener("abort", drop));

  const host = new ssh2.Server({
    hostKeys: [readFileSync(join(server.path, hostKeyFile))],
    ident: "OpenSSH_for_Windows_9.5",
  });
  host.on("connection", (client) => {
    let home = ["Users", "Public"];
    client.on("authentication", (context) => {
      // Windows account names are compared without case; OpenSSH for Windows lowers them.
      Promise.all([readAdministratorsKeys(driveFolder), options.refuses(context.username)])
        .then(([allowed, refused]) => {
          const log = (result: string) => calls.record({ room: "ssh", action: "login", target: server.name, result });
          if (answerKeyLogin(context, () => refused === undefined, allowed)) {
            home = ["Users", context.username];
            log(`as ${context.username}`);
          } else if (context.method === "publickey" && refused !== undefined) log(`refused: ${refused}`);
        })
        .catch(() => context.reject(["publickey"]));
    });
    client.on("session", (accept) => {
      const session = accept();
      session.on("exec", (acceptExec, _reject, { command }) => {
        const channel = acceptExec();
        runOverChannel(channel, command, { ...options, drop }).catch(drop);
      });
      session.on("sftp", (acceptSftp) => {
        const sftp = acceptSftp();
        mkdir(join(driveFolder, ...home), { recursive: true }).catch(() => undefined);
        serveSftp(sftp, {
          folder: driveFolder,
          home,
          onWrite: (path) =>
            calls.record({ room: "ssh", action: `sftp write ${path}`, target: server.name, result: "opened" }),
        });
      });
    });
    // A client that goes away in the middle of a word is nobody's fault here.
    client.on("error", () => undefined);
  });
  host.on("error", () => undefined);
  // ssh2 asks no more of it than of any duplex stream; its types say Socket.
  host.injectSocket(connection as unknown as Socket);
}
