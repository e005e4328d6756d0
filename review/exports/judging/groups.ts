import type { ServerRole, Side } from "../comparing/side";

/** An object of a side's last snapshot. */
export interface ObjectPlace {
  readonly role: ServerRole;
  readonly row: number;
  readonly dn: string;
  /** How much depends on it: the higher, the sooner it is shown. */
  readonly weight: number;
  /** The same object on the active server, where both would change it. */
  readonly other?: number;
}

/** Objects that belong to one finding: how many, of which types and operations, and a few of them by name. */
export class Group {
  /** What a threshold is compared with; objects, unless the class counts something else. */
  count = 0;
  objects = 0;
  readonly byType = new Map<string, number>();
  readonly byOperation = new Map<string, number>();
  /** The riskiest, then by name, so that the same objects are shown whatever the order of the file. */
  readonly examples: ObjectPlace[] = [];

  constructor(private readonly most: number) {}

  add(side: Side, row: number, count = 1, other?: number, risks = 0): void {
    const { table } = side.last;
    const type = table.type(row);
    this.count += count;
    this.objects++;
    increment(this.byType, type);
    increment(this.byOperation, table.operation(row));
    // People before groups, groups before the rest; then whom several classes concern, then by how many.
    const person = /^(?:user|inetorgperson)$/i.test(type) ? 2 : /^group$/i.test(type) ? 1 : 0;
    const weight = risks * 4 + person + Math.min(count, 1e6) / 1e7;
    const place = { role: side.role, row, dn: table.dn(row), weight, other };
    const last = this.examples.at(-1);
    if (this.examples.length >= this.most && (last === undefined || !before(place, last))) return;
    const at = this.examples.findIndex((example) => before(place, example));
    this.examples.splice(at < 0 ? this.examples.length : at, 0, place);
    if (this.examples.length > this.most) this.examples.pop();
  }

  /** For example "3 user, 1 group". */
  types(): string {
    return spoken(this.byType);
  }

  operations(): string {
    return spoken(this.byOperation);
  }
}

const before = (a: ObjectPlace, b: ObjectPlace): boolean =>
  a.weight > b.weight || (a.weight === b.weight && a.dn < b.dn);

const increment = (counts: Map<string, number>, key: string): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};

const spoken = (counts: Map<string, number>): string =>
  [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `${count} ${name}`)
    .join(", ");
