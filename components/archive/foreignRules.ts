import { regionName } from "../../azure/regions";
import { readiness } from "../findings";
import type { Problem } from "../settings/settings";
import { openDoors, type SeenAccount } from "./accountRules";
import { addBlobs } from "./plan";
import type { Judged } from "./seen";

/** An account of somebody else's making, and a role that was made elsewhere: held to what an archive needs. */

export interface ForeignQuestion {
  readonly location: string;
  readonly account: SeenAccount;
  /** Of its container, where that is there already. */
  readonly containerIsPublic: boolean;
  /** Whether the account lets the servers' subnet in; undefined where that is not known. */
  readonly letsIn?: boolean;
  readonly subnetId: string;
}

/** Refuses what a server could read or change, or what keeps nothing; tells what is weak. */
export function judgeForeign({ location, account, containerIsPublic, letsIn, subnetId }: ForeignQuestion): Judged {
  const { name } = account;
  const refused = [
    account.kind !== "StorageV2" ? `is of the kind ${account.kind}, not StorageV2` : "",
    account.hierarchicalNamespace === true ? "has a hierarchical namespace, with which no version is immutable" : "",
    account.versioning === false ? "keeps no versions, so that an overwritten collection would be gone" : "",
    account.immutable !== true || (account.state !== "Locked" && account.state !== "Unlocked")
      ? "has no version-level immutability with a default policy, so that collections could be deleted at any time"
      : "",
    containerIsPublic ? "has this container open to everybody, the servers included" : "",
  ].filter((what) => what !== "");
  const weak = openDoors(account).map((what) =>
    readiness("archive-account-weak", "warning", "archive.accountId", {
      title: `the storage account ${name} ${what}`,
      cause: "archive.accountId is somebody else's account; this stack does not change it",
      next: "ask its owner to close that; or leave archive.accountId out for an account of our own (before there is an archive)",
    }),
  );
  const elsewhere =
    account.location !== undefined && regionName(account.location) !== regionName(location)
      ? [
          readiness("archive-account-elsewhere", "info", "archive.accountId", {
            title: `the storage account ${name} is in ${account.location}, the servers are in ${location}`,
            cause: "a service endpoint for storage reaches the servers' region and its pair only",
            next: "see that its network rules let the servers in otherwise, for example by a private endpoint of your own",
          }),
        ]
      : [];
  const closed =
    letsIn === false
      ? [
          readiness("archive-account-closed", "warning", "archive.accountId", {
            title: `the storage account ${name} lets the servers' subnet in neither by a rule nor by a private endpoint that is seen`,
            cause:
              "its network rules deny what they do not name; the servers' uploads would be refused (AuthorizationFailure)",
            next: `ask its owner: az storage account network-rule add --account-name ${name} --subnet ${subnetId}`,
          }),
        ]
      : [];
  return {
    problems: refused.map((what) => ({
      path: "archive.accountId",
      problem: `the storage account ${name} ${what}`,
      write:
        "a StorageV2 account made with version-level immutability and a default policy; or nothing, for one of our own",
    })),
    findings: [...weak, ...elsewhere, ...closed],
  };
}

/** One set of permissions of a role, as Azure tells it. */
export interface SeenPermission {
  readonly actions: readonly string[];
  readonly dataActions: readonly string[];
  readonly notDataActions: readonly string[];
}

/** A server may add to the archive and do nothing else to it, so its role says that and nothing else. */
export function judgeRole(name: string, permissions: readonly SeenPermission[]): readonly Problem[] {
  const said = (list: readonly string[]): string => list.map((each) => `"${each}"`).join(", ");
  const actions = permissions.flatMap((each) => each.actions);
  const data = permissions.flatMap((each) => each.dataActions);
  const more = data.filter((each) => each.toLowerCase() !== addBlobs.toLowerCase());
  const takenBack = permissions.flatMap((each) => each.notDataActions);
  const write = `a role with the one data action ${addBlobs} and no action; or nothing, for a role of our own`;
  const wrong = [
    actions.length > 0 ? `allows ${said(actions)} in Azure's control plane, which a server does not need` : "",
    more.length > 0 ? `allows more than to add blobs: ${said(more)}` : "",
    data.length === more.length ? "does not allow to add blobs" : "",
    takenBack.length > 0 ? `takes back ${said(takenBack)}` : "",
  ].filter((what) => what !== "");
  return wrong.map((what) => ({ path: "archive.roleDefinitionId", problem: `the role ${name} ${what}`, write }));
}
