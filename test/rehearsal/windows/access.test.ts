import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { changeRegistry } from "../../../rehearsal/windows/serverFiles";
import { runCommandText, validateAnswer } from "../../../scripts/assemble";
import { machine, type Pair, usePairs, usePowershell } from "./pair";

const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJzYW1wbGVzYW1wbGVzYW1wbGVzYW1wbGVzYW1wbGVz library";
const script = () => runCommandText("enable-remote-access");
const base64 = (text: string) => Buffer.from(text).toString("base64");
const parameters = { LoginName: "aadcdeploy", PublicKeyBase64: base64(publicKey) };

describe("enable-remote-access, in PowerShell and emulated", () => {
  const machines = usePairs();
  let pair: Pair;

  it("turns the OpenSSH server on, lets only the given key in, and prints the machine's own host key", async () => {
    pair = await machines();
    const outcome = await pair.runCommand(script(), parameters);
    assert.equal(outcome.stderr, "");
    const answer = validateAnswer("enable-remote-access", outcome.stdout);
    assert.match(answer.hostKey, /^ssh-ed25519 [A-Za-z0-9+/=]+$/);
    assert.ok(outcome.stdout.length < 4096);
    assert.equal(answer.changes.length, 9);
    assert.equal(await pair.readFile("C:\\ProgramData\\ssh\\administrators_authorized_keys"), `${publicKey}\n`);
    const configuration = (await pair.readFile("C:\\ProgramData\\ssh\\sshd_config")) ?? "";
    assert.match(configuration, /^PasswordAuthentication no$/m);
    assert.match(configuration, /^AllowUsers aadcdeploy$/m);
    assert.ok(configuration.indexOf("PasswordAuthentication no") < configuration.indexOf("Match Group"));
    const world = await pair.world();
    assert.equal(world.services.sshd?.status, "Running");
    assert.equal(world.firewallRules["pulumi-entra-connect-ssh"]?.profile, "Any");
    assert.match(world.accessControl["C:\\ProgramData\\pulumi-entra-connect"]?.join("\n") ?? "", /\/inheritance:r/);
  });

  it("changes nothing the second time, and only the key when the key is another", async () => {
    pair = await machines();
    await pair.runCommand(script(), parameters);
    const again = validateAnswer("enable-remote-access", (await pair.runCommand(script(), parameters)).stdout);
    assert.deepEqual(again.changes, []);
    const rotated = { ...parameters, PublicKeyBase64: base64(publicKey.replace("GJz", "GKz")) };
    const turned = validateAnswer("enable-remote-access", (await pair.runCommand(script(), rotated)).stdout);
    assert.deepEqual(turned.changes, ["administrators_authorized_keys holds exactly the given key"]);
    // What replaces a file is given that file's access control, so the old one's is set too.
    const keys = "C:\\ProgramData\\ssh\\administrators_authorized_keys";
    assert.match((await pair.world()).accessControl[keys]?.join("\n") ?? "", /\/inheritance:r/);
  });

  it("runs again where Azure is asked with another number, and changes nothing by it", async () => {
    pair = await machines();
    const first = await pair.runCommand(script(), { ...parameters, Refresh: "0" });
    const again = await pair.runCommand(script(), { ...parameters, Refresh: "1" });
    const [one, other] = [first, again].map(({ stdout }) => validateAnswer("enable-remote-access", stdout));
    assert.deepEqual(other?.changes, []);
    assert.equal(other?.hostKey, one?.hostKey);
  });

  it("cannot fetch the server while the hub with its DNS is out of reach, and says what Windows says", async () => {
    pair = await machines();
    await pair.edit((world) => {
      world.cutOff = "Add-WindowsCapability failed. Error code = 0x8024402c";
    });
    const outcome = await pair.runCommand(script(), parameters);
    assert.equal(outcome.exitCode, 1);
    assert.match(outcome.stderr, /0x8024402c/);
  });

  it("uses the preinstalled server of Windows Server 2025", async () => {
    pair = await machines({}, { ...machine, image: { ...machine.image, sku: "2025-datacenter-g2" } });
    const outcome = await pair.runCommand(script(), parameters);
    const { changes } = validateAnswer("enable-remote-access", outcome.stdout);
    assert.ok(!changes.includes("OpenSSH server installed"));
  });

  it("makes an account of its own: random password that never ends, member of Administrators, its purpose in its description", async () => {
    pair = await machines();
    const { changes, signIn } = validateAnswer(
      "enable-remote-access",
      (await pair.runCommand(script(), parameters)).stdout,
    );
    assert.ok(changes.includes("account aadcdeploy made"));
    const { accounts } = await pair.world();
    assert.deepEqual(accounts.aadcdeploy, {
      rid: 1000,
      enabled: true,
      administrator: true,
      description: "pulumi-entra-connect: signs in by SSH key",
      passwordNeverExpires: true,
    });
    assert.deepEqual(signIn, {
      loginName: "aadcdeploy",
      account: {
        state: "enabled",
        sid: "S-1-5-21-1000000000-2000000000-3000000000-1000",
        administrator: true,
      },
      denied: ["Guest"],
      granted: ["*S-1-1-0", "*S-1-5-32-544", "*S-1-5-32-545", "*S-1-5-32-551"],
      allowUsers: ["aadcdeploy"],
      service: { state: "Running", startType: "Automatic" },
      firewall: { rule: "allows", profiles: ["Domain"], localRulesIgnored: [] },
      defaultShell: "",
      unread: [],
    });
  });

  it("takes no account that somebody else made under its name", async () => {
    pair = await machines();
    await pair.edit((world) => {
      world.accounts.aadcdeploy = { rid: 1000, enabled: true, administrator: false, description: "Operator" };
    });
    const { exitCode, stderr } = await pair.runCommand(script(), parameters);
    assert.equal(exitCode, 1);
    assert.match(stderr, /\[login-name-taken\][\s\S]*Remove-LocalUser -Name 'aadcdeploy'/);
    assert.equal((await pair.world()).services.sshd, undefined);
  });

  it("goes on with the built-in administrator where an earlier release signed in with it, and leaves it as it is", async () => {
    pair = await machines();
    const before = (await pair.world()).accounts;
    const answer = validateAnswer(
      "enable-remote-access",
      (await pair.runCommand(script(), { ...parameters, LoginName: "SyncAdmin" })).stdout,
    );
    assert.deepEqual((await pair.world()).accounts, before);
    assert.equal(answer.signIn.account.state, "enabled");
    await pair.edit((world) => {
      if (world.accounts.SyncAdmin) world.accounts.SyncAdmin.enabled = false;
    });
    const disabled = await pair.runCommand(script(), { ...parameters, LoginName: "SyncAdmin" });
    assert.match(disabled.stderr, /\[administrator-disabled\][\s\S]*Enable-LocalUser/);
  });

  it("sets its firewall rule right where somebody disabled it", async () => {
    pair = await machines();
    await pair.runCommand(script(), parameters);
    await pair.edit((world) => {
      const rule = world.firewallRules["pulumi-entra-connect-ssh"];
      if (rule) rule.enabled = false;
    });
    const { changes } = validateAnswer("enable-remote-access", (await pair.runCommand(script(), parameters)).stdout);
    assert.deepEqual(changes, ["firewall rule for TCP 22 set right"]);
  });

  it("refuses a key that is none and a name with a domain", async () => {
    pair = await machines();
    const key = await pair.runCommand(script(), {
      ...parameters,
      PublicKeyBase64: base64("-----BEGIN PRIVATE KEY-----"),
    });
    assert.equal(key.exitCode, 1);
    assert.match(key.stderr, /\[public-key\]/);
    assert.equal(key.stdout, "");
    const encoding = await pair.runCommand(script(), { ...parameters, PublicKeyBase64: "c3No*" });
    assert.match(encoding.stderr, /\[public-key-encoding\]/);
    const name = await pair.runCommand(script(), { ...parameters, LoginName: "CONTOSO\\admin" });
    assert.match(name.stderr, /\[login-name\]/);
  });

  it("gets its parameters as Azure hands them over, so that a value with a space or an ampersand arrives broken", async () => {
    const both = await machines();
    const [, emulated] = both.members;
    if (emulated !== undefined) {
      const refused = await both.alone(emulated).runCommand(script(), { ...parameters, PublicKeyBase64: publicKey });
      assert.equal(refused.exitCode, 1);
      assert.match(
        refused.stderr,
        /does not rehearse words of a run command that are not the script's parameters; the test PowerShell does/,
      );
    }
    pair = both.powershell;
    const split = await pair.runCommand(script(), { ...parameters, PublicKeyBase64: publicKey });
    assert.equal(split.exitCode, 1);
    assert.match(split.stderr, /positional parameter cannot be found that accepts argument 'AAAA/);
    const cut = await pair.runCommand(script(), { LoginName: "a&b", PublicKeyBase64: base64(publicKey) });
    assert.match(cut.stderr, /missing mandatory parameters: PublicKeyBase64/);
    const kept = await pair.runCommand(script(), { ...parameters, LoginName: "a^&b" });
    assert.match(kept.stderr, /\[login-name\][\s\S]*'a&b'/);
  });

  it("takes away what somebody granted himself on a folder that he planted before us", async () => {
    pair = await machines();
    const folder = "C:\\ProgramData\\pulumi-entra-connect";
    await pair.edit((world) => {
      world.accessControl[folder] = ["/grant intruder:(OI)(CI)F"];
    });
    await pair.runCommand(script(), parameters);
    const entries = (await pair.world()).accessControl[folder] ?? [];
    assert.doesNotMatch(entries.join("\n"), /intruder/);
    assert.match(entries.at(-1) ?? "", /^\/inheritance:r \/grant:r \*S-1-5-32-544/);
  });

  it("says what to do where Windows Update is closed, and never puts a refused configuration in place", async () => {
    pair = await machines();
    await pair.edit((world) => {
      world.peculiarities = { capabilityRefused: "Add-WindowsCapability failed. Error code = 0x800f0954" };
    });
    const closed = await pair.runCommand(script(), parameters);
    assert.match(closed.stderr, /\[openssh-not-installed\][\s\S]*0x800f0954[\s\S]*Next: .*Windows Update/);
    await pair.edit((world) => {
      world.peculiarities = { sshdTestExitCode: 255 };
    });
    const refused = await pair.runCommand(script(), parameters);
    assert.match(refused.stderr, /\[configuration-refused\]/);
    assert.doesNotMatch((await pair.readFile("C:\\ProgramData\\ssh\\sshd_config")) ?? "", /PasswordAuthentication no/);
  });
});

describe("enable-remote-access on a server that is peculiar", () => {
  const machines = usePowershell();
  let pair: Pair;
  const answerOf = async () =>
    validateAnswer("enable-remote-access", (await pair.runCommand(script(), parameters)).stdout);

  it("sets the access control of sshd's folders right where sshd does not start for it, and starts it", async () => {
    pair = await machines();
    await answerOf();
    await pair.be("sshd-dead-after-patch");
    assert.equal((await pair.world()).services.sshd?.status, "Stopped");
    const { changes } = await answerOf();
    assert.deepEqual(changes, [
      "access control of C:\\ProgramData\\ssh set to what sshd asks for",
      "access control of C:\\ProgramData\\ssh\\logs set to what sshd asks for",
      "sshd started",
    ]);
    const { services, accessControl } = await pair.world();
    assert.equal(services.sshd?.status, "Running");
    // Everybody may read the folder of its settings, nobody else the logs.
    assert.match(accessControl["C:\\ProgramData\\ssh"]?.join("\n") ?? "", /S-1-5-11:\(OI\)\(CI\)RX/);
    assert.doesNotMatch(accessControl["C:\\ProgramData\\ssh\\logs"]?.join("\n") ?? "", /S-1-5-11:/);
    assert.deepEqual((await answerOf()).changes, []);
  });

  it("leaves the access control of a server alone whose sshd starts", async () => {
    pair = await machines();
    await answerOf();
    await pair.edit((world) => {
      if (world.services.sshd) world.services.sshd.status = "Stopped";
    });
    assert.deepEqual((await answerOf()).changes, ["sshd started"]);
    assert.equal((await pair.world()).accessControl["C:\\ProgramData\\ssh"], undefined);
  });

  it("says where to look when sshd does not start even so", async () => {
    pair = await machines();
    await answerOf();
    await pair.edit((world) => {
      world.peculiarities.sshFoldersOpen = ["C:\\ProgramData"];
      if (world.services.sshd) world.services.sshd.status = "Stopped";
    });
    const { exitCode, stderr } = await pair.runCommand(script(), parameters);
    assert.equal(exitCode, 1);
    assert.match(stderr, /\[openssh-does-not-start\][\s\S]*sshd\.exe -t[\s\S]*access\.hostKeyRefresh/);
  });

  it("names WSUS and the policy that lets a server fetch features past it", async () => {
    pair = await machines();
    await pair.be("capability-refused-by-wsus");
    const { stderr } = await pair.runCommand(script(), parameters);
    assert.match(stderr, /\[openssh-not-installed\][\s\S]*0x800f0954[\s\S]*Specify settings for optional component/);
  });

  it("reads that a baseline denies the logon, and still puts everything in place", async () => {
    pair = await machines();
    await pair.be("baseline-local-admin");
    const { signIn, changes } = await answerOf();
    assert.equal(changes.length, 9);
    assert.deepEqual(signIn.denied, ["*S-1-5-114", "*S-1-5-32-546"]);
    const files = await pair.names("C:\\ProgramData\\pulumi-entra-connect");
    assert.deepEqual(
      files.filter((name) => name.endsWith(".inf")),
      [],
    );
    await pair.beNoMore("baseline-local-admin");
    assert.deepEqual((await answerOf()).signIn.denied, ["Guest"]);
  });

  it("signs in with an account of its own, so that a renamed administrator does no harm", async () => {
    pair = await machines();
    await pair.be("administrator-renamed");
    const { signIn } = await answerOf();
    assert.equal(signIn.account.state, "enabled");
    assert.ok("renamed-by-policy" in (await pair.world()).accounts);
  });

  for (const [name, change] of [
    ["login-disabled", "account aadcdeploy enabled"],
    ["login-renamed", "account x-aadcdeploy is called aadcdeploy again"],
    ["login-removed", "account aadcdeploy made"],
    ["login-no-administrator", "aadcdeploy is a member of Administrators"],
  ] as const)
    it(`puts its account right: ${name}`, async () => {
      pair = await machines();
      const first = await answerOf();
      await pair.be(name);
      const { changes, signIn } = await answerOf();
      assert.ok(changes.includes(change), changes.join("; "));
      assert.deepEqual({ ...signIn.account, sid: "" }, { state: "enabled", sid: "", administrator: true });
      const { accounts } = await pair.world();
      assert.equal(Object.values(accounts).filter(({ rid }) => rid >= 1000).length, 1);
      if (name !== "login-removed") assert.equal(signIn.account.sid, first.signIn.account.sid);
      assert.deepEqual((await answerOf()).changes, []);
    });

  it("says why where Windows does not let its account be enabled", async () => {
    pair = await machines();
    await answerOf();
    await pair.be("login-disabled", "accounts-locked");
    const { exitCode, stderr } = await pair.runCommand(script(), parameters);
    assert.equal(exitCode, 1);
    assert.match(stderr, /\[login-not-made\]\nWhat: The local account aadcdeploy.*Access is denied[\s\S]*gpresult/);
  });

  it("adds its account to Administrators although their members cannot be listed, and says that it does not know", async () => {
    pair = await machines();
    await pair.be("administrators-unlisted");
    const { signIn } = await answerOf();
    assert.equal(signIn.account.administrator, null);
    assert.match(signIn.unread.join(), /members of Administrators: Failed to compare/);
    assert.equal((await pair.world()).accounts.aadcdeploy?.administrator, true);
  });

  it("reads in which profile the firewall ignores its rule", async () => {
    pair = await machines();
    await pair.be("firewall-ignores-local-rules");
    assert.deepEqual((await answerOf()).signIn.firewall, {
      rule: "allows",
      profiles: ["Domain"],
      localRulesIgnored: ["Domain", "Public"],
    });
  });

  it("reads the shell that sshd is set to", async () => {
    pair = await machines();
    await pair.each((server) =>
      changeRegistry(server, (registry) => {
        registry["HKLM:\\SOFTWARE\\OpenSSH"] = { DefaultShell: "C:\\Program Files\\Git\\bin\\bash.exe" };
      }),
    );
    assert.equal((await answerOf()).signIn.defaultShell, "C:\\Program Files\\Git\\bin\\bash.exe");
  });
});
