import assert from "node:assert/strict";
import type { JsonObject } from "../../../rehearsal/azure/properties/json";
import { secret } from "../../../rehearsal/azure/properties/wire";
import { Landscape } from "./landscape";
import { invoke, partialFailureOf, type Resource, type Simulated, simulatedAzure } from "./simulatedAzure";

describe("simulated Azure: run commands", () => {
  let azure: Simulated;
  let landscape: Landscape;
  let vm: Resource;
  beforeEach(async () => {
    azure = await simulatedAzure();
    landscape = new Landscape(azure);
    ({ vm } = await landscape.server());
  });
  afterEach(() => azure.stop());

  const inputs = (more: JsonObject = {}): JsonObject => ({
    resourceGroupName: "rg-sync",
    vmName: "aadc-stg-g1",
    runCommandName: "enable",
    source: { script: "param($Name, $Token)" },
    parameters: [{ name: "Name", value: "plain" }],
    protectedParameters: [{ name: "Token", value: secret("Canary-Token-1") }],
    ...more,
  });
  const token = "compute:VirtualMachineRunCommandByVirtualMachine";
  const view = (expand?: string) =>
    invoke(azure, "azure-native:compute:getVirtualMachineRunCommandByVirtualMachine", {
      resourceGroupName: "rg-sync",
      vmName: "aadc-stg-g1",
      runCommandName: "enable",
      ...(expand === undefined ? {} : { expand }),
    });

  it("run the script with plain and protected parameters, and give output only with the expanded instance view", async () => {
    azure.scriptResult = { exitCode: 0, output: "answer", error: "" };
    const command = await landscape.add(token, "enable", inputs());
    assert.equal(azure.scripts.length, 1);
    assert.equal(azure.scripts[0]?.resourceId, vm.id);
    assert.deepEqual(azure.scripts[0]?.parameters, [
      { name: "Name", value: "plain" },
      { name: "Token", value: "Canary-Token-1" },
    ]);
    assert.equal(command.outputs.instanceView, undefined);
    assert.equal((await view()).instanceView, undefined);
    const { instanceView } = await view("instanceView");
    const { executionState, exitCode, output } = instanceView as JsonObject;
    assert.deepEqual(
      { executionState, exitCode, output },
      { executionState: "Succeeded", exitCode: 0, output: "answer" },
    );
    assert.ok(!azure.storedText().includes("Canary-Token-1"));
  });

  it("keep the last 4 KB of each stream, whole characters only", async () => {
    azure.scriptResult = { exitCode: 0, output: `${"ä".repeat(5000)}end`, error: "x".repeat(5000) };
    await landscape.add(token, "enable", inputs());
    const { output, error } = (await view("instanceView")).instanceView as { output: string; error: string };
    assert.ok(Buffer.byteLength(output) <= 4096 && output.endsWith("end") && !output.includes("\ufffd"));
    assert.equal(error.length, 4096);
  });

  it("report success for a failed script unless told that failure is failure", async () => {
    azure.scriptResult = { exitCode: 3, output: "", error: "no such service Canary-Token-1" };
    const command = await landscape.add(token, "enable", inputs());
    assert.equal(command.outputs.provisioningState, "Succeeded");
    assert.equal(((await view("instanceView")).instanceView as JsonObject).exitCode, 3);

    const strict = inputs({ runCommandName: "strict", treatFailureAsDeploymentFailure: true });
    const failed = await landscape.add(token, "strict", strict).then(
      () => assert.fail("it should fail"),
      (error: unknown) => error,
    );
    const { id, reasons, properties } = partialFailureOf(failed);
    assert.match(id, /runCommands\/strict$/);
    assert.match(reasons[0] ?? "", /'strict' on VM 'aadc-stg-g1' failed with exit code 3.*no such service/);
    assert.ok(!reasons[0]?.includes("Canary-Token-1"), "an error text never holds a protected value");
    assert.equal(properties.provisioningState, "Failed");

    azure.scriptResult = { exitCode: 0, output: "", error: "" };
    const known = landscape.parts.get("strict");
    assert.ok(known);
    known.id = id;
    await known.update(strict);
    assert.equal(known.outputs.provisioningState, "Succeeded", "the same body runs again after a failure");
  });

  it("run again when the body changed, not when only a tag did", async () => {
    const command = await landscape.add(token, "enable", inputs());
    await command.update(inputs({ tags: { a: "b" } }));
    assert.equal(azure.scripts.length, 1);
    await command.update(inputs({ protectedParameters: [{ name: "Token", value: "another" }] }));
    assert.equal(azure.scripts.length, 2);
  });

  it("are 25 for a machine, need it running, and go with it", async () => {
    for (let index = 0; index < 25; index += 1)
      await landscape.add(token, `c${index}`, inputs({ runCommandName: `c${index}` }));
    await assert.rejects(
      landscape.add(token, "more", inputs({ runCommandName: "more" })),
      /maximum number of run commands/,
    );
    await landscape.parts.get("c0")?.delete();
    await azure.provider.setPower(vm.id, "deallocated");
    assert.equal(azure.machines.get(vm.id)?.power, "deallocated");
    await assert.rejects(
      landscape.add(token, "more", inputs({ runCommandName: "more" })),
      /VM 'aadc-stg-g1' is not running/,
    );
    await vm.delete();
    assert.ok(!azure.provider.view.resources().some(({ type }) => type.endsWith("/runCommands")));
  });
});
