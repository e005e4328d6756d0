import { delimiter, dirname } from "node:path";
import { pathToFileURL } from "node:url";

export interface OfflineSettings {
  /** Folder of the Pulumi file backend. */
  readonly state: string;
  /** Folder that takes the place of ~/.pulumi. */
  readonly home: string;
  readonly passphrase: string;
  /** Attached providers: package name to port. */
  readonly providers: Readonly<Record<string, number>>;
  /** Port of our language host; absent where the CLI has its own beside it. */
  readonly languageHostPort?: number;
  /** The Node that programs run on and the CLI; their folders come first on PATH. */
  readonly node: string;
  readonly pulumi: string;
  /** Folder for Node's compiled code. */
  readonly compileCache: string;
}

/** Tells a rehearsed program what time it is: the world's, as an ISO instant. */
export const nowVariable = "ENTRA_CONNECT_NOW";
/** Seconds of the world that pass in a real one, for whoever waits (components/settings/clock.ts). */
export const paceVariable = "ENTRA_CONNECT_PACE";

/**
 * What makes a Pulumi run stay on this machine, as additions to an environment (facts: pulumi.md 8.2): state in a
 * folder, providers and language host attached, nothing looked up, downloaded or reported.
 */
export function offlineAdditions(settings: OfflineSettings): Record<string, string> {
  const attached = Object.entries(settings.providers).map(([name, port]) => `${name}:${port}`);
  return {
    // Without side files (.attrs): they are written by truncation, so an engine killed meanwhile leaves an empty one,
    // and the stack could not be read any more ("failed to load checkpoint: EOF", 2 of 44 kills).
    PULUMI_BACKEND_URL: `${pathToFileURL(settings.state).href}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE: settings.passphrase,
    PULUMI_HOME: settings.home,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    ...(attached.length > 0 ? { PULUMI_DEBUG_PROVIDERS: attached.join(",") } : {}),
    ...(settings.languageHostPort === undefined
      ? {}
      : { PULUMI_DEBUG_LANGUAGES: `nodejs:${settings.languageHostPort}` }),
    NODE_COMPILE_CACHE: settings.compileCache,
  };
}

/** Variables that would lead a run to a real backend, subscription or tenant, or change how it behaves. */
const leadsAway = /^(PULUMI_|ARM_|AZURE_|AZD_|NODE_COMPILE_CACHE$|TS_NODE_)/i;

/** The whole environment of a rehearsed run: `base` without what leads away from this machine, and the additions. */
export function offlineEnvironment(base: NodeJS.ProcessEnv, settings: OfflineSettings): Record<string, string> {
  const environment: Record<string, string> = {};
  let path = "";
  for (const [name, value] of Object.entries(base)) {
    if (value === undefined || leadsAway.test(name)) continue;
    // Windows writes it Path; two spellings of one variable would contradict each other.
    if (name.toUpperCase() === "PATH") path = value;
    else environment[name] = value;
  }
  const first = [dirname(settings.node), dirname(settings.pulumi)];
  environment.PATH = [...first, ...path.split(delimiter).filter((folder) => folder && !first.includes(folder))].join(
    delimiter,
  );
  return { ...environment, ...offlineAdditions(settings) };
}
