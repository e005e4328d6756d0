import { readsDisagree } from "../evidence";
import { bareName, type TenantAnswers } from "../pair/graph";
import type { PowerAnswer } from "../pair/power";
import type { PairSide } from "../pair/side";
import { defaultLimits, type FenceSeen, type Moment, type Reading, type Role, type TenantSeen } from "./model";
import { momentText } from "./record/entry";

/** A server as the machine sees it. Only an archive of the collector proves a role: it asks the engine, twice. */
export function readingOf({ identity, statistics }: PairSide): Reading {
  const collected = identity.tool === "collect.ps1";
  const exports = (statistics?.connectors ?? []).flatMap(({ name, type, subtype, runs }) =>
    runs
      .filter(({ profile }) => /export/iu.test(profile))
      .map(({ result, startedAt, endedAt }) => ({
        cloud: isCloud(name, type, subtype),
        good: /^(success|completed-no-objects)$/iu.test(result),
        at: momentOf(startedAt) ?? momentOf(endedAt),
      })),
  );
  return {
    machine: identity.server === undefined ? "" : bareName(identity.server),
    at: collected && identity.certain === true ? (identity.at?.getTime() ?? null) : null,
    role: collected ? roleOf(identity) : "unknown",
    running: identity.running,
    wizardOpen: statistics?.scheduler.schedulerSuspended ?? null,
    schedulerOn: statistics?.scheduler.syncCycleEnabled ?? null,
    lastExport: newest(exports.map(({ at }) => at)),
    lastGoodExport: newest(exports.filter(({ cloud, good }) => cloud && good).map(({ at }) => at)),
    applicationId: statistics?.applicationId?.toLowerCase() ?? null,
  };
}

/** Both reads are needed, and they must agree (F43, F44). */
function roleOf(identity: PairSide["identity"]): Role {
  if (readsDisagree(identity)) return "contradicts";
  const { scheduler, globalParameter } = identity.staging;
  if (scheduler === undefined || globalParameter === undefined) return "unknown";
  return scheduler ? "staging" : "active";
}

/** By its subtype, whatever somebody calls it; by its name where an archive does not say the subtype. */
const isCloud = (name: string, type: string, subtype?: string): boolean =>
  type.toUpperCase() !== "AD" &&
  (subtype === undefined
    ? /[-–]\s*(AAD|Microsoft Entra ID)\s*$/iu.test(name)
    : /^(Windows Azure Active Directory|Microsoft Entra ID) \(Microsoft\)$/iu.test(subtype));

/** What the tenant says of exporters; null where neither question about them was answered. */
export function tenantSeenOf({ organization, synchronization, audits }: TenantAnswers): TenantSeen | null {
  const asked: TenantSeen["asked"][number][] = [];
  const exporters: TenantSeen["exporters"][number][] = [];
  const times: Moment[] = [];
  if (synchronization !== null && synchronization.exporter !== null) {
    asked.push("currentExportData");
    times.push(synchronization.at.getTime());
    exporters.push({ machine: synchronization.exporter, at: synchronization.at.getTime(), by: "currentExportData" });
  }
  if (audits !== null) {
    asked.push("directoryAudits");
    times.push(audits.at.getTime());
    const traces = new Map<string, Moment>();
    for (const { machine, at } of audits.exports)
      traces.set(machine, Math.max(at.getTime(), traces.get(machine) ?? at.getTime()));
    for (const [machine, at] of traces) exporters.push({ machine, at, by: "directoryAudits" });
  }
  if (asked.length === 0) return null;
  return {
    at: Math.min(...times),
    lastSynchronization: organization?.lastSynchronization?.getTime() ?? null,
    exporters,
    asked,
  };
}

/** What somebody wants to know a fence of, and the application with which it signs in, as far as its own evidence said it. */
export interface Fenced {
  readonly machine: string;
  readonly applicationId: string | null;
  /** Since when somebody says that its outbound connections are cut; null where nobody does. */
  readonly cutSince: Moment | null;
}

/** Why an answer that was given proves nothing, and what would. */
export interface FenceNote {
  readonly machine: string;
  readonly what: string;
  readonly next: string;
}

export interface FenceReading {
  readonly seen: readonly FenceSeen[];
  readonly notes: readonly FenceNote[];
}

/** A cycle takes up to half an hour to sign in again, and a token lives an hour. */
const quietMinutes = 90;
const { clockMargin } = defaultLimits;

/** Answers about fences of these machines; `other` is the server whose own traces show that an answer is whole. */
export function fencesOf(
  machines: readonly Fenced[],
  other: Fenced,
  tenant: TenantAnswers | null,
  powers: readonly PowerAnswer[],
  vmIds: PowerIdentities = {},
): FenceReading {
  const ofPower = powers.map((power): FenceSeen | FenceNote => anotherMachine(power, vmIds) ?? powerFence(power));
  const found = machines.flatMap((fenced) => [
    tenant?.identities ? identityFence(fenced, tenant.identities) : undefined,
    tenant?.signIns ? quietFence(fenced, other, tenant.signIns, tenant.identities) : undefined,
  ]);
  const answers = found.filter((each) => each !== undefined);
  return {
    seen: [...ofPower, ...answers].filter((each) => "kind" in each),
    notes: [...ofPower, ...answers].filter((each) => "what" in each),
  };
}

function powerFence({ machine, at, state }: PowerAnswer): FenceSeen {
  return { machine, kind: "deallocated", at: at.getTime(), holds: state === "deallocated" };
}

/** Two machines can have one name, as after a rebuild; by Azure's identity they cannot be taken for each other. */
function anotherMachine({ machine, vmId }: PowerAnswer, vmIds: PowerIdentities): FenceNote | undefined {
  const known = vmIds[machine];
  if (vmId === null || known === undefined || vmId.toLowerCase() === known.toLowerCase()) return undefined;
  return {
    machine,
    what: `the answer is of another machine called ${machine} (vmId ${vmId}); its archive is of ${known}`,
    next: `Ask for the machine with the vmId ${known}: az vm list --query "[?vmId=='${known}'].{name:name, resourceGroup:resourceGroup}", then az vm get-instance-view of that one.`,
  };
}

type PowerIdentities = Readonly<Record<string, string>>;

const lastArchive =
  "Fence it by its power (--power), or give its last archive too (--active): it says the application.";

const noApplication = (machine: string): string =>
  `which application ${machine} signs in with is not known: no archive of it says so (it may use a Sync_… account)`;

function identityFence(
  { machine, applicationId }: Fenced,
  { at, complete, found }: NonNullable<TenantAnswers["identities"]>,
): FenceSeen | FenceNote | undefined {
  const own = found.filter(
    (each) => each.machine === machine || (applicationId !== null && each.applicationId === applicationId),
  );
  const fence: FenceSeen = { machine, kind: "identity-disabled", at: at.getTime(), holds: false };
  if (own.some(({ enabled }) => enabled === true)) return fence;
  const disabled = own.filter(({ enabled }) => enabled === false);
  if (disabled.length === 0) return undefined;
  if (applicationId === null)
    return {
      machine,
      what: `${noApplication(machine)}; that principals of its name are disabled proves nothing`,
      next: lastArchive,
    };
  if (!disabled.some((each) => each.applicationId === applicationId))
    return {
      machine,
      what: `the application ${applicationId} of ${machine} is not among the disabled principals`,
      next: "Ask Graph for all principals that begin with ConnectSyncProvisioning_, and disable the one of this application.",
    };
  if (!complete || disabled.length < own.length)
    return {
      machine,
      what: "the answer about service principals is not whole (a next page, or no accountEnabled)",
      next: "Record every page, with accountEnabled.",
    };
  return { ...fence, holds: true };
}

/** Silence proves something only where the other server is heard. */
function quietFence(
  { machine, applicationId, cutSince }: Fenced,
  other: Fenced,
  { complete, found }: NonNullable<TenantAnswers["signIns"]>,
  identities: TenantAnswers["identities"],
): FenceSeen | FenceNote {
  if (applicationId === null)
    return {
      machine,
      what: `${noApplication(machine)}; silence in the sign-ins proves nothing`,
      next: lastArchive,
    };
  const own = new Set([applicationId]);
  for (const each of identities?.found ?? [])
    if (each.machine === machine && each.applicationId !== null) own.add(each.applicationId);
  const heard = found.filter((each) => each.applicationId === other.applicationId).map(({ at }) => at.getTime());
  const [first, last] = [Math.min(...heard), Math.max(...heard)];
  const since = last - quietMinutes * 60_000;
  const alive = found.filter((each) => own.has(each.applicationId)).map(({ at }) => at.getTime());
  const fence: FenceSeen = { machine, kind: "outbound-cut", at: last, holds: true };
  if (alive.some((at) => !(at < since))) return { ...fence, at: Math.max(last, ...alive), holds: false };
  if (cutSince === null)
    return {
      machine,
      what: "silence in the sign-ins is no cut: a dead server is silent too, and returns",
      next: `Cut its outbound connections, and say since when: --outbound-cut ${machine}=2026-11-26T12:00:00Z --by NAME --reason TEXT.`,
    };
  const afterCut = alive.filter((at) => at > cutSince + clockMargin);
  if (afterCut.length > 0)
    return {
      machine,
      what: `it signed in at ${momentText(Math.max(...afterCut))}, after the time at which its connections are said to be cut`,
      next: `Cut everything outbound, restart the machine or its service (established connections survive), and say since when: --outbound-cut ${machine}=TIME --by NAME --reason TEXT.`,
    };
  if (!complete || heard.length === 0 || first > since || since < cutSince)
    return {
      machine,
      what: `the sign-ins do not show ${quietMinutes} minutes after the cut in which ${other.machine} signs in and ${machine} does not`,
      next: `Ask Graph for the service principal sign-ins of the last three hours, every page, ${quietMinutes} minutes after the cut.`,
    };
  return fence;
}

function momentOf(text: string | null): Moment | null {
  return text === null ? null : Date.parse(text);
}

function newest(times: readonly (Moment | null)[]): Moment | null {
  const known = times.filter((at) => at !== null);
  return known.length === 0 ? null : Math.max(...known);
}
