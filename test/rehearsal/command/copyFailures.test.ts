import assert from "node:assert/strict";
import { join } from "node:path";
import { file, folder, inputs, removeFolder, tree, type, using } from "./support/copies";
import { failureOf, Plugin } from "./support/plugin";
import { MemoryFiles } from "./support/sftpServer";
import { ScriptedServer } from "./support/sshServer";
import { archive, asset, type Json } from "./support/values";

describe("CopyToRemote", () => {
  after(removeFolder);

  const [denied, failed] = [3, 4];
  const failures: [
    what: string,
    source: () => Json,
    remotePath: string,
    refuse: [request: string, status: number, text?: string][],
    files: () => MemoryFiles,
    error: string,
  ][] = [
    [
      "a text onto a folder",
      () => asset({ text: "t" }),
      "/d",
      [],
      () => new MemoryFiles().folder("/d"),
      "remote path /d is a directory; when using a text asset, remotePath must be a file path",
    ],
    [
      "a denied STAT",
      () => asset({ text: "t" }),
      "/f",
      [["STAT /f", denied]],
      () => new MemoryFiles(),
      "failed to stat remote path /f: permission denied",
    ],
    [
      "a denied MKDIR, after one more look",
      () => asset({ text: "t" }),
      "/p/f",
      [["MKDIR /p", denied]],
      () => new MemoryFiles(),
      "failed to create parent directories for /p/f: permission denied",
    ],
    [
      "a parent that is a file",
      () => asset({ text: "t" }),
      "/p/f",
      [],
      () => new MemoryFiles().file("/p"),
      "failed to create parent directories for /p/f: mkdir /p: not a directory",
    ],
    [
      "a denied destination folder",
      () => archive({ path: tree }),
      "/d",
      [["MKDIR /d", denied]],
      () => new MemoryFiles(),
      "failed to create remote directory /d: permission denied",
    ],
    [
      "a denied OPEN",
      () => asset({ text: "t" }),
      "/f",
      [["OPEN /f", denied]],
      () => new MemoryFiles(),
      "failed to create remote file /f: permission denied",
    ],
    [
      "an OPEN of something gone",
      () => asset({ text: "t" }),
      "/f",
      [["OPEN /f", 2]],
      () => new MemoryFiles(),
      "failed to create remote file /f: file does not exist",
    ],
    [
      "an OPEN that fails with a text",
      () => asset({ text: "t" }),
      "/f",
      [["OPEN /f", failed, 'no "room"']],
      () => new MemoryFiles(),
      'failed to create remote file /f: sftp: "no \\"room\\"" (SSH_FX_FAILURE)',
    ],
    [
      "an OPEN that fails without a text",
      () => asset({ text: "t" }),
      "/f",
      [["OPEN /f", failed]],
      () => new MemoryFiles(),
      'failed to create remote file /f: sftp: "" (SSH_FX_FAILURE)',
    ],
    [
      "a refused WRITE of a text",
      () => asset({ text: "t" }),
      "/f",
      [["WRITE 0+1", failed, "full"]],
      () => new MemoryFiles(),
      'failed to write text content to remote path /f: sftp: "full" (SSH_FX_FAILURE)',
    ],
    [
      "a refused WRITE of a file",
      () => asset({ path: file("one", "1") }),
      "/f",
      [["WRITE 0+1", 8, "no"]],
      () => new MemoryFiles(),
      `failed to copy file ${join(folder, "one")} to remote path /f: sftp: "no" (SSH_FX_OP_UNSUPPORTED)`,
    ],
    [
      "a folder's name that a file has",
      () => archive({ path: tree }),
      "/d",
      [],
      () => new MemoryFiles().folder("/d").file("/d/tree"),
      "remote path /d/tree exists but is not a directory",
    ],
    [
      "a remote path with a slash at its end",
      () => asset({ text: "t" }),
      "/p/",
      [],
      () => new MemoryFiles(),
      'failed to create remote file /p/: sftp: "is a folder" (SSH_FX_FAILURE)',
    ],
  ];
  for (const [what, source, remotePath, refuse, filesOf, details] of failures) {
    it(`fails on ${what}, and leaves the connection closed`, () => {
      const files = filesOf();
      for (const [request, status, text] of refuse) files.refuse.set(request, [status, text]);
      return using(files, async (plugin, server) => {
        const failure = await failureOf(plugin.create(type, inputs(server, source(), remotePath)));
        assert.deepEqual(failure, { code: 2, details });
        assert.equal(files.requests.at(-1), "end");
        while (server.open > 0) await new Promise((resolve) => setTimeout(resolve, 5));
      });
    });
  }

  it("looks once more with LSTAT after a refused MKDIR, and keeps the folder of a path with a slash", () => {
    const files = new MemoryFiles();
    files.refuse.set("MKDIR /p", [denied]);
    return using(files, async (plugin, server) => {
      await failureOf(plugin.create(type, inputs(server, asset({ text: "t" }), "/p/f")));
      assert.deepEqual(files.requests, ["STAT /p/f", "STAT /p", "MKDIR /p", "LSTAT /p", "end"]);
      await failureOf(plugin.create(type, inputs(server, asset({ text: "t" }), "/q/")));
      assert.ok(files.entries.has("/q"));
    });
  });

  it("says where there is no SFTP", async () => {
    const server = await ScriptedServer.start();
    const plugin = await Plugin.start();
    const failure = await failureOf(plugin.create(type, inputs(server, asset({ text: "t" }), "/f")));
    assert.equal(failure.details, "ssh: subsystem request failed");
    await plugin.stop();
    await server.stop();
  });
});
