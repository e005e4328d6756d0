import assert from "node:assert/strict";
import type { ArmResource } from "../../../rehearsal/world/contract";
import { type Attempt, decide, type Surroundings } from "../../../rehearsal/world/reachability";

const providers = "/subscriptions/s/resourceGroups/rg/providers";
const jump = "10.50.0.4";
const surroundings: Surroundings = { connected: [`${jump}/32`] };

interface Rule {
  name: string;
  priority: number;
  direction?: "Inbound" | "Outbound";
  access: "Allow" | "Deny";
  protocol?: string;
  from?: string | string[];
  to?: string | string[];
  ports?: string | string[];
  sourcePorts?: string;
  sourceGroups?: string[];
  destinationGroups?: string[];
}

function rule({
  name,
  priority,
  direction,
  access,
  protocol,
  from,
  to,
  ports,
  ...more
}: Rule): Record<string, unknown> {
  const pair = (one: string, value: string | string[] | undefined) =>
    Array.isArray(value) ? { [`${one}${one.endsWith("x") ? "es" : "s"}`]: value } : { [one]: value ?? "*" };
  const groups = (ids: string[] | undefined) => ids?.map((id) => ({ id: groupId(id) }));
  return {
    name,
    properties: {
      priority,
      direction: direction ?? "Inbound",
      access,
      protocol: protocol ?? "Tcp",
      sourcePortRange: more.sourcePorts ?? "*",
      ...(more.sourceGroups
        ? { sourceApplicationSecurityGroups: groups(more.sourceGroups) }
        : pair("sourceAddressPrefix", from)),
      ...(more.destinationGroups
        ? { destinationApplicationSecurityGroups: groups(more.destinationGroups) }
        : pair("destinationAddressPrefix", to)),
      ...pair("destinationPortRange", ports),
    },
  };
}

const groupId = (name: string) => `${providers}/Microsoft.Network/applicationSecurityGroups/${name}`;

function resource(type: string, name: string, properties: Record<string, unknown>): ArmResource {
  const id = `${providers}/${type}/${name}`;
  return { id, type, name: name.split("/").at(-1) ?? name, apiVersion: "2024-05-01", body: { id, properties } };
}

const securityGroup = (name: string, rules: Rule[]) =>
  resource("Microsoft.Network/networkSecurityGroups", name, { securityRules: rules.map(rule) });
const reference = (name: string | undefined) =>
  name
    ? { networkSecurityGroup: { id: `${providers}/microsoft.network/networksecuritygroups/${name.toUpperCase()}` } }
    : {};
const network = (name: string, prefix: string, group?: string, peers: string[] = []) =>
  resource("Microsoft.Network/virtualNetworks", name, {
    addressSpace: { addressPrefixes: [prefix] },
    subnets: [{ name: "servers", properties: { addressPrefix: prefix, ...reference(group) } }],
    virtualNetworkPeerings: peers.map((peer) => ({
      name: peer,
      properties: { remoteVirtualNetwork: { id: `${providers}/Microsoft.Network/virtualNetworks/${peer}` } },
    })),
  });

interface Place {
  network?: string;
  group?: string;
  applicationGroups?: string[];
}
const nic = (name: string, address: string, place: Place = {}) =>
  resource("Microsoft.Network/networkInterfaces", name, {
    ...reference(place.group),
    ipConfigurations: [
      {
        properties: {
          privateIPAddress: address,
          subnet: { id: `${providers}/Microsoft.Network/virtualNetworks/${place.network ?? "vnet"}/subnets/servers` },
          applicationSecurityGroups: place.applicationGroups?.map((id) => ({ id: groupId(id) })),
        },
      },
    ],
  });
const vm = (name: string, ...nics: string[]) =>
  resource("Microsoft.Compute/virtualMachines", name, {
    networkProfile: {
      networkInterfaces: nics.map((each) => ({ id: `${providers}/Microsoft.Network/networkInterfaces/${each}` })),
    },
  });

/** Two machines in one network; security groups by name. */
function world(groups: { subnet?: Rule[]; nic?: Rule[]; other?: Rule[] }, ...more: ArmResource[]): ArmResource[] {
  return [
    ...(groups.subnet ? [securityGroup("nsg-subnet", groups.subnet)] : []),
    ...(groups.nic ? [securityGroup("nsg-nic", groups.nic)] : []),
    ...(groups.other ? [securityGroup("nsg-other", groups.other)] : []),
    network("vnet", "10.40.0.0/24", groups.subnet && "nsg-subnet"),
    nic("nic-a", "10.40.0.11", { group: groups.nic && "nsg-nic", applicationGroups: ["servers"] }),
    nic("nic-b", "10.40.0.12", { group: groups.other && "nsg-other" }),
    vm("a", "nic-a"),
    vm("b", "nic-b"),
    ...more,
  ];
}

const ssh: Attempt = { from: jump, to: "10.40.0.11", port: 22, protocol: "Tcp" };
const denyAll: Rule = { name: "deny-all", priority: 4096, access: "Deny", protocol: "*" };
const allowSsh: Rule = { name: "allow-ssh", priority: 200, access: "Allow", from: `${jump}/32`, ports: "22" };

describe("reachability in the simulated network", () => {
  const check = (
    title: string,
    expected: boolean,
    resources: ArmResource[],
    attempt: Partial<Attempt> = {},
    reason?: RegExp,
    around: Surroundings = surroundings,
  ) =>
    it(`${expected ? "lets through" : "is silent"}: ${title}`, () => {
      const decision = decide(resources, { ...ssh, ...attempt }, around);
      assert.equal(decision.allowed, expected, decision.reason);
      if (reason) assert.match(decision.reason, reason);
    });

  describe("without security groups", () => {
    check("nothing stands in the way", true, world({}), {}, /no security group/);
    check("no such address", false, world({}), { to: "10.40.0.99" }, /no network interface has the address/);
    check("a public address", false, world({}), { to: "20.50.2.1" }, /not a private address/);
    check("loopback", false, world({}), { to: "127.0.0.1" }, /not a private address/);
    check("a name", false, world({}), { to: "server.contoso.com" }, /not an address/);
    check(
      "an interface without a machine",
      false,
      world({}, nic("nic-c", "10.40.0.13")),
      { to: "10.40.0.13" },
      /serves no machine/,
    );
    check("a machine that is switched off", false, world({}), {}, /not running/, {
      ...surroundings,
      isRunning: (id) => !id.endsWith("/a"),
    });
    check("its neighbour runs", true, world({}), { to: "10.40.0.12" }, undefined, {
      ...surroundings,
      isRunning: (id) => !id.endsWith("/a"),
    });
  });

  describe("both groups must allow", () => {
    check(
      "both do",
      true,
      world({ subnet: [allowSsh, denyAll], nic: [allowSsh, denyAll] }),
      {},
      /subnet, then .* interface/,
    );
    check(
      "the subnet's denies",
      false,
      world({ subnet: [denyAll], nic: [allowSsh] }),
      {},
      /deny-all \(4096\) of nsg-subnet on the subnet/,
    );
    check(
      "the interface's denies",
      false,
      world({ subnet: [allowSsh], nic: [denyAll] }),
      {},
      /nsg-nic on the interface/,
    );
    check("only the subnet has one", true, world({ subnet: [allowSsh, denyAll] }));
    check("only the interface has one", true, world({ nic: [allowSsh, denyAll] }));
  });

  describe("a group for each interface, and none on their subnet", () => {
    const own = (name: string): Rule[] => [{ ...allowSsh, name }, denyAll];
    const two = world({ nic: own("to-a"), other: own("to-b") });
    const noWayOut: Rule = { name: "no-way-out", priority: 4096, direction: "Outbound", access: "Deny", protocol: "*" };
    check("each lets in what its own rules allow", true, two, {}, /to-a .* nsg-nic on the interface/);
    check("the other too", true, two, { to: "10.40.0.12" }, /to-b .* nsg-other on the interface/);
    check("a changed rule of one is none of the other's", true, world({ nic: own("to-a"), other: [denyAll] }));
    check("and keeps its own out", false, world({ nic: own("to-a"), other: [denyAll] }), { to: "10.40.0.12" });
    check("a neighbour in the subnet is stopped like anybody", false, two, { from: "10.40.0.12" }, /nsg-nic on the/);
    check(
      "what leaves a server is judged by its own group first",
      false,
      world({ nic: [{ ...allowSsh, from: "*" }], other: [noWayOut] }),
      { from: "10.40.0.12" },
      /no-way-out \(4096\) of nsg-other/,
    );
  });

  describe("priority", () => {
    const deny: Rule = { name: "deny", priority: 100, access: "Deny" };
    check(
      "the lower number wins, whatever the order in the list",
      false,
      world({ nic: [allowSsh, deny] }),
      {},
      /deny \(100\)/,
    );
    check("a later denial changes nothing", true, world({ nic: [denyAll, allowSsh] }));
    check("the default rules come last: from the virtual network all is allowed", true, world({ nic: [] }), {
      port: 8080,
    });
    check(
      "the default rules deny the rest",
      false,
      world({ nic: [] }),
      { from: "20.1.2.3" },
      /DenyAllInBound \(65500\)/,
      {
        connected: ["20.1.2.3/32"],
      },
    );
  });

  describe("what a rule matches", () => {
    const only = (more: Partial<Rule>) => world({ nic: [{ ...allowSsh, ...more }, denyAll] });
    const cases: [string, boolean, Partial<Rule>, Partial<Attempt>?][] = [
      ["another port", false, { ports: "3389" }],
      ["a range that holds the port", true, { ports: "20-25" }],
      ["a range that does not", false, { ports: "23-25" }],
      ["a list of ports", true, { ports: ["443", "20-22"] }],
      ["a list without it", false, { ports: ["443", "3389"] }],
      ["any port", true, { ports: "*" }],
      ["UDP only", false, { protocol: "Udp" }],
      ["any protocol", true, { protocol: "*" }],
      ["the protocol in small letters", true, { protocol: "tcp" }],
      ["ICMP, where ports mean nothing", true, { protocol: "Icmp", ports: "0" }, { protocol: "Icmp", port: 0 }],
      ["a source prefix that holds the jump host", true, { from: "10.50.0.0/16" }],
      ["one that does not", false, { from: "10.51.0.0/16" }],
      ["a list of sources", true, { from: ["10.1.0.0/16", "10.50.0.4"] }],
      ["a list without it", false, { from: ["10.1.0.0/16", "10.50.0.5"] }],
      ["an address range", true, { from: "10.50.0.1-10.50.0.9" }],
      ["any source, written as 0.0.0.0/0", true, { from: "0.0.0.0/0" }],
      ["the tag VirtualNetwork, for what is connected to it", true, { from: "VirtualNetwork" }],
      ["the tag Internet, for a private address", false, { from: "Internet" }],
      ["the tag AzureLoadBalancer", false, { from: "AzureLoadBalancer" }],
      ["another service tag", false, { from: "AzureActiveDirectory" }],
      ["the destination's own address", true, { to: "10.40.0.11/32" }],
      ["another destination", false, { to: "10.40.0.12/32" }],
      ["the destination's application security group", true, { destinationGroups: ["servers"] }],
      ["another application security group", false, { destinationGroups: ["clients"] }],
      ["a source group that the jump host is not in", false, { sourceGroups: ["servers"] }],
      ["a source port that is not used", false, { sourcePorts: "22" }],
      ["the source port that is used", true, { sourcePorts: "50000-50010" }, { sourcePort: 50001 }],
    ];
    for (const [title, expected, more, attempt] of cases) check(title, expected, only(more), attempt);
    check(
      "an outbound rule says nothing of what comes in",
      true,
      world({ nic: [{ ...denyAll, direction: "Outbound" }] }),
    );
  });

  describe("between machines", () => {
    const fromA = { from: "10.40.0.11", to: "10.40.0.12" };
    const denyOut: Rule = { ...denyAll, name: "deny-out", direction: "Outbound" };
    check("in one network", true, world({}), fromA);
    check("what the source's group lets out", true, world({ nic: [] }), fromA);
    check(
      "what it does not",
      false,
      world({ nic: [denyOut] }),
      fromA,
      /outbound rule deny-out \(4096\) of nsg-nic on the interface/,
    );
    check("what the subnet's group does not let out", false, world({ subnet: [denyOut] }), fromA, /on the subnet/);
    check("what the target's group does not let in", false, world({ other: [denyAll] }), fromA, /nsg-other/);
    check("back, although the other way is denied", true, world({ nic: [denyOut] }), { from: "10.40.0.12" });
  });

  describe("routes", () => {
    const two = (peersOfOne: string[], peersOfTwo: string[]) => [
      network("vnet", "10.40.0.0/24", undefined, peersOfOne),
      network("hub", "10.60.0.0/24", undefined, peersOfTwo),
      securityGroup("nsg", []),
      nic("nic-a", "10.40.0.11", { group: "nsg" }),
      nic("nic-h", "10.60.0.5", { network: "hub" }),
      vm("a", "nic-a"),
      vm("h", "nic-h"),
    ];
    const fromHub = { from: "10.60.0.5" };
    check("networks that are not peered", false, two([], []), fromHub, /no route/);
    check("a peering on one side only", false, two(["hub"], []), fromHub, /no route/);
    check(
      "a peering on both sides, which is VirtualNetwork for the default rules",
      true,
      two(["hub"], ["vnet"]),
      fromHub,
    );
    check("an address that nobody has connected", false, two([], []), { from: "10.99.0.1" }, /no route/);
    const jumping = { from: jump };
    check(
      "through the hub, which is not connected",
      false,
      two(["hub"], []),
      jumping,
      /peering of its virtual network is not/,
    );
    check("through the hub, which is", true, two(["hub"], ["vnet"]), jumping);
    check("from our own network while the hub is not connected", true, two(["hub"], []), { from: "10.40.0.77" });
    check("where no hub was ever meant to be", true, two([], []), jumping);
    check("an address of the network itself without an interface", true, two([], []), { from: "10.40.0.77" });
  });

  describe("resources of their own", () => {
    const child = (type: string, name: string, properties: Record<string, unknown>) => {
      const [parent, own] = name.split("/");
      const [base, sub] = [type.slice(0, type.lastIndexOf("/")), type.slice(type.lastIndexOf("/") + 1)];
      const id = `${providers}/${base}/${parent}/${sub}/${own}`;
      return { id, type, name: own ?? "", apiVersion: "2024-05-01", body: { id, name: own, properties } };
    };
    const separate = (access: "Allow" | "Deny"): ArmResource[] => [
      securityGroup("nsg", []),
      child("Microsoft.Network/networkSecurityGroups/securityRules", "nsg/deny-or-not", {
        ...(rule({ ...allowSsh, access }).properties as Record<string, unknown>),
      }),
      resource("Microsoft.Network/virtualNetworks", "vnet", { addressSpace: { addressPrefixes: ["10.40.0.0/24"] } }),
      child("Microsoft.Network/virtualNetworks/subnets", "vnet/servers", reference("nsg")),
      nic("nic-a", "10.40.0.11"),
      vm("a", "nic-a"),
    ];
    check(
      "a subnet and a rule that are resources of their own allow",
      true,
      separate("Allow"),
      {},
      /deny-or-not \(200\)/,
    );
    check("or deny", false, separate("Deny"), {}, /deny-or-not \(200\)/);
    check(
      "a group that is named and not there has its default rules",
      false,
      [network("vnet", "10.40.0.0/24", "lost"), nic("nic-a", "10.40.0.11"), vm("a", "nic-a")],
      { from: "20.1.2.3" },
      /DenyAllInBound/,
      { connected: ["20.1.2.3/32"] },
    );
  });

  it("says which machine the address belongs to", () => {
    assert.equal(decide(world({}), ssh, surroundings).machineId, `${providers}/Microsoft.Compute/virtualMachines/a`);
  });
});
