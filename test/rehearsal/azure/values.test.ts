import assert from "node:assert/strict";
import type { Json, JsonObject } from "../../../rehearsal/azure/properties/json";
import { kinds, standingGround } from "./rightBodies";
import { Resource, type Simulated, simulatedAzure } from "./simulatedAzure";
import { wrongNetworks } from "./wrongNetworks";
import { more, reviewed, undefinedValue, type Wrong } from "./wrongValues";

describe("simulated Azure: wrong values are refused as Azure refuses them", () => {
  let azure: Simulated;
  let bodyOf: Awaited<ReturnType<typeof standingGround>>;
  before(async () => {
    azure = await simulatedAzure();
    bodyOf = await standingGround(azure);
  });
  after(() => azure?.stop());

  for (const kind of kinds)
    it(`takes a right ${kind}`, async () => {
      const { token, inputs } = await bodyOf(kind);
      await new Resource(azure, `azure-native:${token}`, `right-${kind}`).create(inputs);
    });

  for (const [name, table] of Object.entries({ reviewed, networks: wrongNetworks, more }))
    describe(name, () => {
      for (const wrong of table)
        it(`${wrong.kind}: ${wrong.what}`, async () => {
          const { message, stored } = await attempt(wrong);
          assert.match(message, wrong.says);
          assert.deepEqual(stored, [], "nothing is stored");
        });
    });

  /** What Azure says of a right body with one value changed; empty where it takes it. */
  async function attempt({ kind, what, set }: Wrong): Promise<{ message: string; stored: readonly string[] }> {
    const { token, inputs, at } = await bodyOf(kind);
    for (const [path, value] of Object.entries(set))
      change(inputs, path, typeof value === "function" ? value(at) : value);
    const ids = () => azure.provider.view.resources().map(({ id }) => id);
    const before = ids();
    try {
      await new Resource(azure, `azure-native:${token}`, `${kind}-${what}`).create(inputs);
    } catch (error) {
      return { message: (error as Error).message, stored: ids().filter((id) => !before.includes(id)) };
    }
    return { message: "", stored: [] };
  }
});

describe("simulated Azure: names that a world knows beside the lists", () => {
  let azure: Simulated;
  before(async () => {
    azure = await simulatedAzure({ knownNames: ["westus/zones", "atlantis"] });
  });
  after(() => azure?.stop());

  it("are taken wherever they count: zones of a region for addresses, storage and backups", async () => {
    const make = (token: string, inputs: JsonObject) =>
      new Resource(azure, `azure-native:${token}`, token.replace(/.*:/, "")).create(inputs);
    const group = { resourceGroupName: "rg", location: "West US" };
    await make("resources:ResourceGroup", { ...group, location: "Atlantis" });
    await make("network:PublicIPAddress", {
      ...group,
      publicIpAddressName: "door",
      sku: { name: "Standard" },
      publicIPAllocationMethod: "Static",
      zones: ["1"],
    });
    await make("storage:StorageAccount", {
      ...group,
      accountName: "starchive",
      kind: "StorageV2",
      sku: { name: "Standard_ZRS" },
    });
    await make("recoveryservices:Vault", {
      ...group,
      vaultName: "vault",
      sku: { name: "RS0", tier: "Standard" },
      properties: { redundancySettings: { standardTierStorageRedundancy: "ZoneRedundant" } },
    });
  });
});

function change(target: JsonObject, path: string, value: Json): void {
  const keys = path.split(/[.[\]]+/).filter((key) => key !== "");
  const last = keys.pop() ?? "";
  let here = target as Record<string, Json>;
  for (const key of keys) {
    if (here[key] === undefined) here[key] = {};
    here = here[key] as Record<string, Json>;
  }
  if (value === undefinedValue) delete here[last];
  else here[last] = value;
}
