import { type Familiarity, isKnown, nearest, unknownBut } from "./nearest";
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

const tags = new Map(
  table.split(" ").map((entry) => {
    const name = entry.replace("*", "");
    return [name.toLowerCase(), { name, isRegional: entry.endsWith("*") }] as const;
  }),
);
const names = [...tags.values()].map(({ name }) => name);

/** `Storage.WestEurope`: a tag whose last part is a region. */
export function serviceTagFamiliarity(tag: string): Familiarity {
  if (tags.has(tag.toLowerCase())) return isKnown;
  const dot = tag.lastIndexOf(".");
  const [base, region] = [tag.slice(0, Math.max(dot, 0)), tag.slice(dot + 1)];
  const known = tags.get(base.toLowerCase());
  if (known?.isRegional !== true) return unknownBut(nearest(tag, names));
  if (regions.includes(region.toLowerCase())) return isKnown;
  const meant = nearest(region, regions);
  return unknownBut(meant && `${known.name}.${meant}`);
}
