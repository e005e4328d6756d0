import assert from "node:assert/strict";
import {
  compareSecurityRules,
  managementExposures,
  type RuleSet,
  reachOf,
  readSecurityRules,
  trafficLine,
} from "../../../review/posture/securityRules";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

interface Written {
  readonly [key: string]: unknown;
}

const allow: Written = {
  name: "a",
  access: "Allow",
  direction: "Inbound",
  priority: 200,
  protocol: "Tcp",
  sourcePortRange: "*",
  destinationPortRange: "22",
  sourceAddressPrefix: "10.9.0.0/28",
  destinationAddressPrefix: "*",
};
const denyAll = (direction: string, priority = 4096): Written => ({
  ...allow,
  name: `${direction}-deny-all`,
  access: "Deny",
  direction,
  priority,
  protocol: "*",
  destinationPortRange: "*",
  sourceAddressPrefix: "*",
});
const closedGroup = [denyAll("Inbound"), denyAll("Outbound")];

function group(rules: unknown, type = "azure-native:network:NetworkSecurityGroup"): RuleSet {
  const set = readSecurityRules({ type, name: "nsg", inputs: { securityRules: rules } });
  assert.ok(set);
  return set;
}
const compare = (before: readonly Written[], after: readonly Written[]) =>
  compareSecurityRules(group([...before, ...closedGroup]), group([...after, ...closedGroup]));
const opened = (before: readonly Written[], after: readonly Written[]) =>
  compare(before, after).opened.map(({ line }) => line);
const same = (before: readonly Written[], after: readonly Written[]) => {
  const { opened, closed, perhapsOpened, perhapsClosed, deniesGone } = compare(before, after);
  assert.deepEqual(
    { opened, closed, perhapsOpened, perhapsClosed, deniesGone },
    {
      opened: [],
      closed: [],
      perhapsOpened: [],
      perhapsClosed: [],
      deniesGone: [],
    },
  );
};

describe("security rules by meaning", () => {
  describe("the same reach, written otherwise, is no difference", () => {
    it("another order, other names, another priority", () => {
      const second = { ...allow, name: "b", priority: 210, destinationPortRange: "3389" };
      same(
        [allow, second],
        [
          { ...second, name: "c", priority: 150 },
          { ...allow, priority: 999 },
        ],
      );
    });
    it("a list instead of one, a range instead of a list, halves instead of a whole", () => {
      same(
        [{ ...allow, destinationPortRange: "80-81" }],
        [{ ...allow, destinationPortRange: undefined, destinationPortRanges: ["81", "80"] }],
      );
      same(
        [allow],
        [{ ...allow, sourceAddressPrefix: undefined, sourceAddressPrefixes: ["10.9.0.8/29", "10.9.0.0/29"] }],
      );
      same([allow], [{ ...allow, protocol: "TCP", access: "allow", direction: "inbound" }]);
    });
    it("* and 0.0.0.0/0 where nobody names an IPv6 address", () => {
      same([{ ...allow, sourceAddressPrefix: "*" }], [{ ...allow, sourceAddressPrefix: "0.0.0.0/0" }]);
    });
    it("the machine's side as * or as VirtualNetwork", () => {
      same([allow], [{ ...allow, destinationAddressPrefix: "VirtualNetwork" }]);
    });
    it("a rule that another one of the group already covers", () => {
      const wide = { ...allow, name: "wide", priority: 300, sourceAddressPrefix: "10.9.0.0/16" };
      same([wide], [allow, wide]);
    });
    it("a service's region behind a deny of the service, a service behind a deny of the Internet", () => {
      const deny = (tag: string) => ({ ...allow, name: "d", access: "Deny", priority: 150, sourceAddressPrefix: tag });
      const from = (tag: string) => ({ ...allow, sourceAddressPrefix: tag });
      same([deny("Storage")], [deny("Storage"), from("Storage.WestEurope")]);
      same([deny("Internet")], [deny("Internet"), from("AzureCloud")]);
      assert.deepEqual(opened([deny("AzureCloud")], [deny("AzureCloud"), from("Storage")]), [
        "in from Storage (not AzureCloud) to the machine, Tcp, port 22",
      ]);
    });
    it("an allow that an earlier deny holds back", () => {
      const deny = { ...allow, name: "d", access: "Deny", priority: 150, sourceAddressPrefix: "10.0.0.0/8" };
      const { opened, closed } = compare([deny], [deny, allow]);
      assert.deepEqual([opened, closed], [[], []]);
    });
  });

  describe("what opens", () => {
    it("a further source", () => {
      assert.deepEqual(
        opened(
          [allow],
          [{ ...allow, sourceAddressPrefix: undefined, sourceAddressPrefixes: ["10.9.0.0/28", "Internet"] }],
        ),
        ["in from Internet to the machine, Tcp, port 22"],
      );
    });
    it("a part of a named group, or all of it but a part", () => {
      const from = (tag: string, denied: string) => [
        { ...allow, name: "d", access: "Deny", priority: 150, sourceAddressPrefix: denied },
        { ...allow, sourceAddressPrefix: tag },
      ];
      assert.deepEqual(opened([], from("Internet", "203.0.113.0/24")), [
        "in from Internet except 203.0.113.0/24 to the machine, Tcp, port 22",
      ]);
      const [all] = [{ ...allow, sourceAddressPrefix: "Internet" }];
      assert.deepEqual(opened(from("Internet", "203.0.113.0/24"), [all]), [
        "in from 203.0.113.0/24 in Internet to the machine, Tcp, port 22",
      ]);
    });
    it("a further port", () => {
      assert.deepEqual(opened([allow], [{ ...allow, destinationPortRange: "20-30" }]), [
        "in from 10.9.0.0/28 to the machine, Tcp, port 20-21, 23-30",
      ]);
    });
    it("a deny that goes lets the virtual network in, by the rule that every group ends with", () => {
      const difference = compareSecurityRules(group([allow, ...closedGroup]), group([allow, denyAll("Outbound")]));
      assert.deepEqual(
        difference.opened.map(({ line }) => line),
        [
          "in from VirtualNetwork to the machine, Udp, Icmp, Esp, Ah, any port",
          "in from VirtualNetwork to the machine, Tcp, port 0-21, 23-65535",
          "in from VirtualNetwork except 10.9.0.0/28 to the machine, Tcp, port 22",
          "in from AzureLoadBalancer to the machine, any protocol, any port",
        ],
      );
      assert.deepEqual(
        difference.deniesGone.map(({ rule, opened }) => [rule.name, opened]),
        [["Inbound-deny-all", "yes"]],
      );
    });
    it("an allow that comes to stand before a deny", () => {
      const deny = { ...allow, name: "d", access: "Deny", priority: 150 };
      assert.deepEqual(opened([deny, allow], [deny, { ...allow, priority: 140 }]), [
        "in from 10.9.0.0/28 to the machine, Tcp, port 22",
      ]);
    });
    it("the other direction", () => {
      const out = { ...allow, direction: "Outbound", sourceAddressPrefix: "*", destinationAddressPrefix: "Internet" };
      const [change] = compare([], [out]).opened;
      assert.equal(change?.line, "out from the machine to Internet, Tcp, port 22");
      assert.equal(change?.internet, true);
    });
  });

  it("what closes", () => {
    const { closed, opened } = compare([allow], [{ ...allow, sourceAddressPrefix: "10.9.0.0/29" }]);
    assert.deepEqual(
      closed.map(({ line }) => line),
      ["in from 10.9.0.8/29 to the machine, Tcp, port 22"],
    );
    assert.deepEqual(opened, []);
  });

  describe("unknown values", () => {
    it("an unknown source may open, and does not open for certain", () => {
      const { opened, perhapsOpened, unknown: paths } = compare([], [{ ...allow, sourceAddressPrefix: unknown }]);
      assert.deepEqual(opened, []);
      assert.deepEqual(paths, ["securityRules[0].sourceAddressPrefix"]);
      assert.ok(perhapsOpened.some(({ internet }) => internet));
    });
    it("a list that is not known may hold anything", () => {
      const reach = reachOf(group(unknown));
      assert.deepEqual(reach.least, []);
      assert.ok(managementExposures(reach).every(({ answer }) => answer === "unknown"));
      assert.deepEqual(reach.unknown, ["securityRules"]);
    });
    it("an unknown deny takes nothing away for certain", () => {
      const open = { ...allow, sourceAddressPrefix: "*" };
      const deny = { ...allow, access: "Deny", priority: 100, name: "d", sourceAddressPrefix: unknown };
      const found = managementExposures(reachOf(group([deny, open])));
      assert.deepEqual(
        found.map(({ port, answer }) => [port, answer]),
        [[22, "unknown"]],
      );
    });
  });

  describe("management ports from the Internet", () => {
    const exposed = (...rules: readonly Written[]) =>
      managementExposures(reachOf(group([...rules, ...closedGroup]))).map(({ port, kind }) => `${port} ${kind}`);
    for (const source of ["*", "Internet", "INTERNET", "0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "::/0", "20.0.0.0/6"])
      it(`open to ${source}`, () => {
        assert.deepEqual(exposed({ ...allow, sourceAddressPrefix: source }), ["22 whole"]);
      });
    it("open to a service tag, behind which everybody's machines are", () => {
      assert.deepEqual(exposed({ ...allow, sourceAddressPrefix: "AzureCloud" }), ["22 service"]);
    });
    it("in a range of ports, with any protocol, on UDP for Remote Desktop", () => {
      assert.deepEqual(
        exposed({ ...allow, sourceAddressPrefix: "*", destinationPortRange: "3000-6000", protocol: "*" }),
        ["3389 whole", "5985 whole", "5986 whole"],
      );
      assert.deepEqual(exposed({ ...allow, sourceAddressPrefix: "*", destinationPortRange: "3389", protocol: "Udp" }), [
        "3389 whole",
      ]);
    });
    it("not to named sources, private or public, nor behind an earlier deny, nor outbound", () => {
      assert.deepEqual(
        exposed(allow, { ...allow, name: "office", priority: 201, sourceAddressPrefix: "203.0.113.0/24" }),
        [],
      );
      assert.deepEqual(
        exposed(
          { ...allow, sourceAddressPrefix: "*" },
          { ...allow, name: "d", access: "Deny", priority: 100, sourceAddressPrefix: "Internet" },
        ),
        [],
      );
      assert.deepEqual(exposed({ ...allow, direction: "Outbound", sourceAddressPrefix: "*" }), []);
      assert.deepEqual(exposed({ ...allow, sourceAddressPrefix: "VirtualNetwork" }), []);
    });
  });

  it("reads a rule that is a resource, and both providers", () => {
    for (const type of [
      "azure-native:network:SecurityRule",
      "azure-native:network/v20240501:SecurityRule",
      "azure-native_network_v20240501:network:SecurityRule",
      "azure:network/networkSecurityRule:NetworkSecurityRule",
    ]) {
      const set = readSecurityRules({ type, name: "r", inputs: allow });
      assert.equal(set?.rules.length, 1, type);
      assert.deepEqual(reachOf(set as RuleSet, { withoutBuiltIn: true }).least.map(trafficLine), [
        "in from 10.9.0.0/28 to the machine, Tcp, port 22",
      ]);
    }
    assert.equal(group([allow], "azure:network/networkSecurityGroup:NetworkSecurityGroup").rules.length, 1);
    assert.equal(readSecurityRules({ type: "azure-native:network:VirtualNetwork", name: "v", inputs: {} }), undefined);
  });
});
