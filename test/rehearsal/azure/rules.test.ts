import assert from "node:assert/strict";
import { type JsonObject, numberAt, objectsAt, textAt } from "../../../rehearsal/azure/properties/json";
import { Landscape, machineInputs, securityRule } from "./landscape";
import { bodyOf, type Resource, type Simulated, simulatedAzure } from "./simulatedAzure";

const group = "rg-sync";

describe("simulated Azure: network rules", () => {
  let azure: Simulated;
  let landscape: Landscape;
  beforeEach(async () => {
    azure = await simulatedAzure();
    landscape = new Landscape(azure);
    await landscape.resourceGroup();
  });
  afterEach(() => azure.stop());

  it("refuses what lies in no resource group, and children without a parent", async () => {
    const subnet = { virtualNetworkName: "no", subnetName: "s", addressPrefix: "10.0.0.0/24" };
    await assert.rejects(
      landscape.add("network:Subnet", "a", { ...subnet, resourceGroupName: "other" }),
      /Status=404 Code="ResourceGroupNotFound" Message="Resource group 'other' could not be found."/,
    );
    await assert.rejects(
      landscape.add("network:Subnet", "b", { ...subnet, resourceGroupName: group }),
      /Status=404 Code="ParentResourceNotFound"/,
    );
  });

  it("keeps subnets inside their network and apart from each other", async () => {
    await landscape.network();
    const subnet = (name: string, addressPrefix: string) =>
      landscape.add("network:Subnet", name, {
        resourceGroupName: group,
        virtualNetworkName: "vnet",
        subnetName: name,
        addressPrefix,
      });
    await assert.rejects(subnet("outside", "10.41.0.0/24"), /NetcfgSubnetRangeOutsideVnet/);
    await assert.rejects(subnet("overlapping", "10.40.0.128/25"), /NetcfgSubnetRangesOverlap/);
    await assert.rejects(subnet("odd", "10.40.2.1/24"), /InvalidCIDRNotation/);
    await subnet("fine", "10.40.2.0/24");
  });

  it("keeps subnets that an update of their network leaves out, and removes those taken out of its list", async () => {
    const { vnet, subnet } = await landscape.network();
    await vnet.update({ ...vnet.inputs, tags: { changed: "yes" } });
    assert.ok(azure.provider.view.get(subnet.id), "the subnet is still there");
    assert.deepEqual(
      objectsAt(vnet.outputs, "subnets").map((found) => found.name),
      ["servers"],
    );
    const inline = await landscape.add("network:VirtualNetwork", "inline", {
      resourceGroupName: group,
      virtualNetworkName: "inline",
      addressSpace: { addressPrefixes: ["10.60.0.0/16"] },
      subnets: [
        { name: "a", addressPrefix: "10.60.1.0/24" },
        { name: "b", addressPrefix: "10.60.2.0/24" },
      ],
    });
    await inline.update({ ...inline.inputs, subnets: [{ name: "a", addressPrefix: "10.60.1.0/24" }] });
    assert.equal(azure.provider.view.get(`${inline.id}/subnets/b`), undefined);
    assert.ok(azure.provider.view.get(`${inline.id}/subnets/a`));
  });

  it("refuses to delete a subnet, a security group or an address that is in use, and names the user", async () => {
    const { subnet, nsg, vnet } = await landscape.network();
    const nic = await landscape.nic("nic", subnet.id);
    await assert.rejects(
      subnet.delete(),
      /InUseSubnetCannotBeDeleted.*networkInterfaces\/nic\/ipConfigurations\/primary/,
    );
    await assert.rejects(vnet.delete(), /InUseSubnetCannotBeDeleted/);
    await assert.rejects(nsg.delete(), /InUseNetworkSecurityGroupCannotBeDeleted.*subnets\/servers/);
    await nic.delete();
    await subnet.delete();
    await nsg.delete();
    await vnet.delete();
  });

  it("gives dynamic addresses from the subnet, and refuses static ones that cannot be", async () => {
    const { subnet } = await landscape.network();
    const dynamic = await landscape.nic("dynamic", subnet.id);
    const address = (nic: Resource) => textAt(objectsAt(nic.outputs, "ipConfigurations")[0], "privateIPAddress");
    assert.equal(address(dynamic), "10.40.0.4");
    await landscape.nic("static", subnet.id, "10.40.0.11");
    await assert.rejects(landscape.nic("twice", subnet.id, "10.40.0.11"), /PrivateIPAddressIsAllocated.*static/);
    await assert.rejects(landscape.nic("outside", subnet.id, "10.40.7.1"), /PrivateIPAddressNotInSubnet/);
    await assert.rejects(landscape.nic("reserved", subnet.id, "10.40.0.1"), /PrivateIPAddressInReservedRange/);
    await assert.rejects(landscape.nic("nowhere", `${subnet.id}-x`), /InvalidResourceReference/);
    await dynamic.update({ ...dynamic.inputs, tags: { a: "b" } });
    assert.equal(address(dynamic), "10.40.0.4", "an update keeps the address");
  });

  it("judges security rules", async () => {
    const rules = (...securityRules: ReturnType<typeof securityRule>[]) =>
      landscape.add("network:NetworkSecurityGroup", "judged", {
        resourceGroupName: group,
        networkSecurityGroupName: "judged",
        securityRules,
      });
    await assert.rejects(
      rules(securityRule("a", 100), securityRule("b", 100)),
      /SecurityRuleConflict.*b conflicts with rule a/,
    );
    await assert.rejects(rules(securityRule("a", 99)), /SecurityRuleInvalidPriority/);
    await assert.rejects(
      rules(securityRule("a", 100, { access: "Perhaps" })),
      /"Perhaps".*'properties\.securityRules\[0\]\.properties\.access'/,
    );
    await assert.rejects(
      rules(securityRule("a", 100, { destinationPortRange: "99999" })),
      /SecurityRuleInvalidPortRange/,
    );
    const made = await rules(securityRule("a", 100), securityRule("b", 100, { direction: "Inbound" }));
    assert.equal(objectsAt(made.outputs, "securityRules").length, 2);
    assert.equal(objectsAt(made.outputs, "defaultSecurityRules").length, 6);
    assert.equal(objectsAt(made.outputs, "securityRules")[0]?.provisioningState, "Succeeded");
  });

  it("lets one operation at a time change a network and retries the other, as azure-native does", async () => {
    await landscape.network();
    const subnets = ["a", "b", "c"].map((name, index) =>
      landscape.add("network:Subnet", name, {
        resourceGroupName: group,
        virtualNetworkName: "vnet",
        subnetName: name,
        addressPrefix: `10.40.${index + 20}.0/24`,
      }),
    );
    await Promise.all(subnets);
    assert.ok(azure.calls.some(({ result }) => result === "409 AnotherOperationInProgress"));
    assert.equal(azure.provider.view.resources().filter(({ type }) => type.endsWith("/subnets")).length, 4);
  });
});

describe("simulated Azure: virtual machine rules", () => {
  let azure: Simulated;
  let landscape: Landscape;
  let vm: Resource;
  let nic: Resource;
  let subnet: Resource;
  before(async () => {
    azure = await simulatedAzure();
    landscape = new Landscape(azure);
    ({ vm, nic, subnet } = await landscape.server());
  });
  after(() => azure.stop());
  const inputs = () => machineInputs(group, "aadc-stg-g1", nic.id);

  it("plans a create-only change inside the body as an update, which ARM refuses", async () => {
    const image = {
      ...(inputs().storageProfile as object),
      imageReference: {
        publisher: "MicrosoftWindowsServer",
        offer: "WindowsServer",
        sku: "2025-datacenter-g2",
        version: "26100.1",
      },
    };
    const changed = { ...inputs(), storageProfile: image };
    const diff = await vm.diff(changed);
    assert.deepEqual(diff.getReplacesList(), []);
    assert.ok(diff.getDiffsList().includes("storageProfile.imageReference.sku"));
    await assert.rejects(
      vm.update(changed),
      /Status=409 Code="PropertyChangeNotAllowed" Message="Changing property 'imageReference' is not allowed."/,
    );
    const osProfile = inputs().osProfile as object;
    await assert.rejects(
      vm.update({ ...inputs(), osProfile: { ...osProfile, computerName: "other" } }),
      /Changing property 'osProfile.computerName'/,
    );
    await assert.rejects(
      vm.update({ ...inputs(), osProfile: { ...osProfile, adminPassword: "Another-Horse-8" } }),
      /Changing property 'osProfile.adminPassword'/,
    );
    await assert.rejects(vm.update({ ...inputs(), zones: ["2"] }), /Changing property 'zones'/);
    await assert.rejects(
      vm.update({ ...inputs(), hardwareProfile: { vmSize: "Standard_D2s_v6" } }),
      /cannot change its disk controller/,
    );
  });

  it("replaces on its name, its resource group and its location only, deleting first", async () => {
    const changes: JsonObject[] = [{ vmName: "x" }, { resourceGroupName: "y" }, { location: "northeurope" }];
    for (const change of changes) {
      const diff = await vm.diff({ ...inputs(), ...change });
      assert.deepEqual(diff.getReplacesList(), Object.keys(change));
      assert.equal(diff.getDeletebeforereplace(), true);
    }
    const harmless = await vm.diff({ ...inputs(), location: "West Europe" });
    assert.deepEqual(harmless.getDiffsList(), []);
    const tag = await vm.diff({ ...inputs(), tags: { role: "x", "a.b": "c" } });
    assert.deepEqual(
      tag
        .getDetaileddiffMap()
        .getEntryList()
        .map(([path]) => path)
        .sort(),
      ["tags.role", 'tags["a.b"]'],
    );
    assert.equal(tag.getDetaileddiffMap().get("tags.role")?.getInputdiff(), true);
  });

  it("keeps vmId, disk and password over an update", async () => {
    const before = { vmId: vm.outputs.vmId, disk: textAt(vm.outputs, "storageProfile.osDisk.managedDisk.id") };
    await vm.update({ ...inputs(), tags: { role: "changed" } });
    assert.equal(vm.outputs.vmId, before.vmId);
    assert.equal(textAt(vm.outputs, "storageProfile.osDisk.managedDisk.id"), before.disk);
    assert.equal(azure.machines.size, 1);
  });

  it("lets a network interface serve one machine", async () => {
    await assert.rejects(
      landscape.machine("second", nic.id),
      /NicInUse.*networkInterfaces\/aadc-stg-g1-nic is used by existing resource .*virtualMachines\/aadc-stg-g1/,
    );
    await assert.rejects(nic.delete(), /Status=400 Code="NicInUse"/);
  });

  it("refuses what Azure cannot build", async () => {
    const free = await landscape.nic("free", subnet.id);
    const build = (more: object) => landscape.machine("vm2", free.id, more as never);
    const of = (key: string) => machineInputs(group, "vm2", free.id)[key] as object;
    const sku = (name: string) => ({
      storageProfile: {
        ...of("storageProfile"),
        imageReference: { publisher: "MicrosoftWindowsServer", offer: "WindowsServer", sku: name, version: "latest" },
      },
    });
    await assert.rejects(
      build({ osProfile: { ...of("osProfile"), computerName: "a-name-of-16-chars" } }),
      /more than 15 characters/,
    );
    await assert.rejects(
      build({ osProfile: { ...of("osProfile"), adminUsername: "administrator" } }),
      /Admin Username specified is not allowed/,
    );
    await assert.rejects(
      build({ osProfile: { ...of("osProfile"), adminPassword: "weak" } }),
      /password must be between 8-123/,
    );
    await assert.rejects(build(sku("2022-datacenter")), /TrustedLaunch setting is not supported/);
    await assert.rejects(
      build({ ...sku("2022-datacenter"), securityProfile: {}, hardwareProfile: { vmSize: "Standard_D2s_v6" } }),
      /cannot boot Hypervisor Generation '1'/,
    );
    const bootsNot = { ...sku("2022-datacenter"), securityProfile: {} };
    await assert.rejects(
      build({ ...bootsNot, hardwareProfile: { vmSize: "Standard_D4as_v7" } }),
      /cannot boot Hypervisor Generation '1'/,
    );
    await assert.rejects(
      build({ hardwareProfile: { vmSize: "Standard_d4_v4" } }),
      /does not support the storage account type Premium_LRS/,
      "in another letter case it is the same size",
    );
    await assert.rejects(build({ zones: ["9"] }), /InvalidAvailabilityZone/);
    await assert.rejects(landscape.machine("vm3", `${free.id}-missing`), /Status=404 Code="NotFound"/);
    assert.equal(azure.machines.size, 1);
  });

  it("refuses encryption at host where the feature is not registered", async () => {
    const bare = await simulatedAzure({ features: [] });
    try {
      await assert.rejects(
        new Landscape(bare).server(),
        /'Microsoft.Compute\/EncryptionAtHost' feature is not enabled/,
      );
    } finally {
      await bare.stop();
    }
  });

  it("makes the OS disk with the machine and removes it by its delete option", async () => {
    const disks = () => azure.provider.view.resources().filter(({ type }) => type === "Microsoft.Compute/disks");
    assert.deepEqual(
      disks().map(({ name }) => name),
      ["aadc-stg-g1-os"],
    );
    const disk = disks()[0];
    assert.equal(textAt(bodyOf(azure, disk?.id ?? ""), "managedBy"), vm.id);
    assert.equal(numberAt(bodyOf(azure, disk?.id ?? ""), "properties.diskSizeGB"), 127);
    await vm.delete();
    assert.deepEqual(disks(), []);
    assert.ok(azure.provider.view.get(nic.id), "the interface has deleteOption Detach");
    const keep = machineInputs(group, "aadc-stg-g1", nic.id);
    const osDisk = (keep.storageProfile as { osDisk: object }).osDisk;
    vm = await landscape.machine("aadc-stg-g1", nic.id, {
      storageProfile: { ...(keep.storageProfile as object), osDisk: { ...osDisk, deleteOption: "Detach" } } as never,
      networkProfile: { networkInterfaces: [{ id: nic.id, deleteOption: "Delete" }] },
    });
    await vm.delete();
    assert.equal(disks().length, 1);
    assert.equal(textAt(bodyOf(azure, disks()[0]?.id ?? ""), "properties.diskState"), "Unattached");
    assert.equal(azure.provider.view.get(nic.id), undefined, "the interface goes with deleteOption Delete");
  });
});

describe("simulated Azure: growth", () => {
  let azure: Simulated;
  let landscape: Landscape;
  before(async () => {
    azure = await simulatedAzure();
    landscape = new Landscape(azure);
  });
  after(() => azure.stop());

  it("grows a machine in place: its size with a restart, its disk while it is stopped; nothing shrinks", async () => {
    const { vm, nic } = await landscape.server();
    const inputs = () => machineInputs(group, "aadc-stg-g1", nic.id);
    const disk = (diskSizeGB: number) => {
      const profile = inputs().storageProfile as JsonObject;
      return { ...inputs(), storageProfile: { ...profile, osDisk: { ...(profile.osDisk as JsonObject), diskSizeGB } } };
    };
    const powers: string[] = [];
    const machines = azure.machines.get(vm.id);
    assert.ok(machines);
    Object.defineProperty(machines, "power", { set: (power: string) => powers.push(power), get: () => powers.at(-1) });
    const bigger = { hardwareProfile: { vmSize: "Standard_D4s_v5" } };
    const to = (vmSize: string) => vm.update({ ...inputs(), hardwareProfile: { vmSize } });
    await assert.rejects(to("Standard_D4ds_v5"), /only one of them has a local temporary disk/);
    await assert.rejects(to("Standard_D4s_v6"), /between SCSI and NVMe/);
    await assert.rejects(to("Standard_D4as_v7"), /between SCSI and NVMe/);
    assert.deepEqual((await vm.diff({ ...inputs(), ...bigger })).getReplacesList(), []);
    await vm.update({ ...inputs(), ...bigger });
    assert.equal(textAt(bodyOf(azure, vm.id), "properties.hardwareProfile.vmSize"), "Standard_D4s_v5");
    assert.deepEqual(powers, ["deallocated", "running"]);
    await vm.update({ ...inputs(), ...bigger, tags: { role: "x" } });
    assert.deepEqual(powers, ["deallocated", "running"], "no other change restarts it");

    await assert.rejects(vm.update({ ...disk(256), ...bigger }), /attached to a running VM.*deallocate/);
    await azure.provider.setPower(vm.id, "deallocated");
    await vm.update({ ...disk(256), ...bigger });
    const osDisk = azure.provider.view.resources().find(({ type }) => type === "Microsoft.Compute/disks");
    assert.equal(numberAt(osDisk?.body as JsonObject, "properties.diskSizeGB"), 256);
    await assert.rejects(vm.update({ ...disk(128), ...bigger }), /cannot shrink from 256 GB to 128 GB/);
    await vm.update({ ...disk(256), hardwareProfile: { vmSize: "Standard_D2s_v5" } });
    assert.equal(powers.at(-1), "deallocated", "a stopped machine is not started by a resize");
  });
});

describe("simulated Azure: images", () => {
  let azure: Simulated;
  before(async () => {
    azure = await simulatedAzure();
  });
  after(() => azure.stop());

  it("takes every image of Generation 2 for Trusted Launch, and believes other publishers'", async () => {
    const images = [
      { publisher: "microsoftwindowsserver", offer: "windowsserver", sku: "2019-Datacenter-gensecond" },
      { publisher: "contoso", offer: "windows", sku: "hardened" },
    ];
    const landscape = new Landscape(azure);
    const { subnet } = await landscape.server();
    for (const [index, image] of images.entries()) {
      const name = `second-${index}`;
      const own = await landscape.nic(name, subnet.id);
      const profile = machineInputs(group, name, own.id).storageProfile as JsonObject;
      await landscape.machine(name, own.id, {
        storageProfile: { ...profile, imageReference: { ...image, version: "17763.6893.250210" } },
      });
    }
  });
});

describe("simulated Azure: disks", () => {
  let azure: Simulated;
  let landscape: Landscape;
  before(async () => {
    azure = await simulatedAzure();
    landscape = new Landscape(azure);
    await landscape.server();
  });
  after(() => azure.stop());

  const data = (name: string) =>
    landscape.add("compute:Disk", name, {
      resourceGroupName: group,
      diskName: name,
      creationData: { createOption: "Empty" },
      diskSizeGB: 32,
    });
  const withData = (vmName: string, nicId: string, ...ids: string[]) => {
    const inputs = machineInputs(group, vmName, nicId);
    const dataDisks = ids.map((id, lun) => ({ lun, createOption: "Attach", managedDisk: { id } }));
    return { storageProfile: { ...(inputs.storageProfile as JsonObject), dataDisks } };
  };

  it("belong to one machine, cannot be deleted while attached, and a refused machine leaves them alone", async () => {
    const disk = await data("data1");
    const subnet = landscape.parts.get("servers")?.id ?? "";
    const [nic2, nic3] = [await landscape.nic("nic2", subnet), await landscape.nic("nic3", subnet)];
    const clash = withData("vm2", nic2.id, disk.id);
    const osDisk = { ...((clash.storageProfile as JsonObject).osDisk as JsonObject), name: "aadc-stg-g1-os" };
    await assert.rejects(
      landscape.machine("vm2", nic2.id, { storageProfile: { ...clash.storageProfile, osDisk } }),
      /ConflictingUserInput.*'aadc-stg-g1-os' already exists/,
    );
    assert.equal(textAt(bodyOf(azure, disk.id), "properties.diskState"), "Unattached");
    const vm2 = await landscape.machine("vm2", nic2.id, clash);
    await assert.rejects(
      landscape.machine("vm3", nic3.id, withData("vm3", nic3.id, disk.id)),
      /already owned by VM .*vm2/,
    );
    await assert.rejects(disk.delete(), /Disk data1 is attached to VM .*vm2/);
    await vm2.update({ ...machineInputs(group, "vm2", nic2.id) });
    assert.equal(textAt(bodyOf(azure, disk.id), "properties.diskState"), "Unattached");
    await assert.rejects(disk.update({ ...disk.inputs, diskSizeGB: 16 }), /Disks only grow/);
    await disk.delete();
  });
});

describe("simulated Azure: resource groups and locks", () => {
  let azure: Simulated;
  let landscape: Landscape;
  beforeEach(async () => {
    azure = await simulatedAzure();
    landscape = new Landscape(azure);
  });
  afterEach(() => azure.stop());

  it("deletes a resource group with everything inside, in an order that works", async () => {
    const { vm } = await landscape.server();
    await landscape.parts.get(group)?.delete();
    assert.deepEqual(azure.provider.view.resources(), []);
    assert.equal(azure.machines.has(vm.id), false);
  });

  it("does not delete what a lock holds, and says which lock", async () => {
    const { vm } = await landscape.server();
    const lock = await landscape.add("authorization:ManagementLockByScope", "keep", {
      scope: vm.id,
      lockName: "keep",
      level: "CanNotDelete",
    });
    await assert.rejects(vm.delete(), /Status=409 Code="ScopeLocked".*locks\/keep/);
    await assert.rejects(landscape.parts.get(group)?.delete() ?? Promise.resolve(), /ScopeLocked/);
    await vm.update({ ...vm.inputs, tags: { still: "writable" } });
    await lock.delete();
    await vm.delete();
  });
});
