import type { asset as assets } from "@pulumi/pulumi";
import { BrokenChain, recordSays } from "../../review/switch/said";
import { textOfAsset } from "../settings/files";
import type { SwitchRecordRead } from "./roleChanges";

/** The record that the settings name, proven. It is only read, and only where a role changes. */
export async function readSwitchRecord(asset: assets.Asset | undefined): Promise<SwitchRecordRead> {
  if (asset === undefined) return { kind: "absent" };
  const text = await textOfAsset(asset);
  const unreadable = (why: string, write: string): SwitchRecordRead => ({ kind: "unreadable", why, write });
  if (text.kind === "unusable")
    return unreadable(
      text.why,
      "roleSwitch.record: the folder that entra-connect switch --record was given, from the project's folder",
    );
  try {
    const says = recordSays(text.text);
    if (says?.rehearsed === true)
      return unreadable(
        `it is one of entra-connect rehearse switch: its ${says.from} and ${says.to} are simulated`,
        "roleSwitch.record: the folder that entra-connect switch --record was given for these servers",
      );
    return says === undefined
      ? unreadable("it has no entry", "the record of this switch: entra-connect switch --record <that folder> …")
      : { kind: "read", says };
  } catch (error) {
    if (!(error instanceof BrokenChain)) throw error;
    return unreadable(
      error.message,
      "the copy that holds: entra-connect switch verify <folder> proves it; or a new record in another folder, which begins from what the servers say",
    );
  }
}
