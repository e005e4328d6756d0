import { isJsonObject, type JsonObject } from "../../evidence/json";
import type { PostureResource } from "../../posture";
import type { Json } from "../../verdict";

/**
 * A security group of AWS in the words of Azure's, so that both are judged by the same meaning: what is not allowed is
 * denied, in both directions. Sources that are other security groups are addresses nobody knows here, and left out.
 */
export function asAzureGroup({ type, name, inputs }: PostureResource): PostureResource {
  // A rule of its own is an allowing one, among rules that are not known here.
  if (type === "aws:ec2/securityGroupRule:SecurityGroupRule")
    return asRule(name, ruleOf(inputs, inputs.type === "egress" ? "Outbound" : "Inbound", 0));
  if (type === "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    return asRule(name, ruleOf(inputs, "Inbound", 0));
  if (type === "gcp:compute/firewall:Firewall") return googleFirewall(name, inputs);
  if (type === "aws-native:ec2:SecurityGroup")
    return asAzureGroup({
      type: "aws:ec2/securityGroup:SecurityGroup",
      name,
      inputs: { ingress: inputs.securityGroupIngress ?? null, egress: inputs.securityGroupEgress ?? null },
    });
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

const asRule = (name: string, inputs: PostureResource["inputs"]): PostureResource => ({
  type: "azure-native:network:SecurityRule",
  name,
  inputs,
});

/** Each pair of protocol and ports is a rule; what no firewall allows comes in nowhere. */
function googleFirewall(name: string, inputs: PostureResource["inputs"]): PostureResource {
  const outbound = inputs.direction === "EGRESS";
  const rulesOf = (allows: unknown, access: string) =>
    list(allows).flatMap((entry, index) => {
      const given = Array.isArray(entry.ports) ? entry.ports : [];
      const ports = given.length === 0 ? ["*"] : given;
      return ports.map((range) => ({
        ...everything,
        name: `${access} ${index + 1}`,
        access,
        priority: typeof inputs.priority === "number" ? inputs.priority : 1000,
        direction: outbound ? "Outbound" : "Inbound",
        protocol: protocols[String(entry.protocol).toLowerCase()] ?? "*",
        destinationPortRange: range,
        ...(Array.isArray(inputs.sourceRanges) && !outbound
          ? { sourceAddressPrefix: null, sourceAddressPrefixes: inputs.sourceRanges }
          : {}),
        ...(Array.isArray(inputs.destinationRanges)
          ? { destinationAddressPrefix: null, destinationAddressPrefixes: inputs.destinationRanges }
          : {}),
      }));
    });
  const closed = ["Inbound", "Outbound"].map((direction) => ({
    ...everything,
    name: "what is not allowed",
    access: "Deny",
    priority: 65_536,
    direction,
  }));
  const given = inputs.disabled === true ? [] : [...rulesOf(inputs.allows, "Allow"), ...rulesOf(inputs.denies, "Deny")];
  return {
    type: "azure-native:network:NetworkSecurityGroup",
    name,
    inputs: { securityRules: [...given, ...closed] },
  };
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

function ruleOf(rule: PostureResource["inputs"], direction: "Inbound" | "Outbound", index: number) {
  const addresses = [
    rule.cidrBlocks,
    rule.ipv6CidrBlocks,
    ...[rule.cidrIp, rule.cidrIpv4, rule.cidrIpv6].filter((each) => each !== null),
  ].flatMap((each) => (Array.isArray(each) ? each : each === undefined ? [] : [each]));
  const protocol = protocols[String(rule.protocol ?? rule.ipProtocol).toLowerCase()] ?? "*";
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
