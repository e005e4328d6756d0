import { isJsonObject } from "../../evidence/json";
import type { Json } from "../../verdict";
import type { HazardCode } from "../hazardTable";
import type { Landscape } from "../landscape";
import { leavesOf } from "../leaves";
import type { Detector, Raised } from "../raised";
import type { ResourceKind } from "../resourceKinds";
import { inputsOf, newInputs, oldInputs, type ResourceChange } from "../steps";
import { goes } from "../touching";

/** What is gone, or new, with a whole resource; single properties are judged by propertyRules. */
const wholes: Readonly<Partial<Record<ResourceKind, HazardCode>>> = {
  peering: "peering-changed",
  routeTable: "routes-changed",
  route: "routes-changed",
  egress: "egress-changed",
  bastion: "way-in-changed",
};

export const networkHazards: Detector = (landscape) => [
  ...landscape.changes.flatMap((change) => [...wholeHazards(landscape, change), ...publicAddresses(landscape, change)]),
  ...egressAddresses(landscape),
];

/** A machine that was there before this run can lose its way. */
const hasOldMachine = ({ servers }: Landscape): boolean =>
  servers.some(({ machines }) => machines.some((machine) => machine.old !== undefined && machine.action !== "delete"));

function wholeHazards(landscape: Landscape, change: ResourceChange): readonly Raised[] {
  const kind = landscape.kind(change);
  const code = kind === undefined ? undefined : wholes[kind];
  if (code === undefined) return associationGone(landscape, change);
  const comes = change.action === "create" && kind !== "egress" && kind !== "bastion";
  if (!goes(change) && !comes) return [];
  if ((comes || change.action === "delete") && !hasOldMachine(landscape)) return [];
  const word = change.action === "delete" ? "deleted" : change.action === "replace" ? "replaced" : "created";
  const target = remote(change);
  return [
    { code, change, what: target === "" ? `it is ${word}` : `it is ${word} (${target})`, properties: change.changes },
  ];
}

function remote(change: ResourceChange): string {
  const { remoteVirtualNetwork, remoteVirtualNetworkId, addressPrefix, nextHopType } = inputsOf(change);
  const id = isJsonObject(remoteVirtualNetwork) ? remoteVirtualNetwork.id : remoteVirtualNetworkId;
  if (typeof id === "string") return `to ${id.split("/").at(-1) ?? id}`;
  return typeof addressPrefix === "string" ? `${addressPrefix} by ${String(nextHopType ?? "?")}` : "";
}

function associationGone(landscape: Landscape, change: ResourceChange): readonly Raised[] {
  if (landscape.kind(change) !== "securityGroupAssociation" || !goes(change) || !hasOldMachine(landscape)) return [];
  return [{ code: "security-group-gone", change, what: `the association is ${change.action}d` }];
}

/** Addresses by which the world reaches an interface or a machine; not the one that a NAT gateway sends from. */
function publicAddresses({ kind }: Landscape, change: ResourceChange): readonly Raised[] {
  const what = kind(change);
  const acts = change.action === "create" || change.action === "update" || change.action === "replace";
  if (!acts || (what !== "networkInterface" && what !== "machine")) return [];
  const now = addressesIn(newInputs(change));
  const before = new Set(addressesIn(oldInputs(change)).map((each) => JSON.stringify(each.value)));
  const added = now.filter(({ value }) => !before.has(JSON.stringify(value)));
  if (added.length === 0) return [];
  const properties = change.changes.filter(({ path }) => isPublic.test(path) || /^ipConfigurations/u.test(path));
  return [{ code: "public-address", change, what: added.map(({ path }) => path).join(", "), properties }];
}

const isPublic = /(^|[.\]])(publicI[Pp]Address(Id|Configuration)?|associatePublicIpAddress|accessConfigs)$/u;

function addressesIn(value: Json, path = "", depth = 0): readonly { readonly path: string; readonly value: Json }[] {
  if (depth > 20) return [];
  if (Array.isArray(value))
    return value.flatMap((item: Json, index) => addressesIn(item, `${path}[${index}]`, depth + 1));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const at = path === "" ? key : `${path}.${key}`;
    const empty = item === null || item === false || item === "" || (Array.isArray(item) && item.length === 0);
    if (isPublic.test(at)) return empty ? [] : [{ path: at, value: item }];
    return addressesIn(item, at, depth + 1);
  });
}

/** The address that Entra ID sees is replaced or deleted although the way out itself stays. */
function egressAddresses(landscape: Landscape): readonly Raised[] {
  if (!hasOldMachine(landscape)) return [];
  const ways = landscape.changes.filter((change) => landscape.kind(change) === "egress");
  return landscape.changes
    .filter((change) => landscape.kind(change) === "publicAddress")
    .filter(
      (change) =>
        goes(change) ||
        leavesOf(change).some(({ at }) => /^(publicIPAllocationMethod|allocationMethod|ipAddress)$/u.test(at)),
    )
    .filter((change) => ways.some((way) => mentions(way, change)))
    .map(
      (change): Raised => ({
        code: "egress-changed",
        change,
        what: `its address is ${change.action}d`,
        properties: change.changes,
      }),
    );
}

function mentions(way: ResourceChange, address: ResourceChange): boolean {
  const id = address.old?.id;
  const listed = [way.old?.dependencies, way.new?.dependencies].some(
    (each) => Array.isArray(each) && each.includes(address.urn),
  );
  return (
    listed ||
    (typeof id === "string" && id !== "" && JSON.stringify(oldInputs(way)).toLowerCase().includes(id.toLowerCase()))
  );
}
