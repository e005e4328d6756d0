import type { Connector, RawValue } from "../model";
import { compareRaw } from "./compareRaw";
import type { Comparison } from "./comparison";

const accounts = /(^|\/)forest-login-user$/;
const madeByWizard = /^MSOL_[0-9a-f]{12}$/i;
const settings =
  /(^|\/)(forest-(name|port|login-domain)|sign-and-seal|default-ssl-strength|ssl-bind|simple-bind|adal-authority|[^/]*@crl-check)$/;

/** How the connector signs in and binds. Everything else of its private configuration is compared as raw values. */
export function compareConnectivity(
  comparison: Comparison,
  subject: string,
  active: Connector,
  staging: Connector,
): void {
  const here = new Map(active.connectivity.map((value) => [value.path, value.value]));
  const there = new Map(staging.connectivity.map((value) => [value.path, value.value]));
  const judged = new Set<string>();
  for (const path of new Set([...here.keys(), ...there.keys()])) {
    const left = here.get(path);
    const right = there.get(path);
    if (left === undefined || right === undefined || left === right) continue;
    if (!accounts.test(path) && !settings.test(path)) continue;
    judged.add(path);
    if (comparison.sameRaw(`${subject}/${path}`, path, left, right)) continue;
    const ownAccounts = accounts.test(path) && madeByWizard.test(left) && madeByWizard.test(right);
    const leaf = path.replace(/^.*\//, "");
    comparison.add({
      code: accounts.test(path) ? "connector-account-differs" : "connectivity-differs",
      severity: ownAccounts ? "info" : "warning",
      class: ownAccounts ? "expected" : "your-change",
      subject,
      title: accounts.test(path)
        ? "The two servers sign in to Active Directory with different accounts."
        : `The connectivity setting ${leaf} differs.`,
      active: left,
      staging: right,
      cause: ownAccounts
        ? "The wizard of each server made its own account (MSOL_…)."
        : "It was set by hand on one server.",
      next: accounts.test(path)
        ? "Check that both accounts have the same permissions in Active Directory: the wizard does not, and what is missing shows only during synchronization."
        : "Set it alike on both servers (Synchronization Service Manager, connector properties).",
    });
  }
  const others = (values: readonly RawValue[]) => values.filter(({ path }) => !judged.has(path));
  compareRaw(comparison, { subject, where: subject }, others(active.connectivity), others(staging.connectivity));
}
