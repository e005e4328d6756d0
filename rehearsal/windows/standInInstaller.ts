/** An installer that is none: a text file that says what the real one would. Real ones are never run in a rehearsal. */
import { mkdir, open, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

export interface StandInInstaller {
  readonly productVersion: string;
  readonly productCode: string;
  readonly upgradeCode: string;
  /** Subject of the signing certificate, e.g. `CN=Microsoft Corporation, O=Microsoft Corporation, L=Redmond`. */
  readonly signer: string;
  /** As Get-AuthenticodeSignature names it; `Valid` unless a test wants otherwise. */
  readonly signatureStatus: string;
}

const mark = "REHEARSAL-MSI ";
const longestFirstLine = 4096;

/** UpgradeCode of Entra Connect as seen in a trace (entra-connect.md section 3). */
export const connectUpgradeCode = "{d61eb959-f2d1-4170-be64-4dc367f451ea}";
export const microsoftSubject = "CN=Microsoft Corporation, O=Microsoft Corporation, L=Redmond, S=Washington, C=US";

export const standInDefaults = {
  productCode: "{5c5e5b1e-0d6c-4d0f-9d0b-2f6a8e1c7a10}",
  upgradeCode: connectUpgradeCode,
  signer: microsoftSubject,
  signatureStatus: "Valid",
} as const;

/** @param sizeBytes at least; the file is padded, so that copying it takes some time */
export async function writeStandInInstaller(
  path: string,
  installer: Pick<StandInInstaller, "productVersion"> & Partial<StandInInstaller>,
  sizeBytes = 4096,
): Promise<void> {
  const { productVersion, productCode, upgradeCode, signer, signatureStatus } = { ...standInDefaults, ...installer };
  const first = `${mark}${JSON.stringify({ productVersion, productCode, upgradeCode, signer, signatureStatus })}\n`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, first.padEnd(sizeBytes, "This stands in for an installer; it cannot be run.\n"));
}

/** undefined where the file is no stand-in (a real MSI, a damaged file). */
export async function readStandInInstaller(path: string): Promise<StandInInstaller | undefined> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(longestFirstLine), 0, longestFirstLine, 0);
    const line = buffer.toString("utf8", 0, bytesRead).split("\n")[0] ?? "";
    return line.startsWith(mark) ? (JSON.parse(line.slice(mark.length)) as StandInInstaller) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  } finally {
    await file.close();
  }
}
