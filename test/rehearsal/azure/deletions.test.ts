import assert from "node:assert/strict";
import { status } from "@grpc/grpc-js";
import { Landscape } from "./landscape";
import { cancel, Resource, type Simulated, simulatedAzure } from "./simulatedAzure";

const groups = "Microsoft.Resources/resourceGroups";
const machines = "Microsoft.Compute/virtualMachines";
const securityGroups = "Microsoft.Network/networkSecurityGroups";
const subnets = "Microsoft.Network/virtualNetworks/subnets";

describe("simulated Azure: a deletion whose caller has gone", () => {
  let azure: Simulated;
  let landscape: Landscape;
  beforeEach(async () => {
    azure = await simulatedAzure();
    landscape = new Landscape(azure);
  });
  afterEach(() => azure.stop());

  const stateOf = ({ id }: { readonly id: string }): unknown =>
    (azure.provider.view.get(id)?.body.properties as { provisioningState?: string } | undefined)?.provisioningState;
  /** Accepted, and nobody heard of it. */
  const begun = async (type: string, resource: Resource): Promise<void> => {
    azure.faults.push({ method: "DELETE", type, effect: "lost" });
    await assert.rejects(resource.delete(), { code: status.UNAVAILABLE });
    assert.equal(stateOf(resource), "Deleting");
  };
  const results = (method: string) =>
    azure.calls.filter(({ action }) => action.startsWith(`${method} `)).map(({ result }) => result);

  it("goes on: until its end it is there and Deleting, and whoever makes it anew is told that it exists", async () => {
    await landscape.resourceGroup();
    const { nsg, subnet } = await landscape.network();
    await subnet.delete();
    await begun(securityGroups, nsg);
    const anew = new Resource(azure, "azure-native:network:NetworkSecurityGroup", "nsg");
    await assert.rejects(anew.create(nsg.inputs), /cannot create already existing resource/);
    azure.clock.pass(20 * 60);
    await anew.create(nsg.inputs);
    assert.equal(stateOf(anew), "Succeeded");
  });

  it("is waited for by the next one, which is a success", async () => {
    const group = await landscape.resourceGroup();
    await begun(groups, group);
    await group.delete();
    assert.equal(azure.provider.view.resources().length, 0);
    assert.deepEqual(results("DELETE"), ["202, answer lost", "200"]);
  });

  it("outlives the world's being closed", async () => {
    const group = await landscape.resourceGroup();
    await begun(groups, group);
    azure = await azure.restart();
    assert.equal(stateOf(group), "Deleting");
    azure.clock.pass(60 * 60);
    await new Resource(azure, "azure-native:resources:ResourceGroup", "rg-sync").create(group.inputs);
    assert.equal(stateOf(group), "Succeeded");
  });

  it("of a cancelled run goes on as well", async () => {
    const group = await landscape.resourceGroup();
    azure.faults.push({ method: "DELETE", type: groups, effect: "slow" });
    const sleep = azure.clock.sleep.bind(azure.clock);
    azure.clock.sleep = async (seconds, signal) => {
      azure.clock.sleep = sleep;
      await cancel(azure);
      return sleep(seconds, signal);
    };
    await assert.rejects(group.delete());
    assert.equal(stateOf(group), "Deleting");
  });

  it("of a group: nothing is written in it", async () => {
    const group = await landscape.resourceGroup();
    await begun(groups, group);
    const inGroup = landscape.network();
    await assert.rejects(inGroup, /Status=409 Code="ResourceGroupBeingDeleted" .*'rg-sync' is in deprovisioning state/);
    await assert.rejects(group.update({ ...group.inputs, tags: { a: "b" } }), /ResourceGroupBeingDeleted/);
  });

  it("that is refused at its end is rolled back, and whoever waits is told why", async () => {
    const group = await landscape.resourceGroup();
    await begun(groups, group);
    await landscape.add("authorization:ManagementLockAtSubscriptionLevel", "keep", {
      lockName: "keep",
      level: "CanNotDelete",
    });
    await assert.rejects(group.delete(), /Status=409 Code="ScopeLocked"/);
    assert.equal(stateOf(group), "Succeeded");
    await group.update({ ...group.inputs, tags: { a: "b" } });
  });

  it("of a machine: it runs to the end, takes no update, and nothing is run on it", async () => {
    const { vm } = await landscape.server();
    await begun(machines, vm);
    assert.equal(azure.machines.get(vm.id)?.power, "running");
    await assert.rejects(
      vm.update({ ...vm.inputs, tags: { a: "b" } }),
      /Status=409 Code="OperationNotAllowed" .*VM 'aadc-stg-g1' since the VM is marked for deletion/,
    );
    await assert.rejects(
      landscape.add("compute:VirtualMachineRunCommandByVirtualMachine", "run", {
        resourceGroupName: "rg-sync",
        vmName: "aadc-stg-g1",
        runCommandName: "run",
        source: { script: "hostname" },
      }),
      /marked for deletion/,
    );
    azure.clock.pass(20 * 60);
    await vm.read();
    assert.equal(azure.machines.size, 0);
  });

  it("of a subnet: no interface joins it, and the client tries that again", async () => {
    await landscape.resourceGroup();
    const { subnet } = await landscape.network();
    await begun(subnets, subnet);
    const before = azure.clock.slept;
    await assert.rejects(
      landscape.nic("nic", subnet.id),
      /Status=429 Code="RetryableError" .*\/subnets\/servers is not in Succeeded state\. Resource is in Deleting state/,
    );
    assert.equal(azure.clock.slept - before, 200);
  });

  it("of a vault is not seen: a GET says 404 and its name is free, and its group cannot go before it is over", async () => {
    const group = await landscape.resourceGroup();
    const vault = await landscape.add("recoveryservices:Vault", "rsv", {
      resourceGroupName: "rg-sync",
      vaultName: "rsv",
      location: "westeurope",
      sku: { name: "RS0", tier: "Standard" },
      properties: {},
    });
    azure.faults.push({ method: "DELETE", type: "Microsoft.RecoveryServices/vaults", effect: "slow" });
    await vault.delete();
    assert.equal((await vault.read()).getId(), "");
    await vault.delete();
    await assert.rejects(group.delete(), /Status=409 Code="ResourceGroupDeletionBlocked" .*vaults\/rsv/);
    assert.equal(stateOf(group), "Succeeded");
    await new Resource(azure, "azure-native:recoveryservices:Vault", "rsv").create(vault.inputs);
    azure.clock.pass(20 * 60);
    assert.equal((await vault.read()).getId(), vault.id);
    azure.faults.push({ method: "DELETE", type: "Microsoft.RecoveryServices/vaults", effect: "lost" });
    await assert.rejects(vault.delete(), { code: status.UNAVAILABLE });
    azure.clock.pass(20 * 60);
    await group.delete();
    assert.equal(azure.provider.view.resources().length, 0);
  });

  it("is none where Azure answers at once: it is done", async () => {
    const group = await landscape.resourceGroup();
    const lock = await landscape.add("authorization:ManagementLockByScope", "keep", {
      scope: group.id,
      lockName: "keep",
      level: "CanNotDelete",
    });
    azure.faults.push({ method: "DELETE", type: "Microsoft.Authorization/locks", effect: "lost" });
    await assert.rejects(lock.delete(), { code: status.UNAVAILABLE });
    assert.equal(azure.provider.view.get(lock.id), undefined);
  });
});
