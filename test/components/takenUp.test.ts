import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { Children } from "../../components/children";
import { partsOf } from "../../components/existing/parts";
import type { LedgerEntry } from "../../components/memory/ledger";
import type { Treatment } from "../../components/server/members";
import { SettingsError } from "../../components/settings/settings";
import { type BuildOptions, build, find, provenState, type State } from "../support/passiveServerFixture";
import type { CallAnswers, Registration } from "../support/recordedResources";
import { settingsFixture, type Written } from "../support/settingsFixture";

const group = "/subscriptions/sub/resourceGroups/rg-aadc-stg";
const owner = { "entra-connect-stack": "entra-connect/test" };
const ids = {
  group,
  vnet: `${group}/providers/Microsoft.Network/virtualNetworks/aadc-stg-vnet`,
  subnet: `${group}/providers/Microsoft.Network/virtualNetworks/aadc-stg-vnet/subnets/entra-connect`,
  nic: `${group}/providers/Microsoft.Network/networkInterfaces/aadc-stg-g1-nic`,
};

const left = (tags: Record<string, string> | undefined): CallAnswers => ({
  "azure-native:resources:getResourceGroup": ({ resourceGroupName }) =>
    resourceGroupName === "rg-aadc-stg" ? { id: ids.group, location: "westeurope", tags } : {},
  "azure-native:network:getVirtualNetwork": () => ({ id: ids.vnet, tags }),
  "azure-native:network:getSubnet": () => ({ id: ids.subnet }),
  "azure-native:network:getNetworkInterface": () => ({ id: ids.nic, tags }),
});

async function refusal(options: BuildOptions): Promise<readonly string[]> {
  try {
    await build(options);
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.problems.map(({ path, problem }) => `${path}: ${problem}`);
  }
}

const imported = (registrations: readonly Registration[]): Record<string, string> =>
  Object.fromEntries(registrations.filter(({ importId }) => importId).map(({ name, importId }) => [name, importId]));

describe("what an interrupted run left in Azure and not in the state", () => {
  it("is imported where it carries this stack's tag, and what has no tags where it is below such a one", async () => {
    const { registrations, findings } = await build({ calls: left(owner) });
    assert.deepEqual(imported(registrations), {
      "aadc-stg-group": ids.group,
      "aadc-stg-network-vnet": ids.vnet,
      "aadc-stg-network-subnet": ids.subnet,
      "aadc-stg-g1-nic": ids.nic,
    });
    const told = findings.find(({ code }) => code === "taken-up");
    assert.match(told?.title ?? "", /4 resources .*network interface aadc-stg-g1-nic/);
    assert.equal(told?.severity, "info");
  });

  it("is imported whatever letter case Azure gives the tag's name back in; a value in another one is another stack's", async () => {
    const { registrations } = await build({ calls: left({ "Entra-Connect-Stack": "entra-connect/test" }) });
    assert.equal(Object.keys(imported(registrations)).length, 4);
    assert.equal((await refusal({ calls: left({ "entra-connect-stack": "Entra-Connect/test" }) })).length, 1);
  });

  it("is imported by its group as the settings spell it, however Azure does: else the run after would replace it", async () => {
    const loud = (answer: string) => answer.replace(group, "/subscriptions/sub/resourceGroups/RG-AADC-STG");
    const calls = {
      ...left(owner),
      "azure-native:network:getNetworkInterface": () => ({ id: loud(ids.nic), tags: owner }),
      "azure-native:network:getSubnet": () => ({ id: loud(ids.subnet) }),
    };
    const { registrations } = await build({ calls });
    const taken = imported(registrations);
    assert.deepEqual([taken["aadc-stg-g1-nic"], taken["aadc-stg-network-subnet"]], [ids.nic, ids.subnet]);
  });

  for (const [whose, tags] of [
    ["another stack's", { "entra-connect-stack": "entra-connect/prod" }],
    ["somebody's without the tag", { team: "network" }],
    ["somebody's without any tag", undefined],
  ] as const)
    it(`${whose} is refused before anything is made, and nothing below it is looked at`, async () => {
      assert.deepEqual(
        (await refusal({ calls: left(tags) })).map((line) => line.split(" in Azure")[0]),
        ["name: the resource group rg-aadc-stg is"],
      );
    });

  it("is refused where this very state holds it as somebody else's: another component's, or the program's own", async () => {
    const zone = `${group}/providers/Microsoft.Network/privateDnsZones/privatelink.blob.core.windows.net`;
    const state = {
      "urn:pulumi:test::entra-connect::entra-connect:index:PassiveServer$azure-native:privatedns:PrivateZone::second-archive-zone":
        { type: "azure-native:privatedns:PrivateZone", outputs: { id: zone.toUpperCase() } },
      "urn:pulumi:test::entra-connect::azure-native:network:Subnet::own-subnet": {
        type: "azure-native:network:Subnet",
        outputs: { id: ids.subnet },
      },
    };
    const calls = {
      ...left(owner),
      "azure-native:privatedns:getPrivateZone": () => ({ id: zone, tags: owner }),
    };
    const change = (written: Written): void => {
      written.archive = { enabled: true, reach: "privateEndpoint" };
    };
    assert.deepEqual(
      (await refusal({ calls, state, change })).map((line) => line.split(": two")[0]),
      [
        "name: the subnet entra-connect of aadc-stg-vnet is this stack's already, as own-subnet",
        "name: the private zone privatelink.blob.core.windows.net is this stack's already, as second-archive-zone",
      ],
    );
  });

  describe("a half of the peering, which takes no tags", () => {
    const hubs = "/subscriptions/other/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/vnet-hub";
    const peerings = {
      hub: `${ids.vnet}/virtualNetworkPeerings/hub`,
      "to-aadc-stg-vnet": `${hubs}/virtualNetworkPeerings/to-aadc-stg-vnet`,
    };
    const bothHalves =
      (makeBothHalves = true) =>
      (written: Written): void => {
        Object.assign(written.network, { peerVirtualNetworkId: hubs, makeBothHalves });
      };
    /** What an earlier run left behind that was to make both, and did not get to a machine. */
    const begun = (change: (written: Written) => void = bothHalves()): State => provenState(change, []);
    /** As Azure has them when this stack has made both; `change` alters what is there of one. */
    const halves = (
      change: Partial<Record<keyof typeof peerings, object>> = {},
      asked: unknown[] = [],
    ): CallAnswers => ({
      ...left(owner),
      "azure-native:network:getVirtualNetworkPeering": (inputs) => {
        asked.push(inputs.virtualNetworkPeeringName);
        const ours = inputs.virtualNetworkPeeringName === "hub";
        const name = ours ? "hub" : "to-aadc-stg-vnet";
        return {
          id: peerings[name],
          peeringState: "Connected",
          // Azure spells ids as it likes.
          remoteVirtualNetwork: { id: (ours ? hubs : ids.vnet).toUpperCase() },
          allowVirtualNetworkAccess: true,
          allowForwardedTraffic: ours,
          allowGatewayTransit: false,
          useRemoteGateways: false,
          ...change[name],
        };
      },
    });

    it("is taken up where our network is ours: ours, and the hub's in another subscription where this stack makes it", async () => {
      const { registrations } = await build({ calls: halves(), change: bothHalves(), state: begun() });
      const taken = imported(registrations);
      assert.equal(taken["aadc-stg-network-peering"], peerings.hub);
      assert.equal(taken["aadc-stg-network-peering-hub"], peerings["to-aadc-stg-vnet"]);
    });

    it("of the hub is not looked for where its owner makes it", async () => {
      const asked: unknown[] = [];
      const { registrations } = await build({ calls: halves({}, asked), change: bothHalves(false) });
      assert.ok(!("aadc-stg-network-peering-hub" in imported(registrations)));
      assert.ok(!asked.includes("to-aadc-stg-vnet"));
    });

    const hubIn = (id: string) => (written: Written) => {
      bothHalves()(written);
      written.network.peerVirtualNetworkId = id;
    };
    for (const [when, state] of [
      ["before the first run", {}],
      ["after runs that left it to the owner", begun(bothHalves(false))],
      ["after runs that were to make one in another hub", begun(hubIn(`${hubs}-before`))],
    ] as const)
      it(`of the hub is its owner's ${when}, though it is as we tell owners to make it: it would go with this stack`, async () => {
        const problems = await refusal({ calls: halves(), change: bothHalves(), state });
        assert.equal(problems.length, 1, problems.join("\n"));
        assert.match(
          problems[0] ?? "",
          /to-aadc-stg-vnet is in Azure .* no run of it was to make it before: it is the hub's owner's/,
        );
      });

    for (const [what, change, why] of [
      [
        "that leads to another network",
        { "to-aadc-stg-vnet": { remoteVirtualNetwork: { id: `${ids.vnet}-other` } } },
        /to-aadc-stg-vnet is in Azure and not in this stack's state, and leads to .*-vnet-other, not to .*aadc-stg-vnet: it is somebody else's/,
      ],
      [
        "of the hub's owner, who lets forwarded traffic in",
        { "to-aadc-stg-vnet": { allowForwardedTraffic: true } },
        /to-aadc-stg-vnet .* was not written by it: allowForwardedTraffic is true, not false/,
      ],
      [
        "of the hub's owner, who lets the gateway be used",
        { "to-aadc-stg-vnet": { allowGatewayTransit: true } },
        /was not written by it: allowGatewayTransit is true, not false/,
      ],
      [
        "in our network that leads to another hub",
        { hub: { remoteVirtualNetwork: { id: `${hubs}-other` } } },
        /virtualNetworkPeerings\/hub is in Azure .* leads to .*vnet-hub-other/,
      ],
    ] as const)
      it(`${what} is refused before anything is made`, async () => {
        const problems = await refusal({ calls: halves(change), change: bothHalves(), state: begun() });
        assert.equal(problems.length, 1, problems.join("\n"));
        assert.match(problems[0] ?? "", why);
      });
  });

  it("is not taken up while Azure deletes it: it would vanish behind the state's back", async () => {
    const going = (answer: object): CallAnswers => ({
      ...left(owner),
      "azure-native:network:getNetworkInterface": () => ({ id: ids.nic, tags: owner, ...answer }),
    });
    for (const answer of [{ provisioningState: "Deleting" }, { properties: { provisioningState: "deleting" } }])
      assert.deepEqual(
        (await refusal({ calls: going(answer) })).map((line) => line.split(": an earlier")[0]),
        ["name: the network interface aadc-stg-g1-nic is being deleted in Azure"],
      );
    assert.deepEqual(await refusal({ calls: going({ provisioningState: "Succeeded" }) }), []);
  });

  it("a machine of the state that Azure is deleting is refused while its block is written, and none where that is out", async () => {
    const going = () => ({ vmId: "3f1c0b52-0000-4000-8000-000000000001", provisioningState: "Deleting" });
    const problems = await refusal({ state: provenState(), machine: going });
    assert.deepEqual(
      problems.map((line) => line.split(": a run")[0]),
      ["generations.1: Azure is deleting its machine aadc-stg-g1"],
    );
    const lost = (written: Written) =>
      Object.assign(written.generations["1"] ?? {}, { role: "lost", reason: "it is going", until: "2026-12-01" });
    assert.ok(!(await refusal({ state: provenState(), machine: going, change: lost })).join().includes("is deleting"));
  });

  it("is not asked for where the state holds it", async () => {
    const asked: unknown[] = [];
    const machine = (): Record<string, unknown> => ({ vmId: "3f1c0b52-0000-4000-8000-000000000001", id: ids.nic });
    const calls = {
      ...left(owner),
      "azure-native:compute:getVirtualMachineExtension": (inputs: Record<string, unknown>) => {
        asked.push(inputs);
        return {};
      },
    };
    const { registrations } = await build({ state: provenState(), calls, machine });
    assert.ok(!("aadc-stg-g1-vm" in imported(registrations)));
    assert.deepEqual(asked, [], "no agent is to be made");
  });

  it("an answer that Azure cannot have given finds nothing", async () => {
    const calls = { ...left(owner), "azure-native:network:getVirtualNetwork": () => ({ id: "vnet-id", tags: owner }) };
    const { registrations } = await build({ calls });
    assert.deepEqual(Object.keys(imported(registrations)), ["aadc-stg-group", "aadc-stg-g1-nic"]);
  });

  describe("a machine that the state does not hold", () => {
    const onlyLedger = (change?: (entry: LedgerEntry) => LedgerEntry) =>
      provenState(undefined, [], (ledger) => ({
        ...ledger,
        generations: Object.fromEntries(
          Object.entries(ledger.generations).map(([number, entry]) => [number, change?.(entry) ?? entry]),
        ),
      }));
    const machine = (timeCreated: string | undefined) => (): Record<string, unknown> => ({
      id: `${group}/providers/Microsoft.Compute/virtualMachines/aadc-stg-g1`,
      vmId: "3f1c0b52-0000-4000-8000-000000000001",
      tags: owner,
      timeCreated,
      securityProfile: { encryptionAtHost: true },
    });
    const young = "2026-11-25T08:00:00Z";
    const told = async (state: State, timeCreated: string | undefined) =>
      (await refusal({ calls: left(owner), state, machine: machine(timeCreated) })).filter((line) =>
        line.startsWith("generations.1: Azure has the machine aadc-stg-g1"),
      );

    it("is taken up where a run of this ledger has just begun it: nothing was installed on it yet", async () => {
      const { registrations } = await build({ calls: left(owner), state: onlyLedger(), machine: machine(young) });
      assert.match(imported(registrations)["aadc-stg-g1-vm"] ?? "", /virtualMachines\/aadc-stg-g1$/);
    });

    const cases: readonly (readonly [when: string, state: State, timeCreated: string | undefined, why: RegExp])[] = [
      ["the state is lost", {}, young, /no ledger says/],
      ["it was active before", onlyLedger((entry) => ({ ...entry, wasActive: true })), young, /was active before/],
      ["its ledger has it active", onlyLedger((entry) => ({ ...entry, role: "active" })), young, /was active before/],
      ["it was fenced before", onlyLedger((entry) => ({ ...entry, role: "fenced" })), young, /was fenced before/],
      [
        "it was passive again",
        onlyLedger((entry) => ({ ...entry, passiveSince: "2026-11-20T08:00:00Z" })),
        young,
        /was passive before/,
      ],
      ["it is old", onlyLedger(), "2026-11-10T08:00:00Z", /made 16 days ago/],
      ["its age is not told", onlyLedger(), undefined, /does not say when/],
    ];
    for (const [when, state, timeCreated, why] of cases)
      it(`is refused where ${when}: the gate would stop what may be the active server`, async () => {
        const [line = ""] = await told(state, timeCreated);
        assert.match(line, why);
      });
  });

  it("every resource that can have tags carries the stack's, so that it is found again", async () => {
    const { registrations } = await build();
    const tagged = registrations.filter(({ type, inputs }) => type.startsWith("azure-native:") && "tags" in inputs);
    assert.ok(tagged.length > 8);
    for (const { name, inputs } of tagged)
      assert.equal((inputs.tags as Record<string, string>)["entra-connect-stack"], "entra-connect/test", name);
    const { tags } = find(registrations, "aadc-stg-g1-vm").inputs as { tags: Record<string, string> };
    assert.equal(tags["entra-connect-generation"], "1", "the machine's own stay");
  });

  describe("around a generation of which nothing else is acted on", () => {
    const ofMachine = `${group}/providers/Microsoft.Compute/virtualMachines/aadc-stg-g1`;
    const lock = `${ofMachine}/providers/Microsoft.Authorization/locks/entra-connect-active-server`;
    const calls: CallAnswers = {
      ...left(owner),
      "azure-native:authorization:getManagementLockByScope": () => ({ id: lock }),
    };
    const block = (written: Written, more: object) => Object.assign(written.generations["1"] ?? {}, more);

    it("the lock of an active one is taken up", async () => {
      const change = (written: Written): void => {
        block(written, { role: "active" });
        written.locks = { activeServer: true };
      };
      const { registrations } = await build({ change, state: provenState(change), calls });
      const ofFirst = Object.entries(imported(registrations)).filter(([name]) => name.startsWith("aadc-stg-g1-"));
      assert.deepEqual(ofFirst, [["aadc-stg-g1-lock", lock]], "of an active one nothing else is looked for");
    });

    const asked = (treatment: Treatment): string[] => {
      const question = { component: "aadc-stg", subscriptionId: "sub", settings: settingsFixture() };
      const rows = partsOf({ ...question, treatment: () => treatment }).map(({ part }) => part);
      return rows.filter((part) => /^g1-(diagnose|retire|enable)/.test(part));
    };

    it("the run command that retires one without SSH is looked for, and no other that nobody asks for in this run", () => {
      assert.deepEqual(asked("retiring"), ["g1-retire-by-run-command"]);
      assert.deepEqual(asked("acting"), ["g1-enable-remote-access"]);
    });
  });

  const programs: readonly (readonly [string, (written: Written) => void])[] = [
    ["with the least settings", () => undefined],
    [
      "with every part that they can ask for",
      (written) => {
        const id = (type: string, name: string): string => `${group}x/providers/${type}/${name}`;
        const workspaceId = id("Microsoft.OperationalInsights/workspaces", "logs");
        Object.assign(written, {
          archive: { enabled: true, reach: "privateEndpoint" },
          bastion: { subnetPrefix: "10.40.0.64/26" },
          logAnalyticsWorkspaceId: workspaceId,
          maintenance: { window: { start: "03:00", every: "Week Saturday" } },
          monitoring: { notify: { emails: ["team@contoso.com"] } },
        });
        Object.assign(written.network, {
          peerVirtualNetworkId: id("Microsoft.Network/virtualNetworks", "hub"),
        });
        Object.assign(written.generations["1"] ?? {}, { diagnoseAccess: "2026-11-26 09:00" });
      },
    ],
  ];
  for (const [which, change] of programs)
    it(`every Azure resource of a run ${which} has its row, and its tag where that row goes by it; backup and archive look for themselves`, async () => {
      const { registrations } = await build({ change });
      const settings = settingsFixture((written) => {
        written.gate = { enableScheduler: true };
        change(written);
      });
      const question = { component: "aadc-stg", subscriptionId: "sub", settings };
      const rows = new Map(partsOf({ ...question, treatment: () => "acting" }).map((row) => [row.part, row]));
      const made = registrations.filter(({ type, custom }) => custom && type.startsWith("azure-native:"));
      const missing = made.flatMap(({ name, inputs }) => {
        const part = name.slice("aadc-stg-".length);
        if (/^(backup|archive)-(?!endpoint|zone)/.test(part) || /-archive-assignment$/.test(part)) return [];
        const row = rows.get(part);
        const tags = (inputs.tags ?? {}) as Record<string, string>;
        return row !== undefined && (row.untagged === true || tags["entra-connect-stack"] !== undefined) ? [] : [part];
      });
      assert.deepEqual(missing, []);
    });

  it("is not given to a child that the program itself put below the component, nor is what others put on ours kept there", () => {
    const children = new Children();
    children.knows({
      component: "aadc-stg",
      ownTags: new Set(),
      worn: new Map([["group", { tags: ["CostCenter"] }]]),
      takenUp: new Map([["group", group]]),
      groups: [],
    });
    const seen = (name: string) =>
      children.transformation({
        type: "azure-native:resources:ResourceGroup",
        name,
        props: {},
        opts: {},
        resource: undefined as unknown as pulumi.Resource,
      });
    assert.deepEqual(seen("aadc-stg-group"), { props: {}, opts: { import: group, ignoreChanges: ["tags"] } });
    assert.deepEqual(seen("another1-group"), { props: {}, opts: {} });
  });
});
