import assert from "node:assert/strict";
import { azureErrors, azureErrorsIn, inAzuresWords } from "../../review/azureErrors";

const facts = {
  name: "aadc-stg-g1",
  type: "Microsoft.Compute/virtualMachines",
  action: "Microsoft.Compute/virtualMachines/write",
  id: "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/aadc-stg-g1",
  subscription: "s",
  location: "westeurope",
  size: "Standard_D2s_v5",
  machine: "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/other",
};

describe("errors of Azure", () => {
  for (const known of azureErrors)
    it(`${known.code}: has a source, its cause and the next step, and is found in what azure-native says`, () => {
      assert.match(known.source, /^[\w.-]+\/[\w.-]+#\d+/);
      assert.match(known.next, /pulumi up|same command/);
      assert.ok(known.cause.length > 20);
      const text = inAzuresWords(known, facts);
      assert.doesNotMatch(text, /\{(name|type|action|id|subscription|location|size|machine|client|namespace)\}/);
      const status = known.status ?? 200;
      assert.deepEqual(azureErrorsIn(`Status=${status} Code="${known.code}" Message="${text}"`), [known]);
      const body = JSON.stringify({ error: { code: known.code, message: text } });
      assert.deepEqual(azureErrorsIn(`cannot check existence of resource 'x': status code ${status}, ${body}`), [
        known,
      ]);
    });

  it("are told apart by what they say, where Azure uses one code for many things", () => {
    const stopped = `Status=409 Code="OperationNotAllowed" Message="Cannot modify run command 'x' when the VM 'y' is not running."`;
    assert.deepEqual(azureErrorsIn(stopped), []);
  });

  it("are not seen in other messages", () => {
    assert.deepEqual(azureErrorsIn('the code AuthorizationFailed is named; Code="AuthorizationFailedX"'), []);
  });
});
