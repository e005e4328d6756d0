import assert from "node:assert/strict";
import { type JsonObject, textAt } from "../../../rehearsal/azure/properties/json";
import { unknownValue } from "../../../rehearsal/azure/properties/wire";
import { Landscape, machineInputs } from "./landscape";
import { bodyOf, Resource, type Simulated, simulatedAzure } from "./simulatedAzure";

describe("simulated Azure: the life of a resource", () => {
  let azure: Simulated;
  beforeEach(async () => {
    azure = await simulatedAzure();
  });
  afterEach(() => azure.stop());

  it("builds a server with its network and tells the machines", async () => {
    const { vm, nic } = await new Landscape(azure).server();
    assert.equal(
      vm.id,
      "/subscriptions/00000000-0000-4000-8000-0000000000a1/resourceGroups/rg-sync/providers/Microsoft.Compute/virtualMachines/aadc-stg-g1",
    );
    assert.equal(vm.outputs.name, "aadc-stg-g1");
    assert.equal(vm.outputs.type, "Microsoft.Compute/virtualMachines");
    assert.equal(vm.outputs.azureApiVersion, "2024-11-01");
    assert.equal(vm.outputs.location, "westeurope");
    assert.equal(nic.outputs.provisioningState, "Succeeded");
    const machine = azure.machines.get(vm.id);
    assert.equal(machine?.computerName, "aadc-stg-g1");
    assert.equal(machine?.vmId, vm.outputs.vmId);
    assert.equal(machine?.power, "running");
    assert.equal(machine?.osDiskSizeGB, 127);
  });

  it("records every call with its answer, and lets time pass", async () => {
    await new Landscape(azure).resourceGroup();
    assert.deepEqual(
      azure.calls.map(({ action, result }) => `${action}: ${result}`),
      [
        "GET Microsoft.Resources/resourceGroups rg-sync: 404 ResourceGroupNotFound",
        "PUT Microsoft.Resources/resourceGroups rg-sync: 201",
        "GET Microsoft.Resources/resourceGroups rg-sync: 200",
      ],
    );
    assert.ok(azure.clock.slept > 0);
  });

  it("refuses to create what exists in azure-native's own words and no others", async () => {
    // azure-native, client_azcore.go, CanCreate. Any advice would be the rehearsal's invention: a person meets the
    // bare text in reality.
    const group = await new Landscape(azure).resourceGroup();
    await assert.rejects(new Landscape(azure).resourceGroup(), (error: Error & { details?: string }) => {
      assert.equal(error.details, `cannot create already existing resource '${group.id}'`);
      return true;
    });
  });

  it("keeps its resources over a restart", async () => {
    const { vm } = await new Landscape(azure).server();
    azure = await azure.restart();
    const again = new Resource(azure, vm.token, vm.name);
    assert.equal((await again.read(vm.id, false)).getId(), vm.id);
    assert.equal(textAt(bodyOf(azure, vm.id), "properties.vmId"), vm.outputs.vmId);
  });

  it("gives a new machine of the same name another identity", async () => {
    const landscape = new Landscape(azure);
    const { vm, nic } = await landscape.server();
    await vm.delete();
    assert.equal(azure.machines.has(vm.id), false);
    const second = await landscape.machine("aadc-stg-g1", nic.id);
    assert.notEqual(second.outputs.vmId, vm.outputs.vmId);
  });

  it("treats deleting what is gone as success", async () => {
    const group = await new Landscape(azure).resourceGroup();
    await group.delete();
    await group.delete();
    assert.equal((await group.read()).getId(), "");
  });

  it("makes up names, locations and the API version as azure-native does", async () => {
    const landscape = new Landscape(azure);
    await landscape.resourceGroup();
    const vnet = await new Resource(azure, "azure-native:network:VirtualNetwork", "net").create({
      resourceGroupName: "rg-sync",
      addressSpace: { addressPrefixes: ["10.0.0.0/16"] },
    });
    assert.match(String(vnet.outputs.name), /^net[0-9a-f]{8}$/);
    assert.equal(vnet.inputs.location, "westeurope");
    assert.equal(vnet.inputs.azureApiVersion, "2024-05-01");
    assert.equal(vnet.inputs.__createBeforeDelete, true);
    const subnet = await new Resource(azure, "azure-native:network:Subnet", "inner").create({
      resourceGroupName: "rg-sync",
      virtualNetworkName: String(vnet.outputs.name),
      addressPrefix: "10.0.0.0/24",
    });
    assert.equal(subnet.outputs.name, "inner");
  });

  it("names every missing input at once and prints no value", async () => {
    const subnet = new Resource(azure, "azure-native:network:Subnet", "inner");
    const { failures } = await subnet.check({ addressPrefix: "10.0.0.0/24" });
    assert.deepEqual(failures.sort(), [
      "missing required property 'resourceGroupName'",
      "missing required property 'virtualNetworkName'",
    ]);
    const nsg = new Resource(azure, "azure-native:network:NetworkSecurityGroup", "nsg");
    const rules = [{ name: "a", direction: "Inbound" }];
    const checked = await nsg.check({ resourceGroupName: "missing", securityRules: rules });
    assert.ok(checked.failures.includes("missing required property 'securityRules[0].priority'"));
    assert.ok(checked.failures.some((reason) => reason.startsWith("missing required property 'location'. Either set")));
  });

  it("shows only the inputs in the preview of a create, and name and location in that of an update", async () => {
    const landscape = new Landscape(azure);
    const { vm, nic } = await landscape.server();
    const preview = new Resource(azure, vm.token, "other");
    await preview.create(machineInputs("rg-sync", "other", nic.id), true);
    assert.equal(preview.outputs.vmId, unknownValue);
    assert.equal(preview.outputs.name, unknownValue);
    assert.equal(textAt(preview.outputs, "identity.principalId"), unknownValue);
    assert.equal(textAt(preview.outputs, "osProfile.adminPassword"), undefined);
    assert.equal(azure.provider.view.get(vm.id.replace("aadc-stg-g1", "other")), undefined);
    const changed = { ...machineInputs("rg-sync", "aadc-stg-g1", nic.id), tags: { role: "other" } };
    await vm.update(changed, true);
    assert.equal(vm.outputs.vmId, unknownValue);
    assert.equal(vm.outputs.name, "aadc-stg-g1");
    assert.equal(vm.outputs.location, "westeurope");
    assert.deepEqual(vm.outputs.tags, { role: "other" });
  });

  it("keeps types without rules and names them", async () => {
    const landscape = new Landscape(azure);
    await landscape.resourceGroup();
    const key = await new Resource(azure, "azure-native:keyvault:Vault", "kv").create({
      resourceGroupName: "rg-sync",
      vaultName: "kv-sync",
      properties: { tenantId: "t", sku: { family: "A", name: "standard" } },
    });
    assert.match(key.id, /\/providers\/Microsoft\.KeyVault\/vaults\/kv-sync$/);
    assert.deepEqual(azure.provider.genericTypes(), ["Microsoft.KeyVault/vaults"]);
    await key.delete();
    assert.equal(azure.provider.view.get(key.id), undefined);
  });

  it("puts every generic type under its parents and scope", async () => {
    const landscape = new Landscape(azure);
    const { vm } = await landscape.server();
    const inGroup = { resourceGroupName: "rg-sync" };
    const id = async (token: string, inputs: JsonObject) => (await landscape.add(token, token, inputs)).id;
    const identity = await id("managedidentity:UserAssignedIdentity", { ...inGroup, resourceName: "id" });
    assert.match(
      identity,
      /resourceGroups\/rg-sync\/providers\/Microsoft\.ManagedIdentity\/userAssignedIdentities\/id$/,
    );
    assert.match(
      await id("authorization:PolicyAssignment", {
        scope: vm.id,
        policyAssignmentName: "p",
        policyDefinitionId: "d",
        location: "westeurope",
      }),
      /virtualMachines\/aadc-stg-g1\/providers\/Microsoft\.Authorization\/policyAssignments\/p$/,
    );
    assert.match(
      await id("keyvault:Secret", { ...inGroup, vaultName: "kv", secretName: "s", properties: { value: "x" } }),
      /providers\/Microsoft\.KeyVault\/vaults\/kv\/secrets\/s$/,
    );
    const extension = { ...inGroup, vmName: vm.name, publisher: "p", type: "AzureMonitorWindowsAgent" };
    const agent = await landscape.add("compute:VirtualMachineExtension", "agent", extension);
    assert.match(agent.id, /virtualMachines\/aadc-stg-g1\/extensions\/agent$/);
    assert.equal(agent.outputs.type, "AzureMonitorWindowsAgent");
    assert.ok(azure.provider.genericTypes().includes("Microsoft.Compute/virtualMachines/extensions"));
  });

  it("turns a list of user-assigned identities into ARM's map and back", async () => {
    const landscape = new Landscape(azure);
    await landscape.resourceGroup();
    const inputs = {
      resourceGroupName: "rg-sync",
      vaultName: "vault-1",
      sku: { name: "RS0" },
      identity: { type: "UserAssigned", userAssignedIdentities: ["/subscriptions/s/one"] },
    };
    const vault = await landscape.add("recoveryservices:Vault", "v", inputs);
    assert.deepEqual(vault.outputs.identity, {
      type: "UserAssigned",
      userAssignedIdentities: { "/subscriptions/s/one": {} },
    });
    const imported = (await vault.read(vault.id, false)).getInputs()?.toJavaScript() ?? {};
    assert.deepEqual(imported.identity, inputs.identity);
  });

  it("refuses a resource type that the SDK does not have", async () => {
    await assert.rejects(
      new Resource(azure, "azure-native:compute:Toaster", "t").create({}),
      /compute:Toaster not found/,
    );
  });

  it("imports a resource with the inputs that make it", async () => {
    const { vm, nic } = await new Landscape(azure).server();
    const imported = await new Resource(azure, vm.token, "imported").read(vm.id, false);
    const inputs = imported.getInputs()?.toJavaScript() ?? {};
    assert.equal(inputs.vmName, "aadc-stg-g1");
    assert.equal(inputs.resourceGroupName, "rg-sync");
    assert.equal(inputs.vmId, undefined);
    assert.deepEqual((inputs as { networkProfile: unknown }).networkProfile, {
      networkInterfaces: [{ id: nic.id, primary: true, deleteOption: "Detach" }],
    });
  });
});
