import { alertTable } from "../../../review/alerts";
import type { Cases } from "./cases";
import { component, digest, generation, machineInputs, member, step, vmType, wholeGeneration } from "./previews";

const ruleType = "azure-native:monitor:ScheduledQueryRule";
const monitoring =
  "urn:pulumi:prod::aadc::entra-connect:index:PassiveServer$entra-connect:monitoring:Monitoring::aadc-monitoring";
const agentType = "azure-native:compute:VirtualMachineExtension";
const agent = { publisher: "Microsoft.Azure.Monitor", type: "AzureMonitorWindowsAgent" };

/** A child of monitoring. */
const watching = (type: string, name: string, options: Parameters<typeof step>[2]) =>
  step(type, `aadc-monitoring-${name}`, { parent: monitoring, ...options });

const staging = alertTable.find(({ name }) => name === "staging-not-as-declared")?.signal;
/** The one rule whose query knows the role. */
const stagingRule = (role: "active" | "passive", more = "", rest: object = {}) => ({
  severity: 0,
  criteria: {
    allOf: [
      {
        query: `${staging?.kind === "log" ? staging.query({ computerName: "aadc-g1", role }) : ""}${more}`,
        threshold: 0,
        ...rest,
      },
    ],
  },
  actions: { customProperties: { alert: "staging-not-as-declared", server: "aadc-g1" } },
});
const stagingChanges = (more?: string, rest: object = {}, role = "active") =>
  digest(
    component({ 1: {} }, { 1: { role } }),
    ...wholeGeneration(1, "same"),
    watching(ruleType, "g1-staging-not-as-declared", {
      old: stagingRule("passive"),
      new: stagingRule("active", more, rest),
    }),
  );

const goes = (alert: string, number = 1) =>
  watching(ruleType, `g${number}-${alert}`, { old: { severity: 0 }, op: "delete" });

export const monitoringCases: Cases = {
  "monitoring-follows": {
    raises: [
      {
        name: "a server goes with its alerts and its agent",
        preview: digest(
          component({ 1: {}, 2: {} }, { 2: {} }),
          generation(1, { op: "delete" }),
          member(1, vmType, "vm", { op: "delete", old: machineInputs }),
          member(1, agentType, "agent", { op: "delete", old: agent }),
          goes("agent-silent"),
          ...wholeGeneration(2, "same"),
        ),
      },
      {
        name: "a role, whose alerts come and whose former ones go",
        preview: digest(
          component({ 1: {} }, { 1: { role: "active" } }),
          ...wholeGeneration(1, "same"),
          goes("export-not-allowed"),
          watching(ruleType, "g1-password-sync-silent", { new: { severity: 1 } }),
        ),
      },
      { name: "a rule that asks for the new role", preview: stagingChanges() },
      {
        name: "the workbook",
        preview: digest(
          watching("azure-native:applicationinsights:Workbook", "workbook", {
            old: { serializedData: "a" },
            new: { serializedData: "b" },
          }),
        ),
      },
    ],
    silent: [
      {
        name: "an alert of the new role that goes all the same",
        preview: digest(
          component({ 1: {} }, { 1: { role: "active" } }),
          ...wholeGeneration(1, "same"),
          goes("password-sync-silent"),
        ),
      },
      {
        name: "an alert of a server that stays",
        preview: digest(component({ 1: {} }), ...wholeGeneration(1, "same"), goes("agent-silent")),
      },
      { name: "a rule that asks for something else with the new role", preview: stagingChanges("| where 1 == 0") },
      {
        name: "an alert of the other server",
        preview: digest(
          component({ 1: {}, 2: {} }, { 2: {} }),
          generation(1, { op: "delete" }),
          member(1, vmType, "vm", { op: "delete", old: machineInputs }),
          ...wholeGeneration(2, "same"),
          goes("agent-silent", 2),
        ),
      },
    ],
  },
  // What stays a weakening beside it.
  "alerts-weakened": {
    raises: [
      {
        name: "an alert of a server that stays",
        preview: digest(component({ 1: {} }), ...wholeGeneration(1, "same"), goes("agent-silent")),
      },
      {
        name: "an alert of the new role that goes all the same",
        preview: digest(
          component({ 1: {} }, { 1: { role: "active" } }),
          ...wholeGeneration(1, "same"),
          goes("password-sync-silent"),
        ),
      },
      { name: "a rule that asks for something else with the new role", preview: stagingChanges("| where 1 == 0") },
      {
        name: "an alert that asks by its server's role, and whose threshold is another one too",
        preview: stagingChanges("", { threshold: 99 }),
      },
      {
        name: "an alert that asks otherwise without a role",
        preview: stagingChanges("", {}, "passive"),
      },
      {
        name: "an alert that says it more rarely",
        preview: digest(
          watching(ruleType, "g1-export-not-allowed", {
            old: { muteActionsDuration: "PT15M" },
            new: { muteActionsDuration: "P2D" },
          }),
        ),
      },
      {
        name: "all of monitoring",
        preview: digest(
          watching("azure-native:resources:ResourceGroup", "group", { old: { location: "westeurope" }, op: "delete" }),
          goes("agent-silent"),
        ),
      },
    ],
    silent: [{ name: "a rule that asks for the new role", preview: stagingChanges() }],
  },
  "diagnostics-weakened": {
    raises: [
      {
        name: "the agent of a server that stays",
        preview: digest(
          component({ 1: {} }),
          ...wholeGeneration(1, "same"),
          member(1, agentType, "agent", { op: "delete", old: agent }),
        ),
      },
      {
        name: "a workspace deleted",
        preview: digest(
          step("azure-native:operationalinsights:Workspace", "w", { old: { retentionInDays: 90 }, op: "delete" }),
        ),
      },
      {
        name: "a workspace that keeps less",
        preview: digest(
          step("azure-native:operationalinsights:Workspace", "w", {
            old: { retentionInDays: 90 },
            new: { retentionInDays: 30 },
          }),
        ),
      },
      {
        name: "a cap that was not there",
        preview: digest(
          step("azure-native:operationalinsights:Workspace", "w", {
            old: { workspaceCapping: { dailyQuotaGb: -1 } },
            new: { workspaceCapping: { dailyQuotaGb: 1 } },
          }),
        ),
      },
    ],
    silent: [
      {
        name: "a cap taken away",
        preview: digest(
          step("azure-native:operationalinsights:Workspace", "w", {
            old: { workspaceCapping: { dailyQuotaGb: 1 } },
            new: { workspaceCapping: { dailyQuotaGb: -1 } },
          }),
        ),
      },
    ],
  },
};
