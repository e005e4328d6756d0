import assert from "node:assert/strict";
import type { Ledger } from "../../components/memory/ledger";
import { makeKeyPair } from "../../rehearsal/world/keys";
import {
  build,
  canaryPassword,
  find,
  healthyAnswers,
  jumpKey,
  loginKey,
  provenState,
} from "../support/passiveServerFixture";
import { isSecret, text, unwrapped } from "../support/recordedResources";
import type { Written } from "../support/settingsFixture";

const jumpHostKey = makeKeyPair("jump").publicKey.trim();

describe("remote commands", () => {
  it("are one constant line each, with script and arguments on standard input and no log, apart from those that can take hours, of which the answer is not shown", async () => {
    const { registrations } = await build();
    const steps = registrations.filter(
      (one) => one.type === "command:remote:Command" && one.name !== "aadc-stg-g1-guard",
    );
    assert.equal(new Set(steps.map((each) => each.inputs.create)).size, 1);
    for (const each of steps) {
      assert.match(String(each.inputs.create), /^powershell\.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass /);
      assert.match(String(unwrapped(each.inputs.stdin)), /^# entra-connect script: /);
      assert.equal(
        each.inputs.logging,
        /await-wizard$|first-synchronization$/.test(each.name) ? "stderr" : "none",
        each.name,
      );
      assert.equal(each.inputs.environment, undefined);
    }
  });

  it("are preceded by what the server itself says keeps SSH from working, in the same run and in the verdict", async () => {
    const healthy = JSON.parse(healthyAnswers["enable-remote-access"] ?? "{}");
    const enable = { ...healthy, signIn: { ...healthy.signIn, denied: ["*S-1-5-114"] } };
    const said: string[] = [];
    const genuine = console.warn;
    let findings: readonly { code: string; next: string }[] = [];
    // Without an engine the SDK's log goes there.
    console.warn = (text: unknown) => said.push(String(text));
    try {
      ({ findings } = await build({ answers: { ...healthyAnswers, "enable-remote-access": JSON.stringify(enable) } }));
    } finally {
      console.warn = genuine;
    }
    const line = said.find((each) => /a policy denies aadcdeploy the logon to aadc-stg-g1/.test(each));
    // Lines of the log are broken at its width.
    const told = (line ?? said.join("\n")).replace(/\s+/g, " ");
    assert.match(told, /Local account and member of Administrators group \(S-1-5-114\)/);
    assert.ok(findings.some(({ code }) => code === "sign-in-denied"));
  });

  it("sign in with the account of our own, which the run command makes, not with the administrator", async () => {
    const { registrations } = await build();
    const enable = registrations.find(({ name }) => name === "aadc-stg-g1-enable-remote-access");
    const parameters = enable?.inputs.parameters as { name: string; value: string }[];
    assert.deepEqual(
      parameters.filter(({ name }) => name === "LoginName"),
      [{ name: "LoginName", value: "aadcdeploy" }],
    );
    const reach = registrations.find(({ name }) => name === "aadc-stg-g1-reach");
    assert.equal((unwrapped(reach?.inputs.connection) as { user: string }).user, "aadcdeploy");
  });

  it("of a server that an earlier release built go on with its administrator, and no other name is taken in place", async () => {
    const withoutLogin = (ledger: Ledger): Ledger => {
      const [number, entry] = Object.entries(ledger.generations)[0] ?? [];
      assert.ok(number !== undefined && entry !== undefined);
      const { loginName: _, ...built } = entry.built;
      return { ...ledger, generations: { [number]: { ...entry, built } } };
    };
    const state = provenState(undefined, [1], withoutLogin);
    const { registrations } = await build({ state });
    const of = (name: string) => registrations.find((each) => each.name === `aadc-stg-g1-${name}`)?.inputs;
    assert.equal((unwrapped(of("reach")?.connection) as { user: string }).user, "aadcadmin");
    assert.match(JSON.stringify(of("enable-remote-access")?.parameters), /"LoginName","value":"aadcadmin"/);
    const change = (written: Written): void => {
      const block = written.generations["1"];
      assert.ok(block);
      block.loginName = "aadcdeploy";
    };
    await assert.rejects(
      build({ state, change }),
      /generations\.1\.loginName: generation 1 was built with "aadcadmin"; "aadcdeploy" needs a new machine/,
    );
  });

  it("pin the host key, use keys only, never a password, and one of them waits for the boot", async () => {
    const { registrations } = await build({
      change: (written) => {
        written.access.jumpHost = {
          host: "jump.contoso.example",
          user: "me",
          hostKey: jumpHostKey,
        };
      },
    });
    for (const each of registrations.filter((one) => one.inputs.connection !== undefined)) {
      assert.ok(isSecret(each.inputs.connection), `${each.name}: the connection is not secret`);
      const connection = unwrapped(each.inputs.connection) as Record<string, unknown> & {
        proxy: Record<string, unknown>;
      };
      assert.match(String(connection.hostKey), /^ssh-ed25519 A+$/);
      assert.equal(connection.proxy.hostKey, jumpHostKey);
      assert.equal(connection.password, undefined);
      assert.equal(connection.proxy.password, undefined);
      assert.equal(connection.host, "10.40.0.10");
      assert.equal(Number(connection.dialErrorLimit), each.name === "aadc-stg-g1-reach" ? 60 : 0, each.name);
    }
  });

  it("carry no secret outside the connection", async () => {
    const { registrations } = await build();
    const secrets = [canaryPassword, loginKey.split("\n")[2] ?? "", jumpKey.split("\n")[2] ?? ""];
    for (const each of registrations) {
      const { connection, osProfile, ...rest } = each.inputs as {
        connection?: unknown;
        osProfile?: Record<string, unknown>;
      };
      for (const secret of secrets)
        assert.ok(!text(rest).includes(secret), `${each.name} holds a secret outside its place`);
      if (osProfile !== undefined) assert.ok(isSecret(osProfile.adminPassword), "the password is not secret");
    }
  });

  it("plain texts given as secrets become secrets", async () => {
    const { registrations } = await build({
      args: (args) => ({ ...args, administratorPassword: canaryPassword, sshPrivateKey: loginKey }),
    });
    assert.ok(
      isSecret((find(registrations, "aadc-stg-g1-vm").inputs.osProfile as Record<string, unknown>).adminPassword),
    );
    assert.ok(isSecret(find(registrations, "aadc-stg-g1-reach").inputs.connection));
  });
});
