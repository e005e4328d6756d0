import { createPrivateKey, type KeyObject } from "node:crypto";
import { type ParsedKey, utils } from "ssh2";
import { Failure } from "./failure";
import { quote } from "./goText";

/**
 * Reads a private key the way the genuine plugin does and returns it as ssh2 takes it: what ssh2 would accept
 * beyond that (PuTTY keys, indented PEM) is refused with the genuine texts (facts: privateKey, with passphrase).
 */
export function readPrivateKey(pem: string, passphrase: string | undefined): ParsedKey {
  const block = firstPemBlock(pem);
  if (block === undefined) throw new Failure("ssh: no key found");
  const encrypted = block.headers.some(([name, value]) => name === "Proc-Type" && value.includes("ENCRYPTED"));
  if (block.type === "OPENSSH PRIVATE KEY") return openSshKey(block, passphrase, encrypted);
  if (passphrase !== undefined) return decryptedPemKey(block, passphrase, encrypted);
  if (encrypted) throw new Failure("ssh: this private key is passphrase protected");
  return plainPemKey(block);
}

interface PemBlock {
  readonly type: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly base64: string;
}

/** The first block whose BEGIN stands at the start of a line and whose lines are base64, CRLF or not. */
function firstPemBlock(pem: string): PemBlock | undefined {
  const lines = pem.replaceAll("\r\n", "\n").split("\n");
  for (const [start, line] of lines.entries()) {
    const type = /^-----BEGIN (.+)-----[ \t\r]*$/.exec(line)?.[1];
    if (type === undefined) continue;
    const end = lines.findIndex((other, index) => index > start && other.trimEnd() === `-----END ${type}-----`);
    if (end === -1) continue;
    const body = lines.slice(start + 1, end);
    const headers: [string, string][] = [];
    while (body[0]?.includes(":")) {
      const [name = "", ...value] = (body.shift() ?? "").split(":");
      headers.push([name.trim(), value.join(":").trim()]);
    }
    const base64 = body.join("").replace(/[ \t\r]/g, "");
    if (/^[A-Za-z0-9+/]+={0,2}$/.test(base64) && base64.length % 4 === 0) return { type, headers, base64 };
  }
  return undefined;
}

function pemText(block: PemBlock): string {
  const headers = block.headers.map(([name, value]) => `${name}: ${value}\n`).join("");
  const body = (block.base64.match(/.{1,64}/g) ?? []).join("\n");
  return `-----BEGIN ${block.type}-----\n${headers}${headers === "" ? "" : "\n"}${body}\n-----END ${block.type}-----\n`;
}

const wrongPassphrase = "x509: decryption password incorrect";

function openSshKey(block: PemBlock, passphrase: string | undefined, procType: boolean): ParsedKey {
  if (procType && passphrase === undefined) throw new Failure("ssh: this private key is passphrase protected");
  const blob = Buffer.from(block.base64, "base64");
  const magic = "openssh-key-v1\0";
  if (blob.toString("latin1", 0, magic.length) !== magic) {
    throw new Failure("ssh: invalid openssh private key format");
  }
  const cipherLength = blob.readUInt32BE(magic.length);
  const cipher = blob.toString("latin1", magic.length + 4, magic.length + 4 + cipherLength);
  if (passphrase === undefined && cipher !== "none") {
    throw new Failure("ssh: this private key is passphrase protected");
  }
  if (passphrase !== undefined && cipher === "none") throw new Failure("ssh: key is not password protected");
  if (cipher !== "none" && cipher !== "aes256-ctr" && cipher !== "aes256-cbc") {
    throw new Failure(`ssh: unknown cipher ${quote(cipher)}, only supports "aes256-ctr" or "aes256-cbc"`);
  }
  if (cipher !== "none" && passphrase === "") throw new Failure("bcrypt_pbkdf: empty password");
  const key = utils.parseKey(pemText(block), passphrase);
  if (key instanceof Error) {
    throw new Failure(passphrase === undefined ? "ssh: malformed OpenSSH key" : wrongPassphrase);
  }
  return key;
}

function decryptedPemKey(block: PemBlock, passphrase: string, encrypted: boolean): ParsedKey {
  if (!encrypted || !block.headers.some(([name]) => name === "DEK-Info")) {
    throw new Failure("ssh: not an encrypted key");
  }
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pemText(block), format: "pem", passphrase });
  } catch {
    throw new Failure(wrongPassphrase);
  }
  return parsed(forSsh2(key));
}

const pemTypes = new Set(["RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY"]);

function plainPemKey(block: PemBlock): ParsedKey {
  if (!pemTypes.has(block.type)) throw new Failure(`ssh: unsupported key type ${quote(block.type)}`);
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pemText(block), format: "pem" });
  } catch {
    throw new Failure(
      `${block.type === "EC PRIVATE KEY" ? "x509: failed to parse EC private key: " : ""}${broken(block)}`,
    );
  }
  return parsed(forSsh2(key));
}

/** A key that lost a line is shorter than it says of itself. */
function broken(block: PemBlock): string {
  const der = Buffer.from(block.base64, "base64");
  const sizes = (der[1] ?? 0) & 0x7f;
  const long = (der[1] ?? 0) > 0x80 && sizes <= 4 && der.length >= 2 + sizes;
  const length = long ? 2 + sizes + der.readUIntBE(2, sizes) : 2 + (der[1] ?? 0);
  return length > der.length
    ? "asn1: syntax error: data truncated"
    : "asn1: structure error: the private key cannot be read";
}

function parsed(pem: string): ParsedKey {
  const key = utils.parseKey(pem);
  if (key instanceof Error) throw new Failure(`ssh: ${key.message}`);
  return key;
}

/** ssh2 reads PKCS1, SEC1 and OpenSSH's format, not PKCS8. */
function forSsh2(key: KeyObject): string {
  switch (key.asymmetricKeyType) {
    case "rsa":
      return key.export({ type: "pkcs1", format: "pem" }).toString();
    case "ec":
      if (!/^(prime256v1|secp(384|521)r1)$/.test(key.asymmetricKeyDetails?.namedCurve ?? "")) {
        throw new Failure("x509: unknown elliptic curve");
      }
      return key.export({ type: "sec1", format: "pem" }).toString();
    case "ed25519":
      return openSshEd25519(key);
    default:
      throw new Failure("ssh: unsupported key type *ecdh.PrivateKey");
  }
}

function openSshEd25519(key: KeyObject): string {
  const jwk = key.export({ format: "jwk" });
  const publicPart = Buffer.from(jwk.x ?? "", "base64url");
  const privatePart = Buffer.from(jwk.d ?? "", "base64url");
  const type = Buffer.from("ssh-ed25519");
  const publicBlob = Buffer.concat([sized(type), sized(publicPart)]);
  const check = Buffer.alloc(8);
  const secrets = [check, sized(type), sized(publicPart), sized(Buffer.concat([privatePart, publicPart])), sized("")];
  const unpadded = Buffer.concat(secrets);
  const padding = Buffer.from(Array.from({ length: (8 - (unpadded.length % 8)) % 8 }, (_, index) => index + 1));
  const one = Buffer.from([0, 0, 0, 1]);
  const blob = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    sized("none"),
    sized("none"),
    sized(""),
    one,
    sized(publicBlob),
    sized(Buffer.concat([unpadded, padding])),
  ]);
  return pemText({ type: "OPENSSH PRIVATE KEY", headers: [], base64: blob.toString("base64") });
}

/** An SSH string: its length in four bytes, then its bytes. */
function sized(content: Buffer | string): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
