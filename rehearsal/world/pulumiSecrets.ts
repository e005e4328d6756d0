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
  const key = await promisify(pbkdf2)(passphrase, salt, 1_000_000, 32, "sha256");
  const encrypt = (text: string): string => {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", key, nonce);
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
  };
  return {
    // The encrypted word lets Pulumi see that a passphrase is the right one.
    encryptionSalt: `v1:${salt.toString("base64")}:${encrypt("pulumi")}`,
    values: Object.fromEntries(Object.entries(values).map(([name, text]) => [name, encrypt(text)])),
  };
}
