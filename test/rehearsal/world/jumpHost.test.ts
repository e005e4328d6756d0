import assert from "node:assert/strict";
import { createServer } from "node:net";
import type { Client } from "ssh2";
import { startJumpHost } from "../../../rehearsal/world/jumpHost";
import { makeKeyPair } from "../../../rehearsal/world/keys";
import {
  connect,
  connectThrough,
  machineId,
  network,
  openScriptedWorld,
  type ScriptedWorld,
  serverAddress,
  stillSilent,
} from "./scriptedWorld";

describe("the jump host", () => {
  let world: ScriptedWorld;
  const clients: Client[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) client.end();
    await world.close();
  });
  const signedIn = async () => {
    const client = await connect(world.jumpLogin);
    clients.push(client);
    return client;
  };
  const forward = (client: Client, address: string, port: number) =>
    new Promise((resolve, reject) =>
      client.forwardOut("127.0.0.1", 0, address, port, (error, stream) => (error ? reject(error) : resolve(stream))),
    );
  const forwards = () =>
    world.calls
      .entries()
      .flatMap((entry) => (entry.action.startsWith("forward") ? [`${entry.action}: ${entry.result}`] : []));

  it("lets in its one user with its one key, and nobody else", async () => {
    world = await openScriptedWorld();
    await signedIn();
    await assert.rejects(connect({ ...world.jumpLogin, username: "root" }), /authentication methods failed/);
    await assert.rejects(
      connect({ ...world.jumpLogin, privateKey: makeKeyPair("other").privateKey }),
      /authentication methods failed/,
    );
    await assert.rejects(
      connect({ ...world.jumpLogin, privateKey: world.folder.secrets.login.privateKey }),
      /authentication methods failed/,
      "the key of the servers is another one",
    );
  });

  it("shows the host key that world.json records", async () => {
    world = await openScriptedWorld();
    let seen = "";
    clients.push(
      await connect({
        ...world.jumpLogin,
        hostVerifier: (key: Buffer) => {
          seen = key.toString("base64");
          return true;
        },
      }),
    );
    assert.equal(seen, world.folder.world.jumpHost.hostKey.publicKey.split(" ")[1]);
  });

  it("is silent where a security group denies, and says why in the call log only", async () => {
    world = await openScriptedWorld();
    world.resources = network({
      rules: [
        {
          name: "deny-ssh",
          properties: {
            priority: 200,
            direction: "Inbound",
            access: "Deny",
            protocol: "Tcp",
            sourceAddressPrefix: "*",
            sourcePortRange: "*",
            destinationAddressPrefix: "*",
            destinationPortRange: "22",
          },
        },
      ],
    });
    assert.ok(await stillSilent(forward(await signedIn(), serverAddress, 22)));
    assert.match(forwards().join("\n"), /10\.40\.0\.11:22: silence: denied by inbound rule deny-ssh \(200\)/);
  });

  it("is silent for a machine that is switched off, and speaks again when it runs", async () => {
    world = await openScriptedWorld();
    const before = await connectThrough(world);
    const dropped = new Promise<void>((resolve) => before.once("close", () => resolve()));
    await world.machines.setPower(machineId, "deallocated");
    await dropped;
    assert.ok(await stillSilent(connectThrough(world)));
    await world.machines.setPower(machineId, "running");
    assert.deepEqual(world.windows.booted, ["aadc-stg-g1"]);
    clients.push(await connectThrough(world));
  });

  it("is silent where sshd does not run, for other ports, for addresses without a machine and for public ones", async () => {
    world = await openScriptedWorld();
    world.sshRunning = false;
    const client = await signedIn();
    for (const [address, port] of [
      [serverAddress, 22],
      [serverAddress, 3389],
      ["10.40.0.99", 22],
      ["127.0.0.1", 22],
      ["8.8.8.8", 22],
      ["example.com", 22],
    ] as const)
      assert.ok(await stillSilent(forward(client, address, port), 60), `${address}:${port}`);
    assert.equal(forwards().filter((line) => line.includes("silence")).length, 6, forwards().join("\n"));
  });

  it("gives up after its time, as a dial that times out does", async () => {
    world = await openScriptedWorld({ silenceSeconds: 0.05 });
    await assert.rejects(forward(await signedIn(), "10.40.0.99", 22), /Channel open failure/);
  });

  it("never listens on another port than the world's: a taken one is said", async () => {
    world = await openScriptedWorld();
    const { identity, calls } = { identity: world.folder.world.jumpHost, calls: world.calls };
    await assert.rejects(
      startJumpHost({ identity, calls, decide: async () => ({ kind: "silence", reason: "" }) }),
      new RegExp(`127\\.0\\.0\\.1:${identity.port}: another program uses that port`),
    );
  });

  it("is there for loopback only", async () => {
    world = await openScriptedWorld();
    const port = world.folder.world.jumpHost.port;
    const other = createServer();
    // The same port on another loopback address is free: the jump host does not listen on every address.
    await new Promise<void>((resolve, reject) => {
      other.once("error", reject);
      other.listen(port, process.platform === "linux" ? "127.0.0.2" : "::1", resolve);
    });
    await new Promise((resolve) => other.close(resolve));
  });
});
