import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuthContext, AuthenticationType } from "ssh2";
import { requires } from "../../support/requires";
import { failureOf, Plugin, urnOf } from "./support/plugin";
import { clientKey, exit, newHostKey, type Script, ScriptedServer } from "./support/sshServer";
import { connectionTo, type Properties, secretValue } from "./support/values";

let plugin: Plugin;

async function withServer(script: Script, work: (server: ScriptedServer) => Promise<void>): Promise<void> {
  const server = await ScriptedServer.start(script);
  try {
    await work(server);
  } finally {
    await server.stop();
  }
}

const command = (connection: Properties): Properties => ({ connection: secretValue(connection), create: "x" });
const run = (connection: Properties): Promise<unknown> => plugin.create("remote:Command", command(connection));
const failure = async (connection: Properties): Promise<string> => (await failureOf(run(connection))).details;

const offering =
  (methods: AuthenticationType[], accept: (attempt: AuthContext) => boolean = () => false) =>
  (attempt: AuthContext): void => {
    if (accept(attempt)) attempt.accept();
    else attempt.reject(methods);
  };

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

  describe("reads the private key", () => {
    const folder = mkdtempSync(join(tmpdir(), "keys-"));
    after(() => rmSync(folder, { recursive: true }));
    const accepting: Script = { authenticate: offering(["publickey"], (attempt) => attempt.method === "publickey") };

    const forms: [what: string, pem: () => string][] = [
      ["PKCS1", () => clientKey("rsa").export({ type: "pkcs1", format: "pem" }).toString()],
      ["PKCS8 rsa", () => clientKey("rsa").export({ type: "pkcs8", format: "pem" }).toString()],
      ["SEC1", () => clientKey("ec").export({ type: "sec1", format: "pem" }).toString()],
      ["PKCS8 ec", () => clientKey("ec").export({ type: "pkcs8", format: "pem" }).toString()],
      ["PKCS8 ed25519", () => clientKey("ed25519").export({ type: "pkcs8", format: "pem" }).toString()],
      ["OpenSSH ed25519", () => newHostKey("ed25519").private],
      ["OpenSSH ecdsa", () => newHostKey("ecdsa").private],
      ["CRLF", () => newHostKey().private.replaceAll("\n", "\r\n")],
      ["no newline at the end", () => newHostKey().private.trimEnd()],
    ];
    for (const [what, pem] of forms) {
      it(`in the form ${what}`, () =>
        withServer(accepting, async (server) => {
          await run(connectionTo(server.port, { privateKey: pem() }));
          assert.ok(server.events.includes("auth publickey"));
        }));
    }

    const plainKey = newHostKey().private;
    const pkcs8 = clientKey("rsa");
    const protectedKey = pkcs8
      .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "p" })
      .toString();
    const pkcs1 = pkcs8.export({ type: "pkcs1", format: "pem" }).toString();
    const refusals: [what: string, key: string, password: string | undefined, error: string][] = [
      ["empty", "", undefined, "ssh: no key found"],
      ["junk", "junk", undefined, "ssh: no key found"],
      ["a public key", newHostKey().line, undefined, "ssh: no key found"],
      ["indented", plainKey.replaceAll("\n", "\n  ").replace(/^/, "  "), undefined, "ssh: no key found"],
      ["encrypted PKCS8", protectedKey, undefined, 'ssh: unsupported key type "ENCRYPTED PRIVATE KEY"'],
      ["encrypted PKCS8 with password", protectedKey, "p", "ssh: not an encrypted key"],
      ["plain OpenSSH with a password", plainKey, "p", "ssh: key is not password protected"],
      ["plain PEM with a password", pkcs1, "p", "ssh: not an encrypted key"],
    ];
    for (const [what, privateKey, password, error] of refusals) {
      it(`and refuses one that is ${what}, before dialling`, () =>
        withServer({}, async (server) => {
          const more: Properties = { privateKey };
          if (password !== undefined) more.privateKeyPassword = password;
          assert.equal(await failure(connectionTo(server.port, { dialErrorLimit: 3, ...more })), error);
          assert.equal(server.connections, 0);
        }));
    }

    const generated: [what: string, type: string, form: string[]][] = [
      ["OpenSSH with passphrase", "ed25519", []],
      ["legacy PEM with passphrase", "rsa", ["-m", "PEM"]],
    ];
    for (const [what, type, form] of generated) {
      it(`in the form ${what}: right, wrong and no password`, function () {
        requires(this, "ssh-keygen", hasKeygen());
        const file = join(folder, `${type}-key`);
        execFileSync("ssh-keygen", ["-q", "-t", type, ...form, "-N", "secret", "-f", file]);
        const privateKey = readFileSync(file, "utf8");
        return withServer(accepting, async (server) => {
          await run(connectionTo(server.port, { privateKey, privateKeyPassword: "secret" }));
          assert.equal(
            await failure(connectionTo(server.port, { privateKey, privateKeyPassword: "wrong" })),
            "x509: decryption password incorrect",
          );
          assert.equal(
            await failure(connectionTo(server.port, { privateKey })),
            "ssh: this private key is passphrase protected",
          );
        });
      });
    }
  });

  describe("pins the host key", () => {
    const own = newHostKey();
    const [type = "", base64 = ""] = own.line.split(" ");
    const lines: [what: string, line: string][] = [
      ["type and key", `${type} ${base64}`],
      ["a comment", own.line],
      ["options in front", `no-pty,command="a b" ${type} ${base64}`],
      ["comment lines before it", `# one\n\n${type} ${base64}\n`],
      ["a known_hosts line", `[h]:2222 ${type} ${base64}`],
      ["another type word", `ssh-rsa ${base64}`],
      ["a second line that does not count", `${type} ${base64}\n${newHostKey().line}`],
    ];
    for (const [what, hostKey] of lines) {
      it(`given with ${what}`, () =>
        withServer({ hostKeys: [own.private] }, async (server) => {
          await run(connectionTo(server.port, { hostKey }));
        }));
    }

    const bad: [hostKey: string, problem: string | RegExp][] = [
      [base64, "failed to parse host key: ssh: no key found"],
      ["SHA256:abcdef", "failed to parse host key: ssh: no key found"],
      ["", "failed to parse host key: ssh: no key found"],
      [
        "ssh-ed25519 AAA!",
        "failed to parse host key: ssh: no key found; last parsing error for ignored line: illegal base64 data at input byte 3",
      ],
    ];
    for (const [hostKey, problem] of bad) {
      it(`and refuses ${JSON.stringify(hostKey.slice(0, 20))} before dialling`, () =>
        withServer({}, async (server) => {
          assert.equal(await failure(connectionTo(server.port, { hostKey, dialErrorLimit: 2 })), problem);
          assert.equal(server.connections, 0);
        }));
    }

    it("and says a mismatch before any login, at every retry", () =>
      withServer({ hostKeys: [own.private] }, async (server) => {
        assert.equal(
          await failure(connectionTo(server.port, { hostKey: newHostKey().line, dialErrorLimit: 1, password: "p" })),
          "after 1 failed attempts: ssh: handshake failed: ssh: host key mismatch",
        );
        assert.deepEqual(server.events, ["connect", "connect"]);
      }));

    it("and says what the server has where it lacks that type", () =>
      withServer({ hostKeys: [newHostKey("ecdsa").private] }, async (server) => {
        assert.equal(
          await failure(connectionTo(server.port, { hostKey: own.line })),
          "after 0 failed attempts: ssh: handshake failed: ssh: no common algorithm for host key; we offered: [ssh-ed25519], peer offered: [ecdsa-sha2-nistp256]",
        );
      }));

    it("and asks for the given type of several", async () => {
      const ecdsa = newHostKey("ecdsa");
      await withServer({ hostKeys: [own.private, ecdsa.private] }, (server) =>
        run(connectionTo(server.port, { hostKey: ecdsa.line })).then(() => undefined),
      );
    });

    it("and takes any without one", () =>
      withServer({}, (server) => run(connectionTo(server.port)).then(() => undefined)));
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

function hasKeygen(): boolean {
  try {
    execFileSync("ssh-keygen", ["-l", "-f", "/dev/null"], { stdio: "ignore" });
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ENOENT");
  }
}
