import assert from "node:assert/strict";
import { secret } from "../../../rehearsal/azure/properties/wire";
import { Landscape, machineInputs, password } from "./landscape";
import { Resource, type Simulated, simulatedAzure } from "./simulatedAzure";
import { canary, wholeLandscape } from "./wholeLandscape";

describe("simulated Azure: secrets", () => {
  let azure: Simulated;
  beforeEach(async () => {
    azure = await simulatedAzure();
  });
  afterEach(() => azure.stop());

  const forms = (value: string) => [
    value,
    JSON.stringify(value).slice(1, -1),
    Buffer.from(value).toString("base64").slice(0, -3),
    Buffer.from(value, "utf16le").toString("base64").slice(0, -3),
    Buffer.from(value).toString("hex"),
  ];

  it("are in no stored file, output, view or call, in any form", async () => {
    const parts = await wholeLandscape(azure);
    const everything = [
      azure.storedText(),
      JSON.stringify([...parts.values()].map(({ outputs }) => outputs)),
      JSON.stringify(azure.provider.view.resources()),
      JSON.stringify(azure.calls),
    ].join("\n");
    for (const value of [password, canary])
      for (const form of forms(value)) assert.ok(!everything.includes(form), `${form} was found`);
  });

  it("stay secret in checked inputs, with their whole property, as the engine does it for azure-native", async () => {
    const vm = new Resource(azure, "azure-native:compute:VirtualMachine", "vm");
    const checked = await vm.check({ ...machineInputs("rg", "vm", "/x"), location: "westeurope" });
    const wire = checked.inputs.toJavaScript() as { osProfile: Record<string, unknown> };
    const mark = "4dabf18193072939515e22adb298388d";
    assert.ok(wire.osProfile[mark], "the property is marked");
    const inner = wire.osProfile.value as { adminPassword: Record<string, unknown> };
    assert.ok(inner.adminPassword[mark], "and the value inside");
  });

  it("mark the outputs of the property they came in", async () => {
    const { vm } = await new Landscape(azure).server();
    assert.deepEqual(vm.secrets, [["osProfile"]]);
  });

  it("that a program puts where Azure would return them are kept as fingerprints only", async () => {
    const landscape = new Landscape(azure);
    await landscape.resourceGroup();
    const store = await landscape.add("keyvault:Secret", "s", {
      resourceGroupName: "rg-sync",
      vaultName: "kv",
      secretName: "s",
      properties: secret({ value: canary, contentType: "text" }),
    });
    const group = await landscape.add("resources:ResourceGroup", "tagged", {
      resourceGroupName: "tagged",
      location: "westeurope",
      tags: { note: secret("Secret-Note-1") },
    });
    const text = azure.storedText() + JSON.stringify([store.outputs, group.outputs]);
    assert.ok(!text.includes(canary) && !text.includes("Secret-Note-1"));
    assert.match(String((group.outputs.tags as { note: string }).note), /^secret:[0-9a-f]{32}$/);
  });

  it("do not appear in error texts", async () => {
    const landscape = new Landscape(azure);
    const { vm } = await landscape.server();
    const osProfile = { ...(vm.inputs.osProfile as object), adminPassword: secret(canary) };
    const failed = await vm.update({ ...vm.inputs, osProfile }).catch((error: unknown) => String(error));
    assert.match(String(failed), /PropertyChangeNotAllowed/);
    assert.ok(!String(failed).includes(canary));
  });
});
