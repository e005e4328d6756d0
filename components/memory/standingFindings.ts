import type { Finding } from "../../review/verdict";
import { archiveLock, archiveNames } from "../archive/plan";
import { backupLock, backupNames } from "../backup/plan";
import { readiness } from "../findings";
import { generationNames } from "../server/names";
import type { Built } from "../settings/built";
import { undersized } from "../settings/checks/sizing";
import type { GenerationSettings, Settings } from "../settings/settings";
import { growth } from "./growth";
import { builtOf, type Remembered, standing } from "./remembered";
import { counts, sharedChanges } from "./transitions";
import { wayInBehind } from "./wayInBehind";

export interface StandingQuestion {
  readonly settings: Settings;
  readonly remembered: Remembered;
  readonly today: Date;
}

/** What is permitted and must be seen all the same: exceptions, roles, growth, and what changed under an active server. */
export function standingFindings(question: StandingQuestion): readonly Finding[] {
  return [
    ...question.settings.generations.flatMap((block) => [
      ...role(block, question),
      ...exceptions(block, question),
      ...grown(block, question),
    ]),
    ...tooSmall(question),
    ...unprotected(question),
    ...lockLeft(question),
    ...sharedUnderActive(question),
    ...wayInBehind(question.settings, question.remembered),
  ];
}

/** What was protected stays protected in Azure: switched off here, it is only no longer looked after. */
function unprotected({ settings, remembered }: StandingQuestion): readonly Finding[] {
  if (settings.backup.enabled) return [];
  return Object.keys(remembered.items).map((generation) => {
    const { machine } = generationNames(settings.name, Number(generation));
    return readiness("backup-unmanaged", "warning", machine, {
      title: `the backup of ${machine} goes on in Azure, but is no longer part of this stack`,
      cause: "backup.enabled",
      next: "backup.enabled: true, or stop the protection in the vault yourself, keeping the data",
    });
  });
}

/** A lock is taken away by a person: whoever can do so by a setting could do so by mistake. */
function lockLeft({ settings, remembered }: StandingQuestion): readonly Finding[] {
  const locks = [
    { which: "backup", ...backupNames(settings), ...backupLock },
    { which: "archive", ...archiveNames(settings), ...archiveLock },
  ] as const;
  return locks
    .filter(({ which }) => !settings.locks[which] && remembered.parts.has(`${which}-lock`))
    .map(({ which, resourceGroup, lockName }) =>
      readiness("lock-left", "warning", resourceGroup, {
        title: `the lock on ${resourceGroup} leaves this stack and stays in Azure: nothing in that group can be deleted`,
        cause: `locks.${which}`,
        next: `locks: { ${which}: true } as before; or, to take it away: az lock delete --name ${lockName} --resource-group ${resourceGroup}`,
      }),
    );
}

/** More objects than a server was built for is no reason to refuse it, but one to say so. */
function tooSmall({ settings, remembered }: StandingQuestion): readonly Finding[] {
  const built = Object.fromEntries(
    standing(remembered).map((generation) => [generation, builtOf(remembered, generation)]),
  );
  return undersized(settings, built as Readonly<Record<number, Built>>).map(({ path, problem, write }) =>
    readiness("machine-undersized", "warning", path, {
      title: problem,
      cause: "synchronizedObjects",
      next: `write: ${write}`,
    }),
  );
}

function role(block: GenerationSettings, { settings }: StandingQuestion): readonly Finding[] {
  const { machine } = generationNames(settings.name, block.generation);
  switch (block.role) {
    case "passive":
    // What is proven of a fence is told with it.
    case "fenced":
      return [];
    case "active":
      return [
        readiness("declared-active", "info", machine, {
          title: `${machine} is declared active: nothing of it is changed or asked, its network interface and security group included`,
          cause: `generations.${block.generation}.role`,
          next: "",
        }),
      ];
    case "lost":
      return [
        readiness("declared-lost", "warning", machine, {
          title: `${machine} is declared lost: it is not asked, and its retirement will not be guarded`,
          cause: `generations.${block.generation}.role`,
          next: "make sure that it cannot come back: delete its disks, or keep it powered off",
        }),
      ];
  }
}

function exceptions(block: GenerationSettings, { settings, remembered, today }: StandingQuestion): readonly Finding[] {
  const { machine } = generationNames(settings.name, block.generation);
  const { vmId } = remembered.generations[block.generation] ?? {};
  return block.exceptions.map((exception) => {
    const { kind, reason, until } = exception;
    const path = `generations.${block.generation}.exceptions`;
    return counts(exception, vmId, today)
      ? readiness("exception-stands", "warning", machine, {
          title: `an exception stands for ${machine} until ${until}: ${kind} (${reason})`,
          cause: path,
          next: "take it out of the settings as soon as it has served",
        })
      : readiness("exception-over", "warning", machine, {
          title: `an exception for ${machine} ended on ${until} and counts no more: ${kind} (${reason})`,
          cause: path,
          next: "take it out of the settings",
        });
  });
}

function grown(block: GenerationSettings, { settings, remembered }: StandingQuestion): readonly Finding[] {
  const before = builtOf(remembered, block.generation);
  // A machine that Azure refused to make is in the ledger, and nowhere else.
  const isThere = remembered.generations[block.generation]?.vmId !== undefined;
  if (before === undefined || !isThere || block.role !== "passive") return [];
  const { machine } = generationNames(settings.name, block.generation);
  const { size, osDiskSizeGB } = growth(before, block);
  const findings: Finding[] = [];
  if (size === "grows")
    findings.push(
      readiness("machine-resized", "warning", machine, {
        title: `${machine} grows from ${before.size} to ${block.size} in place: Azure restarts it`,
        cause: `generations.${block.generation}.size`,
        next: "nothing, if a restart is fine now; if the size is not on its cluster, deallocate the machine and run up again",
      }),
    );
  if (osDiskSizeGB === "grows")
    findings.push(
      readiness("disk-grown", "warning", machine, {
        title: `the disk of ${machine} grows from ${before.osDiskSizeGB} to ${block.osDiskSizeGB} GiB`,
        cause: `generations.${block.generation}.osDiskSizeGB`,
        next: "deallocate the machine first (Azure refuses it while it runs), run up, start it, extend the volume C: in Disk Management",
      }),
    );
  return findings;
}

function sharedUnderActive({ settings, remembered: { ledger } }: StandingQuestion): readonly Finding[] {
  const active = settings.generations.find((block) => block.role === "active");
  const { changeUnderActive } = settings.network;
  if (active === undefined || ledger === undefined) return [];
  const { machine } = generationNames(settings.name, active.generation);
  return sharedChanges(ledger.shared, settings).map(({ path, before, now }) =>
    readiness("shared-changed-under-active", "warning", machine, {
      title: `${path} changes under ${machine}, which is declared active: ${JSON.stringify(before)} becomes ${JSON.stringify(now)}`,
      cause: `network.changeUnderActive (${changeUnderActive?.reason ?? ""})`,
      next: `prove that ${machine} still reaches its domain controllers and Entra ID, then take network.changeUnderActive out`,
    }),
  );
}
