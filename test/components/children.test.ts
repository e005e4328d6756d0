import assert from "node:assert/strict";
import { ResourceGroup } from "@pulumi/azure-native/resources/resourceGroup";
import * as pulumi from "@pulumi/pulumi";
import { Children } from "../../components/children";
import { groupsOf } from "../../components/server/names";
import { settingsFixture } from "../support/settingsFixture";

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

describe("what a child is imported by", () => {
  const [ours, hubs] = ["00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"];
  const place = (subscription: string, group: string): string =>
    `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Network/virtualNetworks/x`;
  const hub = place(hubs, "rg-aadc-stg");

  async function importOf(id: string, resourceGroupName?: string): Promise<string | undefined> {
    await pulumi.runtime.setMocks({
      newResource: ({ name, inputs }) => ({ id: name, state: inputs }),
      call: () => ({}),
    });
    const settings = settingsFixture((written) => {
      Object.assign(written, resourceGroupName === undefined ? {} : { resourceGroupName });
      Object.assign(written.network, { peerVirtualNetworkId: hub });
    });
    const children = new Children();
    const takenUp = new Map([["group", id]]);
    const groups = groupsOf(settings, ours);
    children.knows({ component: "aadc-stg", ownTags: new Set(), worn: new Map(), takenUp, groups });
    let seen: unknown;
    const look = ({ props, opts }: pulumi.ResourceTransformationArgs) => {
      seen = (opts as pulumi.CustomResourceOptions).import;
      return { props, opts };
    };
    new ResourceGroup("aadc-stg-group", {}, { transformations: [children.transformation, look] });
    return seen as string | undefined;
  }

  const cases: readonly [what: string, id: string, imported: string, group?: string][] = [
    ["our own group in capitals", place(ours, "RG-AADC-STG"), place(ours, "rg-aadc-stg")],
    ["our own group in other letters too", place(ours, "Rg-Sync"), place(ours, "rg-SYNC"), "rg-SYNC"],
    ["a subscription in capitals", place(ours.toUpperCase(), "rg-aadc-stg"), place(ours, "rg-aadc-stg")],
    ["the backup's group", place(ours, "RG-AADC-STG-BACKUP"), place(ours, "rg-aadc-stg-backup")],
    ["a group of the same name in the hub's subscription", place(hubs, "RG-AADC-STG"), hub, "RG-aadc-STG"],
    ["a group that the settings do not name", place(ours, "Rg-Other"), place(ours, "Rg-Other")],
    [
      "a group itself",
      `/subscriptions/${ours}/resourceGroups/RG-aadc-stg`,
      `/subscriptions/${ours}/resourceGroups/rg-aadc-stg`,
    ],
  ];
  for (const [what, id, imported, group] of cases)
    it(`is spelled as the settings spell it: ${what}`, async () => assert.equal(await importOf(id, group), imported));
});
