import assert from "node:assert/strict";
import { ResourceGroup } from "@pulumi/azure-native/resources/resourceGroup";
import * as pulumi from "@pulumi/pulumi";
import { Children } from "../../components/children";

/** Aliases of a genuine resource, before and after what the component does to each of its children. */
async function aliasesOf(
  given: pulumi.Alias[],
  name = "aadc-stg-group",
): Promise<{ readonly before: unknown[]; readonly after: unknown[] }> {
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => ({ id: name, state: inputs }),
    call: () => ({}),
  });
  const seen: unknown[][] = [];
  const look = ({ props, opts }: pulumi.ResourceTransformationArgs) => {
    seen.push([...((opts.aliases ?? []) as unknown[])]);
    return { props, opts };
  };
  const children = new Children();
  children.knows({ component: "aadc-stg", ownTags: new Set(), worn: new Map(), takenUp: new Map(), groups: [] });
  new ResourceGroup(name, {}, { aliases: given, transformations: [look, children.transformation, look] });
  const [before = [], after = []] = seen;
  return { before, after };
}

describe("a child of the component", () => {
  it("does not bring along what azure-native called its type before this library was", async () => {
    const { before, after } = await aliasesOf([]);
    assert.ok(before.length > 5, "azure-native brings no names of earlier versions along any more");
    assert.deepEqual(after, []);
  });

  it("keeps them if a program gave it to the component: that may be older than this library", async () => {
    const { before, after } = await aliasesOf([], "own-group");
    assert.ok(before.length > 5);
    assert.deepEqual(after, before);
  });

  it("keeps the other names that a program gave it", async () => {
    const { after } = await aliasesOf([{ name: "group" }, { type: "azure-native:resources:Group", name: "old" }]);
    assert.deepEqual(after, [{ name: "group" }, { type: "azure-native:resources:Group", name: "old" }]);
  });
});
