import assert from "node:assert/strict";
import { type Built, builtWith } from "../../components/settings/built";
import { undersized } from "../../components/settings/checks/sizing";
import { blockFixture, settingsFixture, type Written, type WrittenBlock } from "../support/settingsFixture";
import { accepts, problemsOf, refuses } from "../support/settingsProblems";

/** A change of block "1". */
const first =
  (change: (block: WrittenBlock) => unknown) =>
  (written: Written): unknown => {
    const block = written.generations["1"];
    assert.ok(block);
    return change(block);
  };
const set = (part: Record<string, unknown>) => first((block) => Object.assign(block, part));
const image = (part: Record<string, unknown>) => first((block) => Object.assign(block.image, part));

/** What generation 1 is built with after a change. */
function builtAs(change: (written: Written) => unknown = () => undefined): Record<number, Built> {
  const [block] = settingsFixture((written) => {
    change(written);
  }).generations;
  assert.ok(block);
  return { 1: builtWith(block) };
}

const exception = (kind: string, more: Record<string, unknown> = {}) => ({
  kind,
  reason: "because the host has failed",
  until: "2026-12-31",
  vmId: "12345678-90AB-cdef-1234-567890abcdef",
  ...more,
});

describe("settings that cannot be right are refused before anything is touched:", () => {
  it("a computer name of more than 15 characters with its generation", () => {
    accepts((written) => Object.assign(written, { name: "aadcstaging1", generations: { "9": blockFixture() } }));
    refuses(
      (written) => Object.assign(written, { name: "aadcstaging1", generations: { "10": blockFixture() } }),
      "name",
      /"aadcstaging1-g10" has 16 characters/,
      /at most 11/,
    );
  });

  it("Entra Connect on the temporary disk, which Azure empties", () => {
    const at = (size: string, installLocation: string) =>
      first((block) => {
        block.size = size;
        block.connect.installLocation = installLocation;
      });
    refuses(
      at("Standard_D4ds_v5", "d:\\Entra Connect"),
      "generations.1.connect.installLocation",
      /temporary disk of Standard_D4ds_v5/,
      /^C:\\Entra Connect, /,
    );
    accepts(at("Standard_D4ds_v5", "C:\\Entra Connect"));
    accepts(at("Standard_D4s_v5", "D:\\Entra Connect"));
    const built = { 1: { ...builtAs(at("Standard_D4ds_v5", "C:\\x"))[1], installLocation: "D:\\Entra Connect" } };
    accepts(at("Standard_D4ds_v5", "D:\\Entra Connect"), { built });
  });

  it("two active servers, whatever is acknowledged", () => {
    refuses(
      (written) => {
        written.generations = {
          "1": blockFixture((block) => Object.assign(block, { role: "active", exceptions: [] })),
          "2": blockFixture((block) => Object.assign(block, { role: "active" })),
        };
        written.network.changeUnderActive = { reason: "we know what we do", until: "2026-12-31" };
      },
      "generations.2.role",
      /1 and 2 are both declared active/,
    );
    accepts((written) => {
      written.generations["1"] = blockFixture((block) => Object.assign(block, { role: "active" }));
      written.generations["2"] = blockFixture();
    });
  });

  describe("exceptions", () => {
    it("that contradict the role", () => {
      refuses(
        set({ role: "active", exceptions: [exception("retireUnproven")] }),
        "generations.1.exceptions[0]",
        /declared active/,
      );
      refuses(
        set({ role: "active", exceptions: [exception("reinstate")] }),
        "generations.1.exceptions[0]",
        /declared active/,
      );
      refuses(
        set({ role: "lost", exceptions: [exception("reinstate")] }),
        "generations.1.exceptions[0]",
        /declared lost/,
      );
      accepts(set({ role: "lost", exceptions: [exception("retireUnproven")] }));
      accepts(set({ role: "active", exceptions: [exception("passThroughAgentIsElsewhere")] }));
    });

    it("two of a kind", () => {
      refuses(
        set({ exceptions: [exception("reinstate"), exception("retireUnproven"), exception("reinstate")] }),
        "generations.1.exceptions[2].kind",
        /another reinstate/,
      );
      accepts(set({ exceptions: [exception("reinstate"), exception("retireUnproven")] }));
    });

    it("without a reason worth reading", () =>
      refuses(
        set({ exceptions: [exception("reinstate", { reason: "x" })] }),
        "generations.1.exceptions[0].reason",
        /fewer than 10/,
      ));

    it("but not one that has ended: it no longer counts, from the day after its last", () => {
      const today = new Date("2026-11-22T12:00:00Z");
      const until = (day: string) => set({ role: "active", exceptions: [exception("retireUnproven", { until: day })] });
      accepts(until("2026-11-21"), { today });
      refuses(until("2026-11-22"), "generations.1.exceptions[0]", /declared active/, /./, { today });
    });
  });

  describe("images", () => {
    for (const [sku, problem] of [
      ["2022-datacenter-core-g2", /Server Core/],
      ["2022-datacenter-azure-edition-core", /Server Core/],
      ["2022-datacenter", /Generation 1/],
      ["2025-datacenter-smalldisk", /Generation 1/],
      ["2019-Datacenter-with-Containers", /Generation 1/],
      ["2016-datacenter-gensecond", /too old/],
      ["2012-r2-datacenter-gensecond", /too old/],
    ] as const)
      it(`of the sku ${sku}`, () => refuses(image({ sku, version: "20348.1.1" }), "generations.1.image.sku", problem));

    for (const [sku, version] of [
      ["2022-datacenter-azure-edition-hotpatch", "20348.1.1"],
      ["2025-datacenter-azure-edition", "26100.1.1"],
      ["2019-datacenter-gensecond", "17763.1.1"],
    ])
      it(`but not ${sku}`, () => accepts(image({ sku, version })));

    it("whose version belongs to another Windows, or is latest", () => {
      refuses(image({ version: "26100.1.1" }), "generations.1.image.version", /does not belong/);
      refuses(image({ version: "latest" }), "generations.1.image.version", /right form/);
    });

    it("but not by the names of other publishers, which tell nothing", () =>
      accepts(image({ publisher: "contoso", offer: "hardened", sku: "ws2022", version: "1.0.0" })));

    it("but not what a server was built from: nothing can change it", () => {
      const old = image({ sku: "2022-datacenter", version: "20348.1.1" });
      const built = {
        1: {
          ...builtAs()[1],
          image: {
            publisher: "MicrosoftWindowsServer",
            offer: "WindowsServer",
            sku: "2022-datacenter",
            version: "20348.1.1",
          },
        },
      };
      accepts(old, { built });
    });
  });

  describe("sizes", () => {
    it("that are too small for the objects", () => {
      refuses(
        (written) => {
          written.synchronizedObjects = 80_000;
          set({ size: "Standard_D2s_v5" })(written);
        },
        "generations.1.size",
        /8 GiB.*80,000 objects need 16/,
        /Standard_D4s_v5/,
      );
      refuses(set({ size: "Standard_D2ls_v5" }), "generations.1.size", /4 GiB of memory/);
    });

    for (const size of ["Standard_DC2s_v3", "Standard_D4_v3", "Standard_DS3_v2", "Standard_D4ps_v5", "Standard_M8ms"])
      it(`that cannot start a Trusted Launch machine: ${size}`, () =>
        refuses(set({ size }), "generations.1.size", /Trusted Launch/));

    it("but not Dsv3, which is Generation 2 by its own page", () => accepts(set({ size: "Standard_D4s_v3" })));

    for (const size of ["Standard_B2ms", "Standard_D4_v5"])
      it(`that Azure would refuse after the network is built: ${size}`, () =>
        refuses(set({ size }), "generations.1.size", /premium disks.*accelerated networking/));

    it("and disks smaller than the image or than the objects need", () => {
      refuses(set({ osDiskSizeGB: 100 }), "generations.1.osDiskSizeGB", />= 127/);
      refuses(
        (written) => {
          written.synchronizedObjects = 150_000;
          set({ osDiskSizeGB: 200 })(written);
        },
        "generations.1.osDiskSizeGB",
        /200 GiB is too small: 150,000 objects need 300/,
      );
    });

    it("and LocalDB above 100,000 objects", () => {
      refuses(
        (written) => Object.assign(written, { synchronizedObjects: 100_001 }),
        "generations.1.connect.database",
        /LocalDB holds/,
        /sqlServer/,
      );
      accepts((written) => Object.assign(written, { synchronizedObjects: 100_000 }));
    });

    it("but nothing of a generation that exists: it is told as undersized instead", () => {
      const built = builtAs();
      const more = (written: Written) => Object.assign(written, { synchronizedObjects: 120_000 });
      accepts(more, { built });
      const settings = { ...settingsFixture(), synchronizedObjects: 120_000 };
      assert.deepEqual(
        undersized(settings, built).map(({ path }) => path),
        ["generations.1.size", "generations.1.osDiskSizeGB", "generations.1.connect.database"],
      );
      assert.deepEqual(undersized(settings, {}), [], "one that does not exist is refused, not told");
      assert.deepEqual(undersized(settingsFixture(), built), []);
    });

    it("and of a passive generation that exists, a size that Azure cannot turn it into in place", () => {
      const resized = (size: string, more: Record<string, unknown> = {}) => set({ size, ...more });
      const built = builtAs();
      accepts(resized("Standard_D4s_v5"), { built });
      refuses(resized("Standard_D4s_v6"), "generations.1.size", /SCSI and NVMe/, /another generation block/, { built });
      refuses(resized("Standard_D4ds_v5"), "generations.1.size", /temporary disk/, /Standard_D2s_v5 as before/, {
        built,
      });
      accepts(resized("Standard_D4s_v6"), { built: {} });
      // What is active or lost is not changed at all, which is told where everything that is built is compared.
      accepts(resized("Standard_D4s_v6", { role: "active" }), { built });
    });

    it("but not the size that a server was built with, whatever we think of it today", () => {
      const size = "Standard_DC4s_v3";
      accepts(set({ size }), { built: { 1: { ...builtAs()[1], size } } });
    });

    it("and of a generation that exists, a new size that Azure cannot give it", () =>
      refuses(set({ size: "Standard_DC4s_v3" }), "generations.1.size", /Trusted Launch/, /./, { built: builtAs() }));
  });

  describe("time zones", () => {
    for (const [written, write] of [
      ["Europe/Berlin", /^W\. Europe Standard Time$/],
      ["CET", /^W\. Europe Standard Time$/],
      ["Asia/Calcutta", /^India Standard Time$/],
      ["Asia/Kolkata", /^India Standard Time$/],
      ["America/Los_Angeles", /^Pacific Standard Time$/],
      ["w. europe standard time", /^W\. Europe Standard Time$/],
      ["Nowhere", /tzutil/],
    ] as const)
      it(`that Windows does not know: ${written}`, () => {
        refuses(set({ timeZone: written }), "generations.1.timeZone", /Windows/, write);
        refuses((all) => Object.assign(all, { backup: { timeZone: written } }), "backup.timeZone", /Windows/, write);
      });

    it("but not those of Windows", () => {
      for (const timeZone of ["UTC", "W. Europe Standard Time", "Kamchatka Standard Time", "UTC-02"])
        accepts(set({ timeZone }));
    });
  });

  it("administrator names that Azure reserves", () => {
    for (const administratorName of ["administrator", "admin", "user1", "root"])
      refuses(set({ administratorName }), "generations.1.administratorName", /reserved/);
    accepts(set({ administratorName: "administrators" }));
  });

  it("an account for SSH that is Windows' own, or the administrator, which baselines rename and deny", () => {
    refuses(set({ administratorName: "aadcadmin", loginName: "aadcadmin" }), "generations.1.loginName", /built-in one/);
    for (const loginName of ["guest", "defaultaccount", "administrator"])
      refuses(set({ loginName }), "generations.1.loginName", /Windows brings along/);
    for (const loginName of ["Deploy", "a.b", "1deploy", "x".repeat(21)])
      refuses(set({ loginName }), "generations.1.loginName", /right form/);
    accepts(set({ loginName: "entra-deploy" }));
  });

  it("a diagnosis of a server that is active or lost", () => {
    for (const role of ["active", "lost"])
      refuses(set({ role, diagnoseAccess: "why" }), "generations.1.diagnoseAccess", /nothing is run|not asked/);
    accepts(set({ diagnoseAccess: "why" }));
  });

  it("asking an active or lost server's guard by Run Command, or one that is to be brought back", () => {
    for (const role of ["active", "lost"])
      refuses(
        set({ role, exceptions: [exception("retireByRunCommand")] }),
        "generations.1.exceptions[0]",
        /Run Command neither|not asked/,
      );
    refuses(
      set({ exceptions: [exception("retireByRunCommand"), exception("reinstate")] }),
      "generations.1.exceptions[0]",
      /brought back/,
    );
    accepts(set({ exceptions: [exception("retireByRunCommand"), exception("retireUnproven")] }));
  });

  describe("versions of Entra Connect", () => {
    const version = (text: string) => first((block) => Object.assign(block.connect, { version: text }));
    for (const [text, problem] of [
      ["2.6.79.0", /recalled/],
      ["2.4.18.0", /below 2\.5\.79\.0/],
      ["2.6.85.0", /not a known release/],
    ] as const)
      it(text, () => refuses(version(text), "generations.1.connect.version", problem, /2\.6\.92\.0/));

    it("by the day on which they are judged", () => {
      accepts(version("2.6.3.0"), { today: new Date("2027-04-06T00:00:00Z") });
      refuses(version("2.6.3.0"), "generations.1.connect.version", /below 2\.6\.84\.0/, /./, {
        today: new Date("2027-04-07T00:00:00Z"),
      });
    });

    it("but not one that is installed already, nor that of a server on which nothing is installed", () => {
      accepts(version("2.4.18.0"), { built: builtAs(), installed: { 1: "2.4.18.0" } });
      refuses(version("2.4.18.0"), "generations.1.connect.version", /below/, /./, {
        built: builtAs(),
        installed: { 1: "2.6.92.0" },
      });
      for (const role of ["active", "lost"])
        accepts(
          first((block) => {
            block.role = role;
            block.connect.version = "2.4.18.0";
          }),
          { built: builtAs() },
        );
    });
  });

  it("neither a settings file nor the reason why there is none, and both at once", () => {
    const reason = { reason: "the old server is gone" };
    const connect = (part: Record<string, unknown>) =>
      first((block) => {
        delete block.connect.settingsFile;
        Object.assign(block.connect, part);
      });
    refuses(connect({}), "generations.1.connect.settingsFile", /is missing/, /withoutSettingsFile: \{ reason:/);
    accepts(connect({ withoutSettingsFile: reason }));
    refuses(
      first((block) => Object.assign(block.connect, { withoutSettingsFile: reason })),
      "generations.1.connect.withoutSettingsFile",
      /only one of the two/,
      /only settingsFile, .* only withoutSettingsFile/,
    );
    refuses(
      connect({ withoutSettingsFile: { reason: "gone" } }),
      "generations.1.connect.withoutSettingsFile.reason",
      /./,
    );
    refuses(connect({ withoutSettingsFile: {} }), "generations.1.connect.withoutSettingsFile.reason", /missing/);
    refuses(
      first((block) =>
        Object.assign(block.connect.settingsFile ?? {}, { importAnyway: { reason: "we looked at it" } }),
      ),
      "generations.1.connect.settingsFile.importAnyway.until",
      /missing/,
    );
  });

  it("the virtual service account with a remote SQL Server", () =>
    refuses(
      first((block) => Object.assign(block.connect, { database: { kind: "sqlServer", server: "sql01" } })),
      "generations.1.connect.serviceAccount",
      /virtual service account/,
      /managed/,
    ));

  it("a jump host's key that was cut, or that would be used with SHA-1 only", () => {
    const whole = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIL0Yk0mSHLBHbPyY6j8rk1kTQX3sRu8qHnRZ8Xz1v9aG";
    const jumpHost = (hostKey: string) => (written: Written) =>
      Object.assign(written.access, { jumpHost: { host: "jump", user: "me", hostKey } });
    accepts(jumpHost(whole));
    refuses(
      jumpHost(whole.slice(0, -4)),
      "access.jumpHost.hostKey",
      /not a whole public key/,
      /ssh-keyscan -t ed25519 jump/,
    );
    refuses(jumpHost("ssh-rsa AAAA"), "access.jumpHost.hostKey", /right form/);
  });

  describe("tags", () => {
    const tags = (all: Record<string, string>) => (written: Written) => Object.assign(written, { tags: all });
    for (const [name, problem] of [
      ["a<b", /"<"/],
      ["cost/center", /"\/"/],
      ["x".repeat(513), /513 characters/],
      ["Microsoft.Thing", /reserves/],
      ["azure-owner", /reserves/],
      ["Entra-Connect-Stack", /are ours/],
      ["", /no name/],
    ] as const)
      it(`of the name ${name.slice(0, 20)}`, () => refuses(tags({ [name]: "x" }), `tags.${name}`, problem));

    it("that differ in letter case only", () =>
      refuses(tags({ owner: "a", Owner: "b" }), "tags.Owner", /same as "owner"/));
    it("with a value of more than 256 characters", () =>
      refuses(tags({ owner: "x".repeat(257) }), "tags.owner", /257|256/));
    it("of which there are too many beside ours", () => {
      const many = (count: number) =>
        Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, "x"]));
      accepts(tags(many(45)));
      refuses(tags(many(46)), "tags", /there are 46; Azure allows 50/);
    });
  });

  describe("a backup vault of somebody else's", () => {
    const vaultId = "/subscriptions/s/resourceGroups/r/providers/Microsoft.RecoveryServices/vaults/v";
    const policyId = `${vaultId}/backupPolicies/daily`;
    const backup = (all: Record<string, unknown>) => (written: Written) => Object.assign(written, { backup: all });
    it("without a policy, or the other way round", () => {
      refuses(backup({ vaultId }), "backup.policyId", /missing beside backup\.vaultId/);
      refuses(backup({ policyId }), "backup.vaultId", /missing beside backup\.policyId/);
      accepts(backup({ vaultId, policyId }));
    });
    it("with a policy of another vault, one whose name only begins alike included", () => {
      refuses(
        backup({ vaultId, policyId: policyId.replace("vaults/v/", "vaults/v2/") }),
        "backup.policyId",
        /not a policy of/,
      );
      refuses(
        backup({ vaultId, policyId: policyId.replace("vaults/v/", "vaults/w/") }),
        "backup.policyId",
        /not a policy of/,
      );
    });
    it("beside settings that are for one of our own and would have no effect", () => {
      refuses(backup({ vaultId, policyId, retentionDays: 90 }), "backup.retentionDays", /no effect/);
      accepts(backup({ vaultId, policyId, enabled: true }));
    });
  });

  it("and nothing that depends on what is built is refused before it is known", () => {
    const change = (written: Written) => {
      set({ size: "Standard_D4_v5", timeZone: "CET", administratorName: "admin", address: "10.40.0.1" })(written);
      image({ sku: "2022-datacenter" })(written);
      written.synchronizedObjects = 100_001;
    };
    assert.deepEqual(problemsOf(change, { built: undefined }), []);
    assert.notDeepEqual(problemsOf(change), []);
  });
});
