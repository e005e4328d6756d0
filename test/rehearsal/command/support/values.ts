/** Property values as they stand on the wire. */

const signature = "4dabf18193072939515e22adb298388d";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Properties = { [key: string]: Json };

export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function secretValue(value: Json): Properties {
  return { [signature]: "1b47061264138c4ac30d75fd1eb44270", value };
}

export function outputValue(fields: { value?: Json; secret?: boolean; dependencies?: string[] }): Properties {
  return { [signature]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", ...fields };
}

export function asset(fields: Properties): Properties {
  return { [signature]: "c44067f5952c0a294b673a41bacd8c17", ...fields };
}

export function archive(fields: Properties): Properties {
  return { [signature]: "0def7320c3a5731c473e5ecbe6d01bc7", ...fields };
}

/** A connection as Check leaves it, with few retries. */
export function connectionTo(port: number, more: Properties = {}): Properties {
  return { host: "127.0.0.1", port, user: "root", dialErrorLimit: 0, perDialTimeout: 15, ...more };
}
