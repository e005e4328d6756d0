import type { Finding } from "../../verdict";

/** A finding about the evidence itself, of a class that every report knows. */
export interface EvidenceFinding extends Finding {
  readonly class: "expected" | "build-difference" | "your-change" | "unexplained";
}
