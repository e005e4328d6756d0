import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cached } from "../../engine/cached";
import { silent } from "../../engine/progress";

describe("the cache of what every clone needs once", () => {
  let cache = "";
  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), "entra-connect-cache-"));
  });
  afterEach(() => rmSync(cache, { recursive: true, force: true }));

  const whole = async (folder: string): Promise<boolean> =>
    existsSync(join(folder, "thing")) && readFileSync(join(folder, "thing"), "utf8") === "whole";
  const request = (make: (folder: string) => Promise<void>) =>
    cached({ cache, name: "thing-1", verify: whole, make, progress: silent, pollMilliseconds: 5 });

  it("makes a thing once and trusts it afterwards only if it still works", async () => {
    let made = 0;
    const make = async (folder: string): Promise<void> => {
      made += 1;
      writeFileSync(join(folder, "thing"), "whole");
    };
    assert.equal((await request(make)).made, true);
    assert.equal((await request(make)).made, false);
    writeFileSync(join(cache, "thing-1", "thing"), "damaged");
    assert.equal((await request(make)).made, true);
    assert.equal(made, 2);
  });

  it("lets the second of two that start together wait and use what the first made", async () => {
    let made = 0;
    let release = (): void => {};
    const slow = new Promise<void>((resolve) => {
      release = resolve;
    });
    const waiting: string[] = [];
    const make = async (folder: string): Promise<void> => {
      made += 1;
      await slow;
      writeFileSync(join(folder, "thing"), "whole");
    };
    const progress = {
      ...silent,
      status: (text: string) => {
        waiting.push(text);
        release();
      },
    };
    const both = ["a", "b"].map(() =>
      cached({ cache, name: "thing-1", verify: whole, make, progress, pollMilliseconds: 5 }),
    );
    const results = await Promise.all(both);
    assert.equal(made, 1);
    assert.deepEqual(results.map((result) => result.made).sort(), [false, true]);
    assert.match(waiting[0] ?? "", /another process is preparing thing-1/);
  });

  it("does not mistake an interrupted making for a finished one, and sweeps it up", async () => {
    const left = join(cache, "thing-1.part-abc");
    mkdirSync(left);
    writeFileSync(join(left, "thing"), "whole");
    const result = await request(async (folder) => writeFileSync(join(folder, "thing"), "whole"));
    assert.equal(result.made, true);
    assert.deepEqual(readdirSync(cache), ["thing-1"]);
  });

  it("leaves nothing behind when making fails, and tries again the next time", async () => {
    await assert.rejects(
      request(async (folder) => {
        writeFileSync(join(folder, "half"), "");
        throw new Error("the disk is full");
      }),
      /the disk is full/,
    );
    assert.deepEqual(readdirSync(cache), []);
    assert.equal((await request(async (folder) => writeFileSync(join(folder, "thing"), "whole"))).made, true);
  });

  it("refuses what was made but does not work", async () => {
    await assert.rejects(
      request(async (folder) => writeFileSync(join(folder, "thing"), "broken")),
      /does not work on this machine/,
    );
    assert.deepEqual(readdirSync(cache), []);
  });

  it("takes over the lock of a process that died", async () => {
    mkdirSync(join(cache, "thing-1.lock"));
    const result = await cached({
      cache,
      name: "thing-1",
      verify: whole,
      make: async (folder) => writeFileSync(join(folder, "thing"), "whole"),
      progress: silent,
      pollMilliseconds: 20,
      staleMilliseconds: 2000,
    });
    assert.equal(result.made, true);
  });
});
