/** Mirrors scripts/reach.ps1. */
import { instantText } from "../simulatedTime";
import { confirmMachine } from "./connect";
import type { Said, Session } from "./session";
import { operatingSystem, pendingRestart, powershellVersion } from "./system";

export async function reach(session: Session): Promise<Said<"reach">> {
  const given = session.expect("computerName", "vmId");
  await confirmMachine(session, given);
  const { vmId, bootedAt } = await session.world();
  return {
    vmId,
    operatingSystem: await operatingSystem(session),
    powershellVersion: await powershellVersion(session),
    lastBootAt: instantText(new Date(bootedAt)),
    pendingRestart: await pendingRestart(session),
  };
}
