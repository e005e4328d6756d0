/** Where the archive's task keeps what it needs on a server, and what stands in the collections that it has added. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { type CollectedEvidence, readEvidenceBytes } from "../../../review/evidence";
import { archiveFolder } from "../../../scripts/assemble";
import { archiving, type Kept } from "./archiveWorld";

export const queueFolder = `${archiveFolder}\\queue`;
export const chainPath = `${archiveFolder}\\chain.json`;
export const settingsFolder = "C:\\ProgramData\\AADConnect";

export async function evidenceOf(zip: Buffer): Promise<CollectedEvidence> {
  const evidence = await readEvidenceBytes("a collection", zip);
  assert.ok(evidence.kind === "collected");
  return evidence;
}

export interface PlaceInChain {
  readonly sequence: number;
  readonly previous: { readonly name: string; readonly manifestSha256: string } | null;
  readonly startedAnew: string | null;
}

export const placeOf = ({ manifest }: CollectedEvidence): PlaceInChain =>
  manifest.document.archive as unknown as PlaceInChain;

/** Every collection says which one came before it. */
export async function assertChain(kept: readonly Kept[]): Promise<void> {
  let previous: PlaceInChain["previous"] = null;
  for (const [index, { name, body, headers }] of kept.entries()) {
    const evidence = await evidenceOf(body);
    const place = placeOf(evidence);
    assert.deepEqual([place.sequence, place.startedAnew, place.previous], [index + 1, null, previous]);
    assert.match(
      name,
      new RegExp(`^${archiving.chain}/aadc-stg-g1/${String(index + 1).padStart(8, "0")}-\\d{8}T\\d{6}Z\\.zip$`),
    );
    assert.equal(headers["x-ms-meta-sha256"], createHash("sha256").update(body).digest("hex"));
    assert.equal(headers["x-ms-meta-manifestsha256"], evidence.manifest.sha256);
    assert.equal(headers["x-ms-meta-sequence"], String(index + 1));
    previous = { name, manifestSha256: evidence.manifest.sha256 };
  }
}
