import { serviceTagFamiliarity } from "../../../azure/serviceTags";
import { ArmError } from "../arm/errors";
import type { StoredResource } from "../arm/store";
import { type JsonObject, numberAt, objectsAt, put, same, textAt, textsAt } from "../properties/json";
import { overlaps, type Range, range } from "./addresses";
import { define } from "./define";
import { securityGroupShape, securityRuleShape } from "./networkShapes";
import { inUse, networkTypes, references, referring, shownChildren, stamp, storeChildren } from "./networkUse";
import type { Subscription } from "./resourceType";

const path =
  "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/networkSecurityGroups/{networkSecurityGroupName}";
const parentId = (id: string) => id.split("/").slice(0, -2).join("/");
const pending = new WeakMap<JsonObject, () => void>();

export const securityGroup = define("network", "NetworkSecurityGroup", {
  type: networkTypes.securityGroup,
  path,
  shape: securityGroupShape,
  required: ["securityRules.access", "securityRules.direction", "securityRules.priority", "securityRules.protocol"],
  maintained: ["properties.securityRules"],
  filledByAzure: ["securityRules.id", "securityRules.etag", "securityRules.provisioningState"],
  exclusive: (id) => id,
  rules: {
    put(request, subscription) {
      const seen: { name: string; body: JsonObject }[] = [];
      const store = storeChildren(
        request,
        "securityRules",
        networkTypes.securityRule,
        (child) => {
          prepareRule(child, seen, subscription);
          seen.push(child);
        },
        () => {},
        subscription,
      );
      pending.set(request.body, store);
      stamp(request.body, request.existing, subscription);
    },
    async operate(_resource, { body }) {
      pending.get(body)?.();
      pending.delete(body);
    },
    get(group, body, subscription) {
      put(
        body,
        "properties.securityRules",
        shownChildren(group.id, networkTypes.securityRule, (child) => structuredClone(child.body), subscription),
      );
      put(body, "properties.defaultSecurityRules", defaultRules(group.id));
      const { interfaces, subnets } = usersOf(group.id, subscription);
      if (interfaces.length > 0) put(body, "properties.networkInterfaces", references(interfaces));
      if (subnets.length > 0) put(body, "properties.subnets", references(subnets));
    },
    refuseDelete(group, subscription) {
      const { interfaces, subnets } = usersOf(group.id, subscription);
      const users = [...interfaces, ...subnets];
      if (users.length > 0)
        throw inUse(
          "InUseNetworkSecurityGroupCannotBeDeleted",
          `Network security group ${group.id} cannot be deleted because it is in use by the following resources: ${users.join(", ")}. In order to delete the Network security group, remove the association with the resource(s).`,
        );
    },
  },
});

export const securityRule = define("network", "SecurityRule", {
  type: networkTypes.securityRule,
  path: `${path}/securityRules/{securityRuleName}`,
  shape: securityRuleShape,
  exclusive: parentId,
  rules: {
    put({ id, name, body, hidden }, subscription) {
      const others = subscription
        .ofType(networkTypes.securityRule)
        .filter((other) => same(parentId(other.id), parentId(id)) && !same(other.id, id));
      prepareRule({ id, name, body }, others, subscription);
      delete hidden.inline;
    },
  },
});

function usersOf(groupId: string, subscription: Subscription) {
  const users = (type: string) =>
    referring(type, "properties.networkSecurityGroup.id", groupId, subscription).map(
      (found: StoredResource) => found.id,
    );
  return { interfaces: users(networkTypes.interface), subnets: users(networkTypes.subnet) };
}

interface Rule {
  readonly name: string;
  readonly body: JsonObject;
}

const enumerations = {
  access: ["Allow", "Deny"],
  direction: ["Inbound", "Outbound"],
  protocol: ["Tcp", "Udp", "Icmp", "Esp", "Ah", "*"],
};

function prepareRule(rule: Rule & { id: string }, others: readonly Rule[], subscription: Subscription): void {
  const { id, name, body } = rule;
  const value = (key: string) => textAt(body, `properties.${key}`);
  // Answered in Azure's own letter case; what is none of these was refused by the published type.
  for (const [key, words] of Object.entries(enumerations))
    put(
      body,
      `properties.${key}`,
      words.find((each) => same(each, value(key))),
    );
  const description = value("description") ?? "";
  if (description.length > longestDescription)
    throw new ArmError(
      400,
      "SecurityRuleInvalidDescription",
      `The description of security rule ${id} has ${description.length} characters; at most ${longestDescription} are allowed.`,
    );
  const priority = numberAt(body, "properties.priority");
  if (priority === undefined || priority < 100 || priority > 4096)
    throw new ArmError(
      400,
      "SecurityRuleInvalidPriority",
      `Security rule ${id} has invalid Priority. Value provided: ${priority ?? "none"} Allowed range 100-4096.`,
    );
  for (const side of ["source", "destination"]) {
    const capital = side.charAt(0).toUpperCase() + side.slice(1);
    const addresses = [value(`${side}AddressPrefix`), ...textsAt(body, `properties.${side}AddressPrefixes`)].filter(
      Boolean,
    );
    const groups = objectsAt(body, `properties.${side}ApplicationSecurityGroups`).length > 0;
    if (addresses.length === 0 && !groups)
      throw new ArmError(
        400,
        "SecurityRuleParameterNotSpecified",
        `Security rule must specify ${capital}AddressPrefixes, ${capital}AddressPrefix or ${capital}ApplicationSecurityGroups: ${id}.`,
      );
    const ports = [value(`${side}PortRange`), ...textsAt(body, `properties.${side}PortRanges`)].filter(
      (port) => port !== undefined,
    );
    if (ports.length === 0)
      throw new ArmError(
        400,
        "SecurityRuleParameterNotSpecified",
        `Security rule must specify ${capital}PortRanges or ${capital}PortRange: ${id}.`,
      );
    for (const port of ports)
      if (!validPort(port))
        throw new ArmError(
          400,
          "SecurityRuleInvalidPortRange",
          `Security rule ${id} has invalid Port range. Value provided: ${port}. Value should be an integer OR integer range with '-' delimiter. Valid range 0-65535.`,
        );
    for (const kind of ["AddressPrefix", "PortRange"])
      if (value(`${side}${kind}`) !== undefined && textsAt(body, `properties.${side}${kind}${plural(kind)}`).length > 0)
        throw new ArmError(
          400,
          "SecurityRuleParameterConflict",
          `Security rule ${id} specifies both ${capital}${kind} and ${capital}${kind}${plural(kind)}; one of them is allowed.`,
        );
    refuseAddresses(
      {
        id,
        parameter: `${capital}AddressPrefix`,
        single: value(`${side}AddressPrefix`),
        list: textsAt(body, `properties.${side}AddressPrefixes`),
      },
      subscription,
    );
  }
  const rival = others.find(
    (other) =>
      numberAt(other.body, "properties.priority") === priority &&
      same(textAt(other.body, "properties.direction"), value("direction")),
  );
  if (rival)
    throw new ArmError(
      400,
      "SecurityRuleConflict",
      `Security rule ${name} conflicts with rule ${rival.name}. Rules cannot have the same Priority and Direction.`,
    );
  body.etag = `W/"${subscription.uuid()}"`;
  for (const list of [
    "sourcePortRanges",
    "destinationPortRanges",
    "sourceAddressPrefixes",
    "destinationAddressPrefixes",
  ])
    if (textsAt(body, `properties.${list}`).length === 0) put(body, `properties.${list}`, []);
  put(body, "properties.provisioningState", "Succeeded");
}

const longestDescription = 140;
const plural = (kind: string): string => (kind === "AddressPrefix" ? "es" : "s");

interface Addresses {
  readonly id: string;
  readonly parameter: string;
  readonly single: string | undefined;
  readonly list: readonly string[];
}

/**
 * One prefix, address, service tag or `*`, or a list of addresses and prefixes that do not overlap. Codes and words:
 * azure-powershell issues 391 and 4557, terraform-provider-azurerm issue 5617.
 */
function refuseAddresses({ id, parameter, single, list }: Addresses, subscription: Subscription): void {
  const invalid = (text: string) =>
    new ArmError(
      400,
      "SecurityRuleInvalidAddressPrefix",
      `Security rule ${id} has invalid Address prefix. Value provided: ${text}`,
    );
  const asRange = (text: string): Range => {
    try {
      return range(text.includes("/") ? text : `${text}/32`, id);
    } catch {
      throw invalid(text);
    }
  };
  // IPv6 is left to Azure.
  const isAddress = (text: string): boolean => /^[0-9]/.test(text) && !text.includes(":");
  if (single !== undefined && single !== "*" && !single.includes(":")) {
    if (isAddress(single)) asRange(single);
    else if (serviceTagFamiliarity(single).kind === "unknown" && !subscription.alsoKnows(single)) throw invalid(single);
  }
  const tag = list.find((text) => !isAddress(text) && !text.includes(":"));
  if (tag !== undefined)
    throw new ArmError(
      400,
      "SecurityRuleParameterContainsUnsupportedValue",
      `Security rule parameter ${parameter} for rule with Id ${id} cannot specify existing VIRTUALNETWORK, INTERNET, AZURELOADBALANCER, '*' or system tags. Unsupported value used: ${tag}.`,
    );
  // Sorted by where they begin, each can only overlap the one that reaches farthest before it: a list may have thousands.
  const ranges = list
    .filter(isAddress)
    .map(asRange)
    .sort((left, right) => left.first - right.first);
  let reaching: Range | undefined;
  for (const found of ranges) {
    if (reaching !== undefined && overlaps(reaching, found))
      throw new ArmError(
        400,
        "OverlappingSubnetsNotPermittedInSecurityRule",
        `Security rule ${id} has the overlapping subnets ${reaching.prefix} and ${found.prefix}.`,
      );
    if (reaching === undefined || found.last > reaching.last) reaching = found;
  }
}

function validPort(text: string): boolean {
  if (text === "*") return true;
  const [from, to] = text.split("-").map((part) => (/^\d{1,5}$/.test(part) ? Number(part) : Number.NaN));
  if (from === undefined || Number.isNaN(from) || from > 65535 || text.split("-").length > 2) return false;
  return to === undefined || (to >= from && to <= 65535);
}

/** The six rules every group ends with. */
function defaultRules(groupId: string): JsonObject[] {
  const rule = (
    name: string,
    direction: string,
    priority: number,
    access: string,
    source: string,
    destination: string,
  ): JsonObject => ({
    id: `${groupId}/defaultSecurityRules/${name}`,
    name,
    type: "Microsoft.Network/networkSecurityGroups/defaultSecurityRules",
    properties: {
      provisioningState: "Succeeded",
      protocol: "*",
      sourcePortRange: "*",
      destinationPortRange: "*",
      sourceAddressPrefix: source,
      destinationAddressPrefix: destination,
      access,
      priority,
      direction,
      sourcePortRanges: [],
      destinationPortRanges: [],
      sourceAddressPrefixes: [],
      destinationAddressPrefixes: [],
    },
  });
  return [
    rule("AllowVnetInBound", "Inbound", 65000, "Allow", "VirtualNetwork", "VirtualNetwork"),
    rule("AllowAzureLoadBalancerInBound", "Inbound", 65001, "Allow", "AzureLoadBalancer", "*"),
    rule("DenyAllInBound", "Inbound", 65500, "Deny", "*", "*"),
    rule("AllowVnetOutBound", "Outbound", 65000, "Allow", "VirtualNetwork", "VirtualNetwork"),
    rule("AllowInternetOutBound", "Outbound", 65001, "Allow", "*", "Internet"),
    rule("DenyAllOutBound", "Outbound", 65500, "Deny", "*", "*"),
  ];
}
