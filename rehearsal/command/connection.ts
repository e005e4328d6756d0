import { NilDereference } from "./failure";
import type { Property, PropertyMap } from "./property";

/** How to reach one SSH server: what Check let pass, defaults filled in. Times in seconds. */
export interface Login {
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
  readonly privateKey: string | undefined;
  readonly privateKeyPassword: string | undefined;
  readonly agentSocketPath: string | undefined;
  readonly dialErrorLimit: number;
  readonly perDialTimeout: number | undefined;
  readonly hostKey: string | undefined;
}

export interface Connection extends Login {
  readonly proxy: Login | undefined;
}

const defaultDialErrorLimit = 10;

export function readConnection(fields: PropertyMap): Connection {
  const connection = entriesOf(fields.get("connection"));
  if (connection === undefined) throw new NilDereference("connection");
  const proxy = entriesOf(connection.get("proxy"));
  return { ...readLogin(connection), proxy: proxy === undefined ? undefined : readLogin(proxy) };
}

function readLogin(fields: PropertyMap): Login {
  return {
    user: stringOf(fields.get("user")),
    password: stringOf(fields.get("password")),
    host: stringOf(fields.get("host")) ?? "",
    port: numberOf(fields.get("port")),
    privateKey: stringOf(fields.get("privateKey")),
    privateKeyPassword: stringOf(fields.get("privateKeyPassword")),
    agentSocketPath: stringOf(fields.get("agentSocketPath")),
    dialErrorLimit: numberOf(fields.get("dialErrorLimit")) ?? defaultDialErrorLimit,
    perDialTimeout: numberOf(fields.get("perDialTimeout")),
    hostKey: stringOf(fields.get("hostKey")),
  };
}

export function stringOf(value: Property | undefined): string | undefined {
  return value?.kind === "string" ? value.value : undefined;
}

export function numberOf(value: Property | undefined): number | undefined {
  return value?.kind === "number" ? value.value : undefined;
}

export function booleanOf(value: Property | undefined): boolean | undefined {
  return value?.kind === "boolean" ? value.value : undefined;
}

export function entriesOf(value: Property | undefined): PropertyMap | undefined {
  return value?.kind === "map" ? value.entries : undefined;
}
