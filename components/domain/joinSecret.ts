/**
 * What a generation is joined with, looked at without keeping or showing it. A file of `djoin` is base64; what it holds is
 * documented (Microsoft, "Offline Domain Join IDL Definitions", ODJ_WIN7BLOB): domain, machine name and password as texts of
 * 16-bit characters, one behind the other.
 */

/** UTF-16 that was read as something else leaves its mark and zeros between the letters; base64 has none of these. */
const notOfTheText = /[\s\0\ufeff\ufffd]/g;

/** The base64 alone, however the file came into the configuration. */
export function blobText(secret: string): string {
  return secret.replace(notOfTheText, "").replace(/^\u00ff\u00fe|^\u00fe\u00ff/, "");
}

export interface SecretProblem {
  readonly problem: string;
  readonly write: string;
}

/** Some kilobytes are usual; a password or a path is not as long as the shortest. */
const shortestBlob = 200;
/** A line of 64 KB hangs the connection, and the whole script travels with it. */
const longestBlob = 40_000;

export function blobProblem(secret: string): string | undefined {
  const text = blobText(secret);
  if (text === "") return "is empty";
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return "is not what djoin /savefile writes, which is one base64 text";
  if (text.length % 4 !== 0) return "is cut off: the base64 text of djoin /savefile is not whole";
  if (text.length < shortestBlob) return "is too short for what djoin /savefile writes";
  return text.length > longestBlob
    ? `has ${text.length} characters; djoin without policies and certificates writes some thousand`
    : undefined;
}

/** Whether the file names this computer; a documented structure, but nobody here has read a genuine one. */
export function blobNames(secret: string, computerName: string): boolean {
  const held = Buffer.from(blobText(secret), "base64");
  // The text may begin at an odd place: both are read.
  return [held, held.subarray(1)].some((bytes) =>
    bytes.toString("utf16le").toLowerCase().includes(`${computerName.toLowerCase()}\0`),
  );
}

const shortestPassword = 14;
/** Windows' limit for a password that is typed. */
const longestPassword = 127;

export function passwordProblem(secret: string, computerName: string): string | undefined {
  // The well-known password of accounts that are made without one.
  if (secret.toLowerCase().replace(/\$$/, "") === computerName.toLowerCase())
    return "is the name of the computer, which is what everybody tries first";
  if (/[\r\n\0]/.test(secret)) return "has more than one line";
  if (secret.length < shortestPassword || secret.length > longestPassword)
    return `has ${secret.length} characters; ${shortestPassword} to ${longestPassword} are wanted`;
  return undefined;
}
