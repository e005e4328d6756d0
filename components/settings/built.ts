import type { DatabaseSettings, GenerationSettings, ImageSettings, ServiceAccountSettings } from "./settings";

/**
 * What a generation was built with, as the ledger remembers it: the part of its block that needs a new machine to
 * change. A key that an older release did not write is absent, and is then not compared.
 */
export interface Built {
  readonly image?: ImageSettings;
  readonly size?: string;
  readonly osDiskSizeGB?: number;
  /** "" = no zone. */
  readonly zone?: string;
  readonly address?: string;
  readonly administratorName?: string;
  readonly loginName?: string;
  readonly timeZone?: string;
  readonly encryptionAtHost?: boolean;
  /** Resource id; "" = Azure's own key. */
  readonly diskEncryptionSetId?: string;
  readonly installLocation?: string;
  readonly database?: DatabaseSettings;
  readonly serviceAccount?: ServiceAccountSettings;
}

export function builtWith(block: GenerationSettings): Required<Built> {
  const { image, size, osDiskSizeGB, zone, address, administratorName, loginName, timeZone } = block;
  const { encryptionAtHost, connect } = block;
  return {
    image,
    size,
    osDiskSizeGB,
    zone: zone ?? "",
    address,
    administratorName,
    loginName,
    timeZone,
    encryptionAtHost,
    diskEncryptionSetId: block.diskEncryptionSetId ?? "",
    installLocation: connect.installLocation ?? "",
    database: fixedPartOf(connect.database),
    serviceAccount: connect.serviceAccount,
  };
}

/** What only the security group knows of the database is changed in place. */
function fixedPartOf(database: DatabaseSettings): DatabaseSettings {
  if (database.kind === "localdb") return database;
  const { port: _port, addresses: _addresses, ...fixed } = database;
  return fixed;
}
