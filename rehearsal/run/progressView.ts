import { duration, type Progress } from "../../engine/progress";
import { type EngineEvent, withoutStack } from "./events";
import { isPlumbing, outcome, type Resources, type SeenResource, shortType } from "./resources";

const marks: Readonly<Record<string, string>> = { create: "+", update: "~", replace: "±", delete: "-", import: "=" };
const longestLine = 160;
const longestBrief = 5;
/** How a script of ours says why it stopped: worth reading twice. */
const isReason = /^\s*(What|Why|Note|Next): | stopped \[[a-z-]+\]$/;

/** Tells a run as it goes: a line for each resource that is done, and what is being waited for. */
export class ProgressView {
  private readonly began = Date.now();
  private readonly told = new Set<string>();
  /** What a command said while it ran, by its resource: the text of its failure repeats all of it. */
  private readonly heard = new Map<string, Set<string>>();
  private said = "";
  private readonly ticking: NodeJS.Timeout;

  constructor(
    private readonly progress: Progress,
    private readonly resources: Resources,
    private readonly preview: boolean,
    /** Long messages are told by their first line: somebody shows them in full afterwards. */
    private readonly brief: boolean,
  ) {
    this.ticking = setInterval(() => this.status(), 1000);
    this.ticking.unref();
  }

  take(event: EngineEvent, resource: SeenResource | undefined): void {
    // A component is told twice: when it is registered and when its outputs are.
    if (resource && event.kind !== "started" && !this.told.has(resource.urn)) {
      this.told.add(resource.urn);
      this.resource(resource);
    }
    if (event.kind === "said") this.message(event.severity, withoutStack(event.text), event.urn, event.ephemeral);
  }

  end(): void {
    clearInterval(this.ticking);
    this.progress.clear();
  }

  private resource(resource: SeenResource): void {
    if (resource.type === "pulumi:pulumi:Stack" || isPlumbing(resource.type)) return;
    if (resource.operation === "same" && resource.state === "done") return;
    const mark = resource.state === "failed" ? "x" : (marks[resource.operation] ?? " ");
    const took = this.preview ? "" : ` (${((Date.now() - resource.startedAt) / 1000).toFixed(1)} s)`;
    this.progress.line(
      `  ${mark} ${outcome(resource, this.preview)} ${shortType(resource.type)} ${resource.name}${took}`,
    );
  }

  private message(severity: string, text: string, urn: string, ephemeral: boolean): void {
    const name = this.resources.all().find((resource) => resource.urn === urn)?.name;
    const from = name ? `${name}: ` : "";
    const heard = this.heard.get(urn) ?? new Set();
    this.heard.set(urn, heard);
    if (ephemeral) {
      for (const line of text.split("\n")) heard.add(line.trim());
      this.said = `${from}${text.split("\n")[0]}`;
      this.status();
      return;
    }
    const lead = severity === "info" ? "  | " : `  ${severity}: `;
    const lines = text.split("\n").filter((each) => each.trim() && (isReason.test(each) || !heard.has(each.trim())));
    const shown = this.brief && severity === "info" && lines.length > longestBrief ? lines.slice(0, 1) : lines;
    for (const line of shown) {
      this.progress.line(`${lead}${from}${line}`.slice(0, longestLine));
    }
  }

  private status(): void {
    const running = this.resources
      .running()
      .filter((resource) => resource.custom)
      .map((resource) => resource.name);
    const waiting = running.length > 0 ? `, in progress: ${running.slice(0, 3).join(", ")}` : "";
    const more = running.length > 3 ? ` and ${running.length - 3} more` : "";
    const done = this.told.size === 0 && waiting === "" ? "the program is starting" : `${this.told.size} done`;
    this.progress.status(
      `  ${duration(Date.now() - this.began)}, ${done}${waiting}${more}${this.said ? ` (${this.said})` : ""}`,
    );
  }
}
