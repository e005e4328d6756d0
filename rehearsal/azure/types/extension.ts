import { ArmError } from "../arm/errors";
import { isInside } from "../arm/ids";
import { put, same, textAt } from "../properties/json";
import { topLevelEnvelope } from "../properties/shape";
import { define } from "./define";
import { virtualMachineType } from "./virtualMachine";
import { isOff } from "./virtualMachineRules";

const extensionType = `${virtualMachineType}/extensions`;

/** Stored in its exact place, but nothing happens inside the machine: named among the types without rules. */
export const extension = {
  ...define("compute", "VirtualMachineExtension", {
    type: extensionType,
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachines/{vmName}/extensions/{vmExtensionName}",
    // `type` is the extension's own type here, inside `properties`.
    shape: { envelope: new Set([...topLevelEnvelope].filter((name) => name !== "type")) },
    secrets: ["properties.protectedSettings", "properties.protectedSettingsFromKeyVault"],
    seconds: { create: 60, update: 30, delete: 20 },
    rules: {
      put({ id, name, body, existing }, subscription) {
        const machineId = id.split("/").slice(0, -2).join("/");
        const machine = subscription.get(machineId);
        const kind = textAt(body, "properties.type");
        if (machine && isOff(machine.hidden))
          throw new ArmError(
            409,
            "OperationNotAllowed",
            `Cannot modify extensions in the VM '${machine.name}' when the VM is not running.`,
          );
        // It signs in as the machine (facts/monitoring.md 1).
        if (kind === "AzureMonitorWindowsAgent" && !/Assigned/.test(textAt(machine?.body, "identity.type") ?? ""))
          throw new ArmError(
            400,
            "BadRequest",
            `The Azure Monitor agent on '${machine?.name}' needs a managed identity of the machine.`,
          );
        const rival = subscription
          .ofType(extensionType)
          .find(
            (other) =>
              isInside(other.id, machineId) && !same(other.id, id) && same(textAt(other.body, "properties.type"), kind),
          );
        if (kind === "CustomScriptExtension" && rival && !existing)
          throw new ArmError(
            400,
            "BadRequest",
            `Multiple VMExtensions per handler not supported for OS type 'Windows'. VMExtension '${rival.name}' with handler 'Microsoft.Compute.CustomScriptExtension' already added or specified in input, '${name}' cannot be.`,
          );
        put(body, "properties.provisioningState", "Succeeded");
      },
    },
  }),
  generic: true,
};
