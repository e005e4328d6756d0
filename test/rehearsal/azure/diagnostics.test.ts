import assert from "node:assert/strict";
import { textAt } from "../../../rehearsal/azure/properties/json";
import { Landscape } from "./landscape";
import { bodyOf, type Resource, type Simulated, simulatedAzure } from "./simulatedAzure";
import { protectedMachine } from "./wholeLandscape";

describe("simulated Azure: diagnostic settings", () => {
  let azure: Simulated;
  let landscape: Landscape;
  let workspace: Resource;
  let vault: Resource;
  let nsg: Resource;
  before(async () => {
    azure = await simulatedAzure();
    landscape = new Landscape(azure);
    const { vm, nsg: group } = await landscape.server();
    nsg = group;
    ({ vault } = await protectedMachine(landscape, vm));
    workspace = await landscape.add("operationalinsights:Workspace", "law", {
      resourceGroupName: landscape.group,
      workspaceName: "law-1",
    });
  });
  after(() => azure.stop());

  const logs = [{ categoryGroup: "allLogs", enabled: true }];
  const setting = (name: string, resourceUri: string, workspaceId?: string) =>
    landscape.add("monitor:DiagnosticSetting", name, {
      name,
      resourceUri,
      logs,
      ...(workspaceId === undefined ? {} : { workspaceId }),
    });

  it("belong to the resource they tell of, and go with it", async () => {
    const ofVault = await setting("vault-logs", vault.id, workspace.id);
    assert.equal(ofVault.id, `${vault.id}/providers/Microsoft.Insights/diagnosticSettings/vault-logs`);
    assert.equal(textAt(bodyOf(azure, ofVault.id), "properties.workspaceId"), workspace.id);
    assert.deepEqual(ofVault.outputs.logs, logs);
    const group = await landscape.add("network:NetworkSecurityGroup", "other", {
      resourceGroupName: landscape.group,
      networkSecurityGroupName: "other",
    });
    const ofGroup = await setting("group-logs", group.id, workspace.id);
    await ofGroup.update({ ...ofGroup.inputs, logAnalyticsDestinationType: "Dedicated" });
    assert.deepEqual((await ofGroup.diff({ ...ofGroup.inputs, resourceUri: nsg.id })).getReplacesList(), [
      "resourceUri",
    ]);
    await group.delete();
    assert.equal(azure.provider.view.get(ofGroup.id), undefined);
    await ofVault.delete();
  });

  it("need a resource and a workspace that exist", async () => {
    await assert.rejects(
      setting("a", vault.id, `${workspace.id}-x`),
      /Status=404 Code="ResourceNotFound" Message="The Resource 'Microsoft.OperationalInsights\/workspaces\/law-1-x'/,
    );
    await assert.rejects(setting("b", vault.id, vault.id), /is not the id of a Log Analytics workspace/);
    await assert.rejects(setting("c", vault.id), /At least one data sink needs to be specified/);
    await assert.rejects(setting("d", `${vault.id}-x`, workspace.id), /Status=404/);
  });
});
