import { isUnknown, type PostureResource, pathText, valueAt } from "../resource";
import { type Exposure, managementExposures, reachOf, readSecurityRules } from "../securityRules";
import { isClassic, kindOf } from "../types";
import { bad, type Judged, notKnown, type PostureRule } from "./rule";

/** A single rule stands for itself: what others of its group deny or allow is not in it. */
function exposures(
  resource: PostureResource,
  from: "internet" | "network",
  settings: Parameters<PostureRule["judge"]>[1],
): readonly Exposure[] {
  const set = readSecurityRules(resource);
  if (set === undefined) return [];
  // A group whose rules are resources of their own shows none: what they allow is judged at each of them.
  const withoutBuiltIn =
    kindOf(resource.type) === "securityRule" || (set.rules.length === 0 && set.unknown.length === 0);
  const reach = reachOf(set, { withoutBuiltIn });
  return managementExposures(reach, {
    ports: settings.managementPorts,
    widest: BigInt(settings.widestNamedSource),
    from,
  });
}

function told(found: readonly Exposure[], whole: string): readonly Judged[] {
  const byPlace = new Map<string, { exposure: Exposure; ports: number[] }>();
  for (const exposure of found) {
    const place = exposure.rule.path === "" && exposure.rule.builtIn ? "securityRules" : exposure.rule.path;
    const known = byPlace.get(`${place} ${exposure.answer} ${exposure.kind}`);
    if (known) known.ports.push(exposure.port);
    else byPlace.set(`${place} ${exposure.answer} ${exposure.kind}`, { exposure, ports: [exposure.port] });
  }
  return [...byPlace.values()].map(({ exposure: { answer, rule, kind, unknown }, ports }): Judged => {
    const named = `management port${ports.length > 1 ? "s" : ""} ${ports.join(", ")}`;
    if (answer === "unknown") return { ...notKnown(unknown[0] ?? rule.path), why: `decides who reaches ${named}` };
    const who = kind === "service" ? "a whole service tag, behind which are other people's machines," : whole;
    return rule.builtIn
      ? bad("securityRules", `leaves ${named} to ${who} by Azure's own rule ${rule.name}: nothing here denies it`)
      : bad(rule.path, `lets ${who} reach ${named}`);
  });
}

/** Every IP configuration that has, or may have, a public address. */
function publicAddresses(list: unknown, at: readonly (string | number)[], names: readonly string[]): readonly Judged[] {
  if (isUnknown(list)) return [notKnown(pathText(at))];
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown, index): readonly Judged[] => {
    if (isUnknown(entry)) return [notKnown(pathText([...at, index]))];
    const name = names.find((each) => valueAt(entry, each) !== undefined && valueAt(entry, each) !== null);
    if (name === undefined || valueAt(entry, name) === "") return [];
    const path = pathText([...at, index, name]);
    // A reference is there even while its id is still unknown; a value that is unknown as a whole may come to nothing.
    if (isUnknown(valueAt(entry, name))) return [notKnown(path)];
    return [bad(path, "gives the machine a public address")];
  });
}

const hardening = {
  name: "Microsoft Entra Connect prerequisites",
  version: "2026-01",
  reference: "Harden your Microsoft Entra Connect server",
  specification: "Administrative access only for domain administrators or a tightly controlled group",
} as const;

export const networkRules: readonly PostureRule[] = [
  {
    code: "management-from-internet",
    level: "must-not",
    looksAt: ["securityGroup", "securityRule"],
    sentence: "A management port is open to the Internet, to a large part of it, or to a whole service tag.",
    remedy:
      "Name the few addresses that manage the machine (jump host, privileged access workstations), or use Azure Bastion.",
    source:
      'Microsoft, Entra Connect prerequisites, "Harden your Microsoft Entra Connect server": a Tier 0 asset, reached by a tightly controlled group from privileged access workstations',
    framework: hardening,
    settings: ["managementPorts", "widestNamedSource"],
    judge: (resource, settings) =>
      told(exposures(resource, "internet", settings), "the Internet or a large part of it"),
  },
  {
    code: "management-from-everywhere-inside",
    level: "must-not",
    looksAt: ["securityGroup", "securityRule"],
    sentence:
      "A management port is open to the whole virtual network (with everything peered and connected to it) instead of named sources.",
    remedy: "Name the sources, and end the group with a rule that denies everything else inbound.",
    source:
      "Microsoft, Network security groups: Azure's own rule AllowVnetInBound lets the virtual network in, which includes what is peered and connected; who reaches the server as in management-from-internet",
    framework: hardening,
    settings: ["managementPorts", "widestNamedSource"],
    judge: (resource, settings) =>
      told(exposures(resource, "network", settings), "the whole network or a large part of it"),
  },
  {
    code: "public-address",
    level: "must-not",
    looksAt: ["networkInterface", "virtualMachine", "loadBalancer"],
    sentence: "A network interface has a public address, or a load balancer leads from one to a machine.",
    remedy:
      "Take the public address away; reach the machine through Bastion or a jump host, and let it out by a NAT gateway.",
    source: "Tier 0 guidance: no public address on the server; who reaches it as in management-from-internet",
    judge: ({ type, inputs }) => {
      switch (kindOf(type)) {
        case "networkInterface":
          return publicAddresses(
            valueAt(inputs, "ipConfigurations"),
            ["ipConfigurations"],
            [isClassic(type) ? "publicIpAddressId" : "publicIPAddress"],
          );
        case "virtualMachine": {
          const path = ["networkProfile", "networkInterfaceConfigurations"];
          const list = valueAt(inputs, ...path);
          if (isUnknown(list)) return [notKnown(pathText(path))];
          return (Array.isArray(list) ? list : []).flatMap((entry: unknown, index) =>
            publicAddresses(
              valueAt(entry, "ipConfigurations"),
              [...path, index, "ipConfigurations"],
              ["publicIPAddressConfiguration"],
            ),
          );
        }
        case "loadBalancer": {
          const leadsIn = ["inboundNatRules", "inboundNatPools", "loadBalancingRules"].some((name) => {
            const rules = valueAt(inputs, name);
            return isUnknown(rules) || (Array.isArray(rules) && rules.length > 0);
          });
          const list = valueAt(inputs, "frontendIPConfigurations");
          return leadsIn
            ? publicAddresses(list, ["frontendIPConfigurations"], ["publicIPAddress", "publicIPPrefix"])
            : [];
        }
        default:
          return [];
      }
    },
  },
];
