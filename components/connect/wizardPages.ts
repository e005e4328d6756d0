import { signInToEntra, type WizardPage } from "../../review/pair/wizardPages";
import type { SettingsFileDigest } from "../../review/settingsFile";
import { versionNote } from "../../review/versions/versions";
import type { ConnectSettings, FeatureSettings, GenerationSettings } from "../settings/settings";

export type { WizardPage };

export interface PagesQuestion {
  readonly block: GenerationSettings;
  /** Where the settings file lies on the server. */
  readonly settingsFile: string;
  readonly digest?: SettingsFileDigest;
}

/**
 * The wizard's pages in its own order, with the value for each. With a settings file most of them are skipped
 * (facts/entra-connect.md 4.1); without one it is a custom installation (Microsoft: how-to-connect-install-custom.md).
 */
export function wizardPages(question: PagesQuestion): readonly WizardPage[] {
  const { block } = question;
  const begin: readonly WizardPage[] = [
    ["Welcome", ["Agree to the licence terms, Continue."]],
    ["Express Settings", ["Choose Customize. Never the express settings."]],
    ["Install required components", components(question)],
  ];
  const end: WizardPage = [
    "Ready to configure",
    [
      '"Enable staging mode" MUST BE TICKED.',
      '"Start the synchronization process when configuration completes" MUST BE UNTICKED.',
      "Install, wait for the end, then Exit. Close the wizard: while it is open the scheduler is suspended.",
    ],
  ];
  return [...begin, ...(block.connect.settingsFile === undefined ? customPages(block) : importPages(question)), end];
}

function components({ block: { connect }, settingsFile }: PagesQuestion): readonly string[] {
  return [
    ...(connect.settingsFile === undefined
      ? ['Leave "Import synchronization settings" unticked: this server is built without a settings file.']
      : ['Tick "Import synchronization settings" and browse to', `  ${settingsFile}`]),
    ...(connect.installLocation === undefined
      ? []
      : [`Tick "Specify a custom installation location": ${connect.installLocation}`]),
    ...databaseSteps(connect),
    ...serviceAccountSteps(connect),
    "Install.",
  ];
}

/** Rights and the rule on availability groups: facts/entra-connect.md 14 and 15; public reports of error 25009. */
function databaseSteps({ database, settingsFile }: ConnectSettings): readonly string[] {
  if (database.kind === "localdb")
    return ['Leave "Use an existing SQL Server" unticked: SQL Server Express LocalDB is installed.'];
  const instance = database.instance === undefined ? "default instance" : `instance ${database.instance}`;
  const { port } = database;
  return [
    `Tick "Use an existing SQL Server": server ${database.server}, ${instance}, database ${database.name}.`,
    // "Custom installation of Microsoft Entra Connect", Use an existing SQL Server.
    ...(port === undefined || (port === 1433 && database.instance === undefined)
      ? []
      : [
          `  It listens at port ${port}: Instance Name takes the name, a comma and the port (${database.instance ?? ""},${port}).`,
        ]),
    "  You need sysadmin there, or dbo in that database made beforehand; given to you directly, not through a nested group.",
    "  It must not be in an availability group while the wizard runs (error 25009); join it afterwards.",
    "  One instance holds one engine, and one database is never shared by two servers.",
    ...(settingsFile === undefined ? [] : ["  A database that holds a server's data already excludes the import."]),
  ];
}

function serviceAccountSteps({ serviceAccount }: ConnectSettings): readonly string[] {
  return serviceAccount.kind === "virtual"
    ? ['Leave "Use an existing service account" unticked: the virtual account NT SERVICE\\ADSync is used.']
    : [
        `Tick "Use an existing service account", Managed Service Account: ${serviceAccount.name}. It cannot be changed later.`,
      ];
}

/** Where the settings say what the active server uses; the settings file's own key for it is not documented. */
function signIn({ features, connect }: GenerationSettings): readonly string[] {
  const note = versionNote(connect.version);
  return [
    ...(features.passThroughAuthentication
      ? [
          '"Pass-through authentication" must be selected, as features.passThroughAuthentication says.',
          "  This server will register an agent that answers real sign-ins, although it is in staging mode.",
          ...(note === undefined ? [] : [`  Version ${connect.version}: ${note}.`]),
        ]
      : [
          'It must not be "Pass-through authentication": features.passThroughAuthentication is false. If it is: close the wizard, set it to true (it opens ports and says what is expected), run up, start again.',
        ]),
    features.seamlessSingleSignOn
      ? '"Enable single sign-on" must be ticked; have a domain administrator of each forest ready.'
      : '"Enable single sign-on" must not be ticked: features.seamlessSingleSignOn is false.',
    "Federation with AD FS or PingFederate: the wizard asks for everything about the farm; have it at hand.",
  ];
}

const account =
  "the connector account of the active server with its password (Use existing account), or an Enterprise Administrator who lets the wizard make one (Create new account)";

const neverAdministrator = "The connector account itself is never an Enterprise or Domain Administrator.";

function importPages({ block, digest }: PagesQuestion): readonly WizardPage[] {
  const forests = digest?.directories ?? [];
  return [
    [
      "User sign-in",
      ["Leave what is selected; it comes from the settings file of the active server.", ...signIn(block)],
    ],
    signInToEntra,
    [
      "Connect your directories",
      [
        forests.length === 0
          ? `For each forest: ${account}.`
          : `${forests.length === 1 ? "One directory" : `${forests.length} directories`}; none can be added or removed. For each: ${account}.`,
        ...forests.map((forest) => `  - ${forest}`),
        neverAdministrator,
      ],
    ],
  ];
}

const asBefore = "as on the server before";

/** Microsoft: how-to-connect-install-custom.md and plan-connect-design-concepts.md (sourceAnchor), both of 2025-04-09. */
function customPages({ features, ...block }: GenerationSettings): readonly WizardPage[] {
  return [
    [
      "User sign-in",
      [
        `The method is the same ${asBefore}; another one here can change how people sign in.`,
        ...signIn({ features, ...block }),
      ],
    ],
    signInToEntra,
    [
      "Connect your directories",
      [
        `Add every forest that the server before had, no more and no fewer. For each: ${account.replace("active server", "server before")}.`,
        neverAdministrator,
      ],
    ],
    [
      "Microsoft Entra sign-in configuration",
      [`The attribute for the user principal name: ${asBefore}; userPrincipalName unless you know another one.`],
    ],
    [
      "Domain and OU filtering",
      [
        `Exactly the domains and organizational units ${asBefore}: objects of what is left out are deleted from Entra ID once this server is active.`,
      ],
    ],
    [
      "Uniquely identifying your users",
      [
        `Matching across forests: ${asBefore}.`,
        "Source anchor: the SAME attribute as before, it can never be changed. With another one people are not recognised.",
        '"Let Azure manage the source anchor" takes the attribute that an earlier installation noted in the tenant; choose a specific attribute only if the server before was set to one. Write down what the wizard says it took, at its end.',
      ],
    ],
    [
      "Filter users and devices",
      ["Synchronize all users and devices, unless the server before was restricted to a group: then the same group."],
    ],
    ["Optional features", optionalFeatures(features)],
  ];
}

function optionalFeatures({ passwordWriteback }: FeatureSettings): readonly string[] {
  return [
    `Password writeback: ${passwordWriteback ? "ticked" : "unticked"}, as features.passwordWriteback says.`,
    `Every other one ${asBefore}: Exchange hybrid, app and attribute filtering, password hash synchronization, group writeback, device writeback, directory extensions. Some add a page of their own: the same selection there.`,
  ];
}
