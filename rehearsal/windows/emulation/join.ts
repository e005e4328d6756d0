/** Mirrors scripts/join-domain.ps1, restart-after-join.ps1, prove-membership.ps1 and the fragments that only they have. */
import { appendFile, mkdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { asciiJson } from "../../../scripts/assemble";
import { accountOf, readBlobFile, secureChannelOf, takeAccount, traceOf } from "../joining";
import { changeRegistry } from "../serverFiles";
import { instantText, simulatedNow } from "../simulatedTime";
import { confirmMachine, confirmMachineId, connectPackage } from "./connect";
import { confirmNotRetired } from "./marker";
import { NotRehearsed } from "./notRehearsed";
import { libraryFolder, Refusal, type Said, type Session } from "./session";
import { signInFound } from "./signIn";

const joiningPath = `${libraryFolder}\\joining.json`;
const blobPath = `${libraryFolder}\\incoming\\joining.blob`;
const netSetupPath = "C:\\Windows\\debug\\netsetup.log";
const nameKey = "HKLM:\\SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ComputerName";
const delaySeconds = 10;
const sameStartSeconds = 10;

async function bootInstant(session: Session): Promise<string> {
  return instantText(new Date((await session.world()).bootedAt));
}

async function isRestartOwed(session: Session): Promise<boolean> {
  const text = await session.readText(joiningPath);
  if (text === undefined) return false;
  let record: { readonly vmId?: unknown; readonly bootAt?: unknown } = {};
  try {
    record = JSON.parse(text) as typeof record;
  } catch {
    // Said below.
  }
  if (!record.vmId) throw new Refusal("joining-note-damaged", { path: joiningPath });
  const ours = String(record.vmId).toLowerCase() === (await session.world()).vmId;
  const apart = Date.parse(String(record.bootAt)) - Date.parse(await bootInstant(session));
  return ours && Math.abs(apart) <= sameStartSeconds * 1000;
}

interface Given {
  readonly computerName: string;
  readonly domain: string;
  readonly method: string;
  readonly secret: string;
}

/** Where Windows does not join, its own words say why; those are the stub's. */
const failing = (): NotRehearsed => new NotRehearsed("join");

async function log(session: Session, text: string): Promise<void> {
  const path = session.path(netSetupPath);
  await mkdir(dirname(path), { recursive: true });
  const at = (await session.now()).toISOString();
  const [, year, month, day, time, milliseconds] = /^(\d+)-(\d+)-(\d+)T(.{8})\.(\d{3})/.exec(at) ?? [];
  await appendFile(path, `${month}/${day}/${year} ${time}:${milliseconds} ${text}\n`);
}

async function stage(
  session: Session,
  { domain, name, secret, by }: { domain: string; name: string; secret: string; by: "offlineBlob" | "machinePassword" },
): Promise<void> {
  const computerName = name.toUpperCase();
  await changeRegistry(session.server, (registry) => {
    registry[nameKey] = { ...registry[nameKey], ComputerName: computerName };
  });
  await session.edit((world) => {
    world.joining = { domain, computerName, joinedWith: traceOf(secret), by };
  });
  await log(session, "NetpDoDomainJoin: status: 0x0");
}

async function joinOffline(session: Session, { computerName, secret }: Given): Promise<void> {
  if (!(await session.exists(`${libraryFolder}\\incoming`)))
    throw new Refusal("no-protected-folder", { path: `${libraryFolder}\\incoming` });
  const blob = readBlobFile(Buffer.from(`\ufeff${secret.trim()}\0`, "utf16le"));
  if (blob === undefined || blob.computerName.toLowerCase() !== computerName.toLowerCase()) throw failing();
  await stage(session, { domain: blob.domain, name: blob.computerName, secret: blob.password, by: "offlineBlob" });
}

async function joinWithPassword(session: Session, { domain, secret }: Given): Promise<void> {
  const { computerName, vmId } = await session.world();
  const joinedWith = traceOf(secret);
  if ((await accountOf(session.server, computerName))?.joinedWith === joinedWith) throw failing();
  await takeAccount(session.server, computerName, { joinedWith, holder: vmId });
  await stage(session, { domain, name: computerName, secret, by: "machinePassword" });
}

async function join(session: Session, given: Given): Promise<void> {
  if (given.secret === "") throw new Refusal("secret-missing", { name: given.computerName });
  if (given.method === "offlineBlob") await joinOffline(session, given);
  else if (given.method === "machinePassword") await joinWithPassword(session, given);
  else throw new Refusal("bad-arguments", { problem: `'method' is '${given.method}'` });
  const record = {
    stagedAt: await session.instant(),
    bootAt: await bootInstant(session),
    vmId: (await session.world()).vmId,
    domain: given.domain,
    method: given.method,
  };
  await session.write(joiningPath, asciiJson(record));
  session.changes.push(`staged to be a member of ${given.domain} from the next start on`);
}

export async function joinDomain(session: Session): Promise<Said<"join-domain">> {
  const document = session.expect("computerName", "vmId", "domain", "method", "secret");
  const given: Given = {
    computerName: String(document.computerName),
    domain: String(document.domain),
    method: String(document.method),
    secret: String(document.secret),
  };
  await session.enterLock();
  await confirmMachine(session, document);
  await confirmNotRetired(session);
  if (await session.exists(blobPath)) {
    await rm(session.path(blobPath), { force: true });
    session.changes.push("the file of a join that was cut off was deleted");
  }
  const { vmId, domain, services } = await session.world();
  const answer = async (outcome: "member" | "staged" | "restart-owed") => ({
    vmId,
    domain: given.domain,
    outcome,
    bootAt: await bootInstant(session),
  });
  if (await isRestartOwed(session)) return answer("restart-owed");
  if (domain.joined) {
    if (domain.name.toLowerCase() !== given.domain.toLowerCase())
      throw new Refusal("other-domain", { domain: given.domain, found: domain.name });
    return answer("member");
  }
  if ((await connectPackage(session)) !== undefined || services.ADSync !== undefined)
    throw new Refusal("installed-not-member", { domain: given.domain, found: domain.name });
  await join(session, given);
  return answer("staged");
}

export async function restartAfterJoin(session: Session): Promise<Said<"restart-after-join">> {
  const given = session.expect("computerName", "vmId");
  await session.enterLock();
  await confirmMachine(session, given);
  const { vmId } = await session.world();
  const bootAt = await bootInstant(session);
  if (!(await isRestartOwed(session))) return { vmId, bootAt, outcome: "not-needed", delaySeconds: 0 };
  await session.edit((world) => {
    world.restartAt ??= new Date(simulatedNow(world.clock).getTime() + delaySeconds * 1000).toISOString();
  });
  session.changes.push("restart begun");
  return { vmId, bootAt, outcome: "restarting", delaySeconds };
}

/** Three minutes, a quarter of a minute apart. */
async function settledChannel(session: Session): Promise<{ test: boolean; verify: boolean }> {
  const until = (await session.now()).getTime() + 180_000;
  for (;;) {
    const channel = await secureChannelOf(session.server, await session.world());
    if ((channel.test && channel.verify) || (await session.now()).getTime() >= until) return channel;
    await session.sleep(15);
  }
}

export async function proveMembership(session: Session): Promise<Said<"prove-membership">> {
  const given = session.expect("computerName", "vmId", "domain", "loginName");
  await session.enterLock();
  await confirmMachineId(session, String(given.vmId));
  const boot = await bootInstant(session);
  if (await isRestartOwed(session)) throw new Refusal("restart-to-come", { boot });
  const { computerName, domain, vmId } = await session.world();
  const names = { name: String(given.computerName), domain: String(given.domain) };
  if (computerName.toLowerCase() !== names.name.toLowerCase())
    throw new Refusal("renamed", { ...names, found: computerName });
  await confirmNotRetired(session);
  if (!domain.joined) {
    await session.removeRecord(joiningPath);
    throw new Refusal("not-a-member", { ...names, found: domain.name });
  }
  if (domain.name.toLowerCase() !== names.domain.toLowerCase())
    throw new Refusal("other-domain", { domain: names.domain, found: domain.name });
  const secureChannel = await settledChannel(session);
  const signIn = await signInFound(session, String(given.loginName));
  if (await session.exists(joiningPath)) {
    await session.removeRecord(joiningPath);
    session.changes.push("the note of the staged join was taken away");
  }
  return {
    vmId,
    domain: domain.name,
    bootAt: boot,
    secureChannel,
    domainController: "dc1.contoso.com",
    policyExitCode: 0,
    signIn,
    unread: [],
  };
}
