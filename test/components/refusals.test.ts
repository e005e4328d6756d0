import assert from "node:assert/strict";
import { parse } from "yaml";
import { type Ledger, nextLedger } from "../../components/memory/ledger";
import type { Remembered } from "../../components/memory/remembered";
import { standingFindings } from "../../components/memory/standingFindings";
import { type Question, refusals } from "../../components/memory/transitions";
import type { Settings } from "../../components/settings/settings";
import { vmId, withSecond } from "../support/passiveServerFixture";
import { block, both, onlySecond, remembered } from "../support/rememberedFixture";
import { settingsFixture, today, type Written, type WrittenBlock } from "../support/settingsFixture";

const identity = { subscriptionId: "sub", tenantId: "tenant" };
const ask = (settings: Settings, memory: Remembered, change: Partial<Question> = {}): readonly string[] =>
  refusals({ settings, remembered: memory, identity, gone: new Map(), today, ...change }).map(
    ({ path, problem, write }) => `${path}: ${problem} | ${write}`,
  );

describe("a generation's block", () => {
  it("unchanged is not refused", () => assert.deepEqual(ask(settingsFixture(), remembered()), []));

  for (const [what, change, path] of [
    ["image", (each: WrittenBlock) => Object.assign(each.image, { version: "20348.9999.261101" }), "image"],
    ["zone", (each: WrittenBlock) => Object.assign(each, { zone: "2" }), "zone"],
    ["time zone", (each: WrittenBlock) => Object.assign(each, { timeZone: "W. Europe Standard Time" }), "timeZone"],
    ["administrator", (each: WrittenBlock) => Object.assign(each, { administratorName: "other" }), "administratorName"],
    ["encryption", (each: WrittenBlock) => Object.assign(each, { encryptionAtHost: false }), "encryptionAtHost"],
    [
      "service account",
      (each: WrittenBlock) =>
        Object.assign(each.connect, { serviceAccount: { kind: "managed", name: "CONTOSO\\gmsa$" } }),
      "connect.serviceAccount",
    ],
    [
      "install location",
      (each: WrittenBlock) => Object.assign(each.connect, { installLocation: "D:\\EC" }),
      "connect.installLocation",
    ],
    ["address", (each: WrittenBlock) => Object.assign(each, { address: "10.40.0.20" }), "address"],
  ] as const)
    it(`with another ${what} is refused, with the block to write beside it`, () => {
      const problems = ask(
        settingsFixture((written) => block(written, change)),
        remembered(),
      );
      assert.equal(problems.length, 1, problems.join("\n"));
      assert.match(
        problems[0] ?? "",
        new RegExp(`^generations\\.1\\.${path}: generation 1 was built with .* a block "2" with`),
      );
    });

  it("whose vault is another one now is refused, since a machine is protected in one vault at a time", () => {
    const vault = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.RecoveryServices/vaults/v";
    const problems = ask(
      settingsFixture((written) =>
        Object.assign(written, { backup: { vaultId: vault, policyId: `${vault}/backupPolicies/p` } }),
      ),
      remembered(),
    );
    assert.equal(problems.length, 1, problems.join("\n"));
    assert.match(
      problems[0] ?? "",
      /^backup\.vaultId: .*one vault at a time \| none as before; for .*build another server/,
    );
  });

  it("with another image is told both as they are written, in one order", () => {
    const memory = remembered();
    const entry = memory.ledger?.generations[1];
    assert.ok(memory.ledger && entry?.built.image);
    // The engine gives the ledger back with its keys in an order of its own.
    const image = Object.fromEntries(Object.entries(entry.built.image).reverse()) as typeof entry.built.image;
    const ledger = { ...memory.ledger, generations: { 1: { ...entry, built: { ...entry.built, image } } } };
    const [problem] = ask(
      settingsFixture((written) => block(written, (each) => Object.assign(each.image, { version: "20348.1.2" }))),
      { ...memory, ledger },
    );
    const [, before, after] = /was built with (\{.*\}); (\{.*\}) needs a new machine/.exec(problem ?? "") ?? [];
    assert.match(after ?? "", /version: "20348\.1\.2"/);
    assert.deepEqual(Object.keys(parse(before ?? "")), Object.keys(parse(after ?? "")));
  });

  it("with another database is refused too", () => {
    const managed = { kind: "managed", name: "CONTOSO\\gmsa$" };
    const sql = (server: string) => (written: Written) =>
      block(written, (each) =>
        Object.assign(each.connect, { serviceAccount: managed, database: { kind: "sqlServer", server } }),
      );
    assert.deepEqual(ask(settingsFixture(sql("sql01")), remembered(sql("sql01"))), []);
    assert.match(
      ask(settingsFixture(sql("sql02")), remembered(sql("sql01"))).join("\n"),
      /^generations\.1\.connect\.database: /,
    );
  });

  it("of an older ledger that lacks keys is compared in what it has", () => {
    const memory = remembered(undefined, [1], (ledger) => ({
      ...ledger,
      generations: { "1": { role: "passive", built: { zone: "" } } },
    }));
    assert.deepEqual(
      ask(
        settingsFixture((written) => block(written, (each) => Object.assign(each, { timeZone: "UTC" }))),
        memory,
      ),
      [],
    );
    assert.equal(
      ask(
        settingsFixture((written) => block(written, (each) => Object.assign(each, { zone: "3" }))),
        memory,
      ).length,
      1,
    );
  });

  it("grows in size in place with a finding, as Azure last answered, and does not shrink", () => {
    const size = (value: string) =>
      settingsFixture((written) => block(written, (each) => Object.assign(each, { size: value })));
    assert.deepEqual(ask(size("Standard_D4s_v5"), remembered()), []);
    const codes = standingFindings({ settings: size("Standard_D4s_v5"), remembered: remembered(), today }).map(
      ({ code }) => code,
    );
    assert.deepEqual(codes, ["machine-resized"]);
    // Azure refused it (SkuNotAvailable), so another size was written: nothing is there to grow or to be restarted.
    const neverMade = { ...remembered(), generations: {} };
    assert.deepEqual(standingFindings({ settings: size("Standard_D4s_v5"), remembered: neverMade, today }), []);
    const large = remembered((written) => block(written, (each) => Object.assign(each, { size: "Standard_D8s_v5" })));
    assert.match(
      ask(size("Standard_D4s_v5"), large)[0] ?? "",
      /generations\.1\.size: generation 1 was built with "Standard_D8s_v5"/,
    );
    // The ledger was moved on, but Azure refused the resize: what the machine has counts.
    const refused: Remembered = {
      ...large,
      generations: { 1: { ...large.generations[1], size: "Standard_D2s_v5" } as never },
    };
    assert.deepEqual(ask(size("Standard_D4s_v5"), refused), []);
  });

  it("of another kind of disk controller is no resize", () => {
    const settings = settingsFixture((written) =>
      block(written, (each) => Object.assign(each, { size: "Standard_D4s_v6" })),
    );
    assert.match(ask(settings, remembered())[0] ?? "", /generations\.1\.size/);
  });
});

describe("numbers", () => {
  const out = remembered(both, [2], (ledger) => ({
    ...ledger,
    generations: {
      ...ledger.generations,
      "1": { ...ledger.generations["1"], out: true } as Ledger["generations"][string],
    },
  }));

  it("are not used again", () =>
    assert.match(ask(settingsFixture(both), out).join("\n"), /generation 1 was taken out before.*under "3"/));

  it("may be put back while their retirement was refused", () => {
    const standing = {
      ...out,
      generations: { ...out.generations, 1: { guarded: true, copies: [], vmId, proof: "{}" } },
    };
    assert.deepEqual(ask(settingsFixture(both), standing), []);
  });

  it("may be begun again while nothing stands: an up that died before its machine", () => {
    assert.deepEqual(ask(settingsFixture(), remembered(undefined, [])), []);
  });

  it("that are new are higher than every other", () => {
    const third = (written: Written): void => {
      withSecond(written);
      written.generations["3"] = { ...(written.generations["2"] as WrittenBlock), address: "10.40.0.20" };
      delete written.generations["2"];
    };
    const memory = remembered(third, [1, 3]);
    const problems = ask(
      settingsFixture((written) => {
        third(written);
        withSecond(written, (each) => Object.assign(each, { address: "10.40.0.14" }));
      }),
      memory,
    );
    assert.match(problems.join("\n"), /generation 2 is lower than 3/);
  });
});

describe("what one run takes out", () => {
  it("is one generation", () => assert.deepEqual(ask(settingsFixture(onlySecond), remembered(both, [1, 2])), []));

  it("is not two, half-made ones included", () => {
    const third = settingsFixture((written) => {
      written.generations["3"] = { ...(written.generations["1"] as WrittenBlock), address: "10.40.0.20" };
      delete written.generations["1"];
    });
    const halfMade = remembered(both, [1, 2]);
    const { proof: _1, gate: _2, ...half } = halfMade.generations[2] ?? { guarded: true, copies: [] };
    assert.match(
      ask(third, { ...halfMade, generations: { ...halfMade.generations, 2: half } }).join("\n"),
      /generations 1 and 2 would retire in one run/,
    );
  });

  it("is not the active one", () => {
    const memory = remembered(
      (written) => {
        withSecond(written);
        block(written, (each) => Object.assign(each, { role: "active" }));
      },
      [1, 2],
    );
    assert.match(
      ask(settingsFixture(onlySecond), memory).join("\n"),
      /generation 1 was declared active in the last run/,
    );
  });
});

describe("roles", () => {
  const role = (value: string, more: object = {}) =>
    settingsFixture((written) => block(written, (each) => Object.assign(each, { role: value, ...more })));

  it("active needs a proof of this stack", () => {
    assert.match(ask(role("active"), remembered(undefined, [])).join("\n"), /has not been built and proven/);
    assert.deepEqual(ask(role("active"), remembered()), []);
  });

  it("lost needs Azure's word that the machine is gone, or a reason that holds for this machine and this day", () => {
    assert.deepEqual(ask(role("lost"), remembered(), { gone: new Map([[1, "gone" as const]]) }), []);
    assert.match(
      ask(role("lost"), remembered()).join("\n"),
      /still exists in Azure.*kind: retireUnproven.*vmId: 3f1c0b52/,
    );
    const reason = { kind: "retireUnproven", reason: "host failed, CHG-1", until: "2026-11-30", vmId };
    assert.deepEqual(ask(role("lost", { exceptions: [reason] }), remembered()), []);
    const over = { ...reason, until: "2026-11-21" };
    assert.match(ask(role("lost", { exceptions: [over] }), remembered()).join("\n"), /still exists in Azure/);
  });

  it("a machine that is gone is not made anew: lost is what to write, and the subscription is doubted", () => {
    const problems = ask(settingsFixture(), remembered(), { gone: new Map([[1, "gone" as const]]) });
    assert.match(problems.join("\n"), /gone from Azure.*role: lost.*right subscription\?/);
  });
});

describe("another machine in the name of a lost one", () => {
  const lost = (written: Written): void => {
    withSecond(written);
    block(written, (each) => Object.assign(each, { role: "lost" }));
  };
  const another = { gone: new Map([[1, "another" as const]]) };

  it("is kept: the ledger says so, and only then the block may be taken out", () => {
    assert.deepEqual(ask(settingsFixture(lost), remembered(both, [1, 2]), another), []);
    const after = nextLedger(remembered(both, [1, 2]).ledger, settingsFixture(lost), {
      library: "1",
      kept: new Set([1]),
    });
    assert.equal(after.generations["1"]?.kept, true);
    assert.deepEqual(ask(settingsFixture(onlySecond), { ...remembered(both, [1, 2]), ledger: after }, another), []);
  });

  it("that came after the declaration is not deleted in its place", () => {
    const memory = remembered(lost, [1, 2]);
    assert.deepEqual(ask(settingsFixture(onlySecond), memory, { gone: new Map([[1, "gone" as const]]) }), []);
    assert.match(
      ask(settingsFixture(onlySecond), memory, another).join("\n"),
      /meanwhile another machine has its name/,
    );
  });
});

describe("exceptions", () => {
  const withException = (change: object) =>
    settingsFixture((written) =>
      block(written, (each) =>
        Object.assign(each, {
          exceptions: [
            { kind: "passThroughAgentIsElsewhere", reason: "two others run", until: "2026-12-31", vmId, ...change },
          ],
        }),
      ),
    );

  it("are for one machine: another vmId is refused with the right one", () => {
    assert.deepEqual(ask(withException({}), remembered()), []);
    const other = "00000000-0000-4000-8000-00000000dead";
    assert.match(ask(withException({ vmId: other }), remembered()).join("\n"), new RegExp(`is ${vmId}, not ${other}`));
  });

  it("are a warning while they stand, and another one once they are over", () => {
    const codes = (settings: Settings) =>
      standingFindings({ settings, remembered: remembered(), today }).map(({ code }) => code);
    assert.deepEqual(codes(withException({})), ["exception-stands"]);
    assert.deepEqual(codes(withException({ until: "2026-11-22" })), ["exception-stands"], "to the end of its day");
    assert.deepEqual(codes(withException({ until: "2026-11-21" })), ["exception-over"]);
  });
});

describe("what generations share", () => {
  const active =
    (more: (written: Written) => void = () => undefined) =>
    (written: Written) => {
      block(written, (each) => Object.assign(each, { role: "active" }));
      more(written);
    };
  const otherDns = (written: Written): void => {
    written.network.dnsServers = ["10.40.8.99"];
  };

  it("changes freely while none is active", () => assert.deepEqual(ask(settingsFixture(otherDns), remembered()), []));

  it("does not change under an active one, whose DNS servers may be its domain controllers", () => {
    const domainControllers = (written: Written): void => {
      written.network.domainControllers = ["10.40.8.44"];
    };
    for (const change of [otherDns, domainControllers])
      assert.match(
        ask(settingsFixture(active(change)), remembered(active())).join("\n"),
        /network\.dnsServers: generation 1 is declared active and shares this.*changeUnderActive/,
      );
  });

  it("may change with an acknowledgement that has not ended, and is then told", () => {
    const acknowledged = (until: string) =>
      settingsFixture(
        active((written) => {
          otherDns(written);
          written.network.changeUnderActive = { reason: "new domain controller", until };
        }),
      );
    assert.deepEqual(ask(acknowledged("2026-11-22"), remembered(active())), []);
    assert.equal(ask(acknowledged("2026-11-21"), remembered(active())).length, 1);
    const told = standingFindings({ settings: acknowledged("2026-11-22"), remembered: remembered(active()), today });
    assert.ok(told.some(({ code }) => code === "shared-changed-under-active"));
  });

  it("is not deleted under an active one either where an earlier run died before it did, so that the ledger is ahead", () => {
    const held = { ...remembered(active()), parts: new Set(["network-peering", "network-peering-hub"]) };
    const said = ask(settingsFixture(active()), held).join("\n");
    assert.match(said, /network\.peerVirtualNetworkId: .*active and stands on the peering with the hub.*would delete/);
    assert.match(said, /network\.makeBothHalves: /);
    assert.deepEqual(ask(settingsFixture(), { ...remembered(), parts: held.parts }), [], "none is active");
  });

  it("is not deleted under one that is declared passive again before it was asked: it may be active still", () => {
    const held = { ...remembered(active()), parts: new Set(["network-egress", "network-bastion"]) };
    const firewall = settingsFixture((written) => {
      Object.assign(written.network, {
        firewallAddress: "10.9.0.4",
        peerVirtualNetworkId: "/subscriptions/s/resourceGroups/r/providers/Microsoft.Network/virtualNetworks/hub",
      });
    });
    const said = ask(firewall, held).join("\n");
    assert.match(
      said,
      /network\.natGateway: generation 1 is declared passive again .* the NAT gateway would be deleted/,
    );
    assert.match(said, /bastion: .* \| bastion as before, and up/);
    // What is still declared waits for the next run by itself.
    assert.deepEqual(ask(settingsFixture(otherDns), { ...held, parts: new Set(["network-egress"]) }), []);
  });

  it("lets Pulumi in as it was built: a way in that the settings moved meanwhile is told, while it can be put right", () => {
    const memory = remembered(active());
    const state = (sshFrom: readonly string[]) => ({
      ...memory,
      generations: { 1: { ...memory.generations[1], guarded: true, copies: [], sshFrom } },
    });
    const found = (settings: Settings, sshFrom: readonly string[]) =>
      standingFindings({ settings, remembered: state(sshFrom), today }).filter(({ code }) => code === "way-in-behind");
    const [source] = settingsFixture().access.managementSources;
    assert.ok(source);
    for (const change of [active(), () => undefined]) {
      assert.deepEqual(found(settingsFixture(change), [source]), []);
      assert.deepEqual(found(settingsFixture(change), ["10.0.0.0/8"]), [], "a wider one");
      assert.match(
        found(settingsFixture(change), ["10.99.0.4/32"])[0]?.title ?? "",
        /in from 10\.99\.0\.4\/32, and not from/,
      );
    }
  });

  it("name, location and subnet are fixed while any generation stands", () => {
    const moved = settingsFixture((written) => {
      written.location = "northeurope";
    });
    assert.match(ask(moved, remembered()).join("\n"), /^location: this server was built with "westeurope"/);
    assert.deepEqual(ask(moved, remembered(undefined, [])), [], "nothing stands");
  });
});

describe("another subscription", () => {
  it("is named before anything is called missing", () => {
    const problems = ask(settingsFixture(), remembered(), {
      identity: { subscriptionId: "another", tenantId: "tenant" },
      gone: new Map([[1, "gone" as const]]),
    });
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? "", /built in subscription sub; this run is signed in to another/);
  });

  it("unknown in a preview is no other", () =>
    assert.deepEqual(ask(settingsFixture(), remembered(), { identity: {} }), []));
});
