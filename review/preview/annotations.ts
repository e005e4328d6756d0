import { withoutCommands } from "../render/pipelineLog";
import { visible } from "../render/visible";
import type { Finding, Severity } from "../verdict";
import type { PreviewReport } from "./judge";

/** GitHub shows 10 of each level a step (facts/preview.md 5): the worst come first, and the last line says what is left. */
const mostEach = 10;

/** One line a hazard that the pipeline shows beside the change. Information is not shown. */
export function annotationsOf(report: PreviewReport, where: "github" | "azure-pipelines"): string {
  const write = where === "github" ? github : azurePipelines;
  const lines: string[] = [];
  for (const severity of ["blocking", "warning"] as const) {
    const all = report.findings.filter((finding) => finding.severity === severity);
    const shown = all.length > mostEach ? all.slice(0, mostEach - 1) : all;
    lines.push(...shown.map(write));
    if (shown.length < all.length) lines.push(write(rest(severity, all.length - shown.length)));
  }
  return lines.map((line) => `${line}\n`).join("");
}

const rest = (severity: Severity, count: number): Finding => ({
  code: "more",
  severity,
  class: "more",
  subject: "",
  title: `${count} more ${severity === "blocking" ? "that block" : "to look at"}: see the report.`,
  active: null,
  staging: null,
  cause: "",
  next: "",
});

const textOf = ({ title, next }: Finding): string => withoutCommands(visible(next === "" ? title : `${title} ${next}`));

/** https://docs.github.com/actions: `%`, line ends, and in properties `:` and `,` too, are escaped. */
function github(finding: Finding): string {
  const data = (text: string) => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  const property = (text: string) => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
  const source = finding.change?.source;
  const properties = [
    ...(source ? [`file=${property(source.file)}`, `line=${source.line}`] : []),
    `title=${property(finding.code)}`,
  ];
  return `::${finding.severity === "blocking" ? "error" : "warning"} ${properties.join(",")}::${data(textOf(finding))}`;
}

/** Logging command `task.logissue` of Azure Pipelines: `;`, `]`, line ends and `%` are escaped. */
function azurePipelines(finding: Finding): string {
  const data = (text: string) => text.replaceAll("%", "%AZP25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  const property = (text: string) => data(text).replaceAll(";", "%3B").replaceAll("]", "%5D");
  const source = finding.change?.source;
  const properties = [
    `type=${finding.severity === "blocking" ? "error" : "warning"}`,
    ...(source
      ? [`sourcepath=${property(source.file)}`, `linenumber=${source.line}`, `columnnumber=${source.column}`]
      : []),
    `code=${property(finding.code)}`,
  ];
  return `##vso[task.logissue ${properties.join(";")}]${data(textOf(finding))}`;
}
