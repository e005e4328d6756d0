import assert from "node:assert/strict";
import { endpointsToTry, signInHosts } from "../../components/network/endpoints";
import { portMeanings, probes, securityRules } from "../../components/network/plan";
import { portTable } from "../../components/network/ports";
import { settingsFixture, type Written } from "../support/settingsFixture";

const rulesOf = (change?: (written: Written) => void) => {
  const settings = settingsFixture(change);
  const [block] = settings.generations;
  assert.ok(block);
  return { settings, features: block.features, rules: securityRules(settings, block.features) };
};

describe("the security group", () => {
  const { rules } = rulesOf();
  const outbound = rules.filter((rule) => rule.direction === "Outbound");

  it("ends with a denial of everything in both directions, after every allowance", () => {
    for (const direction of ["Inbound", "Outbound"] as const) {
      const all = rules.filter((rule) => rule.direction === direction);
      const last = all.reduce((left, right) => (left.priority > right.priority ? left : right));
      assert.equal(last.access, "Deny");
      assert.equal(last.protocol, "*");
      assert.equal(last.destinationPortRange, "*");
      assert.equal(last.sourceAddressPrefix, "*");
      assert.equal(last.destinationAddressPrefix, "*");
    }
  });

  it("has unique names, and unique priorities in each direction", () => {
    assert.equal(new Set(rules.map((rule) => rule.name)).size, rules.length);
    assert.equal(new Set(rules.map((rule) => `${rule.direction} ${rule.priority}`)).size, rules.length);
  });

  it("lets SSH in from the management sources only, and no remote desktop where none is set", () => {
    const inbound = rules.filter((rule) => rule.direction === "Inbound" && rule.access === "Allow");
    assert.deepEqual(
      inbound.map((rule) => [rule.destinationPortRange, rule.sourceAddressPrefixes]),
      [["22", ["10.40.9.4/32"]]],
    );
  });

  it("lets the operator's remote desktop in from its sources", () => {
    const withDesktop = rulesOf((written) => {
      written.access.remoteDesktopSources = ["10.40.9.64/26"];
    });
    const rule = withDesktop.rules.find((each) => each.destinationPortRange === "3389");
    assert.deepEqual(rule?.sourceAddressPrefixes, ["10.40.9.64/26"]);
  });

  it("opens every needed row of the port table, and nothing else", () => {
    const { features } = rulesOf();
    const expected = portTable
      .filter((row) => row.needed(features))
      .flatMap((row) => row.protocols.map((protocol) => `${row.ports}/${protocol}`));
    const actual = outbound
      .filter((rule) => rule.access === "Allow")
      .map((rule) => `${rule.destinationPortRange}/${rule.protocol}`);
    assert.deepEqual(actual, expected);
  });

  it("opens the global catalog only where seamless single sign-on is used", () => {
    const ports = (seamlessSingleSignOn: boolean) =>
      rulesOf((written) => {
        for (const block of Object.values(written.generations)) block.features = { seamlessSingleSignOn };
      }).rules.map((rule) => rule.destinationPortRange);
    assert.ok(!ports(false).includes("3268"));
    assert.ok(ports(true).includes("3268"));
  });

  it("never opens a domain controller port to anything but the named addresses", () => {
    for (const rule of outbound.filter((each) =>
      ["88", "135", "389", "445", "636", "49152-65535"].includes(each.destinationPortRange),
    ))
      assert.deepEqual(rule.destinationAddressPrefixes, ["10.40.8.4"], rule.name);
  });

  it("holds every port of Microsoft's table that has no condition", () => {
    const ports = portTable.filter((row) => row.destination.kind !== "serviceTag").flatMap((row) => row.ports);
    for (const port of ["53", "88", "135", "389", "636", "49152-65535"]) assert.ok(ports.includes(port), port);
  });
});

describe("the test from inside the server", () => {
  it("comes from the same table: each row at each domain controller, the time by its own protocol, no ranges", () => {
    const { settings, features } = rulesOf((written) => {
      written.network.domainControllers = ["10.40.8.4", "10.40.8.5"];
    });
    const tried = probes(settings.network, features);
    assert.ok(tried.some((each) => each.host === "10.40.8.5" && each.port === 389));
    assert.ok(tried.every((each) => Number.isInteger(each.port)));
    assert.deepEqual(
      tried.filter((each) => each.by !== undefined),
      ["10.40.8.4", "10.40.8.5"].map((host) => ({ host, port: 123, by: "time" })),
    );
    const rows = portTable.filter((row) => row.needed(features) && /^[0-9]+$/.test(row.ports));
    const toControllers = rows.filter((row) => row.destination.kind !== "serviceTag");
    assert.equal(tried.length, toControllers.length * 2, "every row with a port of its own, at both");
    assert.deepEqual(
      portMeanings(features).map(({ port }) => port),
      toControllers.map(({ ports }) => Number(ports)),
    );
  });

  it("tries every host of the cloud by name, those of the sign-in among them, and others only where they are used", () => {
    const { features } = rulesOf();
    const hosts = endpointsToTry(features).map(({ host }) => host);
    for (const host of signInHosts) assert.ok(hosts.includes(host), host);
    assert.ok(signInHosts.length >= 2);
    assert.ok(
      hosts.every((host) => /^[a-z0-9.-]+$/.test(host)),
      "no wildcard",
    );
    assert.equal(new Set(hosts).size, hosts.length);
    const seamless = endpointsToTry({ ...features, seamlessSingleSignOn: true });
    assert.equal(seamless.length, hosts.length + 1);
  });
});
