/** Mirrors scripts/join-domain.ps1, restart-after-join.ps1, prove-membership.ps1 and the fragments that only they have. */
import { appendFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { asciiJson } from "../../../scripts/assemble";
import { findCauses, hideSecrets } from "../../../scripts/causes";
import { accountOf, readBlobFile, secureChannelOf, takeAccount, traceOf } from "../joining";
import { changeRegistry, readRegistry, registryValue } from "../serverFiles";
import { instantText, simulatedNow } from "../simulatedTime";
import { confirmComputerName, confirmMachineId, connectPackage, isThisMachine } from "./connect";
import { confirmNotRetired } from "./marker";
import { libraryFolder, Refusal, type Said, type Session } from "./session";
import { signInFound } from "./signIn";
import { toAscii } from "./text";

const joiningPath = `${libraryFolder}\\joining.json`;
const blobPath = `${libraryFolder}\\incoming\\joining.blob`;
const netSetupPath = "C:\\Windows\\debug\\netsetup.log";
const nameKey = "HKLM:\\SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ComputerName";
const delaySeconds = 10;

const short = (text: string): string => text.slice(0, 200);

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
  const ours = isThisMachine(await session.world(), String(record.vmId));
  return ours && record.bootAt === (await bootInstant(session));
}

async function netSetupLines(session: Session): Promise<string[]> {
  const text = await session.readText(netSetupPath);
  return text === undefined ? [] : text.replace(/\r?\n$/, "").split(/\r?\n/);
}

function codeText(value: number): string {
  const number = value >>> 0;
  return `0x${((number & 0xffff0000) >>> 0 === 0x80070000 ? number & 0xffff : number).toString(16)}`;
}

interface Status {
  readonly code: string;
  readonly line: string;
}

function statusIn(lines: readonly string[]): Status | undefined {
  for (const pattern of [/NetpDoDomainJoin: status: 0x([0-9a-f]{1,8})/i, /status:? (?:of )?0x([0-9a-f]{1,8})/i])
    for (const line of lines.toReversed()) {
      const found = pattern.exec(line)?.[1];
      const code = found === undefined ? "0x0" : codeText(Number.parseInt(found, 16));
      if (code !== "0x0") return { code, line };
    }
  return undefined;
}

function hideJoin(text: string, secret: string): string {
  const shown = hideSecrets(text);
  return short(toAscii(secret === "" ? shown : shown.replaceAll(secret, "***")));
}

interface Given {
  readonly computerName: string;
  readonly domain: string;
  readonly method: string;
  readonly secret: string;
}

function stopFailed(session: Session, given: Given, code: string, said: string, status: Status | undefined): never {
  if (status !== undefined) session.notes.push(`${netSetupPath} says: ${hideJoin(status.line, given.secret)}`);
  const known = code || (status?.code ?? "");
  if (said !== "") session.notes.push(`Windows says: ${hideJoin(said, given.secret)}`);
  session.addCauses(findCauses("join-domain", known));
  throw new Refusal("join-failed", { code: known || "none", domain: given.domain, name: given.computerName });
}

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

/** As djoin.exe does; gives its exit code. */
async function djoin(session: Session): Promise<number> {
  const blob = readBlobFile(await readFile(session.path(blobPath)));
  if (blob === undefined) return 87;
  const { joinFails, blobOfAnother } = (await session.world()).peculiarities;
  if (joinFails !== undefined) {
    await log(session, `NetpDoDomainJoin: status: ${joinFails.code}`);
    return joinFails.number;
  }
  const name = blobOfAnother ?? blob.computerName;
  await stage(session, { domain: blob.domain, name, secret: blob.password, by: "offlineBlob" });
  return 0;
}

async function joinOffline(session: Session, { secret }: Given): Promise<number> {
  if (!(await session.exists(`${libraryFolder}\\incoming`)))
    throw new Refusal("no-protected-folder", { path: `${libraryFolder}\\incoming` });
  try {
    await writeFile(session.path(blobPath), Buffer.from(`\ufeff${secret.trim()}\0`, "utf16le"));
    return await djoin(session);
  } finally {
    await rm(session.path(blobPath), { force: true });
  }
}

/** As Add-Computer does; gives what it says where it fails. */
async function addComputer(session: Session, { domain, secret }: Given): Promise<string> {
  const { computerName, peculiarities, vmId } = await session.world();
  const account = await accountOf(session.server, computerName);
  const used = account?.joinedWith === traceOf(secret) ? { code: "0x52e" } : undefined;
  const fails = peculiarities.joinFails ?? used;
  if (fails !== undefined) {
    await log(session, `NetpJoinDomainOnDs: Function exits with status of: ${fails.code}`);
    await log(session, `NetpDoDomainJoin: status: ${fails.code}`);
    return `Computer '${computerName}' failed to join domain '${domain}' from its current workgroup 'WORKGROUP'.`;
  }
  await takeAccount(session.server, computerName, { joinedWith: traceOf(secret), holder: vmId });
  await stage(session, { domain, name: computerName, secret, by: "machinePassword" });
  return "";
}

async function join(session: Session, given: Given): Promise<void> {
  if (given.secret === "") throw new Refusal("secret-missing", { name: given.computerName });
  const before = (await netSetupLines(session)).length;
  const status = async () => statusIn((await netSetupLines(session)).slice(before));
  switch (given.method) {
    case "offlineBlob": {
      const code = await joinOffline(session, given);
      if (code !== 0) stopFailed(session, given, codeText(code), "", await status());
      const next = String(registryValue(await readRegistry(session.server), nameKey, "ComputerName") ?? "");
      if (next !== "" && next.toLowerCase() !== given.computerName.toLowerCase())
        throw new Refusal("blob-of-another-name", { name: given.computerName, found: next });
      break;
    }
    case "machinePassword": {
      const said = await addComputer(session, given);
      if (said !== "") stopFailed(session, given, "", said, await status());
      break;
    }
    default:
      throw new Refusal("bad-arguments", { problem: `'method' is '${given.method}'` });
  }
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
  await confirmComputerName(session, given.computerName);
  await confirmMachineId(session, String(document.vmId));
  await confirmNotRetired(session);
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
  await confirmComputerName(session, String(given.computerName));
  await confirmMachineId(session, String(given.vmId));
  const { vmId } = await session.world();
  const bootAt = await bootInstant(session);
  if (!(await isRestartOwed(session))) return { vmId, bootAt, outcome: "not-needed", delaySeconds: 0 };
  const code = await session.edit((world) => {
    if (world.peculiarities.restartRefused !== undefined) return world.peculiarities.restartRefused;
    if (world.restartAt !== undefined) return 1190;
    world.restartAt = new Date(simulatedNow(world.clock).getTime() + delaySeconds * 1000).toISOString();
    return 0;
  });
  if (![0, 1190, 1115].includes(code)) throw new Refusal("restart-refused", { code: String(code) });
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
  if (!domain.joined) await stopNotMember(session, names, domain.name);
  if (domain.name.toLowerCase() !== names.domain.toLowerCase())
    throw new Refusal("other-domain", { domain: names.domain, found: domain.name });
  const secureChannel = await settledChannel(session);
  const policyExitCode = await session.edit((world) => {
    const { policyFails, logonRightsAtRefresh } = world.peculiarities;
    if (policyFails !== undefined) return policyFails;
    if (logonRightsAtRefresh !== undefined) world.logonRights = logonRightsAtRefresh;
    return 0;
  });
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
    policyExitCode,
    signIn,
    unread: [],
  };
}

async function stopNotMember(
  session: Session,
  { name, domain }: { readonly name: string; readonly domain: string },
  found: string,
): Promise<never> {
  const status = statusIn(await netSetupLines(session));
  if (status !== undefined) {
    session.notes.push(`${netSetupPath} says: ${hideJoin(status.line, "")}`);
    session.addCauses(findCauses("join-domain", status.code));
  }
  await session.removeRecord(joiningPath);
  throw new Refusal("not-a-member", { name, domain, found });
}
