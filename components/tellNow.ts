import * as pulumi from "@pulumi/pulumi";
import type { Finding } from "../review/verdict";
import { findingLines } from "./findings";

/** Now, not only in a verdict: outputs are read by programs, and what is found may keep the next step from being asked at all. */
export function tellNow(
  findings: readonly Pick<Finding, "severity" | "title" | "cause" | "next">[],
  about?: pulumi.Resource,
): void {
  for (const finding of findings)
    if (finding.severity !== "info") void pulumi.log.warn(findingLines(finding).join("\n"), about);
}
