import type { JsonObject } from "../evidence/json";

/** One step as the engine told it, the same from both forms of output. */
export interface RawStep {
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  /** Empty for components. */
  readonly provider: string;
  readonly oldState?: JsonObject;
  readonly newState?: JsonObject;
  readonly diffReasons: readonly string[];
  readonly replaceReasons: readonly string[];
  /** Paths that the provider says differ; empty where it said nothing. */
  readonly detailedDiff: Readonly<Record<string, { readonly kind: string; readonly inputDiff: boolean }>>;
}

export interface Said {
  readonly severity: "error" | "warning" | "info";
  readonly text: string;
  readonly urn: string;
}

/** What a policy pack said: only the event stream has it. */
export interface PolicyResult {
  readonly pack: string;
  readonly policy: string;
  readonly level: string;
  readonly urn: string;
  readonly text: string;
}

/** A preview as it was read, before anything is judged. */
export interface RawPreview {
  /** `digest`: the object of `--json`; `events`: the event stream; `none`: there is no preview in it. */
  readonly form: "digest" | "events" | "none";
  readonly steps: readonly RawStep[];
  readonly said: readonly Said[];
  readonly policies: readonly PolicyResult[];
  /** Set where the preview did not get to its end: why. */
  readonly failure?: string;
  /** Settings of the stack by their key, as the engine shows them. */
  readonly settings: Readonly<Record<string, string>>;
  readonly changeSummary: Readonly<Record<string, number>>;
  /** Lines of an event stream that are cut or broken. */
  readonly unreadable?: number;
  /** What was peculiar about the input, for the page. */
  readonly notes: readonly string[];
}
