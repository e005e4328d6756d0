import { type Counter, ownSource } from "./query";

/** What the agent sends of a server: one table from which the data collection rule, its documentation and the tests come. */

interface CollectedEvents {
  /** XPath as `Get-WinEvent -LogName LOG -FilterXPath` takes it after the `!`. */
  readonly xPath: string;
  readonly what: string;
  readonly source: string;
}

const providers = (log: string, names: readonly string[], more = ""): string =>
  `${log}!*[System[Provider[${names.map((name) => `@Name='${name}'`).join(" or ")}]${more}]]`;

/** Provider names are exact. What is not sure to exist is not asked for: the agent reports a channel that is missing as an error. */
export const collectedEvents: readonly CollectedEvents[] = [
  {
    xPath: providers("Application", ["ADSync", "Directory Synchronization", "Entra Connect Admin Actions"]),
    what: "the engine, its scheduler, password hash synchronization, who changed the configuration",
    source: "facts/monitoring.md 2 [S]",
  },
  {
    xPath: providers("Application", [
      "Azure AD Connect Upgrade",
      "Microsoft Entra Connect Upgrade",
      "PasswordResetService",
    ]),
    what: "automatic upgrade, password writeback",
    source: "facts/monitoring.md 2 [S][V]",
  },
  {
    xPath: providers("Application", [
      "Microsoft-AzureADConnect-AuthenticationAgent",
      "Microsoft-AzureADConnect-AgentUpdater",
      "AzureADConnectHealthAgent",
      "ADHealth-AadSync",
    ]),
    what: "pass-through authentication agent, Connect Health agent",
    source: "facts/monitoring.md 2 [S]",
  },
  {
    xPath: providers(
      "Application",
      ["MSSQL$LOCALDB", "SQLLocalDB 15.0", "SQLLocalDB 16.0"],
      " and (Level=1 or Level=2)",
    ),
    what: "errors of LocalDB",
    source: "facts/monitoring.md 2 [K]",
  },
  {
    xPath: providers("Application", [ownSource]),
    what: "what the scheduled task found (docs/monitoring.md)",
    source: "our own",
  },
  {
    xPath: providers(
      "System",
      ["Service Control Manager"],
      " and (EventID=7031 or EventID=7034 or EventID=7036 or EventID=7040)",
    ),
    what: "services that stop, crash or get another start type",
    source: "facts/monitoring.md 2 [K]",
  },
  {
    xPath: "System!*[System[(EventID=1074 or EventID=6005 or EventID=6006 or EventID=6008)]]",
    what: "restarts, and who asked for them",
    source: "facts/monitoring.md 2 [K]",
  },
];

export const diskSpace: Counter = { object: "LogicalDisk", name: "% Free Space", instance: "C:" };

const specifier = ({ object, instance, name }: Counter): string => `\\${object}(${instance})\\${name}`;

/** Counters, every five minutes. */
export const collectedCounters = {
  everySeconds: 300,
  specifiers: [specifier(diskSpace)],
} as const;
