import assert from "node:assert/strict";
import { judgePreview, readPreview } from "../../../review/preview";
import {
  bytesOf,
  codesOf,
  component,
  digest,
  guard,
  guardInputs,
  judged,
  machineInputs,
  machineWith,
  member,
  serverUrn,
  step,
  urnOf,
  vm,
  vmType,
  wholeGeneration,
} from "./previews";

/** Previews as somebody would write them who wants a hazard overlooked: each says what must come of it. */

type Case = readonly [name: string, preview: unknown, verdict: string, code?: string];

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const deleted = (type: string) => digest(step(type, "x", { op: "delete", old: { a: 1 } }));
const updated = (type: string, old: Record<string, unknown>, next: Record<string, unknown>) =>
  digest(vm(), step(type, "x", { op: "update", old, new: next }));
const rule = (own: Record<string, unknown>) => ({
  name: "r",
  access: "Allow",
  direction: "Inbound",
  priority: 100,
  protocol: "Tcp",
  sourcePortRange: "*",
  destinationPortRange: "3389",
  sourceAddressPrefix: "10.0.0.4",
  destinationAddressPrefix: "*",
  ...own,
});
const vault = "azure-native:recoveryservices:Vault";
const security = (settings: unknown) => ({ properties: { securitySettings: settings } });
const guardWith = (inputs: Record<string, unknown>) =>
  digest(vm(), guard({ op: "update", new: { ...guardInputs, ...inputs } }));

const types: readonly Case[] = [
  ...[
    "azure-native:compute/v20240301:VirtualMachine",
    "azure-native_compute_v20240301:compute:VirtualMachine",
    "azure-native:compute:VirtualMachineScaleSet",
    "azure-native:azurestackhci:VirtualMachineInstance",
    "azure:compute/windowsVirtualMachine:WindowsVirtualMachine",
    "proxmoxve:VM/virtualMachine:VirtualMachine",
    "openstack:compute/instance:Instance",
    "google-native:compute/v1:Instance",
  ].map((type): Case => [`a machine deleted: ${type}`, deleted(type), "blocked", "machine-unguarded"]),
  ...[
    "azure-native_recoveryservices_v20240401:recoveryservices:Vault",
    "azure-native:dataprotection:BackupVault",
    "azure-native:dataprotection:BackupInstance",
    "azure-native:dataprotection:BackupPolicy",
    "azure-native:compute:RestorePoint",
    "aws:backup/plan:Plan",
  ].map((type): Case => [`backup deleted: ${type}`, deleted(type), "blocked", "recovery-points-lost"]),
  ...["BlobContainerImmutabilityPolicy", "BlobContainerLegalHold"].map(
    (name): Case => [`deleted: ${name}`, deleted(`azure-native:storage:${name}`), "blocked", "immutability-lowered"],
  ),
  [
    "a security group of a generated package opened",
    updated(
      "azure-native_network_v20240501:network:NetworkSecurityGroup",
      { securityRules: [rule({})] },
      { securityRules: [rule({ sourceAddressPrefix: "Internet" })] },
    ),
    "blocked",
    "management-port-open",
  ],
];

/** In words of other clouds, alone in a stack where nothing is ours. */
const clouds: readonly Case[] = [
  ...(
    [
      ["aws:ec2/securityGroupRule:SecurityGroupRule", { type: "ingress", protocol: "tcp", cidrBlocks: ["0.0.0.0/0"] }],
      ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", { ipProtocol: "tcp", cidrIpv4: "0.0.0.0/0" }],
      ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", { ipProtocol: "-1", cidrIpv6: "::/0" }],
    ] as const
  ).map(
    ([type, inputs]): Case => [
      `Remote Desktop opened by ${type} with ${Object.keys(inputs).join(", ")}`,
      digest(step(type, "r", { new: { fromPort: 3389, toPort: 3389, securityGroupId: "sg-1", ...inputs } })),
      "blocked",
      "management-port-open",
    ],
  ),
  [
    "Remote Desktop opened in a group of AWS's own schema",
    digest(
      step("aws-native:ec2:SecurityGroup", "g", {
        new: { securityGroupIngress: [{ ipProtocol: "tcp", fromPort: 3389, toPort: 3389, cidrIp: "0.0.0.0/0" }] },
      }),
    ),
    "blocked",
    "management-port-open",
  ],
  [
    "SSH opened by a firewall of Google",
    digest(
      step("gcp:compute/firewall:Firewall", "f", {
        new: { allows: [{ protocol: "tcp", ports: ["20-25"] }], sourceRanges: ["0.0.0.0/0"] },
      }),
    ),
    "blocked",
    "management-port-open",
  ],
  [
    "SSH from a named place",
    digest(
      step("gcp:compute/firewall:Firewall", "f", {
        new: { allows: [{ protocol: "tcp", ports: ["22"] }], sourceRanges: ["10.0.9.4/32"] },
      }),
    ),
    "ok",
  ],
  [
    "SSH from a named place by a rule of its own",
    digest(
      step("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "f", {
        new: { fromPort: 22, toPort: 22, ipProtocol: "tcp", cidrIpv4: "10.0.9.4/32" },
      }),
    ),
    "review",
    "access-widened",
  ],
];

const backup: readonly Case[] = [
  [
    "soft delete, on by itself, written off",
    updated(vault, { properties: {} }, security({ softDeleteSettings: { softDeleteState: "Disabled" } })),
    "blocked",
    "soft-delete-lowered",
  ],
  [
    "soft delete written as it is by itself",
    updated(vault, { properties: {} }, security({ softDeleteSettings: { softDeleteState: "Enabled" } })),
    "review",
    "resource-changed",
  ],
  [
    "soft delete of the classic provider written off",
    updated("azure:recoveryservices/vault:Vault", {}, { softDeleteEnabled: false }),
    "blocked",
    "soft-delete-lowered",
  ],
  [
    "a key vault's soft delete written off",
    updated("azure-native:keyvault:Vault", { properties: {} }, { properties: { enableSoftDelete: false } }),
    "blocked",
    "soft-delete-lowered",
  ],
  [
    "soft delete of a backup vault",
    updated(
      "azure-native:dataprotection:BackupVault",
      security({ softDeleteSettings: { state: "On", retentionDurationInDays: 30 } }),
      security({ softDeleteSettings: { state: "Off", retentionDurationInDays: 30 } }),
    ),
    "blocked",
    "soft-delete-lowered",
  ],
  [
    "retention as text",
    updated(
      "azure-native:recoveryservices:ProtectionPolicy",
      { properties: { retentionPolicy: { retentionDuration: { count: "30", durationType: "Days" } } } },
      { properties: { retentionPolicy: { retentionDuration: { count: "7", durationType: "Days" } } } },
    ),
    "blocked",
    "retention-lowered",
  ],
  [
    "retention that is not known before the run",
    updated(
      "azure-native:recoveryservices:ProtectionPolicy",
      { properties: { retentionPolicy: { retentionDuration: { count: 30, durationType: "Days" } } } },
      { properties: { retentionPolicy: { retentionDuration: { count: unknown, durationType: "Days" } } } },
    ),
    "review",
    "unknown-value",
  ],
  [
    "retention as a duration",
    updated(
      "azure-native:dataprotection:BackupPolicy",
      { properties: { policyRules: [{ lifecycles: [{ deleteAfter: { duration: "P3M" } }] }] } },
      { properties: { policyRules: [{ lifecycles: [{ deleteAfter: { duration: "P30D" } }] }] } },
    ),
    "blocked",
    "retention-lowered",
  ],
];

const guards: readonly Case[] = [
  ...["", "  ", "exit 0", "true", ":", "rem was here", "echo ok", "# ask.ps1", "powershell -Command exit"].map(
    (command): Case => [
      `a guard whose delete becomes "${command}"`,
      guardWith({ delete: command }),
      "blocked",
      "guard-bypassed",
    ],
  ),
  [
    "a guard whose script is emptied",
    digest(
      vm(),
      guard({
        op: "update",
        old: { ...guardInputs, delete: "powershell.exe -Command -", stdin: "ask" },
        new: { ...guardInputs, delete: "powershell.exe -Command -", stdin: "" },
      }),
    ),
    "blocked",
    "guard-bypassed",
  ],
  [
    "a guard that has said nothing for long goes with its machine",
    digest(guard({ op: "delete", old: { ...guardInputs, delete: "exit 0" } }), vm({ op: "delete" })),
    "blocked",
    "machine-unguarded",
  ],
  ["another question", guardWith({ delete: "echo asking && powershell -File ask2.ps1" }), "review", "guard-changed"],
  ["a guard forgotten", digest(vm(), guard({ op: "discard" })), "blocked", "guard-removed"],
];

const subnetId =
  "/subscriptions/00000000-0000-4000-8000-0000000000a1/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v/subnets/sn";
const activeWith = (...steps: readonly (Record<string, unknown> | Record<string, unknown>[])[]) =>
  digest(
    ...component({ 1: { role: "active" } }),
    ...wholeGeneration(1, "same"),
    member(1, "azure-native:network:NetworkInterface", "nic", {
      op: "same",
      old: { resourceGroupName: "rg", ipConfigurations: [{ subnet: { id: subnetId } }] },
      state: { dependencies: [urnOf("azure-native:network:Subnet", "depended")] },
    }),
    ...steps,
  );
const subnet = (name: string, id: string, own: Record<string, unknown> = {}) =>
  step("azure-native:network:Subnet", name, {
    op: "update",
    old: { routeTable: { id: "/a/routeTables/a" } },
    new: { routeTable: { id: "/a/routeTables/b" }, ...own },
    state: { id },
  });

const active: readonly Case[] = [
  ["a subnet outside the component, by its id", activeWith(subnet("x", subnetId)), "blocked", "active-touched"],
  ["a subnet by a dependency alone", activeWith(subnet("depended", "")), "blocked", "active-touched"],
  ["another subnet with a longer name", activeWith(subnet("x", `${subnetId}2`)), "review"],
  [
    "a peering of its network",
    activeWith(
      step("azure-native:network:VirtualNetworkPeering", "p", { op: "delete", old: { virtualNetworkName: "v" } }),
    ),
    "blocked",
    "active-touched",
  ],
  [
    "a peering of another network",
    activeWith(
      step("azure-native:network:VirtualNetworkPeering", "p", { op: "delete", old: { virtualNetworkName: "other" } }),
    ),
    "review",
  ],
  [
    "a route table that its subnet names",
    activeWith(
      step("azure-native:network:Subnet", "s", {
        op: "same",
        old: { routeTable: { id: "/subscriptions/a/routeTables/rt" } },
        state: { id: subnetId },
      }),
      step("azure-native:network:RouteTable", "rt", {
        op: "update",
        old: { routes: [] },
        new: { routes: [{ name: "x", addressPrefix: "0.0.0.0/0", nextHopType: "None" }] },
        state: { id: "/subscriptions/a/routeTables/RT" },
      }),
    ),
    "blocked",
    "active-touched",
  ],
  [
    "a run command on its machine",
    activeWith(
      step("azure-native:compute:VirtualMachineRunCommandByVirtualMachine", "rc", {
        op: "create",
        new: { vmName: "AADC-G1", source: { script: "Stop-Service ADSync" } },
      }),
    ),
    "blocked",
    "active-touched",
  ],
  [
    "its resource group",
    activeWith(step("azure-native:resources:ResourceGroup", "rg", { op: "delete", old: { resourceGroupName: "RG" } })),
    "blocked",
    "active-touched",
  ],
  [
    "a security group in the component",
    activeWith(
      step("azure-native:network:NetworkSecurityGroup", "nsg", {
        op: "update",
        parent: serverUrn,
        old: { securityRules: [] },
        new: { securityRules: [rule({})] },
      }),
    ),
    "blocked",
    "active-touched",
  ],
];

const gaps: readonly Case[] = [
  ["steps counted and not there", { steps: [], duration: 1, changeSummary: { delete: 5 } }, "couldNotRun"],
  ["a replacement counted and not there", { steps: [vm()], changeSummary: { same: 1, replace: 1 } }, "couldNotRun"],
  ["what stays counted and not listed", { steps: [vm()], changeSummary: { same: 12 } }, "ok"],
  [
    "two stacks",
    { steps: [vm(), { ...vm(), urn: "urn:pulumi:test::infra::a:b:C::x" }], changeSummary: { same: 2 } },
    "couldNotRun",
  ],
];

const noise: readonly Case[] = [
  ["a number as text", digest(vm({ op: "update", new: machineWith("storageProfile.osDisk.diskSizeGB", "127") })), "ok"],
  [
    "a truth value as text",
    digest(vm({ op: "update", new: machineWith("securityProfile.encryptionAtHost", "true") })),
    "ok",
  ],
  ["a region with spaces", digest(vm({ op: "update", new: machineWith("location", "West Europe") })), "ok"],
  [
    "a trigger as text is not noise",
    digest(
      step("command:local:Command", "c", {
        old: { triggers: [1], create: "x" },
        new: { triggers: ["1"], create: "x" },
      }),
    ),
    "review",
  ],
  [
    "network tags of Google are not noise",
    digest(step("gcp:compute/instance:Instance", "g", { old: { tags: ["web"] }, new: { tags: ["open-rdp"] } })),
    "review",
  ],
  [
    "the code of a dynamic resource is not noise",
    digest(step("pulumi-nodejs:dynamic:Resource", "d", { old: { __provider: "a" }, new: { __provider: "b" } })),
    "review",
  ],
];

describe("a hostile preview", () => {
  for (const [title, cases] of Object.entries({ types, clouds, backup, guards, active, gaps, noise }))
    describe(title, () => {
      for (const [name, preview, verdict, code] of cases)
        it(name, () => {
          const report = judged(preview);
          assert.equal(report.verdict, verdict, codesOf(report).join(", "));
          if (code !== undefined) assert.ok(codesOf(report).includes(code), codesOf(report).join(", "));
        });
    });

  it("a second preview behind the first is refused", () => {
    const two = Buffer.concat([bytesOf(digest(vm())), Buffer.from("\n"), bytesOf(digest(vm({ op: "delete" })))]);
    assert.throws(() => readPreview(two, "p.json"), /more than one preview/u);
  });

  it("a broken line of the event stream could hide anything", () => {
    const summary = JSON.stringify({ summaryEvent: { result: "succeeded", resourceChanges: {} } });
    const stream = `{"sequence":1,"preludeEvent":{"config":{}}}\n{"sequence":2,"resourcePreEvent":{"metad\n${summary}\n`;
    const report = judgePreview(readPreview(Buffer.from(stream), "p.json"));
    assert.equal(report.verdict, "couldNotRun");
    assert.match(report.summary.failure ?? "", /1 lines of the event stream/u);
  });

  it("what failed once in a stream failed", () => {
    const end = (result: string) => JSON.stringify({ sequence: 1, summaryEvent: { result, resourceChanges: {} } });
    const report = judgePreview(readPreview(Buffer.from(`${end("failed")}\n${end("succeeded")}\n`), "p.json"));
    assert.equal(report.verdict, "couldNotRun");
  });

  it("knows the machine of its cases", () => {
    assert.equal(judged(digest(step(vmType, "vm", { op: "delete", old: machineInputs }))).verdict, "blocked");
  });
});
