import assert from "node:assert/strict";
import type { JsonObject } from "../../../rehearsal/azure/properties/json";
import { Landscape, machineInputs } from "./landscape";
import { bodyOf, cancel, invoke, partialFailureOf, Resource, type Simulated, simulatedAzure } from "./simulatedAzure";

const machines = "Microsoft.Compute/virtualMachines";
const interfaces = "Microsoft.Network/networkInterfaces";
const networks = "Microsoft.Network/virtualNetworks";
const subnets = `${networks}/subnets`;
const groups = "Microsoft.Network/networkSecurityGroups";

const stateOf = (azure: Simulated, id: string) =>
  (bodyOf(azure, id).properties as { provisioningState?: string }).provisioningState;

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => assert.fail("it should fail"),
    (error: unknown) => error,
  );
}

/** Takes over what the engine would, after a create that failed and left the resource. */
async function kept(resource: Resource, inputs: Parameters<Resource["create"]>[0]): Promise<Resource> {
  const { id, properties } = partialFailureOf(await failureOf(resource.create(inputs)));
  resource.id = id;
  resource.outputs = properties;
  return resource;
}

describe("simulated Azure: what was accepted and then failed", () => {
  let azure: Simulated;
  let landscape: Landscape;
  beforeEach(async () => {
    azure = await simulatedAzure();
    landscape = new Landscape(azure);
  });
  afterEach(() => azure.stop());
  const half = (type: string, effect: "half" | `half(${string})` = "half", method: "PUT" | "DELETE" = "PUT") =>
    azure.faults.push({ method, type, effect });
  const place = async () => {
    await landscape.resourceGroup();
    const { subnet } = await landscape.network();
    return landscape.nic("nic", subnet.id);
  };
  const machine = () => new Resource(azure, "azure-native:compute:VirtualMachine", "vm");

  it("a machine that finds no place: told with its id, Failed, holding interface and disk; the next update makes it", async () => {
    const nic = await place();
    half(machines);
    const inputs = machineInputs("rg-sync", "vm", nic.id);
    const vm = machine();
    const error = partialFailureOf(await failureOf(vm.create(inputs)));
    assert.match(error.reasons[0] ?? "", /^Status=200 Code="AllocationFailed" Message="Allocation failed\. We do not/);
    assert.equal(error.properties.provisioningState, "Failed");
    assert.equal(stateOf(azure, error.id), "Failed");
    assert.equal(azure.machines.size, 0, "there is no machine");
    await assert.rejects(nic.delete(), /NicInUse/);
    const disk = azure.provider.view.resources().find(({ type }) => type === "Microsoft.Compute/disks");
    assert.equal(disk?.body.managedBy, error.id);
    const seen = await invoke(azure, "azure-native:compute:getVirtualMachine", {
      resourceGroupName: "rg-sync",
      vmName: "vm",
      expand: "instanceView",
    });
    assert.deepEqual(
      (seen.instanceView as { statuses: { code: string }[] }).statuses.map(({ code }) => code),
      ["ProvisioningState/failed"],
    );
    await assert.rejects(
      new Resource(azure, "azure-native:compute:VirtualMachineRunCommandByVirtualMachine", "run").create({
        resourceGroupName: "rg-sync",
        vmName: "vm",
        runCommandName: "run",
        source: { script: "x" },
      }),
      /is not running/,
    );
    vm.id = error.id;
    vm.outputs = error.properties;
    await vm.update({ ...inputs, hardwareProfile: { vmSize: "Standard_D4s_v5" } });
    assert.equal(stateOf(azure, vm.id), "Succeeded");
    assert.equal(azure.machines.get(vm.id)?.power, "running");
    await vm.update({ ...inputs, hardwareProfile: { vmSize: "Standard_D4s_v5" }, tags: {} });
    assert.equal(azure.calls.at(-2)?.result, "200");
  });

  it("a machine whose start is not seen in time is there all the same", async () => {
    const nic = await place();
    half(machines, "half(OSProvisioningTimedOut)");
    const vm = await kept(machine(), machineInputs("rg-sync", "vm", nic.id));
    assert.equal(azure.machines.get(vm.id)?.power, "running");
    assert.equal(stateOf(azure, vm.id), "Failed");
    await vm.update(machineInputs("rg-sync", "vm", nic.id));
    assert.equal(stateOf(azure, vm.id), "Succeeded");
    assert.equal(azure.machines.size, 1);
  });

  it("where it cannot be read afterwards, the engine gets its id and nothing else", async () => {
    const nic = await place();
    half(machines);
    azure.faults.push({ method: "GET", type: machines, effect: "fail", visit: 2 });
    const { id, reasons, properties } = partialFailureOf(
      await failureOf(machine().create(machineInputs("rg-sync", "vm", nic.id))),
    );
    assert.ok(id.endsWith("/virtualMachines/vm"));
    assert.match(reasons[0] ?? "", /^resource created but read failed Status=400 .*AllocationFailed/);
    assert.deepEqual(properties, {});
  });

  it("an interface of a failed machine that is gone stays reserved for it for 180 seconds", async () => {
    const nic = await place();
    half(machines);
    const vm = await kept(machine(), machineInputs("rg-sync", "vm", nic.id));
    await vm.delete();
    await assert.rejects(
      nic.delete(),
      /Status=400 Code="NicReservedForAnotherVm" .*180 seconds.* Reserved VM: .*\/vm"/,
    );
    await assert.rejects(landscape.machine("other", nic.id), /NicReservedForAnotherVm/);
    azure.clock.pass(180);
    await nic.delete();
  });

  it("an update that fails leaves the resource as it was, Failed, and the next one passes", async () => {
    await landscape.resourceGroup();
    const { vnet, subnet } = await landscape.network();
    half(networks);
    const inputs = { ...vnet.inputs, addressSpace: { addressPrefixes: ["10.40.0.0/16", "10.41.0.0/16"] } };
    partialFailureOf(await failureOf(vnet.update(inputs)));
    assert.equal(stateOf(azure, vnet.id), "Failed");
    assert.deepEqual((bodyOf(azure, vnet.id).properties as { addressSpace: unknown }).addressSpace, {
      addressPrefixes: ["10.40.0.0/16"],
    });
    await vnet.update(inputs);
    assert.equal(stateOf(azure, vnet.id), "Succeeded");
    assert.ok(azure.provider.view.get(subnet.id));
  });

  it("a network with subnets of its own has none before its next update", async () => {
    await landscape.resourceGroup();
    half(networks);
    const inputs = {
      resourceGroupName: "rg-sync",
      virtualNetworkName: "other",
      addressSpace: { addressPrefixes: ["10.50.0.0/16"] },
      subnets: [{ name: "one", addressPrefix: "10.50.0.0/24" }],
    };
    const network = await kept(new Resource(azure, "azure-native:network:VirtualNetwork", "other"), inputs);
    assert.equal(azure.provider.view.get(`${network.id}/subnets/one`), undefined);
    await network.update(inputs);
    assert.ok(azure.provider.view.get(`${network.id}/subnets/one`));
  });

  it("a run command that never ran is run by the next update", async () => {
    const { vm } = await landscape.server();
    half(`${machines}/runCommands`);
    const inputs = {
      resourceGroupName: "rg-sync",
      vmName: vm.name,
      runCommandName: "run",
      location: "westeurope",
      source: { script: "x" },
    };
    const command = new Resource(azure, "azure-native:compute:VirtualMachineRunCommandByVirtualMachine", "run");
    await kept(command, inputs);
    assert.equal(azure.scripts.length, 0);
    await command.update(inputs);
    assert.equal(azure.scripts.length, 1);
    assert.equal(stateOf(azure, command.id), "Succeeded");
  });

  it("a deletion that fails leaves the resource, Failed, and is asked again", async () => {
    const nic = await place();
    half(interfaces, "half", "DELETE");
    await assert.rejects(nic.delete(), /Status=200 Code="RehearsedFailure"/);
    assert.equal(stateOf(azure, nic.id), "Failed");
    await nic.delete();
    assert.equal(azure.provider.view.get(nic.id), undefined);
  });

  it("what Azure answers at once is refused, since nothing of it is ever half-made", async () => {
    half("Microsoft.Resources/resourceGroups");
    await assert.rejects(landscape.resourceGroup(), /Azure answers it at once/);
    assert.equal(azure.provider.view.resources().length, 0);
  });
});

describe("simulated Azure: what takes long", () => {
  let azure: Simulated;
  let landscape: Landscape;
  beforeEach(async () => {
    azure = await simulatedAzure();
    landscape = new Landscape(azure);
  });
  afterEach(() => azure.stop());
  const slow = (type: string, method: "PUT" | "DELETE" = "PUT") => azure.faults.push({ method, type, effect: "slow" });
  /** Does this in the middle of the next long wait. */
  const meanwhile = (work: () => unknown) => {
    const sleep = azure.clock.sleep.bind(azure.clock);
    azure.clock.sleep = async (seconds, signal) => {
      if (seconds >= 1200) {
        azure.clock.sleep = sleep;
        await work();
      }
      return sleep(seconds, signal);
    };
  };
  const network = async () => {
    await landscape.resourceGroup();
    return landscape.network();
  };

  it("a machine is Creating meanwhile, and not before the end a machine", async () => {
    const { subnet } = await network();
    const nic = await landscape.nic("nic", subnet.id);
    slow(machines);
    const seen: unknown[] = [];
    meanwhile(async () => {
      const found = await invoke(azure, "azure-native:compute:getVirtualMachine", {
        resourceGroupName: "rg-sync",
        vmName: "vm",
      });
      seen.push(found.provisioningState, azure.machines.size);
    });
    const vm = await landscape.machine("vm", nic.id);
    assert.deepEqual(seen, ["Creating", 0]);
    assert.equal(vm.outputs.provisioningState, "Succeeded");
    assert.equal(azure.machines.size, 1);
    assert.ok(azure.clock.slept >= 1200);
  });

  it("what is cancelled meanwhile is finished by Azure, and taken up by the state", async () => {
    const { subnet } = await network();
    const nic = await landscape.nic("nic", subnet.id);
    slow(machines);
    meanwhile(() => cancel(azure));
    const { id } = partialFailureOf(await failureOf(landscape.machine("vm", nic.id)));
    assert.equal(stateOf(azure, id), "Succeeded");
    assert.equal(azure.machines.get(id)?.power, "running");
  });

  it("a network that is being changed lets no other change in: tried three times, 200 seconds in all", async () => {
    const { vnet, subnet } = await network();
    slow(networks);
    let conflict: Promise<unknown> | undefined;
    meanwhile(async () => {
      const before = azure.clock.slept;
      conflict = failureOf(subnet.update({ ...subnet.inputs, addressPrefix: "10.40.0.0/25" }));
      assert.match(String(await conflict), /Status=409 Code="AnotherOperationInProgress"/);
      assert.equal(azure.clock.slept - before, 200);
    });
    await vnet.update({ ...vnet.inputs, tags: { a: "b" } });
    assert.ok(conflict);
    assert.equal(azure.calls.filter(({ result }) => result === "409 AnotherOperationInProgress").length, 4);
  });

  for (const type of [subnets, groups])
    it(`no interface joins a ${type.split("/").at(-1)} that is being changed`, async () => {
      const { subnet, nsg } = await network();
      const resource = type === subnets ? subnet : nsg;
      slow(type);
      let refused: unknown;
      meanwhile(async () => {
        refused = await failureOf(
          landscape.add("network:NetworkInterface", "nic", {
            resourceGroupName: "rg-sync",
            networkInterfaceName: "nic",
            networkSecurityGroup: { id: nsg.id },
            ipConfigurations: [{ name: "primary", subnet: { id: subnet.id } }],
          }),
        );
      });
      const change: JsonObject =
        type === subnets ? { privateEndpointNetworkPolicies: "Disabled" } : { tags: { a: "b" } };
      await resource.update({ ...resource.inputs, ...change });
      assert.match(String(refused), /Status=429 Code="RetryableError" .*is not in Succeeded state/);
      await landscape.nic("nic", subnet.id);
    });

  it("what is being deleted is Deleting, and there to its end", async () => {
    const { nsg, subnet } = await network();
    await subnet.delete();
    slow(groups, "DELETE");
    let seen: unknown;
    meanwhile(() => {
      seen = stateOf(azure, nsg.id);
    });
    await nsg.delete();
    assert.equal(seen, "Deleting");
    assert.equal(azure.provider.view.get(nsg.id), undefined);
  });
});
