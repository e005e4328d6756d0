/** Mirrors scripts/install-package.ps1 and what msiexec does with a stand-in. */
import { changeRegistry } from "../serverFiles";
import { readStandInInstaller, type StandInInstaller } from "../standInInstaller";
import { wizardFile } from "../wizard";
import { confirmActingAllowed, connectPackage, isWizardOpen, wizardPath } from "./connect";
import { NotRehearsed } from "./notRehearsed";
import { libraryFolder, Refusal, type Said, type Session } from "./session";
import { pendingRestart } from "./system";

const log = `${libraryFolder}\\package\\install.log`;
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
  await session.enterLock();
  await confirmActingAllowed(session);
  let installed = await connectPackage(session);
  let wizard = await wizardPath(session);
  let sha256: string | null = null;
  if (installed?.displayVersion !== wanted.productVersion || wizard === "") {
    if (installed !== undefined && compareVersions(installed.displayVersion, wanted.productVersion) > 0)
      throw new Refusal("newer-installed", { expected: wanted.productVersion, found: installed.displayVersion });
    if (isWizardOpen(await session.world())) throw new Refusal("wizard-open");
    const standIn = await confirmPackage(session, wanted);
    sha256 = wanted.sha256;
    await session.write(log, "MSI (s): rehearsal, exit code 0\n");
    await putInPlace(session, standIn);
    session.changes.push(`Entra Connect ${wanted.productVersion} installed`);
    installed = await connectPackage(session);
    wizard = await wizardPath(session);
  }
  if (installed?.displayVersion !== wanted.productVersion || wizard === "")
    throw new Refusal("not-there-afterwards", { expected: wanted.productVersion });
  return {
    productVersion: installed.displayVersion,
    productCode: installed.productCode,
    wizardPath: wizard,
    rebootRequired: await pendingRestart(session),
    sha256,
  };
}

async function confirmPackage(session: Session, wanted: Given): Promise<StandInInstaller> {
  const { path } = wanted;
  if (!(await session.exists(path))) throw new Refusal("package-missing", { path });
  const found = await session.sha256(path);
  if (found !== wanted.sha256) throw new Refusal("other-hash", { path, expected: wanted.sha256, found });
  const standIn = await readStandInInstaller(session.path(path));
  const { signatureStatus, signer = "", productVersion } = standIn ?? {};
  const signed = ["CN", "O"].some((part) => signer.split(/,\s*/).includes(`${part}=${wanted.signer}`));
  if (standIn === undefined || signatureStatus !== "Valid" || !signed || productVersion !== wanted.productVersion)
    throw new NotRehearsed("package");
  return standIn;
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
    return old;
  });
  await changeRegistry(session.server, (registry) => {
    for (const old of replaced) delete registry[`${uninstallKey}\\${old.productCode}`];
    registry[`${uninstallKey}\\${productCode}`] = { DisplayName: displayName, DisplayVersion: productVersion };
    registry["HKLM:\\SOFTWARE\\Microsoft\\Azure AD Connect"] = { WizardPath: wizardFile };
  });
  await session.write(wizardFile, "stands in for the wizard\n");
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
