import type { JoinDomainAnswer, ProveMembershipAnswer, RestartAfterJoinAnswer } from "../../scripts/answers";
import type { Rule } from "./rule";

/** What the steps of a domain join found. That the server is a member is judged again, and for good, by its prerequisites. */

export const joinRules: readonly Rule<JoinDomainAnswer>[] = [
  {
    code: "joined-already",
    severity: "info",
    find: ({ machine, answer: { outcome, domain } }) =>
      outcome === "member"
        ? {
            title: `${machine} was a member of ${domain} when it was to be joined; nothing was done with its secret`,
            staging: outcome,
            cause: "somebody else has joined it, or an earlier run whose answer was lost",
            next: "take its secret out of domainJoinSecrets",
          }
        : undefined,
  },
];

export const restartAfterJoinRules: readonly Rule<RestartAfterJoinAnswer>[] = [];

const says = (voice: boolean | null): string => (voice === null ? "could not say" : voice ? "says yes" : "says no");

export const membershipRules: readonly Rule<ProveMembershipAnswer>[] = [
  {
    code: "join-without-trust",
    severity: "blocking",
    find: ({ machine, answer: { secureChannel, domain } }) =>
      secureChannel.test === false && secureChannel.verify === false
        ? {
            title: `${machine} says that it is a member of ${domain}, and the domain does not trust it: three minutes after its start both voices say so`,
            staging: false,
            cause:
              "no domain controller answers (DNS, TCP 88, 135, 389, 445, 49152-65535), or what it was joined with was used for another computer too, or the computer account was deleted or reset since",
            next: `on ${machine} as a local administrator: nltest /dsgetdc:${domain} must name a domain controller; open what is closed and run \`pulumi up\`, which asks again. If it names one: with an account of the domain Test-ComputerSecureChannel -Repair -Credential DOMAIN\\account, then \`pulumi up\``,
          }
        : undefined,
  },
  {
    code: "secure-channel-unclear",
    severity: "warning",
    find: ({ machine, answer: { secureChannel, domain } }) => {
      const { test, verify } = secureChannel;
      if ((test !== false && verify !== false) || (test === false && verify === false)) return undefined;
      return {
        title: `whether ${domain} trusts ${machine} was not clear after the join: Test-ComputerSecureChannel ${says(test)}, nltest ${says(verify)}`,
        staging: null,
        cause: "one of the two cannot ask in a session without network credentials, or the channel failed between them",
        next: `its prerequisites ask again; on ${machine}: Test-ComputerSecureChannel -Verbose`,
      };
    },
  },
  {
    code: "policy-not-applied",
    severity: "warning",
    find: ({ machine, answer: { policyExitCode, domain } }) =>
      policyExitCode === 0
        ? undefined
        : {
            title: `the policies of ${domain} were not applied on ${machine} after the join (gpupdate ended with ${policyExitCode})`,
            staging: policyExitCode,
            cause:
              "no domain controller gives them (SYSVOL needs TCP 445), or one of them fails; what they do to the sign-in is seen only later",
            next: `on ${machine}: gpupdate /target:computer, and the event log GroupPolicy/Operational`,
          },
  },
];
