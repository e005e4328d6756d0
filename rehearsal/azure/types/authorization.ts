import { ArmError } from "../arm/errors";
import { isAtOrAround, roleOf, scopeOf } from "../blobs/rights";
import { type JsonObject, objectsAt, put, putDefault, same, textAt, textsAt } from "../properties/json";
import { topLevelEnvelope } from "../properties/shape";
import { define } from "./define";
import type { Subscription } from "./resourceType";

const definitionType = "Microsoft.Authorization/roleDefinitions";
const assignmentType = "Microsoft.Authorization/roleAssignments";
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Custom roles. Names are one space in the whole directory. */
export const roleDefinition = define("authorization", "RoleDefinition", {
  answersAtOnce: ["PUT", "DELETE"],
  type: definitionType,
  path: `/{scope}/providers/${definitionType}/{roleDefinitionId}`,
  shape: { envelope: new Set([...topLevelEnvelope].filter((name) => name !== "type")), renamed: { roleType: "type" } },
  seconds: { create: 2, update: 2, delete: 1 },
  rules: {
    put({ id, name, body, existing }, subscription) {
      if (!guid.test(name)) throw new ArmError(400, "InvalidRoleDefinitionId", `'${name}' is not a valid GUID.`);
      const roleName = textAt(body, "properties.roleName") ?? "";
      const namesake = subscription
        .ofType(definitionType)
        .find((other) => !same(other.id, id) && same(textAt(other.body, "properties.roleName"), roleName));
      if (namesake)
        throw new ArmError(
          409,
          "RoleDefinitionWithSameNameExists",
          "A custom role with the same name already exists in this directory. Use a different name.",
        );
      const scopes = textsAt(body, "properties.assignableScopes");
      if (!scopes.some((scope) => same(scope, scopeOf(id))))
        throw new ArmError(
          400,
          "LinkedInvalidPropertyId",
          `The assignable scopes of the role definition must contain the scope of the request, '${scopeOf(id)}'.`,
        );
      const permissions = objectsAt(body, "properties.permissions");
      if (permissions.length === 0)
        throw new ArmError(400, "InvalidRoleDefinition", "A role definition has at least one permission.");
      for (const permission of permissions) judgeActions(permission);
      for (const permission of permissions)
        for (const list of ["actions", "notActions", "dataActions", "notDataActions"]) putDefault(permission, list, []);
      put(body, "properties.type", "CustomRole");
      put(
        body,
        "properties.createdOn",
        textAt(existing?.body, "properties.createdOn") ?? subscription.now().toISOString(),
      );
      put(body, "properties.updatedOn", subscription.now().toISOString());
    },
    refuseDelete({ name }, subscription) {
      const used = subscription
        .ofType(assignmentType)
        .some(({ body }) => same(textAt(body, "properties.roleDefinitionId")?.split("/").at(-1), name));
      if (used)
        throw new ArmError(
          400,
          "RoleDefinitionHasAssignments",
          "There are existing role assignments referencing role (code: RoleDefinitionHasAssignments).",
        );
    },
  },
});

export const roleAssignment = define("authorization", "RoleAssignment", {
  answersAtOnce: ["PUT", "DELETE"],
  type: assignmentType,
  path: `/{scope}/providers/${assignmentType}/{roleAssignmentName}`,
  seconds: { create: 2, update: 2, delete: 1 },
  rules: {
    put({ id, name, body, existing }, subscription) {
      if (!guid.test(name)) throw new ArmError(400, "InvalidRoleAssignmentId", `'${name}' is not a valid GUID.`);
      const value = (property: string) => textAt(body, `properties.${property}`) ?? "";
      const before = (property: string) => textAt(existing?.body, `properties.${property}`);
      if (existing && !same(before("principalId"), value("principalId")))
        throw new ArmError(
          400,
          "RoleAssignmentUpdateNotPermitted",
          "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
        );
      judgeRole(value("roleDefinitionId"), id, subscription);
      if (!isPrincipal(value("principalId"), subscription))
        throw new ArmError(
          400,
          "PrincipalNotFound",
          `Principal ${value("principalId").replaceAll("-", "")} does not exist in the directory ${subscription.tenantId}.`,
        );
      const twin = subscription
        .ofType(assignmentType)
        .find(
          (other) =>
            !same(other.id, id) &&
            same(scopeOf(other.id), scopeOf(id)) &&
            same(textAt(other.body, "properties.principalId"), value("principalId")) &&
            same(guidOf(textAt(other.body, "properties.roleDefinitionId")), guidOf(value("roleDefinitionId"))),
        );
      if (twin)
        throw new ArmError(
          409,
          "RoleAssignmentExists",
          `The role assignment already exists. The ID of the existing role assignment is ${twin.name.replaceAll("-", "")}.`,
        );
      put(body, "properties.scope", scopeOf(id));
      putDefault(body, "properties.principalType", "ServicePrincipal");
      put(body, "properties.createdOn", before("createdOn") ?? subscription.now().toISOString());
      put(body, "properties.updatedOn", subscription.now().toISOString());
    },
  },
});

const blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/";
/** What may be done to blobs (azure-docs, storage-auth-abac-attributes.md); of other services nothing is known here. */
const toBlobs = [
  "*",
  "read",
  "write",
  "delete",
  "add/action",
  "filter/action",
  "move/action",
  "permanentDelete/action",
  "deleteBlobVersion/action",
  "manageOwnership/action",
  "modifyPermissions/action",
  "runAsSuperUser/action",
  "immutableStorage/runAsSuperUser/action",
  "tags/read",
  "tags/write",
  "tags/*",
];

function judgeActions(permission: JsonObject): void {
  const ofBlobs = (list: string) =>
    textsAt(permission, list).filter((action) => action.toLowerCase().startsWith(blobs.toLowerCase()));
  const unknown = ["dataActions", "notDataActions"]
    .flatMap(ofBlobs)
    .find((action) => !toBlobs.some((known) => same(known, action.slice(blobs.length))));
  // What is done to blobs is done to data, and stands in no list of management actions.
  const misplaced = [...ofBlobs("actions"), ...ofBlobs("notActions")][0];
  const wrong = unknown ?? misplaced;
  if (wrong !== undefined)
    throw new ArmError(
      400,
      unknown === undefined ? "InvalidActionOrNotAction" : "InvalidDataActionOrNotDataAction",
      `'${wrong}' does not match any of the ${unknown === undefined ? "actions" : "data actions"} supported by the providers.`,
    );
}

const guidOf = (id: string | undefined): string | undefined => id?.split("/").at(-1);

function judgeRole(roleId: string, assignmentId: string, subscription: Subscription): void {
  const role = roleOf(roleId, subscription);
  const covers = textsAt(role, "properties.assignableScopes").some((scope) =>
    isAtOrAround(scope, scopeOf(assignmentId)),
  );
  if (role === undefined || !covers)
    throw new ArmError(
      400,
      "RoleDefinitionDoesNotExist",
      `The specified role definition with ID '${guidOf(roleId)?.replaceAll("-", "")}' does not exist.`,
    );
}

/** The identities of the simulated resources are all the principals there are. */
function isPrincipal(principalId: string, subscription: Subscription): boolean {
  return subscription.all().some(({ body }) => same(textAt(body, "identity.principalId"), principalId));
}
