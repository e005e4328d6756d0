/** An error of Azure Resource Manager that a person meets, in Azure's own words, and what we say to it. */
export interface AzureErrorText {
  readonly code: string;
  /** HTTP status with which it refuses a request; undefined where it only ends an operation that was accepted. */
  readonly status: number | undefined;
  /** Azure's text; what stands in braces is filled in by the simulated Azure: see `AzureErrorFacts`. */
  readonly text: string;
  readonly cause: string;
  readonly next: string;
  /** Where the text was read. */
  readonly source: string;
}

/** What a text names of the call it answers. */
export interface AzureErrorFacts {
  readonly name: string;
  readonly type: string;
  /** `Microsoft.Compute/virtualMachines/write`. */
  readonly action: string;
  readonly id: string;
  readonly subscription: string;
  readonly location: string;
  readonly size: string;
}

export const azureErrors: readonly AzureErrorText[] = [
  {
    code: "AuthorizationFailed",
    status: 403,
    text: "The client '{client}' with object id '{client}' does not have authorization to perform action '{action}' over scope '{id}' or the scope is invalid. If access was recently granted, please refresh your credentials.",
    cause: "the identity that deploys has no right to this action there, or has got it only just now",
    next: "Assign it a role with that action at that scope or above it, sign in again, then pulumi up.",
    source: "Azure's answer as quoted in many public issues",
  },
  {
    code: "RequestDisallowedByPolicy",
    status: 403,
    text: `Resource '{name}' was disallowed by policy. Policy identifiers: '[{"policyAssignment":{"name":"Rehearsed","id":"/subscriptions/{subscription}/providers/Microsoft.Authorization/policyAssignments/rehearsed"},"policyDefinition":{"name":"Rehearsed","id":"/subscriptions/{subscription}/providers/Microsoft.Authorization/policyDefinitions/rehearsed","version":"1.0.0"}}]'.`,
    cause: "a policy with the effect Deny forbids this resource as it is",
    next: "Read the named assignment; change the setting that it forbids, or ask its owner for an exemption, then pulumi up.",
    source: "Azure/azure-cli#32417",
  },
  {
    code: "MissingSubscriptionRegistration",
    status: 409,
    text: "The subscription is not registered to use namespace '{namespace}'. See https://aka.ms/rps-not-found for how to register subscriptions.",
    cause: "the subscription has never used this kind of resource",
    next: "`az provider register --namespace NAMESPACE --wait` with the namespace that it names, then pulumi up.",
    source: "Azure/Commercial-Marketplace-SaaS-Accelerator#852",
  },
  {
    code: "OperationNotAllowed",
    status: 409,
    text: "Operation could not be completed as it results in exceeding approved Total Regional Cores quota. Additional details - Deployment Model: Resource Manager, Location: {location}, Current Limit: 10, Current Usage: 10, Additional Required: 2, (Minimum) New Limit Required: 12.",
    cause: "the subscription's quota of processors in this region is used up",
    next: "Ask for more (portal: Quotas), or take a size of another family that has some left (`az vm list-usage --location REGION`), then pulumi up.",
    source: "nforgeio/neonKUBE#1671, cloud-barista/cb-spider#1558",
  },
  {
    code: "QuotaExceeded",
    status: 409,
    text: "Operation could not be completed as it results in exceeding approved Total Regional Cores quota. Additional details - Deployment Model: Resource Manager, Location: {location}, Current Limit: 4, Current Usage: 0, Additional Required: 6, (Minimum) New Limit Required: 6.",
    cause: "the subscription's quota of processors in this region is used up",
    next: "Ask for more (portal: Quotas), or take a size of another family that has some left (`az vm list-usage --location REGION`), then pulumi up.",
    source: "theonemule/fahclient-azure-vm#3",
  },
  {
    code: "SkuNotAvailable",
    status: 409,
    text: "The requested VM size for resource 'Following SKUs have failed for Capacity Restrictions: {size}' is currently not available in location '{location}'. Please try another size or deploy to a different location or different zone. See https://aka.ms/azureskunotavailable for details.",
    cause:
      "Azure has no machines of this size left in this region or zone, or does not sell it to this subscription there",
    next: "Take another size (`size` of the generation), another zone, or try again later; then pulumi up.",
    source: "Azure-Samples/azuresandbox#70, cloud-hypervisor/cloud-hypervisor#8319",
  },
];

export function azureError(code: string): AzureErrorText | undefined {
  return azureErrors.find((known) => known.code.toLowerCase() === code.toLowerCase());
}

/** The error in Azure's words; what is not known of the call stays a plain word. */
export function inAzuresWords({ text }: AzureErrorText, facts: Partial<AzureErrorFacts>): string {
  const known: Readonly<Record<string, string | undefined>> = {
    client: "00000000-0000-4000-8000-00000000c11e",
    namespace: facts.type?.split("/")[0],
    ...facts,
  };
  return text.replaceAll(/\{([a-z]+)\}/g, (whole, name: string) => known[name] ?? whole.slice(1, -1));
}
