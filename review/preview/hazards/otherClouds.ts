import { isJsonObject, type JsonObject } from "../../evidence/json";
import type { PostureResource } from "../../posture";
import type { Json } from "../../verdict";

/**
 * A security group of AWS in the words of Azure's, so that both are judged by the same meaning: what is not allowed is
 * denied, in both directions. Sources that are other security groups are addresses nobody knows here, and left out.
 */
export function asAzureGroup({ type, name, inputs }: PostureResource): PostureResource {
  if (type !== "aws:ec2/securityGroup:SecurityGroup") return { type, name, inputs };
  const rules = [
    ...list(inputs.ingress).map((rule, index) => ruleOf(rule, "Inbound", index)),
    ...list(inputs.egress).map((rule, index) => ruleOf(rule, "Outbound", index)),
    ...["Inbound", "Outbound"].map((direction) => ({
      ...everything,
      name: "what is not allowed",
      access: "Deny",
      priority: 4096,
      direction,
    })),
  ];
  return { type: "azure-native:network:NetworkSecurityGroup", name, inputs: { securityRules: rules } };
}

const everything = {
  protocol: "*",
  sourceAddressPrefix: "*",
  sourcePortRange: "*",
  destinationAddressPrefix: "*",
  destinationPortRange: "*",
};

const list = (value: unknown): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter((each: Json): each is JsonObject => isJsonObject(each)) : [];

const protocols: Readonly<Record<string, string>> = {
  tcp: "Tcp",
  "6": "Tcp",
  udp: "Udp",
  "17": "Udp",
  icmp: "Icmp",
  "1": "Icmp",
};

function ruleOf(rule: JsonObject, direction: "Inbound" | "Outbound", index: number) {
  const addresses = [rule.cidrBlocks, rule.ipv6CidrBlocks].flatMap((each) =>
    Array.isArray(each) ? each : each === undefined ? [] : [each],
  );
  const protocol = protocols[String(rule.protocol).toLowerCase()] ?? "*";
  const ports = protocol === "*" ? "*" : `${String(rule.fromPort ?? 0)}-${String(rule.toPort ?? 65535)}`;
  const [far, near] = direction === "Inbound" ? ["source", "destination"] : ["destination", "source"];
  return {
    name:
      typeof rule.description === "string" && rule.description !== "" ? rule.description : `${direction} ${index + 1}`,
    access: "Allow",
    priority: 100 + index,
    direction,
    protocol,
    sourcePortRange: "*",
    destinationPortRange: ports,
    [`${far}AddressPrefixes`]: addresses,
    [`${near}AddressPrefix`]: "*",
  };
}
