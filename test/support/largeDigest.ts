/** A digest of `pulumi preview --json` of any size, always the same: a third of it unchanged, some of everything else. */
export function largeDigest(resources: number): object {
  const steps = Array.from({ length: resources }, (_, index) => stepOf(index));
  const changeSummary: Record<string, number> = {};
  for (const { op } of steps) changeSummary[op] = (changeSummary[op] ?? 0) + 1;
  return { config: { "app:region": "westeurope" }, steps, duration: 1, changeSummary };
}

const types = [
  "azure-native:network:NetworkSecurityGroup",
  "azure-native:storage:StorageAccount",
  "azure-native:web:WebApp",
  "aws:s3/bucket:Bucket",
  "kubernetes:apps/v1:Deployment",
  "command:remote:Command",
  "random:index/randomPet:RandomPet",
  "azure-native:network:NetworkInterface",
  "azure-native:dns:RecordSet",
  "azure-native:keyvault:Secret",
] as const;
const ops = ["same", "update", "create", "same", "update", "delete", "same"] as const;

function stepOf(index: number): { readonly op: string } {
  const type = types[index % types.length] ?? types[0];
  const op = ops[index % ops.length] ?? "same";
  const urn = `urn:pulumi:prod::large::${type}::resource-${index}`;
  const state = (version: number) => ({
    urn,
    custom: true,
    id: `/subscriptions/00000000-0000-4000-8000-0000000000a1/resourceGroups/rg/providers/x/y/resource-${index}`,
    type,
    inputs: inputsOf(type, index, version),
    outputs: { ...inputsOf(type, index, version), etag: `"${version}"`, provisioningState: "Succeeded" },
    parent: "urn:pulumi:prod::large::pulumi:pulumi:Stack::large-prod",
    dependencies: Array.from({ length: 6 }, (_, at) => `urn:pulumi:prod::large::${types[at]}::resource-${index - at}`),
    sourcePosition: `project:///index.ts#${index},1`,
    provider: "urn:pulumi:prod::large::pulumi:providers:azure-native::default_3_28_0::u",
  });
  return {
    op,
    ...{ urn, provider: "p" },
    ...(op === "create" ? {} : { oldState: state(1) }),
    ...(op === "delete" ? {} : { newState: state(op === "same" ? 1 : 2) }),
    ...{ detailedDiff: null },
  };
}

function inputsOf(type: string, index: number, version: number): object {
  const settings = Object.fromEntries(
    Array.from({ length: 8 }, (_, at) => [
      `setting${at}`,
      { name: `name-${at}`, text: `value ${at} of ${index}`, number: at },
    ]),
  );
  const rules = Array.from({ length: 12 }, (_, at) => ({
    name: `rule-${at}`,
    access: at === 11 ? "Deny" : "Allow",
    direction: "Inbound",
    priority: 200 + at * 10,
    protocol: "Tcp",
    sourceAddressPrefix: `10.${at}.${index % 250}.0/${at === 3 ? 20 + version : 24}`,
    sourcePortRange: "*",
    destinationAddressPrefix: "*",
    destinationPortRange: String(440 + at),
  }));
  return type.endsWith("NetworkSecurityGroup")
    ? { securityRules: rules, settings }
    : { settings, version, create: `echo ${version}`, text: "x".repeat(600), location: "westeurope" };
}
