/** What the cases about machines, guards and roles are made of. */
import {
  commandType,
  component,
  digest,
  generation,
  machineInputs,
  member,
  retireText,
  run,
  script,
  vmType,
  wholeGeneration,
} from "./previews";

export const wizard = (told: Record<string, unknown>) => ({
  create: run,
  stdin: script("await-wizard", {
    productVersion: "2.6.92.0",
    waitMinutes: 45,
    settingsFilePath: "C:\\s.json",
    ...told,
  }),
});

export const nsg = (options: Parameters<typeof member>[3]) =>
  member(1, "azure-native:network:NetworkSecurityGroup", "nsg", options);

export const ourGuard = (told: Record<string, unknown> = {}, body?: string) => ({
  connection: "[secret]",
  delete: run,
  stdin: body === undefined ? retireText(1, told) : script("retire", { generation: 1, exceptions: [], ...told }, body),
});

/** A guard of ours with these inputs before and after, its machine staying. */
export const guardFromTo = (
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

export const runCommandType = "azure-native:compute:VirtualMachineRunCommandByVirtualMachine";

export const retireByRunCommand = (reason: string): Record<string, unknown> => ({
  source: { script: retireText(1, { asked: reason }) },
});

/** The guard's text by Run Command. */
export const asked = (options: Parameters<typeof member>[3]) =>
  member(1, runCommandType, "retire-by-run-command", { new: retireByRunCommand("CHG-2"), ...options });

/** A guard of ours that becomes this one beside that run command. */
export const answered = (
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
export const leaving = (answer: string) =>
  digest(
    component({ 1: {}, 2: {} }, { 2: {} }),
    generation(1, { op: "delete" }),
    member(1, commandType, "guard", { op: "delete", old: { connection: "[secret]", stdin: retireText(1) } }),
    member(1, "pulumi:index:Stash", "retirement", { op: "delete", old: { input: { answer } } }),
    member(1, vmType, "vm", { op: "delete", old: machineInputs }),
    ...wholeGeneration(2, "same"),
  );
