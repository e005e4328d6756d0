import { ownProtectedItem } from "../ownNames";
import { isRecord, isUnknown, pathText, valueAt } from "../resource";
import { isClassic } from "../types";
import { bad, type Judged, notKnown, type PostureRule } from "./rule";

const daysOf: Readonly<Record<string, number>> = { days: 1, weeks: 7, months: 28, years: 365 };

/** A duration as Azure writes it; undefined where it is none. */
function durationDays(duration: unknown): number | undefined {
  const [count, unit] = [Number(valueAt(duration, "count")), String(valueAt(duration, "durationType")).toLowerCase()];
  const days = daysOf[unit];
  return Number.isFinite(count) && days !== undefined ? count * days : undefined;
}

function atLeast(value: unknown, path: readonly string[], least: number, what: string): readonly Judged[] {
  if (value === undefined || value === null) return [];
  if (isUnknown(value)) return [notKnown(pathText(path))];
  const days = Number(value);
  return Number.isFinite(days) && days >= least
    ? []
    : [bad(pathText(path), `keeps ${what} for less than ${least} days`)];
}

export const backupRules: readonly PostureRule[] = [
  {
    code: "vault-soft-delete-off",
    level: "must-not",
    looksAt: ["vault"],
    sentence: "A vault has soft delete switched off, or keeps deleted recovery points for too short a time.",
    remedy: "Leave soft delete on, for at least the days that the configuration asks for.",
    source: "Microsoft, Secure by default with soft delete for Azure Backup: 14 to 180 days",
    settings: ["minimumSoftDeleteDays"],
    judge: ({ type, inputs }, { minimumSoftDeleteDays }) => {
      if (isClassic(type)) {
        const given = valueAt(inputs, "softDeleteEnabled");
        if (isUnknown(given)) return [notKnown("softDeleteEnabled")];
        return given === false || given === "false" ? [bad("softDeleteEnabled", "is off")] : [];
      }
      const path = ["properties", "securitySettings", "softDeleteSettings"];
      const state = valueAt(inputs, ...path, "softDeleteState");
      const days = valueAt(inputs, ...path, "softDeleteRetentionPeriodInDays");
      const judged: Judged[] = [];
      if (isUnknown(state)) judged.push(notKnown(pathText([...path, "softDeleteState"])));
      // Absent is Azure's default: on.
      else if (state !== undefined && !["enabled", "alwayson"].includes(String(state).toLowerCase()))
        judged.push(bad(pathText([...path, "softDeleteState"]), "is not Enabled or AlwaysON"));
      return [
        ...judged,
        ...atLeast(
          days,
          [...path, "softDeleteRetentionPeriodInDays"],
          minimumSoftDeleteDays,
          "deleted recovery points",
        ),
      ];
    },
  },
  {
    code: "backup-retention-short",
    level: "must-not",
    looksAt: ["backupPolicy"],
    sentence: "A backup policy keeps daily recovery points for too short a time.",
    remedy: "Lengthen the daily retention to at least the days that the configuration asks for.",
    source: "this library's own lowest setting (backup.retentionDays)",
    settings: ["minimumRetentionDays"],
    judge: ({ type, inputs }, { minimumRetentionDays: least }) => {
      if (isClassic(type))
        return atLeast(
          valueAt(inputs, "retentionDaily", "count"),
          ["retentionDaily", "count"],
          least,
          "recovery points",
        );
      const path = ["properties", "retentionPolicy"];
      const retention = valueAt(inputs, ...path);
      if (isUnknown(retention)) return [notKnown(pathText(path))];
      return [["dailySchedule", "retentionDuration"], ["retentionDuration"]].flatMap((inner): readonly Judged[] => {
        const duration = valueAt(retention, ...inner);
        const at = [...path, ...inner];
        const unknown = isUnknown(duration) ? at : undefined;
        if (unknown) return [notKnown(pathText(unknown))];
        if (!isRecord(duration)) return [];
        for (const name of ["count", "durationType"])
          if (isUnknown(valueAt(duration, name))) return [notKnown(pathText([...at, name]))];
        return atLeast(durationDays(duration) ?? 0, [...at, "count"], least, "recovery points");
      });
    },
  },
  {
    code: "backup-stopped",
    level: "should",
    looksAt: ["protectedItem"],
    sentence: "Protection of a machine is stopped: no new recovery points are made.",
    remedy: "Resume it with a policy; or write down until when it is stopped, as an exception.",
    source: "Azure Backup REST, protected items: protectionState",
    judge: ({ type, name, inputs }) => {
      // This library stops what it made only where no machine stands behind it any more.
      if (ownProtectedItem(name) !== undefined) return [];
      const path = isClassic(type) ? ["protectionState"] : ["properties", "protectionState"];
      const state = valueAt(inputs, ...path);
      if (isUnknown(state)) return [notKnown(pathText(path))];
      return ["protectionstopped", "backupssuspended"].includes(String(state).toLowerCase())
        ? [bad(pathText(path), "stops the protection")]
        : [];
    },
  },
  {
    code: "key-vault-purge-possible",
    level: "must-not",
    looksAt: ["keyVault"],
    sentence: "A key vault's deleted keys and secrets can be purged at once.",
    remedy: "Switch purge protection on; it cannot be switched off again.",
    source: "azure-native 3.28.0, key vault properties enablePurgeProtection and enableSoftDelete",
    judge: ({ type, inputs }) => {
      const path = isClassic(type) ? ["purgeProtectionEnabled"] : ["properties", "enablePurgeProtection"];
      const purge = valueAt(inputs, ...path);
      const soft = valueAt(inputs, "properties", "enableSoftDelete");
      const judged: Judged[] = [];
      if (isUnknown(purge)) judged.push(notKnown(pathText(path)));
      else if (purge !== true && purge !== "true") judged.push(bad(pathText(path), "is not on"));
      if (!isClassic(type) && (soft === false || soft === "false"))
        judged.push(bad("properties.enableSoftDelete", "is off"));
      return judged;
    },
  },
];
