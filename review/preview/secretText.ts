import { inlineSecretValues } from "../posture/commandText";

/** How a secret stands in the middle of a text; the last group is the secret, else all of it. */
const shapes: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----|[\s\S]*)/gu,
  /\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/gu,
  /:\/\/[^\s/@:]+:([^\s/@]+)@/gu,
  /(?:^|[;?&\s"'])(?:password|pwd|accountkey|sharedaccesskey|client_?secret|access_?token|sig)\s*=\s*([^\s;&"'[\]]+)/giu,
  /\b(?:bearer|basic)\s+([\w+/=.-]{8,})/giu,
];

/** What most texts are not: asked first, since a preview is mostly text without any secret. */
const suspect = /PRIVATE KEY-----|eyJ[\w-]+\.|:\/\/[^\s/@:]+:[^\s/@]+@/u;

/** Secrets that give themselves away anywhere in a value: the shapes that nobody writes for anything else. */
export function secretsInValue(text: string): readonly string[] {
  return suspect.test(text) ? shapes.slice(0, 3).flatMap((shape) => matched(text, shape)) : [];
}

/** Secrets in what a program or an engine says: commands that it ran and addresses that it asked, too. */
export function secretsInWords(text: string): readonly string[] {
  return [...shapes.flatMap((shape) => matched(text, shape)), ...inlineSecretValues(text)];
}

const matched = (text: string, shape: RegExp): readonly string[] =>
  [...text.matchAll(shape)].map(([whole, part = whole]) => part).filter((value) => !/^(\[secret\]|\*+)$/u.test(value));
