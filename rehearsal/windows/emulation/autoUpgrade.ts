/** Mirrors scripts/switch-off-auto-upgrade.ps1. */

import { asciiJson } from "../../../scripts/assemble";
import { confirmMachineId, confirmStaging, engineOf, isWizardOpen } from "./connect";
import { confirmNotRetired } from "./marker";
import { libraryFolder, Refusal, type Said, type Session } from "./session";

const beforePath = `${libraryFolder}\\auto-upgrade-before.json`;

export async function switchOffAutoUpgrade(session: Session): Promise<Said<"switch-off-auto-upgrade">> {
  const { vmId: wanted, switchOff } = session.expect("vmId", "switchOff");
  await session.enterLock();
  await confirmMachineId(session, String(wanted));
  const world = await session.world();
  if (world.services.ADSync === undefined) throw new Refusal("not-set-up");
  await confirmNotRetired(session);
  if (isWizardOpen(world)) throw new Refusal("wizard-open");
  await confirmStaging(session);
  const { vmId, computerName } = world;
  const before = engineOf(world).autoUpgrade;
  if (before !== "Enabled" || switchOff !== true) return { vmId, before, state: before };
  await session.write(beforePath, asciiJson({ foundAt: await session.instant(), computerName, vmId, state: before }));
  await session.edit((state) => {
    engineOf(state).autoUpgrade = "Disabled";
  });
  session.changes.push("automatic upgrade switched off");
  return { vmId, before, state: "Disabled" };
}
