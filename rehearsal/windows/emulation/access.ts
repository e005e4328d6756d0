/** Mirrors scripts/enable-remote-access.ps1. */
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { opensshCapability, sshService } from "../createServerWorld";
import { stubFolder } from "../stubFolder";
import { libraryFolder, Refusal, type Said, type Session } from "./session";

const sshFolder = "C:\\ProgramData\\ssh";
const firewallRule = "pulumi-entra-connect-ssh";
const base64 = /^[A-Za-z0-9+/]*={0,2}$/;
const keyLine = /^(ssh-ed25519|ecdsa-sha2-nistp(256|384|521)|ssh-rsa) [A-Za-z0-9+/=]+( [\x20-\x7e]*)?$/;

export async function enableRemoteAccess(session: Session): Promise<Said<"enable-remote-access">> {
  const { AdministratorName, PublicKeyBase64 } = { ...session.options.given };
  const administrator = String(AdministratorName);
  const encoded = String(PublicKeyBase64);
  if (!base64.test(encoded) || encoded.length % 4 !== 0) throw new Refusal("public-key-encoding");
  const publicKey = Buffer.from(encoded, "base64").toString("utf8").trim();
  if (!keyLine.test(publicKey)) throw new Refusal("public-key");
  if (!/^[A-Za-z0-9._-]+$/.test(administrator)) throw new Refusal("administrator-name", { name: administrator });
  await session.enterLock();
  await makeLibraryFolder(session);
  await installSshServer(session);
  await startSshServer(session);
  await setAuthorizedKey(session, publicKey);
  await setConfiguration(session, administrator);
  await openFirewall(session);
  const keyFile = `${sshFolder}\\ssh_host_ed25519_key.pub`;
  const [type, blob] = ((await session.readText(keyFile)) ?? "").trim().split(" ");
  if (type === undefined || blob === undefined) throw new Refusal("openssh-not-started", { path: keyFile });
  return { hostKey: `${type} ${blob}` };
}

async function setAccess(session: Session, path: string, entries: readonly string[]): Promise<void> {
  await session.edit((world) => {
    for (const entry of entries) {
      // A reset takes every entry away; the owner stays.
      const kept = (known: string) => (entry.startsWith("/reset") ? known.startsWith("/setowner") : known !== entry);
      world.accessControl[path] = [...(world.accessControl[path] ?? []).filter(kept), entry];
    }
  });
}

async function makeLibraryFolder(session: Session): Promise<void> {
  const there = await session.exists(`${libraryFolder}\\settings`);
  for (const name of ["", "\\incoming", "\\package", "\\settings"])
    await mkdir(session.path(`${libraryFolder}${name}`), { recursive: true });
  await setAccess(session, libraryFolder, [
    "/setowner *S-1-5-32-544 /T /C /Q",
    "/reset /Q",
    "/inheritance:r /grant:r *S-1-5-32-544:(OI)(CI)F *S-1-5-18:(OI)(CI)F /Q",
  ]);
  await setAccess(session, `${libraryFolder}\\*`, ["/reset /T /C /Q"]);
  if (!there) session.changes.push("protected library folder made");
}

async function installSshServer(session: Session): Promise<void> {
  const { services, peculiarities, cutOff } = await session.world();
  if (services.sshd !== undefined) return;
  const refused = peculiarities.capabilityRefused ?? cutOff;
  if (refused !== undefined) throw new Refusal("openssh-not-installed", { reason: refused });
  await session.edit((world) => {
    world.capabilities = [...world.capabilities.filter((name) => name !== opensshCapability), opensshCapability];
    world.services.sshd ??= sshService("Manual");
  });
  session.changes.push("OpenSSH server installed");
}

async function startSshServer(session: Session): Promise<void> {
  const changes = await session.edit((world) => {
    const made: string[] = [];
    const service = world.services.sshd;
    if (service === undefined) return made;
    if (service.startType !== "Automatic") made.push("sshd starts with Windows");
    service.startType = "Automatic";
    if (service.status !== "Running") made.push("sshd started");
    service.status = "Running";
    return made;
  });
  session.changes.push(...changes);
  if (changes.includes("sshd started")) await initialize(session);
}

/** What the first start makes. */
async function initialize(session: Session): Promise<void> {
  await mkdir(session.path(`${sshFolder}\\logs`), { recursive: true });
  const configuration = `${sshFolder}\\sshd_config`;
  if (!(await session.exists(configuration)))
    await copyFile(join(stubFolder, "sshd_config_default"), session.path(configuration));
  const key = `${sshFolder}\\ssh_host_ed25519_key.pub`;
  if (!(await session.exists(key)))
    await copyFile(join(session.server.path, "ssh", "ssh_host_ed25519_key.pub"), session.path(key));
}

async function setAuthorizedKey(session: Session, publicKey: string): Promise<void> {
  const path = `${sshFolder}\\administrators_authorized_keys`;
  const before = await session.readText(path);
  if (before?.trimEnd() === publicKey) return;
  await session.write(path, `${publicKey}\n`);
  // What replaces a file is given that file's access control.
  for (const each of [`${path}.new`, ...(before === undefined ? [] : [path])])
    await setAccess(session, each, [
      "/setowner *S-1-5-32-544 /Q",
      "/reset /Q",
      "/inheritance:r /grant:r *S-1-5-32-544:F *S-1-5-18:F /Q",
    ]);
  session.changes.push("administrators_authorized_keys holds exactly the given key");
}

async function setConfiguration(session: Session, administrator: string): Promise<void> {
  const path = `${sshFolder}\\sshd_config`;
  const text = await session.readText(path);
  if (text === undefined) throw new Refusal("openssh-not-started", { path });
  const before = text.replace(/\n$/, "").split("\n");
  const after = wantedConfiguration(before, administrator);
  if (before.join("\n") === after.join("\n")) return;
  const { sshdTestExitCode } = (await session.world()).peculiarities;
  if (sshdTestExitCode) throw new Refusal("configuration-refused", { code: String(sshdTestExitCode), path });
  await session.write(path, `${after.join("\n")}\n`);
  session.changes.push("sshd_config allows only key sign-in of the administrator");
}

function wantedConfiguration(lines: readonly string[], administrator: string): string[] {
  const wanted: Readonly<Record<string, string>> = {
    PubkeyAuthentication: "yes",
    PasswordAuthentication: "no",
    AllowUsers: administrator.toLowerCase(),
    AllowTcpForwarding: "no",
    ClientAliveInterval: "60",
  };
  const names = Object.keys(wanted).map((name) => name.toLowerCase());
  const mark = "# pulumi-entra-connect: key-only sign-in of one administrator";
  const firstMatch = lines.findIndex((line) => /^\s*Match\s/i.test(line));
  const global = firstMatch < 0 ? lines : lines.slice(0, firstMatch);
  const matched =
    firstMatch < 0
      ? ["Match Group administrators", "       AuthorizedKeysFile __PROGRAMDATA__/ssh/administrators_authorized_keys"]
      : lines.slice(firstMatch);
  const word = (line: string) => (/^\s*(\w+)/.exec(line)?.[1] ?? "").toLowerCase();
  return [
    mark,
    ...Object.entries(wanted).map(([key, value]) => `${key} ${value}`),
    ...global.filter((line) => line !== mark && !names.includes(word(line))),
    ...matched,
  ];
}

async function openFirewall(session: Session): Promise<void> {
  const added = await session.edit((world) => {
    if (world.firewallRules[firewallRule] !== undefined) return false;
    const rule = { direction: "Inbound", protocol: "TCP", localPort: 22, action: "Allow", profile: "Any" };
    world.firewallRules[firewallRule] = rule;
    return true;
  });
  if (added) session.changes.push("firewall rule for TCP 22 on every profile");
}
