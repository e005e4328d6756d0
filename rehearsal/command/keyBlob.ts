import { ECDH } from "node:crypto";

/** A public key as it comes over the wire, with the type it names itself. */
export interface KeyBlob {
  readonly type: string;
  readonly blob: Buffer;
}

/** Reads SSH strings one after the other; undefined where less is left than one says. */
class WireReader {
  constructor(private rest: Buffer) {}

  get left(): number {
    return this.rest.length;
  }

  next(): Buffer | undefined {
    if (this.rest.length < 4) return undefined;
    const end = 4 + this.rest.readUInt32BE(0);
    if (end > this.rest.length) return undefined;
    const value = this.rest.subarray(4, end);
    this.rest = this.rest.subarray(end);
    return value;
  }
}

const shortRead = "ssh: short read";

const bodies: ReadonlyMap<string, (reader: WireReader) => string | undefined> = new Map([
  ["ssh-ed25519", readEd25519],
  ["ssh-rsa", readRsa],
  ["ecdsa-sha2-nistp256", readEcdsa],
  ["ecdsa-sha2-nistp384", readEcdsa],
  ["ecdsa-sha2-nistp521", readEcdsa],
]);

/** The key, or what is wrong with it in the words of the genuine plugin's SSH library. */
export function readKeyBlob(blob: Buffer): KeyBlob | string {
  const reader = new WireReader(blob);
  const type = reader.next()?.toString("latin1");
  if (type === undefined) return shortRead;
  const readBody = bodies.get(type);
  if (readBody === undefined) return `ssh: unknown key algorithm: ${Buffer.from(type, "latin1").toString("utf8")}`;
  const problem = reader.left === 0 ? "ssh: parse error in message type 0" : readBody(reader);
  if (problem !== undefined) return problem;
  return reader.left === 0 ? { type, blob } : "ssh: trailing junk in public key";
}

function readEd25519(reader: WireReader): string | undefined {
  const key = reader.next();
  if (key === undefined) return shortRead;
  return key.length === 32 ? undefined : `invalid size ${key.length} for Ed25519 public key`;
}

function readRsa(reader: WireReader): string | undefined {
  const exponent = reader.next();
  const modulus = reader.next();
  if (exponent === undefined || modulus === undefined) return shortRead;
  const value = BigInt(`0x0${exponent.toString("hex")}`);
  if (value >= 1n << 24n) return "ssh: exponent too large";
  return value < 3n || value % 2n === 0n ? "ssh: incorrect exponent" : undefined;
}

const curves: ReadonlyMap<string, string> = new Map([
  ["nistp256", "prime256v1"],
  ["nistp384", "secp384r1"],
  ["nistp521", "secp521r1"],
]);

function readEcdsa(reader: WireReader): string | undefined {
  const name = reader.next();
  if (name === undefined) return "ssh: unmarshal error for field Curve of type ";
  const point = reader.next();
  if (point === undefined) return shortRead;
  const curve = curves.get(name.toString("latin1"));
  if (curve === undefined) return "ssh: unsupported curve";
  try {
    ECDH.convertKey(point, curve, undefined, undefined, "uncompressed");
    return point[0] === 4 ? undefined : "ssh: invalid curve point";
  } catch {
    return "ssh: invalid curve point";
  }
}
