import type { Comparison, Difference } from "../judging/comparison";
import { applicationSettings } from "../known/connectorSettings";
import { knownSetting } from "../known/knownSettings";
import type { Connector } from "../model";
import { parameterValue } from "../read/metaverse";

/**
 * Parameters of the Entra connector that `compareApplicationIdentity` judges, in lower case: the account, and what belongs
 * to an application where one of the servers has one.
 */
export function judgedAsIdentity(active: Connector, staging: Connector): ReadonlySet<string> {
  const applications = [active, staging].some((connector) => identityOf(connector).kind === "application");
  const names = applicationSettings.map(({ name }) => name).filter((name) => applications || name === "UserName");
  return new Set(names.map((name) => name.toLowerCase()));
}

/** Path of the account with which a connector signs in to Active Directory, where the files have it. */
export const accountPath = /(^|\/)forest-login-user$/;
const madeByWizard = /^MSOL_[0-9a-f]{12}$/i;

/** How a connector signs in to Active Directory. Other accounts are usual; other permissions are not, and no file shows them. */
export function compareAccounts(comparison: Comparison, subject: string, active: Connector, staging: Connector): void {
  const accountOf = (connector: Connector) => connector.connectivity.find(({ path }) => accountPath.test(path))?.value;
  const left = accountOf(active);
  const right = accountOf(staging);
  const known = knownSetting("connector", "forest-login-user");
  if (left === undefined || right === undefined || known === undefined) return;
  if (left.toLowerCase() === right.toLowerCase()) {
    if (left !== right) comparison.folded.add("case", `${subject}: account`);
    return;
  }
  const own = madeByWizard.test(left) && madeByWizard.test(right);
  comparison.add({
    code: known.code ?? "setting-differs",
    severity: own ? "info" : known.severity,
    class: own ? "expected" : known.class,
    subject,
    title: `${known.means.replace(/\.$/, "")} (${subject}).`,
    active: left,
    staging: right,
    cause: own
      ? "The wizard of each server made its own account (MSOL_…). The accounts may differ; their permissions should not."
      : known.cause,
    next: known.next,
  });
}

interface Identity {
  readonly kind: "application" | "service-account" | "unknown";
  /** As written, for people. */
  readonly user: string;
  /** The application's identifier, in lower case. */
  readonly application?: string;
  readonly tenant: string;
  readonly certificate: string;
  readonly managedBy: Readonly<Record<"ApplicationManagedBy" | "CertificateManagedBy" | "CertificateId", string>>;
}

/**
 * How the two servers sign in to Entra ID. The kind should be the same; an application and its certificate must be each
 * server's own: a server that is cloned or restored from another shares them, and a renewal on one breaks the other.
 */
export function compareApplicationIdentity(
  comparison: Comparison,
  subject: string,
  active: Connector,
  staging: Connector,
): void {
  const left = identityOf(active);
  const right = identityOf(staging);
  if (left.user === "" && right.user === "") return;
  const add = (
    found: Pick<Difference, "code" | "severity" | "class" | "title" | "cause" | "next">,
    values: readonly [Difference["active"], Difference["staging"]] = [left.user, right.user],
  ): void => comparison.add({ ...found, subject, active: values[0], staging: values[1] });
  if (left.user === "" || right.user === "") onlyOne(add, left.user === "" ? "staging" : "active");
  else if (left.kind !== right.kind) kindsDiffer(add, left, right);
  else if (left.kind === "application") compareApplications(comparison, add, left, right);
  else compareServiceAccounts(comparison, subject, add, left, right);
  if (left.kind === "application" && right.kind === "application" && left.tenant !== right.tenant) otherTenant(add);
}

type Add = (
  found: Pick<Difference, "code" | "severity" | "class" | "title" | "cause" | "next">,
  values?: readonly [Difference["active"], Difference["staging"]],
) => void;

function identityOf({ parameters }: Connector): Identity {
  const value = (name: string): string => parameterValue(parameters, name)?.trim() ?? "";
  const user = value("UserName");
  const [name, tenant] = [user.replace(/@.*$/s, ""), user.replace(/^[^@]*@?/s, "").toLowerCase()];
  const application = /^\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?$/i.exec(name)?.[1]?.toLowerCase();
  return {
    kind: application !== undefined ? "application" : /^Sync_/i.test(name) ? "service-account" : "unknown",
    user,
    application,
    tenant,
    certificate: value("CertificateId").toLowerCase(),
    managedBy: {
      ApplicationManagedBy: value("ApplicationManagedBy"),
      CertificateManagedBy: value("CertificateManagedBy"),
      CertificateId: value("CertificateId"),
    },
  };
}

function onlyOne(add: Add, side: "active" | "staging"): void {
  add({
    code: "entra-account-unknown",
    severity: "warning",
    class: "unexplained",
    title: `Only the ${side} server's connector says with which account or application it signs in to Entra ID.`,
    cause:
      "The parameter UserName is empty or missing on the other one: its wizard was not completed, or the export left it out.",
    next: "Look in the wizard of that server (Connect to Microsoft Entra ID).",
  });
}

const words: Record<Identity["kind"], string> = {
  application: "an application (application-based authentication)",
  "service-account": "a Sync_… service account",
  unknown: "an account of another kind",
};

function kindsDiffer(add: Add, left: Identity, right: Identity): void {
  const older = left.kind === "application" ? "staging" : "active";
  add({
    code: "entra-identity-kind-differs",
    severity: "warning",
    class: "your-change",
    title: `The active server signs in to Entra ID with ${words[left.kind]}, the staging server with ${words[right.kind]}.`,
    cause:
      "A new installation sets up application-based authentication by itself; an existing server is not switched by an upgrade. From 2027-04-07 the service requires it. Identifier, certificate and who manages them come with it.",
    next: `Run the task "Configure application-based authentication to Microsoft Entra ID" in the wizard of the ${older} server.`,
  });
}

function compareApplications(comparison: Comparison, add: Add, left: Identity, right: Identity): void {
  const shared = left.application === right.application;
  const sharedCertificate = left.certificate !== "" && left.certificate === right.certificate;
  if ((shared || sharedCertificate) && !comparison.oneServer)
    add({
      code: "application-shared",
      severity: "blocking",
      class: "unexplained",
      title: `Both servers sign in to Entra ID with the same ${shared ? "application" : "certificate"}: when one renews its certificate, the other can no longer sign in.`,
      cause:
        "Each server must have an application and certificate of its own. One was cloned or restored from the other, or its settings were copied by hand.",
      next: 'Run the task "Configure application-based authentication to Microsoft Entra ID" in the wizard of the staging server, so that it gets an application of its own.',
    });
  else if (!shared || !sharedCertificate)
    comparison.folded.add("own-identity", "application and certificate of the Entra connector");
  const names = ["ApplicationManagedBy", "CertificateManagedBy", "CertificateId"] as const;
  for (const side of ["active", "staging"] as const) {
    const [own, other] = side === "active" ? [left, right] : [right, left];
    const missing = names.filter((name) => own.managedBy[name] === "" && other.managedBy[name] !== "");
    if (missing.length === 0) continue;
    add(
      {
        code: "application-managed-by-missing",
        severity: "warning",
        class: "unexplained",
        title: `The ${side} server's Entra connector has no ${missing.join(", ")}: the certificate might not be renewed.`,
        cause: "After an automatic upgrade these values can be blank.",
        next: `Run Repair-ADSyncToolsEntraAppParameters (module ADSyncTools) on the ${side} server.`,
      },
      [left.managedBy, right.managedBy],
    );
  }
  for (const name of ["ApplicationManagedBy", "CertificateManagedBy"] as const) {
    const [here, there] = [left.managedBy[name], right.managedBy[name]];
    if (here === "" || there === "" || here.toLowerCase() === there.toLowerCase()) continue;
    add(
      {
        code: "application-managed-differently",
        severity: "warning",
        class: "your-change",
        title: `The two servers' ${name === "CertificateManagedBy" ? "certificates" : "applications"} are looked after by different parties (${name}).`,
        cause: "One server uses what Entra Connect manages, the other what an administrator brought.",
        next: "Make sure that somebody renews the certificate that Entra Connect does not manage, or use the managed kind on both servers.",
      },
      [here, there],
    );
  }
}

function compareServiceAccounts(
  comparison: Comparison,
  subject: string,
  add: Add,
  left: Identity,
  right: Identity,
): void {
  const at = { place: `${subject}/parameter[UserName]`, path: "parameter[UserName]" };
  if (comparison.sameRaw(at.place, at.path, left.user, right.user)) return;
  if (left.tenant !== right.tenant) {
    otherTenant(add);
    return;
  }
  add({
    code: "entra-account-differs",
    severity: left.kind === "service-account" ? "info" : "warning",
    class: left.kind === "service-account" ? "expected" : "your-change",
    title: "The two servers sign in to Entra ID with different accounts.",
    cause: "Each server has an account of its own (Sync_…).",
    next:
      left.kind === "service-account" ? "" : "Check that both accounts are synchronization accounts of this tenant.",
  });
}

function otherTenant(add: Add): void {
  add({
    code: "entra-account-tenant-differs",
    severity: "warning",
    class: "unexplained",
    title:
      "The accounts with which the two servers sign in to Entra ID are named in different domains: it may be another tenant.",
    cause: "One tenant can have several domains, so the names alone do not prove it.",
    next: "Check in the wizard of both servers to which tenant they are connected.",
  });
}
