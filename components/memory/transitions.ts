import { serverResourceGroup } from "../server/names";
import { type Built, builtWith } from "../settings/built";
import type { GenerationSettings, Problem, Settings } from "../settings/settings";
import { stillCounts } from "../settings/until";
import { growth } from "./growth";
import { leavingByRunCommand } from "./leavingByRunCommand";
import { leavingShared } from "./leavingShared";
import { type Shared, sharedOf } from "./ledger";
import { movedArchive } from "./movedArchive";
import { block, type Check, type Question } from "./question";
import { builtOf, leaving, standing, wasProven } from "./remembered";

export type { Absence, Identity, Question } from "./question";

const show = (value: unknown): string =>
  value === "" || value === undefined ? "none" : typeof value === "string" ? `"${value}"` : JSON.stringify(value);

/** Everything that today's settings may not do to what the state remembers. All of it is refused before the first resource. */
export function refusals(question: Question): readonly Problem[] {
  const elsewhere = otherSubscription(question);
  // Nothing that Azure says in another subscription is evidence of anything.
  if (elsewhere.length > 0) return elsewhere;
  return checks.flatMap((check) => check(question));
}

const otherSubscription: Check = ({ remembered: { ledger }, identity }) =>
  (["subscriptionId", "tenantId"] as const).flatMap((key) => {
    const [was, is] = [ledger?.[key], identity[key]];
    if (was === undefined || is === undefined || was.toLowerCase() === is.toLowerCase()) return [];
    const word = key === "subscriptionId" ? "subscription" : "tenant";
    return [
      {
        path: `azure-native:${key}`,
        problem: `this server was built in ${word} ${was}; this run is signed in to ${is}`,
        write: `the ${word} ${was} (az account set, ARM_SUBSCRIPTION_ID and ARM_TENANT_ID, or the component's provider)`,
      },
    ];
  });

/** Highest number ever used. */
function highest({ remembered }: Question): number {
  return Math.max(0, ...Object.keys(remembered.ledger?.generations ?? {}).map(Number), ...standing(remembered));
}

/** A memory that was taken away must not pass for a first run. */
const ledgerGone: Check = ({ settings, remembered, today }) => {
  const here = standing(remembered);
  if (remembered.ledger !== undefined || here.length === 0) return [];
  const missing = leaving(settings, remembered);
  const { rebuildLedger } = settings;
  if (rebuildLedger !== undefined && stillCounts(rebuildLedger, today) && missing.length === 0) return [];
  return [
    {
      path: rebuildLedger === undefined ? "rebuildLedger" : "generations",
      problem: `the state holds machines or guards of generation ${here.join(" and ")}, but no ledger: it is not known which of them is active or what they were built with`,
      write: `the blocks of ${here.join(" and ")} as they were built, role: active where it is the active server, and rebuildLedger: { reason: <what happened to the ledger>, until: ${dayAfter(today, 1)} }`,
    },
  ];
};

const numbers: Check = (question) => {
  const { settings, remembered } = question;
  const here = new Set(standing(remembered));
  const used = remembered.ledger?.generations ?? {};
  const top = highest(question);
  return settings.generations
    .map(({ generation }) => generation)
    .filter((generation) => {
      const entry = used[generation];
      // Begun and still written: an `up` that died before its machine, tried again.
      return !here.has(generation) && (entry === undefined ? generation < top : entry.out === true);
    })
    .map((generation) => ({
      path: block(generation),
      problem: `generation ${generation} ${used[generation] === undefined ? `is lower than ${top}, which this server has had` : "was taken out before"}; numbers are not used again, recovery points carry them`,
      write: `the block under "${top + 1}" for a new server`,
    }));
};

export const builtOtherwise: Check = ({ settings, remembered, ...rest }) =>
  settings.generations.flatMap((written) => {
    const { generation, role } = written;
    const before = builtOf(remembered, generation);
    if (before === undefined || role === "lost" || remembered.generations[generation]?.vmId === undefined) return [];
    const grows = growth(before, written);
    const now: Required<Built> = builtWith(written);
    const next = highest({ settings, remembered, ...rest }) + 1;
    return (Object.keys(settingOf) as (keyof Built)[])
      .filter(
        (key) =>
          before[key] !== undefined && JSON.stringify(now[key]) !== JSON.stringify(sorted(now[key], before[key])),
      )
      .filter((key) => !(role === "passive" && (key === "size" || key === "osDiskSizeGB") && grows[key] === "grows"))
      .map((key) => {
        const [was, is] = [inYaml(sorted(now[key], before[key])), inYaml(now[key])];
        return {
          path: `${block(generation)}.${settingOf[key]}`,
          problem: `generation ${generation} was built with ${was}; ${is} needs a new machine`,
          write: `${was} as before, and a block "${next}" with ${is} to build the replacement beside it (take "${generation}" out once "${next}" is proven and compared)`,
        };
      });
  });

/** Where a part of what a generation was built with is set, below its block. */
const settingOf: Record<keyof Built, string> = {
  image: "image",
  size: "size",
  osDiskSizeGB: "osDiskSizeGB",
  zone: "zone",
  address: "address",
  administratorName: "administratorName",
  loginName: "loginName",
  timeZone: "timeZone",
  encryptionAtHost: "encryptionAtHost",
  diskEncryptionSetId: "diskEncryptionSetId",
  installLocation: "connect.installLocation",
  database: "connect.database",
  serviceAccount: "connect.serviceAccount",
};

/** The value before with its keys in the order of the value now, so that order is no difference. */
function sorted(now: unknown, before: unknown): unknown {
  if (typeof now !== "object" || now === null || typeof before !== "object" || before === null) return before;
  const keys = [...Object.keys(now), ...Object.keys(before).filter((key) => !(key in now))];
  return Object.fromEntries(
    keys.flatMap((key) => (key in before ? [[key, (before as Record<string, unknown>)[key]]] : [])),
  );
}

/** As it is written in the settings, in the order of its keys: `{ sku: "2022-datacenter-g2", version: "20348.1" }`. */
function inYaml(value: unknown): string {
  if (typeof value !== "object" || value === null) return show(value);
  return `{ ${Object.entries(value)
    .map(([key, part]) => `${key}: ${show(part)}`)
    .join(", ")} }`;
}

const fixedForTheServer: Check = ({ settings, remembered }) => {
  const { ledger } = remembered;
  if (ledger === undefined || standing(remembered).length === 0) return [];
  const compared = [
    ["name", ledger.name, settings.name],
    ["location", ledger.location, settings.location],
    ["resourceGroupName", ledger.resourceGroup, serverResourceGroup(settings)],
    [
      "backup.vaultId",
      settings.backup.enabled ? ledger.vault : undefined,
      settings.backup.vaultId ?? "",
      "Azure protects a machine in one vault at a time",
    ],
    [
      settings.network.kind === "existing" ? "network.existingSubnetId" : "network.subnetPrefix",
      ledger.shared.subnet,
      sharedOf(settings).subnet,
    ],
  ] as const;
  const groups = ([made, given] = ["one of our own", "one that the settings name"]) =>
    ledger.ownGroup === undefined || ledger.ownGroup === (settings.resourceGroupName === undefined)
      ? []
      : [
          {
            path: "resourceGroupName",
            problem: `this server was built in ${ledger.ownGroup ? made : given}; the other would take the resource group out of the stack, and everything in it with it`,
            write: ledger.ownGroup ? "no resourceGroupName, as before" : `${ledger.resourceGroup}, as before`,
          },
        ];
  return [
    ...groups(),
    ...compared
      .filter(([, before, now]) => before !== undefined && before.toLowerCase() !== now.toLowerCase())
      .map(([path, before, now, why = "Azure would tear it down under them"]) => ({
        path,
        problem: `this server was built with ${show(before)}; its generations share that, and ${why}`,
        write: `${show(before)} as before; for ${show(now)}, build another server in a stack of its own, switch roles if needed, then destroy this one`,
      })),
  ];
};

/** A machine that went away behind Pulumi's back would be made anew by a refresh and an `up`: unproven, in its old name. */
const goneFromAzure: Check = (question) =>
  question.settings.generations
    .filter(({ generation, role }) => question.gone.has(generation) && role !== "lost")
    .map(({ generation }) => ({
      path: block(generation),
      problem:
        question.gone.get(generation) === "gone"
          ? `the machine of generation ${generation} is gone from Azure`
          : `the machine of generation ${generation} is gone from Azure, and another one has its name`,
      write: `role: lost in this block${question.gone.get(generation) === "another" ? " (the other machine will be kept, and is yours to look after)" : ""}, and the block of its replacement under "${highest(question) + 1}"; run up, then take ${generation} out. Do not run pulumi refresh before. If the machine should be there: is this the right subscription?`,
    }));

/** Gone for Azure too, or retired on somebody's word: a guard that cannot ask is not taken away for nothing. */
/** Taken out without being asked only as long as somebody's word for it holds; a machine that is gone needs none. */
const lostTooLong: Check = ({ settings, remembered, gone, today }) => {
  const written = new Set(settings.generations.map(({ generation }) => generation));
  return standing(remembered).flatMap((generation) => {
    const entry = remembered.ledger?.generations[generation];
    if (written.has(generation) || entry?.role !== "lost" || gone.get(generation) === "gone") return [];
    if (gone.get(generation) === "another" && entry.kept === true) return [];
    if (gone.get(generation) === "another")
      return [
        {
          path: block(generation),
          problem: `generation ${generation} was declared lost, and meanwhile another machine has its name; it would be deleted in its place, unasked`,
          write: `its block with role: lost as before, and up (the other machine is then kept); then take the block out`,
        },
      ];
    if (entry.lostUntil !== undefined && stillCounts({ until: entry.lostUntil }, today)) return [];
    return [
      {
        path: block(generation),
        problem: `generation ${generation} was declared lost${entry.lostUntil === undefined ? "" : ` until ${entry.lostUntil}`}, its machine still exists in Azure, and nobody would ask it whether it exports`,
        write: `its block with role: passive, and up (its guard asks it again); or with role: lost and a new exception retireUnproven, up, and take it out before that ends`,
      },
    ];
  });
};

const lostWithoutReason: Check = ({ settings, remembered, gone, today }) =>
  settings.generations
    .filter(({ generation, role }) => role === "lost" && !gone.has(generation))
    .flatMap((written) => {
      const { generation } = written;
      const vmId = remembered.generations[generation]?.vmId;
      if (vmId === undefined)
        return [
          {
            path: `${block(generation)}.role`,
            problem: `generation ${generation} was never built by this stack, so it cannot be lost`,
            write: "no role (passive), or no block",
          },
        ];
      return written.exceptions.some((each) => each.kind === "retireUnproven" && counts(each, vmId, today))
        ? []
        : [
            {
              path: `${block(generation)}.exceptions`,
              problem: `the machine of generation ${generation} still exists in Azure; declared lost it will be deleted without being asked whether it exports`,
              write: `- { kind: retireUnproven, reason: <what happened>, until: ${dayAfter(today, 7)}, vmId: ${vmId} }; or role: passive, and its guard asks it`,
            },
          ];
    });

const exceptionsOfThisMachine: Check = ({ settings, remembered }) =>
  settings.generations.flatMap(({ generation, exceptions }) =>
    exceptions.flatMap((exception, index) => {
      const vmId = remembered.generations[generation]?.vmId;
      if (vmId !== undefined && vmId.toLowerCase() === exception.vmId.toLowerCase()) return [];
      return [
        {
          path: `${block(generation)}.exceptions[${index}].vmId`,
          problem:
            vmId === undefined
              ? `generation ${generation} has no machine yet that an exception could be for`
              : `the machine of generation ${generation} is ${vmId}, not ${exception.vmId}`,
          write: vmId === undefined ? "no exception" : `${vmId}, if the reason holds for this machine`,
        },
      ];
    }),
  );

const declaredActive: Check = ({ settings, remembered }) =>
  settings.generations
    .filter(({ generation, role }) => role === "active" && !wasProven(remembered, generation))
    .map(({ generation }) => ({
      path: `${block(generation)}.role`,
      problem: `generation ${generation} has not been built and proven by this stack; a server is built passive, proven, and only then promoted`,
      write: "no role (passive) until the role switch is done",
    }));

/** What this run would take out. A retirement that was refused is still under way: its guard is asked again. */
const takenOut: Check = ({ settings, remembered }) => {
  const going = leaving(settings, remembered);
  const problems: Problem[] = going
    .filter((generation) => remembered.ledger?.generations[generation]?.role === "active")
    .map((generation) => ({
      path: block(generation),
      problem: `generation ${generation} was declared active in the last run and would be deleted in this one`,
      write: `its block as before; switch roles in the wizard, run up with role: passive (it proves staging), then take it out`,
    }));
  if (going.length > 1)
    problems.push({
      path: "generations",
      problem: `generations ${going.join(" and ")} would retire in one run; if one guard refuses, the other server is left half torn down`,
      write: `one at a time: put the block of ${going.slice(1).join(" and ")} back, run up, then take out the next`,
    });
  return problems;
};

/** The steps that belong to its settings file are protected with the rest of an active one: they do not leave the stack. */
const settingsFileOfActive: Check = ({ settings, remembered: { parts } }) =>
  settings.generations
    .filter(({ role, connect }) => role === "active" && connect.settingsFile === undefined)
    .filter(
      ({ generation }) =>
        parts.has(`g${generation}-receive-settings-file`) || parts.has(`g${generation}-settings-file`),
    )
    .map(({ generation }) => ({
      path: `${block(generation)}.connect.withoutSettingsFile`,
      problem: `generation ${generation} is declared active and was built with a settings file; nothing of an active one is changed`,
      write: "settingsFile as before",
    }));

const sharedUnderActive: Check = ({ settings, remembered, today }) => {
  const { ledger } = remembered;
  const active = settings.generations.find(({ role }) => role === "active");
  if (ledger === undefined || active === undefined) return [];
  const { changeUnderActive } = settings.network;
  if (changeUnderActive !== undefined && stillCounts(changeUnderActive, today)) return [];
  return sharedChanges(ledger.shared, settings).map(({ path, before, now }) => ({
    path,
    problem: `generation ${active.generation} is declared active and shares this: ${show(before)} would become ${show(now)} under it`,
    write: `${show(before)} as before; or network.changeUnderActive: { reason: <why it is safe>, until: ${dayAfter(today, 1)} }`,
  }));
};

/** What generations share, and where it is set; what tears the whole network down is fixedForTheServer. */
const sharedSettings: readonly { readonly key: keyof Shared; readonly path: string }[] = [
  ...(
    [
      "addressSpace",
      "dnsServers",
      "peerVirtualNetworkId",
      "makeBothHalves",
      "useRemoteGateways",
      "natGateway",
      "routeTableId",
      "firewallAddress",
    ] as const
  ).map((key) => ({ key, path: `network.${key}` })),
  { key: "bastion", path: "bastion" },
  { key: "archiveReach", path: "archive.reach" },
];

/** Azure compares ids without regard to letter case. */
const alike = (before: unknown, now: unknown): boolean =>
  JSON.stringify(before).toLowerCase() === JSON.stringify(now).toLowerCase();

/** What of the shared network differs from the last run, by setting. */
export function sharedChanges(
  before: Shared,
  settings: Settings,
): readonly { path: string; before: unknown; now: unknown }[] {
  const now = sharedOf(settings);
  // A ledger without it is of a release that had no archive, so nothing of one can be there.
  const was: Shared = { archiveReach: "", ...before };
  return sharedSettings
    .filter(({ key }) => was[key] !== undefined && !alike(was[key], now[key]))
    .map(({ key, path }) =>
      // It comes or goes by another setting than it is changed by.
      key === "archiveReach" && (was[key] === "" || now[key] === "")
        ? { path: "archive.enabled", before: was[key] !== "", now: now[key] !== "" }
        : { path, before: was[key], now: now[key] },
    );
}

/** Whether an exception holds for this machine on this day. */
export function counts(
  exception: GenerationSettings["exceptions"][number],
  vmId: string | undefined,
  today: Date,
): boolean {
  return exception.vmId.toLowerCase() === vmId?.toLowerCase() && stillCounts(exception, today);
}

function dayAfter(today: Date, days: number): string {
  return new Date(today.getTime() + days * 86_400_000).toISOString().slice(0, 10);
}

const checks: readonly Check[] = [
  ledgerGone,
  numbers,
  builtOtherwise,
  fixedForTheServer,
  goneFromAzure,
  lostWithoutReason,
  lostTooLong,
  exceptionsOfThisMachine,
  declaredActive,
  takenOut,
  leavingByRunCommand,
  settingsFileOfActive,
  sharedUnderActive,
  leavingShared,
  movedArchive,
];
