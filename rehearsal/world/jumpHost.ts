import { createServer } from "node:net";
import type { Duplex } from "node:stream";
import ssh2, { type Connection } from "ssh2";
import { CouldNotRun } from "../../review/verdict";
import { answerKeyLogin, readKeyLines } from "./authorizedKeys";
import type { CallLog } from "./contract";
import type { WorldFile } from "./worldFile";

export interface ForwardTarget {
  readonly address: string;
  readonly port: number;
}

export type Forwarding =
  | { readonly kind: "serve"; readonly serve: (connection: Duplex) => void }
  | { readonly kind: "silence"; readonly reason: string };

export interface JumpHostOptions {
  readonly identity: WorldFile["jumpHost"];
  readonly calls: CallLog;
  /** Decides what answers at an address of the world. Nothing is ever dialled. */
  readonly decide: (target: ForwardTarget) => Promise<Forwarding>;
  /** Real seconds of silence before the jump host gives up, as a dial that times out does. Default 5 (a real one: about 127). */
  readonly silenceSeconds?: number;
}

export interface JumpHost {
  readonly port: number;
  close(): Promise<void>;
}

/** Long enough that silence is not taken for refusal, short enough for a rehearsal. */
const defaultSilenceSeconds = 5;

/**
 * The one thing of a world that listens: an SSH server on 127.0.0.1 at the world's port that forwards to private
 * addresses of the world and offers nothing else. Throws CouldNotRun where the port is taken.
 */
export function startJumpHost(options: JumpHostOptions): Promise<JumpHost> {
  const { identity, calls } = options;
  const silence = (options.silenceSeconds ?? defaultSilenceSeconds) * 1000;
  const allowed = readKeyLines(identity.authorizedKey);
  const connections = new Set<Connection>();
  const timers = new Set<NodeJS.Timeout>();

  const server = new ssh2.Server({ hostKeys: [identity.hostKey.privateKey], ident: "OpenSSH_9.6" });
  server.on("connection", (client) => {
    connections.add(client);
    client.once("close", () => connections.delete(client));
    client.on("error", () => undefined);
    client.on("authentication", (context) => {
      answerKeyLogin(context, (name) => name === identity.user, allowed);
    });
    client.on("tcpip", (accept, reject, { destIP, destPort }) => {
      const log = (result: string) =>
        calls.record({ room: "network", action: `forward ${destIP}:${destPort}`, target: destIP, result });
      const giveUp = () => {
        const timer = setTimeout(() => {
          timers.delete(timer);
          reject();
        }, silence);
        timers.add(timer);
        client.once("close", () => {
          clearTimeout(timer);
          timers.delete(timer);
        });
      };
      options
        .decide({ address: destIP, port: destPort })
        .then((forwarding) => {
          if (forwarding.kind === "silence") {
            log(`silence: ${forwarding.reason}`);
            return giveUp();
          }
          log("open");
          const channel: Duplex = accept();
          channel.on("error", () => undefined);
          forwarding.serve(channel);
        })
        .catch((error: unknown) => {
          log(`the simulation failed: ${error instanceof Error ? error.message : String(error)}`);
          reject();
        });
    });
  });

  // Small packets go back and forth all the time: waiting to fill them would make a file of 5 MB take seconds.
  const listener = createServer({ noDelay: true }, (socket) => server.injectSocket(socket));
  return new Promise((resolve, reject) => {
    listener.once("error", (error: NodeJS.ErrnoException) => reject(cannotListen(identity.port, error)));
    listener.listen(identity.port, "127.0.0.1", () => {
      listener.on("error", () => undefined);
      resolve({
        port: identity.port,
        close: () =>
          new Promise((closed) => {
            for (const timer of timers) clearTimeout(timer);
            listener.close(() => closed());
            for (const client of connections) client.end();
          }),
      });
    });
  });
}

function cannotListen(port: number, error: NodeJS.ErrnoException): CouldNotRun {
  const why = error.code === "EADDRINUSE" ? "another program uses that port" : error.message;
  return new CouldNotRun(
    `The rehearsal's jump host cannot listen on 127.0.0.1:${port}: ${why}. The port belongs to this world (another one ` +
      "would change every connection of the servers in it). End the other program, use another world with --dir, or " +
      "start this one anew with --reset.",
  );
}
