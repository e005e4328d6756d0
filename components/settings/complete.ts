import { alternatingAddress, isPrefix } from "../network/addresses";
import { sizingFor } from "../server/sizing";
import type { ValidationContext } from "./context";
import type {
  AccessSettings,
  ConnectSettings,
  DatabaseSettings,
  GenerationSettings,
  MonitoringSettings,
  NetworkSettings,
  Settings,
} from "./settings";

/** Settings of the right shape with the schema's defaults, before what depends on other settings is filled in. */
type Shaped<T, Open extends keyof T> = Omit<T, Open> & Partial<Pick<T, Open>>;
type ShapedGeneration = Shaped<
  Omit<GenerationSettings, "generation">,
  "size" | "osDiskSizeGB" | "address" | "loginName"
>;
export interface ShapedSettings extends Omit<Settings, "generations" | "network" | "access" | "monitoring"> {
  readonly generations: Readonly<Record<string, ShapedGeneration>>;
  readonly network: Shaped<Omit<NetworkSettings, "kind">, "dnsServers" | "natGateway">;
  readonly access: Shaped<AccessSettings, "managementSources">;
  readonly monitoring?: Shaped<MonitoringSettings, "workspaceLocation">;
}

/** Says what it is for; not one that somebody would already have made. */
export const defaultLoginName = "aadcdeploy";

function completeDatabase(database: DatabaseSettings): DatabaseSettings {
  return database.kind === "sqlServer" ? { ...database, name: database.name ?? "ADSync" } : database;
}

function completeNetwork(network: ShapedSettings["network"]): NetworkSettings {
  const kind = network.existingSubnetId === undefined ? "new" : "existing";
  return {
    ...network,
    kind,
    addressSpace: kind === "new" ? (network.addressSpace ?? network.subnetPrefix) : network.addressSpace,
    dnsServers: network.dnsServers ?? network.domainControllers,
    natGateway:
      network.natGateway ??
      (kind === "new" && network.firewallAddress === undefined && network.routeTableId === undefined),
  };
}

function completeMonitoring({
  monitoring,
  logAnalyticsWorkspaceId,
  location,
}: ShapedSettings): MonitoringSettings | undefined {
  if (monitoring === undefined) return undefined;
  const workspaceId = monitoring.workspaceId ?? logAnalyticsWorkspaceId;
  return {
    ...monitoring,
    ...(workspaceId === undefined ? {} : { workspaceId }),
    workspaceLocation: monitoring.workspaceLocation ?? location,
  };
}

/**
 * What a block leaves out comes from what the generation was built with, else from the default; never from another
 * block. An existing server is so not resized because the number of objects was corrected.
 */
export function complete(shaped: ShapedSettings, { built }: ValidationContext): Settings {
  const sizing = sizingFor(shaped.synchronizedObjects);
  const { subnetPrefix } = shaped.network;
  const address = (generation: number): string =>
    isPrefix(subnetPrefix) ? alternatingAddress(subnetPrefix, generation) : "0.0.0.0";
  const generations = Object.entries(shaped.generations)
    .map(([key, block]): GenerationSettings => {
      const generation = Number(key);
      const before = built?.[generation];
      const connect: ConnectSettings = { ...block.connect, database: completeDatabase(block.connect.database) };
      return {
        ...block,
        generation,
        size: block.size ?? before?.size ?? sizing.size,
        osDiskSizeGB: block.osDiskSizeGB ?? before?.osDiskSizeGB ?? sizing.diskGB,
        address: block.address ?? before?.address ?? address(generation),
        loginName: block.loginName ?? before?.loginName ?? defaultLoginName,
        connect,
      };
    })
    .sort((left, right) => left.generation - right.generation);
  const { monitoring: _, ...rest } = shaped;
  const monitoring = completeMonitoring(shaped);
  return {
    ...rest,
    ...(monitoring === undefined ? {} : { monitoring }),
    generations,
    network: completeNetwork(shaped.network),
    access: { ...shaped.access, managementSources: shaped.access.managementSources ?? [] },
  };
}
