import { libraryFolder } from "../../scripts/assemble";
import { generationNames } from "../server/names";
import type { ConnectSettings, GenerationSettings, Settings } from "../settings/settings";

/** What is copied carries its hash in its name: the state then tells what lies on the server already. */
export function paths({ connect }: GenerationSettings) {
  const short = (sha256: string): string => sha256.toLowerCase().slice(0, 16);
  return {
    installer: `${libraryFolder}\\package\\AzureADConnect-${connect.version}-${short(connect.installer.sha256)}.msi`,
    incomingSettingsFile: `${libraryFolder}\\incoming\\settings-${short(connect.settingsFile.sha256)}.json`,
    settingsFile: `${libraryFolder}\\settings\\settings.json`,
    instructions: "C:\\Users\\Public\\Desktop\\Entra Connect passive server - what to do now.txt",
  };
}

/** Name of the file beside the project that holds the instructions while the gate waits. */
export function instructionsFile({ name }: Settings, generation: number): string {
  return `operator-instructions-${generationNames(name, generation).machine}.txt`;
}

function databaseSteps({ database }: ConnectSettings): readonly string[] {
  return database.kind === "localdb"
    ? ['Leave "Use an existing SQL Server" unticked: SQL Server Express LocalDB is installed.']
    : [
        `Tick "Use an existing SQL Server": server ${database.server}, ${
          database.instance === undefined ? "default instance" : `instance ${database.instance}`
        }, database ${database.name}. One database is never shared by two servers.`,
      ];
}

function serviceAccountSteps({ serviceAccount }: ConnectSettings): readonly string[] {
  return serviceAccount.kind === "virtual"
    ? ['Leave "Use an existing service account" unticked: the virtual account NT SERVICE\\ADSync is used.']
    : [
        `Tick "Use an existing service account", Managed Service Account: ${serviceAccount.name}. It cannot be changed later.`,
      ];
}

/**
 * What the operator must do at the wizard, page by page. The wizard has no silent mode, wants an interactive sign-in,
 * and Microsoft supports no other way; so this text is the product's interface to a person and says every value.
 * Source: facts/entra-connect.md 4.1.
 */
export function operatorInstructions({ name, network, gate }: Settings, block: GenerationSettings): string {
  const { connect, features } = block;
  const machine = generationNames(name, block.generation).machine;
  const file = paths(block).settingsFile;
  const pages: readonly (readonly [string, readonly string[]])[] = [
    ["Welcome", ["Agree to the licence terms, Continue."]],
    ["Express Settings", ["Choose Customize. Never the express settings."]],
    [
      "Install required components",
      [
        'Tick "Import synchronization settings" and browse to',
        `  ${file}`,
        ...(connect.installLocation === undefined
          ? []
          : [`Tick "Specify a custom installation location": ${connect.installLocation}`]),
        ...databaseSteps(connect),
        ...serviceAccountSteps(connect),
        "Install.",
      ],
    ],
    ["User sign-in", ["Leave what is selected; it comes from the settings file of the active server."]],
    [
      "Connect to Microsoft Entra ID",
      [
        "Sign in with an account that holds Hybrid Identity Administrator or Global Administrator directly, not through a group.",
      ],
    ],
    [
      "Connect your directories",
      ["For each forest: the pre-created connector account of the active server, or an Enterprise Administrator."],
    ],
    [
      "Ready to configure",
      [
        '"Enable staging mode" MUST BE TICKED.',
        '"Start the synchronization process when configuration completes" MUST BE UNTICKED.',
        "Install, wait for the end, then Exit. Close the wizard: while it is open the scheduler is suspended.",
      ],
    ],
  ];
  return [
    `PASSIVE SERVER ${machine.toUpperCase()}: COMPLETE THE ENTRA CONNECT WIZARD`,
    "",
    `1. Sign in to ${machine} (${addressHint(network.kind)}) by remote desktop as a local administrator who is a domain user.`,
    '2. Start "Azure AD Connect" (or "Microsoft Entra Connect Sync") from the desktop.',
    "3. Go through the pages:",
    ...pages.flatMap(([title, lines]) => ["", `   ${title}`, ...lines.map((line) => `     ${line}`)]),
    "",
    ...(features.passThroughAuthentication
      ? [
          "   Pass-through authentication: this server will register an agent that answers real sign-ins, although it is in staging mode.",
          "",
        ]
      : []),
    '   If the wizard shows its upgrade page instead (an older version was there): Upgrade, sign in, leave "Start the',
    '   synchronization process" unticked, Exit. If Windows asks for a restart first, restart first.',
    "",
    gate.waitMinutes === 0
      ? "4. Run `pulumi up` again: it goes on from here."
      : `4. The deployment waits up to ${gate.waitMinutes} minutes and goes on by itself. If it has stopped, run \`pulumi up\` again.`,
    "",
    gate.enableScheduler
      ? "   Afterwards the deployment runs the first imports and synchronizations and switches this server's scheduler on."
      : "   Afterwards the deployment runs the first imports and synchronizations once. The scheduler stays as it is: this passive\r\n   server does not synchronize by itself until gate.enableScheduler is true, or Start-ADSyncSyncCycle is run on it.",
  ].join("\r\n");
}

function addressHint(kind: "new" | "existing"): string {
  return kind === "new" ? "through Bastion or a privileged access workstation" : "the way your network has for Tier 0";
}
