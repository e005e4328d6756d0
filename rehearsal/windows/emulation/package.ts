/** Mirrors scripts/install-package.ps1 and what msiexec does with a stand-in. */
import { sessionManagerKey } from "../createServerWorld";
import { changeRegistry } from "../serverFiles";
import { readStandInInstaller, type StandInInstaller } from "../standInInstaller";
import { wizardFile } from "../wizard";
import { confirmActingAllowed, connectPackage, isWizardOpen, wizardPath } from "./connect";
import { libraryFolder, Refusal, type Said, type Session } from "./session";
import { pendingRestart } from "./system";

const log = `${libraryFolder}\\package\\install.log`;
/** Success, and Windows wants a restart. */
const restartCodes: readonly number[] = [3010, 1641];
const uninstallKey = "HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall";

interface Given {
  readonly path: string;
  readonly sha256: string;
  readonly signer: string;
  readonly productVersion: string;
}

export async function installPackage(session: Session): Promise<Said<"install-package">> {
  const given = session.expect("path", "sha256", "signer", "productVersion");
  const wanted: Given = {
    path: String(given.path),
    sha256: String(given.sha256).toLowerCase(),
    signer: String(given.signer),
    productVersion: String(given.productVersion),
  };
  const location = String(given.installLocation ?? "");
  await session.enterLock();
  await confirmActingAllowed(session);
  let installed = await connectPackage(session);
  let wizard = await wizardPath(session, location);
  let exitCode = 0;
  let sha256: string | null = null;
  if (installed?.displayVersion !== wanted.productVersion || wizard === "") {
    if (installed !== undefined && compareVersions(installed.displayVersion, wanted.productVersion) > 0)
      throw new Refusal("newer-installed", { expected: wanted.productVersion, found: installed.displayVersion });
    if (isWizardOpen(await session.world())) throw new Refusal("wizard-open");
    const standIn = await confirmPackage(session, wanted);
    sha256 = wanted.sha256;
    exitCode = await runInstaller(session, standIn);
    session.changes.push(`Entra Connect ${wanted.productVersion} installed`);
    await closeStrayWizard(session);
    installed = await connectPackage(session);
    wizard = await wizardPath(session, location);
  }
  if (installed?.displayVersion !== wanted.productVersion || wizard === "")
    throw new Refusal("not-there-afterwards", { expected: wanted.productVersion });
  return {
    productVersion: installed.displayVersion,
    productCode: installed.productCode,
    wizardPath: wizard,
    rebootRequired: restartCodes.includes(exitCode) || (await pendingRestart(session)),
    sha256,
  };
}

async function confirmPackage(session: Session, wanted: Given): Promise<StandInInstaller> {
  const { path } = wanted;
  if (!(await session.exists(path))) throw new Refusal("package-missing", { path });
  const found = await session.sha256(path);
  if (found !== wanted.sha256) throw new Refusal("other-hash", { path, expected: wanted.sha256, found });
  const standIn = await readStandInInstaller(session.path(path));
  if (standIn?.signatureStatus !== "Valid")
    throw new Refusal("signature-not-valid", { path, status: standIn?.signatureStatus ?? "NotSigned" });
  if (subjectPart(standIn.signer, "CN") !== wanted.signer && subjectPart(standIn.signer, "O") !== wanted.signer)
    throw new Refusal("other-signer", { path, expected: wanted.signer, found: standIn.signer });
  if (standIn.productVersion !== wanted.productVersion)
    throw new Refusal("other-version", { path, expected: wanted.productVersion, found: standIn.productVersion });
  return standIn;
}

function subjectPart(subject: string, part: string): string {
  const found = new RegExp(`(?:^|,\\s*)${part}=(?:"([^"]*)"|([^,]*))`, "i").exec(subject);
  return `${found?.[1] ?? ""}${found?.[2] ?? ""}`.trim();
}

async function runInstaller(session: Session, standIn: StandInInstaller): Promise<number> {
  let code = 0;
  for (let attempt = 1; attempt <= 10; attempt++) {
    code = await session.edit((world) => world.peculiarities.msiexecExitCodes?.shift() ?? 0);
    await session.write(log, `MSI (s): rehearsal, exit code ${code}\n`);
    if (code !== 1618) break;
    await session.sleep(30);
  }
  if (code !== 0 && !restartCodes.includes(code)) throw new Refusal("installer-failed", { code: String(code), log });
  await putInPlace(session, standIn);
  if (restartCodes.includes(code))
    await changeRegistry(session.server, (registry) => {
      registry[sessionManagerKey] = {
        ...registry[sessionManagerKey],
        PendingFileRenameOperations: "\\??\\C:\\Config.Msi\\1.rbf",
      };
    });
  return code;
}

async function putInPlace(session: Session, standIn: StandInInstaller): Promise<void> {
  const displayName = "Microsoft Entra Connect Sync";
  const { productCode, upgradeCode, productVersion } = standIn;
  const replaced = await session.edit((world) => {
    const old = world.packages.filter((entry) => entry.upgradeCode === upgradeCode);
    world.packages = [
      ...world.packages.filter((entry) => entry.upgradeCode !== upgradeCode),
      { displayName, displayVersion: productVersion, productCode, upgradeCode },
    ];
    world.fileVersions[wizardFile] = productVersion;
    world.wizard.state = "waiting";
    if (world.peculiarities.installerStartsWizard) {
      world.processes.push({ name: "AzureADConnect", path: wizardFile, id: 6000 });
      world.wizard.state = "open";
    }
    return old;
  });
  await changeRegistry(session.server, (registry) => {
    for (const old of replaced) delete registry[`${uninstallKey}\\${old.productCode}`];
    registry[`${uninstallKey}\\${productCode}`] = { DisplayName: displayName, DisplayVersion: productVersion };
    registry["HKLM:\\SOFTWARE\\Microsoft\\Azure AD Connect"] = { WizardPath: wizardFile };
  });
  await session.write(wizardFile, "stands in for the wizard\n");
}

async function closeStrayWizard(session: Session): Promise<void> {
  if (!isWizardOpen(await session.world())) return;
  await session.edit((world) => {
    world.processes = world.processes.filter(({ name }) => name !== "AzureADConnect");
    if (world.wizard.state === "open") world.wizard.state = "waiting";
  });
  session.changes.push("wizard that the installer started was closed");
}

function compareVersions(one: string, other: string): number {
  const numbers = (version: string) => version.split(".").map(Number);
  const [left, right] = [numbers(one), numbers(other)];
  for (let index = 0; index < 4; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
