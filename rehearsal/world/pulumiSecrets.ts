import { createCipheriv, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";

/**
 * Values as Pulumi's passphrase provider writes them into a settings file (`secure: v1:…`). Done here so that a
 * stand-in secret is never in plain text on disk as a setting, and no engine is needed to write settings.
 * Form: PBKDF2-SHA256 with 1,000,000 rounds over an 8-byte salt, then AES-256-GCM; checked against the engine in a test.
 */
export interface Sealed {
  readonly encryptionSalt: string;
  readonly values: Readonly<Record<string, string>>;
}

export async function seal(passphrase: string, values: Readonly<Record<string, string>>): Promise<Sealed> {
  const salt = randomBytes(8);
  const encrypt = await encrypting(passphrase, salt);
  return {
    // The encrypted word lets Pulumi see that a passphrase is the right one.
    encryptionSalt: `v1:${salt.toString("base64")}:${encrypt("pulumi")}`,
    values: sealed(values, encrypt),
  };
}

/** More values for the same settings file. */
export async function sealMore(
  passphrase: string,
  { encryptionSalt }: Sealed,
  values: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const [, salt = ""] = encryptionSalt.split(":");
  return sealed(values, await encrypting(passphrase, Buffer.from(salt, "base64")));
}

const sealed = (values: Readonly<Record<string, string>>, encrypt: (text: string) => string) =>
  Object.fromEntries(Object.entries(values).map(([name, text]) => [name, encrypt(text)]));

async function encrypting(passphrase: string, salt: Buffer): Promise<(text: string) => string> {
  const key = await promisify(pbkdf2)(passphrase, salt, 1_000_000, 32, "sha256");
  return (text) => {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", key, nonce);
    const bytes = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return `v1:${nonce.toString("base64")}:${bytes.toString("base64")}`;
  };
}
