import { isJsonObject } from "../../evidence/json";
import { isOwnArchive } from "../../posture/ownNames";
import type { Json } from "../../verdict";
import { dependencies, type Landscape } from "../landscape";
import type { Detector, Raised } from "../raised";
import { newInputs, oldInputs, type ResourceChange } from "../steps";
import { goes } from "../touching";
import { unknownWord } from "../values";
import { listed } from "../wording";

/** Storage that nobody is to be able to delete or change, and what a server may do to it. */

export const archiveHazards: Detector = (landscape) => {
  const kept = landscape.changes.filter((change) => holdsCollections(landscape, change));
  return [
    ...kept.flatMap((change) => whereItGoes(landscape, change)),
    ...groupsOf(landscape, kept),
    ...landscape.changes.flatMap((change) => [...widerRole(landscape, change), ...widerRight(landscape, change)]),
  ];
};

/** An account with version-level immutability, or a container of one; ours by their names too, whatever is written. */
function holdsCollections(landscape: Landscape, change: ResourceChange): boolean {
  const kind = landscape.kind(change);
  if (kind !== "storageAccount" && kind !== "blobContainer") return false;
  if (isOwnArchive(change.name)) return true;
  if (kind === "storageAccount") return isImmutable(change);
  const account = text(oldInputs(change).accountName);
  return (
    account !== "" &&
    landscape.changes.some(
      (other) =>
        landscape.kind(other) === "storageAccount" &&
        isImmutable(other) &&
        text(oldInputs(other).accountName) === account,
    )
  );
}

function isImmutable(change: ResourceChange): boolean {
  const { immutableStorageWithVersioning: immutable } = oldInputs(change);
  return isJsonObject(immutable) && immutable.enabled === true;
}

function whereItGoes({ changes, kind }: Landscape, change: ResourceChange): readonly Raised[] {
  const machines = changes.filter((each) => kind(each) === "machine");
  const withThem = machines.length > 0 && machines.every((each) => each.action === "delete");
  const left = withThem ? "archive-retained" : "archive-unmanaged";
  if (change.action === "forget") return [{ code: left, change }];
  if (change.action === "delete") return [change.retained ? { code: left, change } : lost(change)];
  // Retained or not: the new one would have the old one's name, and this is no way to change what is fixed at creation.
  return change.action === "replace" ? [lost(change)] : [];
}

const lost = (change: ResourceChange): Raised => ({
  code: "archive-lost",
  change,
  what: change.action === "delete" ? "deleted" : "replaced",
  properties: change.changes,
});

/** A resource group that goes takes everything in it along, retained or not. */
function groupsOf({ changes, kind }: Landscape, kept: readonly ResourceChange[]): readonly Raised[] {
  return changes
    .filter((change) => kind(change) === "resourceGroup" && goes(change) && !change.retained)
    .flatMap((group): readonly Raised[] => {
      const name = text(oldInputs(group).resourceGroupName) || text(oldInputs(group).name);
      const inside = kept.find((change) => name !== "" && groupOf(change) === name);
      return inside === undefined
        ? []
        : [{ code: "archive-lost", change: group, what: `${group.action}d with ${inside.name} in it` }];
    });
}

function groupOf(change: ResourceChange): string {
  const fromId = /\/resourceGroups\/([^/]+)\//iu.exec(text(change.old?.id))?.[1];
  return fromId ?? text(oldInputs(change).resourceGroupName);
}

const addBlobs = "microsoft.storage/storageaccounts/blobservices/containers/blobs/add/action";

/** What a role allows beside adding blobs; undefined where that is not known. */
function moreThanAdding(inputs: Readonly<Record<string, Json>>): readonly string[] | undefined {
  const { permissions } = inputs;
  if (!Array.isArray(permissions)) return undefined;
  const all = permissions.filter(isJsonObject);
  const actions = all.flatMap(({ actions, dataActions }) => [...texts(actions), ...texts(dataActions)]);
  return actions.filter((each) => each.toLowerCase() !== addBlobs);
}

const addsOnly = (inputs: Readonly<Record<string, Json>>): boolean =>
  moreThanAdding(inputs)?.length === 0 && JSON.stringify(inputs.permissions).toLowerCase().includes(addBlobs);

function widerRole(landscape: Landscape, change: ResourceChange): readonly Raised[] {
  if (landscape.kind(change) !== "rights" || !["update", "replace"].includes(change.action)) return [];
  if (!addsOnly(oldInputs(change))) return [];
  const more = moreThanAdding(newInputs(change)) ?? [];
  return more.length === 0
    ? []
    : [
        {
          code: "archive-right-wider",
          change,
          what: `the role also allows ${listed(more)}`,
          properties: change.changes,
        },
      ];
}

/** A machine's own identity gets another role at a storage account or in it. */
function widerRight(landscape: Landscape, change: ResourceChange): readonly Raised[] {
  if (landscape.kind(change) !== "rights" || !["create", "update", "replace"].includes(change.action)) return [];
  const inputs = newInputs(change);
  const roleId = text(inputs.roleDefinitionId);
  if (!/\/microsoft\.storage\/storageaccounts\//u.test(text(inputs.scope)) || roleId === "") return [];
  // The role that the settings name was read by the component, which refuses any other.
  if (/-g[1-9]\d*-archive-assignment$/u.test(change.name)) return [];
  const guid = roleId.split("/").at(-1) ?? "";
  const known = landscape.changes.some(
    (other) => addsOnly(newInputs(other)) && text(newInputs(other).roleDefinitionId) === guid,
  );
  const machine = machineOf(landscape, change, inputs.principalId ?? null);
  return known || machine === undefined
    ? []
    : [
        {
          code: "archive-right-wider",
          change,
          what: `${machine.name} gets the role ${guid} there`,
          properties: change.changes,
        },
      ];
}

function machineOf({ changes, kind }: Landscape, right: ResourceChange, principalId: Json): ResourceChange | undefined {
  const machines = changes.filter((change) => kind(change) === "machine");
  const named = machines.find((machine) => {
    const outputs = machine.old?.outputs;
    const identity = isJsonObject(outputs) ? outputs.identity : undefined;
    return (
      isJsonObject(identity) && text(identity.principalId) !== "" && text(identity.principalId) === text(principalId)
    );
  });
  if (named !== undefined || (principalId !== null && principalId !== unknownWord)) return named;
  // Still to be made: whose identity it will be is told by what the right waits for.
  return machines.find(({ urn }) => dependencies(right).includes(urn));
}

const text = (value: unknown): string => (typeof value === "string" ? value.toLowerCase() : "");
const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === "string") : [];
