import assert from "node:assert/strict";
import { requiresEngine } from "../../support/engine";
import { EngineProject } from "./engineProject";
import { type Simulated, simulatedAzure } from "./simulatedAzure";

/** A server as a user's own program would build it. */
function program({ tag = "one", image = "2022-datacenter-g2", extra = "", adopted = "" } = {}): string {
  return `
const pulumi = require("@pulumi/pulumi");
const compute = require("@pulumi/azure-native/compute");
const network = require("@pulumi/azure-native/network");
const resources = require("@pulumi/azure-native/resources");
const group = new resources.ResourceGroup("group", { resourceGroupName: "rg", location: "westeurope" });
const resourceGroupName = group.name;
const vnet = new network.VirtualNetwork("vnet", { resourceGroupName, addressSpace: { addressPrefixes: ["10.0.0.0/16"] } });
const subnets = ["a", "b"].map((name, index) => new network.Subnet(name, {
  resourceGroupName, virtualNetworkName: vnet.name, addressPrefix: "10.0." + index + ".0/24" }));
const nic = new network.NetworkInterface("nic", { resourceGroupName, networkInterfaceName: "nic",
  ipConfigurations: [{ name: "ip", subnet: { id: subnets[0].id } }] }, { import: "${adopted}" || undefined });
const vm = new compute.VirtualMachine("vm", { resourceGroupName, vmName: "vm", tags: { tag: "${tag}" },
  hardwareProfile: { vmSize: "Standard_D2s_v5" },
  osProfile: { computerName: "vm", adminUsername: "entraadmin", adminPassword: new pulumi.Config().requireSecret("password") },
  storageProfile: { osDisk: { createOption: "FromImage", deleteOption: "Delete" },
    imageReference: { publisher: "MicrosoftWindowsServer", offer: "WindowsServer", sku: "${image}", version: "20348.1.250101" } },
  networkProfile: { networkInterfaces: [{ id: nic.id }] } });
exports.address = nic.ipConfigurations.apply((found) => found[0].privateIPAddress);
exports.vmId = vm.vmId;
${extra}`;
}

describe("simulated Azure under the real engine", function () {
  this.timeout(120_000);
  let azure: Simulated;
  let project: EngineProject;
  // One world and one stack for all: each test goes on from where the one before ended.
  before(async function () {
    await requiresEngine(this);
    azure = await simulatedAzure();
    project = new EngineProject();
    await project.open(azure);
  });
  after(async () => {
    await project?.close();
    await azure?.stop();
  });

  it("builds, changes nothing the second time, updates in place, refreshes without drift, and destroys", async () => {
    project.write("index.js", program());
    const preview = await project.run("preview", "--stack", "dev");
    assert.equal(preview.code, 0, preview.text);
    assert.deepEqual(azure.provider.view.resources(), [], "a preview touches nothing");
    const first = await project.up();
    assert.equal(first.code, 0, first.text);
    assert.match(first.text, /address: +"10\.0\.0\.4"/);
    const again = await project.run("preview", "--expect-no-changes", "--refresh", "--stack", "dev");
    assert.equal(again.code, 0, again.text);

    project.write("index.js", program({ tag: "two" }));
    const changed = await project.up();
    assert.equal(changed.code, 0, changed.text);
    assert.match(changed.text, /~ 1 updated/);
    assert.equal(azure.machines.size, 1);

    project.write("index.js", program({ tag: "two", image: "2025-datacenter-g2" }));
    const refused = await project.up();
    assert.equal(refused.code, 1);
    assert.match(
      refused.text,
      /Status=409 Code="PropertyChangeNotAllowed" Message="Changing property 'imageReference'/,
    );

    assert.ok(!project.stateText().includes("Correct-Horse-7") && !azure.storedText().includes("Correct-Horse-7"));
    const destroyed = await project.run("destroy", "--yes", "--skip-preview", "--stack", "dev");
    assert.equal(destroyed.code, 0, destroyed.text);
    assert.deepEqual(azure.provider.view.resources(), []);
  });

  it("answers each provider for its own subscription, in ARM's codes where something is not there", async () => {
    const there = "11111111-1111-4111-8111-111111111111";
    const [foreign, tenant] = ["ffffffff-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"];
    project.write(
      "index.js",
      `const azure = require("@pulumi/azure-native");
       const { authorization, compute, resources } = azure;
       const provider = new azure.Provider("tier0", { subscriptionId: "${there}", tenantId: "${tenant}" });
       const foreign = new azure.Provider("foreign", { subscriptionId: "${foreign}" });
       const name = "rg-tier0";
       const group = new resources.ResourceGroup("group", { resourceGroupName: name, location: "westeurope" }, { provider });
       const found = (options) => group.name.apply((resourceGroupName) =>
         resources.getResourceGroup({ resourceGroupName }, options).then((each) => each.id, (error) => error.message));
       exports.mine = authorization.getClientConfig();
       exports.theirs = authorization.getClientConfig({ provider });
       exports.found = found({ provider });
       exports.here = found({});
       exports.none = found({ provider: foreign });
       exports.machine = group.name.apply((resourceGroupName) =>
         compute.getVirtualMachine({ resourceGroupName, vmName: "no" }, { provider }).catch((error) => error.message));`,
    );
    const up = await project.up();
    assert.equal(up.code, 0, up.text);
    const outputs = JSON.parse((await project.run("stack", "output", "--json", "--stack", "dev")).text);
    assert.deepEqual(
      [outputs.mine.subscriptionId, outputs.mine.tenantId],
      ["00000000-0000-4000-8000-0000000000a1", "00000000-0000-4000-8000-0000000000b2"],
    );
    assert.deepEqual([outputs.theirs.subscriptionId, outputs.theirs.tenantId], [there, tenant]);
    assert.equal(outputs.found, `/subscriptions/${there}/resourceGroups/rg-tier0`);
    assert.match(
      outputs.here,
      /Status=404 Code="ResourceGroupNotFound" Message="Resource group 'rg-tier0' could not be found."/,
    );
    assert.match(
      outputs.none,
      new RegExp(`Status=404 Code="SubscriptionNotFound" Message="The subscription '${foreign}' could not be found."`),
    );
    assert.match(outputs.machine, /Status=404 Code="ResourceNotFound"/);
    const destroyed = await project.run("destroy", "--yes", "--skip-preview", "--stack", "dev");
    assert.equal(destroyed.code, 0, destroyed.text);
  });

  it("keeps the state without side files: an engine killed while it truncates one would leave the stack unreadable", () => {
    const files = project.stateFiles();
    assert.ok(files.some((file) => file.endsWith("dev.json")));
    assert.deepEqual(
      files.filter((file) => file.endsWith(".attrs")),
      [],
    );
  });

  it("after a lost answer the next up says what azure-native says, and gives no advice of its own", async () => {
    project.write("index.js", program());
    azure.faults.push({ method: "PUT", type: "Microsoft.Network/networkInterfaces", effect: "lost" });
    const lost = await project.up();
    assert.equal(lost.code, 1, lost.text);
    const stuck = await project.up();
    assert.equal(stuck.code, 1);
    const [, id = ""] = /cannot create already existing resource '([^']+)'/.exec(stuck.text) ?? [];
    assert.match(id, /\/networkInterfaces\/nic$/, stuck.text);
    // An import at the root of the stack, followed where the resource has a parent, ends in an unguarded deletion.
    assert.doesNotMatch(stuck.text, /pulumi import/);
    project.write("index.js", program({ adopted: id }));
    const done = await project.up();
    assert.equal(done.code, 0, done.text);
    assert.equal(azure.machines.size, 1);
    project.write("index.js", program());
    const again = await project.run("preview", "--expect-no-changes", "--stack", "dev");
    assert.equal(again.code, 0, again.text);
  });

  it("keeps a failed run command in the state and tries it again", async () => {
    const extra = `new compute.VirtualMachineRunCommandByVirtualMachine("run", { resourceGroupName, vmName: vm.name,
      runCommandName: "run", source: { script: "exit 1" }, treatFailureAsDeploymentFailure: true });`;
    project.write("index.js", program({ extra }));
    azure.scriptResult = { exitCode: 1, output: "", error: "not yet" };
    const failed = await project.up();
    assert.equal(failed.code, 1);
    assert.match(failed.text, /Run command 'run' on VM 'vm' failed with exit code 1. It said: not yet/);
    azure.scriptResult = { exitCode: 0, output: "", error: "" };
    const done = await project.up();
    assert.equal(done.code, 0, done.text);
    assert.match(done.text, /~ 1 updated/);
    assert.equal(azure.scripts.length, 2);
  });
});
