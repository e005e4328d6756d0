/**
 * What the command plugin says where a step or the guard does not get in by SSH: words that are not ours. From this table
 * come docs/when-it-stops.md and what a rehearsal says beside such an error.
 */
export interface ConnectionFailure {
  /** As docs show it. */
  readonly says: string;
  readonly pattern: RegExp;
  readonly cause: string;
  readonly next: string;
}

const diagnose = "`diagnoseAccess: <any text>` in its block, `pulumi up`";
const repair = "Another number in `access.hostKeyRefresh`, `pulumi up`";

/** The plugin's words: command-provider.md, Connecting. The first that fits counts. */
export const connectionFailures: readonly ConnectionFailure[] = [
  {
    says: "`unable to authenticate, attempted methods [none publickey]`; through a jump host, at `reach`, `proxy: after 60 failed attempts: ssh: handshake failed: EOF` (its retries hide the reason)",
    pattern: /unable to authenticate|failed attempts: ssh: handshake failed: EOF/,
    cause:
      'Windows does not let the account in. Mostly a security baseline that came with the domain join: "Deny access to this computer from the network" names local administrators. Or the account was disabled, renamed, removed or taken out of Administrators; or somebody changed the key file',
    next: `${diagnose}: Run Command says which it is, without SSH and without changing anything. What group policy must except: [access](access.md). The account and the key file: another number in \`access.hostKeyRefresh\` puts them right. Where the server is to go and SSH cannot be had back: the exception \`retireByRunCommand\``,
  },
  {
    says: "`i/o timeout` or `connection refused` at a server that runs",
    pattern: /i\/o timeout|connection refused/,
    cause:
      "Nothing answers: its OpenSSH server does not run (since October 2024 newer builds do not start where somebody else owns or may write `C:\\ProgramData\\ssh` or its folder `logs`, and a patch makes that show), Windows' firewall ignores our rule in the profile that is in use, or the security group or a firewall on the way",
    next: `${repair}: access control is set to what sshd gives its folders itself, sshd is started, the firewall rule set right. If it stays so: ${diagnose}`,
  },
  {
    says: "`host key mismatch`",
    pattern: /host key mismatch/,
    cause: "Somebody reinstalled OpenSSH on the server, or another machine answers",
    next: "Compare the new key with what the server's console says, then another number in `access.hostKeyRefresh`; every step then runs once more, and each looks first",
  },
  {
    says: "`enable-remote-access` fails with `0x800f0954`",
    pattern: /0x800f0954/,
    cause: "A WSUS policy keeps Windows Server 2019 or 2022 from fetching the OpenSSH server",
    next: "The policy that its text names; or Windows Server 2025, which brings it along",
  },
];

/** The row of an error's words; undefined where none fits. */
export function connectionFailureOf(text: string): ConnectionFailure | undefined {
  return connectionFailures.find(({ pattern }) => pattern.test(text));
}
