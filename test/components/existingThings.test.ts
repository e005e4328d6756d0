import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { judgeExisting } from "../../components/existing/judge";
import { spelledAsBefore, spellingOf } from "../../components/memory/spelling";
import { SettingsError } from "../../components/settings/settings";
import { type BuildOptions, build, find, provenState } from "../support/passiveServerFixture";
import type { CallAnswers } from "../support/recordedResources";
import { settingsFixture, type Written } from "../support/settingsFixture";

const id = (rest: string, subscription = "sub") =>
  `/subscriptions/${subscription}/resourceGroups/rg-shared/providers/${rest}`;
const vault = id("Microsoft.RecoveryServices/vaults/rsv");
const policy = `${vault}/backupPolicies/daily`;
const workspace = id("Microsoft.OperationalInsights/workspaces/law");
const set = id("Microsoft.Compute/diskEncryptionSets/des");

const there: CallAnswers = {
  "azure-native:resources:getResourceGroup": () => ({ id: "x", properties: { provisioningState: "Succeeded" } }),
  "azure-native:recoveryservices:getVault": () => ({ id: vault, location: "West Europe" }),
  "azure-native:recoveryservices:getProtectionPolicy": () => ({
    id: policy,
    properties: {
      backupManagementType: "AzureIaasVM",
      policyType: "V2",
      schedulePolicy: { scheduleRunFrequency: "Daily" },
    },
  }),
  "azure-native:operationalinsights:getWorkspace": () => ({ id: workspace, location: "northeurope" }),
  "azure-native:compute:getDiskEncryptionSet": () => ({
    id: set,
    location: "westeurope",
    encryptionType: "EncryptionAtRestWithCustomerKey",
  }),
};

const everything = (written: Written): void => {
  Object.assign(written, {
    resourceGroupName: "rg-identity",
    logAnalyticsWorkspaceId: workspace,
    backup: { vaultId: vault, policyId: policy },
  });
  Object.assign(written.generations["1"] ?? {}, { diskEncryptionSetId: set });
};

/** As the engine hands an error of a provider on. */
const failing = (text: string) => (): never => {
  throw Object.assign(new Error(text), { details: text });
};
const absent = (type: string) =>
  failing(`request failed: Status=404 Code="ResourceNotFound" Message="The Resource '${type}' was not found."`);

/** What a run is refused with, one line a problem; undefined where it is not. */
async function refusal(options: BuildOptions): Promise<readonly string[]> {
  try {
    await build({ change: everything, ...options, calls: { ...there, ...options.calls } });
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.problems.map(({ path, problem, write }) => `${path}: ${problem} -> ${write}`);
  }
}

const changed =
  (change: (written: Written) => void) =>
  (written: Written): void => {
    everything(written);
    change(written);
  };

describe("things that exist already, by id or name", () => {
  it("are read and used: group, vault with policy, workspace of another region, disk encryption set", async () => {
    const { registrations, findings } = await build({ change: everything, calls: there });
    const { storageProfile } = find(registrations, "aadc-stg-g1-vm").inputs as {
      storageProfile: { osDisk: { managedDisk: unknown } };
    };
    assert.deepEqual(storageProfile.osDisk.managedDisk, {
      storageAccountType: "Premium_LRS",
      diskEncryptionSet: { id: set },
    });
    assert.equal(find(registrations, "aadc-stg-g1-nsg-diagnostics").inputs.workspaceId, workspace);
    assert.deepEqual(
      findings.filter(({ code }) => /existing|policy/.test(code)),
      [],
    );
  });

  for (const [what, token, path] of [
    ["resource group", "resources:getResourceGroup", "resourceGroupName"],
    ["Recovery Services vault", "recoveryservices:getVault", "backup.vaultId"],
    ["backup policy", "recoveryservices:getProtectionPolicy", "backup.policyId"],
    ["Log Analytics workspace", "operationalinsights:getWorkspace", "logAnalyticsWorkspaceId"],
    ["disk encryption set", "compute:getDiskEncryptionSet", "generations.1.diskEncryptionSetId"],
  ] as const) {
    it(`a ${what} that is not there is refused by its setting`, async () => {
      const problems = await refusal({ calls: { [`azure-native:${token}`]: absent(what) } });
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? "", new RegExp(`^${path.replaceAll(".", "\\.")}: there is no such ${what} in Azure`));
    });

    it(`a ${what} that may not be read is told, and no reason to stop`, async () => {
      const forbidden = failing('request failed: Status=403 Code="AuthorizationFailed" Message="no authorization"');
      const { findings } = await build({
        change: everything,
        calls: { ...there, [`azure-native:${token}`]: forbidden },
      });
      assert.deepEqual(
        findings.filter(({ code }) => code === "existing-not-read").map(({ severity }) => severity),
        ["info"],
      );
    });
  }

  it("a broken line is no evidence: the error goes on", async () => {
    await assert.rejects(
      refusal({
        calls: {
          "azure-native:recoveryservices:getVault": failing("dial tcp: connection refused"),
        },
      }),
      /connection refused/,
    );
  });

  it("of another subscription is refused with both named: vault, disk encryption set", async () => {
    const elsewhere = (rest: string) => id(rest, "other");
    const problems = await refusal({
      change: changed((written) => {
        const other = elsewhere("Microsoft.RecoveryServices/vaults/rsv");
        Object.assign(written, { backup: { vaultId: other, policyId: `${other}/backupPolicies/daily` } });
        Object.assign(written.generations["1"] ?? {}, {
          diskEncryptionSetId: elsewhere("Microsoft.Compute/diskEncryptionSets/des"),
        });
      }),
    });
    assert.deepEqual(
      problems.map((line) => line.split(":")[0]),
      ["backup.vaultId", "generations.1.diskEncryptionSetId"],
    );
    for (const line of problems) assert.match(line, /in the subscription other, this run is signed in to sub/);
  });

  it("a workspace may be in another subscription, which is not looked into", async () => {
    const problems = await refusal({
      change: changed((written) => {
        written.logAnalyticsWorkspaceId = id("Microsoft.OperationalInsights/workspaces/law", "other");
      }),
      calls: { "azure-native:operationalinsights:getWorkspace": absent("workspace") },
    });
    assert.deepEqual(problems, []);
  });

  describe("of monitoring", () => {
    const notify = { emails: ["team@contoso.com"] };
    const monitoring = (more: object) =>
      changed((written) => {
        written.monitoring = { notify, ...more };
      });

    it("the diagnostics' workspace of another region is refused as the alerts', with the region to write", async () => {
      const problems = await refusal({ change: monitoring({}) });
      assert.deepEqual(problems.length, 1);
      assert.match(
        problems[0] ?? "",
        /^monitoring\.workspaceLocation: .*northeurope.*not in westeurope -> northeurope$/,
      );
      assert.deepEqual(await refusal({ change: monitoring({ workspaceLocation: "northeurope" }) }), []);
    });

    it("a workspace of its own is looked for where it is, and one that is absent refused once", async () => {
      const own = id("Microsoft.OperationalInsights/workspaces/alerts");
      const answers = (args: Record<string, unknown>) => ({
        id: own,
        location: args.workspaceName === "alerts" ? "westeurope" : "northeurope",
      });
      const calls = { "azure-native:operationalinsights:getWorkspace": answers };
      assert.deepEqual(await refusal({ change: monitoring({ workspaceId: own }), calls }), []);
      const problems = await refusal({
        change: changed((written) => {
          delete written.logAnalyticsWorkspaceId;
          written.monitoring = { notify, workspaceId: own };
        }),
        calls: { "azure-native:operationalinsights:getWorkspace": absent("workspace") },
      });
      assert.deepEqual(
        problems.map((line) => line.split(": ")[0]),
        ["monitoring.workspaceId"],
      );
    });

    it("an action group that is not there is refused: nobody would be told; one of another subscription is not looked into", async () => {
      const groups = (...actionGroupIds: string[]) =>
        monitoring({ notify: { actionGroupIds }, workspaceLocation: "northeurope" });
      const calls = { "azure-native:monitor:getActionGroup": absent("action group") };
      const [problem, ...more] = await refusal({ change: groups(id("Microsoft.Insights/actionGroups/people")), calls });
      assert.match(problem ?? "", /^monitoring\.notify\.actionGroupIds\[0\]: there is no such action group in Azure/);
      assert.deepEqual(more, []);
      assert.deepEqual(
        await refusal({ change: groups(id("Microsoft.Insights/actionGroups/people", "other")), calls }),
        [],
      );
    });
  });

  it("vault and disk encryption set are of the server's region, in whatever spelling", async () => {
    const problems = await refusal({
      calls: {
        "azure-native:recoveryservices:getVault": () => ({ id: vault, location: "North Europe" }),
        "azure-native:compute:getDiskEncryptionSet": () => ({ id: set, location: "northeurope" }),
      },
    });
    assert.equal(problems.length, 2);
    for (const line of problems) assert.match(line, /the server in westeurope: .* -> one in westeurope/);
  });

  it("a disk encryption set for confidential machines is refused", async () => {
    const problems = await refusal({
      calls: {
        "azure-native:compute:getDiskEncryptionSet": () => ({
          id: set,
          location: "westeurope",
          encryptionType: "ConfidentialVmEncryptedWithCustomerKey",
        }),
      },
    });
    assert.match(problems.join(), /is for confidential machines/);
  });

  it("a group that is going, or that a service owns, is refused", async () => {
    const group = (answer: Record<string, unknown>) =>
      refusal({ calls: { "azure-native:resources:getResourceGroup": () => ({ id: "x", ...answer }) } });
    assert.match((await group({ properties: { provisioningState: "Deleting" } })).join(), /is being deleted/);
    assert.match((await group({ managedBy: "/subscriptions/sub/…/workspaces/bricks" })).join(), /belongs to .*bricks/);
  });

  it("a policy for something else is refused; one of the standard kind or once a week is told", async () => {
    const answer = (properties: Record<string, unknown>): CallAnswers => ({
      "azure-native:recoveryservices:getProtectionPolicy": () => ({ id: policy, properties }),
    });
    assert.match(
      (await refusal({ calls: answer({ backupManagementType: "AzureWorkload" }) })).join(),
      /backup\.policyId: this policy is for AzureWorkload, not for virtual machines/,
    );
    const { findings } = await build({
      change: everything,
      calls: {
        ...there,
        ...answer({
          backupManagementType: "AzureIaasVM",
          policyType: "V1",
          schedulePolicy: { scheduleRunFrequency: "Weekly" },
        }),
      },
    });
    assert.deepEqual(
      findings.flatMap(({ code }) => (code.startsWith("backup-policy") ? [code] : [])),
      ["backup-policy-standard", "backup-policy-weekly"],
    );
  });

  it("of a generation that is built its disk encryption set is not looked for: it may be gone from the settings' view", async () =>
    assert.deepEqual(
      await refusal({
        state: provenState(everything),
        calls: { "azure-native:compute:getDiskEncryptionSet": absent("set") },
      }),
      [],
    ));

  it("another disk encryption set, or none, needs a new machine", async () => {
    const other = id("Microsoft.Compute/diskEncryptionSets/other");
    for (const next of [other, undefined]) {
      const problems = await refusal({
        state: provenState(everything),
        change: changed((written) => Object.assign(written.generations["1"] ?? {}, { diskEncryptionSetId: next })),
      });
      assert.match(problems.join(), /generations\.1\.diskEncryptionSetId: generation 1 was built with .*des/);
    }
  });

  it("signed in to another subscription than the server's, only that is said", async () => {
    const state = provenState(everything, [1], (ledger) => ({ ...ledger, subscriptionId: "first" }));
    const problems = await refusal({ state });
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? "", /azure-native:subscriptionId: this server was built in subscription first/);
  });

  it("an id of another type says what it is", () => {
    const told = (change: (written: Written) => void): string => {
      try {
        settingsFixture(changed(change));
        return "";
      } catch (error) {
        return (error as Error).message;
      }
    };
    const block = (value: string) => (written: Written) =>
      Object.assign(written.generations["1"] ?? {}, { diskEncryptionSetId: value });
    assert.match(
      told(block(id("Microsoft.KeyVault/vaults/kv"))),
      /which is the id of a Microsoft\.KeyVault\/vaults, not the id of a disk encryption set/,
    );
    assert.match(told(block("/subscriptions/sub/resourceGroups/rg")), /which is the id of a resource group, not/);
    assert.match(told(block("des")), /which is not the id of a disk encryption set/);
    assert.match(
      told((written) => Object.assign(written, { backup: { vaultId: policy, policyId: policy } })),
      /which is the id of a Microsoft\.RecoveryServices\/vaults\/backupPolicies, not the id of a Recovery Services vault/,
    );
  });

  it("any letter case is right", async () => {
    const problems = await refusal({
      change: changed((written) => {
        Object.assign(written, {
          logAnalyticsWorkspaceId: workspace.toLowerCase(),
          backup: { vaultId: vault.toUpperCase(), policyId: policy.toLowerCase() },
        });
        Object.assign(written.generations["1"] ?? {}, { diskEncryptionSetId: set.toUpperCase() });
      }),
    });
    assert.deepEqual(problems, []);
  });
});

describe("an id that is only spelled otherwise", () => {
  const ledger = { spelling: spellingOf(settingsFixture(everything)) };
  const spelled = (change: (written: Written) => void) => spelledAsBefore(settingsFixture(changed(change)), ledger);

  it("is used as it was spelled first, and another one as it is written", () => {
    assert.equal(
      spelled((written) => Object.assign(written, { resourceGroupName: "RG-IDENTITY" })).resourceGroupName,
      "rg-identity",
    );
    assert.equal(
      spelled((written) => Object.assign(written, { backup: { vaultId: vault.toUpperCase(), policyId: policy } }))
        .backup.vaultId,
      vault,
    );
    assert.equal(
      spelled((written) => Object.assign(written, { resourceGroupName: "rg-other" })).resourceGroupName,
      "rg-other",
    );
    assert.equal(
      spelled((written) => Object.assign(written.generations["1"] ?? {}, { diskEncryptionSetId: set.toUpperCase() }))
        .generations[0]?.diskEncryptionSetId,
      set,
    );
  });

  it("does not reach Azure: the names in the paths of group and protected item stay as they were", async () => {
    const upper = changed((written) =>
      Object.assign(written, {
        resourceGroupName: "RG-IDENTITY",
        backup: { vaultId: vault.toUpperCase(), policyId: policy.toUpperCase() },
      }),
    );
    const before = provenState(everything);
    const { registrations } = await build({ change: upper, state: before, calls: there });
    assert.equal(find(registrations, "aadc-stg-g1-vm").inputs.resourceGroupName, "rg-identity");
    const { resourceGroupName, vaultName } = find(registrations, "aadc-stg-backup-g1-item").inputs;
    assert.deepEqual([resourceGroupName, vaultName], ["rg-shared", "rsv"]);
  });
});

describe("what was found, judged", () => {
  it("what was not looked for is no problem", () =>
    assert.deepEqual(judgeExisting(settingsFixture(), { diskEncryptionSets: {} }, "sub"), {
      problems: [],
      findings: [],
    }));

  it("an output of another resource is looked for as soon as it is known", async () => {
    const problems = await refusal({
      args: (args) => ({ ...args, logAnalyticsWorkspaceId: pulumi.output(workspace) }),
      calls: { "azure-native:operationalinsights:getWorkspace": absent("workspace") },
    });
    assert.match(problems.join(), /^logAnalyticsWorkspaceId: there is no such/);
  });
});
