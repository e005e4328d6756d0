import type { Result } from "./disturb";
import type { Point, Visit } from "./points";

/** What the sweep asks a worker for. */
export type Asked =
  | { readonly ask: "visits"; readonly scenario: string }
  | { readonly ask: "disturb"; readonly point: Point; readonly keep?: string };

/** What a worker answers, one answer for each question. */
export type Answered =
  | {
      readonly answer: "visits";
      readonly scenario: string;
      readonly visits: readonly Visit[];
      readonly cpuSeconds: number;
    }
  | {
      readonly answer: "result";
      readonly point: Point;
      readonly result: Result;
      readonly cpuSeconds: number;
      readonly seconds: number;
    }
  | { readonly answer: "failed"; readonly why: string };
