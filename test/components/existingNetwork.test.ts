import assert from "node:assert/strict";
import { nextLedger } from "../../components/memory/ledger";
import { existingNetwork, type NetworkQuestion } from "../../components/network/existing";
import {
  type BastionSeen,
  type Judged,
  judgeBastion,
  judgePlace,
  judgeRouteTable,
  judgeSubnet,
  type RouteTableSeen,
  type SubnetSeen,
} from "../../components/network/judgeExisting";
import { record } from "../support/recordedResources";
import { settingsFixture, type Written } from "../support/settingsFixture";

const place = "/subscriptions/s/resourceGroups/r/providers/Microsoft.Network";
const subnetId = `${place}/virtualNetworks/v/subnets/identity`;

const inSubnet = (change: (written: Written) => void = () => undefined) =>
  settingsFixture((written) => {
    delete written.network.addressSpace;
    written.network.existingSubnetId = subnetId;
    change(written);
  });
const good: SubnetSeen = {
  name: "identity",
  prefixes: ["10.40.0.0/27"],
  delegatedTo: [],
  hasNatGateway: true,
  taken: new Map(),
};
const subnet = (seen: Partial<SubnetSeen>, toBeBuilt = [1]) =>
  judgeSubnet({ ...good, ...seen }, inSubnet(), new Set(toBeBuilt));

describe("a subnet that exists", () => {
  it("is fine with the prefix of the settings and a way out", () => {
    assert.deepEqual(subnet({}), { problems: [], findings: [] });
    assert.deepEqual(subnet({ hasNatGateway: false, routeTableId: `${place}/routeTables/t` }).findings, []);
  });

  it("is refused where its prefix is another one, with Azure's", () => {
    const [problem] = subnet({ prefixes: ["10.40.0.0/26", "10.41.0.0/26"] }).problems;
    assert.equal(problem?.path, "network.subnetPrefix");
    assert.match(problem?.write ?? "", /10\.40\.0\.0\/26 or 10\.41\.0\.0\/26/);
  });

  it("is refused in another region, in either spelling; an unread one is not judged", () => {
    const [problem] = subnet({ location: "North Europe" }).problems;
    assert.match(problem?.problem ?? "", /is in North Europe, the server in westeurope/);
    assert.match(problem?.write ?? "", /location: northeurope/);
    assert.deepEqual(subnet({ location: "West Europe" }).problems, []);
  });

  it("is refused where it is delegated: no virtual machine can be put there", () => {
    const [problem] = subnet({ delegatedTo: ["Microsoft.Web/serverFarms"] }).problems;
    assert.match(problem?.problem ?? "", /delegated to Microsoft\.Web\/serverFarms/);
  });

  it("is refused where somebody else has our address, with a free one; a server that stands keeps its own", () => {
    const taken = new Map([
      ["10.40.0.10", "nic-of-somebody (resource group rg-other)"],
      ["10.40.0.11", "nic-of-another (resource group rg-other)"],
    ]);
    const [problem] = subnet({ taken }).problems;
    assert.equal(problem?.path, "generations.1.address");
    assert.match(problem?.problem ?? "", /10\.40\.0\.10 is taken .* nic-of-somebody/);
    assert.equal(problem?.write, "address: 10.40.0.12");
    assert.deepEqual(subnet({ taken }, []).problems, []);
  });

  it("without a visible way out is a warning, not a refusal: a route may come from a gateway", () => {
    const seen = { hasNatGateway: false };
    for (const [defaultOutboundAccess, word] of [
      [false, /nothing in it reaches Entra ID/],
      [undefined, /Azure's default, whose address changes/],
    ] as const) {
      const { problems, findings } = subnet({ ...seen, defaultOutboundAccess });
      assert.deepEqual(problems, []);
      assert.equal(findings[0]?.severity, "warning");
      assert.match(findings[0]?.title ?? "", word);
    }
  });

  it("with a security group of its own is told: it stands before the server's", () => {
    assert.deepEqual(
      subnet({ securityGroupId: `${place}/networkSecurityGroups/g` }).findings.map(({ code, severity }) => [
        code,
        severity,
      ]),
      [["subnet-has-security-group", "info"]],
    );
  });
});

const tableId = `${place}/routeTables/t`;
const table = (routes: RouteTableSeen["routes"], network: Record<string, unknown> = {}) =>
  judgeRouteTable(
    { name: "t", routes },
    settingsFixture((written) => Object.assign(written.network, { routeTableId: tableId, ...network })),
  );
const everything = (nextHopType: string, nextHopIpAddress?: string) => [
  { addressPrefix: "10.0.0.0/8", nextHopType: "VirtualAppliance", nextHopIpAddress: "10.1.0.4" },
  { addressPrefix: "0.0.0.0/0", nextHopType, ...(nextHopIpAddress === undefined ? {} : { nextHopIpAddress }) },
];

describe("a route table that exists", () => {
  it("that leads to a firewall is fine, with a word on what goes with it: Windows activation", () => {
    const { problems, findings } = table(everything("VirtualAppliance", "10.1.0.4"));
    assert.deepEqual(problems, []);
    assert.match(findings[0]?.next ?? "", /activation \(TCP 1688: 20\.118\.99\.224, /);
  });

  it("that leads nowhere is refused, in each of its ways", () => {
    const refused = (routes: RouteTableSeen["routes"], network: Record<string, unknown> = {}) =>
      table(routes, network).problems.map(({ path, problem }) => `${path}: ${problem}`);
    assert.match(refused(everything("None")).join(), /routeTableId: .*drops everything/);
    assert.match(refused(everything("Internet")).join(), /does not work from a private subnet/);
    assert.match(refused([]).join(), /natGateway: .*no way out at all/);
    assert.match(
      refused(everything("VirtualAppliance", "10.1.0.4"), { natGateway: true }).join(),
      /natGateway: .*nothing would ever go through the NAT gateway/,
    );
  });

  it("may say everything in two halves, which go before a route for all of it; one half alone is no way out", () => {
    const half = (addressPrefix: string, nextHopType: string) => ({ addressPrefix, nextHopType });
    const said = (routes: RouteTableSeen["routes"]) =>
      table(routes)
        .problems.map(({ problem }) => problem)
        .join();
    const low = half("0.0.0.0/1", "VirtualAppliance");
    assert.equal(said([low, half("128.0.0.0/1", "VirtualAppliance")]), "");
    assert.equal(said([low, half("128.0.0.0/1", "VirtualAppliance"), half("0.0.0.0/0", "None")]), "");
    assert.match(said([low, half("128.0.0.0/1", "None")]), /drops everything that goes to 128\.0\.0\.0\/1/);
    assert.match(said([low, half("0.0.0.0/0", "None")]), /drops everything that goes to 0\.0\.0\.0\/0/);
    assert.match(said([low]), /no way out at all/);
  });

  it("without a route for everything is fine beside a NAT gateway, or where the hub's gateway may give one", () => {
    assert.deepEqual(table([], { natGateway: true }).problems, []);
    const hub = `${place}/virtualNetworks/hub`;
    assert.deepEqual(table([], { peerVirtualNetworkId: hub, useRemoteGateways: true }).problems, []);
  });
});

describe("where an existing subnet or route table is", () => {
  it("in another subscription is refused before the first resource, in any letter case only there", () => {
    const id = (subscription: string) => subnetId.replace("/subscriptions/s/", `/Subscriptions/${subscription}/`);
    assert.equal(judgePlace("network.existingSubnetId", "subnet", id("OURS"), "ours"), undefined);
    assert.equal(judgePlace("network.existingSubnetId", "subnet", id("theirs"), undefined), undefined);
    const [problem] = judgePlace("network.existingSubnetId", "subnet", id("theirs"), "ours")?.problems ?? [];
    assert.match(problem?.problem ?? "", /in the subscription theirs, this run is signed in to ours/);
    assert.match(problem?.write ?? "", /ARM_SUBSCRIPTION_ID/);
  });

  it("in another region is refused for a route table, however Azure spells the region", () => {
    const routes = everything("VirtualAppliance", "10.1.0.4");
    const seen = (location: string) =>
      judgeRouteTable(
        { name: "t", location, routes },
        settingsFixture((written) => Object.assign(written.network, { routeTableId: tableId })),
      ).problems.map(({ problem }) => problem);
    assert.deepEqual(seen("West Europe"), []);
    assert.match(seen("northeurope").join(), /is in northeurope, the server in westeurope/);
  });
});

const bastion = (seen: Partial<BastionSeen>, tunnel = true) =>
  judgeBastion(
    { name: "b", sku: "Standard", enableTunneling: true, prefixes: ["10.50.0.0/26"], ...seen },
    settingsFixture((written) => {
      written.bastion = { existingId: `${place}/bastionHosts/b`, subnetPrefix: "10.50.0.0/26" };
      if (tunnel) written.access = { tunnel: { port: 50200 } };
    }),
  ).problems.map(({ path, problem }) => `${path}: ${problem}`);

describe("a Bastion that exists", () => {
  it("is held to its subnet's prefix, since the server's rules name that", () => {
    assert.deepEqual(bastion({}), []);
    assert.deepEqual(bastion({ prefixes: [] }), [], "in another subscription it cannot be read");
    assert.match(bastion({ prefixes: ["10.50.1.0/26"] }).join(), /bastion\.subnetPrefix: .*10\.50\.1\.0\/26/);
  });

  it("carries a tunnel only with Standard or Premium and native client support; a person's browser needs neither", () => {
    assert.match(bastion({ sku: "Basic" }).join(), /access\.tunnel: .*SKU Basic/);
    assert.match(bastion({ enableTunneling: false }).join(), /no native client support/);
    assert.deepEqual(bastion({ sku: "Basic", enableTunneling: false }, false), []);
    assert.deepEqual(bastion({ sku: "Premium" }), []);
  });
});

describe("what exists", () => {
  const settings = settingsFixture((written) => {
    Object.assign(written.network, { routeTableId: tableId.toUpperCase() });
    written.bastion = { existingId: `${place}/bastionHosts/b`, subnetPrefix: "10.50.0.0/26" };
  });
  const ask = async (
    answer: (token: string) => Record<string, unknown>,
    question: Partial<NetworkQuestion> = {},
  ): Promise<{ readonly judged: Judged | undefined; readonly asked: readonly string[] }> => {
    const asked: string[] = [];
    let judged: Judged | undefined;
    const reply = (token: string) => () => {
      asked.push(token);
      return answer(token);
    };
    const tokens = ["getRouteTable", "getBastionHost", "getSubnet"];
    await record(
      async () => {
        judged = await existingNetwork(
          {
            settings,
            ledger: undefined,
            subscriptionId: "S",
            unknown: new Set(),
            toBeBuilt: new Set([1]),
            ...question,
          },
          {},
        );
      },
      { calls: Object.fromEntries(tokens.map((token) => [`azure-native:network:${token}`, reply(token)])) },
    );
    return { judged, asked };
  };
  const failing = (code: string) => () => {
    const message = `Status=403 Code="${code}" Message="…"`;
    // As gRPC gives it to the SDK.
    throw Object.assign(new Error(message), { details: message });
  };

  it("is refused where Azure itself says that it is not there, each by its setting", async () => {
    const { judged } = await ask(failing("ResourceNotFound"));
    assert.deepEqual(
      judged?.problems.map(({ path }) => path),
      ["network.routeTableId", "bastion.existingId"],
    );
  });

  it("is a warning where this sign-in may not read it, and an error where Azure says anything else", async () => {
    const { judged } = await ask(failing("AuthorizationFailed"));
    assert.deepEqual(judged?.problems, []);
    assert.deepEqual(
      judged?.findings.map(({ code, subject }) => [code, subject]),
      [
        ["existing-not-read", "network.routeTableId"],
        ["existing-not-read", "bastion.existingId"],
      ],
    );
    await assert.rejects(ask(failing("InternalServerError")), /InternalServerError/);
  });

  it("is asked for once: not in another subscription, not where it is still to be made, not where nothing changed", async () => {
    const answer = () => ({ routes: [{ addressPrefix: "0.0.0.0/0", nextHopType: "VirtualNetworkGateway" }] });
    assert.deepEqual([...(await ask(answer)).asked].sort(), ["getBastionHost", "getRouteTable"]);
    assert.deepEqual((await ask(answer, { subscriptionId: "another" })).asked, []);
    assert.deepEqual((await ask(answer, { unknown: new Set(["routeTableId", "existingId"]) })).asked, []);
    const ledger = nextLedger(undefined, settings, { library: "1" });
    assert.deepEqual((await ask(answer, { ledger, toBeBuilt: new Set() })).asked, []);
  });
});
