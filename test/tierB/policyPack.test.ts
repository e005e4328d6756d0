import assert from "node:assert/strict";
import { postureRules, stackRules } from "../../review/posture";
import { requiresEngine } from "../support/engine";
import { Policed, type PolicyEvent, packProgram } from "../support/policed";
import { breaking, bystanders, goodStack, programOf } from "../support/policyStacks";

const rules = [...postureRules, ...stackRules];
const nameOf = ({ resourceUrn = "" }: PolicyEvent): string => resourceUrn.split("::").at(-1) ?? "";
const told = (events: readonly PolicyEvent[]): readonly string[] =>
  events.map((event) => `${event.policyName} ${event.enforcementLevel} ${nameOf(event)}`).sort();

describe("the policy pack, on the real engine", function () {
  this.timeout(900_000);
  let policed: Policed;
  before(async function () {
    await requiresEngine(this);
    policed = await Policed.open();
  });
  after(() => policed?.close());

  const withPack = ["--json", "--policy-pack", packProgram];

  const analyze = (file: string, ...more: readonly string[]) =>
    policed.run(policed.project, [
      "policy",
      "analyze",
      "--file",
      file,
      "--policy-pack",
      packProgram,
      "--json",
      ...more,
    ]);

  it("holds the components of this repository: preview, up and state of a whole server violate nothing", async () => {
    const stack = ["--stack", "rehearsal", ...withPack];
    const preview = await policed.run(policed.project, ["preview", ...stack]);
    assert.deepEqual(preview.violations, []);
    assert.equal(preview.code, 0, preview.text.slice(-3000));
    const up = await policed.run(policed.project, ["up", "--yes", "--skip-preview", ...stack]);
    assert.deepEqual(up.violations, []);
    assert.equal(up.code, 0, up.text.slice(-3000));
    assert.match(up.text, /"PolicyPacks":\{"entra-connect/, "the pack took part");
    for (const judged of ["host-key-not-pinned", "trusted-launch-off", "secret-in-plain-text"])
      assert.match(up.text, new RegExp(`"passed":\\[[^\\]]*"${judged}"`), judged);
    const state = await policed.run(policed.project, ["stack", "export", "--stack", "rehearsal"]);
    assert.match(state.text, /"azure-native:compute:VirtualMachine"/);
    const analyzed = await analyze(policed.file("ours.json", state.text));
    assert.deepEqual([analyzed.violations, analyzed.code], [[], 0], analyzed.text.slice(-2000));
  });

  describe("on other people's Tier 0 stacks", () => {
    it("says nothing of one in which everything is as it should be, unknown values included", async () => {
      const folder = await policed.otherProject("good", programOf(goodStack));
      const preview = await policed.run(folder, ["preview", "--stack", "dev", ...withPack]);
      assert.deepEqual([told(preview.violations), preview.errors], [[], []]);
      assert.equal(preview.code, 0, preview.text.slice(-3000));
    });

    it("names each resource that breaks a rule, at the rule's level, with the path and never the value", async () => {
      const resources = [...goodStack, ...Object.values(breaking).flat()];
      const folder = await policed.otherProject("bad", programOf(resources));
      const preview = await policed.run(folder, ["preview", "--stack", "dev", ...withPack]);
      const expected = rules.flatMap(({ code, level }) =>
        (breaking[code] ?? [])
          .filter(({ name }) => !bystanders.includes(name))
          .map(({ name }) => `${code} ${level === "must-not" ? "mandatory" : "advisory"} ${name}`),
      );
      assert.deepEqual(preview.errors, ["preview failed"]);
      assert.deepEqual(told(preview.violations), expected.sort());
      assert.equal(preview.code, 1);
      for (const { message } of preview.violations) assert.doesNotMatch(message, /Unmistakable/);
      const written = preview.violations.find((event) => nameOf(event) === "written");
      assert.match(written?.message ?? "", /\ncreate has a secret written into it\. Give it by standard input/);
    });

    it("asks again in up what a preview could not know, and stops before the resource is made", async () => {
      const folder = await policed.otherProject("late", lateProgram);
      const preview = await policed.run(folder, ["preview", "--stack", "dev", ...withPack]);
      assert.deepEqual([told(preview.violations), preview.code], [[], 0]);
      const up = await policed.run(folder, ["up", "--yes", "--skip-preview", "--stack", "dev", ...withPack]);
      assert.deepEqual(told(up.violations), ["management-from-internet mandatory nsg"]);
      assert.equal(up.code, 1);
      const state = await policed.run(folder, ["stack", "export", "--stack", "dev"]);
      assert.match(state.text, /::rg"/);
      assert.doesNotMatch(state.text, /::nsg"/);
    });

    it("judges what needs the whole stack only after it is built: the run fails, the resource stays", async () => {
      // Waits for its group: the two are really made.
      const unlocked = (breaking["lock-missing"] ?? []).map((each) => ({
        ...each,
        inputs: { ...each.inputs, resourceGroupName: "$rg.name" },
      }));
      const folder = await policed.otherProject("unlocked", programOf([...goodStack.slice(0, 1), ...unlocked]));
      const up = await policed.run(folder, ["up", "--yes", "--skip-preview", "--stack", "dev", ...withPack]);
      assert.deepEqual([told(up.violations), up.errors], [["lock-missing mandatory unlocked"], ["update failed"]]);
      assert.equal(up.code, 1);
      const state = await policed.run(folder, ["stack", "export", "--stack", "dev"]);
      assert.match(state.text, /::unlocked"/);
    });
  });

  describe("configured", () => {
    const broken = ["disk-export-allowed", "backup-retention-short", "key-vault-purge-possible", "host-key-not-pinned"];
    let folder = "";
    before(async () => {
      const resources = [...goodStack, ...broken.flatMap((code) => breaking[code] ?? [])];
      folder = await policed.otherProject("configured", programOf(resources));
    });
    const preview = (config: object) =>
      policed.run(folder, [
        "preview",
        "--stack",
        "dev",
        ...withPack,
        "--policy-pack-config",
        policed.file("config.json", JSON.stringify(config)),
      ]);
    const exception = { resource: "exported", reason: "the copy is being made", until: "2999-12-31" };

    it("takes levels, thresholds and exceptions; one that has ended is a violation again, and said", async () => {
      const { violations, code } = await preview({
        "disk-export-allowed": { exceptions: [exception] },
        "backup-retention-short": { minimumRetentionDays: 60 },
        "key-vault-purge-possible": "advisory",
        "host-key-not-pinned": { exceptions: [{ ...exception, resource: "unpin*", until: "2020-01-31" }] },
        "public-address": "disabled",
      });
      assert.deepEqual(told(violations), [
        "backup-retention-short mandatory policy",
        "backup-retention-short mandatory short",
        "disk-export-allowed advisory exported",
        "host-key-not-pinned mandatory unpinned",
        "key-vault-purge-possible advisory purged",
      ]);
      assert.equal(code, 1);
      const message = (name: string) => violations.find((event) => nameOf(event) === name)?.message ?? "";
      assert.match(
        message("exported"),
        /\nExcepted until 2999-12-31 \(the copy is being made\)\. networkAccessPolicy is not/,
      );
      assert.match(message("unpinned"), /The exception until 2020-01-31 \(the copy is being made\) has ended\./);
    });

    it("goes on with nothing but advice", async () => {
      const config = policed.file("advice.json", JSON.stringify({ all: "advisory", "public-address": "disabled" }));
      const state = policed.file("advised.json", stateOf(classic));
      const { violations, code } = await analyze(state, "--policy-pack-config", config);
      assert.ok(violations.every(({ policyName }) => policyName !== "public-address"));
      assert.ok(violations.length > 0 && violations.every(({ enforcementLevel }) => enforcementLevel === "advisory"));
      assert.equal(code, 0);
    });

    for (const [what, wrong] of [
      ["without a reason", { resource: "exported", until: "2999-12-31" }],
      ["without a day", { ...exception, until: "next week" }],
      ["for everything at once", { ...exception, resource: "*" }],
    ] as const)
      it(`refuses an exception ${what}`, async () => {
        const config = policed.file("wrong.json", JSON.stringify({ "disk-export-allowed": { exceptions: [wrong] } }));
        const state = policed.file("empty.json", stateOf([]));
        const { text, code } = await analyze(state, "--policy-pack-config", config);
        assert.notEqual(code, 0);
        assert.match(text, /disk-export-allowed.*exceptions/s);
      });
  });

  describe("on a state, without program, provider or login (pulumi policy analyze)", () => {
    it("judges the classic provider's types by their own property names", async () => {
      const { violations, code } = await analyze(policed.file("classic.json", stateOf(classic)));
      assert.deepEqual(told(violations), [
        "disk-export-allowed mandatory disk",
        "encryption-at-host-off mandatory vm",
        "lock-missing mandatory vault",
        "management-from-internet mandatory nsg",
        "public-address mandatory nic",
        "trusted-launch-off mandatory vm",
        "vault-soft-delete-off mandatory vault",
      ]);
      assert.equal(code, 1);
    });
  });
});

const lateProgram = `
const { CustomResource } = require("@pulumi/pulumi");
const rg = new CustomResource("azure-native:resources:ResourceGroup", "rg", { resourceGroupName: "late", location: "westeurope" });
const rule = { sourcePortRange: "*", destinationAddressPrefix: "*", direction: "Inbound" };
new CustomResource("azure-native:network:NetworkSecurityGroup", "nsg", {
  resourceGroupName: "late", location: "westeurope", networkSecurityGroupName: "nsg",
  securityRules: [
    { ...rule, name: "a", access: "Allow", priority: 200, protocol: "Tcp", destinationPortRange: "3389",
      sourceAddressPrefix: rg.id.apply(() => "Internet") },
    { ...rule, name: "d", access: "Deny", priority: 4096, protocol: "*", destinationPortRange: "*", sourceAddressPrefix: "*" },
  ],
});
`;

const classic: readonly (readonly [string, string, object])[] = [
  [
    "vm",
    "azure:compute/windowsVirtualMachine:WindowsVirtualMachine",
    { vtpmEnabled: true, encryptionAtHostEnabled: false },
  ],
  ["nic", "azure:network/networkInterface:NetworkInterface", { ipConfigurations: [{ publicIpAddressId: "/x" }] }],
  [
    "nsg",
    "azure:network/networkSecurityGroup:NetworkSecurityGroup",
    {
      securityRules: [
        {
          name: "rdp",
          priority: 100,
          direction: "Inbound",
          access: "Allow",
          protocol: "Tcp",
          sourcePortRange: "*",
          destinationPortRanges: ["443", "3380-3390"],
          sourceAddressPrefix: "Internet",
          destinationAddressPrefix: "*",
        },
        {
          name: "deny",
          priority: 200,
          direction: "Inbound",
          access: "Deny",
          protocol: "*",
          sourcePortRange: "*",
          destinationPortRange: "*",
          sourceAddressPrefix: "*",
          destinationAddressPrefix: "*",
        },
      ],
    },
  ],
  [
    "disk",
    "azure:compute/managedDisk:ManagedDisk",
    { networkAccessPolicy: "AllowAll", publicNetworkAccessEnabled: false },
  ],
  ["vault", "azure:recoveryservices/vault:Vault", { name: "v", softDeleteEnabled: false }],
];

function stateOf(resources: readonly (readonly [string, string, object])[]): string {
  const urn = (type: string, name: string) => `urn:pulumi:dev::classic::${type}::${name}`;
  const stack = urn("pulumi:pulumi:Stack", "classic-dev");
  return JSON.stringify({
    version: 3,
    deployment: {
      manifest: { time: "2026-01-01T00:00:00Z", magic: "", version: "" },
      resources: [
        { urn: stack, custom: false, type: "pulumi:pulumi:Stack" },
        ...resources.map(([name, type, inputs]) => ({
          urn: urn(type, name),
          custom: true,
          id: name,
          type,
          inputs,
          outputs: inputs,
          parent: stack,
        })),
      ],
    },
  });
}
