import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { problemsOfBody } from "../../../rehearsal/azure/published/check";
import { publishedTypes } from "../../../rehearsal/azure/published/published";
import { filledByAzure, type PublishedTypes } from "../../../rehearsal/azure/published/shapes";
import { typesWithRules } from "../../../rehearsal/azure/types/registry";
import { problemsOfBody as problemsOfResource } from "../../support/azureTypes";
import { tableText } from "../../support/publishedTypes";
import { azureTypesFolder, repositoryRoot } from "../../support/repository";
import { requires } from "../../support/requires";
import { type Simulated, simulatedAzure } from "./simulatedAzure";
import { wholeLandscape } from "./wholeLandscape";

describe("simulated Azure: bodies as Azure publishes its types", () => {
  let azure: Simulated;
  before(async () => {
    azure = await simulatedAzure();
    await wholeLandscape(azure);
  });
  after(() => azure?.stop());

  for (const type of typesWithRules)
    it(`${type} has no unknown property, no unknown value, and everything required`, () => {
      const resources = azure.provider.view.resources().filter((resource) => resource.type === type);
      assert.ok(resources.length > 0, "the landscape has one");
      for (const resource of resources) {
        const { known, problems } = problemsOfResource(resource);
        assert.equal(known, true);
        assert.deepEqual(problems, [], resource.id);
      }
    });
});

describe("the table of published types", () => {
  it("is what the published types give (npm run record-azure-types)", function () {
    requires(this, "the published Azure types", azureTypesFolder);
    const path = join(repositoryRoot, "rehearsal", "azure", "published", "types.json");
    assert.equal(readFileSync(path, "utf8"), tableText(azureTypesFolder));
  });

  it("names its source and refers only to shapes that it has", () => {
    const { source, bodies, shapes } = publishedTypes();
    assert.match(source, /bicep-types-az.*MIT/);
    const places = [
      ...Object.values(bodies),
      ...shapes.flatMap((shape) => {
        switch (shape.kind) {
          case "object":
            return [...Object.values(shape.properties), ...(shape.others === undefined ? [] : [shape.others])];
          case "chosen":
            return [...Object.values(shape.properties), ...Object.values(shape.branches)];
          case "list":
            return [shape.of];
          default:
            return [];
        }
      }),
    ];
    for (const place of places) assert.ok(place === filledByAzure || shapes[place] !== undefined, String(place));
    assert.equal(Object.keys(bodies).length, new Set(typesWithRules).size);
  });
});

describe("a body held to a published type", () => {
  const table: PublishedTypes = {
    source: "",
    bodies: { "a/b@1": 0 },
    shapes: [
      { kind: "object", properties: { "location!": 1, properties: 2, etag: filledByAzure, tags: 6 } },
      { kind: "text", longest: 10 },
      { kind: "object", properties: { mode: 3, count: 4, list: 5, chosen: 7 } },
      { kind: "one of", values: ["On", "Off"] },
      { kind: "number", least: 2, most: 5 },
      { kind: "list", of: 3 },
      { kind: "object", properties: {}, others: 1 },
      { kind: "chosen", by: "kind", properties: {}, branches: { x: 8 } },
      { kind: "object", properties: { kind: 1, "needed!": 1 } },
    ],
  };
  const told = (body: Parameters<typeof problemsOfBody>[3]) =>
    problemsOfBody(table, "A/B", "1", body)?.map(({ path, kind }) => `${path} ${kind}`);

  it("says nothing of a type that it lacks", () => assert.equal(problemsOfBody(table, "A/C", "1", {}), undefined));
  it("takes what fits, in any letter case, with what Azure fills", () =>
    assert.deepEqual(
      told({ id: "x", location: "we", etag: 5, properties: { mode: "on", count: 2, list: ["OFF"] } }),
      [],
    ));
  it("names a required property", () => assert.deepEqual(told({}), ["location required"]));
  it("names an unknown property", () =>
    assert.deepEqual(told({ location: "we", properties: { Mode: "On" } }), ["properties.Mode unknown property"]));
  it("names a wrong value, in lists too", () =>
    assert.deepEqual(told({ location: "we", properties: { mode: "Onn", list: ["On", "x"] } }), [
      "properties.mode value",
      "properties.list[1] value",
    ]));
  it("names a wrong type, length and range", () =>
    assert.deepEqual(told({ location: "a".repeat(11), tags: { a: 1 }, properties: { count: 6, list: "On" } }), [
      "location length",
      "tags.a type",
      "properties.count range",
      "properties.list type",
    ]));
  it("judges what the discriminator chooses", () => {
    assert.deepEqual(told({ location: "we", properties: { chosen: { kind: "y" } } }), ["properties.chosen.kind value"]);
    assert.deepEqual(told({ location: "we", properties: { chosen: { kind: "x" } } }), [
      "properties.chosen.needed required",
    ]);
  });
});
