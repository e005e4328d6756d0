import { wrap } from "../../review/render";
import type { SettingsFileDigest } from "../../review/settingsFile";
import { libraryFolder } from "../../scripts/assemble";
import { generationNames } from "../server/names";
import type { GenerationSettings, Settings } from "../settings/settings";
import { afterCustomInstallation, afterImport } from "./afterWizard";
import { wizardPages } from "./wizardPages";

/** What is copied carries its hash in its name: the state then tells what lies on the server already. */
export function paths({ connect }: GenerationSettings) {
  const short = (sha256: string): string => sha256.toLowerCase().slice(0, 16);
  return {
    installer: `${libraryFolder}\\package\\AzureADConnect-${connect.version}-${short(connect.installer.sha256)}.msi`,
    incomingSettingsFile: `${libraryFolder}\\incoming\\settings-${short(connect.settingsFile?.sha256 ?? "")}.json`,
    // Without one, a file that an earlier run left there is not taken for what the wizard imported.
    settingsFile: `${libraryFolder}\\settings\\${connect.settingsFile === undefined ? "none" : "settings"}.json`,
    instructions: "C:\\Users\\Public\\Desktop\\Entra Connect passive server - what to do now.txt",
  };
}

/** Name of the file beside the project that holds the instructions while the gate waits. */
export function instructionsFile({ name }: Settings, generation: number): string {
  return `operator-instructions-${generationNames(name, generation).machine}.txt`;
}

/** Sites of the sign-in window that Internet Explorer's enhanced security blocks: facts/entra-connect.md 15, public reports. */
const signInSites = ["https://secure.aadcdn.microsoftonline-p.com", "https://aadcdn.msftauth.net"];

/** Which version, and what the settings file is. */
function heading({ connect }: GenerationSettings, digest: SettingsFileDigest | undefined): readonly string[] {
  if (connect.settingsFile === undefined)
    return [
      `Entra Connect ${connect.version}, a fresh custom installation without a settings file:`,
      `${connect.withoutSettingsFile?.reason}`,
    ];
  const file = [
    digest?.hostName === undefined ? "" : ` of ${digest.hostName}`,
    digest?.madeAt === undefined ? "" : `, made ${digest.madeAt.slice(0, 10)}`,
    digest?.build === undefined ? "" : ` by build ${digest.build}`,
  ].join("");
  return [`Entra Connect ${connect.version}, with the settings file${file === "" ? " of the active server" : file}.`];
}

/** Columns: a text editor's window on the server's desktop. */
const width = 110;

/** Problems of the wizard whose way out is one of its switches; all of them still open it (facts/entra-connect.md 3). */
const switches: readonly string[] = [
  "   If the sign-in window stays blank, Internet Explorer's enhanced security blocks it: add to the trusted sites",
  ...signInSites.map((site) => `     ${site}`),
  "   If the account signs in by smart card or federation: close the wizard, start AzureADConnect.exe /InteractiveAuth.",
  "   If it finds ms-DS-ConsistencyGuid already in use, and the active server takes its source anchor from it: close the wizard, start AzureADConnect.exe /SkipLdapSearch.",
];

/**
 * What the operator must do at the wizard, page by page. The wizard has no silent mode, wants an interactive sign-in,
 * and Microsoft supports no other way; so this text is the product's interface to a person and says every value. It is
 * made of settings and of what is known of the settings file, and of nothing that changes with time: another text would
 * be another command.
 */
export function operatorInstructions(
  { name, network, gate }: Settings,
  block: GenerationSettings,
  digest?: SettingsFileDigest,
): string {
  const machine = generationNames(name, block.generation).machine;
  const imports = block.connect.settingsFile !== undefined;
  return [
    `PASSIVE SERVER ${machine.toUpperCase()}: COMPLETE THE ENTRA CONNECT WIZARD`,
    ...heading(block, digest),
    "",
    `1. Sign in to ${machine} by remote desktop, ${addressHint(network.kind)},`,
    "   as a local administrator who is a domain user.",
    `   Leave the local account ${block.loginName} as it is: this deployment signs in with it, by SSH key.`,
    '2. Start "Azure AD Connect" (or "Microsoft Entra Connect Sync") from the desktop.',
    ...switches,
    "3. Go through the pages:",
    ...wizardPages({ block, settingsFile: paths(block).settingsFile, digest }).flatMap(([title, lines]) => [
      "",
      `   ${title}`,
      ...lines.map((line) => `     ${line}`),
    ]),
    "",
    '   If the wizard shows its upgrade page instead (an older version was there): Upgrade, sign in, leave "Start the synchronization process" unticked, Exit. If Windows asks for a restart first, restart first.',
    "",
    gate.waitMinutes === 0
      ? "4. Run `pulumi up` again: it goes on from here."
      : `4. The deployment waits up to ${gate.waitMinutes} minutes and goes on by itself. If it has stopped, run \`pulumi up\` again.`,
    ...(gate.enableScheduler
      ? ["   It runs the first imports and synchronizations and switches this server's scheduler on."]
      : [
          "   It runs the first imports and synchronizations once. The scheduler stays as it is: this passive server does not synchronize by itself until gate.enableScheduler is true, or Start-ADSyncSyncCycle is run on it.",
        ]),
    "",
    `5. After the ${imports ? "import" : "installation"}, before this server is ever made active (until then it exports nothing):`,
    "   sign out and in again first; when all is done, Start-ADSyncSyncCycle -PolicyType Initial.",
    ...(imports ? afterImport(digest) : afterCustomInstallation).map((line) => `   ${line}`),
    "",
  ]
    .flatMap((line) => wrap(line, width, "whole"))
    .join("\r\n");
}

function addressHint(kind: "new" | "existing"): string {
  return kind === "new" ? "through Bastion or a privileged access workstation" : "the way your network has for Tier 0";
}
