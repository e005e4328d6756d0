import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { type Built, builtWith } from "../../components/settings/built";
import { SettingsError } from "../../components/settings/settings";
import { validate } from "../../components/settings/validate";
import { blockFixture, settingsFixture, today, type Written, writtenFixture } from "../support/settingsFixture";
import { accepts, problemsOf, refuses } from "../support/settingsProblems";

const block = (written: Written, number = "1") => {
  const found = written.generations[number];
  assert.ok(found);
  return found;
};

describe("settings", () => {
  it("are accepted when they are right, with defaults filled in", () => {
    const { generations, network, gate, backup, access } = settingsFixture();
    assert.equal(generations.length, 1);
    const [first] = generations;
    assert.equal(first?.generation, 1);
    assert.equal(first?.role, "passive");
    assert.equal(first?.size, "Standard_D2s_v5");
    assert.equal(first?.osDiskSizeGB, 127);
    assert.equal(first?.address, "10.40.0.10");
    assert.equal(first?.image.sku, "2022-datacenter-g2");
    assert.deepEqual(first?.connect.database, { kind: "localdb" });
    assert.deepEqual(first?.exceptions, []);
    assert.equal(network.kind, "new");
    assert.deepEqual(network.dnsServers, ["10.40.8.4"]);
    assert.equal(access.hostKeyRefresh, 0);
    assert.deepEqual(gate, {
      waitMinutes: 60,
      pollSeconds: 30,
      enableScheduler: false,
      autoUpgrade: "disable",
      runWaitMinutes: 240,
      proveAgain: "",
      proofDays: 30,
    });
    assert.equal(backup.enabled, true);
  });

  it("do not change what the user wrote", () => {
    const written = writtenFixture();
    const before = structuredClone(written);
    validate(written, { today, built: {} });
    assert.deepEqual(written, before);
  });

  it("put the generations in the order of their numbers", () => {
    const { generations } = settingsFixture((written) => {
      written.generations = {
        "10": blockFixture(),
        "9": blockFixture(),
        "1": blockFixture((it) => Object.assign(it, { address: "10.40.0.20" })),
      };
      written.name = "aadc";
    });
    assert.deepEqual(
      generations.map(({ generation }) => generation),
      [1, 9, 10],
    );
  });

  it("take nothing of one block into another", () => {
    const { generations } = settingsFixture((written) => {
      Object.assign(block(written), { zone: "1", administratorName: "keeper", timeZone: "W. Europe Standard Time" });
      written.generations["2"] = blockFixture();
    });
    const [, second] = generations;
    assert.equal(second?.zone, undefined);
    assert.equal(second?.administratorName, "aadcadmin");
    assert.equal(second?.timeZone, "UTC");
  });

  it("give two generations two addresses that alternate", () => {
    const { generations } = settingsFixture((written) => {
      written.generations["2"] = blockFixture();
    });
    assert.deepEqual(
      generations.map(({ address }) => address),
      ["10.40.0.10", "10.40.0.11"],
    );
    const later = settingsFixture((written) => {
      written.generations = { "3": blockFixture() };
    });
    assert.equal(later.generations[0]?.address, "10.40.0.10");
  });

  it("name a database ADSync where no name is written", () => {
    const { generations } = settingsFixture((written) => {
      Object.assign(block(written).connect, {
        database: { kind: "sqlServer", server: "sql01" },
        serviceAccount: { kind: "managed", name: "CORP\\gmsa-aadc$" },
      });
    });
    assert.deepEqual(generations[0]?.connect.database, { kind: "sqlServer", server: "sql01", name: "ADSync" });
  });

  describe("of a generation that exists", () => {
    const built = () => {
      const [first] = settingsFixture((written) =>
        Object.assign(block(written), { size: "Standard_E4s_v5", osDiskSizeGB: 256, address: "10.40.0.25" }),
      ).generations;
      assert.ok(first);
      return { 1: builtWith(first) };
    };

    it("leave size, disk and address as they were built where the block says nothing", () => {
      const written = writtenFixture();
      const result = validate(written, { today, built: built() });
      assert.equal(result.kind, "valid");
      if (result.kind !== "valid") return;
      const [first] = result.settings.generations;
      assert.deepEqual([first?.size, first?.osDiskSizeGB, first?.address], ["Standard_E4s_v5", 256, "10.40.0.25"]);
    });

    it("take what the block does say", () => {
      const written = writtenFixture();
      Object.assign(block(written), { size: "Standard_E8s_v5", osDiskSizeGB: 512, address: "10.40.0.9" });
      const result = validate(written, { today, built: built() });
      assert.equal(result.kind, "valid");
      if (result.kind !== "valid") return;
      const [first] = result.settings.generations;
      assert.deepEqual([first?.size, first?.osDiskSizeGB, first?.address], ["Standard_E8s_v5", 512, "10.40.0.9"]);
    });

    it("give a new generation beside it the defaults, not what the old one was built with", () => {
      const written = writtenFixture();
      written.generations["2"] = blockFixture();
      const result = validate(written, { today, built: built() });
      assert.equal(result.kind, "valid");
      if (result.kind !== "valid") return;
      assert.deepEqual(
        result.settings.generations.map(({ size, address }) => [size, address]),
        [
          ["Standard_E4s_v5", "10.40.0.25"],
          ["Standard_D2s_v5", "10.40.0.11"],
        ],
      );
    });
  });

  it("report every problem at once", () => {
    const problems = problemsOf((written) => {
      written.location = "West Europe";
      block(written).nmae = "x";
      delete written.domain.name;
      written.network.domainControllers = ["dc01"];
      written.name = "aadc_stg";
    });
    assert.deepEqual(problems.map((each) => each.path).sort(), [
      "domain.name",
      "generations.1.nmae",
      "location",
      "name",
      "network.domainControllers[0]",
    ]);
  });

  it("report what is impossible beside a key that does not exist", () => {
    const problems = problemsOf((written) => {
      written.netwrok = {};
      block(written).timeZone = "CET";
    });
    assert.deepEqual(problems.map((each) => each.path).sort(), ["generations.1.timeZone", "netwrok"]);
  });

  it("name the setting that an unknown key probably means", () => {
    refuses(
      (written) => Object.assign(written, { synchronisedObjects: 5 }),
      "synchronisedObjects",
      /no such setting/,
      /^synchronizedObjects/,
    );
    refuses((written) => Object.assign(written, { netwrok: {} }), "netwrok", /no such setting/, /^network/);
    refuses(
      (written) => Object.assign(block(written), { timezone: "UTC" }),
      "generations.1.timezone",
      /no such setting/,
      /^generations\.1\.timeZone, in exactly these letters/,
    );
  });

  for (const [what, change, path, write] of [
    [
      "a database in the block",
      (written: Written) => Object.assign(block(written), { database: { kind: "localdb" } }),
      "generations.1.database",
      /^it at generations\.1\.connect\.database,/,
    ],
    [
      "an installer beside connect",
      (written: Written) => Object.assign(block(written), { installer: {} }),
      "generations.1.installer",
      /^it at generations\.1\.connect\.installer,/,
    ],
    [
      "an installer for all generations",
      (written: Written) => Object.assign(written, { installer: {} }),
      "installer",
      /^it at generations\.<N>\.connect\.installer,/,
    ],
    [
      "the number of objects in a block",
      (written: Written) => Object.assign(block(written), { synchronizedObjects: 7 }),
      "generations.1.synchronizedObjects",
      /^it at synchronizedObjects,/,
    ],
    [
      "features in connect",
      (written: Written) => Object.assign(block(written).connect, { features: {} }),
      "generations.1.connect.features",
      /^it at generations\.1\.features,/,
    ],
    [
      "a zone in the network",
      (written: Written) => Object.assign(written.network, { zone: "1" }),
      "network.zone",
      /^it at generations\.<N>\.zone,/,
    ],
    [
      "the host of the jump host in access",
      (written: Written) => Object.assign(written.access, { hostKey: "x" }),
      "access.hostKey",
      /^it at access\.jumpHost\.hostKey,/,
    ],
  ] as const)
    it(`say where ${what} belongs`, () => refuses(change, path, /^there is no such setting$/, write));

  for (const number of ["0", "01", "1000", "one", "-1"])
    it(`refuse a block under ${number}`, () =>
      refuses(
        (written) => {
          written.generations[number] = blockFixture();
        },
        `generations.${number}`,
        /not the number of a generation/,
        /"1" to "999"/,
      ));

  it("want at least one block, and at most four", () => {
    refuses((written) => Object.assign(written, { generations: {} }), "generations", /has 0 blocks/);
    refuses(
      (written) => {
        for (const number of ["2", "3", "4", "5"]) written.generations[number] = blockFixture();
      },
      "generations",
      /has 5 blocks/,
    );
  });

  it("say that generations are blocks where there is a list of numbers", () =>
    refuses(
      (written) => Object.assign(written, { generations: [1, 2] }),
      "generations",
      /\[1,2\], which is not an object/,
      /one block each under its number/,
    ));

  it("say once, and in quotes, what YAML has made a number of", () => {
    const zone = problemsOf((written) => Object.assign(block(written), { zone: 1 }));
    assert.deepEqual(zone, [
      { path: "generations.1.zone", problem: "is 1, which is not a text", write: '"1", in quotes' },
    ]);
    refuses((written) => Object.assign(written, { tags: { tier: 0 } }), "tags.tier", /not a text/, /^"0", in quotes/);
    refuses(
      (written) => Object.assign(block(written).connect.installer, { sha256: 1.2345678901234568e53 }),
      "generations.1.connect.installer.sha256",
      /not a text/,
      /^the same in quotes: YAML has taken it for a number/,
    );
  });

  it("accept ids of Azure in any letter case", () =>
    accepts((written) => {
      delete written.network.addressSpace;
      written.network.existingSubnetId =
        "/subscriptions/s/resourcegroups/r/providers/microsoft.network/virtualnetworks/v/SUBNETS/x";
      written.backup = {
        vaultId: "/subscriptions/s/resourceGroups/R/providers/Microsoft.RecoveryServices/Vaults/V",
        policyId:
          "/subscriptions/s/resourcegroups/r/providers/microsoft.recoveryservices/vaults/v/backuppolicies/daily",
      };
      written.logAnalyticsWorkspaceId =
        "/subscriptions/s/resourcegroups/r/providers/microsoft.operationalinsights/workspaces/w";
    }));

  it("refuse an id of something else", () =>
    refuses(
      (written) => {
        written.network.existingSubnetId =
          "/subscriptions/s/resourceGroups/r/providers/Microsoft.Network/virtualNetworks/v";
      },
      "network.existingSubnetId",
      /not the id of a subnet/,
      /virtualNetworks\/…\/subnets/,
    ));

  it("refuse a day that is in no calendar, and a machine id that is none", () => {
    const exception = { kind: "reinstate", reason: "the deletion was called off", until: "2027-02-29", vmId: "vm-1" };
    const change = (written: Written) => Object.assign(block(written), { exceptions: [exception] });
    refuses(change, "generations.1.exceptions[0].until", /not a day of the calendar/);
    refuses(change, "generations.1.exceptions[0].vmId", /not Azure's vmId/);
    refuses(
      (written) => Object.assign(written.network, { changeUnderActive: { reason: "the hub moves", until: "soon" } }),
      "network.changeUnderActive.until",
      /not a day of the calendar/,
    );
  });

  it("are never a reason to crash, whatever stands in any place", () => {
    const whole = (): Written => {
      const written = writtenFixture();
      Object.assign(block(written), {
        zone: "1",
        exceptions: [{ kind: "reinstate", reason: "called off again", until: "2026-12-31", vmId: "x" }],
        features: { passwordWriteback: true },
      });
      Object.assign(block(written).connect, { database: { kind: "sqlServer", server: "sql01" } });
      Object.assign(written.access, { jumpHost: { host: "jump", user: "me", hostKey: "ssh-ed25519 AAAA" } });
      Object.assign(written, { tags: { owner: "a" }, backup: { time: "02:00" }, gate: { waitMinutes: 5 } });
      return written;
    };
    const places = (value: unknown, at: readonly string[] = []): string[][] => [
      [...at],
      ...(typeof value === "object" && value !== null
        ? Object.entries(value).flatMap(([key, inner]) => places(inner, [...at, key]))
        : []),
    ];
    let tried = 0;
    for (const place of places(whole()).filter((each) => each.length > 0))
      for (const odd of [
        undefined,
        null,
        7,
        -1,
        "",
        "x",
        "10.0.0.0/99",
        true,
        [],
        [null],
        {},
        { "1": {} },
        { x: null },
      ]) {
        const written = whole();
        const parent = place
          .slice(0, -1)
          .reduce(
            (value, key) => (value as Record<string, unknown>)[key] as Record<string, unknown>,
            written as Record<string, unknown>,
          );
        parent[place.at(-1) ?? ""] = odd;
        for (const built of [undefined, {}, { 1: { size: "Standard_D2s_v5" } }] as (
          | Record<number, Built>
          | undefined
        )[])
          assert.doesNotThrow(() => validate(written, { today, built }), `${place.join(".")} = ${JSON.stringify(odd)}`);
        tried++;
      }
    assert.ok(tried > 500, String(tried));
  });

  it("say in one text what is wrong everywhere, which the engine prints without a stack trace", () => {
    const error = new SettingsError([
      { path: "location", problem: "is missing", write: "a region" },
      { path: "server", problem: "is old", write: "name: x\ngenerations:\n  a: b" },
    ]);
    assert.match(
      error.message,
      /2 problems\. Nothing was touched\.\n {2}location: is missing\n {4}write: a region\n {2}server: is old\n {4}write:\n {6}name: x\n {6}generations:\n {8}a: b$/,
    );
    assert.ok(pulumi.RunError.isInstance(error));
  });
});
