import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { createExecutor, type TaskingExecutor } from "../../../rehearsal/windows/executor";
import type { BlobListener, BlobPut, HttpAnswer } from "../../../rehearsal/world/contract";
import { command } from "../../cli/command";
import { Azurite } from "../../support/azurite";
import { requires } from "../../support/requires";
import { Archive, ArchiveWorld, keeping, refused } from "./archiveWorld";
import { Pair } from "./pair";
import { setUp } from "./stages";

/** What the script sends, word for word to a server that speaks the storage protocol; only who it is is another's word. */
class ThroughAzurite extends Archive {
  readonly statuses: string[] = [];

  constructor(private readonly azurite: Azurite) {
    super();
  }

  override async put({ url, headers, body }: BlobPut): Promise<HttpAnswer> {
    const instead = this.insteadOfPut.shift();
    const { authorization: _1, host: _2, connection: _3, ...sent } = headers;
    const { status, code } = await this.azurite.put(new URL(url).pathname.slice(1), sent, body);
    this.statuses.push(code === undefined ? String(status) : `${status} ${code}`);
    if (instead === "lost") throw new Error("nothing comes back");
    return code === undefined ? { status, headers: {}, body: "" } : refused(status, code);
  }
}

describe("the archive's script in the test PowerShell, against Azurite", function () {
  this.timeout(900_000);
  const azurite = new Azurite();
  let executor: TaskingExecutor;
  let listener: BlobListener | undefined;
  let pair: Pair | undefined;
  let archive: ThroughAzurite;
  before(async function () {
    requires(this, "openssl", Azurite.possible);
    executor = await createExecutor({ way: () => ({ blobs: archive, base: (name) => listener?.base(name) }) });
    requires(this, "the test PowerShell", executor.kind === "powershell");
    await azurite.start();
    await azurite.container("configuration");
    archive = new ThroughAzurite(azurite);
    listener = await archive.listen();
  });
  after(async () => {
    await listener?.close();
    await pair?.close();
    await azurite.stop();
  });

  it("adds a chain that another identity reads and proves; a lost answer meets the store's own BlobAlreadyExists", async () => {
    pair = await Pair.make([executor]);
    await setUp(pair);
    const world = new ArchiveWorld(pair, [archive]);
    await world.nextDay();
    const { exitCode, stderr } = await pair.run("keep-archiving", keeping());
    assert.equal(exitCode, 0, stderr);
    archive.insteadOfPut.push("lost");
    assert.match((await world.collected()).archive.why ?? "", /an earlier attempt arrived and its answer did not/);
    assert.equal((await world.collected()).archive.state, "uploaded");
    assert.deepEqual(archive.statuses, ["201", "201", "409 BlobAlreadyExists", "201"]);
    const words = ["archive", "verify", "--account", azurite.address, "--older-than", "200000,200001", "-f", "json"];
    const proven = await command(words, tmpdir(), azurite.environment);
    const { findings, summary } = JSON.parse(proven.stdout) as {
      findings: { code: string; severity: string }[];
      summary: { chains: { read: number }[] };
    };
    // Azurite protects nothing, nobody has switched this server's scheduler on, and it has never run: that is all that is said.
    const told = findings.filter(({ severity }) => severity !== "info").map(({ code }) => code);
    assert.deepEqual(
      [told, summary.chains.map(({ read }) => read)],
      [["not-protected", "scheduler-off", "health-not-seen"], [3]],
    );
  });
});
