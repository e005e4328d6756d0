/** Mirrors scripts/diagnose-access.ps1. */
import { instantText } from "../simulatedTime";
import { publicKeyGiven } from "./access";
import type { Said, Session } from "./session";
import { signInFound, sshFolder } from "./signIn";

export async function diagnoseAccess(session: Session): Promise<Said<"diagnose-access">> {
  const { LoginName, PublicKeyBase64 } = { ...session.options.given };
  const { vmId, bootedAt, domain, services } = await session.world();
  return {
    vmId,
    lastBootAt: instantText(new Date(bootedAt)),
    domain: { ...domain },
    signIn: await signInFound(session, String(LoginName)),
    authorizedKey: await authorizedKey(session, publicKeyGiven(PublicKeyBase64)),
    hostKey: await hostKey(session),
    listening: services.sshd?.status === "Running",
    events: [],
  };
}

async function authorizedKey(session: Session, ours: string): Promise<Said<"diagnose-access">["authorizedKey"]> {
  const text = await session.readText(`${sshFolder}\\administrators_authorized_keys`);
  if (text === undefined) return "missing";
  const lines = text.split(/\r?\n/).filter((line) => /^\s*[^#\s]/.test(line));
  if (lines.length > 1) return "several";
  return lines[0]?.trim() === ours ? "ours" : "another";
}

async function hostKey(session: Session): Promise<string | null> {
  const text = await session.readText(`${sshFolder}\\ssh_host_ed25519_key.pub`);
  return /^ssh-ed25519 [A-Za-z0-9+/]+={0,2}/.exec(text ?? "")?.[0] ?? null;
}
