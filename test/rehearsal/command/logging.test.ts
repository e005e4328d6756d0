import assert from "node:assert/strict";
import { failureOf, Plugin, urnOf } from "./support/plugin";
import { exit, type Run, ScriptedServer } from "./support/sshServer";
import { connectionTo, type Properties, secretValue } from "./support/values";

type Piece = readonly [to: "out" | "err", what: string | Buffer];

/** Sends the pieces one after the other, in separate packets, so that their order is certain. */
const sending =
  (...pieces: Piece[]) =>
  async ({ channel }: Run): Promise<void> => {
    for (const [to, what] of pieces) {
      (to === "out" ? channel : channel.stderr).write(what);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    exit(channel, 0);
  };

async function logged(run: (run: Run) => Promise<void>, more: Properties = {}): Promise<Plugin["logs"]> {
  const server = await ScriptedServer.start({ run });
  const plugin = await Plugin.start();
  try {
    await plugin.create("remote:Command", { connection: secretValue(connectionTo(server.port)), create: "x", ...more });
    return [...plugin.logs];
  } finally {
    await plugin.stop();
    await server.stop();
  }
}

describe("The log of a command", () => {
  it("has every line as an ephemeral info of the resource, before the answer", async () => {
    const lines = await logged(sending(["out", "a\nb\n"]));
    assert.deepEqual(
      lines,
      ["a", "b"].map((message) => ({
        severity: "info",
        message,
        urn: urnOf("remote:Command"),
        ephemeral: true,
        streamId: 0,
      })),
    );
  });

  const cases: [what: string, pieces: Piece[], logging: string | undefined, lines: string[]][] = [
    [
      "both streams by default",
      [
        ["out", "o\n"],
        ["err", "e\n"],
      ],
      undefined,
      ["o", "e"],
    ],
    [
      "both where asked",
      [
        ["out", "o\n"],
        ["err", "e\n"],
      ],
      "stdoutAndStderr",
      ["o", "e"],
    ],
    [
      "standard output only",
      [
        ["out", "o\n"],
        ["err", "e\n"],
      ],
      "stdout",
      ["o"],
    ],
    [
      "standard error only",
      [
        ["out", "o\n"],
        ["err", "e\n"],
      ],
      "stderr",
      ["e"],
    ],
    [
      "nothing",
      [
        ["out", "o\n"],
        ["err", "e\n"],
      ],
      "none",
      [],
    ],
    ["nothing for a word it does not know", [["out", "o\n"]], "verbose", []],
    [
      "blank lines, and no carriage return before a newline",
      [["out", "a\r\n\n\r\nb\rc\n"]],
      undefined,
      ["a", "", "", "b\rc"],
    ],
    ["a last line without end", [["out", "a\nb"]], undefined, ["a", "b"]],
    [
      "unfinished lines of both streams mixed",
      [
        ["out", "par"],
        ["err", "ERR"],
        ["out", "tial\n"],
      ],
      undefined,
      ["parERRtial"],
    ],
    ["a line of 65535 bytes", [["out", `${"x".repeat(65_535)}\n`]], undefined, ["x".repeat(65_535)]],
  ];
  for (const [what, pieces, logging, lines] of cases) {
    it(`has ${what}`, async () => {
      const found = await logged(sending(...pieces), logging === undefined ? {} : { logging });
      assert.deepEqual(
        found.map(({ message }) => message),
        lines,
      );
    });
  }

  it("has one replacement for a run of bytes that are not UTF-8, though the answer cannot hold them", async () => {
    const server = await ScriptedServer.start({ run: sending(["err", Buffer.from([0x61, 0xff, 0xfe, 0x62, 0x0a])]) });
    const plugin = await Plugin.start();
    const inputs = { connection: secretValue(connectionTo(server.port)), create: "x" };
    assert.equal((await failureOf(plugin.create("remote:Command", inputs))).code, 13);
    assert.deepEqual(
      plugin.logs.map(({ message }) => message),
      ["a\ufffdb"],
    );
    await plugin.stop();
    await server.stop();
  });

  it("hangs the operation at a line of 65536 bytes, as the genuine plugin does, but not where nothing is logged", async () => {
    const long = sending(["out", `${"x".repeat(65_536)}\n`]);
    assert.deepEqual(await logged(long, { logging: "none" }), []);
    const server = await ScriptedServer.start({ run: long });
    const plugin = await Plugin.start();
    let answered = false;
    const inputs = { connection: secretValue(connectionTo(server.port)), create: "x" };
    const pending = plugin.create("remote:Command", inputs).finally(() => {
      answered = true;
    });
    pending.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(answered, false);
    await plugin.stop();
    await server.stop();
  });
});
