import Ajv, { type ErrorObject } from "ajv";
import addFormats from "ajv-formats";
import { defaultFirstAddress, isPrefix } from "../network/addresses";
import { sizingFor } from "../server/sizing";
import { type CheckContext, crossCheck } from "./crossChecks";
import { settingsSchema } from "./schema";
import type { Problem, Settings } from "./settings";

const ajv = new Ajv({
  allErrors: true,
  useDefaults: true,
  strict: true,
  strictTypes: false,
  strictRequired: false,
  verbose: true,
});
addFormats(ajv, ["ipv4"]);
const matchesSchema = ajv.compile(settingsSchema);

/** What users may have meant: the known key that is nearest to an unknown one. */
function nearest(unknown: string, known: readonly string[]): string | undefined {
  const distance = (a: string, b: string): number => {
    let row = Array.from({ length: b.length + 1 }, (_, index) => index);
    for (let i = 1; i <= a.length; i++) {
      const next = [i];
      for (let j = 1; j <= b.length; j++)
        next.push(
          Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)),
        );
      row = next;
    }
    return row[b.length] ?? 0;
  };
  const [best] = known
    .map((name) => ({ name, distance: distance(unknown.toLowerCase(), name.toLowerCase()) }))
    .sort((left, right) => left.distance - right.distance);
  return best !== undefined && best.distance <= Math.max(2, unknown.length / 3) ? best.name : undefined;
}

/** `/server/generations/0` as users write it: `server.generations[0]`. */
function settingPath(pointer: string): string {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replace(/~1/g, "/").replace(/~0/g, "~"))
    .reduce((path, part) => (/^[0-9]+$/.test(part) ? `${path}[${part}]` : path === "" ? part : `${path}.${part}`), "");
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text === undefined ? "nothing" : text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

interface Described {
  readonly description?: string;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

function explain(error: ErrorObject): Problem | undefined {
  const path = settingPath(error.instancePath);
  const schema = (error.parentSchema ?? {}) as Described;
  const described = schema.description?.replace(/ \[[^\]]*\]$/, "") ?? "see Pulumi.prod.yaml for a worked example";
  const join = (key: string): string => (path === "" ? key : `${path}.${key}`);
  switch (error.keyword) {
    case "additionalProperties": {
      const key = String(error.params.additionalProperty);
      const known = Object.keys(schema.properties ?? {});
      const guess = nearest(key, known);
      return {
        path: join(key),
        problem: "there is no such setting",
        write: guess === undefined ? `one of ${known.join(", ")}` : `${join(guess)}, if that is what you mean`,
      };
    }
    case "required": {
      const key = String(error.params.missingProperty);
      const child = schema.properties?.[key] as Described | undefined;
      return { path: join(key), problem: "is missing", write: child?.description ?? `a value for ${key}` };
    }
    case "type":
      return {
        path,
        problem: `is ${shown(error.data)}, which is not of type ${String(error.params.type)}`,
        write: described,
      };
    case "enum":
      return {
        path,
        problem: `is ${shown(error.data)}`,
        write: `one of ${(error.params.allowedValues as unknown[]).map(String).join(", ")}`,
      };
    case "pattern":
      return {
        path,
        problem: `is ${shown(error.data)}, which does not have the right form`,
        write: `${described} (form: ${String(error.params.pattern)})`,
      };
    case "format":
      return {
        path,
        problem: `is ${shown(error.data)}, which is not an IPv4 address`,
        write: "an address such as 10.40.1.4",
      };
    case "oneOf":
      if (path === "server")
        return error.params.passingSchemas === null
          ? { path: "server.generation", problem: "is missing", write: "generation: 1 for the first server" }
          : { path: "server.generations", problem: "stands beside server.generation", write: "one of the two" };
      return { path, problem: `is ${shown(error.data)}`, write: described };
    case "const":
    case "if":
      return undefined;
    default:
      return { path, problem: `is ${shown(error.data)}: ${error.message ?? "not allowed"}`, write: described };
  }
}

/** Errors inside the branches of a oneOf would tell of alternatives that nobody meant; the oneOf itself says enough. */
function withoutBranches(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  return errors.filter((error) => !/\/oneOf\/[0-9]+\//.test(error.schemaPath));
}

type Raw = Record<string, unknown>;

/** What the schema cannot default, because it depends on other settings. */
function complete(raw: Raw): Settings {
  const settings = raw as unknown as Settings & { server: Raw; network: Raw; connect: { database: Raw } };
  const { server, network } = settings;
  const sizing = sizingFor(settings.server.synchronizedObjects);
  const { generation, ...rest } = server as Raw & { generation?: number };
  const database = settings.connect.database as Raw;
  return {
    ...settings,
    server: {
      ...(rest as unknown as Settings["server"]),
      generations: [...(generation === undefined ? settings.server.generations : [generation])].sort((a, b) => a - b),
      size: settings.server.size ?? sizing.size,
      osDiskSizeGB: settings.server.osDiskSizeGB ?? sizing.diskGB,
    },
    network: {
      ...(network as unknown as Settings["network"]),
      kind: settings.network.existingSubnetId === undefined ? "new" : "existing",
      addressSpace:
        settings.network.existingSubnetId === undefined
          ? (settings.network.addressSpace ?? settings.network.subnetPrefix)
          : undefined,
      firstServerAddress:
        settings.network.firstServerAddress ??
        (isPrefix(settings.network.subnetPrefix) ? defaultFirstAddress(settings.network.subnetPrefix) : "0.0.0.0"),
      dnsServers: settings.network.dnsServers ?? settings.network.domainControllers,
    },
    connect: {
      ...settings.connect,
      database: (database.kind === "sqlServer"
        ? { name: "ADSync", ...database }
        : database) as Settings["connect"]["database"],
    },
  };
}

export type Validated =
  | { readonly kind: "valid"; readonly settings: Settings }
  | { readonly kind: "invalid"; readonly problems: readonly Problem[] };

/**
 * Settings as written -> settings as used, or everything that is wrong with them. Cross-checks run only on settings
 * of the right shape, since they rely on it.
 */
export function validate(written: unknown, context: CheckContext): Validated {
  const raw = structuredClone(written) as Raw;
  if (!matchesSchema(raw)) {
    const problems = withoutBranches(matchesSchema.errors ?? []).flatMap((error) => explain(error) ?? []);
    return { kind: "invalid", problems };
  }
  const settings = complete(raw);
  const combinations = combinationProblems(settings);
  const problems = [...combinations, ...(combinations.length > 0 ? [] : crossCheck(settings, context))];
  return problems.length === 0 ? { kind: "valid", settings } : { kind: "invalid", problems };
}

/** Settings that exclude one another. */
function combinationProblems({ network, connect }: Settings): readonly Problem[] {
  const problems: Problem[] = [];
  if (network.kind === "existing" && network.peerVirtualNetworkId !== undefined)
    problems.push({
      path: "network.peerVirtualNetworkId",
      problem: "peering is for a network of our own, but network.existingSubnetId is set",
      write: "one of the two",
    });
  if (connect.database.kind === "sqlServer" && connect.serviceAccount.kind === "virtual")
    problems.push({
      path: "connect.serviceAccount",
      problem:
        "the virtual service account cannot sign in to a remote SQL Server, and the account cannot be changed later",
      write: "{ kind: managed, name: DOMAIN\\account$ }",
    });
  return problems;
}
