import * as authorization from "@pulumi/azure-native/authorization";
import type * as pulumi from "@pulumi/pulumi";
import { stackOwner } from "../backup/owner";
import { memberOptions, type OfGeneration } from "../server/members";
import type { Settings } from "../settings/settings";
import { type ArchivePlace, archiveIds, guidOf, roleArguments, roleIdOf } from "./plan";

/** Azure's name of a right: the same for the same container, principal and role, so that a second `up` changes nothing. */
export const assignmentName = (containerId: string, principalId: string, roleId: string): string =>
  guidOf("archive-assignment", containerId, principalId, roleId.split("/").at(-1) ?? "");

/** Id of the role that the servers get: the one that the settings name, or our own. */
export function roleFor(settings: Settings, place: ArchivePlace, subscriptionId: string): string {
  const { roleDefinitionId } = settings.archive;
  if (roleDefinitionId !== undefined) return roleDefinitionId;
  const { group } = archiveIds(place, subscriptionId);
  const own = roleArguments(settings, group, { owner: stackOwner(), subscriptionId });
  return roleIdOf(subscriptionId, own.roleDefinitionId);
}

/** Where and by what rights are given. */
export interface ArchiveScope {
  readonly containerId: pulumi.Output<string>;
  readonly roleId: pulumi.Output<string>;
  /** What must stand before a right can. */
  readonly after: readonly pulumi.Resource[];
}

export interface ArchiveRightArgs extends OfGeneration {
  /** Undefined where the settings have no archive: what an unchanged generation has is then kept all the same. */
  readonly scope: ArchiveScope | undefined;
  readonly principalId: pulumi.Output<string>;
  /** Whether a part is to be named: of a generation that is not acted on only what the state holds. */
  readonly named: (part: string) => boolean;
  /** Id of one that is there and not in the state. */
  readonly adopt?: string;
}

/**
 * One generation's right to add to the archive, and nothing else. A member of its generation: it goes after the guard has
 * passed. Under a lock on the archive's group Azure deletes no right, so it is left there, of an identity that is gone.
 */
export function archiveRight(
  base: string,
  { structure, treatment, scope, principalId, named, adopt }: ArchiveRightArgs,
  parent: pulumi.Resource,
): readonly pulumi.Resource[] {
  const part = "archive-assignment";
  if (!named(part) || (treatment === "acting" && scope === undefined)) return [];
  const options = memberOptions(treatment, parent);
  if (scope === undefined)
    return [
      new authorization.RoleAssignment(
        `${base}-${part}`,
        // What the state holds counts: nothing of it is changed.
        { scope: "", principalId: "", roleDefinitionId: "", principalType: "ServicePrincipal" },
        { ...options, retainOnDelete: structure.locks.archive },
      ),
    ];
  const { containerId, roleId } = scope;
  const name = containerId.apply((container) =>
    principalId.apply((principal) => roleId.apply((role) => assignmentName(container, principal, role))),
  );
  return [
    new authorization.RoleAssignment(
      `${base}-${part}`,
      {
        scope: containerId,
        roleAssignmentName: name,
        principalId,
        // Without it Azure looks the principal up, which a new identity is not ready for.
        principalType: "ServicePrincipal",
        roleDefinitionId: roleId,
      },
      {
        ...options,
        dependsOn: [...scope.after],
        retainOnDelete: structure.locks.archive,
        // One that is adopted has its scope spelled as the provider reads it from the id.
        ...(treatment === "acting" && adopt === undefined ? { ignoreChanges: ["scope"] } : { ignoreChanges: ["*"] }),
        import: adopt,
      },
    ),
  ];
}
