import assert from "node:assert/strict";
import { typesWithRules } from "../../../rehearsal/azure/types/registry";
import { azureTypesFolder } from "../../support/repository";
import { requires } from "../../support/requires";
import { disagreements } from "./publishedTypes";
import { bodyOf, type Simulated, simulatedAzure } from "./simulatedAzure";
import { wholeLandscape } from "./wholeLandscape";

describe("simulated Azure: bodies as Azure publishes its types", () => {
  let azure: Simulated;
  before(async function () {
    requires(this, "the published Azure types", azureTypesFolder);
    azure = await simulatedAzure();
    await wholeLandscape(azure);
  });
  after(() => azure?.stop());

  for (const type of typesWithRules)
    it(`${type} has no unknown property, everything required, and nothing that is never returned`, () => {
      const resources = azure.provider.view.resources().filter((resource) => resource.type === type);
      assert.ok(resources.length > 0, "the landscape has one");
      for (const resource of resources) {
        const problems = disagreements(type, bodyOf(azure, resource.id));
        // Disks have an API version of their own, which is not among the published types at hand.
        if (type === "Microsoft.Compute/disks") assert.equal(problems, undefined);
        else assert.deepEqual(problems, [], resource.id);
      }
    });

  it("notices what does not belong (the judge itself)", () => {
    const id = { id: "/x", name: "x", type: "Microsoft.Network/natGateways" };
    assert.deepEqual(disagreements("Microsoft.Network/natGateways", { ...id, sku: { name: "Gold" }, colour: "red" }), [
      "body: has the unknown property 'colour'",
    ]);
    assert.deepEqual(
      disagreements("Microsoft.Resources/resourceGroups", { ...id, type: "Microsoft.Resources/resourceGroups" }),
      ["location: is required"],
    );
  });
});
