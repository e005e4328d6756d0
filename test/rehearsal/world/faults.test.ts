import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { namedIn } from "../../../rehearsal/world/contract";
import { effectsOf, effectTable, faultEffects, faultRooms } from "../../../rehearsal/world/faultEffects";
import { armFaults, parseFault } from "../../../rehearsal/world/faults";
import { azureErrors } from "../../../review/azureErrors";
import { BadInput } from "../../../review/verdict";
import { eventually } from "../../support/eventually";
import { repositoryRoot } from "../../support/repository";

describe("--fault", () => {
  const put = (name: string) =>
    ({ room: "azure", method: "PUT", type: "Microsoft.Compute/virtualMachines", name }) as const;
  const script = (name: string) => ({ room: "ssh", server: "aadc-stg-g1", script: name }) as const;

  it("is read with its place, effect and visit", () => {
    assert.deepEqual(parseFault("azure:put:microsoft.compute/virtualMachines:aadc-*=throttle@3"), {
      text: "azure:put:microsoft.compute/virtualMachines:aadc-*=throttle@3",
      room: "azure",
      method: "PUT",
      type: "microsoft.compute/virtualMachines",
      name: "aadc-*",
      effect: "throttle",
      visit: 3,
    });
    const guard = parseFault("ssh:retire=lost");
    assert.ok(guard.room === "ssh" && guard.script === "retire" && guard.visit === 1);
    const item = "VM;iaasvmcontainerv2;rg;vm";
    const backup = parseFault(`azure:DELETE:Microsoft.RecoveryServices/vaults/backupFabrics/x:${item}=hang`);
    assert.ok(backup.room === "azure" && backup.name === item);
  });

  const refused: [string, RegExp][] = [
    ["ssh:retire", /there is no =/],
    ["ssh:retire=", /"" is not an effect; one of fail, throttle, hang, lost, kill/],
    ["ssh:retire=half", /"half" is not an effect for ssh; one of fail/],
    ["ssh:retire=fail(AuthorizationFailed)", /only azure: takes the code/],
    ["ssh:retire=throttle(30)", /"throttle\(30\)" is not an effect/],
    ["azure:PUT:Microsoft.Compute/disks:*=throttle(soon)", /"throttle\(soon\)" is not an effect/],
    ["azure:PUT:Microsoft.Compute/disks:*=throttle(0)", /"throttle\(0\)" is not an effect/],
    ["data:put=slow", /"slow" is not an effect for data/],
    ["azure:GET:Microsoft.Compute/disks:*=half(AllocationFailed)", /is not an effect for azure:GET/],
    ["azure:GET:Microsoft.Compute/disks:*=slow", /"slow" is not an effect for azure:GET; one of fail, throttle/],
    ["azure:POST:Microsoft.Compute/disks:*=fail", /POST goes with the registration of a namespace alone/],
    ["azure:PUT:Microsoft.Compute/register:*=fail", /POST goes with the registration of a namespace alone/],
    ["azure:POST:Microsoft.Compute/register:*=half", /"half" is not an effect for azure:POST/],
    ["azure:PATCH:Microsoft.Compute/disks:*=fail", /"PATCH" is not a method; one of GET, PUT, DELETE, POST/],
    ["azure:PUT:Microsoft.Compute/disks:*=throttle(500:30)", /"throttle\(500:30\)" is not an effect/],
    ["azure:PUT:Microsoft.Compute/disks:*=throttle(503:soon)", /"throttle\(503:soon\)" is not an effect/],
    [
      "azure:PUT:Microsoft.Compute/disks:*=fail(Nonsense)",
      /no text is known for the error Nonsense; known are .*SkuNotAvailable/,
    ],
    ["azure:PUT:Microsoft.Compute/disks:*=fail(200:Nonsense)", /is not an effect/],
    ["azure:PUT:Microsoft.Compute/disks:*=lost(Nonsense)", /is not an effect/],
    ["sftp:folder/file=fail", /sftp: takes the name of one file/],
    ["ssh:retire=explode", /"explode" is not an effect/],
    ["ssh:retire=fail@0", /whole number from 1 on/],
    ["ssh:retire=fail@two", /whole number/],
    ["ssh:retire=fail@1@2", /whole number/],
    ["ssh:=fail", /name of one script/],
    ["ssh:a b=fail", /name of one script/],
    ["data:blob=fail", /data: takes token or put/],
    ["retire=fail", /"retire" is not a place/],
    ["azure:FETCH:Microsoft.Compute/disks:*=fail", /"FETCH" is not a method; one of GET, PUT/],
    ["azure:PUT:disks:*=fail", /type is expected as ARM writes it/],
    ["azure:PUT:Microsoft.Compute/disks=fail", /name \(or \*\) is missing/],
    ["azure:PUT:Microsoft.Compute/disks:=fail", /name \(or \*\) is missing/],
  ];
  for (const [text, message] of refused)
    it(`refuses ${text}, saying what is wrong and showing the form`, () => {
      assert.throws(
        () => parseFault(text),
        (error) =>
          error instanceof BadInput &&
          message.test(error.message) &&
          error.message.includes(JSON.stringify(text)) &&
          error.message.includes("The form is"),
      );
    });

  it("names an error of Azure's by its code, or any other with its status", () => {
    const named = (effect: string) => namedIn(parseFault(`azure:PUT:Microsoft.Compute/disks:*=${effect}`).effect);
    assert.deepEqual(named("fail(AuthorizationFailed)"), { code: "AuthorizationFailed", status: undefined });
    assert.deepEqual(named("half(500:Whatever)@2"), { code: "Whatever", status: 500 });
    assert.equal(named("fail"), undefined);
    assert.deepEqual(named("throttle(30)"), { code: "30", status: undefined });
    assert.deepEqual(named("throttle(503:30)"), { code: "30", status: 503 });
  });

  it("takes in every room the effects of its table, and docs/rehearsal.md has the same table", () => {
    const points = {
      azure: "azure:PUT:Microsoft.Compute/disks:*",
      ssh: "ssh:retire",
      sftp: "sftp:prepare.ps1",
      data: "data:put",
    };
    for (const room of faultRooms)
      for (const { effect } of faultEffects) {
        const read = () => parseFault(`${points[room]}=${effect}`).effect;
        if (effectsOf(room).includes(effect)) assert.equal(read(), effect);
        else assert.throws(read, BadInput);
      }
    const text = readFileSync(join(repositoryRoot, "docs", "rehearsal.md"), "utf8");
    assert.ok(text.includes(`\n\n${effectTable()}\n\n`), effectTable());
    for (const { code, cause, next } of azureErrors)
      assert.ok(text.includes(`| \`${code}\` | ${cause} | ${next} |`), `docs/rehearsal.md has the row of ${code}`);
  });

  it("strikes at its visit, once, and counts only what it is for", () => {
    const faults = armFaults(
      ["azure:PUT:Microsoft.Compute/virtualMachines:AADC-*=fail@2", "ssh:*=hang"].map(parseFault),
    );
    assert.equal(faults.take(put("other")), undefined);
    assert.equal(faults.take(put("aadc-stg-g1")), undefined);
    assert.equal(faults.take({ ...put("aadc-stg-g1"), method: "GET" }), undefined);
    assert.equal(faults.notMet().length, 2);
    assert.equal(faults.take(put("aadc-stg-g2")), "fail");
    assert.equal(faults.take(put("aadc-stg-g1")), undefined);
    assert.equal(faults.take(script("prerequisites")), "hang");
    assert.equal(faults.take(script("prerequisites")), undefined);
    assert.deepEqual(faults.notMet(), []);
  });

  it("can strike the same point at two visits", () => {
    const faults = armFaults(["ssh:retire=fail@1", "ssh:retire=lost@2"].map(parseFault));
    assert.deepEqual(
      [1, 2, 3].map(() => faults.take(script("retire"))),
      ["fail", "lost", undefined],
    );
  });

  it("kills the engine with its process group, and nobody where no engine is known", async function () {
    if (process.platform === "win32") this.skip();
    const faults = armFaults([]);
    faults.killEngine();
    const engine = spawn(process.execPath, ["-e", childAndWait], {
      detached: true,
      stdio: ["ignore", "pipe", "ignore"],
    });
    const grandchild = await new Promise<number>((resolve) =>
      engine.stdout.once("data", (text) => resolve(Number(text))),
    );
    const ended = new Promise((resolve) => engine.once("exit", (_code, signal) => resolve(signal)));
    faults.registerEngine({ pid: engine.pid ?? 0, ownGroup: true });
    faults.killEngine();
    assert.equal(await ended, "SIGKILL");
    await eventually("the end of the engine's child", () => !isAlive(grandchild));
  });
});

const childAndWait =
  'const c=require("child_process").spawn(process.execPath,["-e","setInterval(()=>{},1000)"],{stdio:"ignore"});' +
  "console.log(c.pid);setInterval(()=>{},1000)";

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A killed process whose parent is gone may stay as a zombie where nobody reaps.
  try {
    const state = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.[0];
    return state !== "Z";
  } catch {
    return process.platform !== "linux";
  }
}
