import { type Check, problem } from "../context";

/** What only a vault and a policy of our own have. */
const ofOurOwn = ["retentionDays", "time", "timeZone", "redundancy", "immutability"] as const;

const writtenBackup = (written: unknown): Readonly<Record<string, unknown>> =>
  (written as { readonly backup?: Readonly<Record<string, unknown>> }).backup ?? {};

export const vaults: Check = {
  concern: "a vault of somebody else's making comes with a policy in it, and with nothing that is for one of our own",
  runs: "always",
  judge: ({ backup }, { written }) => {
    const { vaultId, policyId } = backup;
    if (vaultId === undefined && policyId === undefined) return [];
    if (vaultId === undefined || policyId === undefined)
      return [
        problem(
          vaultId === undefined ? "backup.vaultId" : "backup.policyId",
          `is missing beside ${vaultId === undefined ? "backup.policyId" : "backup.vaultId"}`,
          "both, or neither for a vault of our own",
        ),
      ];
    if (!policyId.toLowerCase().startsWith(`${vaultId.toLowerCase()}/`))
      return [problem("backup.policyId", "is not a policy of backup.vaultId", `${vaultId}/backupPolicies/…`)];
    return ofOurOwn
      .filter((key) => writtenBackup(written)[key] !== undefined)
      .map((key) =>
        problem(
          `backup.${key}`,
          "is for a vault of our own, but backup.vaultId is set: it would have no effect",
          "nothing; it is set in that vault and its policy",
        ),
      );
  },
};
