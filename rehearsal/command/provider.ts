import { createServer, type Server as NetServer, type Socket } from "node:net";
import { Server, ServerCredentials, type ServerOptions } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import type { Client } from "ssh2";
import { CouldNotRun } from "../../review/verdict";
import type { RunningProvider } from "../world/contract";
import { type DialPolicy, loopbackOnly } from "./dialPolicy";
import { EngineLog, type LogEntry } from "./engineLog";
import { messageOf, type NilDereference } from "./failure";
import { Lifecycle } from "./lifecycle";
import type { CommandRun } from "./remoteCommand";
import { providerService } from "./service";

export interface CommandProviderOptions {
  /** Port on 127.0.0.1; default: a free one. */
  readonly port?: number;
  /** Says why an address must not be dialled. Default: everything but loopback is refused. */
  readonly dial?: DialPolicy;
  /** Called before each remote command, when the connection stands. */
  readonly onRun?: (run: CommandRun) => void;
  /** Address of the engine's log service; Attach sets it too. */
  readonly engine?: string;
  /** What relative source paths of a copy start from. Default: the process's folder. */
  readonly folder?: string;
  /** SSH agent used where a connection names none. Default: SSH_AUTH_SOCK; null for none. */
  readonly sshAgent?: string | null;
  /** Log entries that no engine took. Default: dropped. */
  readonly unlogged?: (entry: LogEntry) => void;
  /** Where the genuine plugin's process would die. Default: this one stops answering at once, as if it had. */
  readonly died?: (cause: NilDereference) => void;
}

const grpcOptions: ServerOptions = {
  "grpc.max_receive_message_length": -1,
  "grpc.max_send_message_length": -1,
};

/**
 * Starts the stand-in for the `command` plugin 1.2.1: real SSH and SFTP, nothing on this machine itself. Rejects with
 * CouldNotRun where the port is taken.
 */
export async function startCommandProvider(options: CommandProviderOptions = {}): Promise<RunningProvider> {
  const server = new Server(grpcOptions);
  const log = new EngineLog(options.unlogged ?? (() => undefined));
  const clients = new Set<Client>();
  const gate = new Gate(server);
  const stop = async (): Promise<void> => {
    await gate.close();
    server.forceShutdown();
    log.close();
    for (const client of clients) client.destroy();
  };
  const lifecycle = new Lifecycle({
    onRun: options.onRun,
    folder: options.folder ?? process.cwd(),
    dialler: {
      policy: options.dial ?? loopbackOnly,
      defaultAgent:
        options.sshAgent === undefined ? process.env.SSH_AUTH_SOCK || undefined : (options.sshAgent ?? undefined),
      opened: (client) => {
        clients.add(client);
        client.once("close", () => clients.delete(client));
      },
    },
  });
  server.addService(
    ResourceProviderService,
    providerService({ lifecycle, log, died: options.died ?? (() => void stop()) }),
  );
  if (options.engine !== undefined) log.attach(options.engine);
  return { port: await gate.open(options.port ?? 0), stop };
}

/** The listening socket, kept in our own hands so that its connections can end as those of a dead process do. */
class Gate {
  private readonly sockets = new Set<Socket>();
  private readonly listener: NetServer;

  constructor(server: Server) {
    const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
    this.listener = createServer((socket) => {
      this.sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => this.sockets.delete(socket));
      injector.injectConnection(socket);
    });
  }

  open(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.listener.once("error", (error) => {
        reject(
          new CouldNotRun(
            `The command provider's stand-in cannot listen on 127.0.0.1:${port}: ${messageOf(error)}. ` +
              "Choose another port, or end what uses this one.",
          ),
        );
      });
      this.listener.listen(port, "127.0.0.1", () => {
        const address = this.listener.address();
        resolve(typeof address === "object" && address !== null ? address.port : port);
      });
    });
  }

  close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((resolve) => {
      this.listener.close(() => resolve());
    });
  }
}
