import { isJsonObject } from "../evidence/json";
import type { BeforeAfterRow, Tone } from "../render/page";
import type { Json } from "../verdict";
import type { Landscape, Server } from "./landscape";
import type { ResourceKind } from "./resourceKinds";
import { isNoise, newInputs, oldInputs, type ResourceChange } from "./steps";
import { touches } from "./touching";
import { plain } from "./values";
import { counted } from "./wording";

const network: readonly ResourceKind[] = [
  "virtualNetwork",
  "subnet",
  "peering",
  "routeTable",
  "egress",
  "bastion",
  "publicAddress",
  "securityGroup",
];
const backup: readonly ResourceKind[] = ["vault", "protectionPolicy", "protectedItem"];

/** More are not a picture any more; what changes comes first. */
const mostRows = 12;

/** Servers, their network and their backup before and after. */
export function pictureOf(landscape: Landscape): readonly BeforeAfterRow[] {
  const { servers, changes, kind } = landscape;
  const of = (group: string, kinds: readonly ResourceKind[]): readonly BeforeAfterRow[] => {
    const all = changes.filter((change) => kinds.includes(kind(change) ?? "stack"));
    const first = [...all.filter((change) => !isStill(change)), ...all.filter(isStill)].slice(0, mostRows);
    return first.map((change) => rowOf(group, change, kind(change) ?? "stack"));
  };
  const rows = servers.map(serverRow);
  const moving = [...rows.filter(({ tone }) => tone !== "muted"), ...rows.filter(({ tone }) => tone === "muted")];
  return [...moving.slice(0, mostRows), ...of("Network", network), ...of("Backup", backup)];
}

const isStill = (change: ResourceChange): boolean =>
  change.action === "nothing" || change.action === "read" || isNoise(change);

function serverRow(server: Server): BeforeAfterRow {
  const { machines, members, name, roleBefore, roleAfter } = server;
  const [machine] = machines;
  const words = (inputs: Readonly<Record<string, Json>>, role: string | undefined): string =>
    [role, machineWords(inputs)].filter((part) => part !== undefined && part !== "").join(", ") || "a machine";
  const [is, will] = machine === undefined ? [true, true] : presence(machine);
  const touched = members.some((member) => touches(member) && !isNoise(member));
  return {
    group: "Servers",
    name,
    before: is ? words(machine === undefined ? {} : oldInputs(machine), roleBefore) : null,
    after: will ? words(machine === undefined ? {} : newInputs(machine), roleAfter ?? roleBefore) : null,
    tone: toneOf(
      is,
      will,
      machine?.action === "replace" ? "bad" : touched || roleBefore !== roleAfter ? "attention" : "muted",
    ),
  };
}

const presence = ({ old, new: next, action }: ResourceChange): readonly [boolean, boolean] => [
  old !== undefined,
  next !== undefined && action !== "delete" && action !== "forget",
];

const toneOf = (is: boolean, will: boolean, both: Tone): Tone => (!is ? "good" : !will ? "bad" : both);

function machineWords(inputs: Readonly<Record<string, Json>>): string {
  const profile = object(inputs.hardwareProfile);
  const image = object(object(inputs.storageProfile).imageReference);
  const size = profile.vmSize ?? inputs.size ?? inputs.vmSize ?? inputs.instanceType;
  return [size, image.sku, image.version].filter((part) => typeof part === "string").join(", ");
}

function rowOf(group: string, change: ResourceChange, kind: ResourceKind): BeforeAfterRow {
  const [is, will] = presence(change);
  const kept = change.action === "delete" && change.retained;
  const words = (inputs: Readonly<Record<string, Json>>): string => describe(kind, object(plain(inputs)));
  const changed = isStill(change) ? "muted" : "attention";
  return {
    group,
    name: change.name,
    before: is ? words(oldInputs(change)) : null,
    after: kept ? "kept in Azure, no longer managed" : will ? words(newInputs(change)) : null,
    tone: kept ? "attention" : toneOf(is, will, change.action === "replace" ? "bad" : changed),
  };
}

const kindWords: Readonly<Partial<Record<ResourceKind, string>>> = {
  virtualNetwork: "virtual network",
  subnet: "subnet",
  peering: "peering",
  routeTable: "route table",
  egress: "way out",
  bastion: "Bastion",
  publicAddress: "public address",
  securityGroup: "security group",
  vault: "vault",
  protectionPolicy: "policy",
  protectedItem: "protected machine",
  blobContainer: "container",
  privateEndpoint: "private endpoint",
};

function describe(kind: ResourceKind, inputs: Readonly<Record<string, Json>>): string {
  const word = kindWords[kind] ?? kind;
  const more = details(kind, inputs);
  return more === "" ? word : `${word}, ${more}`;
}

function details(kind: ResourceKind, inputs: Readonly<Record<string, Json>>): string {
  const properties = object(inputs.properties);
  switch (kind) {
    case "virtualNetwork":
      return texts(object(inputs.addressSpace).addressPrefixes).join(", ");
    case "subnet":
      return texts([inputs.addressPrefix ?? null]).join("");
    case "securityGroup":
      return Array.isArray(inputs.securityRules) ? counted(inputs.securityRules.length, "rule") : "";
    case "peering":
      return String(object(inputs.remoteVirtualNetwork).id ?? "")
        .split("/")
        .slice(-1)
        .join("");
    case "vault": {
      const security = object(properties.securitySettings);
      const soft = object(security.softDeleteSettings);
      const state = object(security.immutabilitySettings).state;
      return [
        ...texts([soft.softDeleteState ?? null]).map((each) => `soft delete ${each}`),
        ...texts([state ?? null]).map((each) => `immutability ${each}`),
      ].join(", ");
    }
    case "protectionPolicy": {
      const daily = object(object(object(properties.retentionPolicy).dailySchedule).retentionDuration);
      return typeof daily.count === "number" ? `${daily.count} ${String(daily.durationType ?? "").toLowerCase()}` : "";
    }
    default:
      return "";
  }
}

const object = (value: Json | undefined): Readonly<Record<string, Json>> => (isJsonObject(value) ? value : {});
const texts = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === "string") : [];
