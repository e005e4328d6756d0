import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { changeRegistry } from "../../../rehearsal/windows/serverFiles";
import { runCommandText, validateAnswer } from "../../../scripts/assemble";
import { machine, type Pair, usePairs, usePowershell } from "./pair";

const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJzYW1wbGVzYW1wbGVzYW1wbGVzYW1wbGVzYW1wbGVz library";
const script = () => runCommandText("enable-remote-access");
const base64 = (text: string) => Buffer.from(text).toString("base64");
const parameters = { AdministratorName: "SyncAdmin", PublicKeyBase64: base64(publicKey) };

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
    assert.equal(answer.changes.length, 7);
    assert.equal(await pair.readFile("C:\\ProgramData\\ssh\\administrators_authorized_keys"), `${publicKey}\n`);
    const configuration = (await pair.readFile("C:\\ProgramData\\ssh\\sshd_config")) ?? "";
    assert.match(configuration, /^PasswordAuthentication no$/m);
    assert.match(configuration, /^AllowUsers syncadmin$/m);
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
    const name = await pair.runCommand(script(), { ...parameters, AdministratorName: "CONTOSO\\admin" });
    assert.match(name.stderr, /\[administrator-name\]/);
  });

  it("gets its parameters as Azure hands them over, so that a value with a space or an ampersand arrives broken", async () => {
    pair = await machines();
    const split = await pair.runCommand(script(), { ...parameters, PublicKeyBase64: publicKey });
    assert.equal(split.exitCode, 1);
    assert.match(split.stderr, /positional parameter cannot be found that accepts argument 'AAAA/);
    const cut = await pair.runCommand(script(), { AdministratorName: "a&b", PublicKeyBase64: base64(publicKey) });
    assert.match(cut.stderr, /missing mandatory parameters: PublicKeyBase64/);
    const kept = await pair.runCommand(script(), { ...parameters, AdministratorName: "a^&b" });
    assert.match(kept.stderr, /\[administrator-name\][\s\S]*'a&b'/);
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

  it("warns that a baseline denies the logon, by the policy's name, and still puts everything in place", async () => {
    pair = await machines();
    await pair.be("baseline-local-admin");
    const { warnings, changes } = await answerOf();
    assert.equal(changes.length, 7);
    assert.match(
      warnings.join("\n"),
      /'Deny access to this computer from the network' \(SeDenyNetworkLogonRight\) of this server names \*S-1-5-114, so SyncAdmin cannot sign in/,
    );
    assert.equal(await pair.readFile("C:\\ProgramData\\pulumi-entra-connect\\rights.inf"), undefined);
    await pair.beNoMore("baseline-local-admin");
    assert.deepEqual((await answerOf()).warnings, []);
  });

  it("refuses where the account is not there under its name, and says what it is called now", async () => {
    pair = await machines();
    await pair.be("administrator-renamed");
    const { exitCode, stderr } = await pair.runCommand(script(), parameters);
    assert.equal(exitCode, 1);
    assert.match(
      stderr,
      /\[administrator-missing\]\nWhat: There is no local account SyncAdmin .* is called 'renamed-by-policy' now[\s\S]*Rename-LocalUser -Name 'renamed-by-policy' -NewName 'SyncAdmin'/,
    );
  });

  it("warns of a shell that nothing is known of, not of those that what is sent is made for", async () => {
    for (const [shell, warned] of [
      ["C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe", false],
      ["C:\\Windows\\System32\\cmd.exe", false],
      ["C:\\Program Files\\Git\\bin\\bash.exe", true],
    ] as const) {
      pair = await machines();
      await pair.each((server) =>
        changeRegistry(server, (registry) => {
          registry["HKLM:\\SOFTWARE\\OpenSSH"] = { DefaultShell: shell };
        }),
      );
      assert.equal(/DefaultShell/.test((await answerOf()).warnings.join()), warned, shell);
    }
  });
});
