import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import { nameOf, readName, type StoredBlob } from "../../../review/archive";
import { type Added, activeChain, CollectionChain, passiveChain } from "../../support/collectionChain";
import { infoCodes, openCodes, type Stored, stored, titlesOf, verified } from "./archived";

const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
const md5 = (bytes: Buffer): string => createHash("md5").update(bytes).digest("hex");

describe("an archive of ten collections", () => {
  let chain: CollectionChain;
  let other: CollectionChain;
  before(async () => {
    chain = await CollectionChain.of(10);
    other = await CollectionChain.of(10, { chain: passiveChain, computer: "AADC2", staging: true });
  });

  const ten = (): Stored[] => chain.added.map((added) => stored(added));
  const at = (number: number): Added => {
    const added = chain.added[number - 1];
    assert.ok(added);
    return added;
  };
  /** The ten, with another thing in the place of one of them. */
  const withOther = (number: number, bytes: Buffer, more: Partial<StoredBlob> = {}): Stored[] =>
    ten().map((each) =>
      each.blob.name === at(number).name
        ? { blob: { ...each.blob, size: bytes.length, md5: md5(bytes), ...more }, bytes }
        : each,
    );
  /** Number n made again with something changed inside and everything that hashes it made to fit. */
  const forged = (number: number, more: Parameters<CollectionChain["make"]>[2] = {}): Promise<Added> =>
    chain.make(number, number === 1 ? null : at(number - 1), {
      told: { files: { "statistics/connectors.json": "[]" } },
      ...more,
    });

  it("is ok where nothing was touched, and says what it rests on", async () => {
    const result = await verified(ten());
    assert.deepEqual([result.report.verdict, openCodes(result)], ["ok", []]);
    const [row] = result.report.summary.chains;
    assert.deepEqual(
      [row?.computer, row?.chain, row?.collections, row?.read, row?.newestSha256],
      ["aadc1", activeChain, 10, 10, at(10).manifestSha256],
    );
    assert.deepEqual(infoCodes(result), ["protection-unlocked"]);
  });

  const tampering: readonly (readonly [what: string, archive: () => Promise<Stored[]> | Stored[], codes: string[]])[] =
    [
      [
        "one byte of one collection was changed",
        () => {
          const bytes = Buffer.from(at(5).bytes);
          const inside = bytes.indexOf("statistics/") + 60;
          bytes[inside] = (bytes[inside] ?? 0) ^ 1;
          return withOther(5, bytes);
        },
        ["unreadable"],
      ],
      [
        "bytes were appended that no zip reader looks at",
        () => {
          const comment = Buffer.concat([at(5).bytes.subarray(0, -2), Buffer.from([3, 0, 65, 66, 67])]);
          return withOther(5, comment);
        },
        ["bytes-changed"],
      ],
      ["one in the middle was deleted", () => ten().filter(({ blob }) => blob.name !== at(5).name), ["sequence-gap"]],
      [
        "two in the middle were deleted",
        () => ten().filter(({ blob }) => blob.name !== at(5).name && blob.name !== at(8).name),
        ["sequence-gap"],
      ],
      [
        "two were swapped",
        () => {
          const [four, five] = [at(4), at(5)];
          return ten().map((each) =>
            each.blob.name === four.name
              ? { ...each, bytes: five.bytes }
              : each.blob.name === five.name
                ? { ...each, bytes: four.bytes }
                : each,
          );
        },
        ["name-not-true", "bytes-changed", "chain-broken"],
      ],
      [
        "one was made again with another content, all its own hashes made to fit",
        async () => {
          const again = await forged(5);
          return withOther(5, again.bytes, { metadata: again.metadata });
        },
        ["chain-broken"],
      ],
      [
        "one was made again, but its metadata could not be changed",
        async () => withOther(5, (await forged(5)).bytes),
        ["bytes-changed", "chain-broken"],
      ],
      [
        "the newest was made again: only its metadata gives it away",
        async () => withOther(10, (await forged(10)).bytes),
        ["bytes-changed"],
      ],
      [
        "somebody added a newest of his own that follows nothing",
        async () => [...ten(), stored(await chain.make(11, { ...at(10), manifestSha256: "0".repeat(64) }))],
        ["chain-broken"],
      ],
      [
        "somebody added a second number eleven",
        async () => [
          ...ten(),
          stored(await chain.make(11, at(10))),
          stored(await chain.make(11, at(10), { at: "2026-11-26T07:00:00Z" })),
        ],
        ["chain-forked"],
      ],
      [
        "somebody added a second number ten that says it follows number nine with another name",
        async () => [...ten(), stored(await chain.make(10, null, { at: "2026-11-26T07:00:00Z" }))],
        ["beginning-without-reason", "sequence-twice"],
      ],
      [
        "a collection of another machine lies under a name of this chain",
        () => {
          const foreign = other.added[4];
          assert.ok(foreign);
          return withOther(5, foreign.bytes, { metadata: foreign.metadata });
        },
        ["name-not-true", "chain-broken"],
      ],
      [
        "a collection says another computer under the same chain",
        async () => {
          const odd = new CollectionChain({ chain: activeChain, computer: "ROGUE" });
          return [...ten(), stored(await odd.make(11, at(10)))];
        },
        ["computer-changes"],
      ],
      [
        "the first ones were deleted before their time",
        () => ten().slice(3),
        // By names alone this is what a lifecycle rule does; --kept-days tells the two apart.
        [],
      ],
      [
        "something else was put into the container",
        () => [...ten(), { blob: { ...(ten()[0] as Stored).blob, name: "malware.exe" }, bytes: Buffer.alloc(0) }],
        ["name-of-nothing"],
      ],
      [
        "a name was changed in the letters of its number",
        () => {
          const [first, ...rest] = ten() as [Stored, ...Stored[]];
          return [
            ...rest,
            { ...first, blob: { ...first.blob, name: first.blob.name.replace("00000001-", "00000011-") } },
          ];
        },
        ["name-not-true", "time-backwards", "chain-silent", "beginning-without-reason"],
      ],
    ];
  for (const [what, archive, codes] of tampering)
    it(`shows it where ${what}`, async () => {
      const result = await verified(await archive(), { now: new Date("2026-11-27T07:00:00Z") });
      assert.deepEqual([...openCodes(result)].sort(), [...codes].sort());
      const worst =
        codes.length === 0 ? "ok" : codes.every((code) => code === "name-of-nothing") ? "review" : "blocked";
      assert.equal(result.report.verdict, worst);
    });

  it("shows a change of any byte, wherever it is", async () => {
    const [first] = ten() as [Stored, ...Stored[]];
    for (let place = 0; place < first.bytes.length; place += 61) {
      const bytes = Buffer.from(first.bytes);
      bytes[place] = (bytes[place] ?? 0) ^ 0x20;
      const result = await verified([{ ...first, bytes }], { now: new Date("2026-11-17T07:00:00Z") });
      assert.equal(result.report.verdict, "blocked", `byte ${place}`);
    }
  });

  it("names every collection that is missing, and the ones that lead nowhere", async () => {
    const result = await verified(
      ten().filter(({ blob }) => ![5, 6, 8].some((number) => blob.name === at(number).name)),
    );
    assert.deepEqual(titlesOf(result, "sequence-gap"), ["aadc1 (3f1c0b52): numbers 5 to 6 and 8 are missing."]);
  });

  it("calls a beginning that is gone a deletion where it was younger than --kept-days", async () => {
    const rest = ten().slice(3);
    assert.deepEqual(infoCodes(await verified(rest)).includes("beginning-missing"), true);
    assert.deepEqual(openCodes(await verified(rest, { keptDays: 90 })), ["beginning-deleted"]);
    assert.deepEqual(openCodes(await verified(rest, { keptDays: 5 })), []);
  });

  it("reads what was written first where a name was overwritten, and says so", async () => {
    const again = await forged(5);
    const later: Stored = stored(again, {
      versionId: "2026-11-25T00:00:00.0000000Z",
      createdAt: new Date("2026-11-25T00:00:00Z"),
    });
    const withVersions = ten().flatMap((each) =>
      each.blob.name === at(5).name ? [later, { ...each, blob: { ...each.blob, current: false } }] : [each],
    );
    const result = await verified(withVersions);
    assert.deepEqual(openCodes(result), ["overwritten"]);
    assert.match(titlesOf(result, "overwritten")[0] ?? "", /overwritten at 2026-11-25T00:00:00\.000Z; 2 versions/);
  });

  it("tells a version of the same content, as a change of metadata makes one, from an overwriting", async () => {
    const again = stored(at(5), { versionId: "2026-11-25T00:00:00.0000000Z", metadata: {} });
    const result = await verified([...ten(), again].map((each) => each));
    assert.deepEqual(openCodes(result), ["written-again"]);
  });

  it("says that a collection was deleted where its store has kept it", async () => {
    const result = await verified(
      ten().map((each, index) => (index === 4 ? { ...each, blob: { ...each.blob, current: false } } : each)),
    );
    assert.deepEqual(openCodes(result), ["deleted"]);
  });

  it("begins anew with a reason, which is to be looked at, and goes on from there", async () => {
    const anew = new CollectionChain();
    const first = await anew.make(1, null, {
      at: "2026-11-26T01:00:00Z",
      archive: { startedAnew: "chain.json was missing" },
    });
    const second = await anew.make(2, first, { at: "2026-11-26T07:00:00Z" });
    const result = await verified([...ten(), stored(first), stored(second)]);
    assert.deepEqual(openCodes(result), ["started-anew"]);
    assert.match(titlesOf(result, "started-anew")[0] ?? "", /chain\.json was missing/);
    assert.equal(result.report.summary.chains[0]?.newestSha256, second.manifestSha256);
  });

  it("does not take a beginning for one that nobody explains", async () => {
    const result = await verified([...ten(), stored(await chain.make(1, null, { at: "2026-11-26T07:00:00Z" }))]);
    assert.deepEqual([...openCodes(result)].sort(), ["beginning-without-reason", "sequence-twice"]);
  });

  it("is late after the first number of hours and blocks after the second, by the clock that it is given", async () => {
    const day = (text: string) => verified(ten(), { now: new Date(text) });
    assert.deepEqual(openCodes(await day("2026-11-27T07:59:00Z")), []);
    assert.deepEqual(openCodes(await day("2026-11-27T08:01:00Z")), ["chain-late"]);
    assert.deepEqual(openCodes(await day("2026-11-28T20:01:00Z")), ["chain-silent"]);
    assert.deepEqual(openCodes(await day("2026-11-25T19:30:00Z")), ["from-the-future"]);
    assert.deepEqual(openCodes(await verified(ten(), { now: new Date("2027-11-28T20:01:00Z"), ended: ["AADC1"] })), []);
  });

  it("takes a chain for ended where a later machine goes on under its name, and two at once for a copy", async () => {
    const rebuilt = await CollectionChain.of(3, { chain: passiveChain, begin: "2026-11-27T20:00:00Z" });
    const both = [...ten(), ...rebuilt.added.map((added) => stored(added))];
    const later = await verified(both, { now: new Date("2026-11-30T08:00:00Z") });
    assert.deepEqual([openCodes(later), infoCodes(later).includes("chain-ended")], [[], true]);
    // What the old machine said last is no news of the new one.
    const stopped = await chain.make(11, at(10), {
      at: "2026-11-27T01:00:00Z",
      health: { service: { status: "Stopped", startType: "Disabled" } },
    });
    const after = { now: new Date("2026-11-30T08:00:00Z"), active: ["AADC1"] };
    assert.deepEqual(openCodes(await verified([...both, stored(stopped)], after)), []);
    const copy = await CollectionChain.of(3, { chain: passiveChain, begin: "2026-11-23T20:00:00Z" });
    assert.deepEqual(openCodes(await verified([...ten(), ...copy.added.map((added) => stored(added))])), [
      "two-machines-one-name",
    ]);
  });

  it("reads only the newest where that is asked for, and says that the rest was not read", async () => {
    const read: string[] = [];
    const result = await verified(ten(), {
      newest: 2,
      read: async ({ name }) => {
        read.push(name);
        return (chain.added.find((added) => added.name === name) as Added).bytes;
      },
    });
    assert.deepEqual(read, [at(9).name, at(10).name]);
    assert.deepEqual([openCodes(result), infoCodes(result).includes("not-read-back")], [[], true]);
    // The one before was not read: the hash that it was added with stands for it.
    const exchanged = ten().map((each) =>
      each.blob.name === at(8).name
        ? { ...each, blob: { ...each.blob, metadata: { manifestsha256: "0".repeat(64) } } }
        : each,
    );
    assert.deepEqual(openCodes(await verified(exchanged, { newest: 2 })), ["chain-broken"]);
  });

  it("finds a collection again by the hash that an earlier call printed, and misses one that is gone", async () => {
    const expect = [at(10).manifestSha256.slice(0, 16), sha256(at(3).bytes)];
    assert.deepEqual(openCodes(await verified(ten(), { expect })), []);
    assert.deepEqual(openCodes(await verified(ten().slice(0, 9), { expect })), ["expected-missing"]);
  });

  it("says until when it is protected, as far as its store says it", async () => {
    const by = (protection: StoredBlob["protection"]) =>
      ten().map((each) => ({ ...each, blob: { ...each.blob, protection } }));
    const until = new Date("2027-11-26T00:00:00Z");
    const locked = { until, mode: "locked", legalHold: false } as const;
    assert.deepEqual(infoCodes(await verified(by(locked))), []);
    assert.deepEqual(openCodes(await verified(by(locked), { keptDays: 300, locked: true })), []);
    assert.deepEqual(openCodes(await verified(by(locked), { keptDays: 500 })), ["protection-short"]);
    assert.deepEqual(openCodes(await verified(ten(), { locked: true })), ["protection-unlocked"]);
    assert.deepEqual(openCodes(await verified(by({ until: null, mode: null, legalHold: false }))), ["not-protected"]);
    assert.deepEqual(openCodes(await verified(by({ until: null, mode: null, legalHold: true }))), []);
    assert.deepEqual(infoCodes(await verified(by(null))), []);
    assert.deepEqual(openCodes(await verified(by(null), { keptDays: 30 })), ["protection-unknown"]);
    // One that says it does not speak for the others, and a policy of no known kind is no lock.
    const oneSaysIt = by(null).map((each, index) => (index === 9 ? by(locked)[9] : each) as Stored);
    assert.deepEqual(openCodes(await verified(oneSaysIt, { keptDays: 300 })), ["protection-unknown"]);
    assert.deepEqual(openCodes(await verified(by({ until, mode: null, legalHold: null }), { locked: true })), [
      "protection-unlocked",
    ]);
  });

  it("accepts a finding until its day, like every report", async () => {
    const acceptances = [
      {
        code: "sequence-gap",
        subject: "aadc1 (3f1c0b52)",
        reason: "CHG-1",
        until: "2026-12-01",
        by: "Ada",
        most: null,
      },
    ];
    const gap = ten().filter(({ blob }) => blob.name !== at(5).name);
    assert.equal((await verified(gap, { acceptances })).report.verdict, "ok");
    assert.equal(
      (await verified(gap, { acceptances: acceptances.map((each) => ({ ...each, until: "2026-11-01" })) })).report
        .verdict,
      "blocked",
    );
  });

  it("is empty where it is, and knows no server that is not in it", async () => {
    assert.deepEqual(openCodes(await verified([])), ["archive-empty"]);
    await assert.rejects(
      verified(ten(), { servers: ["AADC9"] }),
      /no collection of the computer AADC9\. There are those of aadc1/,
    );
    assert.equal((await verified(ten(), { servers: ["aadc1.contoso.com"] })).report.summary.chains.length, 1);
  });
});

describe("the name of a collection", () => {
  it("is read as it is made, and nothing else is one", () => {
    const name = nameOf({
      chain: activeChain,
      computer: "AADC1",
      sequence: 12,
      collectedAt: new Date("2026-11-26T19:00:05Z"),
    });
    assert.equal(name, `${activeChain}/aadc1/00000012-20261126T190005Z.zip`);
    assert.deepEqual(readName(name), {
      name,
      chain: activeChain,
      computer: "aadc1",
      sequence: 12,
      collectedAt: new Date("2026-11-26T19:00:05Z"),
    });
    for (const odd of [
      name.toUpperCase(),
      name.replace("aadc1", ".."),
      name.replace("aadc1", "a/b"),
      name.replace("aadc1", "con"),
      name.replace("aadc1", "a\\b"),
      name.replace("00000012", "00000000"),
      name.replace("20261126T", "20261399T"),
      `../${name}`,
      `/${name}`,
      `${name}/`,
      `${name}.json`,
      name.slice(37),
    ])
      assert.equal(readName(odd), undefined, odd);
  });
});

describe("a server whose clock says nonsense", () => {
  it("has its collections in the order of their numbers", async () => {
    const chain = new CollectionChain();
    await chain.collect();
    await chain.collect({ at: "1969-06-01T08:00:00Z" });
    await chain.collect();
    const archive = chain.added.map((added, index) =>
      stored(added, { createdAt: new Date(Date.parse("2026-11-16T20:01:00Z") + index * 86_400_000) }),
    );
    const result = await verified(archive, { now: new Date("2026-11-19T08:00:00Z") });
    assert.deepEqual(openCodes(result), ["time-backwards"]);
    assert.equal(result.report.summary.chains[0]?.newestName, chain.last.name);
  });

  it("is not followed by one that was carried by hand and arrived last", async () => {
    const chain = await CollectionChain.of(4);
    const archive = chain.added.map((added, index) =>
      stored(added, index === 1 ? { createdAt: new Date("2026-11-21T00:00:00Z") } : {}),
    );
    const result = await verified(archive, { now: new Date("2026-11-21T08:00:00Z") });
    assert.deepEqual([openCodes(result), result.report.summary.chains[0]?.newestName], [[], chain.last.name]);
    assert.ok(infoCodes(result).includes("uploaded-late"));
  });
});
