import type { AttributeChange, ValueChange } from "./change";
import { ValuesDigest } from "./digest";
import { disabledBy, integerOf, kindOf, Sign } from "./meaning";

export interface ObjectReaderOptions {
  /** Look for the readable identity in the holograms; default false: they are not looked into. */
  readonly identity?: boolean;
  /** Keep what the object had before of the attributes whose old value decides (`meaning.ts`); default false. */
  readonly before?: boolean;
  /** How many values of an attribute to keep as text; default 0: only their digest. */
  readonly keepValues?: number;
  /** Longest text kept of a value, in characters; default 200. */
  readonly keepCharacters?: number;
}

/** Searching for one character is much faster than a pattern, and a certificate has thousands without any. */
const hasBlank = (text: string): boolean =>
  text.includes("\n") || text.includes(" ") || text.includes("\r") || text.includes("\t");

/** One attribute while it is being read. */
export class AttributeReading {
  readonly values: ValueChange[] = [];
  private readonly digest = new ValuesDigest();
  private readonly kind;
  private valueCount = 0;
  private removedCount = 0;
  private disabled = false;
  private wasDisabled = false;
  private address: string | undefined;
  private oldAddress: string | undefined;

  constructor(
    readonly name: string,
    readonly reference: boolean,
    readonly operation: string,
    private readonly type: string | undefined,
    private readonly multivalued: string | undefined,
  ) {
    this.kind = kindOf(name);
  }

  add(valueOperation: string | undefined, encoding: string, raw: string, keep: Required<ObjectReaderOptions>): void {
    const operation = valueOperation ?? "";
    const base64 = encoding !== "" && encoding.toLowerCase() === "base64";
    const text = base64 && hasBlank(raw) ? raw.replace(/\s+/g, "") : raw;
    this.valueCount++;
    const removed = (operation === "" ? this.operation : operation) === "delete";
    if (removed) this.removedCount++;
    if (this.kind !== undefined) this.mean(text, removed);
    this.digest.add(operation, base64 ? "base64" : "", this.compared(text));
    if (this.values.length < keep.keepValues) {
      const short = text.length > keep.keepCharacters ? `${text.slice(0, keep.keepCharacters)}…` : text;
      this.values.push({ operation, text: short });
    }
  }

  /** Names of objects are the same in any letter case; an integer is the same in hexadecimal and in decimal. */
  private compared(text: string): string {
    if (this.reference) return text.toLowerCase();
    if (this.type === undefined || text.length > 20 || !/^(?:integer|number)$/i.test(this.type)) return text;
    return integerOf(text)?.toString() ?? text;
  }

  private mean(text: string, removed: boolean): void {
    switch (this.kind) {
      case "enabled":
      case "control": {
        const disabled = disabledBy(this.kind, text);
        if (removed) this.wasDisabled = disabled;
        else this.disabled = disabled;
        break;
      }
      case "addresses":
        // The primary address alone is marked by capitals.
        if (!text.startsWith("SMTP:")) break;
        if (removed) this.oldAddress = text.toLowerCase();
        else this.address = text.toLowerCase();
        break;
      case "mail":
        if (removed) this.oldAddress = text.trim().toLowerCase();
        else this.address = text.trim().toLowerCase();
        break;
      default:
    }
  }

  private signs(): number {
    const { operation, removedCount, valueCount } = this;
    let signs = 0;
    const oldKnown = removedCount > 0 || operation === "add";
    if (oldKnown) signs |= Sign.oldKnown;
    const single = this.multivalued?.toLowerCase() === "false";
    const onlyAdds = valueCount > 0 && removedCount === 0;
    if (onlyAdds && (operation === "add" || (operation === "update" && single))) signs |= Sign.gains;
    if (this.disabled && !this.wasDisabled) signs |= Sign.disables;
    const mail = this.kind === "mail" || this.kind === "addresses";
    const goes = this.kind === "mail" && operation === "delete";
    const gained = (signs & Sign.gains) !== 0;
    if (mail && !gained && (goes || this.address !== this.oldAddress)) signs |= Sign.primaryMail;
    return signs;
  }

  result(): AttributeChange {
    const { name, reference, operation, valueCount, removedCount, values } = this;
    const digest = this.digest.value();
    return { name, reference, operation, valueCount, removedCount, signs: this.signs(), values, digest };
  }
}
