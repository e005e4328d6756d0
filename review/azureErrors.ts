/** An error of Azure Resource Manager that a person meets, in Azure's own words, and what we say to it. */
export interface AzureErrorText {
  readonly code: string;
  /** HTTP status with which it refuses a request; undefined where it only ends an operation that was accepted. */
  readonly status: number | undefined;
  /** Azure's text; what stands in braces is filled in by the simulated Azure: see `AzureErrorFacts`. */
  readonly text: string;
  /** What its message has, where Azure uses the code for other things too. */
  readonly says?: RegExp;
  /** The machine is there all the same: only its end was not seen in time. */
  readonly workIsDone?: boolean;
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
  /** Id of another virtual machine. */
  readonly machine: string;
}

export const nicReserved: AzureErrorText = {
  code: "NicReservedForAnotherVm",
  status: 400,
  text: "Nic(s) in request is reserved for another Virtual Machine for 180 seconds. Please provide another nic(s) or retry after 180 seconds. Reserved VM: {machine}",
  cause: "a network interface stays reserved for three minutes for a machine that failed, after that machine is gone",
  next: "Wait three minutes, then the same command again.",
  source: "cloudfoundry/bosh-azure-cpi-release#366, gardenlinux/gardenlinux#4133",
};

export const azureErrors: readonly AzureErrorText[] = [
  {
    code: "AuthorizationFailed",
    status: 403,
    text: "The client '{client}' with object id '{client}' does not have authorization to perform action '{action}' over scope '{id}' or the scope is invalid. If access was recently granted, please refresh your credentials.",
    cause: "the identity that deploys has no right to this action there, or has got it only just now",
    next: "Assign it a role with that action at that scope or above it, sign in again, then pulumi up.",
    source: "Azure/ARO-RP#66",
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
    cause:
      "the subscription has never used this kind of resource. azure-native registers its namespace by itself and goes on; other tools do not",
    next: "`az provider register --namespace NAMESPACE --wait` with the namespace that it names, then pulumi up.",
    source: "Azure/Commercial-Marketplace-SaaS-Accelerator#852",
  },
  {
    code: "OperationNotAllowed",
    status: 409,
    says: /exceeding (approved|quota)/,
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
  {
    code: "AllocationFailed",
    status: undefined,
    text: "Allocation failed. We do not have sufficient capacity for the requested VM size in this region. Read more about improving likelihood of allocation success at http://aka.ms/allocation-guidance",
    cause:
      "Azure took the order for the machine and then found no place for this size; the machine is there as Failed and holds its network interface and disk",
    next: "pulumi up again tries the same machine once more. If it stays so: another size (`size` of the generation), or another generation in another zone.",
    source: "vmware-tanzu/community-edition#3963",
  },
  {
    code: "ZonalAllocationFailed",
    status: undefined,
    text: "Allocation failed. We do not have sufficient capacity for the requested VM size in this zone. Read more about improving likelihood of allocation success at http://aka.ms/allocation-guidance",
    cause:
      "Azure took the order for the machine and then found no place for this size in this zone; the machine is there as Failed and holds its network interface and disk",
    next: "pulumi up again tries the same machine once more. If it stays so: another size (`size` of the generation), or another generation in another zone.",
    source: "openshift/release#5182",
  },
  {
    code: "OSProvisioningTimedOut",
    status: undefined,
    text: "OS Provisioning for VM '{name}' did not finish in the allotted time. The VM may still finish provisioning successfully. Please check provisioning state later. For details on how to check current provisioning state of Windows VMs, refer to https://aka.ms/WindowsVMLifecycle and Linux VMs, refer to https://aka.ms/LinuxVMLifecycle.",
    workIsDone: true,
    cause: "Windows took longer to start for the first time than Azure waits; mostly it comes up later by itself",
    next: "Wait some minutes, then pulumi up: it goes on with the same machine.",
    source: "Azure/aks-engine#3694",
  },
  {
    code: "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet",
    status: 400,
    text: "Cannot create or update peering {id}. Virtual networks cannot be peered because address space of the first virtual network overlaps with address space of a virtual network already peered with the second virtual network. For more information please refer to https://aka.ms/VnetPeeringInfo",
    cause: "the hub is peered already with a network that has addresses of this one",
    next: "Take an address space (network.addressSpace, network.subnetPrefix) that nothing peered with the hub has, in a stack that is new; or have the other peering removed; then pulumi up.",
    source: "alan-turing-institute/data-safe-haven#2152",
  },
  {
    code: "Conflict",
    status: 409,
    says: /Data sink /,
    text: "Data sink 'workspace' is already used in diagnostic setting 'setByPolicy' for category 'allLogs'. Data sinks can't be reused in different settings on the same category for the same resource.",
    cause:
      "somebody, mostly Azure Policy, sends the same logs of this resource to the same workspace by a diagnostic setting of another name",
    next: "Take logAnalyticsWorkspaceId out where the other setting is to stay; else have it deleted (`az monitor diagnostic-settings list`), then pulumi up.",
    source: "Azure/bicep-registry-modules#3407",
  },
  nicReserved,
];

export function azureError(code: string): AzureErrorText | undefined {
  return azureErrors.find((known) => known.code.toLowerCase() === code.toLowerCase());
}

/** The errors that a message of azure-native, or of the engine around it, tells of. */
export function azureErrorsIn(message: string): readonly AzureErrorText[] {
  const codes = [...message.matchAll(/\b[Cc]ode\\?["']?[=:]\s*\\?["']([A-Za-z]+)/g)].map(([, code = ""]) => code);
  const found = new Set(codes.map((code) => azureError(code)));
  return azureErrors.filter((known) => found.has(known) && (known.says?.test(message) ?? true));
}

/** The error in Azure's words; what is not known of the call stays a plain word. */
export function inAzuresWords(
  { text }: AzureErrorText,
  facts: { readonly [Name in keyof AzureErrorFacts]?: string | undefined },
): string {
  const known: Readonly<Record<string, string | undefined>> = {
    client: "00000000-0000-4000-8000-00000000c11e",
    namespace: facts.type?.split("/")[0],
    ...facts,
  };
  return text.replaceAll(/\{([a-z]+)\}/g, (whole, name: string) => known[name] ?? whole.slice(1, -1));
}
