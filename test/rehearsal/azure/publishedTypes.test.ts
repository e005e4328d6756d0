import assert from "node:assert/strict";
import { typesWithRules } from "../../../rehearsal/azure/types/registry";
import { problemsOfBody } from "../../support/azureTypes";
import { azureTypesFolder } from "../../support/repository";
import { requires } from "../../support/requires";
import { type Simulated, simulatedAzure } from "./simulatedAzure";
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
    it(`${type} has no unknown property, and everything required`, () => {
      const resources = azure.provider.view.resources().filter((resource) => resource.type === type);
      assert.ok(resources.length > 0, "the landscape has one");
      for (const resource of resources) {
        const { known, problems } = problemsOfBody(resource);
        assert.equal(known, true);
        assert.deepEqual(problems, [], resource.id);
      }
    });
});
