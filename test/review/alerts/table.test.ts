import assert from "node:assert/strict";
import { alertTable, collectedCounters, collectedEvents, limits } from "../../../review/alerts";
import { minutesOf } from "../../../review/alerts/limits";

describe("the alert table", () => {
  for (const alert of alertTable)
    it(`${alert.name} is what Azure takes and a person understands`, () => {
      const { signal } = alert;
      assert.match(alert.name, /^[a-z0-9]+(-[a-z0-9]+)*$/);
      assert.doesNotMatch(alert.name, limits.forbiddenInName);
      for (const text of [alert.why, alert.first, alert.source]) assert.ok(text.length > 20, text);
      assert.doesNotMatch(alert.title, /^[A-Z]|\.$/, "goes on after the server's name");
      if (signal.kind === "activity") {
        for (const operation of signal.operations) assert.match(operation, /^Microsoft\.\w+\/[\w/]+$/);
        return;
      }
      assert.ok((limits.windowSize as readonly string[]).includes(signal.window));
      assert.ok((limits.evaluationFrequency as readonly string[]).includes(signal.every));
      assert.ok(minutesOf(signal.every) <= minutesOf(signal.window));
      if (signal.kind === "metric") return;
      // Logs arrive minutes later than they say: windows that only touch each other would each see the other's late events.
      if (signal.operator === "GreaterThan" && !alert.needs.includes("task") && alert.name !== "disk-space")
        assert.ok(minutesOf(signal.every) + 10 <= minutesOf(signal.window), "no late event falls between two looks");
      assert.ok(Number.isInteger(signal.threshold));
      if (!signal.resolves) assert.ok((limits.muteActionsDuration as readonly string[]).includes(signal.window));
      for (const role of alert.for) {
        const query = signal.query({ computerName: "aadc-stg-g1", role });
        assert.match(query, /\n\| summarize AlertValue = count\(\)$/, "one row, whatever there is");
      }
    });

  it("says of a source only what its own mark allows: none is without one", () => {
    for (const { name, source, needs } of alertTable)
      if (!needs.includes("task")) assert.match(source, /\[[VSKI][^\]]*\]/, name);
  });

  it("collects every source that a query asks for, and no more expressions than Azure takes", () => {
    assert.ok(collectedEvents.length <= limits.xPathExpressions);
    const collected = collectedEvents.map(({ xPath }) => xPath).join("\n");
    const asked = new Set<string>();
    for (const { signal, for: roles } of alertTable)
      if (signal.kind === "log")
        for (const role of roles) {
          const query = signal.query({ computerName: "x", role });
          for (const [, one] of query.matchAll(/Source == "([^"]+)"/g)) if (one) asked.add(one);
          for (const [, list = ""] of query.matchAll(/Source in \(([^)]+)\)/g))
            for (const [, one] of list.matchAll(/"([^"]+)"/g)) if (one) asked.add(one);
        }
    assert.ok(asked.size >= 6, [...asked].join(", "));
    for (const source of asked) assert.ok(collected.includes(`@Name='${source}'`), source);
    assert.deepEqual(collectedCounters.specifiers, ["\\LogicalDisk(C:)\\% Free Space"]);
  });

  it("event numbers that a query asks of Windows' own log are collected", () => {
    const system = collectedEvents
      .filter(({ xPath }) => xPath.startsWith("System!"))
      .map(({ xPath }) => xPath)
      .join();
    for (const id of [6008, 7031, 7034, 7036, 7040]) assert.ok(system.includes(`EventID=${id}`), String(id));
  });
});
