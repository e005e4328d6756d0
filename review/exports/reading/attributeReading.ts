import type { AttributeChange, ValueChange } from "./change";
import { ValuesDigest } from "./digest";

export interface ObjectReaderOptions {
  /** Look for the readable identity in the holograms; default false: they are not looked into. */
  readonly identity?: boolean;
  /** How many values of an attribute to keep as text; default 0: only their digest. */
  readonly keepValues?: number;
  /** Longest text kept of a value, in characters; default 200. */
  readonly keepCharacters?: number;
}

/** One attribute while it is being read. */
export class AttributeReading {
  readonly values: ValueChange[] = [];
  private readonly digest = new ValuesDigest();
  private valueCount = 0;
  private removedCount = 0;
  private disables = false;

  constructor(
    readonly name: string,
    readonly reference: boolean,
    readonly operation: string,
  ) {}

  add(valueOperation: string | undefined, encoding: string, raw: string, keep: Required<ObjectReaderOptions>): void {
    const operation = valueOperation ?? "";
    const base64 = encoding.toLowerCase() === "base64";
    const text = base64 ? raw.replace(/\s+/g, "") : raw;
    this.valueCount++;
    const effective = operation === "" ? this.operation : operation;
    if (effective === "delete") this.removedCount++;
    else if (this.name === "accountEnabled" && text.trim().toLowerCase() === "false") this.disables = true;
    this.digest.add(operation, base64 ? "base64" : "", text);
    if (this.values.length < keep.keepValues) {
      const short = text.length > keep.keepCharacters ? `${text.slice(0, keep.keepCharacters)}…` : text;
      this.values.push({ operation, text: short });
    }
  }

  result(): AttributeChange {
    const { name, reference, operation, valueCount, removedCount, disables, values } = this;
    return { name, reference, operation, valueCount, removedCount, disables, values, digest: this.digest.value() };
  }
}
