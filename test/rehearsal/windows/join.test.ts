import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { describe, it } from "mocha";
import { boot, createServerWorld } from "../../../rehearsal/windows/createServerWorld";
import { secureChannelOf, standInBlob, traceOf } from "../../../rehearsal/windows/joining";
import { changeServerWorld, pathOnDrive, readServerWorld } from "../../../rehearsal/windows/serverFiles";
import type { JoinDomainArguments } from "../../../scripts/assemble";
import { validateAnswer } from "../../../scripts/assemble";
import { knownCauses } from "../../../scripts/causes";
import { filesContaining, formsOf } from "../../support/leaks";
import { machine, type Pair, usePairs } from "./pair";
import { installed } from "./stages";

const domain = "corp.contoso.com";
const password = "Canary-Join-7f3a9c21-Password";
const computerName = machine.computerName;
const blob = (name: string = computerName) => standInBlob({ domain, computerName: name, password });
const note = "C:\\ProgramData\\pulumi-entra-connect\\joining.json";
const log = "C:\\Windows\\debug\\netsetup.log";

let pair: Pair;

/** The protected folder that enable-remote-access makes. */
const withFolder = () =>
  pair.each((server) =>
    mkdir(pathOnDrive(server, "C:\\ProgramData\\pulumi-entra-connect\\incoming"), { recursive: true }),
  );

const given = (more: Partial<JoinDomainArguments> = {}): JoinDomainArguments => ({
  computerName,
  vmId: machine.vmId,
  domain,
  method: "offlineBlob",
  secret: blob(),
  ...more,
});
const byPassword = { method: "machinePassword", secret: password } as const;
const join = (more?: Partial<JoinDomainArguments>) => pair.run("join-domain", given(more));
const restart = () => pair.run("restart-after-join", { computerName, vmId: machine.vmId, staged: "" });
const prove = (more: { readonly computerName?: string; readonly domain?: string } = {}) =>
  pair.run("prove-membership", {
    computerName,
    vmId: machine.vmId,
    domain,
    loginName: "SyncAdmin",
    staged: "",
    ...more,
  });
/** Windows has gone down and come up again, a minute later. */
const comeUp = () =>
  pair.each(async (server) => {
    const { clock } = await readServerWorld(server);
    await boot(server, { ...clock, simulatedStart: new Date(Date.parse(clock.simulatedStart) + 60_000).toISOString() });
  });

describe("a domain join, in PowerShell and emulated", () => {
  const machines = usePairs();
  const unjoined = async () => {
    pair = await machines({ domain: null });
    await withFolder();
  };

  for (const [method, more] of [
    ["a file of djoin", {}],
    ["a one-time password", byPassword],
  ] as const)
    it(`by ${method}: staged, restarted, proven; and nothing of it happens a second time`, async () => {
      await unjoined();
      const first = await join(more);
      assert.equal(first.stderr, "");
      const staged = validateAnswer("join-domain", first.stdout);
      assert.equal(staged.outcome, "staged");
      assert.deepEqual(staged.changes, [`staged to be a member of ${domain} from the next start on`]);
      assert.equal((await pair.world()).domain.joined, false, "not before the next start");

      const again = validateAnswer("join-domain", (await join(more)).stdout);
      assert.equal(again.outcome, "restart-owed");
      assert.deepEqual(again.changes, []);

      const old = await prove();
      assert.match(old.stderr, /\[restart-to-come\]/, "the Windows in which it was staged proves nothing");

      const restarted = validateAnswer("restart-after-join", (await restart()).stdout);
      assert.deepEqual([restarted.outcome, restarted.delaySeconds], ["restarting", 10]);
      const planned = validateAnswer("restart-after-join", (await restart()).stdout);
      assert.equal(planned.outcome, "restarting", "one that is planned already is no failure");

      await comeUp();
      assert.equal(validateAnswer("restart-after-join", (await restart()).stdout).outcome, "not-needed");
      const outcome = await prove();
      assert.equal(outcome.stderr, "");
      const proven = validateAnswer("prove-membership", outcome.stdout);
      assert.equal(proven.domain, domain);
      assert.deepEqual(proven.secureChannel, { test: true, verify: true });
      assert.equal(proven.policyExitCode, 0);
      assert.ok(proven.bootAt > staged.bootAt);
      assert.equal(await pair.readFile(note), undefined);
      assert.equal(validateAnswer("join-domain", (await join({ ...more, secret: "" })).stdout).outcome, "member");
      assert.deepEqual(validateAnswer("prove-membership", (await prove()).stdout).changes, []);
    });

  it("a clock that was set right by some seconds makes no new start, and the file of a join that was cut off goes", async () => {
    await unjoined();
    assert.equal(validateAnswer("join-domain", (await join()).stdout).outcome, "staged");
    const left = "C:\\ProgramData\\pulumi-entra-connect\\incoming\\joining.blob";
    await pair.each(async (server) => {
      const record = JSON.parse(await readFile(pathOnDrive(server, note), "utf8")) as { bootAt: string };
      const bootAt = new Date(Date.parse(record.bootAt) + 3000).toISOString().replace(".000", "");
      await writeFile(pathOnDrive(server, note), JSON.stringify({ ...record, bootAt }));
      await writeFile(pathOnDrive(server, left), "what a killed run left");
    });
    const again = validateAnswer("join-domain", (await join()).stdout);
    assert.equal(again.outcome, "restart-owed");
    assert.deepEqual(again.changes, ["the file of a join that was cut off was deleted"]);
    assert.equal(await pair.readFile(left), undefined);
    assert.match((await prove()).stderr, /\[restart-to-come\]/);
    assert.equal(validateAnswer("restart-after-join", (await restart()).stdout).outcome, "restarting");
  });

  it("does nothing to a member, whatever it is given", async () => {
    pair = await machines({ domain });
    await withFolder();
    const answer = validateAnswer("join-domain", (await join({ secret: "nonsense" })).stdout);
    assert.deepEqual([answer.outcome, answer.changes], ["member", []]);
    assert.equal(await pair.readFile(log), undefined);
  });

  it("refuses a member of another domain, a server of Entra Connect that is no member, another machine, and no secret", async () => {
    await unjoined();
    assert.match((await join({ secret: "" })).stderr, /\[secret-missing\]/);
    assert.match((await join({ computerName: "AADC-STG-G2" })).stderr, /\[not-this-machine\]/);
    assert.match((await join({ vmId: "00000000-0000-4000-8000-000000000009" })).stderr, /\[not-this-machine\]/);
    await pair.edit((world) => {
      world.domain = { joined: true, name: "fabrikam.com" };
    });
    assert.match((await join()).stderr, /\[other-domain\][\s\S]*fabrikam\.com/);
    assert.match((await prove()).stderr, /\[other-domain\][\s\S]*fabrikam\.com/);
    pair = await machines();
    await installed(pair);
    await pair.edit((world) => {
      world.domain = { joined: false, name: "WORKGROUP" };
    });
    assert.match((await join()).stderr, /\[installed-not-member\]/);
  });

  it("writes the file for djoin byte for byte, and leaves it nowhere, also where djoin fails", async () => {
    await unjoined();
    await pair.edit(({ peculiarities }) => {
      peculiarities.joinFails = { code: "0x216d", number: 8557 };
    });
    const outcome = await join();
    assert.equal(outcome.exitCode, 1);
    assert.equal(await pair.readFile("C:\\ProgramData\\pulumi-entra-connect\\incoming\\joining.blob"), undefined);
    assert.equal(await pair.readFile(note), undefined);
    await pair.edit(({ peculiarities }) => {
      delete peculiarities.joinFails;
    });
    // What is no file of djoin at all: the stand-in reads mark, zero and base64 as Windows would.
    pair = pair.powershell;
    const refused = await join({ secret: Buffer.from("no file of djoin, but base64").toString("base64") });
    assert.match(refused.stderr, /\[join-failed\][\s\S]*code: 0x57\./);
  });

  it("is not rehearsed emulated where Windows would refuse, and leaves the machine as it was", async () => {
    await unjoined();
    const [genuine, emulated = genuine] = pair.members;
    if (emulated?.executor.kind !== "emulated") return;
    pair = pair.alone(emulated);
    for (const secret of [Buffer.from("no file of djoin").toString("base64"), blob("AADC-STG-G7")]) {
      const { exitCode, stdout, stderr } = await join({ secret });
      assert.deepEqual([exitCode, stdout], [1, ""]);
      assert.match(
        stderr,
        /The emulated Windows does not rehearse a join that Windows refuses; the test PowerShell does/,
      );
    }
    assert.equal((await pair.world()).joining, undefined);
    assert.equal(await pair.readFile(note), undefined);
  });

  it("makes no folder of its own for a secret", async () => {
    pair = await machines({ domain: null });
    assert.match((await join()).stderr, /\[no-protected-folder\]/);
  });

  for (const [index, { pattern, cause, remedy }] of knownCauses("join-domain").entries()) {
    const code = pattern.slice(1, -1);
    // The two ways take turns: each run costs a PowerShell.
    const way = index % 2 === 0 ? {} : byPassword;
    it(`says ${code} in words, with what to do first`, async () => {
      await unjoined();
      await pair.edit(({ peculiarities }) => {
        peculiarities.joinFails = { code, number: Number(code) };
      });
      const { stderr, exitCode } = await join(way);
      assert.equal(exitCode, 1);
      assert.ok(stderr.includes(`Windows' code: ${code}.`), stderr);
      assert.ok(stderr.includes(`Note: Known cause: ${cause}`), stderr);
      assert.ok(stderr.indexOf(`Next: ${remedy}`) < stderr.indexOf("Next: If the code says nothing"), stderr);
      assert.match(stderr, /netsetup\.log says: .*status: 0x/);
    });
  }

  it("knows a code that comes as an HRESULT, and says one that nobody knows as it is", async () => {
    await unjoined();
    await pair.edit(({ peculiarities }) => {
      peculiarities.joinFails = { code: "0x8007054b", number: 0x8007054b | 0 };
    });
    for (const more of [{}, byPassword]) assert.match((await join(more)).stderr, /code: 0x54b\.[\s\S]*Known cause/);
    await pair.edit(({ peculiarities }) => {
      peculiarities.joinFails = { code: "0x13d7", number: 5079 };
    });
    const unknown = await join(byPassword);
    assert.match(unknown.stderr, /code: 0x13d7\./);
    assert.doesNotMatch(unknown.stderr, /Known cause/);
  });

  it("tells of this attempt's failure, never of an older one in the log", async () => {
    await unjoined();
    pair = pair.powershell;
    await pair.put(log, "11/01/2026 07:00:00:000 NetpDoDomainJoin: status: 0x5\n");
    const { stderr } = await join({ secret: Buffer.from("no file of djoin, but base64").toString("base64") });
    assert.match(stderr, /code: 0x57\./);
    assert.doesNotMatch(stderr, /0x5\b/);
  });

  it("finds out before the restart that the file is another computer's, and takes the right one after it", async () => {
    await unjoined();
    pair = pair.powershell;
    const wrong = await join({ secret: blob("AADC-STG-G7") });
    assert.match(wrong.stderr, /\[blob-of-another-name\][\s\S]*AADC-STG-G7/);
    assert.equal(validateAnswer("restart-after-join", (await restart()).stdout).outcome, "not-needed");
    assert.equal(validateAnswer("join-domain", (await join()).stdout).outcome, "staged");
    await comeUp();
    assert.equal((await pair.world()).computerName, computerName);
    assert.equal((await prove()).stderr, "");
  });

  it("says that Windows took another name, where somebody restarted it all the same", async () => {
    await unjoined();
    pair = pair.powershell;
    await join({ secret: blob("AADC-STG-G7") });
    await comeUp();
    assert.match((await prove()).stderr, /\[renamed\][\s\S]*AADC-STG-G7/);
  });

  it("says that what was staged did not take, with the last word of the log, and can be staged again", async () => {
    await unjoined();
    await pair.edit(({ peculiarities }) => {
      peculiarities.joinNotTaken = true;
    });
    await join();
    await comeUp();
    await pair.put(log, "11/01/2026 09:00:00:000 NetpDoDomainJoin: status: 0x54b\n");
    const { stderr } = await prove();
    assert.match(stderr, /\[not-a-member\][\s\S]*Known cause: the domain was not found/);
    await pair.edit(({ peculiarities }) => {
      delete peculiarities.joinNotTaken;
    });
    assert.equal(validateAnswer("join-domain", (await join()).stdout).outcome, "staged");
  });

  it("a file that was used for two machines breaks the first one's trust", async () => {
    await unjoined();
    await join();
    await comeUp();
    await pair.each(async (server) => {
      const twin = { name: "twin", path: resolve(server.path, "..", "twin") };
      const { clock } = await readServerWorld(server);
      const other = { ...machine, vmId: "00000000-0000-4000-8000-0000000000ff" };
      await mkdir(twin.path);
      await createServerWorld(twin, other, clock, { domain: null });
      await changeServerWorld(twin, (world) => {
        world.joining = { domain, computerName, joinedWith: traceOf(password), by: "offlineBlob" };
      });
      assert.deepEqual(await secureChannelOf(server, await readServerWorld(server)), { test: true, verify: true });
      await boot(twin, clock);
      assert.deepEqual(await secureChannelOf(twin, await readServerWorld(twin)), { test: true, verify: true });
    });
    const proven = validateAnswer("prove-membership", (await prove()).stdout);
    assert.deepEqual(proven.secureChannel, { test: false, verify: false });
  });

  it("a password that has joined a machine joins no other", async () => {
    await unjoined();
    pair = pair.powershell;
    await join(byPassword);
    await comeUp();
    await pair.edit((world) => {
      world.domain = { joined: false, name: "WORKGROUP" };
    });
    await pair.remove(note);
    assert.match((await join(byPassword)).stderr, /code: 0x52e\.[\s\S]*reset the account with a new one/);
  });

  it("says what to do where Windows does not restart, where its policies fail, and where the note is damaged", async () => {
    await unjoined();
    await pair.edit(({ peculiarities }) => {
      peculiarities.restartRefused = 5;
      peculiarities.policyFails = 3;
    });
    await join();
    assert.match((await restart()).stderr, /\[restart-refused\][\s\S]*ended with 5/);
    await pair.put(note, "\0".repeat(200));
    for (const { stderr } of [await join(), await restart(), await prove()])
      assert.match(stderr, /\[joining-note-damaged\]/);
    await pair.remove(note);
    await comeUp();
    assert.equal(validateAnswer("prove-membership", (await prove()).stdout).policyExitCode, 3);
  });

  it("keeps its secrets out of every file, answer and refusal", async () => {
    await unjoined();
    const said: string[] = [];
    const collect = async (more: Partial<JoinDomainArguments>) => {
      const { stdout, stderr } = await join(more);
      said.push(stdout, stderr);
    };
    await pair.edit(({ peculiarities }) => {
      peculiarities.joinFails = { code: "0x5", number: 5 };
    });
    await collect({});
    await collect(byPassword);
    await pair.edit(({ peculiarities }) => {
      delete peculiarities.joinFails;
    });
    await collect({});
    await comeUp();
    said.push((await prove()).stdout);
    const needles = [password, blob()].flatMap((secret) => [...formsOf(secret)]);
    for (const text of said) for (const needle of needles) assert.ok(!Buffer.from(text).includes(needle), text);
    await pair.each(async ({ path }) => {
      assert.deepEqual(filesContaining(path, needles), []);
    });
  });
});
