import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Store } from "../../../rehearsal/azure/arm/store";
import { CouldNotRun } from "../../../review/verdict";

describe("the simulated subscription on disk", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "azure-store-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const id = "/subscriptions/s/resourceGroups/Rg";

  it("finds resources without regard to case, over a restart too, and leaves only one file", () => {
    const type = "Microsoft.Resources/resourceGroups";
    new Store(folder).save({ id, type, name: "Rg", apiVersion: "1", body: { location: "westeurope" }, hidden: {} });
    assert.equal(new Store(folder).get("/SUBSCRIPTIONS/s/resourcegroups/rg/")?.name, "Rg");
    assert.deepEqual(readdirSync(folder), ["azure.json"]);
  });

  it("fingerprints the same value alike in one world and differently in another", () => {
    const store = new Store(folder);
    const print = store.fingerprint("value");
    store.write();
    assert.equal(new Store(folder).fingerprint("value"), print);
    assert.notEqual(store.fingerprint("other"), print);
    const elsewhere = mkdtempSync(join(tmpdir(), "azure-store-"));
    assert.notEqual(new Store(elsewhere).fingerprint("value"), print);
    rmSync(elsewhere, { recursive: true });
  });

  it("refuses a damaged or foreign file and says what to do", () => {
    for (const text of ["{ not json", '{"version": 99}', "[]"]) {
      writeFileSync(join(folder, "azure.json"), text);
      assert.throws(
        () => new Store(folder),
        (error: unknown) => error instanceof CouldNotRun && /azure\.json.*--reset/.test(error.message),
      );
    }
  });
});
