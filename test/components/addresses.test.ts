import assert from "node:assert/strict";
import { alternatingAddress, contains, freeAddress, isUsableIn, overlap } from "../../components/network/addresses";
import { memoryOf, resizeProblem } from "../../components/server/sizing";

describe("planned addresses", () => {
  it("alternate with the generation, so that a rebuild needs no third firewall rule", () => {
    const addresses = [1, 2, 3, 4, 999].map((generation) => alternatingAddress("10.0.0.0/27", generation));
    assert.deepEqual(addresses, ["10.0.0.10", "10.0.0.11", "10.0.0.10", "10.0.0.11", "10.0.0.10"]);
  });

  it("start where Azure leaves room", () => {
    assert.deepEqual(
      [1, 2].map((generation) => alternatingAddress("10.0.0.8/29", generation)),
      ["10.0.0.12", "10.0.0.13"],
    );
    assert.ok(isUsableIn("10.0.0.8/29", "10.0.0.12"));
    assert.ok(isUsableIn("10.0.0.8/29", "10.0.0.13"));
    assert.ok(!isUsableIn("10.0.0.8/29", "10.0.0.15"), "broadcast");
    assert.ok(!isUsableIn("10.0.0.8/29", "10.0.0.11"), "kept by Azure");
  });

  it("find a free one, from the planned ones on and round the end, until the subnet is full", () => {
    assert.equal(freeAddress("10.0.0.0/27", new Set()), "10.0.0.10");
    assert.equal(freeAddress("10.0.0.0/27", new Set(["10.0.0.10", "10.0.0.11"])), "10.0.0.12");
    const all = ["12", "13", "14"].map((last) => `10.0.0.${last}`);
    assert.equal(freeAddress("10.0.0.8/29", new Set(all)), undefined);
    const end = Array.from({ length: 21 }, (_, index) => `10.0.0.${10 + index}`);
    assert.equal(freeAddress("10.0.0.0/27", new Set(end)), "10.0.0.4");
  });

  it("know when one prefix is inside another", () => {
    assert.ok(contains("10.0.0.0/8", "10.255.255.0/24"));
    assert.ok(!contains("10.0.0.0/24", "10.0.0.0/23"));
    assert.ok(overlap("10.0.0.0/24", "10.0.0.0/23"));
    assert.ok(!overlap("10.0.0.0/24", "10.0.1.0/24"));
  });
});

describe("sizes of machines", () => {
  it("have memory by the rule of their family", () => {
    for (const [size, memory] of [
      ["Standard_D2s_v5", 8],
      ["Standard_D4as_v6", 16],
      ["Standard_D4s_v3", 16],
      ["Standard_D2ls_v5", 4],
      ["Standard_E4-2s_v5", 32],
      ["Standard_E2s_v5", 16],
      ["Standard_F4s_v2", undefined],
      ["Standard_DS2_v2", undefined],
    ] as const)
      assert.equal(memoryOf(size), memory, size);
  });

  it("can be resized in place unless disks change their kind", () => {
    assert.equal(resizeProblem("Standard_D2s_v5", "Standard_E4s_v5"), undefined);
    assert.match(resizeProblem("Standard_D2s_v5", "Standard_D2s_v6") ?? "", /SCSI and NVMe/);
    assert.match(resizeProblem("Standard_D4s_v3", "Standard_D4s_v5") ?? "", /temporary disk/);
    assert.match(resizeProblem("Standard_D2s_v5", "Standard_D4ds_v5") ?? "", /temporary disk/);
  });
});
