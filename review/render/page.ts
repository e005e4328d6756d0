import type { Finding, Made, Outcome } from "../verdict";

/** A report or document, independent of the output format. Text, Markdown and HTML are rendered from this alone. */
export interface Page {
  readonly title: string;
  readonly subtitle?: string;
  readonly verdict?: Outcome;
  /** One plain sentence under the verdict. */
  readonly headline?: string;
  readonly sections: readonly Section[];
  /** Markdown begins with it as a comment that nobody sees, so that a pipeline finds its own comment again. */
  readonly marker?: string;
  /** When, by which version, from which inputs; at the end of the page. */
  readonly made?: Made;
}

export interface Section {
  /** Stable between runs and unique in the page: the anchor in HTML. */
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
  readonly sections?: readonly Section[];
  /** Only HTML shows it: a picture of what text and Markdown say in words. */
  readonly onlyHtml?: boolean;
  /** HTML shows it folded (a <details>), `everywhere`: Markdown too; text prints it all the same. */
  readonly folded?: boolean | "everywhere";
}

export type Tone = "neutral" | "good" | "attention" | "bad" | "muted";

export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
  readonly code?: boolean;
}

export interface TableColumn {
  readonly title: string;
  readonly align?: "left" | "right";
}

export type Block =
  | { readonly kind: "paragraph"; readonly text: string; readonly tone?: Tone }
  /** `start`: numbered, from this number on. */
  | { readonly kind: "list"; readonly items: readonly string[]; readonly start?: number }
  | { readonly kind: "facts"; readonly rows: readonly { readonly label: string; readonly value: string }[] }
  | {
      readonly kind: "table";
      readonly caption?: string;
      readonly columns: readonly TableColumn[];
      readonly rows: readonly (readonly (string | Cell)[])[];
    }
  | { readonly kind: "findings"; readonly findings: readonly Finding[] }
  | {
      readonly kind: "sideBySide";
      readonly left: string;
      readonly right: string;
      readonly rows: readonly SideBySideRow[];
    }
  | { readonly kind: "code"; readonly text: string }
  | BarsBlock
  | OrderBlock
  | BeforeAfterBlock;

/** Numbers as bars, one row each, in parts: a picture in HTML, a table elsewhere. */
export interface BarsBlock {
  readonly kind: "bars";
  readonly caption: string;
  /** What a row is, for the table: `Organizational unit`. */
  readonly what: string;
  readonly parts: readonly string[];
  readonly rows: readonly { readonly label: string; readonly values: readonly number[] }[];
}

/** Two orders of the same things, for example who wins an attribute: the first wins. Lines join what is in both. */
export interface OrderBlock {
  readonly kind: "order";
  readonly caption: string;
  readonly left: { readonly title: string; readonly items: readonly string[] };
  readonly right: { readonly title: string; readonly items: readonly string[] };
}

/** What there is before and after a change: two columns of boxes in HTML, a table elsewhere. */
export interface BeforeAfterBlock {
  readonly kind: "beforeAfter";
  readonly caption: string;
  readonly before: string;
  readonly after: string;
  /** Those of one group stand together. */
  readonly rows: readonly BeforeAfterRow[];
}

export interface BeforeAfterRow {
  readonly group: string;
  readonly name: string;
  /** A few words about it; null where it is not there. */
  readonly before: string | null;
  readonly after: string | null;
  /** How it ends: new is good, untouched muted, gone bad. */
  readonly tone: Tone;
}

export interface SideBySideRow {
  readonly label?: string;
  readonly left?: string;
  readonly right?: string;
  readonly state: "same" | "changed" | "only-left" | "only-right";
}
