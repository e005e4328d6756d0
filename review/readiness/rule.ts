import type { VerifyStagingAnswer } from "../../scripts/answers";
import type { SettingsFileContent } from "../settingsFile";
import type { Finding, Json, Severity } from "../verdict";

/** What a row of the port table means to whoever judges whether it is open. */
export interface PortMeaning {
  readonly port: number;
  /** `ldap`, `kerberos`: the row's name. */
  readonly protocol: string;
  /** Whom the row leads to, as they were tried; undefined where that is not known. */
  readonly hosts?: readonly string[];
  readonly why: string;
  /** How bad it is that no target answers; that some do not is never worse than a warning. */
  readonly whenAllClosed: Severity;
}

/** What the prerequisites are judged by. */
export interface PrerequisiteDemands {
  readonly ports: readonly PortMeaning[];
  /** Hosts of the sign-in: with none of them nobody signs in at the wizard. */
  readonly signInHosts: readonly string[];
  /** `host:port` of `network.proxy`, where it is set. */
  readonly proxy?: string;
  /** Of the sizing table, for the number of objects. */
  readonly memoryGiB: number;
  readonly remedy: "report" | "set";
}

/** What the settings say of the server whose answer is judged, and when it is judged. */
export interface JudgingContext {
  readonly generation: number;
  /** Every age is counted to this instant. */
  readonly now: Date;
  /** Days after which a proof is too old for the verdict `ok`. */
  readonly proofDays: number;
  readonly enableScheduler: boolean;
  readonly passThroughAgentExpected: boolean;
  readonly autoUpgrade: "disable" | "leave";
  /** The account that the wizard's page is to be given. */
  readonly serviceAccount: string;
  readonly database:
    | { readonly kind: "localdb" }
    | { readonly kind: "sqlServer"; readonly server: string; readonly instance?: string; readonly name: string };
  /** Of the pinned settings file, in either case; undefined where the server is built without one. */
  readonly settingsFileSha256?: string;
  /** What that file says, where it is at hand. */
  readonly settingsFile?: SettingsFileContent;
  readonly prerequisites: PrerequisiteDemands;
  /** The wizard of this version has been completed: what would have made it fail does not stop anything any more. */
  readonly wizardDone: boolean;
  /** The newest proof, where there is one: the scheduler may have been switched since the first synchronization. */
  readonly verification?: VerifyStagingAnswer;
}

/** What every script's answer has. */
export interface Answered {
  readonly script: string;
  readonly collectedAt: string;
  readonly warnings: readonly string[];
}

export interface Seen<Answer> {
  readonly machine: string;
  readonly answer: Answer;
  readonly context: JudgingContext;
  /** Where this server's block stands in the settings. */
  readonly block: string;
}

export interface Found {
  readonly title: string;
  readonly staging: Json;
  readonly cause: string;
  readonly next: string;
  /** The machine, unless said otherwise. */
  readonly subject?: string;
}

/** One thing that is looked for in an answer. It rests on a documented requirement; nothing is a guess. */
export interface Rule<Answer> {
  readonly code: string;
  readonly severity: Severity;
  find(seen: Seen<Answer>): Found | readonly Found[] | undefined;
}

export type Judge<Answer> = (machine: string, answer: Answer, context: JudgingContext) => readonly Finding[];

/** The rules in their order, then what the script itself found worth saying. */
export function judgeBy<Answer extends Answered>(rules: readonly Rule<Answer>[]): Judge<Answer> {
  return (machine, answer, context) => {
    const seen = { machine, answer, context, block: `generations.${context.generation}` };
    const findings = rules.flatMap(({ code, severity, find }) =>
      [find(seen) ?? []].flat().map((found) => asFinding(code, severity, { subject: machine, ...found })),
    );
    const { script } = answer;
    const said = answer.warnings.map((title) =>
      asFinding("script-warning", "info", {
        subject: machine,
        title,
        staging: script,
        cause: `said by ${script}`,
        next: "",
      }),
    );
    return [...findings, ...said];
  };
}

function asFinding(code: string, severity: Severity, found: Found & { readonly subject: string }): Finding {
  const { subject, title, staging, cause, next } = found;
  return { code, severity, class: "readiness", subject, title, active: null, staging, cause, next };
}

const millisecondsADay = 86_400_000;

/** Whole days that have passed; none where the instant lies ahead, as it does by clocks that differ. */
export function ageInDays(collectedAt: string, now: Date): number {
  return Math.max(0, Math.floor((now.getTime() - Date.parse(collectedAt)) / millisecondsADay));
}
