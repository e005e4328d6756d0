import type { Section } from "../render/page";
import type { AttributeFlows } from "./flows";

/** What a document says of a server, before it is a page. */
export interface Documentation {
  readonly server: string | null;
  readonly version: string | null;
  readonly stagingMode: boolean | null;
  readonly counts: {
    readonly connectors: number;
    readonly rules: number;
    readonly standardRules: number;
    readonly customRules: number;
    readonly disabledRules: number;
  };
  readonly flows: AttributeFlows;
  /** What the evidence given cannot say. */
  readonly cannotTell: readonly string[];
  readonly sections: readonly Section[];
}
