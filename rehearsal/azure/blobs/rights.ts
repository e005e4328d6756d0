import type { StoredResource } from "../arm/store";
import { type JsonObject, objectsAt, same, textAt, textsAt } from "../properties/json";

/** What the role assignments of the simulated Azure let a principal do with blobs. */

/** What of ARM's state the data plane may ask. */
export interface Directory {
  get(id: string): StoredResource | undefined;
  ofType(type: string): StoredResource[];
}

export const blobActions = {
  add: "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action",
  write: "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write",
} as const;

/** Whether an assignment at the scope or around it allows the data action to the principal. */
export function allows(principalId: string, action: string, scope: string, directory: Directory): boolean {
  return directory
    .ofType("Microsoft.Authorization/roleAssignments")
    .filter(({ body }) => same(textAt(body, "properties.principalId"), principalId))
    .filter(({ id }) => isAtOrAround(scopeOf(id), scope))
    .some(({ body }) => {
      const role = roleOf(textAt(body, "properties.roleDefinitionId") ?? "", directory);
      return role !== undefined && permits(role, action);
    });
}

/** The scope that an assignment's or a definition's id is at. */
export function scopeOf(id: string): string {
  const end = id.toLowerCase().lastIndexOf("/providers/microsoft.authorization/");
  return end < 0 ? id : id.slice(0, end);
}

/** `/`, and the empty beginning of an id, are around everything. */
export function isAtOrAround(outer: string, scope: string): boolean {
  const [around, here] = [outer.toLowerCase(), scope.toLowerCase()];
  return around === "" || around === "/" || around === here || here.startsWith(`${around}/`);
}

/** Azure knows a role by its GUID, whatever scope its id is written with. */
export function roleOf(id: string, directory: Directory): JsonObject | undefined {
  const guid = id.split("/").at(-1);
  const found =
    directory.get(id) ??
    directory.ofType("Microsoft.Authorization/roleDefinitions").find(({ name }) => same(name, guid));
  return found?.body;
}

export function permits(role: JsonObject, action: string): boolean {
  return objectsAt(role, "properties.permissions").some(
    (permission) =>
      textsAt(permission, "dataActions").some((pattern) => matches(pattern, action)) &&
      !textsAt(permission, "notDataActions").some((pattern) => matches(pattern, action)),
  );
}

function matches(pattern: string, action: string): boolean {
  const expression = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${expression.join(".*")}$`, "i").test(action);
}
