import {
  type AttributeChange,
  anchorName,
  classesName,
  type Failure,
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
  readonly valueCount: number;
  /** Bits of `Sign`. */
  readonly signs: number;
}

function renameTo(dn: string): AttributeChange {
  const digest = new ValuesDigest();
  digest.add("", "", dn);
  const nothing = { reference: false, removedCount: 0, signs: 0, values: [] };
  return { ...nothing, name: renameName, operation: "replace", valueCount: 1, digest: digest.value() };
}

const keyOf = (dn: string): string => dn.toLowerCase();

const Flag = {
  sent: 1,
  withoutDetails: 2,
  contradiction: 4,
  pendingImport: 8,
  importError: 16,
  disconnector: 32,
} as const;

/** Digits are the same with and without braces and hyphens, in either letter case. */
function idOf(id: string | undefined): { low: number; high: number; telling: boolean } {
  if (id === undefined) return { low: 0, high: 0, telling: false };
  let [low, high, seen, digits] = [1779033703, 1013904242, 0, 0];
  for (let i = 0; i < id.length; i++) {
    const unit = id.charCodeAt(i) | 0x20;
    const value = unit >= 97 ? unit - 87 : (id.charCodeAt(i) & 0x50) === 0x10 ? unit - 48 : -1;
    if (value < 0 || value > 15) continue;
    low = Math.imul(low ^ value, 597399067) ^ (low >>> 15);
    high = Math.imul(high ^ value, 951274213) ^ (high >>> 13);
    seen |= 1 << value;
    digits++;
  }
  let distinct = 0;
  for (let bits = seen; bits !== 0; bits &= bits - 1) distinct++;
  return { low, high, telling: digits === 32 && distinct >= distinctDigits };
}

/** A GUID made at random has some 14 different digits; one made up by hand has few, and says nothing about a database. */
const distinctDigits = 8;

/**
 * What is kept of every object of one file: its name, operation and type, its place in the file, and for each changed
 * attribute a number for the name, the operation, how many values go, and a 128-bit digest of the values. No values and
 * no holograms: what a report shows is read again from the file, at its place.
 */
export class ChangeTable {
  private readonly rows = new Map<string, number>();
  /** The next row of the same name, where two objects share one. */
  private readonly nextOfName = new Map<number, number>();
  private readonly failures = new Map<number, Failure>();
  private readonly dns: string[] = [];
  private readonly operationOf = Column.integers();
  private readonly typeOf = Column.integers();
  private readonly flags = Column.integers();
  private readonly idLow = Column.integers();
  private readonly idHigh = Column.integers();
  private readonly from = Column.places();
  private readonly to = Column.places();
  private readonly firstAttribute = Column.integers();
  /** Eight numbers an attribute, sorted by attribute within an object. */
  private readonly attributes = Column.integers();

  constructor(readonly vocabulary: Vocabulary) {}

  get size(): number {
    return this.dns.length;
  }

  /**
   * False where the file has the object already. Two objects can have one name, where characters outside the code page
   * were written as question marks: their ids tell them apart.
   */
  add(change: ObjectChange): boolean {
    const key = keyOf(change.dn);
    const row = this.dns.length;
    const id = idOf(change.id);
    const known = this.rows.get(key);
    if (known === undefined) this.rows.set(key, row);
    else if (change.id === undefined || !this.follow(known, row, id)) return false;
    this.dns.push(change.dn);
    this.operationOf.push(operations.indexOf(change.operation));
    this.typeOf.push(this.vocabulary.types.number(change.type));
    const { marks } = change;
    this.flags.push(
      (change.sent ? Flag.sent : 0) |
        (change.withoutDetails ? Flag.withoutDetails : 0) |
        (change.contradiction ? Flag.contradiction : 0) |
        (marks.pendingImport ? Flag.pendingImport : 0) |
        (marks.importError ? Flag.importError : 0) |
        (marks.disconnector ? Flag.disconnector : 0),
    );
    if (change.failure !== undefined) this.failures.set(row, change.failure);
    this.idLow.push(id.telling ? id.low : id.low & ~1);
    this.idHigh.push(id.telling ? id.high | 1 : id.high & ~1);
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
      this.attributes.push(attribute.removedCount * 16 + attribute.signs);
      this.attributes.push(attribute.valueCount);
      for (let lane = 0; lane < 4; lane++) this.attributes.push(attribute.digest[lane] as number);
    }
    return true;
  }

  private keyOf({ name, reference }: AttributeChange): number {
    return this.vocabulary.attributes.number(name) * 2 + (reference ? 1 : 0);
  }

  /** Puts a row behind the others of its name; false where one of them has the same id. */
  private follow(first: number, row: number, id: { low: number; high: number; telling: boolean }): boolean {
    let last = first;
    for (let at: number | undefined = first; at !== undefined; at = this.nextOfName.get(at)) {
      const same = this.idHigh.at(at) >> 1 === id.high >> 1 && (this.idLow.at(at) | 1) === (id.low | 1);
      if (same) return false;
      last = at;
    }
    this.nextOfName.set(last, row);
    return true;
  }

  /** Rows of that name: nearly always one. */
  rowsOf(dn: string): number[] {
    const rows: number[] = [];
    for (let at = this.rows.get(keyOf(dn)); at !== undefined; at = this.nextOfName.get(at)) rows.push(at);
    return rows;
  }

  /** The first row of that name. */
  row(dn: string): number | undefined {
    return this.rows.get(keyOf(dn));
  }

  /** Objects that share their name with one before them. */
  get namesakes(): number {
    return this.nextOfName.size;
  }

  isNamesake(row: number): boolean {
    if (this.nextOfName.size === 0) return false;
    return this.nextOfName.has(row) || this.rows.get(keyOf(this.dn(row))) !== row;
  }

  /** Whether both have the id of the same object of the same database; undefined where the ids say nothing. */
  sameId(row: number, other: ChangeTable, otherRow: number): boolean | undefined {
    const telling = (this.idHigh.at(row) & other.idHigh.at(otherRow) & 1) === 1;
    if (!telling) return undefined;
    return this.idHigh.at(row) === other.idHigh.at(otherRow) && this.idLow.at(row) === other.idLow.at(otherRow);
  }

  failure(row: number): Failure | undefined {
    return this.failures.get(row);
  }

  get failed(): number {
    return this.failures.size;
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
    return this.has(row, Flag.sent);
  }

  withoutDetails(row: number): boolean {
    return this.has(row, Flag.withoutDetails);
  }

  contradicts(row: number): boolean {
    return this.has(row, Flag.contradiction);
  }

  pendingImport(row: number): boolean {
    return this.has(row, Flag.pendingImport);
  }

  importError(row: number): boolean {
    return this.has(row, Flag.importError);
  }

  disconnector(row: number): boolean {
    return this.has(row, Flag.disconnector);
  }

  private has(row: number, flag: number): boolean {
    return (this.flags.at(row) & flag) !== 0;
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
      removedCount: counts >> 4,
      valueCount: this.attributes.at(i + 3),
      signs: counts & 15,
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

  /** Whether both have the same anchor of the directory; undefined where one has none. */
  sameAnchor(row: number, other: ChangeTable, otherRow: number): boolean | undefined {
    const [here, there] = [this.anchorAt(row), other.anchorAt(otherRow)];
    if (here === undefined || there === undefined) return undefined;
    for (let lane = 4; lane < 8; lane++)
      if (this.attributes.at(here + lane) !== other.attributes.at(there + lane)) return false;
    return true;
  }

  private anchorAt(row: number): number | undefined {
    const { at, end } = this.range(row);
    for (let i = at; i < end; i += 8)
      if (this.vocabulary.attributes.text(this.attributes.at(i) >> 1) === anchorName) return i;
    return undefined;
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
