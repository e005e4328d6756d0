/** Mirrors scripts/enable-remote-access.ps1. */
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { opensshCapability, sshService } from "../createServerWorld";
import { stubFolder } from "../stubFolder";
import { protectFolder, setAccess } from "./protect";
import { libraryFolder, Refusal, type Said, type Session } from "./session";
import { firewallRule, signInFound, sshFolder } from "./signIn";

/** What an account of ours says of itself. */
export const description = "pulumi-entra-connect: signs in by SSH key";
const base64 = /^[A-Za-z0-9+/]*={0,2}$/;
const keyLine = /^(ssh-ed25519|ecdsa-sha2-nistp(256|384|521)|ssh-rsa) [A-Za-z0-9+/=]+( [\x20-\x7e]*)?$/;

/** Base64 of a public key line. */
export function publicKeyGiven(encoded: unknown): string {
  const text = String(encoded);
  if (!base64.test(text) || text.length % 4 !== 0) throw new Refusal("public-key-encoding");
  const line = Buffer.from(text, "base64").toString("utf8").trim();
  if (!keyLine.test(line)) throw new Refusal("public-key");
  return line;
}

export async function enableRemoteAccess(session: Session): Promise<Said<"enable-remote-access">> {
  const { LoginName, PublicKeyBase64 } = { ...session.options.given };
  const login = String(LoginName);
  const publicKey = publicKeyGiven(PublicKeyBase64);
  if (!/^[A-Za-z0-9._-]{1,20}$/.test(login)) throw new Refusal("login-name", { name: login });
  await session.enterLock();
  await makeLibraryFolder(session);
  await setLoginAccount(session, login);
  await installSshServer(session);
  await startSshServer(session);
  await setAuthorizedKey(session, publicKey);
  await setConfiguration(session, login);
  await openFirewall(session);
  const keyFile = `${sshFolder}\\ssh_host_ed25519_key.pub`;
  const [type, blob] = ((await session.readText(keyFile)) ?? "").trim().split(" ");
  if (type === undefined || blob === undefined) throw new Refusal("openssh-not-started", { path: keyFile });
  return { signIn: await signInFound(session, login), hostKey: `${type} ${blob}` };
}

async function setLoginAccount(session: Session, login: string): Promise<void> {
  const { accounts } = await session.world();
  const named = Object.entries(accounts).find(([name]) => name.toLowerCase() === login.toLowerCase());
  if (named?.[1].rid === 500) {
    if (!named[1].enabled) throw new Refusal("administrator-disabled", { name: login });
    return;
  }
  if (named !== undefined && named[1].description !== description)
    throw new Refusal("login-name-taken", { name: login });
  const changes = await session.edit((world) => {
    const made: string[] = [];
    const [earlier] = Object.entries(world.accounts).find(([, each]) => each.description === description) ?? [];
    if (named === undefined && earlier !== undefined) {
      const account = world.accounts[earlier];
      delete world.accounts[earlier];
      if (account !== undefined) world.accounts[login] = account;
      made.push(`account ${earlier} is called ${login} again`);
    } else if (named === undefined) {
      const rid = Math.max(999, ...Object.values(world.accounts).map((each) => each.rid)) + 1;
      world.accounts[login] = { rid, enabled: true, administrator: false, description, passwordNeverExpires: true };
      made.push(`account ${login} made`);
    }
    const account = world.accounts[login];
    if (account === undefined) return made;
    if (!account.enabled) made.push(`account ${login} enabled`);
    account.enabled = true;
    if (!account.administrator) made.push(`${login} is a member of Administrators`);
    account.administrator = true;
    return made;
  });
  session.changes.push(...changes);
}

async function makeLibraryFolder(session: Session): Promise<void> {
  const there = await session.exists(`${libraryFolder}\\settings`);
  for (const name of ["", "\\incoming", "\\package", "\\settings"])
    await mkdir(session.path(`${libraryFolder}${name}`), { recursive: true });
  await protectFolder(session, libraryFolder);
  if (!there) session.changes.push("protected library folder made");
}

async function installSshServer(session: Session): Promise<void> {
  const { services, cutOff } = await session.world();
  if (services.sshd !== undefined) return;
  if (cutOff !== undefined) throw new Refusal("openssh-not-installed", { reason: cutOff });
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

async function setConfiguration(session: Session, login: string): Promise<void> {
  const path = `${sshFolder}\\sshd_config`;
  const text = await session.readText(path);
  if (text === undefined) throw new Refusal("openssh-not-started", { path });
  const before = text.replace(/\n$/, "").split("\n");
  const after = wantedConfiguration(before, login);
  if (before.join("\n") === after.join("\n")) return;
  await session.write(path, `${after.join("\n")}\n`);
  session.changes.push(`sshd_config allows only key sign-in of ${login.toLowerCase()}`);
}

function wantedConfiguration(lines: readonly string[], login: string): string[] {
  const wanted: Readonly<Record<string, string>> = {
    PubkeyAuthentication: "yes",
    PasswordAuthentication: "no",
    AllowUsers: login.toLowerCase(),
    AllowTcpForwarding: "no",
    ClientAliveInterval: "60",
  };
  const names = Object.keys(wanted).map((name) => name.toLowerCase());
  const mark = "# pulumi-entra-connect: key-only sign-in of one account";
  const marks = [mark, "# pulumi-entra-connect: key-only sign-in of one administrator"];
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
    ...global.filter((line) => !marks.includes(line) && !names.includes(word(line))),
    ...matched,
  ];
}

async function openFirewall(session: Session): Promise<void> {
  const change = await session.edit((world) => {
    const before = world.firewallRules[firewallRule];
    if (before !== undefined && before.enabled !== false && before.action === "Allow") return undefined;
    const rule = { direction: "Inbound", protocol: "TCP", localPort: 22, action: "Allow", profile: "Any" };
    world.firewallRules[firewallRule] = rule;
    return before === undefined ? "firewall rule for TCP 22 on every profile" : "firewall rule for TCP 22 set right";
  });
  if (change !== undefined) session.changes.push(change);
}
