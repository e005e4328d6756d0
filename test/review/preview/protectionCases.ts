import type { Cases } from "./cases";
import { machineUpdate, nicWith, unknown, vaultWith } from "./platformParts";
import { digest, idOf, machineInputs, machineWith, replaced, step, vm } from "./previews";

const lockType = "azure-native:authorization:ManagementLockByScope";
const provider = (options: Parameters<typeof step>[2]) => step("pulumi:providers:azure-native", "azure", options);
const subscriptions = ["00000000-0000-4000-8000-0000000000a1", "00000000-0000-4000-8000-0000000000b2"] as const;

export const protectionCases: Cases = {
  "identity-changed": {
    raises: [
      { name: "of a machine", preview: machineUpdate("identity", { type: "UserAssigned" }) },
      { name: "of a vault, taken away", preview: vaultWith("identity", undefined) },
    ],
    silent: [{ name: "a size", preview: machineUpdate("hardwareProfile.vmSize", "Standard_D4s_v5") }],
  },
  "rights-changed": {
    raises: [
      {
        name: "a role assignment deleted",
        preview: digest(
          step("azure-native:authorization:RoleAssignment", "r", { old: { roleDefinitionId: "reader" } }),
        ),
      },
      {
        name: "another role",
        preview: digest(
          replaced("azure-native:authorization:RoleAssignment", "r", {
            old: { roleDefinitionId: "reader" },
            new: { roleDefinitionId: "owner" },
          }),
        ),
      },
    ],
    silent: [
      {
        name: "a new one in a stack with nothing of ours",
        preview: digest(
          step("azure-native:authorization:RoleAssignment", "r", { new: { roleDefinitionId: "reader" } }),
        ),
      },
    ],
  },
  "encryption-weakened": {
    raises: [
      { name: "at host", preview: machineUpdate("securityProfile.encryptionAtHost", false) },
      { name: "no longer written", preview: machineUpdate("securityProfile.encryptionAtHost", undefined) },
      {
        name: "a lower TLS",
        preview: digest(
          step("azure-native:storage:StorageAccount", "s", {
            old: { minimumTlsVersion: "TLS1_2" },
            new: { minimumTlsVersion: "TLS1_0" },
          }),
        ),
      },
    ],
    silent: [
      {
        name: "switched on",
        preview: digest(
          vm({ op: "update", old: machineWith("securityProfile.encryptionAtHost", false), new: machineInputs }),
        ),
      },
    ],
  },
  "trusted-launch-weakened": {
    raises: [
      { name: "secure boot off", preview: machineUpdate("securityProfile.uefiSettings.secureBootEnabled", false) },
      { name: "standard", preview: machineUpdate("securityProfile.securityType", "Standard") },
    ],
    silent: [{ name: "confidential", preview: machineUpdate("securityProfile.securityType", "ConfidentialVM") }],
  },
  "posture-worse": {
    raises: [
      {
        name: "a disk that may be exported",
        preview: digest(
          step("azure-native:compute:Disk", "d", {
            old: { networkAccessPolicy: "DenyAll", publicNetworkAccess: "Disabled" },
            new: { networkAccessPolicy: "AllowAll", publicNetworkAccess: "Enabled" },
          }),
        ),
      },
      {
        name: "a host key that is no longer pinned",
        preview: digest(
          step("command:remote:Command", "c", {
            old: { connection: { host: "h", hostKey: "ssh-ed25519 A" }, create: "a" },
            new: { connection: { host: "h" }, create: "a" },
          }),
        ),
      },
    ],
    silent: [
      {
        name: "a disk that never was protected",
        preview: digest(
          step("azure-native:compute:Disk", "d", {
            old: { networkAccessPolicy: "AllowAll", diskSizeGB: 10 },
            new: { networkAccessPolicy: "AllowAll", diskSizeGB: 20 },
          }),
        ),
      },
    ],
  },
  "lock-removed": {
    raises: [
      { name: "deleted", preview: digest(step(lockType, "lock", { old: { level: "CanNotDelete" } })) },
      {
        name: "weaker",
        preview: digest(step(lockType, "lock", { old: { level: "ReadOnly" }, new: { level: "CanNotDelete" } })),
      },
    ],
    silent: [
      {
        name: "given up and left in Azure",
        preview: digest(step(lockType, "lock", { old: { level: "CanNotDelete" }, oldState: { retainOnDelete: true } })),
      },
      {
        name: "stronger",
        preview: digest(step(lockType, "lock", { old: { level: "CanNotDelete" }, new: { level: "ReadOnly" } })),
      },
    ],
  },
  "protection-removed": {
    raises: [{ name: "protect", preview: digest(vm({ op: "same", oldState: { protect: true }, newState: {} })) }],
    silent: [{ name: "protected from now on", preview: digest(vm({ op: "same", newState: { protect: true } })) }],
  },
  "diagnostics-weakened": {
    raises: [
      { name: "deleted", preview: digest(step("azure-native:monitor:DiagnosticSetting", "d", { old: {} })) },
      {
        name: "a log off",
        preview: digest(
          step("azure-native:monitor:DiagnosticSetting", "d", {
            old: { logs: [{ enabled: true }] },
            new: { logs: [{ enabled: false }] },
          }),
        ),
      },
    ],
    silent: [
      {
        name: "one more log",
        preview: digest(
          step("azure-native:monitor:DiagnosticSetting", "d", {
            old: { logs: [{ categoryGroup: "audit", enabled: true }] },
            new: {
              logs: [
                { categoryGroup: "audit", enabled: true },
                { categoryGroup: "allLogs", enabled: true },
              ],
            },
          }),
        ),
      },
    ],
  },
  "alerts-weakened": {
    raises: [
      {
        name: "off",
        preview: digest(
          step("azure-native:monitor:MetricAlert", "a", { old: { enabled: true }, new: { enabled: false } }),
        ),
      },
      { name: "deleted", preview: digest(step("azure-native:monitor:ActionGroup", "a", { old: {} })) },
    ],
    silent: [
      {
        name: "on",
        preview: digest(
          step("azure-native:monitor:MetricAlert", "a", { old: { enabled: false }, new: { enabled: true } }),
        ),
      },
    ],
  },
  "subscription-changed": {
    raises: [
      {
        name: "of the provider",
        preview: digest(
          provider({ old: { subscriptionId: subscriptions[0] }, new: { subscriptionId: subscriptions[1] } }),
        ),
      },
      {
        name: "of what a resource names",
        preview: nicWith("networkSecurityGroup", {
          id: idOf("Microsoft.Network", "networkSecurityGroups", "nsg").replace(subscriptions[0], subscriptions[1]),
        }),
      },
      {
        name: "in the settings of the stack",
        preview: {
          ...digest(vm({ op: "update", new: machineWith("licenseType", "None") })),
          config: { "azure-native:subscriptionId": subscriptions[1] },
        },
      },
    ],
    silent: [
      { name: "the same", preview: { ...digest(vm()), config: { "azure-native:subscriptionId": subscriptions[0] } } },
    ],
  },
  "tenant-changed": {
    raises: [
      {
        name: "of the provider",
        preview: digest(provider({ old: { tenantId: subscriptions[0] }, new: { tenantId: subscriptions[1] } })),
      },
    ],
    silent: [
      {
        name: "only its version",
        preview: digest(provider({ old: { version: "3.27.0" }, new: { version: "3.28.0" } })),
      },
    ],
  },
  "provider-changed": {
    raises: [
      {
        name: "another provider",
        preview: digest(
          vm({
            op: "update",
            new: machineWith("licenseType", "None"),
            oldState: { provider: "urn:pulumi:prod::infra::pulumi:providers:azure-native::default_3_27_0::1" },
            newState: { provider: "urn:pulumi:prod::infra::pulumi:providers:azure-native::other::2" },
          }),
        ),
      },
    ],
    silent: [
      {
        name: "another version of the default provider",
        preview: digest(
          vm({
            op: "update",
            new: machineWith("licenseType", "None"),
            oldState: { provider: "urn:pulumi:prod::infra::pulumi:providers:azure-native::default_3_27_0::1" },
            newState: { provider: "urn:pulumi:prod::infra::pulumi:providers:azure-native::default_3_28_0::2" },
          }),
        ),
      },
    ],
  },
  "region-changed": {
    raises: [
      {
        name: "elsewhere",
        preview: digest(
          replaced("azure-native:resources:ResourceGroup", "rg", {
            old: { location: "westeurope" },
            new: { location: "northeurope" },
          }),
        ),
      },
    ],
    silent: [
      {
        name: "the same place in other words",
        preview: digest(
          step("azure-native:resources:ResourceGroup", "rg", {
            old: { location: "westeurope" },
            new: { location: "West Europe" },
          }),
        ),
      },
    ],
  },
  "secret-in-plain-text": {
    raises: [
      {
        name: "by name",
        preview: digest(
          step("azure-native:compute:VirtualMachine", "vm", {
            new: { osProfile: { adminPassword: "Correct-Horse-9" } },
          }),
        ),
      },
      {
        name: "by value",
        preview: digest(
          step("azure-native:web:WebApp", "app", {
            op: "same",
            old: { setting: "AccountKey=abcdefghijkl==;EndpointSuffix=core" },
          }),
        ),
      },
      {
        name: "in the settings",
        preview: {
          ...digest(step("random:index/randomPet:RandomPet", "pet", { new: {} })),
          config: { "app:dbPassword": "Correct-Horse-9" },
        },
      },
      {
        name: "in JSON in a string",
        preview: digest(
          step("azure-native:compute:VirtualMachineExtension", "join", {
            new: { settings: '{"user":"a","password":"Correct-Horse-9"}' },
          }),
        ),
      },
      {
        name: "written into a command",
        preview: digest(step("command:remote:Command", "c", { new: { create: "net user svc Correct-Horse-9 /add" } })),
      },
      {
        name: "written into a script of a run command",
        preview: digest(
          step("azure-native:compute:VirtualMachineRunCommandByVirtualMachine", "c", {
            new: { source: { script: "$password = 'Correct-Horse-9'" } },
          }),
        ),
      },
      {
        name: "in an output",
        preview: digest(
          step("random:index/thing:Thing", "t", {
            op: "same",
            old: {},
            state: { outputs: { apiKey: "Correct-Horse-9" } },
          }),
        ),
      },
    ],
    silent: [
      {
        name: "a secret of the engine",
        preview: digest(
          step("azure-native:compute:VirtualMachine", "vm", { new: { osProfile: { adminPassword: "[secret]" } } }),
        ),
      },
      {
        name: "not known yet",
        preview: digest(
          step("azure-native:compute:VirtualMachine", "vm", { new: { osProfile: { adminPassword: unknown } } }),
        ),
      },
      {
        name: "a switch",
        preview: digest(
          step("azure-native:compute:VirtualMachine", "vm", {
            new: { disablePasswordAuthentication: true, passwordHashSync: "enabled" },
          }),
        ),
      },
    ],
  },
};
