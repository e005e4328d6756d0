import { type Familiarity, isKnown, nearest } from "./nearest";
import { regions } from "./regions";

/**
 * Service tags that a security rule takes: MicrosoftDocs/azure-docs at 17341f4,
 * articles/virtual-network/service-tags-overview.md, the regional ones marked by `*`. Tags are added.
 */
const table =
  "ActionGroup ApiManagement* ApplicationInsightsAvailability AppConfiguration AppService* AppServiceManagement " +
  "AutonomousDevelopmentPlatform* AzureActiveDirectory AzureActiveDirectoryDomainServices AzureAdvancedThreatProtection " +
  "AzureArcInfrastructure AzureAttestation AzureBackup AzureBotService AzureCloud* AzureCognitiveSearch AzureConnectors* " +
  "AzureContainerAppsService* AzureContainerRegistry* AzureCosmosDB* AzureDatabricks AzureDataExplorerManagement " +
  "AzureDataLake AzureDeviceUpdate AzureDevSpaces AzureDevOps* AzureDigitalTwins AzureEventGrid " +
  "AzureFrontDoor.Frontend* AzureFrontDoor.Backend* AzureFrontDoor.FirstParty* AzureHealthcareAPIs " +
  "AzureInformationProtection AzureIoTHub* AzureKeyVault* AzureLoadBalancer AzureLoadTestingInstanceManagement " +
  "AzureMachineLearning AzureMachineLearningInference AzureManagedGrafana AzureMonitor AzureOpenDatasets " +
  "AzurePlatformDNS AzurePlatformIMDS AzurePlatformLKM AzureResourceManager* AzureSentinel AzureSignalR AzureSiteRecovery " +
  "AzureSphere AzureSpringCloud AzureStack AzureTrafficManager AzureUpdateDelivery AzureWebPubSub* BatchNodeManagement* " +
  "ChaosStudio CognitiveServicesFrontend CognitiveServicesManagement DataFactory* DataFactoryManagement " +
  "Dynamics365ForMarketingEmail* Dynamics365BusinessCentral EOPExternalPublishedIPs EventHub* GatewayManager " +
  "GuestAndHybridManagement HDInsight* Internet KustoAnalytics LogicApps LogicAppsManagement Marketplace " +
  "M365ManagementActivityApi* M365ManagementActivityApiWebhook* MicrosoftAzureFluidRelay MicrosoftCloudAppSecurity " +
  "MicrosoftContainerRegistry* MicrosoftDefenderForEndpoint MicrosoftPurviewPolicyDistribution PowerBI " +
  "PowerPlatformInfra* PowerPlatformPlex* PowerQueryOnline ServiceBus* ServiceFabric Sql* SqlManagement Storage* " +
  "StorageSyncService WindowsAdminCenter WindowsVirtualDesktop VirtualNetwork";

const isRegional = new Map(
  table.split(" ").map((entry) => [entry.replace("*", "").toLowerCase(), entry.endsWith("*")] as const),
);
const names = table.split(" ").map((entry) => entry.replace("*", ""));

/** `Storage.WestEurope`: a tag whose last part is a region. */
export function serviceTagFamiliarity(tag: string): Familiarity {
  if (isRegional.has(tag.toLowerCase())) return isKnown;
  const dot = tag.lastIndexOf(".");
  const [base, region] = [tag.slice(0, Math.max(dot, 0)), tag.slice(dot + 1)];
  const known = names.find((name) => name.toLowerCase() === base.toLowerCase());
  if (known !== undefined && isRegional.get(known.toLowerCase()) === true) {
    if (regions.includes(region.toLowerCase())) return isKnown;
    const meant = nearest(region, regions);
    return { kind: "unknown", ...(meant === undefined ? {} : { meant: `${known}.${meant}` }) };
  }
  const meant = nearest(tag, names);
  return { kind: "unknown", ...(meant === undefined ? {} : { meant }) };
}
