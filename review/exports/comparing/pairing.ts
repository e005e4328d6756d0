import type { ChangeTable } from "./changeTable";

/**
 * Which object of one file is which of another: by name, letter case aside. Where a name is not unique, by `id` between
 * files of one server, by anchor between servers, else by the change; what none of them tells has no counterpart.
 */
export class Pairing {
  private readonly forth = new Map<number, number | undefined>();
  private readonly back = new Map<number, number | undefined>();

  constructor(
    private readonly ours: ChangeTable,
    private readonly theirs: ChangeTable,
    private readonly sameServer: boolean,
  ) {}

  there(row: number): number | undefined {
    if (!this.shared) return this.theirs.row(this.ours.dn(row));
    this.settle(this.ours.dn(row));
    return this.forth.get(row);
  }

  here(row: number): number | undefined {
    if (!this.shared) return this.ours.row(this.theirs.dn(row));
    this.settle(this.theirs.dn(row));
    return this.back.get(row);
  }

  private get shared(): boolean {
    return this.ours.namesakes + this.theirs.namesakes > 0;
  }

  private settle(dn: string): void {
    const [here, there] = [this.ours.rowsOf(dn), this.theirs.rowsOf(dn)];
    const settled = here[0] === undefined ? there[0] !== undefined && this.back.has(there[0]) : this.forth.has(here[0]);
    if (settled) return;
    const pair = (row: number, other: number) => {
      this.forth.set(row, other);
      this.back.set(other, row);
    };
    if (here.length === 1 && there.length === 1) {
      pair(here[0] as number, there[0] as number);
      return;
    }
    const by: readonly ((row: number, other: number) => boolean | undefined)[] = [
      (row, other) => (this.sameServer ? this.ours.sameId(row, this.theirs, other) : undefined),
      (row, other) => this.ours.sameAnchor(row, this.theirs, other),
      (row, other) =>
        this.ours.sameAnchor(row, this.theirs, other) !== false && this.ours.sameChange(row, this.theirs, other),
    ];
    for (const same of by)
      for (const row of here) {
        if (this.forth.has(row)) continue;
        const other = there.find((candidate) => !this.back.has(candidate) && same(row, candidate) === true);
        if (other !== undefined) pair(row, other);
      }
    for (const row of here) if (!this.forth.has(row)) this.forth.set(row, undefined);
    for (const row of there) if (!this.back.has(row)) this.back.set(row, undefined);
  }
}
