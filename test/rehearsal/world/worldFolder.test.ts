import assert from "node:assert/strict";
import { fork, spawn } from "node:child_process";
import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { isMissing } from "../../../rehearsal/world/atomicFile";
import { worldBegins } from "../../../rehearsal/world/clock";
import { openWorldFolder, peekWorld, type WorldFolder } from "../../../rehearsal/world/worldFolder";
import { lockWorld } from "../../../rehearsal/world/worldLock";
import { BadInput, CouldNotRun } from "../../../review/verdict";
import { computerName, connectThrough, openScriptedWorld, run, temporaryFolder } from "./scriptedWorld";

describe("the world folder", () => {
  let dir: string;
  const opened: WorldFolder[] = [];
  const open = async (
    ...options: Parameters<typeof openWorldFolder> extends [string, ...infer Rest] ? Rest : never
  ) => {
    const folder = await openWorldFolder(dir, ...options);
    opened.push(folder);
    return folder;
  };
  const close = async () => {
    for (const folder of opened.splice(0)) await folder.release(new Date());
  };
  beforeEach(async () => {
    dir = await temporaryFolder();
  });
  afterEach(async () => {
    await close();
    await rm(dir, { recursive: true, force: true });
  });

  it("that the system does not let us use is refused with the system's reason, and no trace of ours", async () => {
    const long = join(dir, "w".repeat(300));
    await assert.rejects(
      openWorldFolder(long),
      (error) => error instanceof BadInput && /cannot be opened or made there: ENAMETOOLONG.*--dir/.test(error.message),
    );
  });

  it("keeps port, keys and secrets from run to run, and simulated time never goes back", async () => {
    const first = await open({ scale: 1000 });
    const reached = new Date(Date.now() + 90 * 24 * 3600 * 1000);
    opened.pop();
    await first.release(reached);
    const second = await open();
    assert.equal(second.isNew, false);
    assert.deepEqual(second.world.jumpHost, first.world.jumpHost);
    assert.deepEqual(second.secrets, first.secrets);
    assert.equal(second.world.id, first.world.id);
    assert.equal(second.world.clock.scale, 1000);
    assert.ok(second.simulatedStart.getTime() >= reached.getTime());
  });

  it("begins at the release's instant and stands still while it is closed, whatever the real date", async () => {
    const years = 10 * 365 * 24 * 3600 * 1000;
    const real = Date.now;
    try {
      for (const shift of [years, -years]) {
        Date.now = () => real() + shift;
        const first = await open({ reset: true });
        assert.deepEqual(first.simulatedStart, worldBegins);
        const reached = new Date(worldBegins.getTime() + 3_600_000);
        opened.pop();
        await first.release(reached);
        Date.now = () => real() + 2 * shift;
        const second = await open();
        assert.deepEqual(second.simulatedStart, reached);
        opened.pop();
        await second.release(reached);
      }
    } finally {
      Date.now = real;
    }
  });

  it("goes on behind what a killed predecessor may have reached", async () => {
    const first = await open({ scale: 100 });
    const latest = new Date(Date.now() + 3_600_000);
    await first.reached(latest);
    await first.release(latest);
    opened.pop();
    const path = join(dir, "world.json");
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replace('"closed": true', '"closed": false'));
    const second = await open();
    assert.ok(second.simulatedStart.getTime() >= latest.getTime() + 2 * 100 * 1000);
  });

  it("refuses a folder that holds something else, and touches nothing in it, with --reset too", async () => {
    await writeFile(join(dir, "thesis.docx"), "years of work");
    await mkdir(join(dir, "servers"));
    await writeFile(join(dir, "servers", "inventory.csv"), "mine");
    for (const reset of [false, true])
      await assert.rejects(
        open({ reset }),
        (error) =>
          error instanceof BadInput && /not a rehearsal's world/.test(error.message) && /thesis/.test(error.message),
      );
    assert.deepEqual((await readdir(dir)).sort(), ["servers", "thesis.docx"]);
    await rm(join(dir, "thesis.docx"));
    await assert.rejects(open({ reset: true }), BadInput, "a folder of ours by name only is not ours");
    assert.equal(await readFile(join(dir, "servers", "inventory.csv"), "utf8"), "mine");
  });

  it("refuses somebody else's world.json", async () => {
    await writeFile(join(dir, "world.json"), '{"version": 1, "continents": 7}');
    await assert.rejects(open({ reset: true }), BadInput);
    assert.match(await readFile(join(dir, "world.json"), "utf8"), /continents/);
  });

  it("refuses a damaged world and one of a newer version, and starts anew with --reset", async () => {
    const first = await open();
    await close();
    const path = join(dir, "world.json");
    const text = await readFile(path, "utf8");
    await writeFile(path, text.slice(0, text.length / 2));
    await assert.rejects(open(), /cannot be read/);
    await writeFile(path, text.replace('"version": 1', '"version": 2'));
    await assert.rejects(open(), /newer version/);
    const second = await open({ reset: true });
    assert.notEqual(second.world.id, first.world.id);
    assert.notDeepEqual(second.secrets, first.secrets);
  });

  it("--reset removes the world and leaves what somebody put beside it", async () => {
    await open();
    await close();
    await writeFile(join(dir, "notes.txt"), "mine");
    await writeFile(join(dir, "servers", "old"), "");
    const second = await open({ reset: true });
    assert.equal(second.isNew, true);
    assert.ok((await readdir(dir)).includes("notes.txt"));
    assert.deepEqual(await readdir(join(dir, "servers")), []);
  });

  it("refuses a file in the folder's place", async () => {
    const file = join(dir, "file");
    await writeFile(file, "");
    await assert.rejects(openWorldFolder(file), /is a file/);
  });

  it("is open in one process at a time, and says in which", async () => {
    await open();
    await assert.rejects(
      openWorldFolder(dir, { reset: true }),
      (error) => error instanceof CouldNotRun && error.message.includes(`process ${process.pid}`),
    );
    assert.ok((await peekWorld(dir))?.world, "it can be looked at all the same");
  });

  it("takes over at once what a killed process left locked", async () => {
    const child = fork(join(__dirname, "holdWorld.js"), [dir], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    const id = await new Promise((resolve, reject) => {
      child.once("message", resolve);
      child.once("exit", () => reject(new Error("the other process ended")));
    });
    await assert.rejects(open(), new RegExp(`process ${child.pid}`));
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
    const folder = await open();
    assert.equal(folder.world.id, id);
  });

  /** A lock whose computer sleeps when told so. */
  async function sleeper() {
    const lock = join(dir, "world.lock");
    let lost = 0;
    const count = () => {
      lost += 1;
    };
    const unlock = await lockWorld(dir, count, 2000);
    const sleepLong = async () => {
      const late = new Date(Date.now() - 60_000);
      await utimes(lock, late, late);
    };
    // Taken again, it is removed and made: for an instant there is none.
    const touched = () =>
      stat(lock).then(
        ({ mtimeMs }) => mtimeMs,
        (error) => {
          assert.ok(isMissing(error), String(error));
          return 0;
        },
      );
    const takenAgain = async (): Promise<void> => {
      while ((await touched()) < Date.now() - 30_000) await pause();
    };
    const pause = () => new Promise((resolve) => setTimeout(resolve, 50));
    return { lock, unlock, lost: () => lost, sleepLong, takenAgain, pause };
  }

  it("stays ours after a sleep in which nobody came, and is lost to who took it over", async () => {
    const { lock, unlock, lost, sleepLong, takenAgain, pause } = await sleeper();
    await sleepLong();
    await takenAgain();
    assert.equal(lost(), 0, "its next look at the lock took it again");
    await writeFile(join(dir, "world.pid"), "1\n");
    // Whose lock it is now goes on touching it. Once would not do: it may fall into the taking or a touch of ours.
    while (lost() === 0) {
      await sleepLong();
      await pause();
    }
    await assert.rejects(unlock(), /not acquired|already released/);
    await rm(lock, { recursive: true });
  });

  it("is given up by who closes it while it takes it again", async () => {
    const { unlock, sleepLong, takenAgain } = await sleeper();
    await sleepLong();
    await takenAgain();
    await unlock();
    assert.ok(!(await readdir(dir)).includes("world.lock"));
  });

  it("finishes what a process killed before it wrote world.json began", async () => {
    await open();
    await close();
    await rm(join(dir, "world.json"));
    const folder = await open();
    assert.equal(folder.isNew, true);
  });

  it("records another port where the preferred one is taken at creation", async () => {
    const taken = createServer();
    const port = await new Promise<number>((resolve) =>
      taken.listen(0, "127.0.0.1", () => resolve((taken.address() as { port: number }).port)),
    );
    try {
      const folder = await open({ preferredPort: port });
      assert.notEqual(folder.world.jumpHost.port, port);
    } finally {
      await new Promise((resolve) => taken.close(resolve));
    }
  });

  it("keeps the servers, so that the same login works after a restart", async () => {
    const first = await openScriptedWorld({ dir });
    const port = first.jumpHost.port;
    let key = "";
    const see = (seen: Buffer) => {
      key = seen.toString("base64");
      return true;
    };
    (await connectThrough(first, { hostVerifier: see })).end();
    const before = key;
    await first.close();
    const second = await openScriptedWorld({ dir });
    assert.equal(second.jumpHost.port, port);
    assert.equal(second.machines.all()[0]?.description.computerName, computerName);
    const client = await connectThrough(second, { hostVerifier: see });
    assert.equal(key, before);
    assert.equal((await run(client, "whoami")).code, 0);
    client.end();
    await second.close();
  });

  it("is readable by its owner only", async function () {
    if (process.platform === "win32") this.skip();
    const folder = await open();
    const { stdout } = spawn("find", [folder.path, "-type", "f", "-perm", "/077", "!", "-name", "*.pub"]);
    let loose = "";
    for await (const part of stdout) loose += part;
    assert.equal(loose.replace(/.*world\.pid\n/g, ""), "");
  });
});
