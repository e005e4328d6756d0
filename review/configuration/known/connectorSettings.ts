import type { KnownSetting } from "./model";
import { byHand, exactly, outside, perServer } from "./rows";

const ofApplication =
  "Each server has an application and certificate of its own; what a pair must have alike and what must differ is judged together (see the application's findings).";

const own = (name: string, means: string): KnownSetting => ({
  ...exactly(name),
  equality: "own",
  class: "expected",
  severity: "info",
  means,
  cause: ofApplication,
  next: "",
});

/** Judged as one thing by `compareApplicationIdentity`; the rows are here so that the table is whole. */
export const applicationSettings: readonly KnownSetting[] = [
  own(
    "UserName",
    "The account or application with which the server signs in to Entra ID; the same application on both servers blocks.",
  ),
  own("ApplicationManagedBy", "Who looks after the application."),
  own("CertificateManagedBy", "Who looks after the application's certificate."),
  own("CertificateId", "The application's certificate; another one on each server is normal."),
];

const anotherForest =
  "Do not promote this server. Find out which forest it reads; install it again from a fresh export of settings if it is the wrong one.";
const anotherTenant =
  "Do not promote this server before it is clear to which tenant it belongs (Connect to Microsoft Entra ID, in its wizard).";

/** Parameters and elements of a connector, by their last name. */
export const connectorSettings: readonly KnownSetting[] = [
  ...applicationSettings,
  {
    ...exactly("Connector.GroupFilteringGroupDn"),
    equality: "name",
    class: "your-change",
    severity: "blocking",
    means:
      "The two servers read the members of different groups only: the objects of the other group would be deleted from Entra ID.",
    onlyStaging: {
      severity: "blocking",
      means:
        "The staging server reads only the members of one group: all other objects of this directory would be deleted from Entra ID.",
    },
    onlyActive: {
      severity: "warning",
      means:
        "Only the active server is restricted to the members of one group: all other objects of this directory would be added to Entra ID.",
    },
    cause: "Filtering by group (a pilot's setting) was chosen in the wizard of one server only.",
    next: "Decide which is right and make both servers alike; the group is chosen in the wizard (Filter users and devices).",
    code: "group-filter-differs",
  },
  outside(
    {
      name: "forest-name, Forest.FQDN, Forest.LDAP, Forest.Netbios",
      pattern: /^(forest-name|Forest\.(FQDN|LDAP|Netbios))$/iu,
    },
    "The connector leads to another forest.",
    anotherForest,
  ),
  outside(
    exactly("forest-guid"),
    "The connector leads to another forest of the same name (a copy, or one that was built again).",
    anotherForest,
  ),
  outside(
    exactly("adal-authority"),
    "Passwords are checked in another tenant, or the tenant is named differently.",
    anotherTenant,
    {
      significant: (value) => value.replace(/[/\s]+$/u, "").replace(/^.*\//u, ""),
      cause: "It names the tenant that the server belongs to.",
    },
  ),
  perServer(
    { name: "preferred-dcs", pattern: /(^|\/)preferred-dcs(\/|$)/iu },
    "The servers prefer different domain controllers.",
    {
      cause: "A server in another site prefers the domain controllers of its site.",
      code: "preferred-domain-controllers-differ",
    },
  ),
  {
    ...exactly("forest-login-user"),
    equality: "own",
    class: "your-change",
    severity: "warning",
    means: "The two servers sign in to Active Directory with different accounts.",
    cause: "It was set by hand on one server.",
    next: "Check that both accounts have the same permissions in Active Directory: the wizard does not, and what is missing shows only during synchronization.",
    code: "connector-account-differs",
  },
  byHand(
    {
      name: "forest-port, forest-login-domain, sign-and-seal, default-ssl-strength, ssl-bind, simple-bind, crl-check",
      pattern:
        /^(forest-port|forest-login-domain|sign-and-seal|default-ssl-strength|ssl-bind|simple-bind|crl-check)$/iu,
    },
    "The connector reaches its directory in another way.",
  ),
];

/** Parameters and elements of a partition of a connector. */
export const partitionSettings: readonly KnownSetting[] = [
  outside(
    { name: "guid (of an Active Directory domain)", pattern: /(^|\/)(adma-partition-data\/guid|parameter\[guid\])$/iu },
    "The staging server reads another domain of the same name (a copy, or one that was built again): its objects are other objects.",
    "Do not promote this server. Check which domain controllers it reaches, and compare the domain's objectGUID.",
  ),
  outside(
    { name: "Domain.FQDN, Domain.LDAP, Domain.Netbios", pattern: /^Domain\.(FQDN|LDAP|Netbios)$/iu },
    "The staging server reads another domain.",
    "Do not promote this server. Check which domain it reads.",
  ),
  perServer(
    { name: "preferred-dcs", pattern: /(^|\/)preferred-dcs(\/|$)/iu },
    "The servers prefer different domain controllers.",
    {
      cause: "A server in another site prefers the domain controllers of its site.",
      code: "preferred-domain-controllers-differ",
    },
  ),
];
