import type * as pulumi from "@pulumi/pulumi";
import type { asset as assets } from "@pulumi/pulumi";
import type { Finding } from "../../review/verdict";
import type { Ledger } from "../memory/ledger";
import type { Question } from "../memory/question";
import type { Remembered } from "../memory/remembered";
import { needsRecord, roleChangeProblems, roleChanges, type SwitchRecordRead } from "../memory/roleChanges";
import { roleChangeFindings } from "../memory/roleFindings";
import { readSwitchRecord } from "../memory/switchRecord";
import type { Problem } from "../settings/settings";
import { fenceFindings, notStarted, type Power } from "./plan";
import { powerOfFenced } from "./power";

/** What is known of the roles that the settings declare, before the first resource. */
export interface DeclaredRoles {
  readonly problems: readonly Problem[];
  power(generation: number): Power;
  /** @param after the ledger as this run begins it: since when each is fenced */
  findings(after: Ledger): readonly Finding[];
}

/** Reads the record of the switch, where a role changes, and the power of what is fenced; judges both. */
export async function declaredRoles(
  question: Question,
  recordAsset: assets.Asset | undefined,
  asked: pulumi.InvokeOptions,
): Promise<DeclaredRoles> {
  const { settings, remembered } = question;
  const record: SwitchRecordRead = needsRecord(roleChanges(question))
    ? await readSwitchRecord(recordAsset)
    : { kind: "absent" };
  const known = await powerOfFenced(settings, remembered, asked);
  const power = (generation: number): Power => known.get(generation) ?? "unread";
  return {
    problems: [...roleChangeProblems(question, record), ...notStarted(settings, fencedBefore(remembered), known)],
    power,
    findings: (after) => [
      ...roleChangeFindings(question, record),
      ...settings.generations.flatMap((block) =>
        fenceFindings({
          settings,
          block,
          remembered: remembered.generations[block.generation],
          power: power(block.generation),
          held: remembered.parts.has(`g${block.generation}-fence`),
          since: after.generations[block.generation]?.roleSince,
        }),
      ),
    ],
  };
}

/** Declared fenced in the last run that passed its checks. */
function fencedBefore({ ledger }: Remembered): ReadonlySet<number> {
  const entries = Object.entries(ledger?.generations ?? {});
  return new Set(entries.flatMap(([number, { role }]) => (role === "fenced" ? [Number(number)] : [])));
}
