import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { judgeVersion } from "../../review/versions/versions";
import { addressOf, contains, isPrefix, isUsableIn, networkAddressOf } from "../network/addresses";
import { generationNames, longestComputerName } from "../server/names";
import { imageDiskGB, memoryOf, sizingFor, supportsOurDisksAndNetwork, supportsTrustedLaunch } from "../server/sizing";
import type { Problem, Settings } from "./settings";

/** Where files of the settings are looked for, and the day that versions are judged on. */
export interface CheckContext {
  readonly projectFolder: string;
  readonly today: Date;
}

type Check = (settings: Settings, context: CheckContext) => readonly Problem[];

const problem = (path: string, text: string, write: string): Problem => ({ path, problem: text, write });

const computerNames: Check = ({ server }) =>
  server.generations
    .map((generation) => generationNames(server.name, generation).machine)
    .filter((name) => name.length > longestComputerName)
    .map((name) =>
      problem(
        "server.name",
        `the computer name "${name}" has ${name.length} characters; Windows allows ${longestComputerName}`,
        `a name of at most ${server.name.length - (name.length - longestComputerName)} characters`,
      ),
    );

const activeGeneration: Check = ({ server }) =>
  server.activeGeneration === undefined || server.generations.includes(server.activeGeneration)
    ? []
    : [
        problem(
          "server.activeGeneration",
          `generation ${server.activeGeneration} is declared active but is not in server.generations; an active server is never taken out`,
          `generations that include ${server.activeGeneration}; to retire it, switch roles in the wizard first, remove activeGeneration, run up, then take it out`,
        ),
      ];

const exceptions: Check = ({ server }) => {
  const activeOverride = server.retirementOverrides.find((each) => each.generation === server.activeGeneration);
  return activeOverride === undefined
    ? []
    : [
        problem(
          "server.retirementOverrides",
          `generation ${activeOverride.generation} is declared active; an override would let it be deleted`,
          "no override for the active generation",
        ),
      ];
};

const reinstatements: Check = ({ server }) =>
  server.reinstatements.flatMap(({ generation }, index) => {
    const path = `server.reinstatements[${index}]`;
    if (!server.generations.includes(generation))
      return [
        problem(
          path,
          `generation ${generation} is not in server.generations; this run would delete what it is to bring back`,
          `generations that include ${generation}, or no reinstatement of it`,
        ),
      ];
    if (server.activeGeneration === generation)
      return [
        problem(
          path,
          `generation ${generation} is declared active; nothing is run on an active server`,
          "no reinstatement of the active generation",
        ),
      ];
    return server.retirementOverrides.some((each) => each.generation === generation && each.lost)
      ? [
          problem(
            path,
            `generation ${generation} is declared lost; a lost server cannot be asked`,
            "either the reinstatement or the override with lost: true, whichever is true",
          ),
        ]
      : [];
  });

const image: Check = ({ server }) => {
  const { sku, version } = server.image;
  const generation2 = "2022-datacenter-g2 or 2025-datacenter-azure-edition";
  if (/-core/i.test(sku))
    return [problem("server.image.sku", `"${sku}" is Server Core; Entra Connect needs the desktop`, generation2)];
  if (/^20(19|22|25)-datacenter(-smalldisk)?$/i.test(sku))
    return [
      problem(
        "server.image.sku",
        `"${sku}" is a Generation 1 image; Trusted Launch and its vTPM need Generation 2`,
        generation2,
      ),
    ];
  if (/^2016|^2012/.test(sku))
    return [problem("server.image.sku", `"${sku}" is too old for current Entra Connect versions`, generation2)];
  const build = /^2025/.test(sku) ? "26100" : /^2022/.test(sku) ? "20348" : undefined;
  if (build !== undefined && !version.startsWith(`${build}.`))
    return [
      problem(
        "server.image.version",
        `version ${version} does not belong to ${sku}, whose builds start with ${build}`,
        `a version that "az vm image list --all --publisher ${server.image.publisher} --offer ${server.image.offer} --sku ${sku}" lists`,
      ),
    ];
  return [];
};

const sizing: Check = ({ server, connect }) => {
  const needed = sizingFor(server.synchronizedObjects);
  const problems: Problem[] = [];
  const objects = server.synchronizedObjects.toLocaleString("en");
  const memory = memoryOf(server.size);
  if (!supportsTrustedLaunch(server.size))
    problems.push(
      problem(
        "server.size",
        `${server.size} cannot start a Trusted Launch machine, and its vTPM holds the key of Entra Connect`,
        needed.size,
      ),
    );
  else if (!supportsOurDisksAndNetwork(server.size))
    problems.push(
      problem(
        "server.size",
        `${server.size} lacks premium disks (an "s" in its name) or accelerated networking, which Azure would refuse after the network is built`,
        needed.size,
      ),
    );
  if (memory !== undefined && memory < needed.memoryGiB)
    problems.push(
      problem(
        "server.size",
        `${server.size} has ${memory} GiB of memory; ${objects} objects need ${needed.memoryGiB}`,
        needed.size,
      ),
    );
  if (server.osDiskSizeGB < needed.diskGB)
    problems.push(
      problem(
        "server.osDiskSizeGB",
        `${server.osDiskSizeGB} GiB is too small: ${objects} objects need ${needed.diskGB} (the image alone ${imageDiskGB})`,
        `${needed.diskGB} or more`,
      ),
    );
  if (needed.fullSqlRequired && connect.database.kind === "localdb")
    problems.push(
      problem(
        "connect.database",
        `LocalDB holds at most 10 GB, about 100,000 objects; server.synchronizedObjects is ${objects}`,
        "{ kind: sqlServer, server: <host of an existing SQL Server> }",
      ),
    );
  return problems;
};

const addresses: Check = ({ network, server }) => {
  const problems: Problem[] = [];
  const prefixes: [string, string | undefined][] = [
    ["network.addressSpace", network.addressSpace],
    ["network.subnetPrefix", network.subnetPrefix],
  ];
  for (const [path, prefix] of prefixes) {
    if (prefix === undefined) continue;
    if (!isPrefix(prefix)) return [problem(path, `"${prefix}" is not an IPv4 prefix`, "for example 10.40.0.0/24")];
    if (networkAddressOf(prefix) !== prefix)
      problems.push(problem(path, `"${prefix}" has host bits set`, networkAddressOf(prefix)));
  }
  const bits = Number(network.subnetPrefix.split("/")[1]);
  if (bits > 29)
    problems.push(
      problem("network.subnetPrefix", `/${bits} is smaller than Azure's smallest subnet`, "a prefix of /29 or larger"),
    );
  if (network.addressSpace !== undefined && !contains(network.addressSpace, network.subnetPrefix))
    problems.push(
      problem(
        "network.subnetPrefix",
        `${network.subnetPrefix} is not inside network.addressSpace ${network.addressSpace}`,
        `a prefix inside ${network.addressSpace}`,
      ),
    );
  for (const generation of server.generations) {
    const address = addressOf(network.firstServerAddress, generation);
    if (!isUsableIn(network.subnetPrefix, address))
      problems.push(
        problem(
          "network.firstServerAddress",
          `generation ${generation} would get ${address}, which is not a usable address of ${network.subnetPrefix} (Azure keeps the first four and the last)`,
          `an address of ${network.subnetPrefix} that leaves room for generation ${generation}`,
        ),
      );
    else if (network.domainControllers.includes(address))
      problems.push(
        problem(
          "network.firstServerAddress",
          `generation ${generation} would get ${address}, the address of a domain controller`,
          "an address range that is free",
        ),
      );
  }
  return problems;
};

const sources: Check = ({ access }) =>
  (["managementSources", "remoteDesktopSources"] as const).flatMap((name) =>
    access[name].flatMap((source, index) => {
      const path = `access.${name}[${index}]`;
      if (!isPrefix(source)) return [problem(path, `"${source}" is not an IPv4 prefix`, "for example 10.0.8.4/32")];
      const bits = Number(source.split("/")[1]);
      return bits < 8
        ? [
            problem(
              path,
              `"${source}" opens a Tier 0 server to a large part of the world`,
              "the prefix of the jump host or of the privileged access workstations",
            ),
          ]
        : [];
    }),
  );

const version: Check = ({ connect }, { today }) => {
  const judgement = judgeVersion(connect.version, today);
  return judgement.kind === "refuse" ? [problem("connect.version", judgement.problem, judgement.write)] : [];
};

function fileProblems(path: string, file: string, sha256: string, projectFolder: string, whatToDo: string): Problem[] {
  const full = resolve(projectFolder, file);
  if (!existsSync(full) || !statSync(full).isFile())
    return [problem(`${path}.path`, `there is no file at ${full}`, whatToDo)];
  const actual = createHash("sha256").update(readFileSync(full)).digest("hex");
  return actual.toLowerCase() === sha256.toLowerCase()
    ? []
    : [
        problem(
          `${path}.sha256`,
          `the file ${full} has SHA-256 ${actual}, the settings say ${sha256.toLowerCase()}`,
          "the hash of the file you mean; find out first why they differ",
        ),
      ];
}

const files: Check = ({ connect }, { projectFolder }) => [
  ...fileProblems(
    "connect.installer",
    connect.installer.path,
    connect.installer.sha256,
    projectFolder,
    "the path of AzureADConnect.msi, downloaded from the Entra admin center (Entra Connect > Get started > Manage)",
  ),
  ...fileProblems(
    "connect.settingsFile",
    connect.settingsFile.path,
    connect.settingsFile.sha256,
    projectFolder,
    "the path of the settings file exported on the active server (wizard: View or export current configuration)",
  ),
  ...settingsFileShape(resolve(projectFolder, connect.settingsFile.path)),
];

/** Only what is known of the file is asked for; everything else in it is Microsoft's and stays untouched. */
function settingsFileShape(file: string): Problem[] {
  if (!existsSync(file) || !statSync(file).isFile()) return [];
  const again = "the path of a settings file exported by the wizard, unedited";
  try {
    const document: unknown = JSON.parse(readFileSync(file, "utf8").replace(/^\uFEFF/, ""));
    const keys = new Set(typeof document === "object" && document !== null ? Object.keys(document) : []);
    const missing = ["policyMetadata", "azureDirectoryPolicy"].filter((key) => !keys.has(key));
    return missing.length === 0
      ? []
      : [
          problem(
            "connect.settingsFile.path",
            `${file} does not look like a settings file: it has no ${missing.join(" and no ")}`,
            again,
          ),
        ];
  } catch (error) {
    return [problem("connect.settingsFile.path", `${file} is not JSON: ${(error as Error).message}`, again)];
  }
}

const all: readonly Check[] = [
  computerNames,
  activeGeneration,
  exceptions,
  reinstatements,
  image,
  sizing,
  addresses,
  sources,
  version,
  files,
];

/** Everything that a schema cannot say. All problems at once. */
export function crossCheck(settings: Settings, context: CheckContext): readonly Problem[] {
  return all.flatMap((check) => check(settings, context));
}
