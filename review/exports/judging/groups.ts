import type { ServerRole, Side } from "../comparing/side";

/** An object of a side's last snapshot. */
export interface ObjectPlace {
  readonly role: ServerRole;
  readonly row: number;
  readonly dn: string;
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
  /** The first by name, so that the same objects are shown whatever the order of the file. */
  readonly examples: ObjectPlace[] = [];

  constructor(private readonly most: number) {}

  add(side: Side, row: number, count = 1, other?: number): void {
    const { table } = side.last;
    this.count += count;
    this.objects++;
    increment(this.byType, table.type(row));
    increment(this.byOperation, table.operation(row));
    const dn = table.dn(row);
    const last = this.examples.at(-1);
    if (this.examples.length >= this.most && (last === undefined || last.dn <= dn)) return;
    const at = this.examples.findIndex((example) => example.dn > dn);
    this.examples.splice(at < 0 ? this.examples.length : at, 0, { role: side.role, row, dn, other });
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

const increment = (counts: Map<string, number>, key: string): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};

const spoken = (counts: Map<string, number>): string =>
  [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `${count} ${name}`)
    .join(", ");
