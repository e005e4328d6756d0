import { strict as assert } from "node:assert";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  readState,
  type WatchInput,
  type WatchResult,
  watchPage,
  watchPair,
  writeState,
} from "../../../review/archive";
import { readTenant } from "../../../review/pair/graph";
import { renderHtml, renderMarkdown, renderText } from "../../../review/render";
import { BadInput } from "../../../review/verdict";
import { CollectionChain, type Peculiar, passiveChain } from "../../support/collectionChain";
import { sampleConfiguration } from "../../support/repository";
import { requires } from "../../support/requires";
import { Contoso, userJoin } from "../configuration/contoso";
import { SwitchPair } from "../switch/pair";
import { type Stored, stored } from "./archived";

const now = new Date("2026-11-26T08:00:00Z");

describe("a pair that is watched (entra-connect watch)", () => {
  const folder = mkdtempSync(join(tmpdir(), "watch-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  let active = new CollectionChain();
  let passive = new CollectionChain();
  const configuration = (staging: boolean, change: (copy: Contoso) => Contoso = (copy) => copy) => {
    const copy = change((staging ? Contoso.staging() : new Contoso()).small().version("2.6.92.0"));
    copy.edit("GlobalSettings/MV.xml", /server='[^']*'|server="[^"]*"/, `server='${staging ? "AADC2" : "AADC1"}'`);
    return Object.fromEntries(copy.files);
  };
  const prefixed = (files: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(files).map(([path, text]) => [`configuration/${path}`, text]));
  before(async function () {
    requires(this, "the Contoso sample", sampleConfiguration);
    active = await CollectionChain.of(4, { begin: "2026-11-22T20:00:00Z", configuration: configuration(false) });
    passive = await CollectionChain.of(4, {
      begin: "2026-11-22T21:00:00Z",
      chain: passiveChain,
      computer: "AADC2",
      staging: true,
      configuration: configuration(true),
    });
  });

  const both = (): Stored[] => [...active.added, ...passive.added].map((added) => stored(added));
  /** Both chains, the active server's with one more that is peculiar. */
  const withNext = async (chain: CollectionChain, peculiar: Peculiar): Promise<Stored[]> => [
    ...both(),
    stored(await chain.make(5, chain.last, { at: "2026-11-26T07:00:00Z", ...peculiar })),
  ];
  const watch = (what: readonly Stored[], more: Partial<WatchInput> = {}): Promise<WatchResult> =>
    watchPair({
      listing: { source: "archive", kind: "account", blobs: what.map(({ blob }) => blob), cannotSay: [] },
      read: async ({ name, versionId }) => {
        const found = what.find(({ blob }) => blob.name === name && blob.versionId === versionId);
        if (found === undefined) throw new Error(`${name} is not there`);
        return found.bytes;
      },
      active: "AADC1",
      staging: "AADC2",
      now,
      warnHours: 36,
      blockHours: 72,
      ...more,
    });
  const open = ({ report }: WatchResult): readonly string[] => [
    ...new Set(report.findings.filter(({ severity }) => severity !== "info").map(({ code }) => code)),
  ];

  it("is ok where both add, are alike and healthy; exports and the tenant are named as not looked at", async () => {
    const result = await watch(both());
    assert.deepEqual(
      [result.report.verdict, open(result)],
      ["ok", []],
      result.report.findings.map(({ title }) => title).join("\n"),
    );
    const page = watchPage(result);
    for (const text of [renderText(page, { colour: false, width: 400 }), renderMarkdown(page), renderHtml(page)]) {
      assert.match(text, /What the passive server would export/);
      assert.match(text, /nobody asked it/);
    }
    assert.deepEqual(
      result.report.summary.ready?.parts.map(({ name, verdict }) => [name, verdict]),
      [
        ["evidence", "ok"],
        ["configuration", "ok"],
        ["statistics", "ok"],
      ],
    );
  });

  it("names each matter once, however many parts of it see it", async () => {
    const swapped = await watch(both(), { active: "AADC2", staging: "AADC1" });
    assert.equal(swapped.report.verdict, "blocked");
    const titles = swapped.report.findings.map(({ code, subject }) => `${code} ${subject}`);
    assert.equal(new Set(titles).size, titles.length, titles.join("\n"));
    const old = await watch(
      await withNext(passive, {
        health: {
          staging: { scheduler: true, globalParameter: true, syncCycleEnabled: false, schedulerSuspended: false },
          versions: { wizard: "2.5.79.0", engine: "2.5.79.0" },
          database: { kind: "localdb", sizeMB: 9000 },
        },
        told: {
          engine: "2.5.79.0",
          syncCycleEnabled: false,
          files: { "statistics/database.json": JSON.stringify({ kind: "localdb", usedMB: 9000, fileMB: 9000 }) },
        },
      }),
    );
    const codes = old.report.findings.filter(({ severity }) => severity !== "info").map(({ code }) => code);
    assert.deepEqual(
      codes.filter((code) => /scheduler|database|^version-(to|unsupp)/.test(code)).sort(),
      ["database-near-limit", "scheduler-off", "version-to-look-at"],
      codes.join(),
    );
  });

  it("does not take what it tells of one server for the same of the other", async () => {
    const told = {
      staging: { scheduler: true, globalParameter: true, syncCycleEnabled: false, schedulerSuspended: false },
    };
    const archive = [
      ...(await withNext(passive, { health: told, told: { syncCycleEnabled: false } })),
      stored(
        await active.make(5, active.last, {
          at: "2026-11-26T07:00:00Z",
          told: { syncCycleEnabled: false },
          without: ["health/"],
        }),
      ),
    ];
    const result = await watch(archive);
    const off = result.report.findings.filter(({ code }) => code.startsWith("scheduler-")).map(({ title }) => title);
    assert.deepEqual(off.map((title) => /aadc\d/i.exec(title)?.[0].toUpperCase()).sort(), ["AADC1", "AADC2"]);
  });

  it("says that the configuration changed since the last look, and not again at the next", async () => {
    const changed = configuration(false, (copy) => copy.edit(copy.rule(userJoin), /<precedence>\d+/, "<precedence>77"));
    const archive = await withNext(active, { told: { files: prefixed(changed) } });
    const first = await watch(archive, { now: new Date("2026-11-26T08:00:00Z") });
    const told = first.report.findings.filter(({ code }) => code === "configuration-changed");
    assert.equal(told.length, 1);
    assert.match(told[0]?.title ?? "", /aadc1: .* since 2026-11-25T20:00:00\.000Z: archive document shows/);
    const again = await watch(archive, { before: first.next });
    assert.deepEqual(
      again.report.findings.filter(({ code }) => code === "configuration-changed"),
      [],
    );
  });

  it("blocks where the newest were deleted since the last look, which no chain shows", async () => {
    const { next } = await watch(both());
    const cut = both().filter(({ blob }) => blob.name !== active.last.name);
    assert.deepEqual(open(await watch(cut)), [], "by itself it is whole");
    const seen = await watch(cut, { before: next });
    assert.deepEqual([seen.report.verdict, open(seen)], ["blocked", ["went-back"]]);
    // And it goes on to be told: what was seen is not forgotten.
    assert.deepEqual(open(await watch(cut, { before: seen.next })), ["went-back"]);
    const acceptances = [
      { code: "went-back", subject: "aadc1 (3f1c0b52)", reason: "CHG-2", until: "2026-12-01", by: "Ada", most: null },
    ];
    const accepted = await watch(cut, { before: seen.next, acceptances });
    assert.deepEqual([open(accepted), open(await watch(cut, { before: accepted.next }))], [[], []]);
    const grown = [...cut, stored(await active.make(4, active.added[2] ?? null, { at: "2026-11-26T07:00:00Z" }))];
    assert.deepEqual(open(await watch(grown, { before: seen.next })), ["seen-is-gone"]);
  });

  it("blocks where the collection that was seen last is another one now", async () => {
    const { next } = await watch(both());
    const again = await active.make(4, active.added[2] ?? null, {
      told: { files: { "statistics/connectors.json": "[]" } },
    });
    const exchanged = both().map((each) => (each.blob.name === again.name ? stored(again) : each));
    assert.ok(open(await watch(exchanged, { before: next })).includes("seen-is-gone"));
  });

  it("takes a rebuilt server for another machine, says so once, and not that collections are gone", async () => {
    const { next } = await watch(both());
    const rebuilt = await CollectionChain.of(2, {
      begin: "2026-11-26T06:00:00Z",
      everyHours: 1,
      chain: "9c9c9c9c-0000-4000-8000-000000000003",
      computer: "AADC2",
      staging: true,
      configuration: configuration(true),
    });
    const archive = [...both(), ...rebuilt.added.map((added) => stored(added))];
    const result = await watch(archive, { before: next });
    assert.deepEqual(open(result), ["machine-changed"]);
    assert.equal(result.report.summary.staging.chain, rebuilt.chain);
    assert.deepEqual(open(await watch(archive, { before: result.next })), [], "once it was told it is known");
  });

  it("tells of a copy that adds beside a server, whichever of the two has the lower chain", async () => {
    for (const id of ["00000000-0000-4000-8000-000000000003", "ffffffff-0000-4000-8000-000000000003"]) {
      const copy = await CollectionChain.of(4, {
        begin: "2026-11-22T20:05:00Z",
        chain: id,
        configuration: configuration(false),
      });
      const result = await watch([...both(), ...copy.added.map((added) => stored(added))]);
      assert.deepEqual([open(result), result.report.verdict], [["two-machines-one-name"], "blocked"], id);
      assert.equal(result.report.findings.filter(({ code }) => code === "two-machines-one-name").length, 1);
    }
  });

  it("does not take an older chain for in order because another machine goes on under its name", async () => {
    const rebuilt = await CollectionChain.of(1, {
      begin: "2026-11-29T20:00:00Z",
      chain: "9c9c9c9c-0000-4000-8000-000000000003",
      configuration: configuration(false),
    });
    const later = stored(await passive.make(5, passive.last, { at: "2026-11-29T20:00:00Z" }));
    const archive = [...both(), later, ...rebuilt.added.map((added) => stored(added))];
    const result = await watch(archive, { active: active.chain, now: new Date("2026-11-30T08:00:00Z") });
    assert.ok(open(result).includes("chain-ended") && open(result).includes("chain-silent"), open(result).join());
  });

  it("blocks where all but the newest were deleted since the last look", async () => {
    const { next } = await watch(both());
    const grown = await withNext(active, {});
    const kept = grown.filter(({ blob }) => !active.added.some(({ name }) => name === blob.name));
    assert.ok(open(await watch(kept, { before: next })).includes("seen-is-gone"));
  });

  it("tells matters apart that differ only in their server when it says what is new", async () => {
    const late = (chain: CollectionChain, at: string) => chain.make(5, chain.last, { at }).then((each) => stored(each));
    const at = "2026-11-27T09:00:00Z";
    const first = await watch([...both(), await late(active, at)], { now: new Date("2026-11-27T10:00:00Z") });
    assert.deepEqual(open(first), ["chain-late", "evidence-apart"]);
    const archive = [...both(), await late(passive, at)];
    const second = await watch(archive, { now: new Date("2026-11-27T10:00:00Z"), before: first.next });
    const { changes } = second.report.summary;
    assert.match(changes?.appeared.join() ?? "", /aadc1 .* hours old/);
    assert.match(changes?.gone.join() ?? "", /aadc2 .* hours old/);
  });

  it("says what is new and what has gone since the last time", async () => {
    const first = await watch(both(), { now: new Date("2026-11-27T10:00:00Z") });
    assert.deepEqual(open(first), ["chain-late"]);
    const archive = [
      ...(await withNext(passive, { at: "2026-11-27T09:00:00Z" })),
      stored(
        await active.make(5, active.last, {
          at: "2026-11-27T09:00:00Z",
          health: { service: { status: "Stopped", startType: "Manual" } },
        }),
      ),
    ];
    const second = await watch(archive, { now: new Date("2026-11-27T11:00:00Z"), before: first.next });
    const { changes } = second.report.summary;
    assert.match(changes?.appeared.join() ?? "", /the service ADSync is Stopped/);
    assert.equal(changes?.gone.length, 2);
    assert.match(renderMarkdown(watchPage(second)), /No longer: /);
  });

  it("does not die of a collection that cannot be compared, but blocks", async () => {
    const archive = await withNext(active, {
      told: { files: { "settings/Applied-SynchronizationPolicy-20260901-100000.JSON": "{}" } },
    });
    const result = await watch(archive);
    assert.deepEqual(open(result), ["pair-not-compared"]);
    const damaged = both().map((each) =>
      each.blob.name === passive.last.name ? { ...each, bytes: each.bytes.subarray(0, 1000) } : each,
    );
    assert.deepEqual([...open(await watch(damaged))].sort(), ["pair-not-compared", "unreadable"]);
  });

  it("refuses names of nobody, and one machine for both", async () => {
    const refused = (more: Partial<WatchInput>) =>
      watch(both(), more).then(
        () => assert.fail("was not refused"),
        (error: unknown) => {
          assert.ok(error instanceof BadInput, String(error));
          return error.message;
        },
      );
    assert.match(await refused({ active: "AADC9" }), /no collection of the computer AADC9/);
    assert.match(await refused({ active: passiveChain }), /are one machine/);
  });

  describe("by what the tenant says", () => {
    const answers = (give: (world: SwitchPair) => readonly string[]) => {
      const world = new SwitchPair(folder, undefined, now.toISOString());
      return readTenant(give(world));
    };
    const judged = async (give: (world: SwitchPair) => readonly string[]): Promise<readonly string[]> =>
      open(await watch(both(), { tenant: answers(give) }));

    it("is ok where the active server exported last, and only it", async () => {
      const codes = await judged((world) => [
        world.lastExporter("AADC1"),
        world.organization(world.at(30)),
        world.audits(["AADC1", world.at(20)], ["AADC2", "2026-11-20T00:00:00Z"]),
        world.principals(["AADC1", true], ["AADC2", true], ["OLD", false]),
      ]);
      assert.deepEqual(codes, []);
    });

    for (const [what, give, code] of [
      ["the passive server exported last", (world) => [world.lastExporter("AADC2")], "another-exporter"],
      ["a third server exported last", (world) => [world.lastExporter("ROGUE")], "another-exporter"],
      ["another server changes objects", (world) => [world.audits(["AADC2", world.at(60)])], "audits-of-others"],
      [
        "nothing was synchronized for hours",
        (world) => [world.organization(world.at(240)), world.lastExporter("AADC1")],
        "tenant-not-synchronized",
      ],
      [
        "there is an identity of nobody",
        (world) => [world.principals(["ROGUE", true]), world.lastExporter("AADC1")],
        "identity-of-nobody",
      ],
      [
        "synchronization is off",
        (world) => [
          world.lastExporter("AADC1"),
          world.answer("organization", "https://graph.microsoft.com/v1.0/organization", {
            "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#organization",
            value: [{ onPremisesSyncEnabled: false, onPremisesLastSyncDateTime: null }],
          }),
        ],
        "synchronization-off",
      ],
    ] as const satisfies readonly (readonly [string, (world: SwitchPair) => readonly string[], string])[])
      it(`is not where ${what}`, async () => assert.deepEqual(await judged(give), [code]));

    it("is a review where an answer is of another day, or not whole", async () => {
      const world = new SwitchPair(folder, undefined, now.toISOString());
      const old = world.answer(
        "sync",
        "https://graph.microsoft.com/beta/directory/onPremisesSynchronization",
        { "@odata.context": "https://graph.microsoft.com/beta/$metadata#directory/onPremisesSynchronization/$entity" },
        "2026-11-20T00:00:00Z",
      );
      assert.deepEqual([...open(await watch(both(), { tenant: readTenant([old]) }))].sort(), [
        "exporter-not-said",
        "graph-answer-old",
      ]);
      const part = world.answer("audits", "https://graph.microsoft.com/v1.0/auditLogs/directoryAudits", {
        "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#auditLogs/directoryAudits",
        "@odata.nextLink": "https://graph.microsoft.com/v1.0/auditLogs/directoryAudits?$skiptoken=1",
        value: [],
      });
      const { report } = await watch(both(), { tenant: readTenant([part]) });
      assert.deepEqual(
        report.findings.filter(({ code }) => code === "graph-not-whole").map(({ severity }) => severity),
        ["warning"],
      );
      const said = await watch(both(), { tenant: readTenant([part, world.lastExporter("AADC1")]) });
      assert.deepEqual(open(said), []);
      const tomorrow = await watch(both(), {
        tenant: readTenant([world.lastExporter("AADC1")]),
        now: new Date(now.getTime() - 20 * 60_000),
      });
      assert.deepEqual(open(tomorrow), ["graph-answer-old"]);
    });

    it("names what Graph did not answer; where nobody says who exports, that is to be looked at", async () => {
      const tenant = answers((world) => [
        world.answer("denied", "https://graph.microsoft.com/beta/directory/onPremisesSynchronization", {
          error: { code: "Authorization_RequestDenied" },
        }),
      ]);
      const result = await watch(both(), { tenant });
      const { report } = result;
      const told = report.findings.filter(({ code }) => code === "graph-not-there");
      assert.match(told[0]?.title ?? "", /onPremisesSynchronization: Graph answered Authorization_RequestDenied/);
      assert.deepEqual(open(result), ["exporter-not-said"]);
      const instead = answers((world) => [world.audits(["AADC1", world.at(20)])]);
      assert.deepEqual(open(await watch(both(), { tenant: instead })), []);
    });
  });
});

describe("what a watch remembers", () => {
  it("comes back as it was written, and is refused where it is damaged", () => {
    const state = {
      at: "2026-11-26T08:00:00.000Z",
      verdict: "ok",
      seen: [
        {
          side: "active",
          chain: passiveChain,
          computer: "aadc1",
          name: "n",
          sequence: 4,
          collectedAt: "2026-11-25T20:00:00.000Z",
          manifestSha256: "ab",
        },
      ],
      findings: [{ code: "a", subject: "s", severity: "warning", title: "A." }],
    } as const;
    const written = writeState(state);
    const { schema: _, ...read } = readState("watch.json", written) as unknown as { schema: string };
    assert.deepEqual(read, state);
    for (const odd of [
      written.slice(0, 50),
      "{}",
      "[]",
      written.replace("entra-connect-watch/1", "x"),
      written.replace('"sequence": 4', '"sequence": "4"'),
      written.replace("2026-11-25T20:00:00.000Z", "soon"),
    ])
      assert.throws(() => readState("watch.json", odd), /watch\.json: .*--state another folder/s, odd);
  });
});
