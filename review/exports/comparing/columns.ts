/** Numbers in one growing array: a hundred thousand objects cost kilobytes, not objects. */
export class Column<Numbers extends Int32Array | Float64Array> {
  private used = 0;

  private constructor(
    private numbers: Numbers,
    private readonly make: (length: number) => Numbers,
  ) {}

  static integers(): Column<Int32Array> {
    return new Column(new Int32Array(1024), (length) => new Int32Array(length));
  }

  /** For byte positions: exact up to 2^53. */
  static places(): Column<Float64Array> {
    return new Column(new Float64Array(1024), (length) => new Float64Array(length));
  }

  get length(): number {
    return this.used;
  }

  push(value: number): void {
    if (this.used === this.numbers.length) {
      const larger = this.make(this.used * 2);
      larger.set(this.numbers);
      this.numbers = larger;
    }
    this.numbers[this.used++] = value;
  }

  at(index: number): number {
    return this.numbers[index] as number;
  }
}

/** Texts that come again and again, as numbers; shared by all files of one comparison. */
export class Dictionary {
  private readonly numbers = new Map<string, number>();
  private readonly texts: string[] = [];

  number(text: string): number {
    let known = this.numbers.get(text);
    if (known === undefined) {
      known = this.texts.length;
      this.texts.push(text);
      this.numbers.set(text, known);
    }
    return known;
  }

  text(number: number): string {
    return this.texts[number] as string;
  }
}
