import assert from "node:assert/strict";
import { ResourceGroup } from "@pulumi/azure-native/resources/resourceGroup";
import * as pulumi from "@pulumi/pulumi";
import { Children } from "../../components/children";

/** Aliases of a genuine resource, before and after what the component does to each of its children. */
async function aliasesOf(given: pulumi.Alias[]): Promise<{ readonly before: unknown[]; readonly after: unknown[] }> {
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => ({ id: name, state: inputs }),
    call: () => ({}),
  });
  const seen: unknown[][] = [];
  const look = ({ props, opts }: pulumi.ResourceTransformationArgs) => {
    seen.push([...((opts.aliases ?? []) as unknown[])]);
    return { props, opts };
  };
  new ResourceGroup(
    "aadc-stg-group",
    {},
    { aliases: given, transformations: [look, new Children().transformation, look] },
  );
  const [before = [], after = []] = seen;
  return { before, after };
}

describe("a child of the component", () => {
  it("does not bring along what azure-native called its type before this library was", async () => {
    const { before, after } = await aliasesOf([]);
    assert.ok(before.length > 5, "azure-native brings no names of earlier versions along any more");
    assert.deepEqual(after, []);
  });

  it("keeps the other names that a program gave it", async () => {
    const { after } = await aliasesOf([{ name: "group" }, { type: "azure-native:resources:Group", name: "old" }]);
    assert.deepEqual(after, [{ name: "group" }, { type: "azure-native:resources:Group", name: "old" }]);
  });
});
