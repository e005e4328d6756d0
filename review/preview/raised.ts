import type { PropertyChange } from "./changes";
import type { HazardCode } from "./hazardTable";
import type { Landscape } from "./landscape";
import type { ResourceChange } from "./steps";

/** A hazard as a detector raises it: which row, about what, with which words, caused by which properties. */
export interface Raised {
  readonly code: HazardCode;
  readonly change?: ResourceChange;
  /** Default: the resource's name. */
  readonly subject?: string;
  /** Fills `{what}`. */
  readonly what?: string;
  readonly properties?: readonly PropertyChange[];
  /** Resources that this judges beside `change`, so that no general row names them again. */
  readonly judges?: readonly ResourceChange[];
}

export type Detector = (landscape: Landscape) => readonly Raised[];
