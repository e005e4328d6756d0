import assert from "node:assert/strict";
import { notThere } from "../../../components/memory/lookup";
import { type JsonObject, textAt } from "../../../rehearsal/azure/properties/json";
import { Landscape } from "./landscape";
import { bodyOf, invoke, type Resource, type Simulated, simulatedAzure } from "./simulatedAzure";

/** Rules that Azure has for what watches: facts/monitoring.md 1, 2, 5. */
describe("simulated Azure: what watches", () => {
  let azure: Simulated;
  let landscape: Landscape;
  let workspace: Resource;
  let elsewhere: Resource;
  let vm: Resource;
  let group: Resource;
  before(async () => {
    azure = await simulatedAzure();
    landscape = new Landscape(azure);
    ({ vm } = await landscape.server());
    workspace = await add("operationalinsights:Workspace", "logs", { workspaceName: "logs" });
    elsewhere = await add("operationalinsights:Workspace", "far", {
      workspaceName: "logs-far",
      location: "northeurope",
    });
    group = await actionGroup("people");
  });
  after(() => azure.stop());

  const add = (token: string, name: string, inputs: JsonObject): Promise<Resource> =>
    landscape.add(token, name, { resourceGroupName: landscape.group, ...inputs });
  const actionGroup = (name: string, short = "people"): Promise<Resource> =>
    add("monitor:ActionGroup", name, {
      actionGroupName: name,
      location: "Global",
      groupShortName: short,
      enabled: true,
    });
  const rule = (name: string, changed: JsonObject = {}): Promise<Resource> =>
    add("monitor:ScheduledQueryRule", name, {
      ruleName: name,
      kind: "LogAlert",
      severity: 1,
      enabled: true,
      scopes: [workspace.id],
      evaluationFrequency: "PT5M",
      windowSize: "PT15M",
      criteria: { allOf: [{ query: "Heartbeat", operator: "LessThan", threshold: 1, timeAggregation: "Total" }] },
      skipQueryValidation: true,
      actions: { actionGroups: [group.id] },
      ...changed,
    });
  const collection = (name: string, workspaceId: string, changed: JsonObject = {}): Promise<Resource> =>
    add("monitor:DataCollectionRule", name, {
      dataCollectionRuleName: name,
      dataSources: {
        windowsEventLogs: [
          { name: "all", streams: ["Microsoft-Event"], xPathQueries: ["System!*[System[(Level=1)]]"] },
        ],
      },
      destinations: { logAnalytics: [{ name: "law", workspaceResourceId: workspaceId }] },
      dataFlows: [{ streams: ["Microsoft-Event"], destinations: ["law"] }],
      ...changed,
    });

  it("a log alert takes only durations, severities and names that Azure has", async () => {
    await rule("right");
    await assert.rejects(rule("a", { windowSize: "PT7H" }), /windowSize PT7H is not supported/);
    await assert.rejects(rule("b", { evaluationFrequency: "P2D" }), /evaluationFrequency P2D is not supported/);
    await assert.rejects(rule("c", { severity: 5 }), /severity is 0 to 4/);
    await assert.rejects(rule("d?"), /no name of an alert rule/);
  });

  it("muting and resolving by itself exclude each other, and resolving is the default", async () => {
    await assert.rejects(rule("muted", { muteActionsDuration: "PT1H" }), /autoMitigate must be false/);
    await rule("muted", { muteActionsDuration: "PT1H", autoMitigate: false });
  });

  it("a new workspace has no tables: a rule whose query is validated is refused", async () => {
    await assert.rejects(rule("validated", { skipQueryValidation: false }), /no such table yet/);
  });

  it("a rule stands in the region of its workspace, which exists, and has at most five action groups that exist", async () => {
    await assert.rejects(rule("far", { scopes: [elsewhere.id] }), /its workspace in northeurope/);
    await assert.rejects(rule("none", { scopes: [`${workspace.id}-x`] }), /Status=404/);
    await assert.rejects(rule("vm", { scopes: [vm.id] }), /is not the id of a Log Analytics workspace/);
    await assert.rejects(
      rule("six", { actions: { actionGroups: Array(6).fill(group.id) } }),
      /at most 5 action groups/,
    );
    await assert.rejects(rule("gone", { actions: { actionGroups: [`${group.id}-x`] } }), /Status=404/);
  });

  it("a rule keeps its scope", async () => {
    const made = await rule("kept");
    const other = await add("operationalinsights:Workspace", "more", { workspaceName: "logs-more" });
    await assert.rejects(made.update({ ...made.inputs, scopes: [other.id] }), /scope of a rule cannot be changed/);
  });

  it("an action group has a short name of at most twelve characters", async () => {
    await assert.rejects(actionGroup("long", "thirteenchars"), /groupShortName' is invalid: at most 12 characters/);
  });

  it("a collection rule stands in the region of its workspace, and its flows know their sources and destinations", async () => {
    await assert.rejects(collection("far", elsewhere.id), /InvalidPayload.*northeurope/);
    const flow = (changed: JsonObject) => ({
      dataFlows: [{ streams: ["Microsoft-Event"], destinations: ["law"], ...changed }],
    });
    await assert.rejects(
      collection("a", workspace.id, flow({ streams: ["Microsoft-Perf"] })),
      /no data source has the stream/,
    );
    await assert.rejects(
      collection("b", workspace.id, flow({ destinations: ["other"] })),
      /there is no destination 'other'/,
    );
    const many = Array.from({ length: 21 }, (_, level) => `System!*[System[(EventID=${level})]]`);
    await assert.rejects(
      collection("c", workspace.id, {
        dataSources: { windowsEventLogs: [{ name: "all", streams: ["Microsoft-Event"], xPathQueries: many }] },
      }),
      /more than 20/,
    );
  });

  it("a collection rule of a user's own takes streams and kinds that the published type does not name", async () => {
    const declared = { "Custom-Sync_CL": { columns: [{ name: "TimeGenerated", type: "datetime" }] } };
    const flows = (stream: string, destination = "law") => ({
      dataFlows: [{ streams: [stream], destinations: [destination], outputStream: stream }],
    });
    const logFile = { name: "log", streams: ["Custom-Sync_CL"], filePatterns: ["C:\\logs\\*.json"], format: "json" };
    await collection("files", workspace.id, {
      streamDeclarations: declared,
      dataSources: { logFiles: [logFile] },
      ...flows("Custom-Sync_CL"),
    });
    await collection("direct", workspace.id, {
      kind: "Direct",
      streamDeclarations: declared,
      dataSources: {},
      ...flows("Custom-Sync_CL"),
    });
    await collection("tables", workspace.id, {
      kind: "WorkspaceTransforms",
      dataSources: {},
      ...flows("Microsoft-Table-Event"),
    });
    await collection("security", workspace.id, {
      dataSources: {
        windowsEventLogs: [{ name: "all", streams: ["Microsoft-SecurityEvent"], xPathQueries: ["Security!*"] }],
      },
      ...flows("Microsoft-SecurityEvent"),
    });
    await collection("metrics", workspace.id, {
      dataSources: {
        performanceCounters: [
          {
            name: "all",
            streams: ["Microsoft-InsightsMetrics"],
            samplingFrequencyInSeconds: 60,
            counterSpecifiers: ["\\Memory\\*"],
          },
        ],
      },
      destinations: { azureMonitorMetrics: { name: "metrics" } },
      ...flows("Microsoft-InsightsMetrics", "metrics"),
    });
    await assert.rejects(
      collection("undeclared", workspace.id, flows("Custom-Other_CL")),
      /no data source has the stream/,
    );
    await assert.rejects(collection("misspelt", workspace.id, { kind: "Windwos" }), /Windwos/);
  });

  it("an association needs its rule and its machine, goes with the machine, and keeps the rule from being deleted", async () => {
    const made = await collection("collected", workspace.id);
    const associate = (resourceUri: string, dataCollectionRuleId: string) =>
      landscape.add("monitor:DataCollectionRuleAssociation", "entra-connect", {
        resourceUri,
        associationName: "entra-connect",
        dataCollectionRuleId,
      });
    await assert.rejects(associate(vm.id, `${made.id}-x`), /Status=404/);
    await assert.rejects(associate(`${vm.id}-x`, made.id), /Status=404/);
    const association = await associate(vm.id, made.id);
    assert.equal(textAt(bodyOf(azure, association.id), "properties.dataCollectionRuleId"), made.id);
    await assert.rejects(made.delete(), /1 resources are associated/);
    await association.delete();
    await made.delete();
  });

  it("an activity log alert is global, of its own subscription, and names a category", async () => {
    const alert = (name: string, changed: JsonObject = {}) =>
      add("monitor:ActivityLogAlert", name, {
        activityLogAlertName: name,
        location: "Global",
        scopes: [vm.id],
        condition: { allOf: [{ field: "category", equals: "Administrative" }] },
        actions: { actionGroups: [{ actionGroupId: group.id }] },
        ...changed,
      });
    await alert("right");
    await assert.rejects(alert("a", { location: "eastus" }), /Global, West Europe or North Europe/);
    await assert.rejects(alert("b", { condition: { allOf: [] } }), /names a category/);
    await assert.rejects(
      alert("c", { scopes: ["/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/x"] }),
      /not in the subscription/,
    );
  });

  it("the agent needs an identity of the machine", async () => {
    const agent = (vmName: string) =>
      add("compute:VirtualMachineExtension", `agent-${vmName}`, {
        vmName,
        vmExtensionName: "AzureMonitorWindowsAgent",
        publisher: "Microsoft.Azure.Monitor",
        type: "AzureMonitorWindowsAgent",
        typeHandlerVersion: "1.0",
      });
    // How the library finds one that somebody else made, before it makes its own.
    const look = (vmName: string) =>
      invoke(azure, "azure-native:compute:getVirtualMachineExtension", {
        resourceGroupName: landscape.group,
        vmName,
        vmExtensionName: "AzureMonitorWindowsAgent",
      });
    const { identity: _, ...inputs } = vm.inputs;
    await vm.update(inputs);
    await assert.rejects(agent(vm.name), /needs a managed identity/);
    await vm.update({ ...inputs, identity: { type: "SystemAssigned" } });
    await assert.rejects(look(vm.name), (error: Error) => notThere(error.message));
    await agent(vm.name);
    assert.equal((await look(vm.name)).name, "AzureMonitorWindowsAgent");
  });

  it("a workbook is named by a GUID and holds JSON; a workspace keeps 30 to 730 days", async () => {
    const book = (resourceName: string, serializedData: string) =>
      add("applicationinsights:Workbook", "book", {
        resourceName,
        kind: "shared",
        category: "workbook",
        displayName: "x",
        serializedData,
      });
    await assert.rejects(book("pair", "{}"), /is a GUID/);
    await assert.rejects(book("3f1c0b52-7a44-4e6f-9d1a-2b8c5d7e9f10", "{"), /is JSON/);
    await assert.rejects(workspace.update({ ...workspace.inputs, retentionInDays: 7 }), /between 30 and 730/);
  });
});
