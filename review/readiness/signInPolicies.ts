/**
 * What a security baseline does to the account that signs in by SSH, and what group policy must say otherwise for these
 * servers. From this table come the findings, the operator's pages and docs/access.md.
 */
export interface SignInPolicy {
  /** As the editor of group policies calls it. */
  readonly setting: string;
  /** Where it is in the editor, below Computer Configuration > Policies. */
  readonly where: string;
  /** Who sets it, by number where there is one. */
  readonly baselines: string;
  /** What it must say on these servers; `{login}` and `{sources}` are filled in. */
  readonly exception: string;
  readonly why: string;
}

const rights = "Windows Settings > Security Settings > Local Policies > User Rights Assignment";

/**
 * Numbers: CIS 2022 from ansible-lockdown/Windows-2022-CIS issue 64, CIS 2025 v1.0.0 2.2.22 from public InSpec profiles; DISA
 * from V-254435 (2022) and V-278184 (2025); Microsoft's own from the review that found it (components.md D10). The meaning of
 * S-1-5-113 and S-1-5-114: learn.microsoft.com, "Understand security identifiers".
 */
export const signInPolicies = {
  denied: {
    setting: "Deny access to this computer from the network",
    where: rights,
    baselines:
      "CIS level 1 for member servers (2.2.21 for 2022, 2.2.22 for 2025), DISA STIG (V-254435 for 2022, V-278184 for 2025), Microsoft's baseline for member servers",
    exception:
      "without `Local account and member of Administrators group` (S-1-5-114) and without `Local account` (S-1-5-113). Keep Guests in it, and the built-in administrator by its name",
    why: "{login} is a local administrator and signs in by key, which Windows takes for a logon over the network. A denial beats every permission, so no group can except it: the two entries have to go for these servers",
  },
  granted: {
    setting: "Access this computer from the network",
    where: rights,
    baselines: "CIS level 1 for member servers, DISA STIG: Administrators, Authenticated Users",
    exception: "with Administrators (the baselines' own value is right)",
    why: "{login} is a member of Administrators",
  },
  members: {
    setting: "Restricted Groups, or Local Users and Groups in the preferences, for Administrators",
    where: "Windows Settings > Security Settings > Restricted Groups; Preferences > Control Panel Settings",
    baselines: "tiering guides; none of the benchmarks sets it by itself",
    exception: "with {login} among the members, where the policy replaces the list",
    why: "without it {login} is no administrator, and OpenSSH does not look at the key file of administrators",
  },
  firewall: {
    setting: "Apply local firewall rules",
    where:
      "Windows Settings > Security Settings > Windows Defender Firewall with Advanced Security > Properties > Settings, each profile",
    baselines: "CIS level 1 and Microsoft's baseline: No, for the public profile",
    exception: "Yes; or a rule of the policy's own that lets TCP 22 in from {sources}",
    why: "the rule that lets SSH in was made on the server itself. Before it is joined, and where no domain controller answers, a server is in the public profile",
  },
  service: {
    setting: "System Services: OpenSSH SSH Server (sshd)",
    where: "Windows Settings > Security Settings > System Services",
    baselines: "hardening guides that allow no SSH: Disabled",
    exception: "Automatic, or not defined",
    why: "each step and the guard come in by it",
  },
  passwords: {
    setting: "Windows LAPS: Configure automatic account management",
    where: "Administrative Templates > System > LAPS",
    baselines: "Windows Server 2025",
    exception:
      "not {login}: it is neither to be renamed nor disabled (a rotated password does no harm, since nobody uses it)",
    why: "it can manage, rename and disable a named account",
  },
} as const satisfies Readonly<Record<string, SignInPolicy>>;

export type SignInPolicyName = keyof typeof signInPolicies;

/** A text of the table for one server. */
export function forServer(
  text: string,
  { login, sources }: { readonly login: string; readonly sources: string },
): string {
  return text.replaceAll("{login}", login).replaceAll("{sources}", sources);
}
