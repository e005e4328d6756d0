import assert from "node:assert/strict";
import { type AccountQuestion, judgeAccount, type SeenAccount } from "../../components/archive/accountRules";
import { judgeForeign, judgeRole } from "../../components/archive/foreignRules";
import {
  accountNameFor,
  accountNetwork,
  accountProperties,
  addBlobs,
  doorsOf,
  guidOf,
  lifecycleRules,
  roleArguments,
} from "../../components/archive/plan";
import { archiveWaits, isSubnetReady } from "../../components/archive/reach";
import { assignmentName } from "../../components/archive/rights";
import type { LedgerArchive } from "../../components/memory/ledger";
import { movedArchive } from "../../components/memory/movedArchive";
import type { Question } from "../../components/memory/question";
import type { Settings } from "../../components/settings/settings";
import { settingsFixture, type Written } from "../support/settingsFixture";
import { problemsOf } from "../support/settingsProblems";

const archived =
  (archive: Record<string, unknown> = {}, more: (written: Written) => void = () => undefined) =>
  (written: Written): void => {
    const { enabled, ...rest } = { enabled: true, ...archive };
    written.archive = enabled === undefined ? rest : { enabled, ...rest };
    more(written);
  };
const problemPaths = (change: (written: Written) => void): readonly string[] =>
  problemsOf(change).map(({ path }) => path);
const settingsOf = (archive: Record<string, unknown> = {}): Settings => settingsFixture(archived(archive));
const lock = { reason: "Retention was agreed with the auditors" };

describe("the archive's settings", () => {
  const refusals: [
    what: string,
    archive: Record<string, unknown>,
    paths: string[],
    more?: (written: Written) => void,
  ][] = [
    ["parts without the word that there is one", { enabled: undefined, retentionDays: 30 }, ["archive.enabled"]],
    [
      "deletion before a collection may be deleted",
      { retentionDays: 30, deleteAfterDays: 30 },
      ["archive.deleteAfterDays"],
    ],
    [
      "parts of an account of our own beside somebody else's",
      {
        accountId: "/subscriptions/s/resourceGroups/r/providers/Microsoft.Storage/storageAccounts/x",
        retentionDays: 30,
        lock,
      },
      ["archive.retentionDays", "archive.lock"],
    ],
    [
      "a private endpoint that is not asked for",
      { privateEndpoint: { address: "10.40.0.20" } },
      ["archive.privateEndpoint"],
    ],
    [
      "an endpoint on a server's address",
      { reach: "privateEndpoint", privateEndpoint: { address: "10.40.0.10" } },
      ["archive.privateEndpoint.address"],
    ],
    [
      "an endpoint outside of the subnet",
      { reach: "privateEndpoint", privateEndpoint: { address: "10.40.1.10" } },
      ["archive.privateEndpoint.address"],
    ],
    ["readers from private addresses", { readFrom: ["10.1.2.3", "203.0.113.0/24"] }, ["archive.readFrom[0]"]],
    ["readers from everywhere", { readFrom: ["0.0.0.0/0"] }, ["archive.readFrom[0]"]],
    ["readers from a prefix with host bits", { readFrom: ["203.0.113.7/24"] }, ["archive.readFrom[0]"]],
    [
      "readers from two addresses that Azure takes one by one",
      { readFrom: ["203.0.113.6/31"] },
      ["archive.readFrom[0]"],
    ],
    ["a lock without a reason", { lock: {} }, ["archive.lock.reason"]],
    ["a container's name that Azure refuses", { containerName: "a--b" }, ["archive.containerName"]],
    ["a role that is no id", { roleDefinitionId: "Storage Blob Data Contributor" }, ["archive.roleDefinitionId"]],
    [
      "a lock on an archive that there is not",
      { enabled: false },
      ["locks.archive"],
      (written) => {
        written.locks = { archive: true };
      },
    ],
    [
      "a private endpoint in a network whose zones are somebody else's",
      { reach: "privateEndpoint", privateEndpoint: { address: "10.40.0.20" } },
      ["archive.privateEndpoint.dnsZoneId"],
      (written) => {
        written.network = {
          existingSubnetId: "/subscriptions/s/resourceGroups/r/providers/Microsoft.Network/virtualNetworks/v/subnets/s",
          subnetPrefix: "10.40.0.0/27",
          domainControllers: ["10.40.8.4"],
        };
      },
    ],
  ];
  for (const [what, archive, paths, more] of refusals)
    it(`refuse ${what}`, () => {
      assert.deepEqual(problemPaths(archived(archive, more)), paths);
    });

  it("have no archive unless they say so, and keep what is written for later", () => {
    assert.equal(settingsFixture().archive.enabled, false);
    assert.deepEqual(problemPaths(archived({ enabled: false, retentionDays: 30 })), []);
  });

  it("are never locked by default", () => {
    assert.equal(settingsOf().archive.lock, undefined);
    assert.equal(
      accountProperties(settingsOf(), { days: 180, state: "Unlocked" }).immutableStorageWithVersioning
        .immutabilityPolicy.state,
      "Unlocked",
    );
  });
});

describe("what becomes of the archive's immutability", () => {
  const seen: SeenAccount = {
    name: "starchive",
    location: "westeurope",
    kind: "StorageV2",
    sku: "Standard_ZRS",
    hierarchicalNamespace: false,
    immutable: true,
    state: "Unlocked",
    days: 180,
    sharedKeys: false,
    publicBlobs: false,
    localUsers: false,
    tls: "TLS1_2",
    versioning: true,
  };
  const judged = (archive: Record<string, unknown>, account?: Partial<SeenAccount> | "none", askedDays = 180) => {
    const question: AccountQuestion = {
      location: "westeurope",
      archive: settingsOf(archive).archive,
      ...(account === "none" ? {} : { account: { ...seen, ...account } }),
      asked: { days: askedDays },
    };
    const { policy, problems, findings } = judgeAccount(question);
    return {
      policy: `${policy.state} ${policy.days}`,
      refused: problems.map(({ path }) => path),
      told: findings.map(({ code }) => code),
    };
  };
  const locked = { state: "Locked", days: 200 };

  type Row = [
    what: string,
    archive: Record<string, unknown>,
    account: Partial<SeenAccount> | "none",
    expected: Partial<ReturnType<typeof judged>>,
    askedDays?: number,
  ];
  const table: Row[] = [
    ["no account: made unlocked", {}, "none", { policy: "Unlocked 180", refused: [], told: [] }],
    ["no account: never made locked", { lock }, "none", { refused: ["archive.lock"] }],
    ["nothing changes", {}, {}, { policy: "Unlocked 180", refused: [], told: [] }],
    [
      "unlocked, longer",
      { retentionDays: 400 },
      {},
      { policy: "Unlocked 400", refused: [], told: ["archive-period-changes"] },
    ],
    [
      "unlocked, shorter",
      { retentionDays: 30 },
      {},
      { policy: "Unlocked 30", refused: [], told: ["archive-period-changes"] },
    ],
    ["unlocked, locked as it is", { lock }, {}, { policy: "Locked 180", refused: [], told: ["archive-locks"] }],
    [
      "unlocked, longer and locked",
      { lock, retentionDays: 400 },
      {},
      { policy: "Locked 400", refused: [], told: ["archive-locks", "archive-period-changes"] },
    ],
    ["unlocked, shorter and locked in one run", { lock, retentionDays: 30 }, {}, { refused: ["archive.lock"] }],
    ["locked, nothing changes", { lock, retentionDays: 200 }, locked, { policy: "Locked 200", refused: [], told: [] }],
    [
      "locked, longer",
      { lock, retentionDays: 400 },
      locked,
      { policy: "Locked 400", refused: [], told: ["archive-period-changes"] },
    ],
    ["locked, shorter", { lock, retentionDays: 199 }, locked, { refused: ["archive.retentionDays"] }, 200],
    ["locked, the lock taken out", { retentionDays: 200 }, locked, { refused: ["archive.lock"] }],
    ["locked by somebody else", {}, { state: "Locked" }, { refused: ["archive.lock"] }],
    [
      "longer by somebody else",
      {},
      { days: 365 },
      { policy: "Unlocked 365", refused: [], told: ["archive-period-kept"] },
    ],
    ["shorter by somebody else", {}, { days: 7 }, { policy: "Unlocked 180", refused: [], told: ["archive-weakened"] }],
    [
      "switched off by somebody else",
      {},
      { state: "Disabled" },
      { policy: "Unlocked 180", refused: [], told: ["archive-weakened"] },
    ],
    [
      "longer, where the last run did not get that far",
      { retentionDays: 400 },
      {},
      { policy: "Unlocked 400", refused: [], told: ["archive-weakened"] },
      400,
    ],
    ["switched off by somebody else, and to be locked", { lock }, { state: "Disabled" }, { refused: ["archive.lock"] }],
    [
      "another account under its name, never immutable",
      {},
      { immutable: false, state: undefined, days: undefined },
      { refused: ["archive"] },
    ],
    ["another account under its name, with a namespace", {}, { hierarchicalNamespace: true }, { refused: ["archive"] }],
    ["another account under its name, of another kind", {}, { kind: "BlobStorage" }, { refused: ["archive"] }],
    ["in another region", {}, { location: "North Europe" }, { refused: ["location"] }],
    ["to another number of zones", { redundancy: "GeoRedundant" }, {}, { refused: ["archive.redundancy"] }],
    ["to another region as well", { redundancy: "GeoZoneRedundant" }, {}, { refused: [] }],
    ["opened by somebody: keys", {}, { sharedKeys: undefined }, { told: ["archive-weakened"] }],
    [
      "opened by somebody: everything else",
      {},
      { publicBlobs: true, localUsers: true, tls: "TLS1_0", versioning: false },
      { told: Array.from({ length: 4 }, () => "archive-weakened") },
    ],
  ];
  for (const [what, archive, account, expected, askedDays] of table)
    it(what, () => {
      const got: Record<string, unknown> = judged(archive, account, askedDays);
      for (const [key, value] of Object.entries(expected)) assert.deepEqual(got[key], value, key);
    });

  it("no change of lock or period changes anything that is fixed at creation: nothing of it can plan a replacement", () => {
    const fixed = (archive: Record<string, unknown>, days: number, state: "Unlocked" | "Locked") => {
      const { immutableStorageWithVersioning: immutable, ...rest } = accountProperties(settingsOf(archive), {
        days,
        state,
      });
      return { ...rest, enabled: immutable.enabled, append: immutable.immutabilityPolicy.allowProtectedAppendWrites };
    };
    const first = fixed({}, 180, "Unlocked");
    for (const archive of [{ retentionDays: 400 }, { lock }, { lock, retentionDays: 400 }])
      for (const state of ["Unlocked", "Locked"] as const) assert.deepEqual(fixed(archive, 400, state), first);
  });
});

describe("the archive's plan", () => {
  const owner = { owner: "project/prod", subscriptionId: "11111111-1111-1111-1111-111111111111" };

  it("names an account as Azure takes it, always the same for a stack, and no other's", () => {
    const name = accountNameFor({ name: "aadc-stg-a-b" }, owner);
    assert.match(name, /^[a-z0-9]{3,24}$/);
    assert.equal(accountNameFor({ name: "aadc-stg-a-b" }, owner), name);
    const others = [
      accountNameFor({ name: "aadc-stg-a-c" }, owner),
      accountNameFor({ name: "aadc-stg-a-b" }, { ...owner, owner: "project/test" }),
      accountNameFor({ name: "aadc-stg-a-b" }, { ...owner, subscriptionId: "22222222-2222-2222-2222-222222222222" }),
    ];
    assert.equal(new Set([name, ...others]).size, 4);
  });

  it("names a right by container, principal and role, in any letter case", () => {
    const right = assignmentName("/subscriptions/S/c", "P", "/x/roleDefinitions/R");
    assert.match(right, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.equal(assignmentName("/subscriptions/s/C", "p", "/y/z/roleDefinitions/r"), right);
    assert.notEqual(assignmentName("/subscriptions/s/c", "q", "/x/roleDefinitions/r"), right);
    assert.notEqual(guidOf("a", "bc"), guidOf("ab", "c"));
  });

  it("lets servers add, and nothing else", () => {
    const { permissions, assignableScopes } = roleArguments(settingsOf(), "/subscriptions/s/resourceGroups/g", owner);
    assert.deepEqual(permissions, [{ actions: [], notActions: [], dataActions: [addBlobs], notDataActions: [] }]);
    assert.deepEqual(assignableScopes, ["/subscriptions/s/resourceGroups/g"]);
    assert.deepEqual(judgeRole("ours", permissions), [], "by the rule that other roles are held to");
  });

  it("closes every door but the servers' subnet and the readers", () => {
    const own = settingsOf({ readFrom: ["203.0.113.7/32", "198.51.100.0/24"] });
    const open = accountNetwork(doorsOf(own, "/subnet", true), "serviceEndpoint");
    assert.equal(open.networkRuleSet.defaultAction, "Deny");
    assert.equal(open.networkRuleSet.bypass, "None");
    assert.deepEqual(open.networkRuleSet.virtualNetworkRules, [
      { virtualNetworkResourceId: "/subnet", action: "Allow" },
    ]);
    assert.deepEqual(
      open.networkRuleSet.ipRules.map(({ iPAddressOrRange }) => iPAddressOrRange),
      ["203.0.113.7", "198.51.100.0/24"],
    );
    const behind = settingsOf({ reach: "privateEndpoint" });
    const closed = accountNetwork(doorsOf(behind, "/subnet", true), "privateEndpoint");
    assert.equal(closed.publicNetworkAccess, "Disabled");
    assert.deepEqual(closed.networkRuleSet.virtualNetworkRules, []);
  });

  it("names no subnet that the account could not let in yet, and says so", () => {
    const settings = settingsOf();
    assert.equal(isSubnetReady(settings, { storageEndpoint: false }, false), true);
    assert.equal(isSubnetReady(settings, { storageEndpoint: true }, true), true);
    assert.equal(isSubnetReady(settings, { storageEndpoint: false }, true), false);
    assert.deepEqual(doorsOf(settings, "/subnet", false).subnetIds, []);
    assert.deepEqual(
      archiveWaits(settings, false).map(({ code }) => code),
      ["archive-waits"],
    );
    assert.deepEqual(archiveWaits(settings, true), []);
    assert.deepEqual(archiveWaits(settingsFixture(), false), []);
  });

  it("never deletes what it is not told to, and nothing that is immutable", () => {
    const [kept] = lifecycleRules(settingsOf());
    assert.equal("delete" in (kept?.definition.actions.baseBlob ?? {}), false);
    const [deleted] = lifecycleRules(settingsOf({ retentionDays: 30, deleteAfterDays: 60 }));
    assert.deepEqual(deleted?.definition.actions, {
      baseBlob: { delete: { daysAfterCreationGreaterThan: 60 } },
      version: { delete: { daysAfterCreationGreaterThan: 60 } },
    });
    assert.deepEqual(deleted?.definition.filters.prefixMatch, ["configuration/"]);
  });
});

describe("what somebody else made for the archive", () => {
  const account: SeenAccount = {
    name: "stcorp",
    location: "westeurope",
    kind: "StorageV2",
    hierarchicalNamespace: false,
    immutable: true,
    state: "Unlocked",
    days: 90,
    sharedKeys: false,
    publicBlobs: false,
    tls: "TLS1_2",
    versioning: true,
  };
  const judged = (change: Partial<SeenAccount> = {}, containerIsPublic = false, letsIn?: boolean) => {
    const { problems, findings } = judgeForeign({
      location: "westeurope",
      account: { ...account, ...change },
      containerIsPublic,
      letsIn,
      subnetId: "/subnet",
    });
    return { refused: problems.length, told: findings.map(({ code }) => code) };
  };

  it("is taken where it keeps what it is given and only people read it", () => {
    assert.deepEqual(judged(), { refused: 0, told: [] });
  });
  const refused: [string, Partial<SeenAccount>][] = [
    ["of another kind", { kind: "BlobStorage" }],
    ["with a hierarchical namespace", { hierarchicalNamespace: true }],
    ["without versions", { versioning: false }],
    ["without immutability", { immutable: false }],
    ["whose immutability is switched off", { state: "Disabled" }],
  ];
  for (const [what, change] of refused)
    it(`is refused ${what}`, () => {
      assert.equal(judged(change).refused, 1);
    });
  it("is refused where anybody, the server too, may read the container", () => {
    assert.equal(judged({}, true).refused, 1);
  });
  it("is told of where it is weak, far away or closed to the servers", () => {
    assert.deepEqual(judged({ sharedKeys: true }).told, ["archive-account-weak"]);
    assert.deepEqual(judged({ location: "northeurope" }).told, ["archive-account-elsewhere"]);
    assert.deepEqual(judged({}, false, false).told, ["archive-account-closed"]);
  });

  const role = (change: Partial<Record<"actions" | "dataActions" | "notDataActions", string[]>>) =>
    judgeRole("theirs", [{ actions: [], dataActions: [addBlobs], notDataActions: [], ...change }]).length;
  it("a role is taken that adds blobs and does nothing else, in any letter case", () => {
    assert.equal(role({}), 0);
    assert.equal(role({ dataActions: [addBlobs.toUpperCase()] }), 0);
  });
  for (const [what, change] of [
    ["also reads", { dataActions: [addBlobs, addBlobs.replace("add/action", "read")] }],
    ["is written with a star", { dataActions: ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/*"] }],
    ["may do something in the control plane", { actions: ["Microsoft.Storage/storageAccounts/listKeys/action"] }],
    ["adds nothing", { dataActions: [] }],
    ["takes something back", { notDataActions: [addBlobs] }],
  ] as const)
    it(`a role is refused that ${what}`, () => {
      assert.ok(role(change as never) > 0);
    });
});

describe("an archive that is there", () => {
  const question = (before: LedgerArchive | undefined, archive: Record<string, unknown>): Question =>
    ({
      settings: settingsFixture((written) => {
        written.archive = archive;
      }),
      remembered: { ledger: before === undefined ? undefined : { archive: before } },
    }) as unknown as Question;
  const own: LedgerArchive = { on: true, account: "stour", container: "configuration", days: 180 };
  const theirs = "/subscriptions/s/resourceGroups/r/providers/Microsoft.Storage/storageAccounts/Corp";
  const paths = (before: LedgerArchive | undefined, archive: Record<string, unknown>): readonly string[] =>
    movedArchive(question(before, archive)).map(({ path }) => path);

  it("is not moved to another account or container", () => {
    assert.deepEqual(paths(own, { enabled: true, accountId: theirs }), ["archive.accountId"]);
    assert.deepEqual(paths({ ...own, account: theirs }, { enabled: true }), ["archive.accountId"]);
    assert.deepEqual(paths({ ...own, account: theirs }, { enabled: true, accountId: `${theirs}x` }), [
      "archive.accountId",
    ]);
    assert.deepEqual(paths(own, { enabled: true, containerName: "other" }), ["archive.containerName"]);
  });
  it("may stay, in any letter case, be switched off, and be another one afterwards", () => {
    assert.deepEqual(paths(undefined, { enabled: true }), []);
    assert.deepEqual(paths(own, { enabled: true }), []);
    assert.deepEqual(paths({ ...own, account: theirs }, { enabled: true, accountId: theirs.toLowerCase() }), []);
    assert.deepEqual(paths(own, { enabled: false }), []);
    assert.deepEqual(paths({ ...own, on: false }, { enabled: true, accountId: theirs }), []);
  });
});
