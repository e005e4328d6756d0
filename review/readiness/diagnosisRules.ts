import type { DiagnoseAccessAnswer } from "../../scripts/answers";
import type { Found, JudgingContext, Rule, Seen } from "./rule";
import { signInRules } from "./signInRules";

/** What the connections pin, beside the settings. */
export interface DiagnosisContext extends JudgingContext {
  /** Public host key that the connections to this server pin; undefined where none is known yet. */
  readonly pinnedHostKey?: string;
}

interface SaidBySshd {
  readonly pattern: RegExp;
  readonly cause: string;
  readonly next: string;
}

/**
 * What sshd says of a session that it did not open. Sources: windows-server.md sections 1 and 2 (fork's auth.c, authfile.c,
 * win32_usertoken_utils.c); the words "User … not allowed because not listed in AllowUsers" are OpenSSH's own (auth.c).
 */
const saidBySshd: readonly SaidBySshd[] = [
  {
    pattern: /bad permissions|bad owner|Authentication refused/i,
    cause: "sshd does not trust a file that decides about the session: somebody else owns it or may write it",
    next: "another number in access.hostKeyRefresh and `pulumi up`; if it stays so, remove C:\\ProgramData\\ssh\\administrators_authorized_keys on the server first, so that it is made anew with its access control",
  },
  {
    pattern: /not allowed because not listed in AllowUsers/i,
    cause: "sshd lets only the names in AllowUsers in",
    next: "another number in access.hostKeyRefresh and `pulumi up`, which writes that line anew",
  },
  {
    pattern: /get_user_token|generate_s4u_user_token|LsaLogonUser|unable to generate token/i,
    cause: "Windows refused the logon after sshd had accepted the key: a right of the policy, or a disabled account",
    next: "what is said of rights and account here; the event 4625 in the server's log Security has the reason",
  },
];

const answeredAt = ({ answer }: Seen<DiagnoseAccessAnswer>): string => `read ${answer.collectedAt}`;

const own: readonly Rule<DiagnoseAccessAnswer>[] = [
  {
    code: "diagnosis-key",
    severity: "warning",
    find: (seen) => {
      const { authorizedKey } = seen.answer;
      if (authorizedKey === "ours") return undefined;
      const words = {
        missing: "is not there",
        several: "holds more than one key",
        another: "holds another key than sshPrivateKey's",
      };
      return {
        title: `administrators_authorized_keys on ${seen.machine} ${words[authorizedKey]} (${answeredAt(seen)})`,
        staging: authorizedKey,
        cause: "somebody or something changed C:\\ProgramData\\ssh after this library had written it",
        next: "look who opens sessions with what stands in it; then another number in access.hostKeyRefresh and `pulumi up`: it holds exactly the key of sshPrivateKey again",
      };
    },
  },
  {
    code: "diagnosis-host-key",
    severity: "warning",
    find: (seen) => {
      const { pinnedHostKey } = seen.context as DiagnosisContext;
      const { hostKey } = seen.answer;
      if (hostKey === null || pinnedHostKey === undefined || pinnedHostKey === hostKey) return undefined;
      return {
        title: `${seen.machine} has another SSH host key than the one that is pinned (${answeredAt(seen)}): connections end with "host key mismatch"`,
        staging: hostKey,
        cause: "OpenSSH was reinstalled or its keys were replaced on the server",
        next: "if that was meant, another number in access.hostKeyRefresh and `pulumi up` pins it; if nobody did it, treat the server as tampered with",
      };
    },
  },
  {
    code: "diagnosis-listening",
    severity: "warning",
    find: (seen) =>
      seen.answer.listening === false && seen.answer.signIn.service?.state === "Running"
        ? {
            title: `sshd runs on ${seen.machine}, but nothing listens on TCP 22 (${answeredAt(seen)})`,
            staging: false,
            cause: "Port or ListenAddress in C:\\ProgramData\\ssh\\sshd_config",
            next: "take those lines out of the file on the server and restart sshd (`Restart-Service sshd`)",
          }
        : undefined,
  },
  {
    code: "diagnosis-sshd-says",
    severity: "warning",
    find: (seen) =>
      saidBySshd.flatMap(({ pattern, cause, next }): readonly Found[] => {
        const event = seen.answer.events?.find(({ message }) => pattern.test(message));
        return event === undefined
          ? []
          : [{ title: `sshd on ${seen.machine} said at ${event.at}: ${event.message}`, staging: event, cause, next }];
      }),
  },
];

const all = [...signInRules, ...own] as readonly Rule<DiagnoseAccessAnswer>[];

/** Told in any case, so that a run that was asked for it says that it has looked. */
const clear: Rule<DiagnoseAccessAnswer> = {
  code: "diagnosis-clear",
  severity: "info",
  find: (seen) => {
    const { machine, answer, block } = seen;
    const found = all.filter(({ severity, find }) => severity !== "info" && [find(seen) ?? []].flat().length > 0);
    if (found.length > 0)
      return {
        title: `${machine} was asked by Run Command why SSH does not reach it (${answeredAt(seen)}): ${found.length === 1 ? "one thing" : `${found.length} things`} found`,
        staging: found.map(({ code }) => code),
        cause: `${block}.diagnoseAccess`,
        next: "put right what is told of it; where that is not possible and the server is to go, the exception retireByRunCommand asks the guard's questions without SSH (docs/access.md)",
      };
    const last = answer.events?.[0];
    return {
      title: `nothing on ${machine} keeps SSH away (${answeredAt(seen)}; last start ${answer.lastBootAt})${last === undefined ? "" : `; sshd's last word at ${last.at}: ${last.message}`}`,
      staging: answer.events,
      cause: `${block}.diagnoseAccess`,
      next: "look outside it: is the key sshPrivateKey the one that was given last; does the jump host reach port 22 (security group, route, firewall on the way); does `pulumi up` say something else than before",
    };
  },
};

export const diagnosisRules: readonly Rule<DiagnoseAccessAnswer>[] = [clear, ...all];
