import assert from "node:assert/strict";
import { compareInputs, readInput } from "../../../review/configuration";
import { type CollectedEvidence, XmlReader } from "../../../review/evidence";
import { sampleConfiguration } from "../../support/repository";
import { requires } from "../../support/requires";
import { Contoso } from "./contoso";

interface EngineConfig {
  readonly sha256: string;
  readonly fipsEdit: boolean;
}

const plain: EngineConfig = { sha256: "a".repeat(64), fipsEdit: false };
const edited: EngineConfig = { sha256: "b".repeat(64), fipsEdit: true };

describe("miiserver.exe.config of two servers", () => {
  before(function () {
    requires(this, "the Contoso sample", sampleConfiguration);
  });
  const reader = new XmlReader();

  function collected(copy: Contoso, staging: boolean, engine: string, config: EngineConfig | undefined) {
    const { configuration } = copy.evidence();
    const server = {
      computerName: staging ? "CONTOSO-SYNC02" : "CONTOSO-SYNC01",
      versions: { engine, wizard: engine },
    };
    const read = { scheduler: staging, globalParameter: staging, syncCycleEnabled: true, schedulerSuspended: false };
    const collectedAt = "2026-10-06T08:00:00Z";
    const document = {
      schema: "entra-connect-evidence/1",
      collectedAt,
      server,
      staging: read,
      files: [],
      notAvailable: [],
    };
    const bytes = Buffer.from(JSON.stringify(config ?? null));
    const evidence: CollectedEvidence = {
      kind: "collected",
      source: server.computerName,
      manifest: { ...document, sha256: "0", document },
      configuration,
      statistics: config === undefined ? [] : [{ path: "engine-config.json", name: "engine-config.json", bytes }],
      others: [],
    };
    return readInput(evidence, reader);
  }

  const found = (here: EngineConfig | undefined, there: EngineConfig | undefined, version = "2.6.84.0") =>
    compareInputs(
      collected(new Contoso(), false, "2.6.84.0", here),
      collected(Contoso.partner(), true, version, there),
      { clock: () => new Date("2026-10-06T09:00:00Z") },
    ).report.findings.filter(({ code }) => code === "engine-config-differs");

  it("is no word where it is the same, or where one archive does not hold it", () => {
    assert.deepEqual(found(plain, plain), []);
    assert.deepEqual(found(plain, undefined), []);
    assert.deepEqual(found(undefined, edited), []);
  });

  it("is a warning where it differs in one version of the engine, with what an upgrade does to it", () => {
    const [finding, ...more] = found(plain, edited);
    assert.deepEqual(more, []);
    assert.equal(finding?.severity, "warning");
    assert.match(finding?.title ?? "", /although both run 2\.6\.84\.0: it was edited by hand/);
    assert.match(String(finding?.staging), /with enforceFIPSPolicy/);
    assert.match(finding?.cause ?? "", /break on an edited one/);
  });

  it("is expected to differ between two versions, unless only one has the documented edit", () => {
    assert.deepEqual(found(plain, { ...plain, sha256: "c".repeat(64) }, "2.6.92.0"), []);
    assert.equal(found(plain, edited, "2.6.92.0").length, 1);
  });
});
