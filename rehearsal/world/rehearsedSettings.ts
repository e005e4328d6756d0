import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { parse, stringify } from "yaml";
import { BadInput } from "../../review/verdict";
import { objectAt, textAt } from "./armBody";
import { isMissing, writeFileAtomic } from "./atomicFile";
import { worldBegins } from "./clock";
import { rehearsalPassphrase } from "./contract";
import { JoinSecretPlace, type JoinStandIn, joinMethod, joinStandIn } from "./joinStandIns";
import { sealMore } from "./pulumiSecrets";
import { settingNames } from "./settingNames";
import {
  type FoundFile,
  type RehearsedSettings,
  SecretPlace,
  type SettingsFileWanted,
  type StandInFile,
  standIn,
} from "./standIns";
import type { WorldFolder } from "./worldFolder";

/** What stand-in files need of the Windows room; world.ts hands it in. */
export interface InstallerRoom {
  writeStandInInstaller(path: string, installer: { productVersion: string; signer?: string }): Promise<void>;
  readStandInInstaller(path: string): Promise<unknown>;
  /** What `djoin /provision` would write. */
  standInBlob(join: JoinStandIn): string;
}

export interface SettingsRequest {
  /** Pulumi.<stack>.yaml of the user. */
  readonly settingsFile: string;
  /** Folder of the user's Pulumi.yaml. */
  readonly projectFolder: string;
  readonly stack: string;
}

export interface RehearsedSettingsFile extends RehearsedSettings {
  /** Pulumi.<stack>.yaml as rehearsed, its secrets encrypted with the rehearsal's passphrase. */
  readonly text: string;
}

/** Reads the user's settings and writes what a rehearsal runs on. The user's files are only read. */
export async function rehearseSettings(
  request: SettingsRequest,
  world: WorldFolder,
  installers: InstallerRoom,
): Promise<RehearsedSettingsFile> {
  const projectFile = ["Pulumi.yaml", "Pulumi.yml"]
    .map((name) => join(request.projectFolder, name))
    .find((path) => existsSync(path));
  if (!projectFile) throw new BadInput(`there is no Pulumi.yaml in ${request.projectFolder}`);
  const project = await readYaml(projectFile);
  const { jumpHost } = world.world;
  const folder = world.entries.standIns;
  const rehearsed = await standIn(await readYaml(request.settingsFile), objectAt(project)?.config, {
    project: textAt(project, "name") ?? "",
    stack: request.stack,
    projectFolder: request.projectFolder,
    jumpHost: {
      port: jumpHost.port,
      user: jumpHost.user,
      hostKey: jumpHost.hostKey.publicKey,
      privateAddress: jumpHost.privateAddress,
    },
    look: (path) => look(path, installers),
    makeInstaller: async (productVersion, signer) => {
      const name = [productVersion, ...(signer === undefined ? [] : [signer])].map(fileNamePart).join("-");
      const path = join(folder, `AzureADConnect-${name}.msi`);
      await installers.writeStandInInstaller(path, {
        productVersion,
        ...(signer === undefined ? {} : { signer: `CN=${signer}, O=${signer}` }),
      });
      return { path, sha256: await hashOf(path) };
    },
    makeSettingsFile: (standsInFor) => writeSettingsFile(folder, standsInFor),
  });
  return { ...rehearsed, text: await settingsText(rehearsed, world, installers) };
}

async function settingsText(
  rehearsed: RehearsedSettings,
  world: WorldFolder,
  installers: InstallerRoom,
): Promise<string> {
  const { sealed } = world.secrets;
  const config: Record<string, unknown> = {};
  const joining = await joinSecrets(rehearsed, world, installers);
  const secret = (place: SecretPlace | JoinSecretPlace) => ({
    secure: place instanceof JoinSecretPlace ? joining[place.generation] : sealed.values.other,
  });
  for (const [key, value] of Object.entries(rehearsed.settings)) config[key] = placed(value, secret);
  for (const [key, role] of Object.entries(rehearsed.secrets)) config[key] = { secure: sealed.values[role] };
  const header =
    "# Written by a rehearsal from your settings file, anew at every run. Nothing secret of yours is in it.\n";
  return header + stringify({ encryptionsalt: sealed.encryptionSalt, config }, { aliasDuplicateObjects: false });
}

/** What the simulated domain made for each computer, encrypted. */
async function joinSecrets(
  { settings }: RehearsedSettings,
  { secrets }: WorldFolder,
  installers: InstallerRoom,
): Promise<Readonly<Record<string, string>>> {
  const places = objectAt(settings, `${settingNames.namespace}:${settingNames.joinSecrets}`) ?? {};
  const texts = Object.keys(places).map((generation) => {
    const made = joinStandIn(settings, generation, secrets.other);
    return [generation, joinMethod(settings) === "machinePassword" ? made.password : installers.standInBlob(made)];
  });
  return texts.length === 0 ? {} : sealMore(rehearsalPassphrase, secrets.sealed, Object.fromEntries(texts));
}

function placed(value: unknown, secret: (place: SecretPlace | JoinSecretPlace) => unknown): unknown {
  if (value instanceof SecretPlace || value instanceof JoinSecretPlace) return secret(value);
  if (Array.isArray(value)) return value.map((each) => placed(each, secret));
  const object = objectAt(value);
  if (!object) return value;
  return Object.fromEntries(Object.entries(object).map(([key, each]) => [key, placed(each, secret)]));
}

async function look(path: string, installers: InstallerRoom): Promise<FoundFile> {
  try {
    if (!(await stat(path)).isFile()) return { kind: "missing" };
    const sha256 = await hashOf(path);
    return { kind: (await installers.readStandInInstaller(path)) === undefined ? "real" : "stand-in", sha256 };
  } catch (error) {
    if (isMissing(error)) return { kind: "missing" };
    throw error;
  }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/**
 * Only the parts that are known of such a file (facts/entra-connect.md 5.1), and a name that says what it is. It is as
 * old as the worlds of this release, so that a new one ends alike whatever the date. It does
 * not follow the block's Entra Connect version: an upgrade in place is no new export of the active server.
 */
async function writeSettingsFile(folder: string, standsInFor: SettingsFileWanted): Promise<StandInFile> {
  const mark = createHash("sha256").update(`${standsInFor.path}\n${standsInFor.sha256}`).digest("hex").slice(0, 12);
  const path = join(folder, `Exported-SynchronizationPolicy-${mark}.json`);
  const text = `${JSON.stringify(
    {
      policyMetadata: {
        type: "rehearsal stand-in",
        author: `REHEARSAL\\stand-in-${mark}`,
        timeCreated: `${worldBegins.toISOString().slice(0, 19).replace("T", " ")}Z`,
        azureADConnectVersion: "2.6.84.0",
      },
      deploymentMetadata: { hostName: "active.rehearsal.invalid" },
      onpremisesDirectoryPolicy: standsInFor.domain === undefined ? [] : [directoryOf(standsInFor.domain)],
      azureDirectoryPolicy: { standardSynchronizationRules: [], customSynchronizationRules: [] },
    },
    null,
    2,
  )}\n`;
  await writeFileAtomic(path, text);
  return { path, sha256: createHash("sha256").update(text).digest("hex") };
}

/** One forest with a filter and a rule of its own, so that something is imported that can be verified. */
function directoryOf(domain: string) {
  const root = domain
    .split(".")
    .map((part) => `DC=${part}`)
    .join(",");
  return {
    friendlyName: domain,
    fullyQualifiedDomainName: domain,
    uniqueIdentifier: "9d3c4f0e-0000-4000-8000-000000000001",
    partitionFilters: [
      {
        distinguishedName: root,
        containerInclusions: [`OU=People,${root}`, `OU=Groups,${root}`],
        containerExclusions: [root, `OU=Leavers,OU=People,${root}`],
      },
    ],
    standardSynchronizationRules: [
      {
        Name: "In from AD - User Join",
        uniqueIdentifier: "9d3c4f0e-0000-4000-8000-000000000002",
        immutableTag: "Microsoft.InfromADUserJoin.006",
        precedence: 100,
      },
    ],
    customSynchronizationRules: [
      {
        name: "In from AD - User - Contractors",
        description: "",
        direction: "Inbound",
        precedence: 50,
        source: "user",
        target: "person",
        linkType: "Join",
        uniqueIdentifier: "9d3c4f0e-0000-4000-8000-000000000003",
        scopeFilters: [{ attribute: "employeeType", condition: "EQUAL", value: "contractor" }],
        attributeMappings: [{ destination: "employeeType", source: "employeeType" }],
      },
    ],
  };
}

function fileNamePart(text: string): string {
  return text.replace(/[^0-9A-Za-z.]/g, "_");
}

async function readYaml(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    throw new BadInput(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  try {
    return parse(text);
  } catch (error) {
    // The parser's text shows the line, which may be a secret: only where it is.
    const place = /at line \d+, column \d+/.exec(error instanceof Error ? error.message : "")?.[0] ?? "";
    throw new BadInput(`${path} is not YAML ${place}. Correct it, or let Pulumi write it with pulumi config set.`);
  }
}
