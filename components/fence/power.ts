import { getVirtualMachine } from "@pulumi/azure-native/compute/getVirtualMachine";
import type * as pulumi from "@pulumi/pulumi";
import { found, goneForArm, mayNotRead } from "../memory/lookup";
import type { Remembered } from "../memory/remembered";
import { generationNames, serverResourceGroup } from "../server/names";
import type { Settings } from "../settings/settings";
import { type Power, powerOf } from "./plan";

/**
 * The power state of every generation that is fenced or was in the last run, as Azure tells it before the first resource. No resource of Azure's can
 * deallocate a machine (its PUT knows no power), so somebody does that, and this proves it.
 */
export async function powerOfFenced(
  settings: Settings,
  { generations, ledger }: Remembered,
  asked: pulumi.InvokeOptions,
): Promise<ReadonlyMap<number, Power>> {
  const fenced = settings.generations.filter(
    ({ generation, role }) =>
      (role === "fenced" || ledger?.generations[generation]?.role === "fenced") &&
      generations[generation]?.vmId !== undefined,
  );
  const read = await Promise.all(
    fenced.map(async ({ generation }) => {
      const vmName = generationNames(settings.name, generation).machine;
      const where = { resourceGroupName: serverResourceGroup(settings), vmName, expand: "instanceView" };
      return [generation, await powerNow(where, asked)] as const;
    }),
  );
  return new Map(read);
}

async function powerNow(where: Parameters<typeof getVirtualMachine>[0], asked: pulumi.InvokeOptions): Promise<Power> {
  try {
    const machine = await found(() => getVirtualMachine(where, asked), goneForArm);
    const statuses = (machine as { readonly instanceView?: { readonly statuses?: readonly { code?: string }[] } })
      ?.instanceView?.statuses;
    return powerOf((statuses ?? []).flatMap(({ code }) => code ?? []));
  } catch (error) {
    if (!mayNotRead(error)) throw error;
    return "unread";
  }
}
