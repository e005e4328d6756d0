import assert from "node:assert/strict";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { AuthContext } from "ssh2";
import { failureOf, Plugin, urnOf } from "./support/plugin";
import { clientKey, exit, offering, type Script, type ScriptedServer, withServer } from "./support/sshServer";
import { connectionTo, type Properties, secretValue } from "./support/values";

let plugin: Plugin;

const command = (connection: Properties): Properties => ({ connection: secretValue(connection), create: "x" });
const run = (connection: Properties): Promise<unknown> => plugin.create("remote:Command", command(connection));
const failure = async (connection: Properties): Promise<string> => (await failureOf(run(connection))).details;

/** A port on which a plain TCP server does as told. */
async function tcp(
  onConnection: (socket: Socket) => void,
): Promise<{ port: number; server: Server; count: () => number }> {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.on("error", () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port, server, count: () => connections };
}

async function closedPort(): Promise<number> {
  const { port, server } = await tcp(() => undefined);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe("Connecting", () => {
  beforeEach(async () => {
    plugin = await Plugin.start();
  });
  afterEach(() => plugin.stop());

  describe("logs in", () => {
    const key = clientKey("ed25519").export({ type: "pkcs8", format: "pem" }).toString();

    it("with none, key, password, then keyboard-interactive, one attempt each", () =>
      withServer({ authenticate: offering(["publickey", "password", "keyboard-interactive"]) }, async (server) => {
        const error = await failure(connectionTo(server.port, { password: "p", privateKey: key }));
        assert.deepEqual(server.events, [
          "connect",
          "auth none",
          "auth publickey",
          "auth password",
          "auth keyboard-interactive",
        ]);
        assert.equal(
          error,
          "after 0 failed attempts: ssh: handshake failed: ssh: unexpected message type 51 (expected 60)",
        );
      }));

    it("only with methods the server offers, and says which were tried", () =>
      withServer({ authenticate: offering(["password"]) }, async (server) => {
        assert.equal(
          await failure(connectionTo(server.port, { password: "p", privateKey: key })),
          "after 0 failed attempts: ssh: handshake failed: ssh: unable to authenticate, attempted methods [none password], no supported methods remain",
        );
        assert.deepEqual(server.events, ["connect", "auth none", "auth password"]);
      }));

    it("answering every question with the password", () => {
      const asked: string[][] = [];
      const authenticate = (attempt: AuthContext): void => {
        if (attempt.method !== "keyboard-interactive") attempt.reject(["keyboard-interactive"]);
        else {
          attempt.prompt([{ prompt: "one" }, { prompt: "two", echo: true }], (answers) => {
            asked.push(answers);
            attempt.reject(["keyboard-interactive"]);
          });
        }
      };
      return withServer({ authenticate }, async (server) => {
        assert.equal(
          await failure(connectionTo(server.port, { password: "p" })),
          "after 0 failed attempts: ssh: handshake failed: ssh: unable to authenticate, attempted methods [none keyboard-interactive], no supported methods remain",
        );
        assert.deepEqual(asked, [["p", "p"]]);
      });
    });

    it("again at every retry, password and keyboard-interactive both", () =>
      withServer({ authenticate: offering(["password", "keyboard-interactive"]) }, async (server) => {
        await failure(connectionTo(server.port, { password: "p", dialErrorLimit: 2 }));
        const count = (event: string): number => server.events.filter((one) => one === event).length;
        assert.deepEqual([count("connect"), count("auth password"), count("auth keyboard-interactive")], [3, 3, 3]);
      }));

    it("with an agent that cannot be opened: not at all", () =>
      withServer({}, async (server) => {
        assert.equal(
          await failure(connectionTo(server.port, { password: "p", agentSocketPath: "/nowhere/agent" })),
          "dial unix /nowhere/agent: connect: no such file or directory",
        );
        assert.equal(server.connections, 0);
      }));
  });

  describe("retries", () => {
    it("N times, logging each failed try but the last", async () => {
      const port = await closedPort();
      assert.equal(
        await failure(connectionTo(port, { dialErrorLimit: 2 })),
        `after 2 failed attempts: dial tcp 127.0.0.1:${port}: connect: connection refused`,
      );
      assert.deepEqual(
        plugin.logs,
        [1, 2].map((k) => ({
          severity: "info",
          message: `Dial ${k}/2 failed: retrying`,
          urn: urnOf("remote:Command"),
          ephemeral: true,
          streamId: 0,
        })),
      );
    });

    it("for ever with -1, until Cancel; afterwards not at all", async () => {
      const port = await closedPort();
      const connection = connectionTo(port, { dialErrorLimit: -1 });
      const pending = failureOf(run(connection));
      while (!plugin.logs.some(({ message }) => message === "Dial 2/inf failed: retrying")) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await plugin.cancel();
      assert.deepEqual(await pending, { code: 1, details: "context canceled" });
      const logged = plugin.logs.length;
      assert.deepEqual(await failureOf(run(connection)), { code: 1, details: "context canceled" });
      assert.equal(plugin.logs.length, logged);
      assert.deepEqual((await plugin.check("remote:Command", { connection: { host: "h" } })).failures, []);
      await withServer({}, (server) => run(connectionTo(server.port)).then(() => undefined));
    });

    it("until the operation's own timeout, which a running command does not heed", async () => {
      const port = await closedPort();
      const connection = connectionTo(port, { dialErrorLimit: -1 });
      assert.deepEqual(await failureOf(plugin.create("remote:Command", command(connection), { timeout: 1 })), {
        code: 4,
        details: "context deadline exceeded",
      });
      const slow: Script = { run: ({ channel }) => void setTimeout(() => exit(channel, 0), 1300) };
      await withServer(slow, async (server) => {
        await plugin.create("remote:Command", command(connectionTo(server.port)), { timeout: 1 });
      });
    });
  });

  describe("fails", () => {
    it("with an invalid port", async () => {
      assert.equal(
        await failure(connectionTo(70000)),
        "after 0 failed attempts: dial tcp: address 70000: invalid port",
      );
    });

    it("where the server hangs up or resets", async () => {
      const ending = await tcp((socket) => socket.end());
      assert.equal(await failure(connectionTo(ending.port)), "after 0 failed attempts: ssh: handshake failed: EOF");
      const resetting = await tcp((socket) => socket.once("data", () => socket.resetAndDestroy()));
      assert.match(
        await failure(connectionTo(resetting.port)),
        /^after 0 failed attempts: ssh: handshake failed: read tcp 127\.0\.0\.1:\d+->127\.0\.0\.1:\d+: read: connection reset by peer$/,
      );
      ending.server.close();
      resetting.server.close();
    });

    it("to reach anything but loopback, without trying", async () => {
      for (const host of ["10.0.0.1", "example.com", "128.0.0.1", "::2", "127.0.0.1.example.com", "0.0.0.0"]) {
        const error = await failure({ ...connectionTo(22, { dialErrorLimit: 5 }), host });
        assert.match(error, /^refused to dial .*: a rehearsal dials nothing but loopback/);
      }
      assert.deepEqual(plugin.logs, []);
    });

    it("by the caller's own policy", async () => {
      const strict = await Plugin.start({ dial: (host, port) => `not ${host}:${port}` });
      const details = (await failureOf(strict.create("remote:Command", command(connectionTo(5))))).details;
      assert.equal(details, "not 127.0.0.1:5");
      await strict.stop();
    });

    it("not with localhost, the empty host, or a port with a fraction", () =>
      withServer({}, async (server) => {
        await run({ ...connectionTo(server.port), host: "localhost" });
        await run({ ...connectionTo(server.port), host: "" });
        await run(connectionTo(server.port + 0.5));
      }));

    it("at once with a negative time limit", async () => {
      assert.match(
        await failure(connectionTo(await closedPort(), { perDialTimeout: -1 })),
        /^after 0 failed attempts: dial tcp 127\.0\.0\.1:\d+: i\/o timeout$/,
      );
    });

    it("naming both offers where no key exchange is common, in the genuine plugin's order", () =>
      withServer({ keyExchange: "diffie-hellman-group1-sha1" }, async (server) => {
        assert.equal(
          await failure(connectionTo(server.port)),
          "after 0 failed attempts: ssh: handshake failed: ssh: no common algorithm for key exchange; we offered: " +
            "[mlkem768x25519-sha256 curve25519-sha256 curve25519-sha256@libssh.org ecdh-sha2-nistp256 ecdh-sha2-nistp384 " +
            "ecdh-sha2-nistp521 diffie-hellman-group14-sha256 diffie-hellman-group14-sha1 ext-info-c " +
            "kex-strict-c-v00@openssh.com], peer offered: [diffie-hellman-group1-sha1 kex-strict-s-v00@openssh.com]",
        );
      }));

    it("in the words of a server that disconnects", async () => {
      const leaving = (attempt: AuthContext, connection: unknown): void => {
        const { _protocol, _sock } = connection as { _protocol: { disconnect(n: number): void }; _sock: Socket };
        _protocol.disconnect(2);
        _sock.end();
        assert.equal(attempt.method, "none");
      };
      await withServer({ authenticate: leaving }, async (server) => {
        assert.match(
          await failure(connectionTo(server.port)),
          /^after 0 failed attempts: ssh: handshake failed: ssh: disconnect, reason 2: /,
        );
      });
    });

    it("where no method is left to try", async () => {
      await withServer({ authenticate: (attempt) => attempt.reject([]) }, async (server) => {
        assert.match(
          await failure(connectionTo(server.port)),
          /attempted methods \[none\], no supported methods remain$/,
        );
      });
    });
  });

  it("runs several commands at the same time", async () => {
    let running = 0;
    let bothRun: () => void = () => undefined;
    const both = new Promise<void>((resolve) => {
      bothRun = resolve;
    });
    const together: Script = {
      run: async ({ channel }) => {
        if (++running === 2) bothRun();
        await both;
        exit(channel, 0);
      },
    };
    await withServer(together, async (server) => {
      await Promise.all([run(connectionTo(server.port)), run(connectionTo(server.port))]);
    });
  });

  describe("through a proxy", () => {
    const bridge: Script = {
      forward:
        (_connection, { port }) =>
        (channel) => {
          const socket = connect(port, "127.0.0.1");
          socket.on("error", () => channel.close());
          channel.on("error", () => socket.destroy());
          channel.pipe(socket).pipe(channel);
        },
    };
    const via = (jump: ScriptedServer, to: Properties, more: Properties = {}): Properties => ({
      ...to,
      proxy: connectionTo(jump.port, more),
    });

    it("logs in there, is forwarded, and logs in at the host, which may be private", () =>
      withServer(bridge, (jump) =>
        withServer({}, async (server) => {
          await run(via(jump, { ...connectionTo(server.port), host: "10.40.0.11" }));
          assert.deepEqual(jump.events, ["connect", "auth none", `forward 10.40.0.11:${server.port}`]);
          assert.deepEqual(server.events.slice(0, 4), ["connect", "auth none", "session", "exec x"]);
        }),
      ));

    it("dials no proxy outside loopback", async () => {
      const connection = { ...connectionTo(22), proxy: { ...connectionTo(22), host: "10.0.0.1" } };
      assert.match(await failure(connection), /refused to dial 10\.0\.0\.1:22/);
    });

    it("says proxy: before every error", async () => {
      const port = await closedPort();
      assert.equal(
        await failure({ ...connectionTo(22), proxy: connectionTo(port, { dialErrorLimit: 1 }) }),
        `proxy: after 1 failed attempts: dial tcp 127.0.0.1:${port}: connect: connection refused`,
      );
      assert.deepEqual(
        plugin.logs.map(({ message }) => message),
        ["Dial proxy 1/1 failed: retrying"],
      );
      assert.equal(
        await failure({ ...connectionTo(22), proxy: connectionTo(port, { hostKey: "" }) }),
        "proxy: failed to parse host key: ssh: no key found",
      );
    });

    it("asks for the forward N+1 times", () =>
      withServer({}, async (jump) => {
        const error = await failure(via(jump, connectionTo(1234, { dialErrorLimit: 2 })));
        assert.match(error, /^proxy: after 2 failed attempts: ssh: rejected: connect failed \(.*\)$/);
        assert.equal(jump.events.filter((event) => event.startsWith("forward")).length, 3);
        assert.deepEqual(
          plugin.logs.map(({ message }) => message),
          ["Dial from proxy 1/2 failed: retrying", "Dial from proxy 2/2 failed: retrying"],
        );
      }));

    it("tries the inner login once in effect: retries find the channel closed", () =>
      withServer(bridge, (jump) =>
        withServer({ authenticate: offering(["password"]) }, async (server) => {
          const cause = "ssh: unable to authenticate, attempted methods [none password], no supported methods remain";
          assert.equal(
            await failure(via(jump, connectionTo(server.port, { password: "p" }))),
            `proxy: after 0 failed attempts: ssh: handshake failed: ${cause}`,
          );
          assert.equal(
            await failure(via(jump, connectionTo(server.port, { password: "p", dialErrorLimit: 2 }))),
            "proxy: after 2 failed attempts: ssh: handshake failed: EOF",
          );
          assert.equal(server.connections, 2);
          assert.deepEqual(
            plugin.logs.map(({ message }) => message),
            ["Dial 1/2 failed: retrying", "Dial 2/2 failed: retrying"],
          );
        }),
      ));
  });
});
