import type { Finding, Severity } from "../verdict";
import { madeBy } from "../version";
import { hazardTable } from "./hazardTable";
import type { PreviewReport } from "./judge";

/** Code scanning shows at most 5,000 results (facts/preview.md 5). */
const mostResults = 5000;

const levels: Readonly<Record<Severity, "error" | "warning" | "note">> = {
  blocking: "error",
  warning: "warning",
  info: "note",
};

/** SARIF 2.1.0. A result needs a place, so only hazards whose resource has a line in the program are in it. */
export function sarifOf({ findings }: PreviewReport): string {
  const placed = findings.filter(({ change }) => change?.source).slice(0, mostResults);
  const used = new Set(placed.map(({ code }) => code));
  const [name = "entra-connect", version = "0"] = madeBy().split(" ");
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name,
            semanticVersion: version,
            rules: hazardTable
              .filter(({ code }) => used.has(code))
              .map(({ code, severity, looksAt, remedy }) => ({
                id: code,
                shortDescription: { text: looksAt },
                ...(remedy === "" ? {} : { help: { text: remedy } }),
                defaultConfiguration: { level: levels[severity] },
              })),
          },
        },
        results: placed.map(resultOf),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function resultOf({ code, severity, title, next, change, accepted, id }: Finding) {
  const source = change?.source;
  return {
    ruleId: code,
    level: levels[severity],
    message: { text: next === "" ? title : `${title} ${next}` },
    locations: source
      ? [
          {
            physicalLocation: {
              artifactLocation: {
                uri: source.file.split("/").map(encodeURIComponent).join("/"),
                uriBaseId: "%SRCROOT%",
              },
              region: { startLine: Math.max(1, source.line), startColumn: Math.max(1, source.column) },
            },
          },
        ]
      : [],
    partialFingerprints: { "entraConnectPreview/v1": `${code} ${change?.urn ?? id ?? ""}` },
    ...(accepted === undefined
      ? {}
      : { suppressions: [{ kind: "external", justification: `${accepted.reason} (until ${accepted.until})` }] }),
  };
}
