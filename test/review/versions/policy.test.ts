import assert from "node:assert/strict";
import { judgeVersion, knownVersions, recommendedVersion } from "../../../review/versions/versions";

describe("which version to install", () => {
  const on = (day: string): Date => new Date(`${day}T12:00:00Z`);

  it("is the newest, or the one before it", () => {
    assert.equal(recommendedVersion(on("2026-11-26"), "latest"), "2.6.92.0");
    assert.equal(recommendedVersion(on("2026-11-26"), "previous"), "2.6.91.0");
  });

  it("is never one that is recalled, out of support or below what the service takes that day", () => {
    for (const day of ["2026-11-26", "2027-02-10", "2027-04-07", "2027-09-20", "2028-01-01", "2030-01-01"])
      for (const policy of ["latest", "previous"] as const) {
        const version = recommendedVersion(on(day), policy);
        const judged = judgeVersion(version, on(day));
        assert.ok(
          judged.kind === "accept" || judged.why === "noted",
          `${version} on ${day}: ${judged.kind === "accept" ? "" : judged.problem}`,
        );
      }
  });

  it("is what a refusal leads to", () => {
    for (const version of knownVersions()) {
      const judged = judgeVersion(version, on("2027-05-01"), "previous");
      if (judged.kind !== "accept") assert.match(judged.write, /^2\.6\.9[12]\.0 /);
    }
  });
});
