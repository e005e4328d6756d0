/** What a server can be like at the gate and after it: OpenSSH, module, service, wizard. */
import { type FailedConfigurationName, failedConfigurations } from "./failedConfigurations";
import { flag, type Peculiarity } from "./peculiarity";
import type { ServerWorld } from "./serverWorld";

const sshKey = "HKLM:\\SOFTWARE\\OpenSSH";

function failing(name: FailedConfigurationName): Peculiarity {
  return flag("wizardFails", name, failedConfigurations[name].says, "scripts/await-wizard.causes.json");
}

const synchronization = ({ services }: ServerWorld, status: "Running" | "Stopped"): void => {
  if (services.ADSync !== undefined && services.ADSync.startType !== "Disabled") services.ADSync.status = status;
};

export const gatePeculiarities = {
  "stale-module-path": flag(
    "moduleOnlyByPath",
    true,
    "no session finds the module ADSync by its name, not even one that is younger than the installation",
    "field-reports F1",
  ),
  "default-shell-powershell": {
    says: "a policy makes PowerShell the shell in which sshd runs commands",
    source: "field-reports F25, windows-server.md section 3",
    on: ({ registry }) => {
      registry[sshKey] = { DefaultShell: "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe" };
    },
    off: ({ registry }) => {
      delete registry[sshKey];
    },
  },
  "other-folder": flag(
    "installLocation",
    "C:\\AADC",
    "wizard and engine are installed in a folder of their own",
    "field-reports F26",
  ),
  "capability-refused-by-wsus": flag(
    "capabilityRefused",
    "Add-WindowsCapability failed. Error code = 0x800f0954",
    "a WSUS policy keeps Windows from fetching the OpenSSH server",
    "field-reports F70",
  ),
  "installer-busy": flag(
    "msiexecExitCodes",
    [1618, 1618, 1618],
    "Windows installs something itself when the package is to be installed, three times in a row",
    "windows-server.md, msiexec codes",
  ),
  "sshd-dead-after-patch": {
    says: "after a patch sshd does not start: the folder of its logs is writable for others",
    source: "field-reports F69, windows-server.md section 1",
    on: ({ world }) => {
      world.peculiarities.sshFoldersOpen = ["C:\\ProgramData\\ssh\\logs"];
      if (world.services.sshd !== undefined) world.services.sshd.status = "Stopped";
    },
    off: ({ world }) => {
      delete world.peculiarities.sshFoldersOpen;
      if (world.services.sshd?.startType === "Automatic") world.services.sshd.status = "Running";
    },
  },
  "wizard-left-open": flag(
    "wizardStaysOpen",
    true,
    "the wizard's window stays open when it has finished",
    "entra-connect.md section 4.3",
  ),
  "modal-dialog": flag(
    "schedulerRefused",
    "System.InvalidOperationException: Showing a modal dialog box or form when the application is not running in UserInteractive mode is not a valid operation. Specify the ServiceNotification or DefaultDesktopOnly style to display a notification from a service application.",
    "Get-ADSyncScheduler wants to show a window, which a session without a desktop cannot",
    "field-reports F43",
  ),
  "scheduler-throws": flag(
    "schedulerThrows",
    "An error occurred while sending the request. The remote name could not be resolved: 'login.microsoftonline.com'",
    "Get-ADSyncScheduler fails because Entra ID is out of reach",
    "entra-connect.md section 9.1",
  ),
  "scheduler-cmdlet-missing": flag(
    "schedulerMissing",
    true,
    "the module ADSync loads, but has no Get-ADSyncScheduler",
    "field-reports F1 (index id 63343480772)",
  ),
  "wmi-fails": flag(
    "wmiFails",
    "Generic failure (0x80041001, WBEM_E_FAILED)",
    "WMI does not answer",
    "issue 11, section 2",
  ),
  "service-does-not-start": {
    says: "after a restart LocalDB, and with it the synchronization service, does not start",
    source: "field-reports F20",
    on: ({ world }) => {
      world.peculiarities.serviceDoesNotStart =
        "Service 'Microsoft Azure AD Sync (ADSync)' cannot be started due to the following error: Cannot start service ADSync on computer '.'.";
      synchronization(world, "Stopped");
    },
    off: ({ world }) => {
      delete world.peculiarities.serviceDoesNotStart;
      synchronization(world, "Running");
    },
  },
  "wizard-fails-leftover-application": failing("leftover-application"),
  "wizard-fails-existing-connector": failing("existing-connector"),
  "wizard-fails-tls": failing("tls"),
  "wizard-fails-sql": failing("sql"),
  "wizard-fails-extension-rule": failing("extension-rule"),
  "wizard-fails-clock": failing("clock"),
  "wizard-fails-conditional-access": failing("conditional-access"),
} as const satisfies Readonly<Record<string, Peculiarity>>;
