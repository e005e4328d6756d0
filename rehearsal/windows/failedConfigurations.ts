/**
 * What the wizard's trace log says after configurations that failed: the log's form is that of public logs
 * (index id 35961265189), the messages are those of the sources in scripts/await-wizard.causes.json.
 */
export interface FailedConfiguration {
  /** One sentence without its end. */
  readonly says: string;
  /** Messages in order, each with its level. */
  readonly messages: readonly (readonly [level: "INFO" | "WARN" | "ERROR", message: string])[];
}

const ending = [
  [
    "INFO",
    "PerformConfigurationPageViewModel.PerformWorkflowInstallationAndUpdateState: result of installation operations - Failed",
  ],
  [
    "ERROR",
    "ExecuteADSyncConfiguration: configuration failed.  Skipping export of synchronization policy.  resultStatus=Failed",
  ],
] as const;

const task = (message: string) =>
  [
    "ERROR",
    `PerformConfigurationPageViewModel: An error occurred executing Configure AAD Sync task: ${message}`,
  ] as const;
const page = (message: string) => ["ERROR", `PerformConfigurationPageViewModel: ${message}`] as const;

/** Where no reason is known, nothing but that it failed. */
export const unknownFailure: FailedConfiguration = {
  says: "the wizard's configuration fails, and its log says nothing that is known",
  messages: [...ending, page("We encountered a problem and couldn't complete the integration.")],
};

/** The machines of a rehearsal have the drive C: alone; the words are the rehearsal's own. */
export function noSuchDrive(location: string): FailedConfiguration {
  return {
    says: `there is no drive for ${location}`,
    messages: [...ending, page(`The installation location ${location} cannot be used: there is no such drive.`)],
  };
}

export const failedConfigurations = {
  "leftover-application": {
    says: "the wizard's configuration fails at an application registration that an earlier attempt left (AADSTS700016)",
    messages: [
      [
        "WARN",
        "AcquireTokenForClient failed: MsalServiceException: AADSTS700016: Application with identifier '3f2c0e4b-5d1a-4a77-9f6e-2b8a1c9d7e55' was not found in the directory 'Contoso'. Trace ID: 0f8fad5b-d9cb-469f-a165-70867728950e",
      ],
      ...ending,
      page(
        "Microsoft Entra Connect could not configure application-based authentication for this server. Setup cannot continue.",
      ),
    ],
  },
  "existing-connector": {
    says: "the wizard's configuration fails at a connector that an earlier attempt left",
    messages: [...ending, task("Management Agent Error: A management agent with this name already exists.")],
  },
  tls: {
    says: "the wizard's configuration fails because .NET does not use TLS 1.2",
    messages: [
      ...ending,
      task("Creation of connector contoso.onmicrosoft.com - AAD failed. This may be due to replication delay."),
    ],
  },
  sql: {
    says: "the wizard's configuration fails because SQL Server refuses its database",
    messages: [
      [
        "ERROR",
        "PerformConfigurationPageViewModel: Caught exception while installing synchronization service. Exception Data (Raw): System.Exception: Unable to install the Synchronization Service. Please see the event log for additional details.\n" +
          "MSI (s) (C0!08) [15:52:17:605]: Product: Microsoft Azure AD Connect synchronization services -- Error 25009.The Microsoft Azure AD Connect synchronization services setup wizard cannot configure the specified database. Error: ALTER DATABASE statement failed.",
      ],
      ...ending,
    ],
  },
  "extension-rule": {
    says: "the wizard's configuration fails at a custom rule that writes a directory extension",
    messages: [
      ...ending,
      task(
        "Out to AAD - User DirectoryExtension (0b0cfd4f-e8b8-47b2-8a15-b0557cef3949): AttributeFlowMapping's specified target attribute 'extension_87ce92dfb96b4ac689f8f53836bffaa6_extensionAttribute1' is not a defined attribute type.\n" +
          "Microsoft.IdentityManagement.PowerShell.Cmdlet.AddADSyncRuleCmdlet",
      ),
    ],
  },
  clock: {
    says: "the wizard's configuration fails because the clock is more than five minutes off",
    messages: [
      ...ending,
      page(
        "Microsoft Entra Connect could not configure application-based authentication for this server. Setup cannot continue.",
      ),
    ],
  },
  "conditional-access": {
    says: "the wizard's configuration fails because Conditional Access asks the synchronization's identity for a second factor",
    messages: [
      [
        "WARN",
        "GetServiceAccount: service account authorization failed for Sync_SRV1_72476b2272e5@contoso.onmicrosoft.com. Waiting for account to be provisioned. Details: AADSTS50079: Due to a configuration change made by your administrator, you must enroll in multi-factor authentication.",
      ],
      ...ending,
      page(
        "Unable to create the synchronization service account for Microsoft Entra ID. Retrying this operation may help resolve the issue.",
      ),
    ],
  },
} as const satisfies Readonly<Record<string, FailedConfiguration>>;

export type FailedConfigurationName = keyof typeof failedConfigurations;

/** The log, as the wizard writes it. */
export function traceOf({ messages }: FailedConfiguration, at: Date): string {
  const time = at.toISOString().slice(11, 23);
  const opening = ["INFO", 'Page transition from "Ready to configure" to "Configure"'] as const;
  return [opening, ...messages].map(([level, text]) => `[${time}] [ 26] [${level.padEnd(5)}] ${text}\n`).join("");
}
