import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Client, type SFTPWrapper, utils } from "ssh2";
import { makeKeyPair } from "../../../rehearsal/world/keys";
import { standardInputCommandLine } from "../../../scripts/assemble";
import { eventually } from "../../support/eventually";
import { connect, connectThrough, openScriptedWorld, run, type ScriptedWorld, stillSilent } from "./scriptedWorld";

const line = standardInputCommandLine;
const prerequisites = "# entra-connect script: prerequisites\r\nexit 0";
const guard = "# entra-connect script: retire\r\nexit 0";

describe("a simulated server's SSH, through the jump host", () => {
  let world: ScriptedWorld;
  const clients: Client[] = [];
  const open = async (...options: Parameters<typeof connectThrough>) => {
    const client = await connectThrough(...options);
    clients.push(client);
    return client;
  };
  const start = async (faults: string[] = []) => {
    world = await openScriptedWorld({ faults });
  };
  afterEach(async () => {
    for (const client of clients.splice(0)) client.end();
    await world.close();
  });

  it("lets the administrator in with the key in administrators_authorized_keys, and runs a command with its input", async () => {
    await start();
    world.windows.script = async (script) => {
      script.onStdout(Buffer.from(`got ${script.stdin.toString()}\n`));
      script.onStderr(Buffer.from("a line of error\r\n"));
      return 3010;
    };
    const result = await run(await open(world), line, prerequisites);
    assert.deepEqual(result, { code: 3010, stdout: `got ${prerequisites}\n`, stderr: "a line of error\r\n" });
    assert.equal(world.windows.runs[0]?.commandLine, line);
    const actions = world.calls.entries().map((entry) => `${entry.action} ${entry.result}`);
    assert.ok(actions.includes("exec prerequisites exit 3010"), actions.join("\n"));
  });

  it("passes megabytes of output whole before the exit code", async () => {
    await start();
    const text = "x".repeat(1_000_000);
    world.windows.script = async (script) => {
      for (let n = 0; n < 5; n += 1) script.onStdout(Buffer.from(text));
      return 7;
    };
    const result = await run(await open(world), line, prerequisites);
    assert.equal(result.stdout.length, 5_000_000);
    assert.equal(result.code, 7);
  });

  it("refuses another key, another user, and a password", async () => {
    await start();
    const other = makeKeyPair("other").privateKey;
    await assert.rejects(connectThrough(world, { privateKey: other }), /authentication methods failed/);
    await assert.rejects(connectThrough(world, { username: "administrator" }), /authentication methods failed/);
    await assert.rejects(
      connectThrough(world, { privateKey: undefined, password: world.folder.secrets.administratorPassword }),
      /authentication methods failed/,
    );
  });

  it("believes nobody who offers the right key without holding it", async () => {
    await start();
    const forged = withPublicHalfOf(world.folder.secrets.login.publicKey, makeKeyPair("other").privateKey);
    const parsed = utils.parseKey(forged);
    const right = utils.parseKey(world.folder.secrets.login.publicKey);
    assert.ok(!(parsed instanceof Error) && !(right instanceof Error));
    assert.deepEqual(parsed.getPublicSSH(), right.getPublicSSH(), "the forgery offers the allowed key");
    await assert.rejects(connectThrough(world, { privateKey: forged }), /authentication methods failed/);
  });

  it("shows the machine's own host key, so that a wrong pin is seen before any login", async () => {
    await start();
    const line = await readFile(join(world.folder.entries.servers, "aadc-stg-g1", "ssh", "ssh_host_ed25519_key.pub"));
    let seen = "";
    await open(world, {
      hostVerifier: (key: Buffer) => {
        seen = key.toString("base64");
        return true;
      },
    });
    assert.equal(seen, line.toString().split(" ")[1]);
    await assert.rejects(connectThrough(world, { hostVerifier: () => false }), /verification failed/i);
    const logins = world.calls.entries().filter((entry) => entry.action === "login");
    assert.equal(logins.length, 1);
  });

  it("accepts no environment variable, no terminal, no shell and no forwarding", async () => {
    await start();
    const client = await open(world);
    world.windows.script = async () => 0;
    await assert.rejects(
      new Promise((resolve, reject) => client.shell((error) => (error ? reject(error) : resolve(1)))),
    );
    await assert.rejects(
      new Promise((resolve, reject) =>
        client.forwardOut("127.0.0.1", 0, "10.40.0.12", 22, (error) => (error ? reject(error) : resolve(1))),
      ),
    );
    await assert.rejects(
      new Promise((resolve, reject) =>
        client.exec("whoami", { pty: true }, (error) => (error ? reject(error) : resolve(1))),
      ),
    );
  });

  it("goes on with a script whose client is gone", async () => {
    await start();
    let finish: (code: number) => void = () => undefined;
    const finished = new Promise<void>((resolve) => {
      world.windows.script = (script) =>
        new Promise<number>((exit) => {
          assert.equal(script.signal?.aborted, false);
          finish = (code) => {
            assert.equal(script.signal?.aborted, false);
            exit(code);
            resolve();
          };
        });
    });
    const client = await open(world);
    const result = run(client, line, prerequisites);
    while (world.windows.runs.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    client.end();
    await result;
    finish(0);
    await finished;
    await eventually("the script in the calls", () =>
      world.calls.entries().some((entry) => entry.action === "exec prerequisites"),
    );
  });

  describe("with faults", () => {
    it("fail: exit 1 with a text, and nothing is run", async () => {
      await start(["ssh:prerequisites=fail"]);
      const client = await open(world);
      const result = await run(client, line, prerequisites);
      assert.equal(result.code, 1);
      assert.match(result.stderr, /Simulated fault: prerequisites/);
      assert.equal(world.windows.runs.length, 0);
      assert.equal((await run(client, line, prerequisites)).code, 0, "the next try is an ordinary one");
    });

    it("lost: the connection breaks at once, whatever the script does, which goes on to its end", async () => {
      await start(["ssh:prerequisites=lost@2"]);
      assert.equal((await run(await open(world), line, prerequisites)).code, 0);
      let end: (code: number) => void = () => undefined;
      world.windows.script = (script) => {
        script.onStdout(Buffer.from("nobody hears this\n"));
        return new Promise((exit) => {
          end = exit;
        });
      };
      const result = await run(await open(world), line, prerequisites);
      assert.deepEqual(result, { code: undefined, stdout: "", stderr: "" });
      assert.equal(world.windows.runs.length, 2);
      world.windows.script = async () => 7;
      assert.equal((await run(await open(world), line, prerequisites)).code, 7, "the next one meets it at work");
      const ended = () => world.calls.entries().find(({ action }) => action === "ended prerequisites")?.result;
      assert.equal(ended(), undefined);
      end(3);
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(ended(), "exit 3, and nobody heard of it");
    });

    it("kill-before: the engine is killed, and nothing is run", async () => {
      await start(["ssh:retire=kill-before"]);
      const result = await run(await open(world), line, guard);
      assert.equal(result.code, undefined);
      assert.deepEqual(world.killed, [4242]);
      assert.equal(world.windows.runs.length, 0);
    });

    it("throttle: the connection is dropped before the script starts", async () => {
      await start(["ssh:prerequisites=throttle"]);
      const result = await run(await open(world), line, prerequisites);
      assert.equal(result.code, undefined);
      assert.equal(world.windows.runs.length, 0);
      assert.equal((await run(await open(world), line, prerequisites)).code, 0);
    });

    it("kill: the engine is killed while the script runs, and the script goes on", async () => {
      await start(["ssh:retire=kill"]);
      const result = await run(await open(world), line, guard);
      assert.deepEqual(world.killed, [4242]);
      assert.equal(result.code, 0);
      assert.equal(world.windows.runs.length, 1);
    });

    it("hang: no answer, and nothing is run", async () => {
      await start(["ssh:retire=hang"]);
      const result = run(await open(world), line, guard);
      assert.ok(await stillSilent(result));
      assert.equal(world.windows.runs.length, 0);
    });
  });

  describe("SFTP", () => {
    const sftpOf = (client: Client) =>
      new Promise<SFTPWrapper>((resolve, reject) =>
        client.sftp((error, sftp) => (error ? reject(error) : resolve(sftp))),
      );
    const ask = <T>(call: (done: (error: Error | null | undefined, value?: T) => void) => void) =>
      new Promise<T | undefined>((resolve, reject) => call((error, value) => (error ? reject(error) : resolve(value))));

    it("takes a file of 5 MB byte for byte, in parallel pieces", async () => {
      await start();
      const sftp = await sftpOf(await open(world));
      const bytes = randomBytes(5 * 1024 * 1024 + 17);
      await ask((done) => sftp.mkdir("C:/ProgramData/incoming", done));
      const handle = await ask<Buffer>((done) => sftp.open("C:/ProgramData/incoming/AADConnect.msi", "w+", done));
      assert.ok(handle);
      const pieces: Promise<unknown>[] = [];
      // From the end: where a piece goes is said by its offset alone.
      for (let at = Math.floor(bytes.length / 32768) * 32768; at >= 0; at -= 32768) {
        const length = Math.min(32768, bytes.length - at);
        pieces.push(ask((done) => sftp.write(handle, bytes, at, length, at, done)));
      }
      await Promise.all(pieces);
      await ask((done) => sftp.close(handle, done));
      const stored = await readFile(
        join(world.folder.entries.servers, "aadc-stg-g1", "C", "ProgramData", "incoming", "AADConnect.msi"),
      );
      const hash = (data: Buffer) => createHash("sha256").update(data).digest("hex");
      assert.equal(hash(stored), hash(bytes));
      const back = await ask<Buffer>((done) => sftp.readFile("c:\\programdata\\INCOMING\\aadconnect.MSI", done));
      assert.ok(back && hash(back) === hash(bytes));
    });

    it("finds C:/x, /C:/x, C:\\x and /x without regard to case, and answers /C:/x", async () => {
      await start();
      const sftp = await sftpOf(await open(world));
      for (const path of ["C:/programdata/SSH", "/C:/ProgramData/ssh", "c:\\ProgramData\\ssh", "/ProgramData/ssh"]) {
        const stats = await ask<{ isDirectory(): boolean }>((done) => sftp.stat(path, done));
        assert.ok(stats?.isDirectory(), path);
      }
      assert.equal(await ask<string>((done) => sftp.realpath(".", done)), "/C:/Users/azureadmin");
      assert.equal(await ask<string>((done) => sftp.realpath("C:\\Temp\\..\\x", done)), "/C:/x");
      assert.equal(await ask<string>((done) => sftp.realpath("C:/../../..", done)), "/C:/");
    });

    it("denies what is not on C:, and says what is missing", async () => {
      await start();
      const sftp = await sftpOf(await open(world));
      for (const path of ["D:/x", "//host/share/x", "C:/a:stream", "C:/con"])
        await assert.rejects(
          ask((done) => sftp.stat(path, done)),
          /Permission denied/,
          path,
        );
      await assert.rejects(
        ask((done) => sftp.stat("C:/nothing", done)),
        /No such file/,
      );
      await assert.rejects(
        ask((done) => sftp.open("C:/no/such/folder.txt", "w", done)),
        /No such file/,
      );
    });

    it("renames, lists and removes", async () => {
      await start();
      const sftp = await sftpOf(await open(world));
      await ask((done) => sftp.writeFile("C:/Windows-one.txt", "1", done));
      await ask((done) => sftp.rename("c:/windows-ONE.txt", "C:/two.txt", done));
      const names = await ask<{ filename: string }[]>((done) => sftp.readdir("C:/", done));
      assert.ok(names?.some((entry) => entry.filename === "two.txt"));
      await ask((done) => sftp.unlink("C:/TWO.txt", done));
      await assert.rejects(
        ask((done) => sftp.stat("C:/two.txt", done)),
        /No such file/,
      );
      await assert.rejects(
        ask((done) => sftp.rmdir("C:/", done)),
        /Permission denied/,
      );
    });

    describe("with faults", () => {
      const bytes = randomBytes(100_000);
      const path = "C:/ProgramData/setup.msi";
      /** As the command plugin copies a file: opened, written in pieces that are in flight together, closed. */
      const copy = async () => {
        const sftp = await sftpOf(await open(world));
        const lost = new Promise<never>((_resolve, reject) =>
          sftp.once("close", () => reject(new Error("the connection broke"))),
        );
        const work = (async () => {
          const handle = await ask<Buffer>((done) => sftp.open(path, "w+", done));
          assert.ok(handle);
          const pieces: Promise<unknown>[] = [];
          for (let at = 0; at < bytes.length; at += 32768)
            pieces.push(ask((done) => sftp.write(handle, bytes, at, Math.min(32768, bytes.length - at), at, done)));
          const written = (await Promise.allSettled(pieces)).filter(({ status }) => status === "rejected");
          await ask((done) => sftp.close(handle, done));
          if (written.length > 0) throw (written[0] as PromiseRejectedResult).reason;
        })();
        lost.catch(() => undefined);
        work.catch(() => undefined);
        return Promise.race([work, lost]);
      };
      const stored = () =>
        readFile(join(world.folder.entries.servers, "aadc-stg-g1", "C", "ProgramData", "setup.msi")).catch(
          () => undefined,
        );
      const copiesAgain = async () => {
        await copy();
        assert.deepEqual(await stored(), bytes, "the next copy is whole");
      };

      it("fail: the file is refused by the name it gets, and nothing is there", async () => {
        await start(["sftp:SETUP.*=fail"]);
        await assert.rejects(copy(), /Failure/);
        assert.equal(await stored(), undefined);
        await copiesAgain();
      });

      it("throttle: the connection is dropped before the file is made", async () => {
        await start(["sftp:setup.msi=throttle"]);
        await assert.rejects(copy(), /the connection broke|No response|closed/i);
        assert.equal(await stored(), undefined);
        await copiesAgain();
      });

      it("hang: no answer, and no file", async () => {
        await start(["sftp:setup.msi=hang"]);
        assert.ok(await stillSilent(copy()));
        assert.equal(await stored(), undefined);
      });

      it("half: a part of it is there, and the rest is refused, as on a full disk", async () => {
        await start(["sftp:setup.msi=half"]);
        await assert.rejects(copy(), /Failure/);
        const part = await stored();
        assert.ok(part && part.length > 0 && part.length < bytes.length);
        await copiesAgain();
      });

      it("lost: all of it is there, and nobody hears so", async () => {
        await start(["sftp:setup.msi=lost"]);
        await assert.rejects(copy(), /the connection broke|No response|closed/i);
        assert.deepEqual(await stored(), bytes);
        await copiesAgain();
      });

      it("kill and kill-before: the engine is killed once it is there, or before it is made", async () => {
        await start(["sftp:setup.msi=kill-before", "sftp:setup.msi=kill@2"]);
        await assert.rejects(copy(), /the connection broke|No response|closed/i);
        assert.deepEqual(world.killed, [4242]);
        assert.equal(await stored(), undefined);
        await assert.rejects(copy(), /the connection broke|No response|closed/i);
        assert.deepEqual(await stored(), bytes);
      });

      it("leaves other files alone, and reading", async () => {
        await start(["sftp:other.msi=fail"]);
        await copiesAgain();
      });
    });

    it("ends the session when the client does", async () => {
      await start();
      const client = await open(world);
      const sftp = await sftpOf(client);
      const closed = new Promise((resolve) => sftp.once("close", resolve));
      sftp.end();
      await closed;
      assert.equal((await run(client, line, prerequisites)).code, 0);
    });
  });

  it("tells a client at the jump host nothing but what the server says", async () => {
    await start();
    const jump = await connect(world.jumpLogin);
    clients.push(jump);
    await assert.rejects(
      new Promise((resolve, reject) => jump.exec("id", (error) => (error ? reject(error) : resolve(1)))),
    );
  });
});

/** An OpenSSH private key file that claims another public half: it offers that one and signs with its own. */
function withPublicHalfOf(publicLine: string, privateKey: string): string {
  const wanted = Buffer.from(publicLine.split(" ")[1] ?? "", "base64").subarray(-32);
  const parsed = utils.parseKey(privateKey);
  assert.ok(!(parsed instanceof Error));
  const own = parsed.getPublicSSH().subarray(-32);
  const body = Buffer.from(privateKey.replace(/-----.*-----/g, "").replace(/\s/g, ""), "base64");
  for (let at = body.indexOf(own); at >= 0; at = body.indexOf(own)) wanted.copy(body, at);
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${body.toString("base64")}\n-----END OPENSSH PRIVATE KEY-----\n`;
}
