import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { utils } from "ssh2";
import { parse } from "yaml";
import type { RehearsalOptions } from "../../../rehearsal/run/options";
import type { SimulatedWorld } from "../../../rehearsal/run/simulatedWorld";
import { boot, createServerWorld, followClock, setCutOff } from "../../../rehearsal/windows/createServerWorld";
import { createExecutor } from "../../../rehearsal/windows/executor";
import { standInBlob } from "../../../rehearsal/windows/joining";
import { changeServerWorld, readServerWorld } from "../../../rehearsal/windows/serverFiles";
import { readStandInInstaller, writeStandInInstaller } from "../../../rehearsal/windows/standInInstaller";
import { completeWizard, failWizard, openWizard } from "../../../rehearsal/windows/wizard";
import type { BlobService, Machines, WindowsExecutor } from "../../../rehearsal/world/contract";
import type { Rooms } from "../../../rehearsal/world/rooms";
import { openWorldOf, type World, type WorldOptions } from "../../../rehearsal/world/world";
import { standardInputCommandLine } from "../../../scripts/assemble";
import { connect, machine, machineId, network, run, stillSilent, temporaryFolder } from "./scriptedWorld";

/** The Windows room as it is, emulated; an Azure and a command plugin that only exist. */
function rooms(exec?: WindowsExecutor["exec"]): {
  rooms: Rooms;
  machines(): Machines;
  seeded: string[];
  stopped: string[];
} {
  let machines: Machines | undefined;
  const [seeded, stopped]: [string[], string[]] = [[], []];
  return {
    seeded,
    stopped,
    machines: () => {
      assert.ok(machines);
      return machines;
    },
    rooms: {
      openWindows: async () => ({
        executor: { ...(await createExecutor({ powershell: "off" })), ...(exec && { exec }) },
        createServerWorld,
        followClock,
        boot,
        readServerWorld,
        setCutOff,
        writeStandInInstaller,
        readStandInInstaller,
        standInBlob,
        wizardState: async (server) => (await readServerWorld(server)).wizard.state,
        openWizard,
        completeWizard,
        failWizard,
      }),
      startAzure: async (options) => {
        machines = options.machines;
        return {
          port: 1,
          subscriptionId: "s",
          view: { resources: () => network(), get: () => undefined },
          blobs: noBlobs,
          genericTypes: () => [],
          seed: ({ id }) => void seeded.push(id),
          write: async ({ id }) => void seeded.push(id),
          stop: async () => void stopped.push("azure"),
        };
      },
      startCommand: async () => ({ port: 2, stop: async () => void stopped.push("command") }),
    },
  };
}

const noBlobs: BlobService = {
  token: () => Promise.reject(new Error("no data plane here")),
  put: () => Promise.reject(new Error("no data plane here")),
  list: () => [],
  listen: () => Promise.reject(new Error("no data plane here")),
};

/** Encrypted values of the user's: not even they belong into the world. */
const canaries = {
  salt: `canary${randomBytes(9).toString("hex")}`,
  password: `canary${randomBytes(9).toString("hex")}`,
  nested: `canary${randomBytes(9).toString("hex")}`,
};

const pulumiYaml = `name: entra-connect
runtime: nodejs
config:
  access: { type: object }
  administratorPassword: { type: string, secret: true }
  sshPrivateKey: { type: string, secret: true }
`;

const settingsYaml = `encryptionsalt: v1:${canaries.salt}
config:
  entra-connect:location: westeurope
  entra-connect:administratorPassword: { secure: "v1:${canaries.password}:AAAA" }
  entra-connect:extra: [{ token: { secure: "v1:${canaries.nested}:AAAA" } }]
  entra-connect:network:
    subnetPrefix: 10.40.0.0/24
    existingSubnetId: /subscriptions/s/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/v/subnets/n
  entra-connect:access: { managementSources: [10.50.0.0/24] }
  entra-connect:domain: { name: corp.contoso.com }
  entra-connect:generations:
    "1":
      connect:
        version: 2.6.92.0
        installer: { path: missing.msi, sha256: "${"1".repeat(64)}" }
        settingsFile: { path: missing.json, sha256: "${"2".repeat(64)}" }
    "2":
      connect:
        version: 2.7.1.0
        installer: { path: newer.msi, sha256: "${"3".repeat(64)}", signer: Somebody else }
        settingsFile: { path: missing.json, sha256: "${"4".repeat(64)}" }
`;

describe("the world put together", () => {
  let dir: string;
  let project: string;
  let world: World;
  let made: ReturnType<typeof rooms>;
  const open = async (options: Partial<WorldOptions> = {}, exec?: WindowsExecutor["exec"]) => {
    made = rooms(exec);
    world = await openWorldOf(made.rooms, { dir, scale: 6000, silenceSeconds: 60, preferredPort: 23622, ...options });
    return world;
  };
  const settings = () =>
    world.settingsOf({ settingsFile: join(project, "Pulumi.prod.yaml"), projectFolder: project, stack: "prod" });
  /** As Run Command leaves it: sshd runs and the login key is there. */
  const enableSsh = async () => {
    const server = { name: machine.name, path: join(dir, "servers", machine.name) };
    await changeServerWorld(server, (state) => {
      state.services.sshd = { displayName: "", status: "Running", startType: "Automatic", account: "", path: "" };
    });
    const folder = join(server.path, "C", "ProgramData", "ssh");
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "administrators_authorized_keys"), world.secrets.login.publicKey);
    return server;
  };
  const signIn = async () => {
    const jump = await connect({
      host: "127.0.0.1",
      port: world.jumpHost.port,
      username: world.identity.jumpHost.user,
      privateKey: world.secrets.jumpHost.privateKey,
    });
    const channel = await new Promise<NonNullable<Parameters<typeof connect>[0]["sock"]>>((resolve, reject) => {
      jump.forwardOut("127.0.0.1", 0, "10.40.0.11", 22, (error, stream) => (error ? reject(error) : resolve(stream)));
    });
    const client = await connect({
      sock: channel,
      username: machine.administratorName,
      privateKey: world.secrets.login.privateKey,
    });
    client.once("close", () => jump.end());
    return client;
  };

  beforeEach(async () => {
    dir = await temporaryFolder();
    project = await temporaryFolder();
    await writeFile(join(project, "Pulumi.yaml"), pulumiYaml);
    await writeFile(join(project, "Pulumi.prod.yaml"), settingsYaml);
  });
  afterEach(async () => {
    await world.close();
    for (const folder of [dir, project]) await rm(folder, { recursive: true, force: true });
  });

  it("is what a rehearsal runs on", async () => {
    const asked: RehearsalOptions = {
      dir,
      stack: "x",
      reset: false,
      json: false,
      faults: [],
      commandPlugin: "genuine",
    };
    const simulated: SimulatedWorld = await open(asked);
    assert.deepEqual(simulated.providers, { "azure-native": 1 }, "the genuine plugin is started by who asked for it");
    await world.close();
    assert.deepEqual((await open({ commandPlugin: "stand-in" })).providers, { "azure-native": 1, command: 2 });
    await world.close();
    assert.deepEqual(made.stopped, ["command", "azure"]);
    await world.close();
  });

  it("writes settings that hold the world's own secrets, jump host and files, and nothing secret of the user's", async () => {
    await open();
    const { text, notRehearsed } = await settings();
    const written = parse(text);
    assert.equal(written.config["entra-connect:access"].jumpHost.port, world.jumpHost.port);
    assert.equal(world.identity.jumpHost.privateAddress, "10.50.0.1");
    for (const name of ["administratorPassword", "sshPrivateKey", "jumpHostPrivateKey"])
      assert.match(written.config[`entra-connect:${name}`].secure, /^v1:/);
    assert.match(written.config["entra-connect:extra"][0].token.secure, /^v1:/);
    const { "1": first, "2": second } = written.config["entra-connect:generations"];
    const files = [first, second].flatMap(({ connect }) => [connect.installer, connect.settingsFile]);
    for (const file of files) {
      const content = await readFile(file.path);
      assert.equal(file.sha256, createHash("sha256").update(content).digest("hex"));
    }
    assert.equal(new Set(files.map((file) => file.sha256)).size, 4, "none is written over another");
    assert.equal((await readStandInInstaller(first.connect.installer.path))?.productVersion, "2.6.92.0");
    assert.equal((await readStandInInstaller(second.connect.installer.path))?.productVersion, "2.7.1.0");
    assert.match((await readStandInInstaller(second.connect.installer.path))?.signer ?? "", /Somebody else/);
    assert.ok(made.seeded.some((id) => id.endsWith("/subnets/n")));
    assert.match(notRehearsed.join("\n"), /existingSubnetId/);
    assert.equal((await settings()).text, text, "the same settings give the same text");
  });

  it("keeps no key or password in its folder but its own stand-ins", async () => {
    await open();
    await made.machines().create(machine);
    const { text } = await settings();
    await mkdir(world.projectFolder, { recursive: true });
    await writeFile(join(world.projectFolder, "Pulumi.prod.yaml"), text);
    await world.close();
    const files = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const holders: string[] = [];
    for (const file of files) {
      const text = (await readFile(join(file.parentPath, file.name))).toString("latin1");
      for (const canary of Object.values(canaries)) assert.ok(!text.includes(canary), file.name);
      if (text.includes("PRIVATE KEY")) holders.push(file.name);
    }
    assert.deepEqual([...new Set(holders)].sort(), ["secrets.json", "ssh_host_ed25519_key", "world.json"]);
    assert.ok(files.length > 5);
  });

  it("makes servers that are members of the domain in the settings", async () => {
    await open();
    await settings();
    await made.machines().create(machine);
    assert.deepEqual((await world.servers())[0]?.state.domain, { joined: true, name: "corp.contoso.com" });
  });

  it("is silent until the server's OpenSSH runs, then lets the administrator work on it", async () => {
    await open();
    await settings();
    await made.machines().create(machine);
    assert.ok(await stillSilent(signIn()));
    await enableSsh();
    const client = await signIn();
    const unknown = await run(client, "hostname");
    assert.equal(unknown.code, 1, "only what a rehearsal knows is run");
    client.end();
  });

  it("sends the operator when the gate asks, and the gate's next look finds the wizard completed", async () => {
    await open();
    await made.machines().create(machine);
    const server = await enableSsh();
    await changeServerWorld(server, (state) => {
      state.packages.push({
        displayName: "Microsoft Entra Connect Sync",
        displayVersion: "2.6.92.0",
        productCode: "{1}",
        upgradeCode: "{2}",
      });
      state.wizard.state = "waiting";
    });
    const client = await signIn();
    // Without its arguments it refuses: that it was started is what the operator hears of.
    await run(client, standardInputCommandLine, "# entra-connect script: await-wizard\n");
    client.end();
    const completed = async () => (await readServerWorld(server)).wizard.state === "completed";
    for (let n = 0; n < 400 && !(await completed()); n += 1) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.ok(await completed());
    assert.equal((await readServerWorld(server)).adsync?.stagingMode, true);
  });

  it("goes on after a restart: same port, same servers, same host keys, time not behind", async () => {
    await open();
    await made.machines().create(machine);
    await enableSsh();
    const hostKey = () => readFile(join(dir, "servers", machine.name, "ssh", "ssh_host_ed25519_key.pub"), "utf8");
    const [port, time, key] = [world.jumpHost.port, world.clock.now(), await hostKey()];
    await world.close();
    await open();
    assert.equal(world.jumpHost.port, port);
    assert.ok(world.clock.now().getTime() >= time.getTime());
    assert.equal(await hostKey(), key);
    assert.ok(!(utils.parseKey(key) instanceof Error));
    const [server] = await world.servers();
    assert.equal(server?.power, "running");
    assert.equal(server?.state.clock.scale, 6000);
    assert.ok(Date.parse(server?.state.clock.simulatedStart ?? "") >= time.getTime());
    (await signIn()).end();
  });

  for (const effect of ["lost", "kill"])
    it(`stays open until a script has ended that ${effect} has left without anybody who listens`, async () => {
      let end: (code: number) => void = () => undefined;
      await open(
        { faults: [`ssh:prerequisites=${effect}`] },
        (_server, { signal }) =>
          new Promise((resolve, reject) => {
            end = resolve;
            signal?.addEventListener("abort", () => reject(signal.reason));
          }),
      );
      await made.machines().create(machine);
      await enableSsh();
      const client = await signIn();
      const ran = run(client, standardInputCommandLine, "# entra-connect script: prerequisites\n").catch(
        () => undefined,
      );
      while (world.scriptsGoOnAt().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      assert.deepEqual(world.scriptsGoOnAt(), [machine.name]);
      const closed = world.close();
      assert.ok(await stillSilent(closed));
      assert.deepEqual(made.stopped, [], "Azure is there as long as the script needs it");
      end(0);
      await closed;
      await ran;
      const told = world.calls.entries().map(({ action, result }) => `${action}: ${result}`);
      const ended = {
        lost: "ended prerequisites: exit 0, and nobody heard of it",
        kill: "exec prerequisites: fault kill: exit 0",
      };
      assert.ok(told.includes(ended[effect as keyof typeof ended]), told.join("\n"));
      client.end();
    });

  it("does not wait for a script that somebody's own end has left", async () => {
    await open(
      {},
      (_server, { signal }) =>
        new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason))),
    );
    await made.machines().create(machine);
    await enableSsh();
    const client = await signIn();
    const ran = run(client, standardInputCommandLine, "# entra-connect script: prerequisites\n").catch(() => undefined);
    while (!world.calls.entries().some(({ action }) => action === "login"))
      await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(world.scriptsGoOnAt(), []);
    await world.close();
    await ran;
    client.end();
  });

  it("gives a machine that is made again under its name another host key, and puts the old one aside", async () => {
    await open();
    await made.machines().create(machine);
    const hostKey = () => readFile(join(dir, "servers", machine.name, "ssh", "ssh_host_ed25519_key.pub"), "utf8");
    const before = await hostKey();
    await made.machines().delete(machineId);
    assert.deepEqual(await world.servers(), []);
    assert.deepEqual(await readdir(join(dir, "servers", ".deleted")), [`${machine.name}-${machine.vmId}`]);
    await made.machines().create({ ...machine, vmId: "99999999-2222-3333-4444-555555555555" });
    assert.notEqual(await hostKey(), before);
    await assert.rejects(
      made.machines().create({ ...machine, resourceId: machineId.replace("rg-test", "rg-other") }),
      /there is a machine aadc-stg-g1 already/,
    );
  });

  it("refuses a bad fault before it makes anything", async () => {
    await open();
    await world.close();
    await rm(dir, { recursive: true });
    await assert.rejects(open({ faults: ["ssh:retire"] }), /there is no =/);
    await assert.rejects(readdir(dir));
  });

  it("reads settings that are no YAML without showing them", async () => {
    await open();
    await writeFile(join(project, "Pulumi.prod.yaml"), `config:\n  a: "${canaries.password}\n  b: [`);
    await assert.rejects(
      settings(),
      (error: Error) => /is not YAML/.test(error.message) && !error.message.includes("canary"),
    );
  });
});
