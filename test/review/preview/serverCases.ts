import type { HazardCode } from "../../../review/preview/hazardTable";
import {
  commandType,
  component,
  digest,
  generation,
  guard,
  guardInputs,
  machineInputs,
  machineWith,
  member,
  replaced,
  retireText,
  run,
  script,
  step,
  urnOf,
  vm,
  vmType,
  wholeGeneration,
} from "./previews";

export interface Case {
  readonly name: string;
  readonly preview: unknown;
}

export type Cases = Readonly<
  Partial<Record<HazardCode, { readonly raises: readonly Case[]; readonly silent: readonly Case[] }>>
>;

const wizard = (told: Record<string, unknown>) => ({
  create: run,
  stdin: script("await-wizard", {
    productVersion: "2.6.92.0",
    waitMinutes: 45,
    settingsFilePath: "C:\\s.json",
    ...told,
  }),
});

const nsg = (options: Parameters<typeof member>[3]) =>
  member(1, "azure-native:network:NetworkSecurityGroup", "nsg", options);

const ourGuard = (told: Record<string, unknown> = {}, body?: string) => ({
  connection: "[secret]",
  delete: run,
  stdin: body === undefined ? retireText(1, told) : script("retire", { generation: 1, exceptions: [], ...told }, body),
});

/** A guard of ours with these inputs before and after, its machine staying. */
const guardFromTo = (
  old: Record<string, unknown>,
  next: Record<string, unknown>,
  state: Record<string, unknown> = {},
) =>
  digest(
    component({ 1: {} }),
    generation(1),
    member(1, vmType, "vm", { old: machineInputs, op: "same" }),
    member(1, commandType, "guard", { old, new: next, newState: state }),
  );

const runCommandType = "azure-native:compute:VirtualMachineRunCommandByVirtualMachine";

const retireByRunCommand = (reason: string): Record<string, unknown> => ({
  source: { script: retireText(1, { asked: reason }) },
});

/** The guard's text by Run Command. */
const asked = (options: Parameters<typeof member>[3]) =>
  member(1, runCommandType, "retire-by-run-command", { new: retireByRunCommand("CHG-2"), ...options });

/** A guard of ours that becomes this one beside that run command. */
const answered = (
  next: Record<string, unknown>,
  state: Record<string, unknown> = {},
  text = retireText(1, { asked: "CHG-2" }),
) =>
  digest(
    component({ 1: {} }),
    generation(1),
    member(1, vmType, "vm", { old: machineInputs, op: "same" }),
    asked({ new: { source: { script: text } } }),
    member(1, commandType, "guard", { old: ourGuard(), new: next, newState: state }),
  );

/** A generation that leaves with a guard that asks nothing any more. */
const leaving = (answer: string) =>
  digest(
    component({ 1: {}, 2: {} }, { 2: {} }),
    generation(1, { op: "delete" }),
    member(1, commandType, "guard", { op: "delete", old: { connection: "[secret]", stdin: retireText(1) } }),
    member(1, "pulumi:index:Stash", "retirement", { op: "delete", old: { input: { answer } } }),
    member(1, vmType, "vm", { op: "delete", old: machineInputs }),
    ...wholeGeneration(2, "same"),
  );

export const serverCases: Cases = {
  "active-touched": {
    raises: [
      {
        name: "a tag of the active machine",
        preview: digest(
          component({ 1: { role: "active" } }),
          ...wholeGeneration(1, "same").slice(0, 3),
          member(1, vmType, "vm", { old: machineInputs, new: { ...machineInputs, tags: { a: "b" } } }),
        ),
      },
      {
        name: "its security group",
        preview: digest(
          component({ 1: { role: "active" } }),
          generation(1),
          nsg({ old: { securityRules: [] }, new: { securityRules: [], location: "westeurope" } }),
        ),
      },
      {
        name: "the network under it",
        preview: digest(
          component({ 1: { role: "active" } }),
          ...wholeGeneration(1, "same"),
          step("azure-native:network:Subnet", "subnet", {
            parent: urnOf("entra-connect:index:PassiveServer", "aadc"),
            old: { addressPrefix: "10.0.0.0/27" },
            new: { addressPrefix: "10.0.0.0/26" },
          }),
        ),
      },
    ],
    silent: [
      {
        name: "the same change of a passive one",
        preview: digest(
          component({ 1: {} }),
          generation(1),
          nsg({ old: { securityRules: [] }, new: { securityRules: [], location: "westeurope" } }),
        ),
      },
      {
        name: "its guard, which runs nothing",
        preview: digest(
          component({ 1: { role: "active" } }),
          generation(1),
          member(1, commandType, "guard", { old: ourGuard(), new: ourGuard({ role: "active" }) }),
        ),
      },
      {
        name: "the passive one beside it",
        preview: digest(
          component({ 1: { role: "active" }, 2: {} }),
          ...wholeGeneration(1, "same"),
          generation(2),
          member(2, vmType, "vm", {
            old: machineInputs,
            new: machineWith("hardwareProfile.vmSize", "Standard_D4s_v5"),
          }),
        ),
      },
    ],
  },
  "second-active": {
    raises: [
      {
        name: "two declared active",
        preview: digest(
          component({ 1: { role: "active" }, 2: {} }, { 1: { role: "active" }, 2: { role: "active" } }),
          ...wholeGeneration(1, "same"),
          ...wholeGeneration(2, "same"),
        ),
      },
    ],
    silent: [
      {
        name: "a switch of roles",
        preview: digest(
          component({ 1: { role: "active" }, 2: {} }, { 1: {}, 2: { role: "active" } }),
          ...wholeGeneration(1, "same"),
          ...wholeGeneration(2, "same"),
        ),
      },
    ],
  },
  "machine-unguarded": {
    raises: [
      { name: "a machine deleted", preview: digest(vm({ op: "delete" })) },
      {
        name: "a machine replaced",
        preview: digest(
          replaced(vmType, "vm", {
            old: machineInputs,
            new: machineWith("location", "northeurope"),
            replaceReasons: ["location"],
          }),
        ),
      },
      { name: "its guard deleted after it", preview: digest(vm({ op: "delete" }), guard({ op: "delete" })) },
      {
        name: "its guard without a delete command",
        preview: digest(guard({ op: "delete", old: { create: "echo hello" } }), vm({ op: "delete" })),
      },
      {
        name: "its guard not run, since it goes with something else",
        preview: digest(guard({ op: "delete", state: { deletedWith: "urn" } }), vm({ op: "delete" })),
      },
      {
        name: "a machine of another cloud",
        preview: digest(step("aws:ec2/instance:Instance", "web", { old: { ami: "ami-1" } })),
      },
      {
        name: "an API version in its type",
        preview: digest(step("azure-native:compute/v20241101:VirtualMachine", "vm", { old: machineInputs })),
      },
    ],
    silent: [
      { name: "its guard first", preview: digest(guard({ op: "delete" }), vm({ op: "delete" })) },
      {
        name: "only a resize",
        preview: digest(vm({ op: "update", new: machineWith("hardwareProfile.vmSize", "Standard_D4s_v5") })),
      },
      {
        name: "taken out of the state and left running",
        preview: digest(vm({ op: "delete", state: { retainOnDelete: true } })),
      },
    ],
  },
  "machine-replaced": {
    raises: [
      { name: "deleted after its guard", preview: digest(guard({ op: "delete" }), vm({ op: "delete" })) },
      {
        name: "a generation retired",
        preview: digest(
          component({ 1: {}, 2: {} }, { 2: {} }),
          ...wholeGeneration(1, "delete"),
          ...wholeGeneration(2, "same"),
        ),
      },
    ],
    silent: [{ name: "nothing goes", preview: digest(guard(), vm()) }],
  },
  "lost-machine-deleted": {
    raises: [
      {
        name: "declared lost",
        preview: digest(
          component({ 1: { role: "lost" }, 2: {} }, { 2: {} }),
          generation(1, { op: "delete" }),
          member(1, vmType, "vm", { old: machineInputs }),
          ...wholeGeneration(2, "same"),
        ),
      },
    ],
    silent: [
      {
        name: "declared passive",
        preview: digest(
          component({ 1: {}, 2: {} }, { 2: {} }),
          ...wholeGeneration(1, "delete"),
          ...wholeGeneration(2, "same"),
        ),
      },
    ],
  },
  "machine-reimaged": {
    raises: [
      {
        name: "another image in place",
        preview: digest(vm({ op: "update", new: machineWith("storageProfile.imageReference.version", "2") })),
      },
      {
        name: "another disk in place",
        preview: digest(vm({ op: "update", new: machineWith("storageProfile.osDisk.createOption", "Attach") })),
      },
    ],
    silent: [
      {
        name: "a bigger disk",
        preview: digest(vm({ op: "update", new: machineWith("storageProfile.osDisk.diskSizeGB", 256) })),
      },
    ],
  },
  "machine-resized": {
    raises: [
      {
        name: "another size",
        preview: digest(vm({ op: "update", new: machineWith("hardwareProfile.vmSize", "Standard_D4s_v5") })),
      },
      {
        name: "the classic provider's name of it",
        preview: digest(
          step("azure:compute/windowsVirtualMachine:WindowsVirtualMachine", "vm", {
            old: { size: "a" },
            new: { size: "b" },
          }),
        ),
      },
    ],
    silent: [
      {
        name: "the size in other letters",
        preview: digest(vm({ op: "update", new: machineWith("hardwareProfile.vmSize", "standard_d2s_v5") })),
      },
    ],
  },
  "machine-restarts": {
    raises: [
      {
        name: "a bigger disk",
        preview: digest(vm({ op: "update", new: machineWith("storageProfile.osDisk.diskSizeGB", 256) })),
      },
      {
        name: "a command that says so",
        preview: digest(vm(), step(commandType, "patch", { new: { create: "powershell -c Restart-Computer -Force" } })),
      },
      {
        name: "the library's own restart behind a join, whose text is not known yet",
        preview: digest(
          vm(),
          step(commandType, "aadc-stg-g1-restart-after-join", { new: { create: "powershell.exe" } }),
        ),
      },
    ],
    silent: [
      { name: "a licence", preview: digest(vm({ op: "update", new: machineWith("licenseType", "Windows_Server") })) },
      {
        name: "a command that restarts a service",
        preview: digest(vm(), step(commandType, "service", { new: { create: "powershell -c Restart-Service sshd" } })),
      },
      {
        name: "the proof behind that restart, whose advice names the command",
        preview: digest(
          vm(),
          step(commandType, "aadc-stg-g1-prove-membership", {
            new: {
              create: "powershell.exe",
              stdin: "# entra-connect script: prove-membership\n# Restart-Computer -Force\n",
            },
          }),
        ),
      },
    ],
  },
  "patching-changed": {
    raises: [
      {
        name: "updates by the platform",
        preview: digest(
          vm({
            op: "update",
            new: machineWith("osProfile.windowsConfiguration.patchSettings.patchMode", "AutomaticByOS"),
          }),
        ),
      },
      {
        name: "another window",
        preview: digest(
          step("azure-native:maintenance:MaintenanceConfiguration", "w", {
            old: { recurEvery: "Week Sunday", startDateTime: "2026-11-29 03:00" },
            new: { recurEvery: "Week Monday", startDateTime: "2026-11-29 03:00" },
          }),
        ),
      },
      {
        name: "the assignment gone",
        preview: digest(step("azure-native:maintenance:ConfigurationAssignment", "a", { old: {} })),
      },
    ],
    silent: [
      {
        name: "a first window",
        preview: digest(
          step("azure-native:maintenance:MaintenanceConfiguration", "w", { new: { recurEvery: "Week Sunday" } }),
        ),
      },
      {
        name: "tags of a window",
        preview: digest(
          step("azure-native:maintenance:MaintenanceConfiguration", "w", {
            old: { recurEvery: "Week Sunday", tags: { a: "1" } },
            new: { recurEvery: "Week Sunday", tags: { a: "2" } },
          }),
        ),
      },
    ],
  },
  "guard-removed": {
    raises: [
      { name: "the guard alone", preview: digest(guard({ op: "delete" }), vm()) },
      {
        name: "a guard of ours alone",
        preview: digest(
          component({ 1: {} }),
          generation(1),
          member(1, vmType, "vm", { old: machineInputs, op: "same" }),
          member(1, commandType, "guard", { old: ourGuard() }),
        ),
      },
      { name: "a guard whose machine is not in the preview", preview: digest(guard({ op: "delete" })) },
    ],
    silent: [
      { name: "with its machine", preview: digest(guard({ op: "delete" }), vm({ op: "delete" })) },
      {
        name: "a command that is no guard",
        preview: digest(step(commandType, "copy", { old: { create: "a", delete: "b" } }), vm()),
      },
    ],
  },
  "guard-bypassed": {
    raises: [
      {
        name: "its delete command taken out",
        preview: digest(guard({ op: "update", new: { connection: "[secret]", triggers: ["vm-identity"] } }), vm()),
      },
      { name: "retainOnDelete", preview: guardFromTo(ourGuard(), ourGuard(), { retainOnDelete: true }) },
      {
        name: "its delete goes, although nobody asked by Run Command either",
        preview: guardFromTo(ourGuard(), { connection: "[secret]", stdin: retireText(1) }),
      },
      { name: "deletedWith", preview: digest(guard({ op: "same", newState: { deletedWith: vmType } }), vm()) },
      {
        name: "it no longer depends on its machine",
        preview: digest(
          guard({ op: "update", new: { ...guardInputs, triggers: ["x"] }, newState: { dependencies: [] } }),
          vm(),
        ),
      },
      {
        name: "deleted with retainOnDelete",
        preview: digest(guard({ op: "delete", state: { retainOnDelete: true } }), vm({ op: "delete" })),
      },
    ],
    silent: [
      {
        name: "another key",
        preview: digest(
          guard({ op: "update", detailedDiff: { connection: { kind: "update", inputDiff: true } } }),
          vm(),
        ),
      },
      {
        name: "declared lost: it cannot be asked",
        preview: digest(
          component({ 1: {} }, { 1: { role: "lost" } }),
          generation(1),
          member(1, vmType, "vm", { old: machineInputs, op: "same" }),
          member(1, commandType, "guard", { old: ourGuard(), new: { connection: "[secret]", stdin: retireText(1) } }),
        ),
      },
    ],
  },
  "answered-machine-deleted": {
    raises: [{ name: "after its guard was asked by Run Command", preview: leaving('{"script":"retire","vmId":"x"}') }],
    silent: [
      { name: "no answer: nobody asked", preview: leaving("") },
      {
        name: "asked by SSH as ever",
        preview: digest(
          component({ 1: {}, 2: {} }, { 2: {} }),
          ...wholeGeneration(1, "delete"),
          ...wholeGeneration(2, "same"),
        ),
      },
    ],
  },
  "guard-asks-now": {
    raises: [
      {
        name: "the guard's text as a new run command",
        preview: digest(component({ 1: {} }), generation(1), asked({})),
      },
      {
        name: "asked once more",
        preview: digest(component({ 1: {} }), generation(1), asked({ old: retireByRunCommand("CHG-1") })),
      },
    ],
    silent: [
      {
        name: "it stays as it is",
        preview: digest(component({ 1: {} }), generation(1), asked({ old: retireByRunCommand("CHG-2"), op: "same" })),
      },
      {
        name: "another script of ours",
        preview: digest(
          component({ 1: {} }),
          generation(1),
          member(1, runCommandType, "diagnose-access", {
            new: { source: { script: script("diagnose-access", {}) }, parameters: [] },
          }),
        ),
      },
    ],
  },
  "guard-answered": {
    raises: [
      { name: "answered: its delete goes", preview: answered({ connection: "[secret]", stdin: retireText(1) }) },
      {
        name: "still to be answered",
        preview: answered({ ...ourGuard(), delete: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" }),
      },
    ],
    silent: [
      { name: "it keeps its delete", preview: answered(ourGuard()) },
      {
        name: "nobody asked: that is a bypass",
        preview: guardFromTo(ourGuard(), { connection: "[secret]", stdin: retireText(1) }),
      },
      {
        name: "retained as well: that is a bypass",
        preview: answered({ connection: "[secret]", stdin: retireText(1) }, { retainOnDelete: true }),
      },
      {
        name: "the run command has another text: that is a bypass",
        preview: answered({ connection: "[secret]", stdin: retireText(1) }, {}, script("diagnose-access", {})),
      },
    ],
  },
  "guard-runs": {
    raises: [
      {
        name: "the guard replaced, its machine not",
        preview: digest(
          vm(),
          replaced(commandType, "guard", {
            old: guardInputs,
            new: { ...guardInputs, triggers: ["other"] },
            state: { dependencies: [urnOf(vmType, "vm")] },
          }),
        ),
      },
    ],
    silent: [
      {
        name: "both replaced, the guard first",
        preview: digest(
          step(commandType, "guard", {
            old: guardInputs,
            op: "delete-replaced",
            state: { dependencies: [urnOf(vmType, "vm")] },
          }),
          replaced(vmType, "vm", { old: machineInputs, new: machineWith("location", "x") }),
          step(commandType, "guard", {
            new: guardInputs,
            op: "create-replacement",
            state: { dependencies: [urnOf(vmType, "vm")] },
          }),
        ),
      },
    ],
  },
  "guard-exception": {
    raises: [
      {
        name: "an exception comes",
        preview: guardFromTo(
          ourGuard(),
          ourGuard({ exceptions: [{ kind: "retireUnproven", reason: "dead", until: "2026-12-01", vmId: "x" }] }),
        ),
      },
    ],
    silent: [
      {
        name: "an exception goes",
        preview: guardFromTo(
          ourGuard({ exceptions: [{ kind: "retireUnproven", reason: "dead", until: "2026-12-01", vmId: "x" }] }),
          ourGuard(),
        ),
      },
    ],
  },
  "guard-changed": {
    raises: [
      { name: "its role", preview: guardFromTo(ourGuard(), ourGuard({ role: "active" })) },
      { name: "its text", preview: guardFromTo(ourGuard({}, "one"), ourGuard({}, "two")) },
      {
        name: "its key: the provider says so, both sides read [secret]",
        preview: digest(
          guard({ op: "update", detailedDiff: { connection: { kind: "update", inputDiff: true } } }),
          vm(),
        ),
      },
    ],
    silent: [{ name: "nothing of it", preview: digest(guard(), vm()) }],
  },
  "retirement-unproven": {
    raises: [
      { name: "the only one goes", preview: digest(component({ 1: {} }, {}), ...wholeGeneration(1, "delete")) },
      {
        name: "the other is being built",
        preview: digest(
          component({ 1: {} }, { 2: {} }),
          ...wholeGeneration(1, "delete"),
          ...wholeGeneration(2, "create"),
        ),
      },
      {
        name: "the other is not proven",
        preview: digest(
          component({ 1: {}, 2: {} }, { 2: {} }),
          ...wholeGeneration(1, "delete"),
          ...wholeGeneration(2, "same", { proven: false }),
        ),
      },
    ],
    silent: [
      {
        name: "the other is proven",
        preview: digest(
          component({ 1: {}, 2: {} }, { 2: {} }),
          ...wholeGeneration(1, "delete"),
          ...wholeGeneration(2, "same"),
        ),
      },
      {
        name: "the other is active",
        preview: digest(
          component({ 1: {}, 2: { role: "active" } }, { 2: { role: "active" } }),
          ...wholeGeneration(1, "delete"),
          ...wholeGeneration(2, "same", { proven: false }),
        ),
      },
    ],
  },
  "wizard-needed": {
    raises: [
      {
        name: "a new server",
        preview: digest(
          component({ 1: {} }, { 1: {}, 2: {} }),
          ...wholeGeneration(2, "create"),
          member(2, commandType, "await-wizard", { new: wizard({}) }),
        ),
      },
      {
        name: "its text is not known yet",
        preview: digest(
          component(undefined, { 1: {} }),
          ...wholeGeneration(1, "create"),
          member(1, commandType, "await-wizard", {
            new: { create: "04da6b54-80e4-46f7-96ec-b56ff0331ba9", stdin: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" },
          }),
        ),
      },
      {
        name: "another version in place",
        preview: digest(
          component({ 1: {} }),
          ...wholeGeneration(1, "same"),
          member(1, commandType, "await-wizard", { old: wizard({}), new: wizard({ productVersion: "2.6.99.0" }) }),
        ),
      },
    ],
    silent: [
      {
        name: "it only waits for longer",
        preview: digest(
          component({ 1: {} }),
          ...wholeGeneration(1, "same"),
          member(1, commandType, "await-wizard", { old: wizard({}), new: wizard({ waitMinutes: 90 }) }),
        ),
      },
      {
        name: "it is registered without an action",
        preview: digest(
          component({ 1: { role: "active" } }),
          ...wholeGeneration(1, "same"),
          member(1, commandType, "await-wizard", { new: { stdin: wizard({}).stdin } }),
        ),
      },
    ],
  },
  "role-changed": {
    raises: [
      {
        name: "passive to active",
        preview: digest(component({ 1: {} }, { 1: { role: "active" } }), ...wholeGeneration(1, "same")),
      },
    ],
    silent: [
      {
        name: "a new passive one",
        preview: digest(
          component({ 1: {} }, { 1: {}, 2: {} }),
          ...wholeGeneration(1, "same"),
          ...wholeGeneration(2, "create"),
        ),
      },
      {
        name: "a retired one",
        preview: digest(
          component({ 1: {}, 2: {} }, { 2: {} }),
          ...wholeGeneration(1, "delete"),
          ...wholeGeneration(2, "same"),
        ),
      },
    ],
  },
  "role-unknown": {
    raises: [
      {
        name: "with the ledger left out (--target)",
        preview: digest(
          generation(1),
          member(1, vmType, "vm", { old: machineInputs, new: machineWith("licenseType", "None") }),
        ),
      },
      {
        name: "without the unchanged resources",
        preview: {
          ...digest(member(1, vmType, "vm", { old: machineInputs, new: machineWith("licenseType", "None") })),
          changeSummary: { same: 20, update: 1 },
        },
      },
    ],
    silent: [
      {
        name: "with them",
        preview: digest(
          component({ 1: {} }),
          generation(1),
          member(1, vmType, "vm", { old: machineInputs, new: machineWith("licenseType", "None") }),
        ),
      },
    ],
  },
  "command-runs-again": {
    raises: [
      { name: "its text", preview: digest(step(commandType, "setup", { old: { create: "a" }, new: { create: "b" } })) },
      {
        name: "its key",
        preview: digest(
          step(commandType, "setup", {
            old: { create: "a", connection: "[secret]" },
            new: { create: "a", connection: "[secret]" },
            detailedDiff: { connection: { kind: "update", inputDiff: true } },
          }),
        ),
      },
      {
        name: "an environment variable of a local one",
        preview: digest(
          step("command:local:Command", "setup", {
            old: { create: "a", environment: { A: "1" } },
            new: { create: "a", environment: { A: "2" } },
          }),
        ),
      },
      {
        name: "another trigger",
        preview: digest(
          replaced(commandType, "setup", {
            old: { create: "a", triggers: ["1"] },
            new: { create: "a", triggers: ["2"] },
          }),
        ),
      },
      {
        name: "a run command",
        preview: digest(
          step("azure-native:compute:VirtualMachineRunCommandByVirtualMachine", "rc", {
            old: { source: { script: "a" } },
            new: { source: { script: "b" } },
          }),
        ),
      },
    ],
    silent: [
      { name: "it runs for the first time", preview: digest(step(commandType, "setup", { new: { create: "a" } })) },
      {
        name: "it has only a delete",
        preview: digest(vm(), guard({ op: "update", new: { ...guardInputs, delete: "other" } })),
      },
      { name: "it does not change", preview: digest(step(commandType, "setup", { op: "same", old: { create: "a" } })) },
    ],
  },
  "command-runs-at-deletion": {
    raises: [
      {
        name: "a command with both",
        preview: digest(step(commandType, "share", { old: { create: "a", delete: "rm -r /data" } })),
      },
    ],
    silent: [
      { name: "a command without", preview: digest(step(commandType, "share", { old: { create: "a" } })) },
      {
        name: "a retained one",
        preview: digest(
          step(commandType, "share", { old: { create: "a", delete: "b" }, state: { retainOnDelete: true } }),
        ),
      },
    ],
  },
};
