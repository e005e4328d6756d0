import type { Cases } from "./cases";
import {
  commandType,
  component,
  digest,
  generation,
  guard,
  machineInputs,
  machineWith,
  member,
  replaced,
  step,
  urnOf,
  vm,
  vmType,
  wholeGeneration,
} from "./previews";
import { nsg, ourGuard } from "./serverParts";

export const machineCases: Cases = {
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
};
