import assert from "node:assert/strict";
import { defaultSettings, type StackResource, stackRules } from "../../../review/posture";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const native = (name: string) => `azure-native:${name}`;
const urnOf = (name: string) => `urn:pulumi:dev::p::t::${name}`;

function resource(
  name: string,
  type: string,
  inputs: Readonly<Record<string, unknown>>,
  dependencies: readonly string[] = [],
  madeBy?: string,
): StackResource {
  return { name, type, inputs, urn: urnOf(name), dependencies: dependencies.map(urnOf), madeBy };
}

function broken(code: string, resources: readonly StackResource[], settings = defaultSettings): readonly string[] {
  const rule = stackRules.find((each) => each.code === code);
  assert.ok(rule);
  return rule.judge(resources, settings).map(({ urn }) => urn.split("::").at(-1) ?? "");
}

const id = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.RecoveryServices/vaults/rsv";
const vault = resource("rsv", native("recoveryservices:Vault"), { id, name: "rsv" }, ["rg"]);
const group = resource("rg", native("resources:ResourceGroup"), { name: "rg" });
const lock = (type: string, inputs: Readonly<Record<string, unknown>>, dependencies: readonly string[] = []) =>
  resource("lock", type, { level: "CanNotDelete", ...inputs }, dependencies);
const byScope = native("authorization:ManagementLockByScope");

describe("lock-missing", () => {
  const judged = (...others: readonly StackResource[]) => broken("lock-missing", [group, vault, ...others]);

  it("names a vault that no lock covers", () => {
    assert.deepEqual(judged(), ["rsv"]);
    assert.deepEqual(judged(lock(byScope, { scope: `${id}-other` })), ["rsv"]);
    assert.deepEqual(judged(lock(byScope, { scope: id, level: "NotSpecified" })), ["rsv"], "that is no lock");
    assert.deepEqual(
      judged(lock(native("authorization:ManagementLockAtResourceGroupLevel"), { resourceGroupName: "elsewhere" })),
      ["rsv"],
    );
  });

  it("is content with a lock on it, on its group or on the subscription, in every form", () => {
    for (const good of [
      lock(byScope, { scope: id.toUpperCase(), level: "ReadOnly" }),
      lock(byScope, { scope: "/subscriptions/s/resourceGroups/rg" }),
      lock(byScope, { scope: "/subscriptions/s" }),
      lock(native("authorization:ManagementLockAtSubscriptionLevel"), {}),
      lock(native("authorization:ManagementLockAtResourceGroupLevel"), { resourceGroupName: "RG" }),
      lock(native("authorization:ManagementLockAtResourceLevel"), { resourceName: "rsv", resourceGroupName: "rg" }),
      lock("azure:management/lock:Lock", { level: undefined, lockLevel: "CanNotDelete", scope: id }),
    ])
      assert.deepEqual(judged(good), [], JSON.stringify(good.inputs));
  });

  it("knows in a preview, in which there are no ids yet, what a lock depends on", () => {
    const fresh = { ...vault, inputs: { vaultName: "rsv" } };
    const all = (...others: readonly StackResource[]) => broken("lock-missing", [group, fresh, ...others]);
    assert.deepEqual(all(lock(byScope, { scope: unknown }, ["rsv"])), []);
    assert.deepEqual(all(lock(byScope, { scope: unknown }, ["rg"])), []);
    assert.deepEqual(all(lock(byScope, { scope: unknown }, ["something-else"])), ["rsv"]);
  });

  it("does not take a lock on a neighbour for one on the group, because both are in it", () => {
    const neighbour = resource("vm", native("compute:VirtualMachine"), {}, ["rg"]);
    const onNeighbour = lock(byScope, { scope: unknown }, ["vm", "rg"]);
    assert.deepEqual(judged(neighbour, onNeighbour), ["rsv"]);
    const named = lock(
      native("authorization:ManagementLockAtResourceLevel"),
      { resourceName: "vm", resourceGroupName: "rg" },
      ["vm", "rg"],
    );
    assert.deepEqual(judged(neighbour, named), ["rsv"]);
  });

  it("takes immutability for more than a lock, and the library's own vault, which is retained, for kept", () => {
    const immutable = { properties: { securitySettings: { immutabilitySettings: { state: "Unlocked" } } } };
    assert.deepEqual(broken("lock-missing", [{ ...vault, inputs: immutable }]), []);
    assert.deepEqual(broken("lock-missing", [{ ...vault, madeBy: "entra-connect:backup:Backup" }]), []);
  });

  it("asks a storage account only if it holds state: by its container's name, or because it is said", () => {
    const account = resource("st", native("storage:StorageAccount"), { name: "stpulumi" });
    const container = (name: string) =>
      resource("c", native("storage:BlobContainer"), { accountName: "stpulumi", name }, ["st"]);
    assert.deepEqual(broken("lock-missing", [account, container("evidence")]), []);
    assert.deepEqual(broken("lock-missing", [account, container("pulumi-state")]), ["st"]);
    assert.deepEqual(broken("lock-missing", [account], { ...defaultSettings, stateAccounts: ["STPulumi"] }), ["st"]);
  });
});

describe("security-group-left-open", () => {
  const nsg = resource("nsg", native("network:NetworkSecurityGroup"), {});
  const rule = {
    access: "Allow",
    direction: "Inbound",
    priority: 200,
    protocol: "Tcp",
    sourcePortRange: "*",
    destinationPortRange: "22",
    sourceAddressPrefix: "10.0.0.4",
    destinationAddressPrefix: "*",
  };
  const ruleOf = (name: string, more: object) =>
    resource(name, native("network:SecurityRule"), { ...rule, ...more }, ["nsg"]);
  const deny = { access: "Deny", priority: 4096, protocol: "*", destinationPortRange: "*", sourceAddressPrefix: "*" };
  const judged = (...resources: readonly StackResource[]) => broken("security-group-left-open", resources);

  it("looks at a group together with its rules, wherever these stand", () => {
    assert.deepEqual(judged(nsg), [], "a group without rules of its own is judged by itself");
    assert.deepEqual(judged(nsg, ruleOf("ssh", {})), ["nsg"]);
    assert.deepEqual(judged(ruleOf("ssh", {}), ruleOf("deny", deny), nsg), []);
    const other = resource("other-deny", native("network:SecurityRule"), { ...rule, ...deny }, ["other"]);
    assert.deepEqual(judged(nsg, ruleOf("ssh", {}), other), ["nsg"], "another group's deny does not help");
  });

  it("believes the rules rather than what Azure once answered of the group", () => {
    const stale = { ...nsg, inputs: { securityRules: [{ ...rule, name: "gone", sourceAddressPrefix: "*" }] } };
    assert.deepEqual(judged(stale, ruleOf("ssh", {}), ruleOf("deny", deny)), []);
  });
});
