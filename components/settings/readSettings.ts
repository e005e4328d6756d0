import * as pulumi from "@pulumi/pulumi";
import { utils as ssh } from "ssh2";
import { secretNames, settingsSchema } from "./schema";
import { type Problem, type Secrets, type Settings, SettingsError } from "./settings";
import { validate } from "./validate";

export interface ReadSettings {
  readonly settings: Settings;
  readonly secrets: Secrets;
}

/** What the engine knows of the stack's configuration in one namespace. */
export interface Configuration {
  /** Plain texts; objects and arrays as JSON. Secret values too: they are looked at here and never handed on. */
  readonly values: Readonly<Record<string, string>>;
  isSecret(name: string): boolean;
}

/** Where a person reads and writes the settings; paths of files are relative to it. */
export function projectFolder(): string {
  return pulumi.getRootDirectory();
}

function engineConfiguration(namespace: string): Configuration {
  const prefix = `${namespace}:`;
  const values = Object.fromEntries(
    Object.entries(pulumi.runtime.allConfig()).flatMap(([key, value]) =>
      key.startsWith(prefix) ? [[key.slice(prefix.length), value]] : [],
    ),
  );
  // The engine names the secret keys here; the SDK has a function for it but keeps it to itself.
  const secretKeys: unknown = JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? "[]");
  return { values, isSecret: (name) => Array.isArray(secretKeys) && secretKeys.includes(`${prefix}${name}`) };
}

const textSettings: ReadonlySet<string> = new Set(["location"]);
const isSecretName = (name: string): boolean => (secretNames as readonly string[]).includes(name);

/** Texts of the configuration -> the settings as written. Says what cannot be read; knows nothing of their meaning. */
export function parseConfiguration({ values, isSecret }: Configuration): { written: unknown; problems: Problem[] } {
  const problems: Problem[] = [];
  const written: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(values)) {
    if (isSecretName(name)) {
      // Pulumi.yaml has an empty default for the key that not everybody needs.
      if (text !== "" && !isSecret(name))
        problems.push({
          path: name,
          problem: "stands in the settings file in plain text",
          write: `pulumi config set --secret ${name}, and change the value: it has been readable`,
        });
    } else if (isSecret(name)) {
      problems.push({
        path: name,
        problem: `holds a secret value; only ${secretNames.join(", ")} are secrets, everything else would end in the state as plain text`,
        write: "the value without --secret",
      });
    } else if (textSettings.has(name) || !(name in settingsSchema.properties)) {
      written[name] = text;
    } else {
      try {
        written[name] = JSON.parse(text);
      } catch {
        problems.push({
          path: name,
          problem: `is ${JSON.stringify(text)}, which is not an object`,
          write: "an indented object, as in Pulumi.prod.yaml",
        });
      }
    }
  }
  return { written, problems };
}

/** Looks at a private key without keeping or showing it. */
function keyProblems(name: string, text: string): readonly Problem[] {
  const write =
    "an ed25519 private key in OpenSSH form: ssh-keygen -t ed25519 -N '' -f KEY, then pulumi config set --secret";
  const parsed = ssh.parseKey(text);
  if (parsed instanceof Error)
    return [
      {
        path: name,
        problem: /passphrase|encrypted/i.test(parsed.message)
          ? "is protected by a passphrase, which nobody is there to enter"
          : "is not a private key",
        write: `${write} ${name} < KEY`,
      },
    ];
  return parsed.isPrivateKey() ? [] : [{ path: name, problem: "is a public key", write: `${write} ${name} < KEY` }];
}

/** Azure's rule for Windows: 12 to 123 characters of which three of four kinds. */
function passwordProblems(name: string, text: string): readonly Problem[] {
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((kind) => kind.test(text)).length;
  return text.length >= 12 && text.length <= 123 && kinds >= 3
    ? []
    : [
        {
          path: name,
          problem: "does not meet Azure's rule for Windows administrators",
          write: "12 to 123 characters with three of: lower case, upper case, digit, other",
        },
      ];
}

export function secretProblems({ values }: Configuration, hasJumpHost: boolean): readonly Problem[] {
  const problems: Problem[] = [];
  const needed = ["administratorPassword", "sshPrivateKey", ...(hasJumpHost ? ["jumpHostPrivateKey"] : [])];
  for (const name of needed) {
    const value = values[name];
    if (value === undefined || value === "")
      problems.push({ path: name, problem: "is missing", write: `pulumi config set --secret ${name}` });
    else
      problems.push(...(name === "administratorPassword" ? passwordProblems(name, value) : keyProblems(name, value)));
  }
  return problems;
}

/**
 * Reads, checks and completes the settings of this stack. Throws a SettingsError with every problem before anything is
 * registered: an error that is only logged would not stop the engine from deleting (facts/pulumi-engine.md 2).
 */
export function readSettings(config = new pulumi.Config()): ReadSettings {
  const configuration = engineConfiguration(config.name);
  const { written, problems } = parseConfiguration(configuration);
  const access = (written as { access?: { jumpHost?: unknown } }).access;
  const validated = validate(written, { projectFolder: projectFolder(), today: new Date() });
  const everything = [
    ...problems,
    ...(validated.kind === "invalid" ? validated.problems : []),
    ...secretProblems(configuration, access?.jumpHost !== undefined),
  ];
  if (validated.kind === "invalid" || everything.length > 0) throw new SettingsError(withoutRepetition(everything));
  return {
    settings: validated.settings,
    secrets: {
      administratorPassword: config.requireSecret("administratorPassword"),
      sshPrivateKey: config.requireSecret("sshPrivateKey"),
      jumpHostPrivateKey:
        validated.settings.access.jumpHost === undefined ? undefined : config.requireSecret("jumpHostPrivateKey"),
    },
  };
}

/** A setting that could not be read is also missing for the schema; once is enough. */
function withoutRepetition(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ path }) => !seen.has(path) && seen.add(path));
}
