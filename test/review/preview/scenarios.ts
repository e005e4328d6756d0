import type { PrintedPreview, Rehearsal } from "../../support/rehearsal";
import { type OtherStack, otherStacks } from "./otherStacks";

/** One recorded preview. What is not put back by `change` itself is put back by the recorder: the settings file. */
export interface Scenario {
  readonly name: string;
  /** What somebody did, in one sentence. */
  readonly says: string;
  /** Which world it is previewed in. */
  readonly station: StationName;
  /** The edit. */
  readonly change?: (world: Rehearsal) => void;
  /** Default: `preview --show-sames --show-replacement-steps` as a digest. */
  readonly preview?: (world: Rehearsal) => Promise<PrintedPreview>;
}

/** Worlds that are built once, in this order; every station is reached by its own steps from a new world. */
export const stations = {
  new: { says: "nothing is built", build: async () => {} },
  built: {
    says: "one proven passive server",
    build: async (world: Rehearsal) => {
      world.settings((settings) => {
        settings.network.peerVirtualNetworkId = hub;
        settings.access.remoteDesktopSources = ["10.40.9.64/26"];
      });
      await succeed(world);
    },
  },
  older: {
    says: "one proven passive server with Entra Connect 2.6.91.0",
    build: async (world: Rehearsal) => {
      world.block(1, ({ connect }) => {
        connect.version = "2.6.91.0";
      });
      await succeed(world);
    },
  },
  pair: {
    says: "generation 2 built and proven beside generation 1",
    build: async (world: Rehearsal) => {
      await succeed(world);
      addSecond(world);
      await succeed(world);
    },
  },
  active: {
    says: "generation 1 is declared active, generation 2 is passive",
    build: async (world: Rehearsal) => {
      await succeed(world);
      addSecond(world);
      await succeed(world);
      role(world, 1, "active");
      await succeed(world);
    },
  },
} as const;

export type StationName = keyof typeof stations | keyof typeof otherStacks;

const hub =
  "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/vnet-hub";

const addSecond = (world: Rehearsal): void =>
  world.addBlock(2, (block) => {
    block.image = { sku: "2025-datacenter-azure-edition", version: "26100.6905.251024" };
    block.size = "Standard_D4s_v5";
  });

const role = (world: Rehearsal, generation: number, value: string): void => {
  if (value === "active") world.declareActive(generation);
  else
    world.block(generation, (block) => {
      block.role = value;
    });
};

export async function succeed(world: Rehearsal): Promise<void> {
  const up = await world.up();
  if (up.result !== "succeeded") throw new Error(`up failed: ${JSON.stringify(up.messages)}`);
}

const settings =
  (change: Parameters<Rehearsal["settings"]>[0]) =>
  (world: Rehearsal): void =>
    world.settings(change);

const block =
  (generation: number, change: Parameters<Rehearsal["block"]>[1]) =>
  (world: Rehearsal): void =>
    world.block(generation, change);

const machineId = (world: Rehearsal, machine: string): string => world.server(machine).vmId;

/** Changes the state as if what it holds had been made by something else; the recorder puts it back. */
const inState =
  (change: Parameters<Rehearsal["changeState"]>[0]) =>
  (world: Rehearsal): void =>
    world.changeState(change);

const azureDigest = (...more: readonly string[]) => ["preview", "--show-sames", "--show-replacement-steps", ...more];

export const scenarios: readonly Scenario[] = [
  // Nothing is built.
  { name: "first-build", says: "the first preview of a new stack", station: "new" },
  {
    name: "first-build-events",
    says: "the same as an event stream",
    station: "new",
    preview: (world) => world.preview("events", ...azureDigest()),
  },
  {
    name: "settings-refused",
    says: "a setting that does not exist: the preview fails",
    station: "new",
    change: settings((all) => {
      all.synchronisedObjects = 20000;
    }),
  },
  {
    name: "failed-program",
    says: "the program cannot be loaded",
    station: "new",
    change: (world) => world.program(world.writeProgram("broken.js", "throw new Error('no such module');")),
  },
  // One server.
  { name: "no-change", says: "nothing was changed", station: "built" },
  {
    name: "no-change-without-sames",
    says: "nothing was changed, and the digest was made without --show-sames",
    station: "built",
    preview: (world) => world.preview("digest", "preview"),
  },
  {
    name: "tags-changed",
    says: "another tag",
    station: "built",
    change: settings(({ tags }) => {
      tags.costCenter = "4711";
    }),
  },
  {
    name: "size-raised",
    says: "a larger size",
    station: "built",
    change: block(1, (it) => {
      it.size = "Standard_D8s_v5";
    }),
  },
  {
    name: "disk-raised",
    says: "a larger disk",
    station: "built",
    change: block(1, (it) => {
      it.osDiskSizeGB = 256;
    }),
  },
  {
    name: "licence-changed",
    says: "Azure Hybrid Benefit",
    station: "built",
    change: block(1, (it) => {
      it.licenseType = "Windows_Server";
    }),
  },
  {
    name: "image-changed",
    says: "another image inside a built block: refused",
    station: "built",
    change: block(1, (it) => {
      it.image.version = "20348.4297.251004";
    }),
  },
  {
    name: "management-widened",
    says: "SSH may come from a whole private range",
    station: "built",
    change: settings(({ access }) => {
      access.managementSources = ["10.0.0.0/8"];
    }),
  },
  {
    name: "remote-desktop-removed",
    says: "no remote desktop any more",
    station: "built",
    change: settings(({ access }) => {
      delete access.remoteDesktopSources;
    }),
  },
  {
    name: "remote-desktop-public",
    says: "remote desktop from a public prefix",
    station: "built",
    change: settings(({ access }) => {
      access.remoteDesktopSources = ["10.40.9.64/26", "203.0.113.0/24"];
    }),
  },
  {
    name: "domain-controller-added",
    says: "a third domain controller",
    station: "built",
    change: settings(({ network }) => {
      network.domainControllers = ["10.40.8.4", "10.40.8.5", "10.40.8.6"];
    }),
  },
  {
    name: "domain-controller-removed",
    says: "one domain controller less",
    station: "built",
    change: settings(({ network }) => {
      network.domainControllers = ["10.40.8.4"];
    }),
  },
  {
    name: "hub-removed",
    says: "the peering to the hub is taken out",
    station: "built",
    change: settings(({ network }) => {
      delete network.peerVirtualNetworkId;
    }),
  },
  {
    name: "retention-lowered",
    says: "fewer days of recovery points",
    station: "built",
    change: settings(({ backup }) => {
      backup.retentionDays = 7;
    }),
  },
  {
    name: "backup-off",
    says: "backup is switched off",
    station: "built",
    change: settings(({ backup }) => {
      backup.enabled = false;
    }),
  },
  {
    name: "backup-time-changed",
    says: "the backup runs at another time",
    station: "built",
    change: settings(({ backup }) => {
      backup.time = "03:30";
    }),
  },
  {
    name: "proof-asked-again",
    says: "a new proof is asked for",
    station: "built",
    change: settings(({ gate }) => {
      gate.proveAgain = "2026-12-01";
    }),
  },
  {
    name: "settings-file-changed",
    says: "another settings file inside a built block",
    station: "built",
    change: block(1, ({ connect }) => {
      connect.settingsFile.sha256 = "1".repeat(64);
    }),
  },
  {
    name: "host-key-refreshed",
    says: "the host keys are read anew",
    station: "built",
    change: settings(({ access }) => {
      access.hostKeyRefresh = 1;
    }),
  },
  {
    name: "firewall-as-way-out",
    says: "a firewall in the hub takes the place of the NAT gateway",
    station: "built",
    change: settings(({ network }) => {
      network.firewallAddress = "10.40.8.9";
    }),
  },
  {
    name: "outbound-row-added",
    says: "a log forwarder may be reached",
    station: "built",
    change: settings(({ network }) => {
      network.extraOutbound = [
        {
          name: "siem",
          addresses: ["10.40.8.20"],
          ports: ["6514"],
          reason: "Log forwarder of the security operations centre",
        },
      ];
    }),
  },
  {
    name: "bastion-added",
    says: "Azure Bastion as the operator's way in",
    station: "built",
    change: settings((all) => {
      all.network.addressSpace = "10.40.0.0/24";
      all.bastion = { subnetPrefix: "10.40.0.64/26" };
    }),
  },
  {
    name: "maintenance-window",
    says: "updates in a window of one's own, and locks",
    station: "built",
    change: settings((all) => {
      all.maintenance = {
        window: { start: "02:00", duration: "03:00", every: "Month Second Tuesday Offset5", timeZone: "UTC" },
      };
      all.locks = { backup: true };
    }),
  },
  {
    name: "diagnosis-asked",
    says: "SSH is lost, and why is asked by Run Command",
    station: "built",
    change: block(1, (it) => {
      it.diagnoseAccess = "2026-12-01, unable to authenticate";
    }),
  },
  {
    name: "guard-by-run-command",
    says: "SSH is lost, and the guard is to be asked by Run Command",
    station: "built",
    change: (world) =>
      world.block(1, (it) => {
        it.exceptions = [
          {
            kind: "retireByRunCommand",
            reason: "the security baseline closes SSH",
            until: "2026-12-31",
            vmId: machineId(world, "aadc-stg-g1"),
          },
        ];
      }),
  },
  {
    name: "role-active",
    says: "the proven server is declared active",
    station: "built",
    change: (world) => role(world, 1, "active"),
  },
  {
    name: "role-lost",
    says: "a machine that exists is declared lost: refused",
    station: "built",
    change: (world) => role(world, 1, "lost"),
  },
  {
    name: "only-server-out",
    says: "the only block is taken out and no other is written: refused",
    station: "built",
    change: settings((all) => {
      all.generations = {};
    }),
  },
  {
    name: "replaced-in-one-edit",
    says: "block 2 takes the place of block 1 in one edit",
    station: "built",
    change: (world) => {
      addSecond(world);
      world.removeBlock(1);
    },
  },
  {
    name: "beside",
    says: "block 2 is written beside block 1: Windows Server 2025",
    station: "built",
    change: addSecond,
  },
  {
    name: "beside-events",
    says: "the same as an event stream",
    station: "built",
    change: addSecond,
    preview: (world) => world.preview("events", ...azureDigest()),
  },
  {
    name: "other-subscription",
    says: "another subscription: refused",
    station: "built",
    change: (world) => {
      const file = world.settingsText();
      world.settingsText(
        file.replace(/^config:\n/, "config:\n  azure-native:subscriptionId: 11111111-2222-4333-8444-555555555555\n"),
      );
    },
  },
  {
    name: "library-upgrade",
    says: "a later release of the library with other scripts",
    station: "built",
    change: inState((resources) => {
      for (const { type, inputs } of resources)
        if (type === "command:remote:Command" && typeof inputs?.stdin === "string")
          inputs.stdin += "\n# an earlier release\n";
    }),
  },
  {
    name: "provider-upgrade",
    says: "a later version of the azure-native provider",
    station: "built",
    change: inState((resources) => {
      // Its default provider carries the version in its name, its inputs and every reference to it.
      for (const each of resources)
        Object.assign(
          each,
          JSON.parse(JSON.stringify(each).replaceAll("3_28_0", "3_20_0").replaceAll("3.28.0", "3.20.0")),
        );
    }),
  },
  {
    name: "opened-in-the-portal",
    says: "somebody opened remote desktop to the Internet in the portal, and the preview refreshes",
    station: "built",
    change: (world) => world.changeAzure((resources) => resources.map(openToTheInternet)),
    preview: (world) => world.preview("digest", ...azureDigest("--refresh")),
  },
  {
    name: "machine-gone",
    says: "somebody deleted the machine in the portal",
    station: "built",
    change: (world) =>
      world.changeAzure((resources) => resources.filter(({ id }) => !/\/virtualMachines\/aadc-stg-g1(\/|$)/i.test(id))),
  },
  {
    name: "destroyed",
    says: "the whole stack is to be destroyed",
    station: "built",
    preview: (world) => world.preview("events", "destroy", "--preview-only"),
  },
  {
    name: "upgraded-in-place",
    says: "a newer Entra Connect in the same block",
    station: "older",
    change: block(1, ({ connect }) => {
      connect.version = "2.6.92.0";
    }),
  },
  // Two servers.
  { name: "pair-no-change", says: "nothing was changed", station: "pair" },
  {
    name: "retired",
    says: "block 1 is taken out; 2 is proven",
    station: "pair",
    change: (world) => world.removeBlock(1),
  },
  {
    name: "both-out",
    says: "both blocks are taken out and a third is written",
    station: "pair",
    change: (world) => {
      world.addBlock(3, (it) => {
        it.address = "10.40.0.13";
      });
      world.removeBlock(1);
      world.removeBlock(2);
    },
  },
  {
    name: "retired-unproven",
    says: "the exception to retire generation 1 unproven is written",
    station: "pair",
    change: (world) =>
      world.block(1, (it) => {
        it.exceptions = [
          {
            kind: "retireUnproven",
            reason: "its service does not start",
            until: "2026-12-15",
            vmId: machineId(world, "aadc-stg-g1"),
          },
        ];
      }),
  },
  {
    name: "roles-switched",
    says: "generation 2 is declared active",
    station: "pair",
    change: (world) => role(world, 2, "active"),
  },
  // One of them active.
  {
    name: "active-tags",
    says: "another tag while generation 1 is active",
    station: "active",
    change: settings(({ tags }) => {
      tags.costCenter = "4711";
    }),
  },
  {
    name: "active-out",
    says: "the active block is taken out: refused",
    station: "active",
    change: (world) => world.removeBlock(1),
  },
  {
    name: "active-dns",
    says: "other DNS servers under the active server: refused",
    station: "active",
    change: settings(({ network }) => {
      network.dnsServers = ["10.40.8.6"];
    }),
  },
  {
    name: "active-dns-permitted",
    says: "the same, with the exception that permits it",
    station: "active",
    change: settings(({ network }) => {
      network.dnsServers = ["10.40.8.6"];
      network.changeUnderActive = { reason: "the old domain controllers go", until: "2026-12-15" };
    }),
  },
  {
    name: "second-active",
    says: "both are declared active",
    station: "active",
    change: (world) => role(world, 2, "active"),
  },
  {
    name: "active-by-hand",
    says: "the same stack without the library's protection of the active generation",
    station: "active",
    change: inState((resources) => {
      for (const each of resources) {
        if (each.type === "azure-native:network:NetworkSecurityGroup" && each.inputs !== undefined)
          each.ignoreChanges = [];
        if (each.type === "azure-native:compute:VirtualMachine" && each.inputs !== undefined)
          each.inputs.tags = { tier: "1" };
      }
    }),
  },
  ...Object.entries<OtherStack>(otherStacks).flatMap(([station, { changes }]) =>
    changes.map(
      ({ name, says, source }): Scenario => ({
        name,
        says,
        station: station as StationName,
        ...(source !== undefined && {
          change: (world: Rehearsal) => world.program(world.writeProgram("other.js", source)),
        }),
      }),
    ),
  ),
];

function openToTheInternet<Resource extends { readonly id: string; readonly body: object }>(
  resource: Resource,
): Resource {
  // A rule is a resource of its own in Azure, and in the rehearsal's copy of it.
  if (!/\/securityRules\/in-remote-desktop$/i.test(resource.id)) return resource;
  const body = resource.body as { properties?: object };
  const properties = { ...body.properties, sourceAddressPrefix: "Internet", sourceAddressPrefixes: [] };
  return { ...resource, body: { ...body, properties } };
}
