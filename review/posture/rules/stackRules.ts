import { isUnknown, type PostureResource, valueAt } from "../resource";
import { joinRuleSets, managementExposures, reachOf, readSecurityRules } from "../securityRules";
import type { PostureSettings, SettingName } from "../settings";
import { kindOf } from "../types";
import type { Judged, PostureRule } from "./rule";

/** A resource among the others of its stack. In a preview its values are inputs and markers of what is unknown. */
export interface StackResource extends PostureResource {
  readonly urn: string;
  /** Type of the component that made it; undefined where none did. */
  readonly madeBy?: string;
  /** URNs of what it depends on, by whatever property or option. */
  readonly dependencies: readonly string[];
}

export interface StackJudged extends Judged {
  readonly urn: string;
}

/** What only the whole stack shows. As a policy it is judged at the end of a run, when everything is built already. */
export interface StackRule extends Pick<PostureRule, "code" | "level" | "sentence" | "remedy" | "source"> {
  readonly looksAt: PostureRule["looksAt"];
  readonly settings?: readonly SettingName[];
  judge(resources: readonly StackResource[], settings: PostureSettings): readonly StackJudged[];
}

const texts = (...values: readonly unknown[]): readonly string[] =>
  values.filter((value): value is string => typeof value === "string" && value !== "" && !isUnknown(value));

const same = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();

/** Whether a lock reaches a resource: by names and ids where they are known, else by what it depends on. */
function covers(lock: StackResource, target: StackResource, all: readonly StackResource[]): boolean {
  const { inputs, type } = lock;
  if (type.endsWith("AtSubscriptionLevel")) return true;
  const [id] = texts(valueAt(target.inputs, "id"));
  const names = texts(...namesOf(target));
  const groups = all.filter((each) => /:ResourceGroup$/.test(each.type)).map(({ urn }) => urn);
  const onSharedGroup = lock.dependencies.some((urn) => groups.includes(urn) && target.dependencies.includes(urn));
  if (type.endsWith("AtResourceGroupLevel")) {
    const [group] = texts(valueAt(inputs, "resourceGroupName"));
    if (group === undefined) return onSharedGroup;
    const own = texts(valueAt(target.inputs, "resourceGroupName"));
    const part = `/resourcegroups/${group.toLowerCase()}/`;
    return own.some((name) => same(name, group)) || id?.toLowerCase().includes(part) === true;
  }
  if (type.endsWith("AtResourceLevel")) {
    const [name] = texts(valueAt(inputs, "resourceName"));
    return name === undefined ? lock.dependencies.includes(target.urn) : names.some((own) => same(own, name));
  }
  const [scope] = texts(valueAt(inputs, "scope"));
  if (scope === undefined)
    return (
      lock.dependencies.includes(target.urn) ||
      (onSharedGroup && lock.dependencies.every((urn) => groups.includes(urn)))
    );
  const at = scope.toLowerCase().replace(/^\/*/, "/").replace(/\/$/, "");
  if (/^\/subscriptions\/[^/]+$/.test(at)) return true;
  if (id !== undefined) return same(at, id) || id.toLowerCase().startsWith(`${at}/`);
  return names.some((name) => at.endsWith(`/${name.toLowerCase()}`));
}

const namesOf = ({ inputs }: StackResource): readonly unknown[] =>
  ["name", "vaultName", "accountName"].map((key) => valueAt(inputs, key));

function isLocking({ inputs }: StackResource): boolean {
  const level = valueAt(inputs, "level") ?? valueAt(inputs, "lockLevel");
  return isUnknown(level) || ["cannotdelete", "readonly"].includes(String(level).toLowerCase());
}

function isImmutable({ inputs }: StackResource): boolean {
  const state =
    valueAt(inputs, "properties", "securitySettings", "immutabilitySettings", "state") ??
    valueAt(inputs, "immutability");
  return ["unlocked", "locked"].includes(String(state).toLowerCase());
}

/** The library's own vault is retained: no command of Pulumi's deletes it. */
const retained = "entra-connect:backup:Backup";

function holdsState(
  account: StackResource,
  all: readonly StackResource[],
  { stateAccounts }: PostureSettings,
): boolean {
  const names = texts(...namesOf(account));
  if (names.some((name) => stateAccounts.some((given) => same(given, name)))) return true;
  return all.some(
    (each) =>
      kindOf(each.type) === "storageContainer" &&
      (each.dependencies.includes(account.urn) ||
        texts(valueAt(each.inputs, "accountName"), valueAt(each.inputs, "storageAccountName")).some((name) =>
          names.some((own) => same(own, name)),
        )) &&
      texts(valueAt(each.inputs, "containerName"), valueAt(each.inputs, "name")).some((name) =>
        /pulumi|state/i.test(name),
      ),
  );
}

const lockMissing: StackRule = {
  code: "lock-missing",
  level: "must-not",
  looksAt: ["vault", "storageAccount"],
  sentence: "A vault, or a storage account that holds Pulumi state, has no lock against deletion.",
  remedy:
    "Add a management lock (CanNotDelete) on it or its resource group (this library: locks: { backup: true }), best by another identity than the one that runs Pulumi; or make the vault immutable. A lock from elsewhere is written down as an exception.",
  source:
    "Tier 0 guidance: a lock on what must not go. This library's own vault is retained by every command of Pulumi and counts as kept, with locks.backup or without",
  settings: ["stateAccounts"],
  judge: (resources, settings) => {
    const locks = resources.filter((each) => kindOf(each.type) === "lock" && isLocking(each));
    return resources
      .filter((each) => {
        const kind = kindOf(each.type);
        if (kind === "vault") return each.madeBy !== retained && !isImmutable(each);
        return kind === "storageAccount" && holdsState(each, resources, settings);
      })
      .filter((target) => !locks.some((lock) => covers(lock, target, resources)))
      .map(({ urn }): StackJudged => ({ urn, answer: "bad", path: "", why: "is covered by no lock of this stack" }));
  },
};

const groupLeftOpen: StackRule = {
  code: "security-group-left-open",
  level: "must-not",
  looksAt: ["securityGroup", "securityRule"],
  sentence: "A security group whose rules are resources of their own leaves a management port to the whole network.",
  remedy: "Add a rule that denies everything else inbound, with the highest priority number.",
  source: "Microsoft, Network security groups: Azure's own rule AllowVnetInBound lets the whole virtual network in",
  settings: ["managementPorts", "widestNamedSource"],
  judge: (resources, { managementPorts, widestNamedSource }) =>
    resources
      .filter(({ type }) => kindOf(type) === "securityGroup")
      .flatMap((group): readonly StackJudged[] => {
        const own = resources.filter(
          (each) => kindOf(each.type) === "securityRule" && each.dependencies.includes(group.urn),
        );
        if (own.length === 0) return [];
        // Not the group's own list: after a refresh it repeats these, also one that is gone meanwhile.
        const sets = own.flatMap((each) => readSecurityRules(each) ?? []);
        const found = (["internet", "network"] as const).flatMap((from) =>
          managementExposures(reachOf(joinRuleSets(sets)), {
            from,
            ports: managementPorts,
            widest: BigInt(widestNamedSource),
          }),
        );
        const ports = [...new Set(found.filter(({ answer }) => answer === "bad").map(({ port }) => port))];
        if (ports.length === 0) return [];
        const why = `together with its rules leaves management port${ports.length > 1 ? "s" : ""} ${ports.join(", ")} open`;
        return [{ urn: group.urn, answer: "bad", path: "", why }];
      }),
};

export const stackRules: readonly StackRule[] = [lockMissing, groupLeftOpen];
