import assert from "node:assert/strict";
import type { RunSummary } from "../../rehearsal/run/summary";
import { problemsOfBody } from "../support/azureTypes";
import { requiresEngine } from "../support/engine";
import { Rehearsal } from "../support/rehearsal";

const machine = "aadc-stg-g1";
const place = "/subscriptions/00000000-0000-4000-8000-0000000000a1/resourceGroups/rg-hub/providers/Microsoft.Network";
const hubId = `${place}/virtualNetworks/vnet-hub`;
const text = (value: unknown): string => JSON.stringify(value);
const propertiesOf = (resource: { readonly body: Record<string, unknown> } | undefined) =>
  (resource?.body.properties ?? {}) as Readonly<Record<string, unknown>>;
const nothing = { create: 0, import: 0, update: 0, replace: 0, delete: 0 };

describe("ways out and in, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const found = async (rehearsal: Rehearsal, end: RegExp) =>
    (await rehearsal.picture()).resources.filter(({ id }) => end.test(id));
  const changed = ({ changes: { same: _, ...rest } }: RunSummary) => rest;

  describe("a network of our own with a Bastion and a NAT gateway", () => {
    const rehearsal = new Rehearsal();
    after(() => rehearsal.remove());

    it("is built with both in one up, and the next changes nothing", async () => {
      rehearsal.settings((settings) => {
        settings.network.peerVirtualNetworkId = hubId;
        settings.bastion = { subnetPrefix: "10.40.0.64/26" };
      });
      const up = await rehearsal.run("up");
      assert.equal(up.result, "succeeded", text(up.messages));
      assert.equal(up.verdict, "ok", text(up.findings));
      const [host] = await found(rehearsal, /\/bastionHosts\/aadc-stg-bastion$/);
      assert.equal(propertiesOf(host).enableTunneling, true);
      assert.deepEqual(changed(await rehearsal.run("up")), nothing);
    });

    it("lets only remote desktop in from Bastion's subnet", async () => {
      const [group] = await found(rehearsal, /\/networkSecurityGroups\/aadc-stg-g1-nsg$/);
      const rules = propertiesOf(group).securityRules as { properties: Record<string, unknown> }[];
      const from = rules.filter(({ properties }) => properties.sourceAddressPrefix === "10.40.0.64/26");
      assert.deepEqual(
        from.map(({ properties }) => properties.destinationPortRange),
        ["3389"],
      );
    });

    it("goes over to a firewall in place: a route table comes, the NAT gateway goes, and the server is only asked whether it still gets out", async () => {
      const before = await rehearsal.scriptsRunOn(machine);
      rehearsal.settings(({ network }) => {
        network.firewallAddress = "10.40.9.68";
      });
      const up = await rehearsal.run("up");
      assert.equal(up.result, "succeeded", text(up.messages));
      assert.ok(up.findings.some(({ code }) => code === "activation-behind-firewall"));
      assert.equal(up.changes.replace, 0);
      const [subnet] = await found(rehearsal, /\/subnets\/entra-connect$/);
      const { natGateway, routeTable } = propertiesOf(subnet);
      assert.equal(natGateway, undefined);
      assert.match(text(routeTable), /\/routeTables\/aadc-stg-routes"/);
      assert.deepEqual(await found(rehearsal, /natGateways|egress-ip/), []);
      // What is behind a firewall has to be reached through it: activation is among it now.
      assert.deepEqual(await rehearsal.scriptsRunOn(machine), [...before, "prerequisites"]);
      const again = await rehearsal.run("up");
      assert.deepEqual(changed(again), nothing);
      assert.equal(again.verdict, "ok", text(again.findings));
    });

    it("has bodies that Azure's published types allow", async () => {
      const judged = (await rehearsal.picture()).resources
        .filter(({ id }) => id.includes("rg-aadc-stg"))
        .map((each) => ({ id: each.id, ...problemsOfBody(each) }));
      assert.deepEqual(
        judged.filter((each) => each.problems.length > 0),
        [],
      );
      for (const type of [/bastionHosts/, /routeTables/, /virtualNetworkPeerings|virtualNetworks/])
        assert.ok(
          judged.some((each) => each.known && type.test(each.id)),
          String(type),
        );
    });

    it("under an active server neither its way out nor its Bastion is changed unasked", async () => {
      rehearsal.declareActive(1);
      const declared = await rehearsal.run("up");
      assert.equal(declared.result, "succeeded", text(declared.messages));
      rehearsal.settings((settings) => {
        delete settings.network.firewallAddress;
        delete settings.bastion;
      });
      const up = await rehearsal.run("up");
      assert.equal(up.result, "failed");
      const said = up.messages.map((each) => each.text).join("\n");
      for (const path of ["network.firewallAddress", "network.natGateway", "bastion"])
        assert.ok(said.includes(`  ${path}: generation 1 is declared active and shares this`), `${path}: ${said}`);
      assert.equal((await found(rehearsal, /bastionHosts|routeTables/)).length, 2);
    });
  });

  describe("an existing subnet", () => {
    const subnetId = `${place}/virtualNetworks/vnet-identity/subnets/servers`;
    const rehearsal = new Rehearsal();
    after(() => rehearsal.remove());
    const using = (id: string): void =>
      rehearsal.settings(({ network }) => {
        delete network.addressSpace;
        network.existingSubnetId = id;
      });

    it("is read before the first resource: somebody else's address and a delegation are refused, with what to write", async () => {
      using(subnetId);
      // The world, with the subnet that the settings name.
      await (await rehearsal.open()).close();
      rehearsal.changeAzure((resources) => [
        ...resources.map((each) =>
          each.id === subnetId
            ? {
                ...each,
                body: {
                  ...each.body,
                  properties: {
                    addressPrefix: "10.40.0.0/27",
                    delegations: [{ name: "d", properties: { serviceName: "Microsoft.Web/serverFarms" } }],
                  },
                },
              }
            : each,
        ),
        {
          id: `${place}/networkInterfaces/somebodys-nic`,
          type: "Microsoft.Network/networkInterfaces",
          name: "somebodys-nic",
          apiVersion: "2024-05-01",
          body: {
            properties: {
              ipConfigurations: [
                {
                  id: `${place}/networkInterfaces/somebodys-nic/ipConfigurations/a`,
                  name: "a",
                  properties: { privateIPAddress: "10.40.0.10", subnet: { id: subnetId } },
                },
              ],
            },
          },
          hidden: {},
        } as never,
      ]);
      const up = await rehearsal.run("up");
      assert.equal(up.result, "failed");
      const said = up.messages.map((each) => each.text).join("\n");
      assert.match(said, /generations\.1\.address: 10\.40\.0\.10 is taken in the subnet servers, by somebodys-nic/);
      assert.match(said, /write: address: 10\.40\.0\.11/);
      assert.match(said, /delegated to Microsoft\.Web\/serverFarms/);
      assert.deepEqual(await found(rehearsal, /rg-aadc-stg/), []);
    });

    it("is used once both are put right, in any letter case, and another case later changes nothing", async () => {
      rehearsal.changeAzure((resources) =>
        resources.map((each) =>
          each.id === subnetId
            ? {
                ...each,
                body: { ...each.body, properties: { addressPrefix: "10.40.0.0/27", natGateway: { id: "/nat" } } },
              }
            : each,
        ),
      );
      rehearsal.block(1, (block) => {
        block.address = "10.40.0.11";
      });
      using(subnetId.toLowerCase());
      const up = await rehearsal.run("up");
      assert.equal(up.result, "succeeded", text(up.messages));
      assert.equal(up.verdict, "ok", text(up.findings));
      using(subnetId.replace("vnet-identity", "VNET-Identity"));
      const { resources } = await rehearsal.run("up");
      assert.deepEqual(
        resources.filter(({ operation }) => operation !== "same").map(({ type }) => type),
        // What was written is kept as the component's own input; nothing in Azure is asked for it.
        ["entra-connect:index:PassiveServer"],
      );
    });
  });

  describe("an existing route table and Bastion", () => {
    const rehearsal = new Rehearsal();
    after(() => rehearsal.remove());

    it("are read before the first resource, and refused where they cannot be it", async () => {
      rehearsal.settings((settings) => {
        settings.network.routeTableId = `${place}/routeTables/rt-spokes`;
        settings.bastion = { existingId: `${place}/bastionHosts/bastion`, subnetPrefix: "10.50.0.0/26" };
      });
      // The world, with what the settings name.
      await (await rehearsal.open()).close();
      rehearsal.settings((settings) => {
        settings.network.natGateway = true;
        settings.bastion = { existingId: `${place}/bastionHosts/bastion`, subnetPrefix: "10.51.0.0/26" };
      });
      const refused = await rehearsal.run("up");
      const said = refused.messages.map((each) => each.text).join("\n");
      assert.match(said, /network\.natGateway: the route table rt-spokes sends 0\.0\.0\.0\/0 to 10\.255\.254\.4/);
      assert.match(said, /bastion\.subnetPrefix: is 10\.51\.0\.0\/26; Azure says .* 10\.50\.0\.0\/26/);
      assert.deepEqual(await found(rehearsal, /rg-aadc-stg/), []);
    });

    it("are used as they are: nothing of ours is a way out, and the next up changes nothing", async () => {
      rehearsal.settings((settings) => {
        delete settings.network.natGateway;
        settings.bastion = { existingId: `${place}/bastionHosts/bastion`, subnetPrefix: "10.50.0.0/26" };
      });
      const up = await rehearsal.run("up");
      assert.equal(up.result, "succeeded", text(up.messages));
      assert.deepEqual(await found(rehearsal, /rg-aadc-stg.*(natGateways|routeTables|bastionHosts)/), []);
      const [subnet] = await found(rehearsal, /\/subnets\/entra-connect$/);
      assert.match(text(subnet?.body), /routeTables\/rt-spokes/);
      assert.deepEqual(changed(await rehearsal.run("up")), nothing);
    });
  });
});
