import type { Cases } from "./cases";
import {
  address,
  aws,
  awsRule,
  denyAll,
  nicType,
  nicWith,
  nsg,
  nsgType,
  oldVm,
  rule,
  ruleType,
  ssh,
  subnetWith,
} from "./platformParts";
import { digest, idOf, replaced, step, vm } from "./previews";

export const networkCases: Cases = {
  "management-port-open": {
    raises: [
      { name: "from anywhere", preview: nsg([denyAll], [rule({ name: "rdp", from: "*", port: "3389" }), denyAll]) },
      {
        name: "from the tag Internet, in a range",
        preview: nsg([denyAll], [rule({ name: "all", from: "Internet", port: "1-65535" }), denyAll]),
      },
      { name: "from 0.0.0.0/0", preview: nsg([ssh, denyAll], [rule({ name: "ssh", from: "0.0.0.0/0" }), denyAll]) },
      {
        name: "in a group that is new",
        preview: digest(
          step(nsgType, "nsg", { new: { securityRules: [rule({ name: "rdp", from: "*", port: "3389" })] } }),
        ),
      },
      {
        name: "by a rule of its own",
        preview: digest(
          step(ruleType, "rdp", {
            new: { ...rule({ name: "rdp", from: "*", port: "5986" }), networkSecurityGroupName: "nsg" },
          }),
        ),
      },
      {
        name: "of AWS",
        preview: aws([awsRule(443, "10.0.0.0/8")], [awsRule(443, "10.0.0.0/8"), awsRule(3389, "0.0.0.0/0")]),
      },
      {
        name: "since the denial before it goes",
        preview: nsg(
          [
            rule({ name: "no", access: "Deny", priority: 100, from: "Internet", port: "*" }),
            rule({ name: "rdp", from: "*", port: "3389" }),
          ],
          [rule({ name: "rdp", from: "*", port: "3389" })],
        ),
      },
    ],
    silent: [
      { name: "a web port of AWS", preview: aws([], [awsRule(443, "0.0.0.0/0")]) },
      { name: "from the jump host", preview: nsg([denyAll], [ssh, denyAll]) },
      { name: "a web port", preview: nsg([denyAll], [rule({ name: "web", from: "*", port: "443" }), denyAll]) },
      {
        name: "out",
        preview: nsg([denyAll], [rule({ name: "out", from: "*", port: "22", direction: "Outbound" }), denyAll]),
      },
      {
        name: "behind a denial",
        preview: nsg(
          [denyAll],
          [
            rule({ name: "no", access: "Deny", priority: 100, from: "*", port: "*" }),
            rule({ name: "rdp", from: "*", port: "3389" }),
            denyAll,
          ],
        ),
      },
    ],
  },
  "access-widened": {
    raises: [
      { name: "another source", preview: nsg([ssh, denyAll], [rule({ name: "ssh", from: "10.0.9.0/24" }), denyAll]) },
      { name: "another port", preview: nsg([ssh, denyAll], [rule({ name: "ssh", port: "22-23" }), denyAll]) },
      {
        name: "a rule beside its group",
        preview: digest(
          step(nsgType, "nsg", { old: { networkSecurityGroupName: "nsg", securityRules: [denyAll] }, op: "same" }),
          step(ruleType, "more", {
            new: { ...rule({ name: "more", from: "10.0.0.0/8" }), networkSecurityGroupName: "nsg" },
          }),
        ),
      },
    ],
    silent: [
      { name: "other order", preview: nsg([ssh, denyAll], [denyAll, ssh]) },
      {
        name: "other names and priorities",
        preview: nsg([ssh, denyAll], [rule({ name: "jump host", priority: 300 }), denyAll]),
      },
      {
        name: "the same by two rules",
        preview: nsg(
          [rule({ name: "a", from: "10.0.9.0/31" }), denyAll],
          [rule({ name: "b", from: "10.0.9.0/32" }), rule({ name: "c", priority: 201, from: "10.0.9.1/32" }), denyAll],
        ),
      },
    ],
  },
  "access-lost": {
    raises: [
      { name: "a source less", preview: nsg([rule({ name: "ssh", from: "10.0.9.0/24" }), denyAll], [ssh, denyAll]) },
      {
        name: "a denial first",
        preview: nsg(
          [ssh, denyAll],
          [rule({ name: "no", access: "Deny", priority: 100, from: "*", port: "*" }), ssh, denyAll],
        ),
      },
    ],
    silent: [{ name: "more", preview: nsg([ssh, denyAll], [rule({ name: "ssh", from: "10.0.9.0/24" }), denyAll]) }],
  },
  "deny-rule-gone": {
    raises: [{ name: "the last rule", preview: nsg([ssh, denyAll], [ssh]) }],
    silent: [{ name: "under another name", preview: nsg([ssh, denyAll], [ssh, { ...denyAll, name: "nothing-else" }]) }],
  },
  "security-group-gone": {
    raises: [
      { name: "of an interface", preview: nicWith("networkSecurityGroup", undefined) },
      { name: "of a subnet", preview: subnetWith("networkSecurityGroup", undefined) },
      { name: "the group itself", preview: digest(vm(), step(nsgType, "nsg", { old: { securityRules: [denyAll] } })) },
    ],
    silent: [
      {
        name: "with its machine",
        preview: digest(vm({ op: "delete" }), step(nsgType, "nsg", { old: { securityRules: [denyAll] } })),
      },
    ],
  },
  "public-address": {
    raises: [
      {
        name: "an interface gets one",
        preview: nicWith("ipConfigurations", address({ publicIPAddress: { id: "pip" } })),
      },
      {
        name: "a new interface has one",
        preview: digest(
          step(nicType, "nic", { new: { ipConfigurations: address({ publicIPAddress: { id: "pip" } }) } }),
        ),
      },
    ],
    silent: [
      {
        name: "one is taken off",
        preview: digest(
          oldVm,
          step(nicType, "nic", {
            old: { ipConfigurations: address({ publicIPAddress: { id: "pip" } }) },
            new: { ipConfigurations: address({}) },
          }),
        ),
      },
      {
        name: "the address of a NAT gateway",
        preview: digest(
          step("azure-native:network:NatGateway", "nat", { new: { publicIpAddresses: [{ id: "pip" }] } }),
        ),
      },
    ],
  },
  "name-resolution-changed": {
    raises: [{ name: "a DNS server less", preview: nicWith("dnsSettings.dnsServers", ["10.0.8.4"]) }],
    silent: [
      { name: "the same in another order", preview: nicWith("dnsSettings.dnsServers", ["10.0.8.5", "10.0.8.4"]) },
    ],
  },
  "egress-changed": {
    raises: [
      { name: "no NAT gateway any more", preview: subnetWith("natGateway", undefined) },
      {
        name: "the gateway deleted",
        preview: digest(vm(), step("azure-native:network:NatGateway", "nat", { old: {} })),
      },
      {
        name: "its address replaced",
        preview: digest(
          vm(),
          step("azure-native:network:NatGateway", "nat", {
            op: "same",
            old: { publicIpAddresses: [{ id: idOf("Microsoft.Network", "publicIPAddresses", "pip") }] },
          }),
          replaced("azure-native:network:PublicIPAddress", "pip", {
            old: { zones: ["1"] },
            new: { zones: ["2"] },
            state: { id: idOf("Microsoft.Network", "publicIPAddresses", "pip") },
          }),
        ),
      },
    ],
    silent: [
      {
        name: "a first gateway of a new stack",
        preview: digest(step("azure-native:network:NatGateway", "nat", { new: {} })),
      },
    ],
  },
  "peering-changed": {
    raises: [
      {
        name: "deleted",
        preview: digest(
          vm(),
          step("azure-native:network:VirtualNetworkPeering", "hub", {
            old: { remoteVirtualNetwork: { id: idOf("Microsoft.Network", "virtualNetworks", "hub") } },
          }),
        ),
      },
      {
        name: "changed",
        preview: digest(
          vm(),
          step("azure-native:network:VirtualNetworkPeering", "hub", {
            old: { useRemoteGateways: true },
            new: { useRemoteGateways: false },
          }),
        ),
      },
    ],
    silent: [
      {
        name: "in a stack without machines",
        preview: digest(step("azure-native:network:VirtualNetworkPeering", "hub", { old: {} })),
      },
    ],
  },
  "routes-changed": {
    raises: [
      { name: "another route table", preview: subnetWith("routeTable", { id: "other" }) },
      {
        name: "a route",
        preview: digest(
          vm(),
          step("azure-native:network:Route", "all", {
            new: { addressPrefix: "0.0.0.0/0", nextHopType: "VirtualAppliance" },
          }),
        ),
      },
    ],
    silent: [
      {
        name: "a tag of a table",
        preview: digest(
          vm(),
          step("azure-native:network:RouteTable", "rt", { old: { routes: [] }, new: { routes: [], tags: { a: "b" } } }),
        ),
      },
    ],
  },
  "way-in-changed": {
    raises: [
      {
        name: "deleted",
        preview: digest(vm(), step("azure-native:network:BastionHost", "bastion", { old: { enableTunneling: true } })),
      },
      {
        name: "its native client support taken away",
        preview: digest(
          vm(),
          step("azure-native:network:BastionHost", "bastion", {
            old: { enableTunneling: true },
            new: { enableTunneling: false },
          }),
        ),
      },
      {
        name: "a smaller SKU",
        preview: digest(
          vm(),
          step("azure-native:network:BastionHost", "bastion", {
            old: { sku: { name: "Standard" } },
            new: { sku: { name: "Basic" } },
          }),
        ),
      },
    ],
    silent: [
      {
        name: "a new one",
        preview: digest(vm(), step("azure-native:network:BastionHost", "bastion", { new: { enableTunneling: true } })),
      },
      {
        name: "more instances",
        preview: digest(
          vm(),
          step("azure-native:network:BastionHost", "bastion", { old: { scaleUnits: 2 }, new: { scaleUnits: 4 } }),
        ),
      },
      {
        name: "in a stack without machines",
        preview: digest(step("azure-native:network:BastionHost", "bastion", { old: {} })),
      },
    ],
  },
  "network-place-changed": {
    raises: [
      { name: "another address", preview: nicWith("ipConfigurations", address({ privateIPAddress: "10.0.0.11" })) },
      { name: "a smaller subnet", preview: subnetWith("addressPrefix", "10.0.0.0/28") },
    ],
    silent: [{ name: "another name of the configuration's tag", preview: nicWith("tags", { a: "b" }) }],
  },
};
