/** Brings a machine to a stage of its setup, so that a test can begin there. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ServerWorld, ServiceWorld } from "../../../rehearsal/windows/serverWorld";
import { type StandInInstaller, writeStandInInstaller } from "../../../rehearsal/windows/standInInstaller";
import { completeWizard, type WizardChoices } from "../../../rehearsal/windows/wizard";
import { tlsValues } from "../../../review/readiness/judge";
import type {
  AwaitWizardArguments,
  FirstSynchronizationArguments,
  InstallPackageArguments,
  PrerequisitesArguments,
  ReachArguments,
  ReinstateArguments,
  RetireArguments,
  VerifyStagingArguments,
} from "../../../scripts/assemble";
import { machine, type Pair } from "./pair";

export const version = "2.6.92.0";
export const packagePath = "C:\\ProgramData\\pulumi-entra-connect\\package\\AzureADConnect.msi";

export const prerequisitesArguments: PrerequisitesArguments = {
  domain: "contoso.com",
  minimumDiskGB: 70,
  ports: [
    { host: "10.40.0.4", port: 389 },
    { host: "10.40.0.4", port: 9999 },
    { host: "10.40.0.5", port: 389 },
    { host: "10.40.0.5", port: 123, by: "time" },
  ],
  endpoints: [
    { host: "login.microsoftonline.com", port: 443 },
    { host: "mscrl.microsoft.com", port: 80 },
  ],
  tls: tlsValues,
  asked: "2026-11-01T07:00:00Z",
  proveAgain: "",
  serverName: machine.computerName,
  generation: 1,
};

export const retireArguments: RetireArguments = {
  computerName: machine.computerName,
  vmId: machine.vmId,
  generation: 1,
  role: "passive",
  exceptions: [],
};

export const reinstateArguments: ReinstateArguments = {
  computerName: machine.computerName,
  vmId: machine.vmId,
  generation: 1,
  reason: "the deletion was called off – CHG-4711",
  until: "2026-11-01",
};

export const gateArguments: AwaitWizardArguments = {
  productVersion: version,
  waitMinutes: 0,
  pollSeconds: 30,
  instructions: "<p>Häkchen setzen</p>\n",
  instructionsPath: "C:\\Users\\Public\\Desktop\\Complete Entra Connect.html",
  settingsFilePath: "C:\\ProgramData\\pulumi-entra-connect\\settings\\settings.json",
};

export const proofArguments: VerifyStagingArguments = {
  expected: { productVersion: version },
  generations: [1],
  proveAgain: "",
};

export const reachArguments: ReachArguments = { computerName: machine.computerName, vmId: machine.vmId };

export const firstArguments: FirstSynchronizationArguments = {
  productVersion: version,
  enableScheduler: true,
  runWaitMinutes: 0,
};

/** Lays an installer on the server; gives the arguments that pin exactly it. */
export async function deliverInstaller(
  pair: Pair,
  installer: Partial<StandInInstaller> = {},
): Promise<InstallPackageArguments> {
  const folder = await mkdtemp(join(tmpdir(), "entra-connect-msi-"));
  try {
    await writeStandInInstaller(join(folder, "x.msi"), { productVersion: version, ...installer });
    const bytes = await readFile(join(folder, "x.msi"));
    await pair.put(packagePath, bytes);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    return {
      path: packagePath,
      sha256,
      signer: "Microsoft Corporation",
      productVersion: installer.productVersion ?? version,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function installed(pair: Pair): Promise<void> {
  await pair.bring("prerequisites", prerequisitesArguments);
  await pair.bring("install-package", await deliverInstaller(pair));
}

export async function setUp(pair: Pair, choices: Partial<WizardChoices> = {}): Promise<void> {
  await installed(pair);
  await pair.each((server) => completeWizard(server, { staging: true, ...choices }));
}

/** The synchronization service: whether it runs, and how it starts. */
export async function serviceIs(pair: Pair, status: string, startType: string): Promise<void> {
  const { ADSync } = (await pair.world()).services;
  assert.deepEqual([ADSync?.status, ADSync?.startType], [status, startType]);
}

export const service =
  (change: Partial<ServiceWorld>) =>
  ({ services }: ServerWorld): void => {
    if (services.ADSync) Object.assign(services.ADSync, change);
  };

/** Somebody has made it the active server. */
export const stagingOff = ({ adsync }: ServerWorld): void => {
  if (adsync === undefined) throw new Error("not installed");
  adsync.stagingMode = false;
  adsync.globalParameters["Microsoft.Synchronize.StagingMode"] = "False";
};
