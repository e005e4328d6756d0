import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import type { Socket } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import ssh2 from "ssh2";
import { answerKeyLogin, readAdministratorsKeys } from "./authorizedKeys";
import type { CallLog, Faults, ServerFolder, WindowsExecutor } from "./contract";
import { runOverChannel } from "./scriptChannel";
import { type FileFault, serveSftp } from "./sftpServer";

export interface SshServerOptions {
  readonly server: ServerFolder;
  /** Why nobody of that name is let in; undefined where somebody is. */
  readonly refuses: (name: string) => Promise<string | undefined>;
  readonly executor: WindowsExecutor;
  readonly faults: Faults;
  readonly calls: CallLog;
  /** Told of every script of ours that starts. */
  readonly onScript?: (script: string) => void;
  /** Told of everything that starts, until it has ended. */
  readonly onRun?: (running: Promise<unknown>, server: ServerFolder) => void;
  /** Told where a fault leaves what runs without anybody who listens. */
  readonly onCut?: () => void;
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
        serveSftp(sftp, { folder: driveFolder, home, onWrite: (path) => fileFault(path, options), drop });
      });
    });
    // A client that goes away in the middle of a word is nobody's fault here.
    client.on("error", () => undefined);
  });
  host.on("error", () => undefined);
  // ssh2 asks no more of it than of any duplex stream; its types say Socket.
  host.injectSocket(connection as unknown as Socket);
}

/** What happens to a file that is copied to the machine, by the fault that is due for it. */
function fileFault(windowsPath: string, { server, faults, calls }: SshServerOptions): FileFault | undefined {
  const log = (result: string) =>
    calls.record({ room: "ssh", action: `sftp write ${windowsPath}`, target: server.name, result });
  const fault = faults.take({ room: "sftp", server: server.name, file: windowsPath.split(/[\\/]/).at(-1) ?? "" });
  switch (fault) {
    case undefined:
      log("opened");
      return undefined;
    case "fail":
      log("fault fail: refused, nothing written");
      return { at: "open", answer: "refuse" };
    case "throttle":
      log("fault throttle: connection dropped before the file was made");
      return { at: "open", answer: "drop" };
    case "hang":
      log("fault hang: no answer");
      return { at: "open", answer: "none" };
    case "kill-before":
      log("fault kill-before: the engine was killed before the file was made");
      faults.killEngine();
      return { at: "open", answer: "drop" };
    case "half":
      log("fault half: a part of it is written, and the rest is refused, as on a disk that is full");
      return { at: "write" };
    case "lost":
      log("fault lost: all of it is written, and the connection broken before the answer");
      return { at: "close" };
    case "kill":
      log("fault kill: all of it is written, and the engine killed before the answer");
      return { at: "close", before: () => faults.killEngine() };
    default:
      throw new Error(`a file knows no effect ${fault}`); // the grammar refuses it
  }
}
