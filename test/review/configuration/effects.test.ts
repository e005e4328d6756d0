import assert from "node:assert/strict";
import type { ScopeCondition, ServerConfiguration, SynchronizationRule } from "../../../review/configuration";
import { Effects } from "../../../review/configuration/effects/effects";
import { orderEffects } from "../../../review/configuration/effects/order";
import { covers } from "../../../review/configuration/effects/scope";

const is = (attribute: string, value: string): ScopeCondition => ({ attribute, operator: "EQUAL", value });
const isNot = (attribute: string, value: string): ScopeCondition => ({ attribute, operator: "NOTEQUAL", value });
const present = (attribute: string): ScopeCondition => ({ attribute, operator: "ISNOTNULL", value: "" });
const absent = (attribute: string): ScopeCondition => ({ attribute, operator: "ISNULL", value: "" });

describe("which objects a filter certainly covers", () => {
  const certain: readonly (readonly [
    string,
    boolean,
    readonly (readonly (readonly ScopeCondition[])[])[],
    readonly (readonly ScopeCondition[])[],
  ])[] = [
    ["no filter covers everything", true, [[]], [[is("a", "1")]]],
    ["a filter does not cover everything", false, [[[is("a", "1")]]], []],
    ["fewer conditions cover more", true, [[[is("a", "1")]]], [[is("a", "1"), is("b", "2")]]],
    ["more conditions do not", false, [[[is("a", "1"), is("b", "2")]]], [[is("a", "1")]]],
    [
      "alternatives of two rules together",
      true,
      [[[is("a", "1")]], [[is("a", "2")]]],
      [[is("a", "1")], [is("a", "2")]],
    ],
    ["one rule for those that have a value and one for the others", true, [[[present("a")]], [[absent("a")]]], []],
    ["an equal value is a present one", true, [[[present("a")]]], [[is("a", "1")]]],
    [
      "equal and not equal of one value leave those without a value out, as far as is known",
      false,
      [[[is("a", "1")]], [[isNot("a", "1")]]],
      [],
    ],
    ["case of a value may matter to the engine", false, [[[is("a", "x")]]], [[is("a", "X")]]],
    ["case of an attribute's name does not", true, [[[is("A", "x")]]], [[is("a", "x")]]],
    [
      "a value that reads like two conditions is one",
      false,
      [[[is("a", "A and b = B")]]],
      [[is("a", "A"), is("b", "B")]],
    ],
  ];
  for (const [what, expected, outers, inner] of certain) it(what, () => assert.equal(covers(outers, inner), expected));

  it("claims nothing where a search would not end", () => {
    const groups = Array.from({ length: 40 }, (_, group) =>
      Array.from({ length: 6 }, (_unused, index) => is(`a${group}`, String(index))),
    );
    assert.equal(covers([groups], [[is("z", "1")]]), false);
  });
});

let serial = 0;
const rule = (more: Partial<SynchronizationRule> & { readonly gives?: readonly string[] }): SynchronizationRule => ({
  id: `{${++serial}}`,
  name: `rule ${serial}`,
  direction: "Inbound",
  description: "",
  immutableTag: "",
  standard: false,
  disabled: false,
  connectorId: more.connector ?? "contoso.com",
  connector: "contoso.com",
  sourceObjectType: "user",
  targetObjectType: "person",
  linkType: "Join",
  precedence: 50,
  softDeleteExpiryInterval: "",
  enablePasswordSync: false,
  scope: [],
  join: [],
  mappings: (more.gives ?? []).map((target) => ({
    target,
    flow: { kind: "direct", source: `${target} of ${serial}` },
    mergeType: "Update",
    executeOnce: false,
    rest: [],
  })),
  rest: [],
  file: "",
  ...more,
});

describe("who wins an attribute", () => {
  const at = (one: SynchronizationRule, active: number, staging: number) => ({
    active: { ...one, precedence: active },
    staging: { ...one, precedence: staging },
  });
  const a = rule({ name: "A", gives: ["department"] });
  const b = rule({ name: "B", gives: ["department"] });
  const kinds = (...rules: Parameters<typeof orderEffects>[0]) =>
    orderEffects(rules).map(({ first, second, kind }) => `${first.active.name} ${second.active.name} ${kind}`);

  it("changes when the lower rule moves up past its neighbour", () =>
    assert.deepEqual(kinds(at(a, 50, 52), at(b, 51, 51)), ["A B inverted"]));
  it("changes when a block moves past another block, whichever numbers stay", () => {
    const [c, d] = [rule({ name: "C", gives: ["department"] }), rule({ name: "D", gives: ["department"] })];
    assert.equal(kinds(at(a, 50, 54), at(b, 51, 55), at(c, 52, 52), at(d, 53, 53)).length, 4);
  });
  it("is not defined where two rules share a number on one server", () => {
    assert.deepEqual(kinds(at(a, 50, 51), at(b, 51, 51)), ["A B tied"]);
    assert.deepEqual(kinds(at(a, 51, 50), at(b, 51, 51)), ["A B untied"]);
    assert.deepEqual(kinds(at(a, 51, 51), at(b, 51, 51)), ["A B tied on both"]);
  });
  it("does not change by other numbers in the same order", () =>
    assert.deepEqual(kinds(at(a, 50, 10), at(b, 51, 90)), []));
  it("does not change past a rule that is disabled", () =>
    assert.deepEqual(kinds(at(a, 50, 52), at({ ...b, disabled: true }, 51, 51)), []));
  it("does not change between rules for other objects, or that share no attribute", () => {
    const contact = rule({ name: "B", gives: ["department"], sourceObjectType: "contact" });
    assert.deepEqual(kinds(at(a, 50, 52), at(contact, 51, 51)), []);
    assert.deepEqual(kinds(at(a, 50, 52), at(rule({ name: "B", gives: ["title"] }), 51, 51)), []);
  });
  it("changes between two forests, whose objects meet in the metaverse", () =>
    assert.equal(
      kinds(at(a, 50, 52), at(rule({ name: "B", gives: ["department"], connector: "fabrikam.com" }), 51, 51)).length,
      1,
    ));
  it("does not change where both give the same value, or values are merged", () => {
    const same = { ...b, mappings: a.mappings };
    assert.deepEqual(kinds(at(a, 50, 52), at(same, 51, 51)), []);
    const merged = { ...b, mappings: b.mappings.map((mapping) => ({ ...mapping, mergeType: "Merge" })) };
    assert.deepEqual(kinds(at(a, 50, 52), at(merged, 51, 51)), []);
  });
});

describe("what a configuration does", () => {
  const effectsOf = (...rules: readonly SynchronizationRule[]): Effects => {
    const configuration: ServerConfiguration = {
      source: "",
      parameters: [],
      metaverse: { entries: [], rest: [] },
      connectors: [],
      rules,
      rest: [],
      otherFiles: [],
    };
    return new Effects(configuration);
  };
  const provision = (scope: SynchronizationRule["scope"], more: Partial<SynchronizationRule> = {}) =>
    rule({ linkType: "Provision", scope, ...more });

  it("provisions what its enabled rules for the same objects cover together", () => {
    const wanted = provision([[is("a", "1")], [is("a", "2")]]);
    assert.equal(effectsOf(provision([[is("a", "1")]]), provision([[is("a", "2")]])).provisionsAll(wanted), true);
    assert.equal(effectsOf(provision([[is("a", "1")]])).provisionsAll(wanted), false);
    assert.equal(effectsOf(provision([], { disabled: true })).provisionsAll(wanted), false);
    assert.equal(effectsOf(provision([], { sourceObjectType: "contact" })).provisionsAll(wanted), false);
    assert.equal(effectsOf(provision([], { connector: "fabrikam.com" })).provisionsAll(wanted), false);
  });
});
