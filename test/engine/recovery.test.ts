import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { folderOf, readStateFile, stackFiles } from "../../engine/recovery/fileBackend";
import { seenLock } from "../../engine/recovery/locks";
import { recoverStack, type StackPlace } from "../../engine/recovery/recoverStack";
import { BadInput, CouldNotRun } from "../../review/verdict";
import { guardUrn, machineUrn, stateText, urnOf } from "../review/recovery/states";

/** As pulumi writes it into a lock. */
const ownName = `${process.platform === "win32" ? "DOMAIN\\" : ""}${userInfo().username}`;
const whole = stateText({ urns: [machineUrn, guardUrn] });

describe("a stack in a file backend", () => {
  const folder = mkdtempSync(join(tmpdir(), "entra-connect-recovery-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  let number = 0;
  const asked: (readonly string[])[] = [];

  /** A backend of its own. */
  function place(pulumi: StackPlace["pulumi"] = async () => ({ code: 0, stdout: "", stderr: "" })) {
    const backend = join(folder, String(++number));
    const files = stackFiles(backend, "entra", "prod");
    mkdirSync(dirname(files.state), { recursive: true });
    mkdirSync(files.locks, { recursive: true });
    asked.length = 0;
    const stack: StackPlace = {
      project: "entra",
      stack: "prod",
      backendUrl: pathToFileURL(backend).href,
      folder,
      commands: { up: "UP", recover: "RECOVER", cancel: "CANCEL", refresh: "REFRESH" },
      pulumi: (args) => {
        asked.push(args);
        return pulumi(args);
      },
    };
    return { stack, files };
  }

  const lock = (pid: number, host = hostname(), username = ownName): string =>
    JSON.stringify({ pid, username, hostname: host, timestamp: "2026-11-26T23:28:16.893572818Z" });

  async function deadProcess(): Promise<number> {
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    return child.pid ?? 0;
  }

  it("tells a lock of a dead process from one of a living, of another machine, and a cut one", async () => {
    const file = join(folder, "lock.json");
    const holder = (text: string) => {
      writeFileSync(file, text);
      return seenLock(file).holder;
    };
    assert.equal(holder(lock(await deadProcess())), "dead");
    assert.equal(holder(lock(process.pid)), "alive");
    assert.equal(holder(lock(await deadProcess(), "another-host")), "elsewhere");
    for (const text of ["", "{", "null", lock(0), lock(-1), '{"pid":"7"}'])
      assert.equal(holder(text), "unreadable", text);
  });

  it("calls no process dead that another user of this host's name began: a container's, or Windows' seen from WSL", async () => {
    const file = join(folder, "lock.json");
    const pid = await deadProcess();
    for (const name of ["somebody-else", process.platform === "win32" ? userInfo().username : `LAPTOP\\${ownName}`]) {
      writeFileSync(file, lock(pid, hostname(), name));
      assert.equal(seenLock(file).holder, "elsewhere", name);
    }
  });

  it("gets no older state in the place of one that was not read: compressed by zstd, renamed, removed", async () => {
    const zstd = Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), Buffer.from(whole)]);
    for (const [ending, content] of [
      [".zst", zstd],
      ["", zstd],
      ["", undefined],
    ] as const) {
      const { stack, files } = place();
      if (content !== undefined) writeFileSync(`${files.state}${ending}`, content);
      writeFileSync(`${files.state}.bak`, whole);
      writeFileSync(`${files.state}${ending}.bak`, whole);
      const before = readdirSync(dirname(files.state));
      const report = await recoverStack(stack, true);
      assert.equal(report.verdict, "blocked");
      assert.deepEqual(report.summary.steps, []);
      assert.deepEqual(readdirSync(dirname(files.state)), before);
      assert.match(report.findings[0]?.next ?? "", /pulumi stack ls --all.*copy .*\.bak/);
      assert.deepEqual(asked, []);
    }
  });

  it("is not touched where somebody has begun since it was looked at", async () => {
    const { stack, files } = place();
    writeFileSync(files.state, whole.slice(0, 300));
    writeFileSync(`${files.state}.bak`, whole);
    let asked = 0;
    const begins: StackPlace = {
      ...stack,
      get backendUrl() {
        // Once to look, then before the file is touched.
        if (++asked === 2) writeFileSync(join(files.locks, "1.json"), lock(process.pid));
        return stack.backendUrl;
      },
    };
    const first = recoverStack(begins, true);
    await assert.rejects(first, (error) => error instanceof CouldNotRun && /by now/.test(error.message));
    assert.equal(readFileSync(files.state, "utf8"), whole.slice(0, 300));
  });

  it("is only looked at without --yes", async () => {
    const { stack, files } = place();
    writeFileSync(files.state, whole.slice(0, 300));
    writeFileSync(`${files.state}.bak`, whole);
    writeFileSync(join(files.locks, "1.json"), lock(await deadProcess()));
    const before = readdirSync(dirname(files.state));
    const report = await recoverStack(stack, false);
    assert.equal(report.verdict, "review");
    assert.deepEqual(readdirSync(dirname(files.state)), before);
    assert.equal(readFileSync(files.state, "utf8"), whole.slice(0, 300));
    assert.ok(existsSync(join(files.locks, "1.json")));
    assert.deepEqual(asked, []);
  });

  it("gets its older state back, the cut one kept, and the dead lock goes", async () => {
    const { stack, files } = place();
    writeFileSync(files.state, whole.slice(0, 300));
    writeFileSync(`${files.state}.bak`, whole);
    writeFileSync(join(files.locks, "1.json"), lock(await deadProcess()));
    const report = await recoverStack(stack, true);
    assert.equal(report.verdict, "ok", JSON.stringify(report.findings));
    assert.equal(readFileSync(files.state, "utf8"), whole);
    const kept = readdirSync(dirname(files.state)).filter((name) => name.includes(".cut-"));
    assert.deepEqual(
      kept.map((name) => readFileSync(join(dirname(files.state), name), "utf8")),
      [whole.slice(0, 300)],
    );
    assert.deepEqual(readdirSync(files.locks), []);
    assert.equal(report.summary.done.length, 2);
    assert.equal(report.summary.next, "UP");
  });

  it("is left alone beside a living process, with --yes as well", async () => {
    const { stack, files } = place();
    writeFileSync(files.state, whole.slice(0, 300));
    writeFileSync(`${files.state}.bak`, whole);
    for (const text of [lock(process.pid), lock(await deadProcess(), "another-host"), "{"]) {
      writeFileSync(join(files.locks, "1.json"), text);
      const report = await recoverStack(stack, true);
      assert.equal(report.verdict, "blocked");
      assert.equal(readFileSync(files.state, "utf8"), whole.slice(0, 300));
      assert.ok(existsSync(join(files.locks, "1.json")));
    }
    assert.deepEqual(asked, []);
  });

  it("has its pending creations taken out by a refresh that has no target but the stack itself", async () => {
    const pending = stateText({ urns: [guardUrn], pending: [["creating", machineUrn]] });
    const { stack, files } = place(async () => {
      writeFileSync(files.state, stateText({ urns: [guardUrn] }));
      return { code: 0, stdout: "", stderr: "" };
    });
    writeFileSync(files.state, pending);
    const report = await recoverStack(stack, true);
    assert.equal(report.verdict, "ok");
    assert.equal(asked.length, 1);
    const [words = []] = asked;
    assert.equal(words[0], "refresh");
    assert.ok(words.includes("--clear-pending-creates"));
    assert.match(words[words.indexOf("--target") + 1] ?? "", /::pulumi:pulumi:Stack::/);
    assert.equal(words.filter((word) => word === "--target").length, 1);
  });

  it("has only those read anew in Azure that were being deleted, after the creations are out", async () => {
    const alert = urnOf("azure-native:monitor:ScheduledQueryRule", "aadc-g1-run-errors");
    const { stack, files } = place(async () => {
      if (asked.length === 2) writeFileSync(files.state, stateText({ urns: [guardUrn] }));
      return { code: 0, stdout: "", stderr: "" };
    });
    const pending = [
      ["deleting", alert],
      ["creating", machineUrn],
    ] as const;
    writeFileSync(files.state, stateText({ urns: [guardUrn, alert], pending }));
    const report = await recoverStack(stack, true);
    assert.equal(report.verdict, "ok", JSON.stringify(report.findings));
    assert.equal(asked.length, 2);
    const [, words = []] = asked;
    assert.deepEqual(words.slice(0, 5), ["refresh", "--yes", "--skip-preview", "--target", alert]);
    assert.ok(!words.includes("--clear-pending-creates"));
    assert.match(report.summary.done.at(-1) ?? "", /1 resource that was being deleted: gone, and out of the state/);
  });

  it("never has up, destroy, cancel or import run, whatever is the matter", async () => {
    for (const text of [whole, "", stateText({ pending: [["creating", machineUrn]] })]) {
      const { stack, files } = place();
      writeFileSync(files.state, text);
      writeFileSync(`${files.state}.bak`, whole);
      writeFileSync(join(files.locks, "1.json"), lock(await deadProcess()));
      await recoverStack(stack, true);
      for (const [word] of asked) assert.equal(word, "refresh");
    }
  });

  it("says what pulumi said where the pending entries stay", async () => {
    const { stack, files } = place(async () => ({ code: 255, stdout: "", stderr: "error: incorrect passphrase" }));
    writeFileSync(files.state, stateText({ pending: [["creating", machineUrn]] }));
    await assert.rejects(
      recoverStack(stack, true),
      (error) => error instanceof CouldNotRun && /incorrect passphrase/.test(error.message),
    );
  });

  it("says what was done before where a step does not come about", async () => {
    const { stack, files } = place(async () => ({ code: 1, stdout: "", stderr: "error: no" }));
    writeFileSync(files.state, stateText({ pending: [["creating", machineUrn]] }));
    writeFileSync(join(files.locks, "1.json"), lock(await deadProcess()));
    await assert.rejects(
      recoverStack(stack, true),
      (error) => error instanceof CouldNotRun && /Done before: the lock of the dead process/.test(error.message),
    );
  });

  it("whose side file is cut gets it put aside", async () => {
    const { stack, files } = place();
    writeFileSync(files.state, whole);
    writeFileSync(`${files.state}.attrs`, "");
    assert.equal((await recoverStack(stack, false)).verdict, "review");
    assert.equal((await recoverStack(stack, true)).verdict, "ok");
    assert.ok(!existsSync(`${files.state}.attrs`));
    assert.equal(readFileSync(files.state, "utf8"), whole);
  });

  it("that does not exist is refused by name", async () => {
    const { stack } = place();
    await assert.rejects(recoverStack(stack, true), (error) => error instanceof BadInput && /prod/.test(error.message));
  });

  it("is found compressed, and without its project as older Pulumi kept it", () => {
    const { files } = place();
    writeFileSync(`${files.state}.gz`, gzipSync(whole));
    assert.equal(readStateFile(`${files.state}.gz`).kind, "state");
    writeFileSync(`${files.state}.gz`, gzipSync(whole).subarray(0, 60));
    assert.equal(readStateFile(`${files.state}.gz`).kind, "unreadable");
    const old = join(folder, "old");
    mkdirSync(join(old, ".pulumi", "stacks"), { recursive: true });
    writeFileSync(join(old, ".pulumi", "stacks", "prod.json"), whole);
    assert.equal(stackFiles(old, "entra", "prod").locks, join(old, ".pulumi", "locks", "prod"));
  });

  it("lies where its address says", () => {
    assert.equal(folderOf("file:///srv/my%20states?metadata=skip", "/x"), "/srv/my states");
    assert.equal(folderOf("file://./states", "/x"), "/x/states");
    assert.match(folderOf("file://~", "/x") ?? "", /^[/A-Z]/);
    assert.equal(folderOf("https://api.pulumi.com", "/x"), undefined);
    assert.equal(folderOf("s3://states", "/x"), undefined);
  });
});

describe("a stack that is not in a folder", () => {
  const away = (stderr: string): StackPlace => ({
    project: "entra",
    stack: "prod",
    named: "contoso/entra/prod",
    backendUrl: "https://api.pulumi.com",
    folder: "/",
    commands: { up: "UP", recover: "RECOVER", cancel: "CANCEL", refresh: "REFRESH" },
    pulumi: async (args) => {
      assert.deepEqual(args, ["stack", "export", "--stack", "contoso/entra/prod"]);
      return { code: 255, stdout: "", stderr };
    },
  });

  it("is not called damaged where pulumi did not get at it: nobody is sent to an older version then", async () => {
    for (const [words, kind] of [
      ["error: no stack named 'prod' found", BadInput],
      ["error: dial tcp: lookup api.pulumi.com: no such host", CouldNotRun],
      ["error: incorrect passphrase", CouldNotRun],
    ] as const)
      await assert.rejects(
        recoverStack(away(words), true),
        (error) => error instanceof kind && error.message.includes(words) && !error.message.includes("--version"),
      );
    const damaged = await recoverStack(away("error: failed to load checkpoint: unexpected end of JSON input"), true);
    assert.equal(damaged.verdict, "blocked");
    assert.match(damaged.findings[0]?.next ?? "", /stack export --version/);
  });

  it("is read through pulumi stack export, and its lock is never touched", async () => {
    const asked: string[] = [];
    const { checkpoint, version } = JSON.parse(stateText({ pending: [["creating", machineUrn]] }));
    const report = await recoverStack(
      {
        project: "entra",
        stack: "prod",
        backendUrl: "https://api.pulumi.com",
        folder: "/",
        commands: { up: "UP", recover: "RECOVER", cancel: "CANCEL", refresh: "REFRESH" },
        pulumi: async ([word = ""]) => {
          asked.push(word);
          return { code: 0, stdout: JSON.stringify({ version, deployment: checkpoint.latest }), stderr: "" };
        },
      },
      false,
    );
    assert.deepEqual(asked, ["stack"]);
    assert.equal(report.verdict, "review");
    assert.deepEqual(
      report.summary.steps.map(({ kind }) => kind),
      ["clear-pending"],
    );
    assert.ok(report.findings.some(({ code, next }) => code === "not-seen" && next.includes("CANCEL")));
  });
});
