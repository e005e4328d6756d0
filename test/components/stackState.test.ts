import assert from "node:assert/strict";
import { PassiveServer } from "../../components";
import { argsFixture, healthyAnswers, value, vmId } from "../support/passiveServerFixture";
import { record } from "../support/recordedResources";

const readState = "pulumi:pulumi:readStackResourceOutputs";

describe("the reading of the stack's state", () => {
  async function readings(servers: readonly string[]): Promise<number> {
    let asked = 0;
    await record(
      async () => {
        for (const name of servers) {
          const args = argsFixture((written) => {
            written.name = name;
          });
          // One after the other: the later one is made when the state has what the earlier one made.
          await value(new PassiveServer(name, { ...args, onlyServerOfTheStack: false }).verdict);
        }
      },
      {
        answers: healthyAnswers,
        calls: {
          [readState]: () => {
            asked += 1;
            return { outputs: {} };
          },
          "azure-native:authorization:getClientConfig": () => ({ subscriptionId: "sub", tenantId: "tenant" }),
          "azure-native:compute:getVirtualMachine": () => ({ vmId }),
        },
      },
    );
    return asked;
  }

  it("is one a run, however many servers the program has, since each is told of the whole stack", async () => {
    assert.equal(await readings(["aadc-a", "aadc-b", "aadc-c"]), 1);
  });

  it("is made anew by the next run of the same process", async () => {
    assert.equal(await readings(["aadc-a"]), 1);
    assert.equal(await readings(["aadc-a"]), 1);
  });
});
