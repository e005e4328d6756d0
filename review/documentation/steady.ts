import type { Parameter, RawValue, ServerConfiguration } from "../configuration";

/**
 * Makes values fit for a document that is compared with the next one: identifiers become the names of what they
 * stand for, and what moves by itself (dates, counters, import positions) or is secret is left out and said so.
 */
export class Steady {
  private readonly names = new Map<string, string>();

  constructor(configuration: ServerConfiguration) {
    for (const connector of configuration.connectors) {
      this.names.set(bare(connector.id), connector.name);
      for (const partition of connector.partitions) this.names.set(bare(partition.id), partition.name);
    }
    for (const rule of configuration.rules) this.names.set(bare(rule.id), rule.name);
  }

  /** The name of what an identifier stands for; a fixed word for what is not in this configuration. */
  name(id: string): string {
    const known = this.names.get(bare(id));
    if (known !== undefined) return known;
    return /^[0-]+$/u.test(bare(id)) ? "none" : "(an identifier)";
  }

  text(value: string): string {
    return value.replace(identifiers, (id) => this.name(id));
  }

  /** Raw values that say something lasting, sorted. */
  rows(values: readonly RawValue[]): readonly (readonly [string, string])[] {
    return values
      .filter(({ path, value }) => value !== "" && !isMoving(path) && !isMoment(value))
      .map(({ path, value }) => [this.text(path), isSecret(path) ? notShown : this.text(value)] as const)
      .sort(byText);
  }

  parameters(parameters: readonly Parameter[]): readonly (readonly [string, string])[] {
    return parameters
      .filter(({ name }) => !isMoving(name))
      .map(
        ({ name, value, attributes }) =>
          [name, isEncrypted(attributes) || isSecret(name) ? notShown : this.text(value)] as const,
      )
      .sort(byText);
  }
}

const notShown = "(not shown)";
const identifiers = /\{?\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b\}?/giu;

/** What changes without anybody changing the configuration. */
function isMoving(path: string): boolean {
  const last = path.split("/").at(-1) ?? path;
  return (
    /^(creation-time|last-modification-time|modified-timestamp|version|internal-version|format-version)$/iu.test(
      last,
    ) ||
    /^(cookie|water-mark|last-dc|parameter\[(cookie|last-dc)\]|export-date)$/iu.test(last) ||
    /^(internal-id|id|guid|forest-guid|Microsoft\.Synchronize\.NextStartTime)$/iu.test(last)
  );
}

/** A point in time, as the engine writes it. */
function isMoment(value: string): boolean {
  return /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d/u.test(value) || /\d\d:\d\d:\d\d GMT$/u.test(value);
}

/** Named like a secret as a whole or in its last part; PasswordHashSync is a switch and stays. */
function isSecret(path: string): boolean {
  return /(^|[-_.\s/[@])(\w*(password|passphrase|secret|accesstoken|privatekey)|pwd|passwd|private-key|encryption-key)\]?$/iu.test(
    path,
  );
}

function isEncrypted({ encrypted, type }: Readonly<Record<string, string>>): boolean {
  return encrypted === "1" || encrypted === "true" || /encrypted/iu.test(type ?? "");
}

function bare(id: string): string {
  return id.replace(/[{}]/gu, "").toLowerCase();
}

/** By code unit, the same on every machine. */
export function byText(a: readonly string[], b: readonly string[]): number {
  const [left, right] = [a.join("\u0000"), b.join("\u0000")];
  return left < right ? -1 : left > right ? 1 : 0;
}
