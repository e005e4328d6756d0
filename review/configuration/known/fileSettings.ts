import type { KnownSetting } from "./model";

const metadata = (name: string, pattern: RegExp): KnownSetting => ({
  name,
  pattern,
  equality: "metadata",
  class: "expected",
  severity: "info",
  means: "Says who made the file, when and where.",
  cause: "The wizard does not import it.",
  next: "",
});

/** Members of a settings file beside directories and rules. Nothing else of them is documented. */
export const fileSettings: readonly KnownSetting[] = [
  {
    name: "deploymentMetadata.serviceAccount",
    pattern: /^deploymentMetadata\/serviceAccount$/iu,
    equality: "text",
    class: "your-change",
    severity: "warning",
    means: "The synchronization services run under different kinds of account.",
    cause:
      "The account of the service is chosen at the first installation and cannot be changed later; the import does not set it. Its name may differ, its kind should not.",
    next: "Check that the staging server's account can do what the active server's can (SQL Server, proxy). If not, install it again with the same kind of account.",
    code: "service-account-kind-differs",
    significant: accountKind,
  },
  metadata("policyMetadata.*", /^policyMetadata\//iu),
  metadata("deploymentMetadata.*", /^deploymentMetadata\//iu),
];

/** What kind of account a service runs under, by its name. */
export function accountKind(account: string): string {
  if (/^NT SERVICE\\/iu.test(account)) return "virtual service account";
  if (/\$$/u.test(account.trim())) return "managed service account";
  return account.trim() === "" ? "" : "user account";
}
