/** Machines on which a prerequisite is not met: what people met before the wizard could. */
import { tlsValues } from "../../review/readiness/judge";
import {
  enhancedSecurityKey,
  goodSurroundings,
  machineConfig,
  machineConfigPath,
  restartKeys,
  windowsKey,
} from "./createServerWorld";
import type { Peculiarity, PeculiarMachine } from "./peculiarity";
import type { Surroundings } from "./serverWorld";

/** Differs in its surroundings only. */
function elsewhere(says: string, source: string, change: Partial<Surroundings>): Peculiarity {
  const good = goodSurroundings();
  const names = Object.keys(change) as (keyof Surroundings)[];
  const back = Object.fromEntries(names.map((name) => [name, good[name]]));
  return {
    says,
    source,
    on: ({ world }) => {
      Object.assign(world.surroundings, change);
    },
    off: ({ world }) => {
      Object.assign(world.surroundings, back);
    },
  };
}

/** The hive's values are not set, as Windows leaves them. */
function hiveWithout(bits: string, key: RegExp): Peculiarity {
  const values = tlsValues.filter((each) => key.test(each.key));
  return {
    says: `the values that switch strong cryptography on for .NET are not set in the ${bits}-bit hive`,
    source: "field-reports F10",
    on: ({ registry }) => {
      for (const { key: at, name } of values) delete registry[at]?.[name];
    },
    off: ({ registry }) => {
      for (const { key: at, name, value } of values) registry[at] = { ...registry[at], [name]: value };
    },
  };
}

const oldWindows2025 = {
  caption: "Microsoft Windows Server 2025 Datacenter",
  version: "10.0.26100",
  buildNumber: "26100",
} as const;

function putWindows(
  { world, registry }: PeculiarMachine,
  system: Partial<typeof world.operatingSystem>,
  ubr: string | number,
) {
  Object.assign(world.operatingSystem, system);
  registry[windowsKey] = { ...registry[windowsKey], CurrentBuildNumber: world.operatingSystem.buildNumber, UBR: ubr };
}

export const prerequisitePeculiarities = {
  "clock-off": {
    says: "the clock is 400 seconds ahead of the domain's",
    source: "field-reports F11",
    on: ({ world }) => {
      world.clockSkewSeconds = 400;
    },
    off: ({ world }) => {
      world.clockSkewSeconds = 0.012;
    },
  },
  "tls-keys-missing-64": hiveWithout("64", /SOFTWARE\\Microsoft\\\.NETFramework/),
  "tls-keys-missing-32": hiveWithout("32", /WOW6432Node/),
  "tls-interception": elsewhere(
    "what it gets from the cloud's hosts is signed by an inspecting firewall, which Windows trusts",
    "facts/field.md 3",
    { issuer: "CN=Contoso TLS Inspection CA, O=Contoso Ltd, C=DE" },
  ),
  "port-closed": elsewhere("the first domain controller does not answer on port 389", "field-reports F11", {
    closedAtFirst: [389],
  }),
  "sql-closed": elsewhere("no SQL Server answers on its port (1433)", "field-reports F2", { closedEverywhere: [1433] }),
  "kms-closed": elsewhere("Azure's activation servers do not answer (port 1688)", "field-reports F14", {
    closedEverywhere: [1688],
  }),
  "wsus-closed": elsewhere("the update server does not answer (ports 8530 and 8531)", "field-reports F14", {
    closedEverywhere: [8530, 8531],
  }),
  "proxy-closed": elsewhere("the proxy does not answer (ports 8080 and 3128)", "field-reports F14", {
    closedEverywhere: [8080, 3128],
  }),
  "srv-missing": elsewhere(
    "its DNS does not know the domain's controllers (`_ldap._tcp.dc._msdcs`)",
    "facts/field.md 3",
    { missingRecords: ["_ldap._tcp.dc._msdcs."] },
  ),
  "not-activated": elsewhere("Windows is not activated", "field-reports F14", { licenceStatus: 5 }),
  "pending-restart": {
    says: "Windows waits for a restart after an update",
    source: "issue 11",
    on: ({ registry }) => {
      for (const key of restartKeys.slice(0, 1)) registry[key] = {};
    },
    off: ({ registry }) => {
      for (const key of restartKeys.slice(0, 1)) delete registry[key];
    },
  },
  "server-2025-old-build": {
    says: "it runs Windows Server 2025 without KB5070773",
    source: "field-reports F72",
    on: (machine) => {
      const { world, registry } = machine;
      world.peculiarities.windowsBefore = {
        operatingSystem: { ...world.operatingSystem },
        revision: registry[windowsKey]?.UBR ?? 0,
      };
      putWindows(machine, oldWindows2025, 4652);
    },
    off: (machine) => {
      const before = machine.world.peculiarities.windowsBefore;
      if (before !== undefined) putWindows(machine, before.operatingSystem, before.revision);
      delete machine.world.peculiarities.windowsBefore;
    },
  },
  "no-vtpm": elsewhere("there is no trusted platform module", "facts/azure.md 2.1", { tpm: "none" }),
  "other-sync-engine": {
    says: "the synchronization service of Microsoft Identity Manager is on it",
    source: "issue 11",
    on: ({ world }) => {
      world.services.FIMSynchronizationService = {
        displayName: "Forefront Identity Manager Synchronization Service",
        status: "Running",
        startType: "Automatic",
        account: "CONTOSO\\svc-mim",
        path: "C:\\Program Files\\Microsoft Forefront Identity Manager\\2010\\Synchronization Service\\Bin\\miiserver.exe",
      };
    },
    off: ({ world }) => {
      delete world.services.FIMSynchronizationService;
    },
  },
  "small-machine": elsewhere("it has 4 GB of memory and a slow processor", "facts/entra-connect.md 15", {
    memoryGiB: 4,
    megahertz: 1400,
  }),
  "secure-channel-broken": elsewhere(
    "its secure channel to the domain is broken, although it still says that it is a member",
    "facts/domain-join.md 6",
    { secureChannel: { test: false, verify: false } },
  ),
  "proxy-set": {
    says: "a proxy is set, for .NET and for WinHTTP",
    source: "field-reports F14",
    on: ({ world, files }) => {
      world.surroundings.winHttpProxy = "proxy.contoso.com:8080";
      files.set(machineConfigPath, machineConfig("http://svc:p@ss/secret@proxy.contoso.com:8080"));
    },
    off: ({ world, files }) => {
      world.surroundings.winHttpProxy = "";
      files.set(machineConfigPath, machineConfig(""));
    },
  },
  "ie-enhanced-security": {
    says: "Internet Explorer's enhanced security is on for administrators, as Windows Server has it by default",
    source: "field-reports F24",
    on: ({ registry }) => {
      registry[enhancedSecurityKey] = { ...registry[enhancedSecurityKey], IsInstalled: 1 };
    },
    off: ({ registry }) => {
      registry[enhancedSecurityKey] = { ...registry[enhancedSecurityKey], IsInstalled: 0 };
    },
  },
  "wmi-partly-fails": {
    says: "WMI cannot read the processor, the disks, the licence and the trusted platform module",
    source: "issue 11",
    on: ({ world }) => {
      world.peculiarities.wmiFails = "Provider load failure";
      world.peculiarities.wmiFailsFor = [
        "Win32_Processor",
        "Win32_LogicalDisk",
        "SoftwareLicensingProduct",
        "Win32_NTDomain",
        "Win32_Tpm",
      ];
    },
    off: ({ world }) => {
      delete world.peculiarities.wmiFails;
      delete world.peculiarities.wmiFailsFor;
    },
  },
} as const satisfies Readonly<Record<string, Peculiarity>>;
