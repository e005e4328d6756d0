import { placeOf, type XmlDocument, type XmlElement } from "../../evidence";
import { BadInput } from "../../verdict";
import type { Remaining } from "./remaining";

const again = "Make a new export with Get-ADSyncServerConfiguration and copy the whole folder.";

/** The text of a child that every export has. Throws `BadInput` with the position where it is missing or empty. */
export function requiredText(document: XmlDocument, remaining: Remaining, element: XmlElement, name: string): string {
  const value = remaining.takeText(element, name);
  if (value === undefined || value === "")
    throw new BadInput(
      `${placeOf(document, element)}: <${element.name}> has no <${name}>: the file is incomplete or not what its folder says. ${again}`,
    );
  return value;
}

/** `True`, `False`, `1` or `0`; missing means false. Throws `BadInput` for anything else. */
export function truth(document: XmlDocument, remaining: Remaining, element: XmlElement, name: string): boolean {
  const value = remaining.takeText(element, name);
  if (value === undefined || value === "" || /^(false|0)$/i.test(value)) return false;
  if (/^(true|1)$/i.test(value)) return true;
  throw new BadInput(
    `${placeOf(document, element)}: <${name}> of <${element.name}> is "${value}", neither true nor false. ${again}`,
  );
}

/** Text in which blanks may matter (a constant, a compared value): only the line breaks of a pretty-printer are cut. */
export function exactText(element: XmlElement | undefined): string {
  const text = element?.text ?? "";
  return text.includes("\n") ? text.trim() : text;
}

export const noGuid = "{00000000-0000-0000-0000-000000000000}";

/** Identifiers are written in both cases in one and the same export. */
export function guid(text: string): string {
  return text.trim().toLowerCase();
}
