import assert from "node:assert/strict";
import { runCommandText, validateAnswer } from "../../../scripts/assemble";
import { type Pair, usePairs, usePowershell } from "./pair";

const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJzYW1wbGVzYW1wbGVzYW1wbGVzYW1wbGVzYW1wbGVz library";
const parameters = { LoginName: "aadcdeploy", PublicKeyBase64: Buffer.from(publicKey).toString("base64") };
const keys = "C:\\ProgramData\\ssh\\administrators_authorized_keys";
const enable = (pair: Pair) => pair.runCommand(runCommandText("enable-remote-access"), parameters);
const diagnose = async (pair: Pair) => {
  const { exitCode, stdout, stderr } = await pair.runCommand(runCommandText("diagnose-access"), {
    ...parameters,
    Asked: "0123456789abcdef",
  });
  assert.equal(exitCode, 0, stderr);
  assert.ok(Buffer.byteLength(stdout) < 4096, `${Buffer.byteLength(stdout)} bytes`);
  return validateAnswer("diagnose-access", stdout);
};

describe("diagnose-access, in PowerShell and emulated", () => {
  const machines = usePairs();
  let pair: Pair;

  it("tells a machine on which nothing of ours was ever done from one that is ready", async () => {
    pair = await machines();
    const bare = await diagnose(pair);
    assert.deepEqual(
      [bare.signIn.account.state, bare.signIn.service, bare.authorizedKey, bare.hostKey, bare.listening],
      ["missing", null, "missing", null, false],
    );
    await enable(pair);
    const ready = await diagnose(pair);
    assert.deepEqual(
      [ready.signIn.account.state, ready.signIn.service?.state, ready.authorizedKey, ready.listening],
      ["enabled", "Running", "ours", true],
    );
    assert.match(ready.hostKey ?? "", /^ssh-ed25519 /);
    assert.deepEqual(ready.domain, { joined: true, name: "contoso.com" });
  });

  it("changes nothing", async () => {
    pair = await machines();
    await enable(pair);
    const before = await pair.world();
    await diagnose(pair);
    assert.deepEqual(await pair.world(), before);
    assert.deepEqual(
      (await pair.names("C:\\ProgramData\\pulumi-entra-connect")).filter((name) => name.includes("rights")),
      [],
    );
  });

  it("tells whose key opens the session", async () => {
    pair = await machines();
    await enable(pair);
    const other = publicKey.replace("GJz", "GKz");
    for (const [text, said] of [
      [`${other}\n`, "another"],
      [`# who\n${publicKey}\n`, "ours"],
      [`${publicKey}\n${other}\n`, "several"],
      ["", "another"],
    ] as const) {
      await pair.put(keys, text);
      assert.equal((await diagnose(pair)).authorizedKey, said, JSON.stringify(text));
    }
  });
});

describe("diagnose-access on a server that is peculiar", () => {
  const machines = usePowershell();
  let pair: Pair;

  it("reads every peculiarity of the way in", async () => {
    pair = await machines();
    await enable(pair);
    await pair.be("baseline-local-admin", "login-disabled", "firewall-ignores-local-rules", "sshd-dead-after-patch");
    const { signIn, listening } = await diagnose(pair);
    assert.deepEqual(signIn.denied, ["*S-1-5-114", "*S-1-5-32-546"]);
    assert.equal(signIn.account.state, "disabled");
    assert.deepEqual(signIn.firewall?.localRulesIgnored, ["Domain", "Public"]);
    assert.equal(signIn.service?.state, "Stopped");
    assert.equal(listening, false);
  });

  it("tells sshd's last words, shortened, and no more than fit into what Azure keeps", async () => {
    pair = await machines();
    await enable(pair);
    await pair.edit((world) => {
      world.eventLog = Array.from({ length: 9 }, (_, index) => ({
        log: "OpenSSH/Operational",
        provider: "OpenSSH",
        id: 4,
        at: `2026-11-01T09:0${index}:00.000Z`,
        message: `sshd: word ${index} \u00fc ${"x".repeat(300)}`,
      }));
    });
    const { events } = await diagnose(pair);
    assert.equal(events?.length, 5);
    assert.match(events?.[0]?.message ?? "", /^sshd: word 8 \? x+$/);
    assert.equal(events?.[0]?.message.length, 160);
    assert.equal(events?.[0]?.at, "2026-11-01T09:08:00Z");
  });
});
