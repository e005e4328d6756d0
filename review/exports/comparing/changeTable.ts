import {
  type AttributeChange,
  anchorName,
  classesName,
  type ObjectChange,
  type Operation,
  operations,
} from "../reading/change";
import { ValuesDigest } from "../reading/digest";
import { Column, Dictionary } from "./columns";

/** A rename or move, kept as if it were an attribute: the name the object gets. */
export const renameName = "(distinguished name)";
/** Compared only where both files have them. */
export const comparedIfBoth: ReadonlySet<string> = new Set([anchorName, classesName]);

export class Vocabulary {
  readonly types = new Dictionary();
  readonly attributes = new Dictionary();
  readonly attributeOperations = new Dictionary();
}

export interface StoredAttribute {
  readonly attribute: number;
  readonly operation: number;
  readonly removedCount: number;
  readonly disables: boolean;
}

function renameTo(dn: string): AttributeChange {
  const digest = new ValuesDigest();
  digest.add("", "", dn);
  const nothing = { reference: false, removedCount: 0, disables: false, values: [] };
  return { ...nothing, name: renameName, operation: "replace", valueCount: 1, digest: digest.value() };
}

const keyOf = (dn: string): string => dn.toLowerCase();

/**
 * What is kept of every object of one file: its name, operation and type, its place in the file, and for each changed
 * attribute a number for the name, the operation, how many values go, and a 128-bit digest of the values. No values and
 * no holograms: what a report shows is read again from the file, at its place.
 */
export class ChangeTable {
  private readonly rows = new Map<string, number>();
  private readonly dns: string[] = [];
  private readonly operationOf = Column.integers();
  private readonly typeOf = Column.integers();
  private readonly flags = Column.integers();
  private readonly from = Column.places();
  private readonly to = Column.places();
  private readonly firstAttribute = Column.integers();
  /** Eight numbers an attribute, sorted by attribute within an object. */
  private readonly attributes = Column.integers();

  constructor(readonly vocabulary: Vocabulary) {}

  get size(): number {
    return this.dns.length;
  }

  /** False where the file has the object already. */
  add(change: ObjectChange): boolean {
    const key = keyOf(change.dn);
    if (this.rows.has(key)) return false;
    this.rows.set(key, this.dns.length);
    this.dns.push(change.dn);
    this.operationOf.push(operations.indexOf(change.operation));
    this.typeOf.push(this.vocabulary.types.number(change.type));
    this.flags.push((change.sent ? 1 : 0) | (change.withoutDetails ? 2 : 0));
    this.from.push(change.from);
    this.to.push(change.to);
    this.firstAttribute.push(this.attributes.length);
    const stored = change.attributes.map((attribute) => ({ attribute, key: this.keyOf(attribute) }));
    if (change.newDn !== undefined) {
      const attribute = renameTo(change.newDn);
      stored.push({ attribute, key: this.keyOf(attribute) });
    }
    if (stored.length > 1) stored.sort((a, b) => a.key - b.key);
    for (const { attribute, key } of stored) {
      this.attributes.push(key);
      this.attributes.push(this.vocabulary.attributeOperations.number(attribute.operation));
      this.attributes.push(attribute.removedCount * 2 + (attribute.disables ? 1 : 0));
      this.attributes.push(attribute.valueCount);
      for (let lane = 0; lane < 4; lane++) this.attributes.push(attribute.digest[lane] as number);
    }
    return true;
  }

  private keyOf({ name, reference }: AttributeChange): number {
    return this.vocabulary.attributes.number(name) * 2 + (reference ? 1 : 0);
  }

  row(dn: string): number | undefined {
    return this.rows.get(keyOf(dn));
  }

  dn(row: number): string {
    return this.dns[row] as string;
  }

  operation(row: number): Operation {
    return operations[this.operationOf.at(row)] as Operation;
  }

  type(row: number): string {
    return this.vocabulary.types.text(this.typeOf.at(row));
  }

  sent(row: number): boolean {
    return (this.flags.at(row) & 1) !== 0;
  }

  withoutDetails(row: number): boolean {
    return (this.flags.at(row) & 2) !== 0;
  }

  place(row: number): { readonly from: number; readonly to: number } {
    return { from: this.from.at(row), to: this.to.at(row) };
  }

  private range(row: number): { at: number; end: number } {
    const at = this.firstAttribute.at(row);
    return { at, end: row + 1 < this.size ? this.firstAttribute.at(row + 1) : this.attributes.length };
  }

  *attributesOf(row: number): Generator<StoredAttribute> {
    const { at, end } = this.range(row);
    for (let i = at; i < end; i += 8) yield this.stored(i);
  }

  private stored(i: number): StoredAttribute {
    const counts = this.attributes.at(i + 2);
    return {
      attribute: this.attributes.at(i) >> 1,
      operation: this.attributes.at(i + 1),
      removedCount: counts >> 1,
      disables: (counts & 1) === 1,
    };
  }

  /** Calls `use` for every attribute of either object, whether only one changes it, or both alike or not. */
  compareAttributes(
    row: number,
    other: ChangeTable,
    otherRow: number,
    use: (state: "same" | "differs" | "here" | "there", attribute: StoredAttribute) => void,
  ): void {
    const [here, there] = [this.range(row), other.range(otherRow)];
    while (here.at < here.end || there.at < there.end) {
      const a = here.at < here.end ? this.attributes.at(here.at) : Number.POSITIVE_INFINITY;
      const b = there.at < there.end ? other.attributes.at(there.at) : Number.POSITIVE_INFINITY;
      if (a === b) {
        let same = true;
        for (let k = 1; k < 8 && same; k++)
          same = this.attributes.at(here.at + k) === other.attributes.at(there.at + k);
        use(same ? "same" : "differs", this.stored(here.at));
      } else {
        const stored = a < b ? this.stored(here.at) : other.stored(there.at);
        if (!comparedIfBoth.has(this.vocabulary.attributes.text(stored.attribute)))
          use(a < b ? "here" : "there", stored);
      }
      if (a <= b) here.at += 8;
      if (b <= a) there.at += 8;
    }
  }

  sameChange(row: number, other: ChangeTable, otherRow: number): boolean {
    if (this.operationOf.at(row) !== other.operationOf.at(otherRow)) return false;
    if (this.withoutDetails(row) !== other.withoutDetails(otherRow)) return false;
    let same = true;
    this.compareAttributes(row, other, otherRow, (state) => {
      if (state !== "same") same = false;
    });
    return same;
  }
}
