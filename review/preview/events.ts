import type { JsonObject } from "../evidence/json";
import { isJsonObject } from "../evidence/json";
import type { Json } from "../verdict";
import { detailedDiff, isInternal, numbers, objectOf, said, settingsOf, stateOf, text, texts, typeIn } from "./digest";
import type { PolicyResult, RawPreview, RawStep, Said } from "./rawPreview";

/** The event stream, one object a line (`sdk/go/common/apitype/events.go` of pulumi 3.259.0). */
export class EventReader {
  private readonly steps = new Map<string, RawStep>();
  private readonly said: Said[] = [];
  private readonly policies: PolicyResult[] = [];
  private settings: Readonly<Record<string, string>> = {};
  private changeSummary: Readonly<Record<string, number>> = {};
  private result: string | undefined;
  private unreadable = 0;
  /** Broken lines behind the summary: nothing of the preview is in them. */
  private after = 0;

  /** @returns whether the line is an event */
  take(line: string): boolean {
    const trimmed = line.trim();
    if (!trimmed.startsWith("{")) return false;
    // Most lines of a stream are debug messages: not worth parsing.
    if (trimmed.length < 100_000 && /"severity":"debug"\}?\}?$/u.test(trimmed)) return true;
    let event: Json;
    try {
      event = JSON.parse(trimmed) as Json;
    } catch {
      if (this.result === undefined) this.unreadable++;
      else this.after++;
      return true;
    }
    if (!isJsonObject(event)) return false;
    this.event(event);
    return true;
  }

  private event(event: JsonObject): void {
    const prelude = objectOf(event.preludeEvent);
    if (prelude) this.settings = settingsOf(prelude.config);
    const before = objectOf(event.resourcePreEvent);
    if (before) this.step(before, true);
    const after = objectOf(event.resOutputsEvent);
    if (after) this.step(after, false);
    const failure = objectOf(event.resOpFailedEvent);
    if (failure) this.step(failure, false, true);
    const diagnostic = objectOf(event.diagnosticEvent);
    if (diagnostic) {
      const words = said(text(diagnostic.severity), text(diagnostic.message), text(diagnostic.urn));
      if (words) this.said.push(words);
    }
    const policy = objectOf(event.policyEvent);
    if (policy) this.policies.push(policyOf(policy, text(policy.enforcementLevel)));
    const remediation = objectOf(event.policyRemediationEvent);
    if (remediation) this.policies.push(policyOf(remediation, "remediate"));
    const failed = objectOf(event.errorEvent);
    if (failed) {
      const words = said("error", text(failed.error) || text(failed.message), "");
      if (words) this.said.push(words);
    }
    const summary = objectOf(event.summaryEvent);
    if (summary) {
      this.changeSummary = numbers(summary.resourceChanges);
      // Several runs in one stream: what failed once failed.
      if (this.result !== "failed") this.result = text(summary.result) || "unsaid";
    }
  }

  /** An event after the step only counts where the one before it is missing. */
  private step(event: JsonObject, first: boolean, failed = false): void {
    const metadata = objectOf(event.metadata);
    if (!metadata || (!failed && isInternal(metadata))) return;
    const key = `${text(metadata.op)} ${text(metadata.urn)}`;
    if (!first && this.steps.has(key)) return;
    const [oldState, newState] = [stateOf(metadata.old), stateOf(metadata.new)];
    this.steps.set(key, {
      op: text(metadata.op),
      urn: text(metadata.urn),
      type: text(metadata.type) || typeIn(text(metadata.urn)),
      provider: text(metadata.provider),
      oldState,
      newState,
      diffReasons: texts(metadata.diffs),
      replaceReasons: texts(metadata.keys),
      detailedDiff: detailedDiff(metadata.detailedDiff, "diffKind"),
    });
  }

  finish(): RawPreview {
    const errors = this.said.filter(({ severity }) => severity === "error").map(({ text: words }) => words);
    const stoppedByPolicy = this.policies.some(({ level }) => level === "mandatory");
    const failure = this.failureOf(errors, stoppedByPolicy);
    return {
      form: "events",
      steps: [...this.steps.values()],
      said: this.said,
      policies: this.policies,
      ...(failure === undefined ? {} : { failure }),
      settings: this.settings,
      changeSummary: this.changeSummary,
      unreadable: this.unreadable,
      notes: this.after === 0 ? [] : [`${this.after} lines behind the event stream could not be read.`],
    };
  }

  private failureOf(errors: readonly string[], stoppedByPolicy: boolean): string | undefined {
    if (this.result === undefined)
      return [...errors, "the event stream ends before its summary: it was cut short, or the engine was stopped"].join(
        "\n",
      );
    // What a policy forbids is judged: the preview itself got to its end.
    const own = stoppedByPolicy ? errors.filter((words) => !/^preview failed\b/iu.test(words)) : errors;
    if (own.length > 0) return own.join("\n");
    if (this.result === "failed" && !stoppedByPolicy) return "the engine says that the preview failed, and not why";
    return this.result === "canceled" ? "the preview was cancelled" : undefined;
  }
}

function policyOf(event: JsonObject, level: string): PolicyResult {
  return {
    pack: text(event.policyPackName),
    policy: text(event.policyName),
    level,
    urn: text(event.resourceUrn),
    text: text(event.message)
      .replace(/<\{%[^%]*%\}>/gu, "")
      .trim(),
  };
}
