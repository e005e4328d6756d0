import { isAbsolute, resolve } from "node:path";
import ipaddr from "ipaddr.js";
import { BadInput } from "../../review/verdict";
import { contains } from "./addressRanges";
import { type Body, objectAt, textAt, textsAt } from "./armBody";
import { JoinSecretPlace } from "./joinStandIns";
import { settingNames } from "./settingNames";

/** A file that the settings name, as it is on this machine. */
export type FoundFile =
  | { readonly kind: "missing" }
  | { readonly kind: "stand-in"; readonly sha256: string }
  | { readonly kind: "real"; readonly sha256: string };

export interface StandInFile {
  /** Absolute. */
  readonly path: string;
  readonly sha256: string;
}

export interface SettingsFileWanted {
  readonly path: string;
  readonly sha256: string;
  /** The servers' domain, which is the forest of such a file; undefined where the settings name none. */
  readonly domain?: string;
}

export interface StandInContext {
  /** Name of the project: the namespace of settings that are written without one. */
  readonly project: string;
  readonly stack: string;
  /** Folder that the settings' relative paths are relative to. */
  readonly projectFolder: string;
  readonly jumpHost: {
    readonly port: number;
    readonly user: string;
    /** One line `type base64`. */
    readonly hostKey: string;
    /** Where it stands in the simulated network at present. */
    readonly privateAddress: string;
  };
  look(path: string): Promise<FoundFile>;
  /** The same arguments give the same file. */
  makeInstaller(productVersion: string, signer: string | undefined): Promise<StandInFile>;
  /** Another path or pinned hash is another export, so another file. */
  makeSettingsFile(standsInFor: SettingsFileWanted): Promise<StandInFile>;
}

/** Which of the world's stand-in secrets a secret setting gets. */
export type SecretRole = "administratorPassword" | "login" | "jumpHost" | "other";

export interface RehearsedSettings {
  /** Every setting that is no secret, with its namespace. A secret inside an object is a SecretPlace. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, SecretRole>>;
  /** In words, for the person who rehearses. */
  readonly notRehearsed: readonly string[];
  /** Where the jump host has to stand so that the settings let it in. */
  readonly jumpHostAddress: string;
  /** Domain that the simulated servers are members of. */
  readonly domain?: string;
  /** Proxy that their owner has set on them, as .NET is given it. */
  readonly proxy?: string;
}

/** Marks, inside an object setting, a value that was a secret. */
export class SecretPlace {
  readonly role: SecretRole = "other";
}

/**
 * The settings of one's own, made fit for a rehearsal (design section 7): no secret is read or decrypted, each is
 * replaced; the jump host becomes the world's; files that are not there are stood in for.
 *
 * @param stackFile Pulumi.<stack>.yaml, parsed
 * @param declared the `config` section of Pulumi.yaml, parsed
 */
export async function standIn(
  stackFile: unknown,
  declared: unknown,
  context: StandInContext,
): Promise<RehearsedSettings> {
  const notRehearsed: string[] = [];
  const settings: Record<string, unknown> = {};
  const secrets: Record<string, SecretRole> = {};
  const full = (name: string) => (name.includes(":") ? name : `${context.project}:${name}`);
  const own = (name: string) => `${settingNames.namespace}:${name}`;

  const given = objectAt(stackFile, "config") ?? {};
  const declarations = Object.entries(objectAt(declared) ?? {});
  const usesOurs = [...declarations.map(([name]) => name), ...Object.keys(given)].some(
    (name) => full(name) === own(settingNames.access),
  );
  // Pulumi allows no default on a declared secret, so one of ours is not declared as what it is.
  const declaredSecrets = [
    ...new Set([
      ...declarations.flatMap(([name, declaration]) => (objectAt(declaration)?.secret === true ? [full(name)] : [])),
      ...(usesOurs ? Object.values(settingNames.secrets).map(own) : []),
    ]),
  ];
  for (const [name, value] of Object.entries(given)) {
    const key = full(name);
    if (key === own(settingNames.joinSecrets)) settings[key] = joinPlaces(name, value, given, context, notRehearsed);
    else if (isSecure(value)) {
      secrets[key] = roleOf(key);
      notRehearsed.push(`${name}: the secret itself; ${describeRole(secrets[key])} stands in for it`);
    } else if (declaredSecrets.includes(key)) throw plainSecret(name, context.stack);
    else settings[key] = withoutSecrets(value, name, notRehearsed);
  }
  const forRehearsalOnly = isForRehearsal(settings[own(settingNames.access)]);
  for (const key of declaredSecrets) {
    if (key in secrets) continue;
    secrets[key] = roleOf(key);
    if (!forRehearsalOnly)
      notRehearsed.push(
        `${key}: it is not set in Pulumi.${context.stack}.yaml; ${describeRole(secrets[key])} stands in`,
      );
  }
  if (objectAt(stackFile)?.environment !== undefined)
    notRehearsed.push("environment: settings from Pulumi ESC are not read, since that needs Pulumi Cloud");

  const access = objectAt(settings, own(settingNames.access));
  if (access) {
    const bastion = textAt(settings, own(settingNames.bastion), settingNames.subnetPrefix);
    const tunnelled = objectAt(access, settingNames.tunnel) !== undefined && bastion !== undefined;
    settings[own(settingNames.access)] = turned(tunnelled ? fromBastion(access, bastion) : access, context);
    const { host, port } = objectAt(access, settingNames.jumpHost) ?? {};
    if (tunnelled)
      notRehearsed.push(
        "access.tunnel: Bastion's tunnel; the rehearsal's jump host stands in Bastion's subnet instead",
      );
    else if (host === undefined)
      notRehearsed.push("access: the direct way to the servers; the rehearsal goes through a jump host of its own");
    else if (!forRehearsalOnly)
      notRehearsed.push(`access.jumpHost: ${host}${port ? `:${port}` : ""}; the rehearsal's own takes its place`);
  }
  const jumpHostAddress = addressFor(settings[own(settingNames.access)], context.jumpHost.privateAddress);
  const domain = textAt(settings, own(settingNames.domain), "name");
  const ofDomain: StandInContext = {
    ...context,
    makeSettingsFile: (wanted) => context.makeSettingsFile({ ...wanted, ...(domain && { domain }) }),
  };
  const generations = objectAt(settings, own(settingNames.generations));
  if (generations) settings[own(settingNames.generations)] = await withBlocks(generations, ofDomain, notRehearsed);
  const record = textAt(settings, own(settingNames.roleSwitch), settingNames.record);
  // Only read, so it is the user's own.
  if (record !== undefined)
    settings[own(settingNames.roleSwitch)] = {
      ...objectAt(settings, own(settingNames.roleSwitch)),
      [settingNames.record]: resolve(context.projectFolder, record),
    };
  const subscription = subscriptionIn(settings, own);
  if (
    subscription &&
    ![...Object.keys(settings), ...declarations.map(([name]) => name)].includes(settingNames.subscription)
  ) {
    settings[settingNames.subscription] = subscription;
    notRehearsed.push(
      `${settingNames.subscription}: it is not set; the one in the ids that you name is taken for yours`,
    );
  }
  const proxy = proxyOf(objectAt(settings, own(settingNames.network), settingNames.proxy));
  if (proxy !== undefined)
    notRehearsed.push("network.proxy: what the proxy lets through; on the simulated servers it is set already");
  return { settings, secrets, notRehearsed, jumpHostAddress, ...(domain && { domain }), ...(proxy && { proxy }) };
}

function proxyOf(proxy: Body | undefined): string | undefined {
  const { host, address, port } = proxy ?? {};
  const name = host ?? address;
  return typeof name === "string" && typeof port === "number" ? `http://${name}:${port}` : undefined;
}

/**
 * A machine lies in the subscription of its network, route table, vault, archive and disk encryption set, which the program
 * holds it to; who is signed in at rehearsal time is nobody.
 */
function subscriptionIn(settings: Body, own: (name: string) => string): string | undefined {
  const blocks = Object.values(objectAt(settings, own(settingNames.generations)) ?? {});
  const ids = [
    textAt(settings, own(settingNames.network), settingNames.existingSubnetId),
    textAt(settings, own(settingNames.network), settingNames.routeTableId),
    textAt(settings, own(settingNames.backup), settingNames.vaultId),
    textAt(settings, own(settingNames.archive), settingNames.accountId),
    ...blocks.map((block) => textAt(block, settingNames.diskEncryptionSetId)),
  ];
  return ids.map((id) => /^\/subscriptions\/([^/]+)\//i.exec(id ?? "")?.[1]).find(Boolean);
}

function isSecure(value: unknown): boolean {
  const object = objectAt(value);
  return object !== undefined && "secure" in object && Object.keys(object).length === 1;
}

function roleOf(key: string): SecretRole {
  for (const [role, name] of Object.entries(settingNames.secrets))
    if (key === `${settingNames.namespace}:${name}`) return role as SecretRole;
  return "other";
}

function describeRole(role: SecretRole | undefined): string {
  switch (role) {
    case "administratorPassword":
      return "a password of the rehearsal";
    case "login":
    case "jumpHost":
      return "a key of the rehearsal";
    default:
      return "a text of the rehearsal";
  }
}

function plainSecret(name: string, stack: string, how = ""): BadInput {
  return new BadInput(
    `Pulumi.${stack}.yaml: ${name} is a secret but stands there in plain text. Write: pulumi config set --secret ${how}${name} ` +
      `--stack ${stack}, and change the value: it has been readable.`,
  );
}

/** One place for each generation that has a secret; where all of them are one, for each block. */
function joinPlaces(
  name: string,
  value: unknown,
  given: Body,
  { stack, project }: StandInContext,
  notRehearsed: string[],
): unknown {
  const blocks = Object.entries(given).find(([key]) => {
    const full = key.includes(":") ? key : `${project}:${key}`;
    return full === `${settingNames.namespace}:${settingNames.generations}`;
  });
  const generations = isSecure(value) ? Object.keys(objectAt(blocks?.[1]) ?? {}) : Object.keys(objectAt(value) ?? {});
  const [plain] = isSecure(value) ? [] : Object.entries(objectAt(value) ?? {}).filter(([, each]) => !isSecure(each));
  if (plain !== undefined) throw plainSecret(`${name}.${plain[0]}`, stack, "--path ");
  for (const generation of generations)
    notRehearsed.push(`${name}.${generation}: the secret itself; one of the rehearsal's domain stands in for it`);
  return Object.fromEntries(generations.map((generation) => [generation, new JoinSecretPlace(generation)]));
}

function withoutSecrets(value: unknown, path: string, notRehearsed: string[]): unknown {
  if (isSecure(value)) {
    notRehearsed.push(`${path}: the secret itself; a text of the rehearsal stands in for it`);
    return new SecretPlace();
  }
  if (Array.isArray(value)) return value.map((each, n) => withoutSecrets(each, `${path}[${n}]`, notRehearsed));
  const object = objectAt(value);
  if (!object) return value;
  return Object.fromEntries(
    Object.entries(object).map(([key, each]) => [key, withoutSecrets(each, `${path}.${key}`, notRehearsed)]),
  );
}

/** Settings that name a jump host on loopback were written for rehearsals: what is stood in for is no news. */
function isForRehearsal(access: unknown): boolean {
  const host = textAt(access, settingNames.jumpHost, "host");
  return (
    host === "localhost" || (host !== undefined && ipaddr.isValid(host) && ipaddr.parse(host).range() === "loopback")
  );
}

function turned(access: Body, { jumpHost }: StandInContext): Body {
  const [type = "", key = ""] = jumpHost.hostKey.split(" ");
  return {
    ...access,
    [settingNames.jumpHost]: {
      host: "127.0.0.1",
      port: jumpHost.port,
      user: jumpHost.user,
      hostKey: `${type} ${key}`,
    },
  };
}

/** Nobody listens on the user's ports here; what Bastion's subnet is let in for, the jump host in it is. */
function fromBastion({ [settingNames.tunnel]: _, ...access }: Body, subnetPrefix: string): Body {
  return { ...access, [settingNames.managementSources]: [subnetPrefix] };
}

/** Stays where it is as long as the settings let it in from there; else it moves to the first source they name. */
function addressFor(access: unknown, present: string): string {
  const sources = textsAt(access, settingNames.managementSources);
  if (sources.length === 0 || sources.some((source) => contains(source, present))) return present;
  for (const source of sources) {
    if (!ipaddr.IPv4.isValidCIDR(source)) continue;
    const [network, bits] = ipaddr.IPv4.parseCIDR(source);
    const octets = ipaddr.IPv4.networkAddressFromCIDR(source).octets;
    // The first address that a host can have; a /31 or /32 has no network address to leave out.
    if (bits < 31) octets[3] = (octets[3] ?? 0) + 1;
    return bits === 32 ? network.toString() : new ipaddr.IPv4(octets).toString();
  }
  return present;
}

/** Every block gets its own stand-in files. What is no block is left to the program, which refuses it. */
async function withBlocks(generations: Body, context: StandInContext, notRehearsed: string[]): Promise<Body> {
  const result: Record<string, unknown> = { ...generations };
  const versionOf = new Map<string, string>();
  for (const [number, block] of Object.entries(generations)) {
    const connect = objectAt(block, settingNames.connect);
    if (!connect) continue;
    const name = `${settingNames.generations}.${number}.${settingNames.connect}`;
    result[number] = { ...objectAt(block), connect: await withFiles(connect, name, context, notRehearsed) };
    const path = textAt(connect, settingNames.installer, "path");
    const version = textAt(connect, settingNames.version);
    if (path === undefined || version === undefined) continue;
    const other = versionOf.get(path);
    if (other !== undefined && other !== version)
      notRehearsed.push(
        `${name}.installer: ${path} cannot be version ${version} and, as another generation says, ${other}; each got a stand-in of its own`,
      );
    versionOf.set(path, version);
  }
  return result;
}

async function withFiles(
  connect: Body,
  setting: string,
  context: StandInContext,
  notRehearsed: string[],
): Promise<Body> {
  const version = textAt(connect, settingNames.version) ?? "0.0.0.0";
  const result: Record<string, unknown> = { ...connect };
  for (const name of [settingNames.installer, settingNames.settingsFile] as const) {
    const file = objectAt(connect, name);
    const path = textAt(file, "path");
    if (!file || !path) continue;
    const full = isAbsolute(path) ? path : resolve(context.projectFolder, path);
    const found = await context.look(full);
    const pinned = textAt(file, "sha256")?.toLowerCase();
    // What is there and not what was pinned is refused by the program, in its own words. So is, below, nothing else.
    const isReal = found.kind === "real" && pinned === found.sha256;
    const isInstaller = name === settingNames.installer;
    if (found.kind !== "missing" && !(isReal && isInstaller)) {
      result[name] = { ...file, path: full };
      continue;
    }
    const made = isInstaller
      ? await context.makeInstaller(version, textAt(file, "signer"))
      : await context.makeSettingsFile({ path, sha256: pinned ?? "" });
    result[name] = { ...file, ...made };
    if (isReal)
      notRehearsed.push(
        `${setting}.installer: ${path} is there and has the pinned hash, but no installer runs in a rehearsal; a stand-in of version ${version} takes its place (signature and product version are not rehearsed)`,
      );
    else if (!isPlaceholder(pinned))
      notRehearsed.push(`${setting}.${name}: there is no file at ${full}; a stand-in takes its place`);
  }
  return result;
}

function isPlaceholder(sha256: string | undefined): boolean {
  return sha256 !== undefined && /^0+$/.test(sha256);
}
