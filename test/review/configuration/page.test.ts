import assert from "node:assert/strict";
import {
  compareConfigurations,
  comparisonPage,
  readServerConfiguration,
  type ViewOptions,
} from "../../../review/configuration";
import type { Page, SideBySideRow } from "../../../review/render";
import { sampleConfiguration } from "../../support/repository";
import { requires } from "../../support/requires";
import { Contoso, userJoin } from "./contoso";

describe("the page of a comparison", () => {
  let page: (view?: ViewOptions) => Page;

  before(function () {
    requires(this, "the Contoso sample", sampleConfiguration);
    const active = new Contoso().addCustom("In from AD - User Common", "Ours", 50);
    const staging = Contoso.staging().addCustom("In from AD - User Common", "Ours", 50);
    staging.edit(staging.rule(userJoin), "<csValue>TRUE</csValue>", "<csValue>FALSE</csValue>");
    const comparison = compareConfigurations(
      readServerConfiguration(active.evidence()),
      readServerConfiguration(staging.evidence()),
    );
    page = (view) => comparisonPage(comparison, view);
  });

  const rules = (view?: ViewOptions) => page(view).sections.find((section) => section.id === "rules");
  const listed = (view?: ViewOptions): readonly (readonly string[])[] =>
    (rules(view)?.blocks ?? []).flatMap((block) =>
      block.kind === "table"
        ? block.rows.map((row) => row.map((cell) => (typeof cell === "string" ? cell : cell.text)))
        : [],
    );
  const rows = (view?: ViewOptions): readonly SideBySideRow[] =>
    (rules(view)?.sections?.[0]?.blocks ?? []).flatMap((block) => (block.kind === "sideBySide" ? block.rows : []));

  it("lists every rule with its state, and the changed one side by side", () => {
    assert.equal(listed().length, 63);
    assert.deepEqual(
      listed()
        .filter((row) => row.at(-1) !== "same")
        .map((row) => row[0]),
      [userJoin],
    );
    const changed = rows().filter((row) => row.state !== "same");
    assert.deepEqual(changed, [
      {
        label: "scope",
        left: "adminDescription does not start with User_ and isCriticalSystemObject ≠ TRUE",
        right: "adminDescription does not start with User_ and isCriticalSystemObject ≠ FALSE",
        state: "changed",
      },
    ]);
    assert.ok(rows().some((row) => row.label === "flow" && row.state === "same"));
  });

  it("links a finding about a rule to the rule side by side, and gives every finding an id of its own", () => {
    const findings = page().sections.flatMap(({ blocks }) =>
      blocks.flatMap((block) => (block.kind === "findings" ? block.findings : [])),
    );
    const scope = findings.find(({ code }) => code === "rule-scope-differs");
    assert.equal(scope?.section, rules()?.sections?.[0]?.id);
    assert.equal(scope?.tool, "rules-editor");
    const ids = findings.map(({ id }) => id);
    assert.ok(ids.every((id) => id !== undefined) && new Set(ids).size === ids.length, ids.join(", "));
  });

  it("draws who wins an attribute where not the same rule does on both servers", () => {
    const copy = (base: Contoso, first: number, second: number) => {
      base
        .addCustom("In from AD - User Common", "Ours", first)
        .addCustom("In from AD - User Common", "Theirs", second, "{21111111-2222-3333-4444-555555555555}");
      // Another source: two rules that give the same value have no order to speak of.
      return base.edit(base.rule("Theirs"), /<attr>[^<]*<\/attr>/, "<attr>info</attr>");
    };
    const drawn = (staging: Contoso) => {
      const comparison = compareConfigurations(
        readServerConfiguration(copy(new Contoso(), 50, 51).evidence()),
        readServerConfiguration(staging.evidence()),
      );
      return comparisonPage(comparison).sections.find(({ id }) => id === "winners");
    };
    assert.equal(drawn(copy(Contoso.staging(), 50, 51)), undefined);
    const [picture] = (drawn(copy(Contoso.staging(), 51, 50))?.blocks ?? []).filter((block) => block.kind === "order");
    assert.ok(picture?.kind === "order");
    assert.match(picture.left.items[0] ?? "", /^Ours/);
    assert.match(picture.right.items[0] ?? "", /^Theirs/);
    assert.equal(picture.left.items.length, picture.right.items.length);
  });

  it("leaves out what is the same when only differences are asked for", () => {
    assert.deepEqual(
      listed({ onlyDifferences: true }).map((row) => row[0]),
      [userJoin],
    );
    assert.ok(rows({ onlyDifferences: true }).every((row) => row.state !== "same"));
  });

  it("hides standard rules, but never one that differs", () => {
    assert.deepEqual(
      listed({ hideStandardRules: true })
        .map((row) => row[0])
        .sort(),
      [userJoin, "Ours"].sort(),
    );
  });

  it("gives every section its own anchor", () => {
    const ids = page().sections.flatMap((section) => [
      section.id,
      ...(section.sections ?? []).map((inner) => inner.id),
    ]);
    assert.equal(new Set(ids).size, ids.length);
  });
});
