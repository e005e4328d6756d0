import type { JudgingContext } from "../review/readiness/judge";
import type { SettingsFileContent } from "../review/settingsFile";
import { wizardDone } from "./connect/proof";
import type { Remembered } from "./memory/remembered";
import { signInHosts } from "./network/endpoints";
import { portMeanings } from "./network/plan";
import { sizingFor } from "./server/sizing";
import type { ConnectSettings, GenerationSettings, Settings } from "./settings/settings";

export interface JudgedBy {
  readonly settings: Settings;
  /** Names of values that another resource still has to give. */
  readonly unknown: ReadonlySet<string>;
  readonly today: Date;
  /** Settings files that are on this machine. */
  readonly imported: ReadonlyMap<number, SettingsFileContent>;
  readonly remembered: Pick<Remembered, "generations">;
}

/** What the answers of one generation's server are held to. */
export function judgingContext(
  block: GenerationSettings,
  { settings, unknown, today, imported, remembered }: JudgedBy,
): JudgingContext {
  const { gate } = settings;
  return {
    generation: block.generation,
    now: today,
    proofDays: gate.proofDays,
    enableScheduler: gate.enableScheduler,
    passThroughAgentExpected: block.features.passThroughAuthentication,
    autoUpgrade: gate.autoUpgrade,
    serviceAccount: accountOf(block.connect),
    database: block.connect.database,
    settingsFileSha256: block.connect.settingsFile?.sha256,
    settingsFile: imported.get(block.generation),
    prerequisites: {
      ports: portMeanings(settings, block, unknown),
      signInHosts,
      ...proxyOf(settings),
      memoryGiB: sizingFor(settings.synchronizedObjects).memoryGiB,
      remedy: settings.prerequisites.remedy,
    },
    wizardDone: wizardDone(remembered.generations[block.generation], block),
  };
}

function proxyOf({ network: { proxy } }: Settings): { readonly proxy?: string } {
  return proxy === undefined ? {} : { proxy: `${proxy.host ?? proxy.address}:${proxy.port}` };
}

/** What the wizard's page is to be given. */
function accountOf({ serviceAccount }: ConnectSettings): string {
  return serviceAccount.kind === "virtual" ? "NT SERVICE\\ADSync" : serviceAccount.name;
}
