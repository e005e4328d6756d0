import type { SignInFound } from "../../scripts/answers";
import type { Answered, Rule, Seen } from "./rule";
import { signInPolicies } from "./signInPolicies";

/** Every answer that has the part `signIn`: whoever reads it judges it by these rules. */
export interface SignInAnswer extends Answered {
  readonly signIn: SignInFound;
}

/** How a policy is found, and what makes the reading new. */
const findPolicy = "`gpresult /h report.html` on it names the group policy object";
const repair =
  "another number in access.hostKeyRefresh, `pulumi up`: that runs enable-remote-access, which puts it right";
const readAgain = "another number in access.hostKeyRefresh, `pulumi up`, which reads it again";

/** Entries of a right that an ordinary local administrator falls under: learn.microsoft.com, "Understand security identifiers". */
const everyLocalAdministrator: Readonly<Record<string, string>> = {
  "S-1-1-0": "Everyone",
  "S-1-2-0": "Local",
  "S-1-5-2": "Network",
  "S-1-5-11": "Authenticated Users",
  "S-1-5-32-544": "Administrators",
  "S-1-5-32-545": "Users",
  "S-1-5-113": "Local account",
  "S-1-5-114": "Local account and member of Administrators group",
};

/** Entries of the list that the account falls under, in words. Other groups of the machine's own are not looked into. */
export function meetsAccount(list: readonly string[], { loginName, account }: SignInFound): readonly string[] {
  return list.flatMap((entry) => {
    const bare = entry.replace(/^\*/, "");
    const known = everyLocalAdministrator[bare];
    if (known !== undefined) return [`${known} (${bare})`];
    const own = account.sid !== "" && bare === account.sid;
    const named = bare.split("\\").at(-1)?.toLowerCase() === loginName.toLowerCase();
    return own || named ? [bare] : [];
  });
}

/** OpenSSH's patterns: names are lower-cased, `*` and `?` stand for anything, `@HOST` restricts where from. */
function isAllowed(patterns: readonly string[], loginName: string): boolean {
  return patterns.some((pattern) => {
    const [name = ""] = pattern.split("@");
    const form = name
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".");
    return new RegExp(`^${form}$`).test(loginName.toLowerCase());
  });
}

/** The shells that what is sent is made for (windows-server.md section 3); sshd goes by the path, with case. */
const knownShell = (shell: string): boolean =>
  shell === "" || /system32\\cmd/i.test(shell) || shell.includes("powershell");

const since = ({ answer }: Seen<SignInAnswer>): string => `read ${answer.collectedAt}`;

/** What keeps the account from signing in by SSH, or will. A warning each: the reading is no proof that a logon fails. */
export const signInRules: readonly Rule<SignInAnswer>[] = [
  {
    code: "sign-in-account",
    severity: "warning",
    find: (seen) => {
      const { loginName, account } = seen.answer.signIn;
      const states = { missing: "is not there", disabled: "is disabled", enabled: "", unread: "" };
      const wrong =
        states[account.state] || (account.administrator === false ? "is no member of the local Administrators" : "");
      return wrong === ""
        ? undefined
        : {
            title: `the account ${loginName}, which signs in to ${seen.machine} by SSH, ${wrong} (${since(seen)})`,
            staging: account,
            cause: "a policy or a person changed the local accounts after this library had made it",
            next: `find who did (${findPolicy}; docs/access.md has what it must say), then ${repair}`,
          };
    },
  },
  {
    code: "sign-in-denied",
    severity: "warning",
    find: (seen) => {
      const { denied, loginName } = seen.answer.signIn;
      const who = meetsAccount(denied ?? [], seen.answer.signIn);
      const { setting, exception } = signInPolicies.denied;
      return who.length === 0
        ? undefined
        : {
            title: `a policy denies ${loginName} the logon to ${seen.machine} over the network: every step and the guard will fail with "unable to authenticate" (${since(seen)})`,
            staging: who,
            cause: `"${setting}" (SeDenyNetworkLogonRight) names ${who.join(", ")}`,
            next: `set that policy for this server ${exception.replaceAll("`", '"')} (${findPolicy}; docs/access.md); \`gpupdate /force\` on it; ${readAgain}`,
          };
    },
  },
  {
    code: "sign-in-not-granted",
    severity: "warning",
    find: (seen) => {
      const { granted, loginName } = seen.answer.signIn;
      if (granted === null || meetsAccount(granted, seen.answer.signIn).length > 0) return undefined;
      const { setting } = signInPolicies.granted;
      return {
        title: `no policy grants ${loginName} the logon to ${seen.machine} over the network (${since(seen)})`,
        staging: granted,
        cause: `"${setting}" (SeNetworkLogonRight) names ${granted.length === 0 ? "nobody" : granted.join(", ")}; neither Administrators nor Authenticated Users`,
        next: `have Administrators in that setting for this server (${findPolicy}); \`gpupdate /force\` on it; ${readAgain}`,
      };
    },
  },
  {
    code: "sign-in-allow-users",
    severity: "warning",
    find: (seen) => {
      const { allowUsers, loginName } = seen.answer.signIn;
      if (allowUsers === null || allowUsers.length === 0 || isAllowed(allowUsers, loginName)) return undefined;
      return {
        title: `sshd on ${seen.machine} lets ${allowUsers.join(" ")} in, and not ${loginName} (${since(seen)})`,
        staging: allowUsers,
        cause: "AllowUsers in C:\\ProgramData\\ssh\\sshd_config was changed after this library had written it",
        next: `find who writes that file (configuration management, an image's first start), then ${repair}`,
      };
    },
  },
  {
    code: "sign-in-service",
    severity: "warning",
    find: (seen) => {
      const { service } = seen.answer.signIn;
      if (service?.state === "Running" && service.startType === "Automatic") return undefined;
      const how =
        service === null
          ? "is not installed"
          : `is ${service.state.toLowerCase()} and starts ${service.startType === "Automatic" ? "with Windows" : service.startType.toLowerCase()}`;
      return {
        title: `the OpenSSH server of ${seen.machine} ${how} (${since(seen)})`,
        staging: service,
        cause: "a policy, a person or an update changed the service sshd",
        next: `${repair}; where it is undone again, set "${signInPolicies.service.setting}" to Automatic for this server (${findPolicy})`,
      };
    },
  },
  {
    code: "sign-in-firewall",
    severity: "warning",
    find: (seen) => {
      const { firewall } = seen.answer.signIn;
      if (firewall === null) return undefined;
      const ignored = firewall.profiles.filter((profile) => firewall.localRulesIgnored.includes(profile));
      const { setting, exception } = signInPolicies.firewall;
      if (firewall.rule !== "allows")
        return {
          title: `Windows' firewall on ${seen.machine} has no rule of ours that lets TCP 22 in: it ${firewall.rule === "missing" ? "is not there" : firewall.rule === "disabled" ? "is disabled" : "blocks"} (${since(seen)})`,
          staging: firewall.rule,
          cause: "the rule pulumi-entra-connect-ssh was changed after this library had made it",
          next: repair,
        };
      if (ignored.length === 0) return undefined;
      return {
        title: `Windows' firewall on ${seen.machine} ignores our rule for TCP 22 in the ${ignored.join(" and ").toLowerCase()} profile, which is in use (${since(seen)})`,
        staging: firewall,
        cause: `"${setting}" is No there: SSH is dropped without a word, unless the policy brings a rule of its own for TCP 22`,
        next: `"${setting}" for this server: ${exception.replace("{sources}", "access.managementSources")} (${findPolicy}); \`gpupdate /force\` on it; ${readAgain}`,
      };
    },
  },
  {
    code: "sign-in-shell",
    severity: "warning",
    find: (seen) => {
      const { defaultShell } = seen.answer.signIn;
      return knownShell(defaultShell)
        ? undefined
        : {
            title: `sshd on ${seen.machine} runs commands in ${defaultShell}; what is sent is made for cmd.exe and for Windows PowerShell (${since(seen)})`,
            staging: defaultShell,
            cause: "DefaultShell below HKLM\\SOFTWARE\\OpenSSH, by an image, a policy or a person",
            next: `if the steps fail, remove that value, or the policy that sets it; ${readAgain}`,
          };
    },
  },
  {
    code: "sign-in-unread",
    severity: "info",
    find: (seen) => {
      const { unread } = seen.answer.signIn;
      return unread.length === 0
        ? undefined
        : {
            title: `not everything that decides about the sign-in to ${seen.machine} could be read (${since(seen)}): ${unread.join("; ")}`,
            staging: unread,
            cause: "what is told above is not complete",
            next: `put right what Windows complains about; ${readAgain}`,
          };
    },
  },
];
