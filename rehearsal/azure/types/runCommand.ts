import { ArmError, FailedAfterAcceptance, invalidParameter } from "../arm/errors";
import { isInside } from "../arm/ids";
import { at, isObject, type Json, numberAt, objectAt, objectsAt, put, putDefault, textAt } from "../properties/json";
import { define } from "./define";
import { virtualMachineType } from "./virtualMachine";
import { isOff } from "./virtualMachineRules";

const runCommandType = `${virtualMachineType}/runCommands`;
const mostPerMachine = 25;
/** Azure keeps the last 4 KB of each stream. */
const keptBytes = 4096;
const defaultTimeoutSeconds = 90 * 60;

export const runCommand = define("compute", "VirtualMachineRunCommandByVirtualMachine", {
  type: runCommandType,
  path: `/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachines/{vmName}/runCommands/{runCommandName}`,
  required: ["parameters.name", "parameters.value", "protectedParameters.name", "protectedParameters.value"],
  secrets: ["properties.protectedParameters", "properties.runAsPassword"],
  seconds: { create: 20, update: 20, delete: 5 },
  rules: {
    put({ id, name, body, existing, hidden }, subscription) {
      const machine = subscription.get(id.split("/").slice(0, -2).join("/"));
      if (machine && isOff(machine.hidden))
        throw new ArmError(
          409,
          "OperationNotAllowed",
          `Cannot modify run command '${name}' when the VM '${machine.name}' is not running.`,
        );
      const siblings = subscription.ofType(runCommandType).filter((found) => machine && isInside(found.id, machine.id));
      if (!existing && siblings.length >= mostPerMachine)
        throw new ArmError(
          409,
          "OperationNotAllowed",
          `The maximum number of run commands on VM '${machine?.name ?? ""}' is ${mostPerMachine}. Delete one that is no longer needed.`,
        );
      if (textAt(body, "properties.source.script") === undefined)
        throw invalidParameter(
          "The rehearsal runs scripts given as 'source.script'; 'scriptUri' and 'commandId' have nothing to run here.",
        );
      const timeout = numberAt(body, "properties.timeoutInSeconds");
      if (timeout !== undefined && timeout < 1)
        throw invalidParameter(`The value of parameter timeoutInSeconds is invalid: ${timeout}.`);
      const fingerprint = subscription.fingerprint({
        source: at(body, "properties.source") ?? null,
        parameters: at(body, "properties.parameters") ?? null,
        protectedParameters: at(body, "properties.protectedParameters") ?? null,
      });
      // Whether Azure runs an identical body again is contested (azure.md 11.8); here it does not, unless it had failed.
      hidden.due = hidden.fingerprint !== fingerprint || hidden.failed === true || hidden.undone === true;
      hidden.fingerprint = fingerprint;
      putDefault(body, "properties.asyncExecution", false);
      putDefault(body, "properties.timeoutInSeconds", defaultTimeoutSeconds);
      putDefault(body, "properties.treatFailureAsDeploymentFailure", false);
      put(body, "properties.provisioningState", hidden.due ? "Creating" : "Succeeded");
    },
    async operate(resource, request, subscription) {
      if (resource.hidden.due !== true) return;
      const machineId = resource.id.split("/").slice(0, -2).join("/");
      const startTime = subscription.now().toISOString();
      const result = await subscription.machines.runScript(machineId, {
        runCommandName: resource.name,
        script: textAt(request.body, "properties.source.script") ?? "",
        parameters: [...parameters(request.body, "parameters"), ...parameters(request.body, "protectedParameters")],
        timeoutInSeconds: numberAt(request.body, "properties.timeoutInSeconds") ?? defaultTimeoutSeconds,
      });
      const failed = result.exitCode !== 0;
      const told = failed && at(resource.body, "properties.treatFailureAsDeploymentFailure") === true;
      resource.hidden.due = false;
      resource.hidden.failed = told;
      resource.hidden.instanceView = {
        executionState: failed ? "Failed" : "Succeeded",
        exitCode: result.exitCode,
        output: lastBytes(result.output),
        error: lastBytes(result.error),
        startTime,
        endTime: subscription.now().toISOString(),
      };
      put(resource.body, "properties.provisioningState", told ? "Failed" : "Succeeded");
      subscription.save(resource);
      if (!told) return;
      const hint = withoutSecrets(lastLines(result.error), parameters(request.body, "protectedParameters"));
      throw new FailedAfterAcceptance(
        `Run command '${resource.name}' on VM '${machineId.split("/").at(-1) ?? ""}' failed with exit code ${result.exitCode}.${hint === "" ? "" : ` It said: ${hint}`} The whole output is in its instance view.`,
      );
    },
  },
});

/** With `$expand=instanceView`; a plain GET has no instance view. */
export function runCommandInstanceView(hidden: Json): Json | undefined {
  return objectAt(hidden, "instanceView");
}

function parameters(body: Json, name: string): { name: string; value: string }[] {
  return objectsAt(body, `properties.${name}`)
    .filter(isObject)
    .map((entry) => ({ name: textAt(entry, "name") ?? "", value: textAt(entry, "value") ?? "" }));
}

function lastBytes(text: string): string {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length <= keptBytes) return text;
  let start = bytes.length - keptBytes;
  // not in the middle of a character
  while (start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return bytes.subarray(start).toString("utf8");
}

function lastLines(text: string): string {
  return text.trim().split(/\r?\n/).slice(-3).join(" ").slice(-600);
}

/** The error text ends in state and logs, a protected value must not. */
function withoutSecrets(text: string, secrets: readonly { value: string }[]): string {
  return secrets.reduce((kept, { value }) => (value === "" ? kept : kept.replaceAll(value, "[secret]")), text);
}
