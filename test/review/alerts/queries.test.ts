import assert from "node:assert/strict";
import { type Alert, alertTable, type LogSignal, measuredColumn, type WatchedServer } from "../../../review/alerts";
import { healthEvents, problemsOfHealth } from "../../../scripts/health";
import { run } from "../../support/kusto/interpret";
import { analysed } from "../../support/kusto/languageService";
import { NotInterpreted } from "../../support/kusto/values";
import { now, quiet, type Sample, workspaceOf } from "./sampleEvents";
import { scenarios } from "./scenarios";
import { tables } from "./tables";

type LogAlert = Alert & { readonly signal: LogSignal };
const isLog = (alert: Alert): alert is LogAlert => alert.signal.kind === "log";
const logAlerts = alertTable.filter(isLog);
const name = "aadc-stg-g1";

const trees = new Map<string, ReturnType<typeof analysed>>();
function treeOf(query: string): ReturnType<typeof analysed> {
  const known = trees.get(query) ?? analysed(query, tables);
  trees.set(query, known);
  return known;
}

/** As the service does it: the query over the window, the one measured number against the threshold. */
function fires({ signal }: LogAlert, server: WatchedServer, samples: readonly Sample[]): boolean {
  const { tree, problems } = treeOf(signal.query(server));
  assert.deepEqual(problems, []);
  const rows = run(tree, workspaceOf(samples, signal.window), now);
  assert.equal(rows.length, 1, "one row, whatever there is");
  const value = rows[0]?.[measuredColumn];
  assert.equal(typeof value, "number");
  return signal.operator === "GreaterThan" ? Number(value) > signal.threshold : Number(value) < signal.threshold;
}

const firing = (server: WatchedServer, samples: readonly Sample[]): readonly string[] =>
  logAlerts
    .filter((alert) => alert.for.includes(server.role) && fires(alert, server, samples))
    .map((alert) => alert.name)
    .sort();

describe("queries of alerts", function () {
  this.timeout(900_000);

  for (const alert of logAlerts)
    it(`${alert.name} is right to Microsoft's own language service, for every role`, () => {
      for (const role of alert.for)
        assert.deepEqual(treeOf(alert.signal.query({ computerName: name, role })).problems, [], role);
    });

  it("would be seen to be wrong: column, table, operator, type, and one that is not closed", () => {
    const broken: readonly (readonly [string, RegExp])[] = [
      ["Event | where Sorce == 'ADSync' | summarize AlertValue = count()", /Sorce/],
      ["Events | summarize AlertValue = count()", /Events/],
      ["Event | wher EventID == 114 | summarize AlertValue = count()", /wher|operator/i],
      ["Event | where EventID has 'x' | summarize AlertValue = count()", /type|string/i],
      ["Event | where EventID in (1, 2 | summarize AlertValue = count()", /./],
      ["Event | summarize AlertValue = cont()", /cont/],
    ];
    for (const [query, says] of broken) assert.match(analysed(query, tables).problems.join("; "), says, query);
  });

  for (const { name: what, role, fires: expected, sample } of scenarios)
    it(`${what}: ${expected.join(", ") || "nothing fires"}`, () => {
      const found = firing({ computerName: name, role }, [{ ...sample, computer: name }]);
      assert.deepEqual(found, [...expected].sort());
    });

  it("each is seen to fire, for a role that it is for, and to stay quiet", () => {
    const seen = new Set(scenarios.flatMap((scenario) => scenario.fires));
    assert.deepEqual(
      logAlerts.map((alert) => alert.name).filter((each) => !seen.has(each)),
      [],
    );
    for (const alert of logAlerts)
      for (const role of alert.for)
        assert.ok(
          scenarios.some((scenario) => scenario.role === role && !scenario.fires.includes(alert.name)),
          `${alert.name} ${role}`,
        );
  });

  it("messages of the task in the samples are what its schema allows, but for the one that is no JSON", () => {
    const own = scenarios.flatMap(({ sample }) =>
      sample.events.filter(({ source, id }) => source === healthEvents.source && id !== healthEvents.failed),
    );
    assert.ok(own.length > 50);
    for (const { text = "" } of own)
      if (text !== "not JSON") assert.deepEqual(problemsOfHealth(JSON.parse(text)), [], text);
    assert.deepEqual(new Set(own.map(({ id }) => id)), new Set([healthEvents.archived, healthEvents.waiting]));
  });

  it("knows the server by its bare name and by its full one, in any letter case", () => {
    const sample = scenarios.find(({ fires: [first] }) => first === "export-not-allowed")?.sample;
    assert.ok(sample);
    for (const computer of ["AADC-STG-G1", "aadc-stg-g1.corp.contoso.com"])
      assert.deepEqual(firing({ computerName: name, role: "passive" }, [{ ...sample, computer }]), [
        "export-not-allowed",
      ]);
  });

  it("takes no other server for it: neither its events nor its silence", () => {
    const active: Sample = {
      computer: "aadc-stg-g10.corp.contoso.com",
      events: quiet("active"),
      silentFor: 0,
      freeSpace: 3,
    };
    const passive: Sample = { computer: name, events: quiet("passive"), silentFor: 0, freeSpace: 60 };
    assert.deepEqual(firing({ computerName: name, role: "passive" }, [active, passive]), []);
    assert.ok(firing({ computerName: name, role: "passive" }, [active]).includes("no-cycle-2h"));
  });

  it("a name with a quote in it stays a name", () => {
    for (const alert of logAlerts) {
      const { problems } = analysed(alert.signal.query({ computerName: 'x" or 1 == 1 //', role: "active" }), tables);
      assert.deepEqual(problems, [], alert.name);
    }
  });

  it("asks by server and never `by Computer`: that gives no row for silence, and no alert", () => {
    for (const alert of logAlerts)
      assert.doesNotMatch(alert.signal.query({ computerName: name, role: "active" }), /\bby\b/);
    const { tree } = analysed("Heartbeat | summarize AlertValue = count() by Computer", tables);
    assert.throws(() => run(tree, workspaceOf([], "PT15M"), now), NotInterpreted);
  });

  it("refuses to run what it does not know, by name", () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      ["Event | take 3", /TakeOperator/],
      ["Event | summarize AlertValue = max(EventID)", /max/],
      ["Event | where strlen(Source) > 3", /strlen/],
      ["Event | where Source matches regex 'a'", /MatchesRegex/],
    ];
    const sample: Sample = { computer: name, events: quiet("active") };
    for (const [query, says] of cases) {
      const { tree, problems } = analysed(query, tables);
      assert.deepEqual(problems, [], query);
      assert.throws(() => run(tree, workspaceOf([sample], "P2D"), now), says);
    }
  });
});
