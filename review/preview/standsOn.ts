import { isJsonObject, type JsonObject } from "../evidence/json";
import type { Json } from "../verdict";
import { dependencies, type Landscape, type Server } from "./landscape";
import type { ResourceKind } from "./resourceKinds";
import { newInputs, oldInputs, type ResourceChange } from "./steps";

/** What a server stands on in the network. */
export const carriers: ReadonlySet<ResourceKind> = new Set([
  "virtualNetwork",
  "subnet",
  "peering",
  "routeTable",
  "route",
  "egress",
  "publicAddress",
  "securityGroup",
  "securityRule",
  "networkInterface",
  "securityGroupAssociation",
]);

/** What is done on the machine itself by whoever names it. */
const onMachine: ReadonlySet<ResourceKind> = new Set(["runCommand", "command", "delivery", "disk"]);

/**
 * Resources outside this library's components by which a server is reached all the same: the network that its parts
 * name or depend on, however far, and what runs on its machine. Told by the engine's dependencies, by ids (which the
 * event stream has too) and by the names that Azure's child resources write.
 */
export function standsOn({ loose, shared, kind }: Landscape, server: Server): readonly ResourceChange[] {
  const reached = new Set<ResourceChange>([...server.members, ...(shared.get(server.component ?? "") ?? [])]);
  const machines = new Set(server.machines.map(({ urn }) => urn));
  const names = server.machines.flatMap((machine) => stringsOf(machine, "vmName"));
  const known = new Set<ResourceChange>();
  const about = [...loose].map((change) => ({ change, what: kind(change), ids: idsOf(change) }));
  for (let more = true; more; ) {
    more = false;
    const needs = new Set([...reached].flatMap((change) => [...dependencies(change)]));
    const named = [...reached].map(textOf).join("\n");
    for (const { change, what, ids } of about) {
      if (known.has(change) || what === undefined) continue;
      const carries =
        carriers.has(what) &&
        (needs.has(change.urn) ||
          ids.some((id) => mentions(named, id)) ||
          stringsOf(change, "virtualNetworkName").some((name) => mentions(named, `/virtualnetworks/${name}`)) ||
          stringsOf(change, "routeTableName").some((name) => mentions(named, `/routetables/${name}`)) ||
          stringsOf(change, "networkSecurityGroupName").some((name) =>
            mentions(named, `/networksecuritygroups/${name}`),
          ));
      const runsOn =
        onMachine.has(what) &&
        (dependencies(change).some((urn) => machines.has(urn)) ||
          stringsOf(change, "vmName").some((name) => names.includes(name)) ||
          (what === "disk" && ids.some((id) => mentions(named, id))));
      if (!carries && !runsOn) continue;
      known.add(change);
      if (carries) {
        reached.add(change);
        more = true;
      }
    }
  }
  return [...known, ...loose.filter((change) => kind(change) === "resourceGroup" && holds(change, server))];
}

function holds(group: ResourceChange, { members }: Server): boolean {
  const names = [...stringsOf(group, "resourceGroupName"), ...stringsOf(group, "name")];
  return members.some((member) =>
    names.some(
      (name) =>
        stringsOf(member, "resourceGroupName").includes(name) ||
        [member.old?.id, member.new?.id].some((id) =>
          mentions(String(id ?? "").toLowerCase(), `/resourcegroups/${name}`),
        ),
    ),
  );
}

/** The whole last part of an id: `…/subnets/a` is not `…/subnets/ab`. */
function mentions(text: string, id: string): boolean {
  for (let at = text.indexOf(id); at >= 0; at = text.indexOf(id, at + 1))
    if (!/[\w.-]/u.test(text[at + id.length] ?? "")) return true;
  return false;
}

const idsOf = (change: ResourceChange): readonly string[] =>
  [change.old?.id, change.new?.id].flatMap((id) =>
    typeof id === "string" && id.startsWith("/") ? [networkOf(id.toLowerCase())] : [],
  );

/** A peering reaches whoever is in its network; a rule or a route whoever names its list. */
const networkOf = (id: string): string => id.replace(/\/(virtualnetworkpeerings|securityrules|routes)\/[^/]+$/u, "");

const stringsOf = (change: ResourceChange, name: string): readonly string[] =>
  [oldInputs(change), newInputs(change)].flatMap((inputs) => {
    const value = inputs[name];
    return typeof value === "string" && value !== "" ? [value.toLowerCase()] : [];
  });

function textOf(change: ResourceChange): string {
  const ids: string[] = [];
  for (const inputs of [oldInputs(change), newInputs(change)]) collect(inputs, ids);
  for (const id of [change.old?.id, change.new?.id]) if (typeof id === "string") ids.push(id);
  return ids.join("\n").toLowerCase();
}

function collect(value: Json | JsonObject, into: string[], depth = 0): void {
  if (depth > 20) return;
  if (typeof value === "string") {
    if (value.startsWith("/") && value.length < 1000) into.push(value);
  } else if (Array.isArray(value)) for (const item of value as Json[]) collect(item, into, depth + 1);
  else if (isJsonObject(value)) for (const item of Object.values(value)) collect(item, into, depth + 1);
}
