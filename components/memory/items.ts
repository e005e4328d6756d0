/** What a protected item is in (facts/azure.md 5.2): Azure's other states (IRPending, ProtectionError, ProtectionPaused) have a policy. */
export type ItemState = "protected" | "stopped" | "suspended" | "softDeleted";

/** A protected item as the state holds it: what Azure answered to the last PUT. */
export interface RememberedItem {
  readonly state: ItemState;
}

export function itemStateOf(properties: Readonly<Record<string, unknown>>): ItemState {
  if (properties.isScheduledForDeferredDelete === true) return "softDeleted";
  if (properties.protectionState === "ProtectionStopped") return "stopped";
  return properties.protectionState === "BackupsSuspended" ? "suspended" : "protected";
}
