import assert from "node:assert/strict";
import { judgeVault, type SeenVault, type VaultQuestion } from "../../components/backup/vaultRules";
import type { BackupSettings } from "../../components/settings/settings";

const backup: BackupSettings = {
  enabled: true,
  retentionDays: 30,
  time: "02:00",
  timeZone: "UTC",
  redundancy: "GeoRedundant",
  immutability: "Disabled",
};

interface Given {
  readonly asks?: Partial<BackupSettings>;
  readonly has?: SeenVault;
  readonly retentionDays?: number;
  readonly holdsItems?: boolean;
  readonly asked?: string;
}

function judge({ asks = {}, has, retentionDays, holdsItems = true, asked }: Given) {
  const question: VaultQuestion = {
    name: "aadc-stg",
    location: "westeurope",
    backup: { ...backup, ...asks },
    vault: has,
    policy: { retentionDays },
    holdsItems,
    asked: { immutability: asked },
  };
  return judgeVault(question);
}

const problems = (given: Given): readonly string[] =>
  judge(given).problems.map(({ path, write }) => `${path}: ${write}`);

describe("a vault that is not there yet", () => {
  it("is made as the settings say", () => {
    const { properties, findings } = judge({ asks: { immutability: "Unlocked" }, holdsItems: false });
    assert.deepEqual(properties, { immutability: "Unlocked", softDeleteDays: 14, publicNetworkAccess: "Enabled" });
    assert.deepEqual(findings, []);
  });
  it("is not made locked", () => {
    assert.match(problems({ asks: { immutability: "Locked" } }).join(), /^backup\.immutability: Unlocked, and up;/);
  });
});

describe("redundancy of a vault", () => {
  const has = { redundancy: "GeoRedundant" };
  const asks = { redundancy: "ZoneRedundant" } as const;
  it("is fixed once something is protected in it", () => {
    assert.match(problems({ asks, has }).join(), /^backup\.redundancy: GeoRedundant as before/);
  });
  it("changes as long as it is empty, and is not judged where Azure does not tell it", () => {
    assert.deepEqual(problems({ asks, has, holdsItems: false }), []);
    assert.deepEqual(problems({ asks, has: {} }), []);
    assert.deepEqual(problems({ has }), []);
  });
  it("keeps cross-region restore that somebody switched on", () => {
    assert.equal(judge({ has: { crossRegionRestore: "Enabled" } }).properties.crossRegionRestore, "Enabled");
    assert.equal(judge({ has: { crossRegionRestore: "Disabled" } }).properties.crossRegionRestore, undefined);
  });
});

describe("immutability of a vault", () => {
  const sent = (given: Given): string => judge(given).properties.immutability;
  it("that is locked stays locked, and the settings must say so", () => {
    for (const immutability of ["Disabled", "Unlocked"] as const)
      assert.deepEqual(problems({ asks: { immutability }, has: { immutability: "Locked" } }), [
        "backup.immutability: Locked",
      ]);
    assert.deepEqual(problems({ asks: { immutability: "Locked" }, has: { immutability: "Locked" } }), []);
    assert.deepEqual(problems({ asks: { immutability: "Locked" }, has: { immutability: "Unlocked" } }), []);
    assert.equal(problems({ asks: { immutability: "Locked" }, has: { immutability: "Disabled" } }).length, 1);
  });
  it("is lowered only where the settings asked for it before", () => {
    const has = { immutability: "Unlocked" };
    assert.equal(sent({ has, asked: "Unlocked" }), "Disabled");
    assert.equal(sent({ has, asked: "Disabled" }), "Unlocked");
    assert.equal(sent({ has }), "Unlocked", "a ledger that does not say");
    assert.deepEqual(judge({ has, asked: "Unlocked" }).findings, []);
    assert.match(judge({ has }).findings[0]?.next ?? "", /^write backup\.immutability: Unlocked; to lower it/);
  });
  it("is raised as asked", () => {
    assert.equal(sent({ asks: { immutability: "Unlocked" }, has: { immutability: "Disabled" } }), "Unlocked");
  });
});

describe("retention of an immutable vault", () => {
  for (const immutability of ["Unlocked", "Locked"] as const) {
    const asks = { immutability, retentionDays: 20 };
    it(`(${immutability}) is not lowered, and may be raised`, () => {
      const has = { immutability };
      const [refused = ""] = problems({ asks, has, retentionDays: 30 });
      assert.match(refused, /^backup\.retentionDays: 30 or more/);
      assert.equal(/or first backup\.immutability: Disabled/.test(refused), immutability === "Unlocked");
      assert.deepEqual(problems({ asks, has, retentionDays: 20 }), []);
      assert.deepEqual(problems({ asks, has, retentionDays: 7 }), []);
      assert.deepEqual(problems({ asks, has }), [], "a policy of which Azure tells no days");
    });
  }
  it("is not lowered in the run that switches immutability off either", () => {
    const given = {
      asks: { retentionDays: 20 },
      has: { immutability: "Unlocked" },
      retentionDays: 30,
      asked: "Unlocked",
    };
    assert.equal(problems(given).length, 1);
  });
  it("is free where the vault is not immutable", () => {
    assert.deepEqual(
      problems({ asks: { retentionDays: 7 }, has: { immutability: "Disabled" }, retentionDays: 30 }),
      [],
    );
  });
});

describe("what others set on a vault", () => {
  it("longer soft delete and no public access stay", () => {
    const { softDeleteDays, publicNetworkAccess } = judge({
      has: { softDeleteDays: 180, publicNetworkAccess: "Disabled" },
    }).properties;
    assert.deepEqual([softDeleteDays, publicNetworkAccess], [180, "Disabled"]);
  });
  it("a shorter soft delete than Azure has today is not sent", () => {
    assert.equal(judge({ has: { softDeleteDays: 7 } }).properties.softDeleteDays, 14);
  });
  it("another region is refused", () => {
    assert.deepEqual(problems({ has: { location: "northeurope" } }), ["location: northeurope, or another name"]);
    assert.deepEqual(problems({ has: { location: "West Europe" } }), []);
  });
});
