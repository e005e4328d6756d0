import type { PrerequisitesAnswer } from "../../../scripts/answers";
import type { WantedValue } from "../../../scripts/arguments";
import type { Prerequisite } from "./prerequisite";
import { clientKey, isSatisfied, placeOf, tlsValues, valueText } from "./tlsValues";

const page = "Microsoft's prerequisites page";

/** Release numbers of .NET Framework in the registry: 4.7.2, which is required, and 4.8. */
const dotNet472 = 461808;
const dotNet48 = 528040;
const build2016 = 14393;
const build2019 = 17763;
const build2022 = 20348;
const build2025 = 26100;
/** KB5070773 of 20 October 2025 is titled "OS Build 26100.6901"; the page links it by that title. */
const revisionOfKb5070773 = 6901;

const buildOf = ({ operatingSystem }: PrerequisitesAnswer): number => Number(operatingSystem.buildNumber);
const fullBuild = (answer: PrerequisitesAnswer): string =>
  `${answer.operatingSystem.buildNumber}.${answer.windows.revision ?? "?"}`;
const isUnread = ({ unread }: PrerequisitesAnswer, check: string): boolean =>
  unread.some((each) => each.check === check);
const another = (block: string): string =>
  `write a block with a higher number whose image.sku is 2022-datacenter-g2 or 2025-datacenter-g2, and take ${block} out`;

const foundAt = ({ tls }: PrerequisitesAnswer, { key, name }: WantedValue): number | null | undefined =>
  tls.find((each) => each.key === key && each.name === name)?.found;

export const windowsRows: readonly Prerequisite[] = [
  {
    code: "windows-no-server",
    severity: "blocking",
    reads: "the kind of Windows (Win32_OperatingSystem.ProductType)",
    check: "windows",
    requires: "Windows Server",
    source: `${page}, "Installation prerequisites"; entra-connect.md 15`,
    mark: "D",
    remedy: "write a block with a higher number whose image.sku is a Windows Server with the desktop",
    find: ({ machine, answer, block }) =>
      answer.windows.productType !== 1
        ? undefined
        : {
            title: `${machine} runs ${answer.operatingSystem.caption}, which is no Windows Server`,
            staging: answer.operatingSystem.caption,
            cause: `the image that ${block}.image names`,
            next: another(block),
          },
  },
  {
    code: "windows-too-old",
    severity: "blocking",
    reads: "the build of Windows (Win32_OperatingSystem.BuildNumber) and its name",
    requires: "Windows Server 2016 or later; of Small Business Server and Essentials, 2019 or later",
    source: `${page}, "Installation prerequisites"`,
    mark: "D",
    remedy: "write a block with a higher number whose image.sku is 2022-datacenter-g2",
    find: ({ machine, answer, block }) => {
      const small = /Essentials|Small Business/i.test(answer.operatingSystem.caption) && buildOf(answer) < build2019;
      if (buildOf(answer) >= build2016 && !small) return undefined;
      return {
        title: `Entra Connect cannot be installed on ${answer.operatingSystem.caption} (${fullBuild(answer)}), which ${machine} runs`,
        staging: fullBuild(answer),
        cause: `the image that ${block}.image names`,
        next: another(block),
      };
    },
  },
  {
    code: "windows-extended-support",
    severity: "info",
    reads: "the build of Windows",
    requires: "Windows Server 2022 or 2025; older ones are in extended support",
    source: `${page}, "Installation prerequisites"; entra-connect.md 15`,
    mark: "D",
    remedy: "build the next generation from a newer image; support for this one may ask for a paid program",
    find: ({ machine, answer }) =>
      buildOf(answer) >= build2022 || buildOf(answer) < build2016
        ? undefined
        : {
            title: `${machine} runs ${answer.operatingSystem.caption}, which is in extended support`,
            staging: fullBuild(answer),
            cause: "an older image",
          },
  },
  {
    code: "windows-2025-unpatched",
    severity: "warning",
    reads: "the revision of the build (registry, UBR)",
    check: "revision",
    requires: "on Windows Server 2025, KB5070773 (26100.6901) or later, and a restart after it",
    source: `${page}, its note on Windows Server 2025, which links the update by its build; field report F72`,
    mark: "D",
    remedy: "install the newest cumulative update on the server and restart it",
    find: ({ machine, answer }) =>
      buildOf(answer) !== build2025 ||
      answer.windows.revision === null ||
      answer.windows.revision >= revisionOfKb5070773
        ? undefined
        : {
            title: `${machine} runs Windows Server 2025 at ${fullBuild(answer)}, older than KB5070773 (26100.${revisionOfKb5070773})`,
            staging: fullBuild(answer),
            cause:
              "a known fault of Windows Server 2025 disturbs the synchronization; people met it with groups of more than 10,000 members",
          },
  },
  {
    code: "dotnet-too-old",
    severity: "blocking",
    reads: "the release of .NET Framework (registry, NDP\\v4\\Full: Release)",
    check: "dotNet",
    requires: ".NET Framework 4.7.2 or later",
    source: `${page}, its note on the mandatory upgrade; entra-connect.md 15`,
    mark: "D",
    remedy: "install .NET Framework 4.8 on the server and restart it",
    find: ({ machine, answer }) =>
      (answer.dotNetRelease ?? 0) >= dotNet472 || isUnread(answer, "dotNet")
        ? undefined
        : {
            title: `.NET Framework on ${machine} is older than 4.7.2`,
            staging: answer.dotNetRelease,
            cause: "an old image",
          },
  },
  {
    code: "dotnet-old",
    severity: "warning",
    reads: "the release of .NET Framework",
    requires: ".NET Framework 4.8, by the page's own advice",
    source: `${page}, "Installation prerequisites"; entra-connect.md 15`,
    mark: "D",
    remedy: "install .NET Framework 4.8 on the server and restart it, or use a newer image",
    find: ({ machine, answer: { dotNetRelease } }) =>
      dotNetRelease === null || dotNetRelease < dotNet472 || dotNetRelease >= dotNet48
        ? undefined
        : { title: `.NET Framework on ${machine} is older than 4.8`, staging: dotNetRelease, cause: "an old image" },
  },
  {
    code: "tls12-disabled",
    severity: "blocking",
    reads: "SCHANNEL's switch for TLS 1.2 of what the server asks of others (registry, TLS 1.2\\Client: Enabled)",
    check: "tls",
    requires: "not 0: without TLS 1.2 the installation fails",
    source: `${page}, "Connectivity"`,
    mark: "D",
    remedy: `set ${clientKey.replace(":", "")}: Enabled = 1, DisabledByDefault = 0, and restart the server`,
    find: ({ machine, answer }) =>
      foundAt(answer, { key: clientKey, name: "Enabled", value: 1 }) !== 0
        ? undefined
        : {
            title: `TLS 1.2 is switched off on ${machine}; Entra ID speaks nothing older`,
            staging: 0,
            cause: "a hardening baseline, or somebody's test, set Enabled to 0",
          },
  },
  {
    code: "tls-values-missing",
    severity: "warning",
    reads: "the values that switch TLS 1.2 and strong cryptography on, for .NET of both hives and SCHANNEL",
    check: "tls",
    requires: `${tlsValues.map(valueText).join("; ")}`,
    source: "Microsoft's page on TLS 1.2 enforcement; entra-connect.md 15; field report F10",
    mark: "D",
    remedy:
      "write `prerequisites: { remedy: set }`, or set the values by hand; restart the server. Versions from 2.4.131.0 on do not " +
      "ask for them before the installation, and people met a wizard that could not create its connector without them",
    find: ({ machine, answer, context }) => {
      const missing = tlsValues.filter((wanted) => {
        const found = foundAt(answer, wanted);
        return found !== undefined && !isUnread(answer, "tls") && !isSatisfied(wanted, found);
      });
      if (missing.length === 0) return undefined;
      const byHand = `set ${missing.map(valueText).join("; ")}`;
      return {
        title: `${machine} lacks ${missing.length} of ${tlsValues.length} registry values for TLS 1.2 (${[...new Set(missing.map(placeOf))].join(", ")})`,
        staging: missing.map(valueText),
        cause:
          "Windows leaves them out by default, and a wizard was met that failed without them (creation of the connector … AAD failed)",
        next:
          context.prerequisites.remedy === "set"
            ? `${byHand}, look for a policy that takes them away, and restart the server`
            : `write \`prerequisites: { remedy: set }\` in the settings, or ${byHand}; then restart the server`,
      };
    },
  },
  {
    code: "dcom-defaults-missing",
    severity: "blocking",
    reads: "DCOM's defaults (registry, HKLM\\SOFTWARE\\Microsoft\\Ole)",
    check: "dcom",
    forInstallation: true,
    requires:
      "MachineAccessRestriction, MachineLaunchRestriction and DefaultLaunchPermission are there: the installation looks for them",
    source: `${page}, "DCOM prerequisites on the synchronization server"`,
    mark: "D",
    remedy:
      "restore the values from a server of the same Windows (reg export HKLM\\SOFTWARE\\Microsoft\\Ole there, reg import here), and take the baseline that removes them off this server",
    find: ({ machine, answer }) => {
      const missing = Object.entries(answer.dcom).flatMap(([name, present]) =>
        present === false ? [`${name.charAt(0).toUpperCase()}${name.slice(1)}`] : [],
      );
      if (missing.length === 0) return undefined;
      return {
        title: `DCOM defaults are missing on ${machine}: ${missing.join(", ")}`,
        staging: missing,
        cause: "a hardening baseline removed values under HKLM\\SOFTWARE\\Microsoft\\Ole",
      };
    },
  },
  {
    code: "execution-policy",
    severity: "warning",
    reads: "PowerShell's execution policy, of the group policy and of the machine (registry)",
    check: "powershell",
    forInstallation: true,
    requires: "one under which scripts run; RemoteSigned, the default of a server, is recommended",
    source: `${page}, "PowerShell execution policy"`,
    mark: "D",
    remedy:
      "let the policy be RemoteSigned while the wizard runs (Set-ExecutionPolicy RemoteSigned, or the group policy)",
    find: ({ machine, answer: { powershell } }) =>
      /^(Restricted|AllSigned)$/i.test(powershell.executionPolicy ?? "")
        ? {
            title: `PowerShell's execution policy on ${machine} is ${powershell.executionPolicy}; the installation runs scripts`,
            staging: powershell.executionPolicy,
            cause: "a group policy, or somebody set it on the machine",
          }
        : undefined,
  },
  {
    code: "transcription",
    severity: "info",
    reads: "the group policy for PowerShell transcription (registry)",
    check: "powershell",
    requires: "off, where the wizard manages AD FS; else it may be on",
    source: `${page}, "Installation prerequisites"; entra-connect.md 15`,
    mark: "D",
    remedy: "switch the policy off for this server if AD FS is managed in the wizard; else leave it",
    find: ({ machine, answer: { powershell } }) =>
      powershell.transcription === true
        ? {
            title: `PowerShell transcription is on at ${machine}`,
            staging: true,
            cause: "a group policy",
          }
        : undefined,
  },
  {
    code: "ie-enhanced-security",
    severity: "info",
    reads: "Internet Explorer's enhanced security for administrators (registry, Active Setup)",
    check: "internetExplorer",
    forInstallation: true,
    requires: "off, or the sign-in sites are trusted: it blocks the wizard's sign-in window",
    source: `field report F24; ${page} on trusted sites`,
    mark: "S",
    remedy:
      "in the trusted sites of whoever runs the wizard: https://secure.aadcdn.microsoftonline-p.com, https://aadcdn.msftauth.net, " +
      "https://login.microsoftonline.com; or switch it off for administrators in Server Manager until the wizard is done",
    find: ({ machine, answer }) =>
      answer.enhancedSecurity === true
        ? {
            title: `Internet Explorer's enhanced security is on for administrators of ${machine}; it can leave the wizard's sign-in window empty`,
            staging: true,
            cause: "the default of a Windows Server",
          }
        : undefined,
  },
  {
    code: "restart-pending",
    severity: "warning",
    reads: "whether Windows waits for a restart (three places of the registry)",
    check: "restart",
    forInstallation: true,
    requires: "no restart is pending when the wizard installs its components",
    source: "Microsoft's KB 202071 and its PendingReboot resource (ComputerManagementDsc) for the places",
    mark: "K",
    remedy: "restart the server",
    find: ({ machine, answer }) =>
      answer.pendingRestart === true
        ? {
            title: `Windows on ${machine} waits for a restart`,
            staging: true,
            cause: "an update, a role or an installation left something to be done at the next start",
          }
        : undefined,
  },
  {
    code: "not-activated",
    severity: "warning",
    reads: "the licence state of Windows (SoftwareLicensingProduct)",
    check: "licence",
    requires: "Windows is activated",
    source:
      "field report F14; azure.md 11.6 (the platform's rule for TCP 1688 is off when the default route points elsewhere)",
    mark: "S",
    remedy:
      "let the server reach Azure's KMS (azkms.core.windows.net, TCP 1688: 20.118.99.224, 40.83.235.53, 23.102.135.246) from an Azure public address, then run `slmgr.vbs /ato` on it",
    find: ({ machine, answer }) =>
      answer.licenceStatus === null || answer.licenceStatus === 1
        ? undefined
        : {
            title: `Windows on ${machine} is not activated (LicenseStatus ${answer.licenceStatus})`,
            staging: answer.licenceStatus,
            cause: "the key management service is out of reach: a denied port 1688, or forced tunnelling",
          },
  },
];
