import {
  encryptedPaths,
  isSecret,
  isSecretParameter,
  isSecretValue,
  lastName,
  movingAt,
  notShown,
  type Parameter,
  type RawValue,
  type ServerConfiguration,
} from "../configuration";

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
    const encrypted = encryptedPaths(values);
    const secret = (path: string, value: string): boolean =>
      isSecret(path) || encrypted.has(path) || isSecretValue(value);
    return values
      .filter(({ path, value }) => value !== "" && !isMoving(path) && !isMoment(value))
      .map(({ path, value }) => [this.text(path), secret(path, value) ? notShown : this.text(value)] as const)
      .sort(byText);
  }

  parameters(parameters: readonly Parameter[]): readonly (readonly [string, string])[] {
    return parameters
      .filter(({ name }) => !isMoving(name))
      .map(
        (parameter) => [parameter.name, isSecretParameter(parameter) ? notShown : this.text(parameter.value)] as const,
      )
      .sort(byText);
  }
}

/** What changes without anybody changing the configuration. */
const isMoving = (path: string): boolean => movingAt(lastName(path)) !== undefined;

const identifiers = /\{?\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b\}?/giu;

/** A point in time, as the engine writes it. */
function isMoment(value: string): boolean {
  return /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d/u.test(value) || /\d\d:\d\d:\d\d GMT$/u.test(value);
}

function bare(id: string): string {
  return id.replace(/[{}]/gu, "").toLowerCase();
}

/** By code unit, the same on every machine. */
export function byText(a: readonly string[], b: readonly string[]): number {
  const [left, right] = [a.join("\u0000"), b.join("\u0000")];
  return left < right ? -1 : left > right ? 1 : 0;
}
