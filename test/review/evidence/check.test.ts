import assert from "node:assert/strict";
import { type CheckOptions, checkPair, type EvidenceIdentity, readInstant, sameServer } from "../../../review/evidence";

const now = new Date("2026-11-26T08:00:00Z");
const identity = (more: Partial<EvidenceIdentity> = {}): EvidenceIdentity => ({
  source: "export",
  tool: "collect.ps1",
  dated: "export",
  server: "SYNC01",
  madeAt: "2026-11-26T06:00:00Z",
  certain: true,
  at: new Date("2026-11-26T06:00:00Z"),
  engine: "2.6.92.0",
  staging: {},
  running: false,
  contentSha256: "a",
  ...more,
});
const found = (
  active: Partial<EvidenceIdentity>,
  staging: Partial<EvidenceIdentity>,
  options: Partial<CheckOptions> = {},
): readonly string[] =>
  checkPair(identity(active), identity({ server: "SYNC02", contentSha256: "b", ...staging }), { now, ...options })
    .filter(({ code }) => code !== "program-version-differs")
    .map(({ code, severity }) => `${severity} ${code}`);

describe("checking two pieces of evidence before anything in them is compared", () => {
  it("has nothing to say of a fresh pair in order", () => assert.deepEqual(found({}, {}), []));

  it("says that both are of one server, with or without its domain and whatever the case", () => {
    assert.deepEqual(found({}, { server: "sync01.contoso.com" }), ["warning same-server-twice"]);
    assert.equal(sameServer("a.contoso.com", "a.fabrikam.com"), false);
    assert.equal(sameServer(undefined, undefined), false);
  });
  it("says that the same bytes were given twice", () =>
    assert.deepEqual(found({}, { contentSha256: "a" }), ["warning same-evidence-twice"]));
  it("expects one server where before and after is meant", () =>
    assert.deepEqual(found({}, { server: "SYNC01" }, { oneServer: true }), []));

  it("says where the reads of staging mode contradict each other, and blocks unless the scheduler answers as the role demands", () => {
    for (const staging of [
      { scheduler: false, globalParameter: true },
      { scheduler: true, globalParameter: false },
      { scheduler: true, globalParameter: true, configuration: false },
    ])
      assert.deepEqual(found({}, { staging }), [
        `${staging.scheduler ? "warning" : "blocking"} staging-reads-disagree`,
      ]);
    assert.deepEqual(found({ staging: { scheduler: true, globalParameter: false } }, {}), [
      "blocking staging-reads-disagree",
    ]);
    assert.deepEqual(found({ staging: { scheduler: false, globalParameter: true } }, {}), [
      "warning staging-reads-disagree",
    ]);
    assert.deepEqual(found({}, { staging: { scheduler: true, configuration: true } }), []);
  });

  it("warns where the two were made far apart, by its own limit or another", () => {
    const earlier = { at: new Date("2026-11-16T06:00:00Z") };
    assert.deepEqual(found({}, earlier), ["warning evidence-apart", "info evidence-old"]);
    assert.deepEqual(found({}, earlier, { maxApartHours: 30 * 24 }), ["info evidence-old"]);
  });
  it("only says so where one is dated by the wizard's last change", () =>
    assert.deepEqual(found({}, { at: new Date("2026-01-01T00:00:00Z"), dated: "last change" }), [
      "info evidence-apart",
    ]));
  it("does not take the wizard's last change for the age of evidence: with a limit that age is not known", () =>
    assert.deepEqual(found({}, { dated: "last change" }, { maxAgeHours: 24 }), ["warning evidence-age-unknown"]));
  it("believes a time without its zone to half a day only", () => {
    const early = new Date("2026-11-25T20:00:00Z");
    assert.deepEqual(found({ certain: false }, { certain: false }, { now: early }), []);
    assert.deepEqual(found({}, {}, { now: early }), ["info evidence-from-the-future", "info evidence-from-the-future"]);
  });
  it("counts age to the clock it is given, and warns of it where a limit was given", () => {
    const later = new Date("2027-01-26T08:00:00Z");
    assert.deepEqual(found({}, {}, { now: later }), ["info evidence-old", "info evidence-old"]);
    assert.deepEqual(found({}, {}, { now: later, maxAgeHours: 14 * 24 }), [
      "warning evidence-old",
      "warning evidence-old",
    ]);
    assert.deepEqual(found({}, {}, { now: new Date("2026-11-20T08:00:00Z") }), [
      "info evidence-from-the-future",
      "info evidence-from-the-future",
    ]);
  });

  it("judges the version that is about to take over harder than the one that is replaced", () => {
    assert.deepEqual(found({}, { engine: "2.6.79.0" }), ["blocking version-recalled", "warning version-staging-older"]);
    assert.deepEqual(found({ engine: "2.6.79.0" }, {}), ["warning version-recalled"]);
    assert.deepEqual(found({ engine: "2.3.20.0" }, { engine: "2.4.18.0" }), [
      "info version-below-minimum",
      "warning version-below-minimum",
    ]);
    assert.deepEqual(found({ engine: "2.3.20.0" }, {}), ["info version-below-minimum"]);
    assert.deepEqual(found({ engine: "2.5.79.0" }, { engine: "2.5.79.0" }), [
      "info version-unsupported",
      "warning version-unsupported",
    ]);
  });
  it("names versions that differ, of the program and of the wizard, without judging it", () => {
    const differing = checkPair(identity(), identity({ server: "SYNC02", contentSha256: "b", engine: "2.6.93.0" }), {
      now,
    })
      .filter(({ code }) => code === "program-version-differs")
      .map(({ severity, active, staging }) => [severity, active, staging]);
    assert.deepEqual(differing, [["info", "2.6.92.0", "2.6.93.0"]]);
  });
  it("takes the program's version before the build of its configuration", () => {
    assert.deepEqual(found({}, { engine: "2.6.79.0", build: "2.6.92.0" })[0], "blocking version-recalled");
    assert.deepEqual(found({ build: "2.3.20.0" }, { build: "2.3.20.0" }), []);
  });
  it("does not judge today what is a record of the time of version 1", () => {
    const record = { engine: undefined, build: "1.1.130.0", at: new Date("2016-05-03T14:28:09Z") };
    assert.deepEqual(found(record, record), ["info evidence-old", "info evidence-old"]);
    const today = { engine: undefined, build: "1.1.130.0" };
    assert.deepEqual(found(today, today), ["info version-below-minimum", "warning version-below-minimum"]);
  });
  it("warns of a version behind the policy that was asked for, and of none without one", () => {
    const previous = { engine: "2.6.84.0" };
    assert.deepEqual(found(previous, previous), []);
    assert.deepEqual(found(previous, previous, { versionPolicy: "previous" }), [
      "info version-behind-policy",
      "warning version-behind-policy",
    ]);
  });
  it("says that a synchronization ran while evidence was collected", () =>
    assert.deepEqual(found({}, { running: true }), ["info collected-during-run"]));
});

describe("reading a point in time", () => {
  const read: readonly (readonly [string, string | undefined, boolean?])[] = [
    ["2026-10-06T08:00:00Z", "2026-10-06T08:00:00.000Z", true],
    ["2026-10-06T10:00:00.1234567+02:00", "2026-10-06T08:00:00.123Z", true],
    ["2016-05-03 14:28:09.784", "2016-05-03T14:28:09.784Z", false],
    ["2026-01-31 10:00:00Z", "2026-01-31T10:00:00.000Z", true],
    ["\\/Date(1700000000000)\\/", "2023-11-14T22:13:20.000Z", true],
    ["/Date(1700000000000)/", "2023-11-14T22:13:20.000Z", true],
    ["Tue, 03 May 2016 14:39:16 GMT", "2016-05-03T14:39:16.000Z", true],
    ["05.01.2023 20:28:37", "2023-01-05T20:28:37.000Z", false],
    ["9/29/2025 12:51:47 PM", "2025-09-29T12:51:47.000Z", false],
    ["9/29/2025 12:51:47 AM", "2025-09-29T00:51:47.000Z", false],
    ["29/09/2025 12:51:47", "2025-09-29T12:51:47.000Z", false],
    ["2025/09/29 12:51", "2025-09-29T12:51:00.000Z", false],
    // Day and month could be meant the other way round, with AM and PM too (Sydney, Toronto): never guessed.
    ["9/5/2025 12:51:47 PM", undefined],
    ["05/09/2025 12:51:47", undefined],
    ["05-09-2025 12:51:47", undefined],
    ["9/9/2025 12:51:47 PM", "2025-09-09T12:51:47.000Z", false],
    ["2025-09-29", "2025-09-29T00:00:00.000Z", false],
    ["13/13/2025 12:51:47", undefined],
    ["31.02.2023 20:28:37", undefined],
    ["yesterday", undefined],
    ["", undefined],
  ];
  for (const [text, at, certain] of read)
    it(`takes ${JSON.stringify(text)} for ${at ?? "no time"}`, () => {
      const instant = readInstant(text);
      assert.equal(instant?.at.toISOString(), at);
      assert.equal(instant?.certain, certain);
    });
});
