import type { Failure } from "./change";
import type { Attributes } from "./sink";

/** Parts of an `export-errordetail`: true where the text is wanted, false where only what is inside. */
export const errorParts: Readonly<Record<string, boolean>> = {
  "export-status": false,
  "cd-error": false,
  "error-type": true,
  "retry-count": true,
  "date-occurred": true,
  "first-occurred": true,
  "algorithm-step": true,
  "error-code": true,
  "error-name": true,
};

/** The facts name attributes of the element; elements of the same names are read likewise. */
const attributeParts = ["error-type", "retry-count", "date-occurred"] as const;

/** The failure of one export while it is being read. */
export class ErrorReading {
  private readonly parts = new Map<string, string>();

  constructor(attributes: Attributes) {
    for (const name of attributeParts) this.add(name, attributes.get(name) ?? "");
  }

  add(name: string, text: string): void {
    if (text !== "") this.parts.set(name, text.slice(0, 200));
  }

  /** Undefined for an empty element: no export has failed. */
  result(): Failure | undefined {
    if (this.parts.size === 0) return undefined;
    const part = (name: string) => this.parts.get(name) ?? "";
    return {
      type: part("error-type") || part("algorithm-step") || "error without a type",
      error: [part("error-code"), part("error-name")].filter((text) => text !== "").join(" "),
      retries: part("retry-count"),
      since: part("first-occurred") || part("date-occurred"),
    };
  }
}
