import { nameOf, type ReadableState, typeOf } from "./checkpoint";
import type { Observed, SeenBackup } from "./observed";

/** A backup that can be read, and what would be forgotten with it. */
export interface Candidate {
  readonly backup: SeenBackup;
  readonly state: ReadableState;
  /** URNs that the unreadable state still names and this one does not hold. */
  readonly forgotten: readonly string[];
}

/** The newest backup that can be read; of equally new ones the one that stands first. */
export function chooseBackup({ state, backups }: Pick<Observed, "state" | "backups">): Candidate | undefined {
  const readable = backups.flatMap((backup) =>
    backup.reading.kind === "state" && backup.reading.resources.length > 0 ? [{ backup, state: backup.reading }] : [],
  );
  const [newest] = [...readable].sort((a, b) => timeOf(b.state) - timeOf(a.state));
  if (newest === undefined) return undefined;
  const held = new Set(newest.state.resources.map(({ urn }) => urn));
  // What is pending in the backup is named by it: nobody forgets that.
  for (const { urn } of newest.state.pending) held.add(urn);
  const named = state.reading.kind === "unreadable" ? state.reading.named : [];
  return { ...newest, forgotten: named.filter((urn) => !held.has(urn)) };
}

function timeOf({ writtenAt }: ReadableState): number {
  const time = Date.parse(writtenAt ?? "");
  return Number.isNaN(time) ? 0 : time;
}

/** Names of what matters most first: machines, guards and other commands, the ledger, then the rest. */
export function namesOf(urns: readonly string[], most = 8): string {
  const names = [...urns].sort((a, b) => weightOf(a) - weightOf(b)).map(nameOf);
  const more = names.length > most ? ` and ${names.length - most} more` : "";
  return `${names.slice(0, most).join(", ")}${more}`;
}

function weightOf(urn: string): number {
  const type = typeOf(urn);
  if (type === "azure-native:compute:VirtualMachine") return 0;
  if (type.startsWith("command:")) return 1;
  if (type === "pulumi:index:Stash") return 2;
  return type.startsWith("azure-native:") ? 3 : 4;
}
