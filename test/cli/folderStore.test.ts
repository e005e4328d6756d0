import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { couldNot } from "../../cli/archive/azureErrors";
import { load } from "../../cli/archive/azureStore";
import { FolderStore } from "../../cli/archive/folderStore";
import { accountAddress, ageLimits } from "../../cli/archive/options";
import { BlobFiles } from "../../rehearsal/azure/blobs/files";
import { verifyArchive } from "../../review/archive";
import { CollectionChain } from "../support/collectionChain";

describe("the folder of an archive", () => {
  const folder = mkdtempSync(join(tmpdir(), "folder-store-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("may be that of a rehearsal: what the simulated account says of each collection counts", async () => {
    const chain = await CollectionChain.of(3);
    const files = new BlobFiles(folder);
    for (const { name, bytes, metadata, collectedAt } of chain.added)
      files.store("starchive", "configuration", bytes, {
        name,
        createdAt: new Date(collectedAt.getTime() + 60_000).toISOString(),
        versionId: "1",
        etag: "1",
        contentLength: bytes.length,
        contentType: "application/zip",
        contentMd5: createHash("md5").update(bytes).digest("base64"),
        metadata,
        immutability: { until: new Date(collectedAt.getTime() + 180 * 86_400_000).toISOString(), mode: "Unlocked" },
      });
    const store = new FolderStore(join(folder, "archive", "starchive", "configuration"));
    const { report } = await verifyArchive({
      listing: await store.list(),
      read: store.read,
      now: new Date("2026-11-19T08:00:00Z"),
      warnHours: 36,
      blockHours: 72,
      keptDays: 180,
    });
    assert.deepEqual(
      report.findings.map(({ code, severity }) => [code, severity]),
      [["protection-unlocked", "info"]],
    );
    assert.equal(report.summary.chains[0]?.protectedUntil, "2027-05-15T20:00:00.000Z");
  });

  it("takes no name out of it", async () => {
    const store = new FolderStore(folder);
    for (const name of ["../x", "/etc/passwd", "a/b/c.zip", "C:\\x"])
      await assert.rejects(store.add({ name, bytes: Buffer.alloc(1), metadata: {} }), /is no name of a collection/);
  });
});

describe("what Azure's refusals mean", () => {
  const said = (error: object, doing: "list" | "read" | "add" = "list"): string =>
    couldNot({ where: "https://a.blob.core.windows.net/configuration", doing }, Object.assign(new Error("m"), error))
      .message;
  for (const [what, error, pattern] of [
    [
      "a missing role",
      { statusCode: 403, code: "AuthorizationPermissionMismatch" },
      /needs Storage Blob Data Reader .*ten minutes/,
    ],
    ["a network rule", { statusCode: 403, code: "AuthorizationFailure" }, /network rules refuse this machine/],
    ["another 403", { statusCode: 403, code: "Odd" }, /answered 403 \(Odd\)/],
    ["a token of another tenant", { statusCode: 401, code: "InvalidAuthenticationInfo" }, /of another tenant or cloud/],
    ["a missing container", { statusCode: 404, code: "ContainerNotFound" }, /Check --container/],
    ["a missing account or zone", { code: "ENOTFOUND" }, /privatelink\.blob\.core\.windows\.net/],
    ["a closed port", { code: "ETIMEDOUT" }, /no connection \(ETIMEDOUT\)/],
    ["the cause of a cause", { cause: { cause: { code: "ECONNREFUSED" } } }, /no connection \(ECONNREFUSED\)/],
    ["no identity", { name: "AggregateAuthenticationError" }, /az login/],
    ["a busy service", { statusCode: 503 }, /Run the command again later/],
    ["anything else", {}, /could not list: m$/],
  ] as const)
    it(`is told for ${what}`, () => assert.match(said(error), pattern));

  it("names the right to add where something is added", () =>
    assert.match(said({ statusCode: 403, code: "AuthorizationPermissionMismatch" }, "add"), /blobs\/add\/action/));
});

describe("Azure's packages", () => {
  it("are asked for with one sentence where they are not installed, and only then", async () => {
    // By a variable: the compiler would look for it.
    const missing: string = "@azure/not-installed";
    await assert.rejects(
      load(() => import(missing)),
      /two packages that are not installed .*npm install @azure\/storage-blob @azure\/identity\. A folder \(--folder\) needs neither/s,
    );
    await assert.rejects(
      load(() => Promise.reject(new Error("broken"))),
      /^Error: broken$/,
    );
  });
});

describe("options of the archive", () => {
  it("make an address of a name, and take one", () => {
    assert.equal(accountAddress("stentra01"), "https://stentra01.blob.core.windows.net");
    assert.equal(accountAddress("https://a.blob.core.usgovcloudapi.net/"), "https://a.blob.core.usgovcloudapi.net");
  });

  it("block after twice the hours where only one number is given", () => {
    assert.deepEqual(ageLimits("36"), { warnHours: 36, blockHours: 72 });
    assert.deepEqual(ageLimits("2,3"), { warnHours: 2, blockHours: 3 });
    for (const odd of ["", "0", "a", "1,2,3", "3,2", "1,"]) assert.throws(() => ageLimits(odd), /Give hours/, odd);
  });
});
