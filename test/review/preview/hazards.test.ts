import assert from "node:assert/strict";
import { judgePreview, readPreview } from "../../../review/preview";
import { type HazardCode, hazardCodes, hazardRow } from "../../../review/preview/hazardTable";
import { archiveCases } from "./archiveCases";
import { backupCases } from "./backupCases";
import type { Cases } from "./cases";
import { engineCases } from "./engineCases";
import { guardCases } from "./guardCases";
import { machineCases } from "./machineCases";
import { monitoringCases } from "./monitoringCases";
import { networkCases } from "./networkCases";
import { codesOf, judged } from "./previews";
import { protectionCases } from "./protectionCases";
import { roleCases } from "./roleCases";

const parts = [
  machineCases,
  guardCases,
  roleCases,
  backupCases,
  archiveCases,
  networkCases,
  protectionCases,
  monitoringCases,
  engineCases,
];

/** A hazard may have cases in several of them. */
const cases: Cases = Object.fromEntries(
  hazardCodes.flatMap((code) => {
    const both = parts.flatMap((part) => part[code] ?? []);
    const all = { raises: both.flatMap(({ raises }) => raises), silent: both.flatMap(({ silent }) => silent) };
    return both.length === 0 ? [] : [[code, all]];
  }),
);

/** What only the event stream has is tested with it, below. */
const ofTheStream: readonly HazardCode[] = ["policy-mandatory", "policy-advisory", "policy-remediated"];

describe("hazards of a preview", () => {
  for (const code of hazardCodes) {
    const both = cases[code];
    if (both === undefined) continue;
    describe(code, () => {
      for (const { name, preview } of both.raises)
        it(`is raised: ${name}`, () => {
          const report = judged(preview);
          const found = report.findings.find((finding) => finding.code === code);
          assert.ok(found, `got ${codesOf(report).join(", ") || "nothing"}`);
          assert.equal(found.severity, hazardRow(code).severity);
          assert.doesNotMatch(found.title, /\{|undefined|\[object/u);
          if (code !== "preview-failed") assert.equal(report.verdict, verdictOf(report.findings));
        });
      for (const { name, preview } of both.silent)
        it(`is not raised: ${name}`, () => {
          assert.ok(!codesOf(judged(preview)).includes(code));
        });
    });
  }

  it("have a case that raises each, and one that does not", () => {
    const without = hazardCodes.filter(
      (code) => !ofTheStream.includes(code) && !(cases[code]?.raises.length && cases[code]?.silent.length),
    );
    assert.deepEqual(without, []);
  });

  const policy = (enforcementLevel: string) =>
    [
      {
        resourcePreEvent: {
          metadata: {
            op: "create",
            urn: "urn:pulumi:prod::infra::a:b:C::x",
            type: "a:b:C",
            new: { type: "a:b:C", inputs: {} },
          },
        },
      },
      {
        policyEvent: {
          resourceUrn: "urn:pulumi:prod::infra::a:b:C::x",
          message: "No.\n",
          policyName: "no",
          policyPackName: "pack",
          enforcementLevel,
        },
      },
      { diagnosticEvent: { severity: "error", message: "preview failed" } },
      {
        summaryEvent: {
          resourceChanges: { create: 1 },
          result: enforcementLevel === "mandatory" ? "failed" : "succeeded",
        },
      },
    ].slice(0, enforcementLevel === "mandatory" ? 4 : undefined);
  const stream = (events: readonly object[]) =>
    judgePreview(
      readPreview(
        Buffer.from(events.map((event, sequence) => JSON.stringify({ sequence, ...event })).join("\n")),
        "events",
      ),
    );

  it("are raised for what a policy forbids: blocked, since the preview itself got to its end", () => {
    const report = stream(policy("mandatory"));
    assert.deepEqual([report.verdict, codesOf(report)], ["blocked", ["policy-mandatory"]]);
  });

  it("are raised for what a policy advises", () => {
    const report = stream(policy("advisory").filter((event) => !("diagnosticEvent" in event)));
    assert.deepEqual([report.verdict, codesOf(report)], ["review", ["policy-advisory"]]);
  });

  it("tell a remediation as information", () => {
    const events = policy("remediate")
      .filter((event) => !("diagnosticEvent" in event))
      .map((event) => ("policyEvent" in event ? { policyRemediationEvent: event.policyEvent } : event));
    assert.deepEqual(codesOf(stream(events)), ["policy-remediated"]);
  });
});

function verdictOf(findings: readonly { readonly severity: string }[]): string {
  if (findings.some(({ severity }) => severity === "blocking")) return "blocked";
  return findings.some(({ severity }) => severity === "warning") ? "review" : "ok";
}
