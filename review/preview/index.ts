/** Judging a preview of infrastructure, whoever's stack it is. Reads text, imports no Pulumi. */

export { EventReader } from "./events";
export { type Fate, fatesOf, type Happening } from "./fates";
export { type HazardRow, hazardTable } from "./hazardTable";
export { type JudgeOptions, judgePreview, type PreviewReport, type PreviewSummary } from "./judge";
export { noiseTable } from "./noise";
export { markerOf, previewPage } from "./page";
export type { RawPreview } from "./rawPreview";
export { previewCommand, readPreview } from "./reading";
