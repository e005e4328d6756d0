import type { Built } from "./built";
import type { Problem, Settings } from "./settings";

/** What validation knows beside the settings. */
export interface ValidationContext {
  /** The day on which versions and exceptions are judged. */
  readonly today: Date;
  /**
   * What the ledger remembers of each generation that exists, those on their way out included; {} for a first run.
   * Without it (the configuration is read before anything is looked up) checks that depend on it are left out, since
   * they could refuse what is right.
   */
  readonly built?: Readonly<Record<number, Built>>;
  /** Entra Connect as last proven on each generation. A version that is there already is judged, but never refused. */
  readonly installed?: Readonly<Record<number, string>>;
}

export interface JudgingContext extends ValidationContext {
  /** The settings before defaults, for checks that must know what was really written. */
  readonly written: unknown;
}

/** One concern. What depends on which generations exist is left out at the first look. */
export type Check = { readonly concern: string } & (
  | { readonly runs: "always"; judge(settings: Settings, context: JudgingContext): readonly Problem[] }
  | {
      readonly runs: "whenBuiltIsKnown";
      judge(
        settings: Settings,
        context: JudgingContext & Required<Pick<ValidationContext, "built">>,
      ): readonly Problem[];
    }
);

export const problem = (path: string, text: string, write: string): Problem => ({ path, problem: text, write });

/** Where a user finds a setting of one generation. */
export function blockPath(generation: number, key = ""): string {
  return `generations.${generation}${key === "" ? "" : `.${key}`}`;
}
