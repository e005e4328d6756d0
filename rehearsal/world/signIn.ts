import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ServerWorld } from "../windows/serverWorld";
import { isMissing } from "./atomicFile";
import type { ServerFolder } from "./contract";

/** Whether a connection to TCP 22 is answered at all: sshd runs, and Windows' firewall lets it in. */
export function isSshReached(world: ServerWorld): boolean {
  const { services, domain, firewallRules, peculiarities } = world;
  const profile = domain?.joined ? "Domain" : "Public";
  const ignored = peculiarities?.localRulesIgnored?.includes(profile) ?? false;
  const closed = Object.values(firewallRules ?? {}).some((rule) => rule.localPort === 22 && rule.enabled === false);
  return services.sshd?.status === "Running" && !ignored && !closed;
}

export async function readSshdConfiguration(server: ServerFolder): Promise<string> {
  try {
    return await readFile(join(server.path, "C", "ProgramData", "ssh", "sshd_config"), "utf8");
  } catch (error) {
    if (isMissing(error)) return "";
    throw error;
  }
}

/**
 * Why this account is not let in with the right key; undefined where it is. First sshd (AllowUsers; only administrators look
 * into the one key file that there is), then Windows: a key's logon is one over the network (windows-server.md section 4), of
 * a local account, which is Everyone, Authenticated Users, Local account and, with its group, S-1-5-114.
 */
export function refusedLogon(world: ServerWorld, sshdConfiguration: string, name: string): string | undefined {
  const global = sshdConfiguration.split(/^\s*Match\s/im)[0] ?? "";
  const allowed = [...global.matchAll(/^\s*AllowUsers\s+(.+)$/gim)].flatMap(([, names = ""]) =>
    names.trim().split(/\s+/),
  );
  if (allowed.length > 0 && !allowed.includes(name.toLowerCase())) return `${name} is not in AllowUsers`;
  const [known, account] =
    Object.entries(world.accounts ?? {}).find(([each]) => each.toLowerCase() === name.toLowerCase()) ?? [];
  if (known === undefined || account === undefined) return `there is no local account ${name}`;
  if (!account.enabled) return `the account ${known} is disabled`;
  if (!account.administrator) return `${known} is no administrator, and has no key file of its own`;
  const groups = ["S-1-1-0", "S-1-5-2", "S-1-5-11", "S-1-5-113", "S-1-5-114", "S-1-5-32-544", "S-1-5-32-545"];
  const falls = (list: readonly string[]): boolean =>
    list.some((entry) => {
      const bare = entry.replace(/^\*/, "");
      return groups.includes(bare) || bare.endsWith(`-${account.rid}`) || bare.toLowerCase() === known.toLowerCase();
    });
  if (falls(world.logonRights.denied)) return `a policy denies ${known} the logon over the network`;
  return falls(world.logonRights.granted) ? undefined : `no policy grants ${known} the logon over the network`;
}
