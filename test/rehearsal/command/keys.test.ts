import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requires } from "../../support/requires";
import { failureOf, Plugin } from "./support/plugin";
import { clientKey, newHostKey, offering, type Script, withServer } from "./support/sshServer";
import { connectionTo, type Properties, secretValue } from "./support/values";

let plugin: Plugin;

const command = (connection: Properties): Properties => ({ connection: secretValue(connection), create: "x" });
const run = (connection: Properties): Promise<unknown> => plugin.create("remote:Command", command(connection));
const failure = async (connection: Properties): Promise<string> => (await failureOf(run(connection))).details;

describe("A connection", () => {
  beforeEach(async () => {
    plugin = await Plugin.start();
  });
  afterEach(() => plugin.stop());

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
});

function hasKeygen(): boolean {
  try {
    execFileSync("ssh-keygen", ["-l", "-f", "/dev/null"], { stdio: "ignore" });
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ENOENT");
  }
}
