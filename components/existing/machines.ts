import { getVirtualMachine } from "@pulumi/azure-native/compute/getVirtualMachine";
import type * as pulumi from "@pulumi/pulumi";
import type { Finding } from "../../review/verdict";
import { readiness } from "../findings";
import { found, goneForArm } from "../memory/lookup";
import { wornBy } from "../memory/outside";
import { type Remembered, standing } from "../memory/remembered";
import type { Absence } from "../memory/transitions";
import { generationNames, serverResourceGroup } from "../server/names";
import type { Problem, Settings } from "../settings/settings";
import { isBeingDeleted } from "./part";

/** Machines that the state holds, as Azure has them now. */
export interface SeenMachines {
  /** Those that ARM itself says are gone, or of which another one has the name. */
  readonly gone: ReadonlyMap<number, Absence>;
  /** Those that Azure is deleting while their blocks are written: this run would work on what vanishes under it. */
  readonly problems: readonly Problem[];
  readonly findings: readonly Finding[];
}

export async function machinesInAzure(
  settings: Settings,
  remembered: Remembered,
  asked: pulumi.InvokeOptions,
): Promise<SeenMachines> {
  const { generations, ledger, worn } = remembered;
  const gone = new Map<number, Absence>();
  const problems: Problem[] = [];
  const findings: Finding[] = [];
  if (ledger !== undefined && ledger.name !== settings.name) return { gone, problems, findings };
  const wanted = new Set(settings.generations.flatMap(({ generation, role }) => (role === "lost" ? [] : [generation])));
  await Promise.all(
    standing(remembered).map(async (generation) => {
      const vmId = generations[generation]?.vmId;
      if (vmId === undefined) return;
      const vmName = generationNames(settings.name, generation).machine;
      const where = { resourceGroupName: serverResourceGroup(settings), vmName };
      const machine = await found(() => getVirtualMachine(where, asked), goneForArm);
      if (machine === undefined) gone.set(generation, "gone");
      else if ((machine.vmId as string | undefined)?.toLowerCase() !== vmId.toLowerCase())
        gone.set(generation, "another");
      else {
        if (wanted.has(generation) && isBeingDeleted({ ...machine }))
          problems.push(machineIsGoing(generation, vmName, serverResourceGroup(settings)));
        const known = worn.get(`g${generation}-vm`)?.identity?.userAssigned ?? [];
        const here = wornBy({ ...machine }).identity?.userAssigned ?? [];
        const unread = here.filter((id) => !known.some((each) => each.toLowerCase() === id.toLowerCase()));
        if (unread.length > 0) findings.push(identityUnread(vmName, unread));
      }
    }),
  );
  return { gone, problems, findings: findings.sort((left, right) => left.subject.localeCompare(right.subject)) };
}

function machineIsGoing(generation: number, machine: string, group: string): Problem {
  return {
    path: `generations.${generation}`,
    problem: `Azure is deleting its machine ${machine}: a run that was cut off, or somebody, began that, and it cannot be stopped`,
    write: `this block out again where it was to be retired, and up. Else wait until it is gone (az vm wait --deleted -g ${group} -n ${machine}), and up, which then says how it is replaced; do not run pulumi refresh before`,
  };
}

/** A request that changes the machine names all its identities, and Azure takes the others away. */
function identityUnread(machine: string, ids: readonly string[]): Finding {
  return readiness("identity-not-in-state", "warning", machine, {
    title: `${machine} has an identity that this stack's state does not know: the next change of the machine would take it away (${ids.map((id) => id.split("/").at(-1)).join(", ")})`,
    cause: ids.join(", "),
    next: "pulumi refresh, which takes it in; from then on it is kept",
  });
}
