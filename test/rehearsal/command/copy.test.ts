import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { file, inputs, removeFolder, tree, type, using } from "./support/copies";
import { failureOf, urnOf } from "./support/plugin";
import { MemoryFiles } from "./support/sftpServer";
import { archive, asset, connectionTo, type Json, type Properties, secretValue, unknownValue } from "./support/values";

describe("CopyToRemote", () => {
  after(removeFolder);

  it("writes a text, answers with the whole asset and an id of eight digits, and closes its connection", () => {
    const files = new MemoryFiles().folder("/dir");
    return using(files, async (plugin, server) => {
      const sent = inputs(server, asset({ text: "hällo", hash: "h" }), "/dir/f");
      const { id, properties } = await plugin.create(type, sent);
      assert.match(id, /^[0-9a-f]{8}$/);
      assert.deepEqual(properties, { ...sent, source: asset({ text: "hällo", hash: "h", path: "", uri: "" }) });
      assert.equal(files.text("/dir/f"), "hällo");
      assert.deepEqual(files.requests, ["STAT /dir/f", "STAT /dir", "OPEN /dir/f", "WRITE 0+6", "CLOSE", "end"]);
      assert.deepEqual(plugin.logs, [
        {
          severity: "debug",
          message: "Creating file: 127.0.0.1:/dir/f from text asset",
          urn: urnOf(type),
          ephemeral: false,
          streamId: 0,
        },
      ]);
      while (server.open > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    });
  });

  const made: [what: string, source: () => Json, remotePath: string, files: () => MemoryFiles, requests: string[]][] = [
    [
      "an empty text with one empty write",
      () => asset({}),
      "/f",
      () => new MemoryFiles(),
      ["STAT /f", "STAT /", "OPEN /f", "WRITE 0+0", "CLOSE"],
    ],
    [
      "a text below folders that are missing, made downwards without attributes",
      () => asset({ text: "t" }),
      "/x/y/a",
      () => new MemoryFiles(),
      ["STAT /x/y/a", "STAT /x/y", "STAT /x", "MKDIR /x", "MKDIR /x/y", "OPEN /x/y/a", "WRITE 0+1", "CLOSE"],
    ],
    [
      "a text over an existing file, asking for the parent all the same",
      () => asset({ text: "t" }),
      "/d/f",
      () => new MemoryFiles().folder("/d").file("/d/f", "old, longer"),
      ["STAT /d/f", "STAT /d", "OPEN /d/f", "WRITE 0+1", "CLOSE"],
    ],
    [
      "parents from the cleaned path, the file by the raw one",
      () => asset({ text: "t" }),
      "/x/../y/./a",
      () => new MemoryFiles(),
      ["STAT /x/../y/./a", "STAT /y", "MKDIR /y", "OPEN /x/../y/./a", "WRITE 0+1", "CLOSE"],
    ],
    [
      "parents below a drive",
      () => asset({ text: "t" }),
      "C:/x/a",
      () => new MemoryFiles(),
      ["STAT C:/x/a", "STAT C:/x", "STAT C:", "MKDIR C:", "MKDIR C:/x", "OPEN C:/x/a", "WRITE 0+1", "CLOSE"],
    ],
    [
      "no parents of a path with backslashes",
      () => asset({ text: "t" }),
      "C:\\x\\a",
      () => new MemoryFiles(),
      ["STAT C:\\x\\a", "STAT .", "OPEN C:\\x\\a", "WRITE 0+1", "CLOSE"],
    ],
    [
      "a file to an existing file at once",
      () => asset({ path: file("one", "1") }),
      "/f",
      () => new MemoryFiles().file("/f"),
      ["STAT /f", "OPEN /f", "WRITE 0+1", "CLOSE"],
    ],
    [
      "a file into an existing folder, under its own name",
      () => asset({ path: file("one", "1") }),
      "/d/",
      () => new MemoryFiles().folder("/d"),
      ["STAT /d/", "OPEN /d/one", "WRITE 0+1", "CLOSE"],
    ],
    [
      "an empty file without a write",
      () => asset({ path: file("none", "") }),
      "/p/f",
      () => new MemoryFiles(),
      ["STAT /p/f", "STAT /p", "MKDIR /p", "OPEN /p/f", "CLOSE"],
    ],
    [
      "an archive file as a file",
      () => archive({ path: file("a.zip", "zip") }),
      "/f",
      () => new MemoryFiles(),
      ["STAT /f", "STAT /", "OPEN /f", "WRITE 0+3", "CLOSE"],
    ],
    [
      "a folder under its own name, in name order, empty folders too",
      () => archive({ path: tree }),
      "/dest",
      () => new MemoryFiles().folder("/dest"),
      [
        "STAT /dest",
        "STAT /dest/tree",
        "MKDIR /dest/tree",
        "STAT /dest/tree",
        "OPEN /dest/tree/a.txt",
        "WRITE 0+1",
        "CLOSE",
        "STAT /dest/tree/b",
        "MKDIR /dest/tree/b",
        "OPEN /dest/tree/b/c.txt",
        "WRITE 0+1",
        "CLOSE",
        "STAT /dest/tree/b/empty",
        "MKDIR /dest/tree/b/empty",
        "OPEN /dest/tree/d.txt",
        "WRITE 0+1",
        "CLOSE",
      ],
    ],
    [
      "the contents of a folder with a slash at its end, making the destination",
      () => archive({ path: `${tree}/` }),
      "/p/dest",
      () => new MemoryFiles().folder("/p/dest/b", "/p/dest/b/empty"),
      [
        "STAT /p/dest",
        "STAT /p/dest",
        "STAT /p",
        "MKDIR /p",
        "MKDIR /p/dest",
        "STAT /p/dest",
        "OPEN /p/dest/a.txt",
        "WRITE 0+1",
        "CLOSE",
        "STAT /p/dest/b",
        "OPEN /p/dest/b/c.txt",
        "WRITE 0+1",
        "CLOSE",
        "STAT /p/dest/b/empty",
        "OPEN /p/dest/d.txt",
        "WRITE 0+1",
        "CLOSE",
      ],
    ],
  ];
  for (const [what, source, remotePath, filesOf, requests] of made) {
    it(`copies ${what}`, () => {
      const files = filesOf();
      return using(files, async (plugin, server) => {
        await plugin.create(type, inputs(server, source(), remotePath));
        assert.deepEqual(files.requests, [...requests, "end"]);
      });
    });
  }

  it("writes 32 KiB at a time, several at once, byte for byte", () => {
    const content = Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 7) % 251));
    const files = new MemoryFiles();
    return using(files, async (plugin, server) => {
      await plugin.create(type, inputs(server, asset({ path: file("big", content) }), "/big"));
      assert.deepEqual(files.entries.get("/big"), content);
      assert.deepEqual(
        files.requests.filter((request) => request.startsWith("WRITE")),
        ["WRITE 0+32768", "WRITE 32768+32768", "WRITE 65536+32768", "WRITE 98304+1696"],
      );
      assert.ok(files.mostWaiting > 1);
    });
  });

  it("finds relative sources from its folder and names them as given", () =>
    using(new MemoryFiles(), async (plugin, server) => {
      file("relative", "r");
      await plugin.create(type, inputs(server, asset({ path: "relative" }), "/r"));
      assert.deepEqual(
        plugin.logs.map(({ message }) => message),
        ["Creating file: 127.0.0.1:/r from local file relative"],
      );
      const missing = await failureOf(plugin.create(type, inputs(server, asset({ path: "./missing" }), "/r")));
      assert.deepEqual(missing, { code: 2, details: "open ./missing: no such file or directory" });
    }));

  const updates: [what: string, change: Properties, copies: boolean][] = [
    ["another hash", { source: asset({ text: "t", hash: "2" }) }, true],
    ["another remote path", { remotePath: "/g" }, true],
    ["another trigger alone", { triggers: [2] }, false],
    ["another text under the same hash", { source: asset({ text: "u", hash: "1" }) }, false],
    ["another host alone", { connection: secretValue(connectionTo(1)) }, false],
  ];
  for (const [what, change, copies] of updates) {
    it(`${copies ? "copies" : "does not copy"} in an update with ${what}`, () => {
      const files = new MemoryFiles();
      return using(files, async (plugin, server) => {
        const old = inputs(server, asset({ text: "t", hash: "1" }), "/f", { triggers: [1] });
        const next = { ...old, ...change };
        const answer = await plugin.update(type, old, next);
        assert.deepEqual({ ...answer, source: null }, { ...next, source: null });
        assert.equal(files.requests.length > 0, copies);
      });
    });
  }

  it("removes nothing in a delete, and does not connect", () =>
    using(new MemoryFiles(), async (plugin, server) => {
      await plugin.delete(type, inputs(server, asset({ text: "t" }), "/f"));
      assert.equal(server.connections, 0);
    }));

  it("in a preview has no id, does not know the source, and does not connect", () =>
    using(new MemoryFiles(), async (plugin, server) => {
      const sent = inputs(server, asset({ text: "t", hash: "1" }), "/f");
      assert.deepEqual(await plugin.create(type, sent, { preview: true }), {
        id: "",
        properties: { ...sent, source: unknownValue },
      });
      assert.equal(server.connections, 0);
    }));
});

describe("CopyFile, deprecated", () => {
  it("copies a file to the remote path", () => {
    const files = new MemoryFiles();
    return using(files, async (plugin, server) => {
      const local = join(tmpdir(), `copyfile-${process.pid}`);
      writeFileSync(local, "content");
      const sent = { connection: secretValue(connectionTo(server.port)), localPath: local, remotePath: "/f" };
      assert.deepEqual((await plugin.create("remote:CopyFile", sent)).properties, sent);
      assert.equal(files.text("/f"), "content");
      rmSync(local);
    });
  });

  it("is replaced by any change and cannot be updated", () =>
    using(new MemoryFiles(), async (plugin) => {
      const old = { localPath: "a", remotePath: "b" };
      const { detailed, replaces } = await plugin.diff("remote:CopyFile", old, { ...old, remotePath: "c" });
      assert.deepEqual([detailed, replaces], [{ remotePath: "update-replace" }, ["remotePath"]]);
      assert.equal((await failureOf(plugin.update("remote:CopyFile", old, old))).code, 12);
    }));
});
