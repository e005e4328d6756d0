import assert from "node:assert/strict";
import { archiveLines, archivesIn } from "../../../rehearsal/run/archives";
import type { StoredBlob } from "../../../rehearsal/world/contract";

const container = {
  id: "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/st1/blobServices/default/containers/configuration",
  type: "Microsoft.Storage/storageAccounts/blobServices/containers",
  name: "configuration",
};
const blob = (name: string, createdAt: string): StoredBlob => ({
  name,
  createdAt,
  path: "",
  versionId: "",
  etag: "",
  contentLength: 1,
  contentType: "application/zip",
  contentMd5: "",
  metadata: {},
  immutability: { until: "2027-05-25T10:00:00.000Z", mode: "Unlocked" },
});

describe("the archives of a rehearsal", () => {
  it("are told with how many collections stand, and which is the newest", () => {
    const blobs = [blob("b/2.zip", "2026-11-26T10:00:00Z"), blob("a/1.zip", "2026-11-25T10:00:00Z")];
    assert.deepEqual(
      archiveLines(
        archivesIn([container], (account, name) => (account === "st1" && name === "configuration" ? blobs : [])),
      ),
      ["st1/configuration: 2 collections, the newest b/2.zip, immutable until 2027-05-25"],
    );
  });
  it("are told before the first collection, and are none where there is no container", () => {
    assert.deepEqual(archiveLines(archivesIn([container], () => [])), ["st1/configuration: no collection yet"]);
    assert.deepEqual(
      archivesIn([{ ...container, type: "Microsoft.Compute/disks" }], () => []),
      [],
    );
  });
});
