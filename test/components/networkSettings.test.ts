import assert from "node:assert/strict";
import { connectionTo } from "../../components/access/plan";
import { tunnelProblems, unverified } from "../../components/access/tunnel";
import { securityRules } from "../../components/network/plan";
import { settingsFixture, type Written } from "../support/settingsFixture";
import { accepts, refuses } from "../support/settingsProblems";

const place = "/subscriptions/s/resourceGroups/r/providers/Microsoft.Network";
const hub = `${place}/virtualNetworks/hub`;
const table = `${place}/routeTables/t`;
const network =
  (part: Record<string, unknown>) =>
  (written: Written): unknown =>
    Object.assign(written.network, part);
const inSubnet =
  (part: Record<string, unknown>) =>
  (written: Written): void => {
    delete written.network.addressSpace;
    Object.assign(written.network, { existingSubnetId: `${place}/virtualNetworks/v/subnets/s`, ...part });
  };
const entrance =
  (bastion: Record<string, unknown>, access?: Record<string, unknown>) =>
  (written: Written): void => {
    written.bastion = bastion;
    if (access !== undefined) written.access = access;
  };
const tunnel = { tunnel: { port: 50200 } };

describe("the way out of a network of our own", () => {
  it("is a NAT gateway, or a firewall, or what a route table says; by itself never two", () => {
    assert.equal(settingsFixture().network.natGateway, true);
    assert.equal(settingsFixture(network({ routeTableId: table })).network.natGateway, false);
    const behind = settingsFixture(network({ firewallAddress: "10.9.0.4", peerVirtualNetworkId: hub }));
    assert.equal(behind.network.natGateway, false);
    accepts(network({ routeTableId: table, natGateway: true }));
  });

  it("is refused where two would stand, or none", () => {
    const firewall = { firewallAddress: "10.9.0.4", peerVirtualNetworkId: hub };
    refuses(network({ ...firewall, natGateway: true }), "network.natGateway", /nothing would ever go through it/);
    refuses(network({ ...firewall, routeTableId: table }), "network.firewallAddress", /a subnet has one/);
    refuses(network({ natGateway: false }), "network.natGateway", /no way out at all/);
    accepts(network({ natGateway: false, peerVirtualNetworkId: hub, useRemoteGateways: true }));
  });

  it("through a firewall needs the hub that it stands in, and is not in our own network", () => {
    refuses(network({ firewallAddress: "10.9.0.4" }), "network.firewallAddress", /no hub is named/);
    refuses(
      network({ firewallAddress: "10.40.0.200", peerVirtualNetworkId: hub }),
      "network.firewallAddress",
      /inside 10\.40\.0\.0\/24/,
    );
    refuses(network({ firewallAddress: "firewall" }), "network.firewallAddress", /not an IPv4 address/);
  });

  it("of an existing subnet is its owner's: each setting of ours is refused beside it", () => {
    for (const part of [
      { routeTableId: table },
      { firewallAddress: "10.9.0.4" },
      { natGateway: true },
      { makeBothHalves: true },
      { useRemoteGateways: true },
    ])
      refuses(inSubnet(part), `network.${Object.keys(part)[0]}`, /is for a network of our own/);
    accepts(inSubnet({ natGateway: false }));
    assert.equal(settingsFixture(inSubnet({})).network.natGateway, false);
  });
});

describe("what is said of a peering", () => {
  it("needs a hub", () => {
    for (const key of ["makeBothHalves", "useRemoteGateways"])
      refuses(network({ [key]: true }), `network.${key}`, /no hub is named/);
    accepts(network({ peerVirtualNetworkId: hub, makeBothHalves: true, useRemoteGateways: true }));
  });
});

describe("Bastion", () => {
  it("of our own lies in our network, beside the servers, and is large enough", () => {
    accepts(entrance({ subnetPrefix: "10.40.0.64/26" }));
    refuses(entrance({ subnetPrefix: "10.40.0.64/27" }), "bastion.subnetPrefix", /smaller/, /\/26 or larger/);
    refuses(entrance({ subnetPrefix: "10.40.0.0/26" }), "bastion.subnetPrefix", /overlaps network\.subnetPrefix/);
    refuses(entrance({ subnetPrefix: "10.41.0.0/26" }), "bastion.subnetPrefix", /not inside network\.addressSpace/);
    refuses(entrance({ subnetPrefix: "10.40.0.70/26" }), "bastion.subnetPrefix", /host bits/, /10\.40\.0\.64\/26/);
    refuses(entrance({ subnetPrefix: "10.40.0.300/26" }), "bastion.subnetPrefix", /not an IPv4 prefix/);
    refuses(
      (written) => {
        inSubnet({})(written);
        written.bastion = { subnetPrefix: "10.50.0.0/26" };
      },
      "bastion.existingId",
      /needs a network of our own/,
    );
  });

  it("that exists may be anywhere, and in a smaller subnet of old", () => {
    const existingId = `${place}/bastionHosts/b`.toUpperCase();
    accepts(entrance({ existingId, subnetPrefix: "10.50.0.0/27" }));
    refuses(
      entrance({ existingId: "bastion", subnetPrefix: "10.50.0.0/26" }),
      "bastion.existingId",
      /not the id of a Bastion/,
    );
  });

  it("lets the operator's remote desktop in, and SSH only with a tunnel", () => {
    const inbound = (change: (written: Written) => void) => {
      const settings = settingsFixture(change);
      const [block] = settings.generations;
      assert.ok(block);
      return securityRules(settings, block)
        .filter(({ direction, access }) => direction === "Inbound" && access === "Allow")
        .map((rule) => [rule.destinationPortRange, rule.sourceAddressPrefix ?? rule.sourceAddressPrefixes]);
    };
    assert.deepEqual(inbound(entrance({ subnetPrefix: "10.40.0.64/26" })), [
      ["22", ["10.40.9.4/32"]],
      ["3389", "10.40.0.64/26"],
    ]);
    assert.deepEqual(inbound(entrance({ subnetPrefix: "10.40.0.64/26" }, tunnel)), [
      ["22", "10.40.0.64/26"],
      ["3389", "10.40.0.64/26"],
    ]);
  });
});

describe("a tunnel of Bastion", () => {
  it("is the only way in, and needs a Bastion", () => {
    accepts(entrance({ subnetPrefix: "10.40.0.64/26" }, tunnel));
    refuses((written) => Object.assign(written, { access: tunnel }), "access.tunnel", /there is none/);
    refuses(
      entrance({ subnetPrefix: "10.40.0.64/26" }, { ...tunnel, managementSources: ["10.40.9.4/32"] }),
      "access.managementSources",
      /let in by itself/,
    );
    const jumpHost = {
      host: "jump.example",
      user: "u",
      hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFJlaGVhcnNhbC1qdW1wLWhvc3Qta2V5LXN0YW5kaW4t",
    };
    refuses(
      entrance({ subnetPrefix: "10.40.0.64/26" }, { ...tunnel, jumpHost }),
      "access.tunnel",
      /so does access\.jumpHost/,
    );
  });

  it("is missed where nobody says where SSH comes from", () => {
    refuses((written) => Object.assign(written, { access: {} }), "access.managementSources", /is missing/);
  });

  it("gives every server a port of its own on this machine, and keeps the pinned host key", () => {
    const settings = settingsFixture(entrance({ subnetPrefix: "10.40.0.64/26" }, tunnel));
    const [block] = settings.generations;
    assert.ok(block);
    const to = (generation: number) =>
      connectionTo(settings, { ...block, generation }, "ssh-ed25519 KEY", { sshPrivateKey: "k" }, 0);
    assert.deepEqual([to(1).host, to(1).port, to(1).hostKey], ["127.0.0.1", 50201, "ssh-ed25519 KEY"]);
    assert.equal(to(2).port, 50202);
    const direct = settingsFixture();
    const [other] = direct.generations;
    assert.ok(other);
    const straight = connectionTo(direct, other, "k", { sshPrivateKey: "k" }, 0);
    assert.deepEqual([straight.host, straight.port], [other.address, 22]);
  });

  it("is refused where the Azure CLI is told to believe whoever answers", () => {
    const settings = settingsFixture(entrance({ subnetPrefix: "10.40.0.64/26" }, tunnel));
    for (const value of ["1", "true", "0"])
      assert.equal(tunnelProblems(settings, { [unverified]: value }).length, 1, `any text switches it on: ${value}`);
    assert.deepEqual(tunnelProblems(settings, { [unverified]: "" }), []);
    assert.deepEqual(tunnelProblems(settings, {}), []);
    assert.deepEqual(
      tunnelProblems(settingsFixture(), { [unverified]: "1" }),
      [],
      "without a tunnel it is nobody's business",
    );
  });
});
