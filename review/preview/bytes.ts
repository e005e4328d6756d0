import { type Encoding, encodingOf } from "../evidence/encoding";
import { BadInput } from "../verdict";

/** More than any preview; above it the engine's own answer is not one. */
const mostBytes = 500_000_000;

/**
 * Text of what was given: UTF-8 or, as PowerShell's `>` writes it, UTF-16, with or without a mark; without terminal
 * colours. Bytes that are no text become the replacement character: a name in another code page must not stop a review.
 */
export function textOf(bytes: Uint8Array, name: string): string {
  if (bytes.length > mostBytes)
    throw new BadInput(
      `${name}: ${bytes.length} bytes. A preview above ${mostBytes} is not read. Preview a part of the stack (pulumi preview --target URN).`,
    );
  const { encoding, bytes: mark } = encodingOf(bytes);
  const text = new TextDecoder(withoutMark(bytes, encoding), { ignoreBOM: true }).decode(bytes.subarray(mark));
  return withoutColours(text);
}

/** UTF-16 without a mark whose first character is a letter: every other byte of its beginning is zero. */
function withoutMark(bytes: Uint8Array, known: Encoding): Encoding {
  if (known !== "utf-8") return known;
  const head = bytes.subarray(0, 64);
  const zeros = (odd: number): number => head.filter((byte, index) => index % 2 === odd && byte === 0).length;
  if (zeros(1) > head.length / 4) return "utf-16le";
  return zeros(0) > head.length / 4 ? "utf-16be" : "utf-8";
}

const escapeCharacter = String.fromCharCode(27);
const engineColour = "<{%";
const colour = new RegExp(`${escapeCharacter}\\[[0-9;?]*[A-Za-z]|${engineColour}[^%]*%}>`, "g");

/**
 * Neither a terminal's colours nor the engine's own words for them (`<{%reset%}>`), which its events keep. In JSON an escape
 * character is never written as it is, so whatever stands so is a terminal's.
 */
export function withoutColours(text: string): string {
  return text.includes(escapeCharacter) || text.includes(engineColour) ? text.replace(colour, "") : text;
}
