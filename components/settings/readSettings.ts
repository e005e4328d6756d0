import * as pulumi from "@pulumi/pulumi";
import { now } from "./clock";
import {
  type Configuration,
  configurationProblems,
  isEmpty,
  parseConfiguration,
  partOf,
  settingsNamespace,
} from "./parseConfiguration";
import { plainEntriesInFile } from "./plainEntries";
import { SettingsError } from "./settings";

/** A file of a generation as it stands in YAML: by its path. */
interface WrittenFile {
  readonly path: string;
  readonly sha256: string;
  readonly [other: string]: unknown;
}

/** Settings of the right shape, just as written: nothing completed, so that the component sees what was left out. */
export interface WrittenSettings {
  readonly name: string;
  readonly generations: Readonly<
    Record<
      string,
      {
        readonly connect: {
          readonly installer: WrittenFile;
          readonly settingsFile?: WrittenFile;
          readonly [other: string]: unknown;
        };
        readonly [other: string]: unknown;
      }
    >
  >;
  readonly roleSwitch?: { readonly record?: string; readonly [other: string]: unknown };
  readonly [other: string]: unknown;
}

export interface Secrets {
  readonly administratorPassword: pulumi.Output<string>;
  readonly sshPrivateKey: pulumi.Output<string>;
  readonly jumpHostPrivateKey?: pulumi.Output<string>;
  readonly domainJoinSecrets?: pulumi.Output<Readonly<Record<string, string>>>;
}

export interface ReadSettings {
  readonly written: WrittenSettings;
  readonly secrets: Secrets;
}

/** Where a person reads and writes the settings; paths of files are relative to it. */
export function projectFolder(): string {
  return pulumi.getRootDirectory();
}

/** The SDK knows which keys are secret, of programs inside another one too (automation), but types it as internal. */
const { isConfigSecret } = pulumi.runtime as unknown as { readonly isConfigSecret: (key: string) => boolean };

function engineConfiguration(namespace: string): Configuration {
  const prefix = `${namespace}:`;
  const values = Object.fromEntries(
    Object.entries(pulumi.runtime.allConfig()).flatMap(([key, value]) =>
      key.startsWith(prefix) ? [[key.slice(prefix.length), value]] : [],
    ),
  );
  return {
    values,
    isSecret: (name) => isConfigSecret(`${prefix}${name}`),
    plainEntries: (name) => plainEntriesInFile(projectFolder(), pulumi.getStack(), `${prefix}${name}`),
    allOurs: namespace === settingsNamespace,
  };
}

/**
 * Reads the settings of this stack. Throws a SettingsError where they cannot become arguments of the component, before
 * anything is registered: an error that is only logged would not stop the engine from deleting (facts/pulumi-engine.md
 * 2). Their values are judged by the component.
 */
export function readSettings(config = new pulumi.Config(settingsNamespace), today = now()): ReadSettings {
  const configuration = engineConfiguration(config.name);
  const problems = configurationProblems(configuration, today);
  if (problems.length > 0) throw new SettingsError(problems);
  const { written } = parseConfiguration(configuration);
  return {
    // The schema has just found it to be of this shape.
    written: written as unknown as WrittenSettings,
    secrets: {
      administratorPassword: config.requireSecret("administratorPassword"),
      sshPrivateKey: config.requireSecret("sshPrivateKey"),
      ...(partOf(written.access, "jumpHost") === undefined
        ? {}
        : { jumpHostPrivateKey: config.requireSecret("jumpHostPrivateKey") }),
      ...(isEmpty(configuration.values.domainJoinSecrets ?? "")
        ? {}
        : { domainJoinSecrets: config.requireSecretObject<Record<string, string>>("domainJoinSecrets") }),
    },
  };
}
