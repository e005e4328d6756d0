import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { parse } from "yaml";
import { repositoryRoot } from "../../support/repository";
import { requires } from "../../support/requires";
import {
  administratorName,
  connect,
  machineId,
  openScriptedWorld,
  type ScriptedWorld,
  serverAddress,
} from "./scriptedWorld";

const script = join(repositoryRoot, "docs", "examples", "bastion-tunnel.sh");
const bastionId = "/subscriptions/sub-of-hub/resourceGroups/rg-hub/providers/Microsoft.Network/bastionHosts/bastion";
const hasBash = spawnSync("bash", ["-c", "exit 0"]).status === 0;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return address.port;
}

describe("the tunnel of a pipeline, through the rehearsal's jump host", () => {
  let world: ScriptedWorld;
  let folder: string;
  let port: number;
  before(function () {
    if (!hasBash) requires(this, "bash", "/bin/bash");
  });
  beforeEach(async () => {
    world = await openScriptedWorld();
    port = await freePort();
    folder = mkdtempSync(join(tmpdir(), "bastion-tunnel-"));
    mkdirSync(join(folder, "programs"));
    plan({ [machineId]: serverAddress });
    // As the CLI is installed on Linux: a shell script that starts another process and waits for it.
    az(`'${process.execPath}' '${join(__dirname, "tunnelStandIn.js")}' "$@"; exit $?`);
  });
  afterEach(async () => {
    await tunnel(["stop"]);
    await world.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const plan = (targets: Record<string, string>): void =>
    writeFileSync(
      join(folder, "plan.json"),
      JSON.stringify({ jumpHost: world.jumpLogin, targets, calls: join(folder, "calls") }),
    );
  const az = (text: string): void => {
    const file = join(folder, "programs", "az");
    writeFileSync(file, `#!/bin/bash\n${text}\n`);
    chmodSync(file, 0o755);
  };
  const tunnel = (
    words: readonly string[],
    more: Record<string, string> = {},
  ): Promise<{ readonly code: number | null; readonly said: string }> =>
    new Promise((resolve) => {
      const env = {
        ...process.env,
        PATH: [join(folder, "programs"), process.env.PATH].join(delimiter),
        TUNNEL_DIR: join(folder, "tunnels"),
        TUNNEL_PLAN: join(folder, "plan.json"),
        BASTION_ID: bastionId,
        AZURE_CLI_DISABLE_CONNECTION_VERIFICATION: "",
        ...more,
      };
      const child = spawn("bash", [script, ...words], { env, stdio: ["ignore", "ignore", "pipe"] });
      let said = "";
      child.stderr.on("data", (chunk: Buffer) => {
        said += chunk.toString();
      });
      // Not "close": what it starts in the background may hold the pipe.
      child.on("exit", (code) => setImmediate(() => resolve({ code, said })));
    });
  const isOpen = async (): Promise<boolean> => {
    try {
      (await connect({ ...serverLogin(), readyTimeout: 3000 })).end();
      return true;
    } catch {
      return false;
    }
  };
  const serverLogin = () => ({
    host: "127.0.0.1",
    port,
    username: administratorName,
    privateKey: world.folder.secrets.login.privateKey,
  });
  const pidOf = () => Number(readFileSync(join(folder, "tunnels", `${port}.pid`), "utf8"));
  const groupLives = (pid: number): boolean => spawnSync("bash", ["-c", `kill -0 -- -${pid}`]).status === 0;

  it("is ready once the server has said its banner, shows the server's own host key, and leaves nothing behind", async () => {
    assert.deepEqual((await tunnel(["start", `${machineId}=${port}`])).code, 0);
    const waited = await tunnel(["wait", "30"]);
    assert.equal(waited.code, 0, waited.said);
    let seen = "";
    const client = await connect({
      ...serverLogin(),
      hostVerifier: (key: Buffer) => {
        seen = key.toString("base64");
        return true;
      },
    });
    client.end();
    const own = readFileSync(
      join(world.folder.entries.servers, "aadc-stg-g1", "ssh", "ssh_host_ed25519_key.pub"),
      "utf8",
    );
    assert.equal(seen, own.split(" ")[1]);
    assert.match(
      readFileSync(join(folder, "calls"), "utf8"),
      /^network bastion tunnel --subscription sub-of-hub --resource-group rg-hub --name bastion --target-resource-id \S+ --resource-port 22 --port \d+$/m,
    );
    const pid = pidOf();
    assert.equal(groupLives(pid), true);
    assert.equal((await tunnel(["stop"])).code, 0);
    while (groupLives(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(await isOpen(), false);
    assert.equal((await tunnel(["stop"])).code, 0, "may be run twice");
  });

  it("does not take an open port for a server: it ends in time, with what the tunnel said and what to look at", async () => {
    plan({});
    await tunnel(["start", `${machineId}=${port}`]);
    const waited = await tunnel(["wait", "0"]);
    assert.equal(waited.code, 3);
    assert.match(waited.said, /Opening tunnel|no SSH banner/);
    assert.match(waited.said, new RegExp(`no SSH banner on port ${port} within 0 seconds: .*bastion\\.subnetPrefix`));
  });

  it("says at once that a tunnel has ended by itself, with its own words", async () => {
    az("echo 'SKU must be Standard or Premium and Native Client must be enabled' >&2; exit 1");
    await tunnel(["start", `${machineId}=${port}`]);
    const waited = await tunnel(["wait", "30"]);
    assert.equal(waited.code, 3);
    assert.match(waited.said, /SKU must be Standard[\s\S]*has ended by itself/);
  });

  it("is not started without verification, for what is no Bastion, or over a port that somebody has", async () => {
    const start = ["start", `${machineId}=${port}`];
    const cases: [readonly string[], Record<string, string>, RegExp][] = [
      [start, { AZURE_CLI_DISABLE_CONNECTION_VERIFICATION: "1" }, /unset it/],
      [start, { BASTION_ID: "" }, /BASTION_ID is not set/],
      [start, { BASTION_ID: machineId }, /there is no \/bastionHosts\//],
      [["start"], {}, /say which servers/],
      [["start", machineId], {}, /is not VM_ID=PORT/],
      [["wait"], {}, /no tunnel was started/],
      [[], {}, /say start, wait, log or stop/],
    ];
    for (const [words, more, expected] of cases) {
      const { code, said } = await tunnel(words, more);
      assert.equal(code, 2, said);
      assert.match(said, expected);
    }
    assert.equal(existsSync(join(folder, "calls")), false, "az was never called");
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, "127.0.0.1", resolve));
    const taken = await tunnel(start);
    other.close();
    assert.equal(taken.code, 2);
    assert.match(taken.said, /listens on 127\.0\.0\.1:\d+ already/);
  });

  it("is what the example's steps call, with a stop that always runs, one command at a time and nothing in between", () => {
    const file = join(repositoryRoot, "docs", "examples", "github-up-through-bastion.yml");
    const { steps } = parse(readFileSync(file, "utf8")).jobs.up as { steps: { run?: string; if?: string }[] };
    const calls = steps.flatMap(({ run, if: when }) => {
      const word = /bastion-tunnel\.sh (\w+)/.exec(run ?? "")?.[1];
      return word === undefined ? [] : [[word, when ?? ""]];
    });
    assert.deepEqual(calls, [
      ["start", ""],
      ["wait", ""],
      ["log", "failure()"],
      ["stop", "always()"],
    ]);
    assert.ok(steps.some(({ run }) => /pulumi up .*--parallel 1/.test(run ?? "")));
  });
});
