/** Mirrors scripts/fragments/signIn.ps1. */
import type { SignInFound } from "../../../scripts/assemble";
import { machineSid } from "../createServerWorld";
import { readRegistry, registryValue } from "../serverFiles";
import type { ServerWorld } from "../serverWorld";
import type { Session } from "./session";

export const sshFolder = "C:\\ProgramData\\ssh";
export const firewallRule = "pulumi-entra-connect-ssh";

function accountFound({ accounts }: ServerWorld, loginName: string): SignInFound["account"] {
  const name = Object.keys(accounts).find((known) => known.toLowerCase() === loginName.toLowerCase());
  const account = name === undefined ? undefined : accounts[name];
  if (account === undefined) return { state: "missing", sid: "", administrator: null };
  const { rid, enabled, administrator } = account;
  return { state: enabled ? "enabled" : "disabled", sid: `${machineSid}-${rid}`, administrator };
}

/** Above the first Match; null where there is no such file. */
async function allowedUsers(session: Session): Promise<string[] | null> {
  const text = await session.readText(`${sshFolder}\\sshd_config`);
  if (text === undefined) return null;
  const global = text.split(/^\s*Match\s/im)[0] ?? "";
  return [...global.matchAll(/^\s*AllowUsers\s+(.+)$/gim)].flatMap(([, names = ""]) =>
    names.split(/\s+/).filter((name) => name !== ""),
  );
}

export async function signInFound(session: Session, loginName: string): Promise<SignInFound> {
  const world = await session.world();
  const { sshd } = world.services;
  const rule = world.firewallRules[firewallRule];
  const state =
    rule === undefined
      ? "missing"
      : rule.enabled === false
        ? "disabled"
        : rule.action === "Allow"
          ? "allows"
          : "blocks";
  return {
    loginName,
    account: accountFound(world, loginName),
    denied: world.logonRights.denied,
    granted: world.logonRights.granted,
    allowUsers: await allowedUsers(session),
    service: sshd === undefined ? null : { state: sshd.status, startType: sshd.startType },
    firewall: { rule: state, profiles: [world.domain.joined ? "Domain" : "Public"], localRulesIgnored: [] },
    defaultShell: String(
      registryValue(await readRegistry(session.server), "HKLM:\\SOFTWARE\\OpenSSH", "DefaultShell") ?? "",
    ),
    unread: [],
  };
}
