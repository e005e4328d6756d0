import type { Cases } from "./cases";
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
  run,
  script,
  step,
  vm,
  vmType,
  wholeGeneration,
} from "./previews";
import { wizard } from "./serverParts";

const groupType = "azure-native:network:NetworkSecurityGroup";
const groupInputs = { networkSecurityGroupName: "nsg-aadc-g1", securityRules: [{ name: "in-ssh", priority: 200 }] };
const cutGroup = {
  ...groupInputs,
  securityRules: [...groupInputs.securityRules, { name: "out-fence", priority: 100, access: "Deny" }],
};

export const roleCases: Cases = {
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
  "server-fenced": {
    raises: [
      {
        name: "its service is stopped, on an active server too",
        preview: digest(
          component({ 1: { role: "active" } }, { 1: { role: "fenced" } }),
          ...wholeGeneration(1, "same"),
          member(1, commandType, "fence", { new: { create: run, stdin: script("fence", { generation: 1 }) } }),
        ),
      },
      {
        name: "its connections are cut",
        preview: digest(
          component({ 1: {} }, { 1: { role: "fenced" } }),
          ...wholeGeneration(1, "same"),
          member(1, groupType, "nsg", { old: groupInputs, new: cutGroup }),
        ),
      },
    ],
    silent: [
      {
        name: "it was fenced before",
        preview: digest(component({ 1: { role: "fenced" } }), ...wholeGeneration(1, "same")),
      },
      {
        name: "a passive server's rules change",
        preview: digest(
          component({ 1: {} }),
          ...wholeGeneration(1, "same"),
          member(1, groupType, "nsg", { old: groupInputs, new: cutGroup }),
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
