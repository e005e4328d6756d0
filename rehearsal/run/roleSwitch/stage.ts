import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { renderHtml } from "../../../review/render";
import {
  type Look,
  look,
  recordSays,
  runBookPage,
  type SwitchState,
  stateTable,
  verifyRecord,
} from "../../../review/switch";
import { rehearsalHost } from "../../../review/switch/record/entry";
import { SimulatedPair } from "./pair";

/** One thing that a story shows to hold. */
export interface Claim {
  readonly holds: boolean;
  readonly text: string;
}

export interface Call {
  /** Archives made before, in place of new ones. */
  readonly archives?: { readonly active?: string; readonly staging?: string };
  readonly unreachable?: string;
  readonly power?: readonly string[];
  readonly rollback?: boolean;
  /** Somebody says that it is an agreed change, with backups: --override change-not-stated. */
  readonly stated?: boolean;
  /** What the state has to be; anything else is a failure of the rehearsal. */
  readonly expect: SwitchState;
  /** A code that has to be among the findings. */
  readonly finding?: string;
}

/** What is printed as it happens. */
export interface Telling {
  heading(text: string): void;
  line(text: string): void;
}

const by = { by: "Ada Lovelace", reason: "CHG-4711, backups of both at 02:00" };
const minute = 60_000;

/** One story as it is played: a pair, the calls of `entra-connect switch`, and what people do in between. */
export class Stage {
  readonly claims: Claim[] = [];
  readonly states: SwitchState[] = [];
  #from: string;
  #to: string;

  private constructor(
    readonly pair: SimulatedPair,
    readonly telling: Telling,
    names: readonly [string, string],
  ) {
    [this.#from, this.#to] = names;
  }

  static async set(folder: string, telling: Telling, version?: string): Promise<Stage> {
    const names = ["AADC1", "AADC2"] as const;
    const stage = new Stage(await SimulatedPair.make(folder, ...names, version), telling, names);
    stage.#say(
      "AADC1 exports, AADC2 is in staging mode. Both are simulated, and so is the tenant that sees who exports;",
    );
    stage.#under("what follows a $ is entra-connect itself, on archives that are collected on them.");
    return stage;
  }

  #time(): string {
    return new Date(this.pair.now).toISOString().slice(11, 16);
  }

  #say(text: string): void {
    this.telling.line(`${this.#time()}  ${text}`);
  }

  #under(text: string): void {
    this.telling.line(`       ${text}`);
  }

  claim(holds: boolean, text: string): void {
    this.claims.push({ holds, text });
  }

  /** What a person does, and how long it takes. */
  async person(does: string, action: () => unknown, minutes = 2): Promise<void> {
    await this.pair.pass(minutes);
    this.#say(does);
    await action();
  }

  async cycles(count = 1): Promise<void> {
    for (let each = 0; each < count; each++) await this.pair.cycle();
    const since = this.pair.now - count * 30 * minute;
    const seen = [...new Set(this.pair.tenant.exports.filter(({ at }) => at > since).map(({ machine }) => machine))];
    this.#say(
      `${count === 1 ? "half an hour goes by" : `${count * 30} minutes go by`}: the tenant gets exports from ${seen.join(" AND ") || "nobody"}`,
    );
  }

  /** One call of the command, with archives of now: the very code of `entra-connect switch`. */
  async call(call: Call): Promise<Look> {
    const { pair } = this;
    if (call.rollback) [this.#from, this.#to] = [this.#to, this.#from];
    const [source, target] = [this.#from, this.#to];
    const active = call.unreachable === undefined ? (call.archives?.active ?? (await pair.collect(source))) : undefined;
    const staging = call.archives?.staging ?? (await pair.collect(target));
    const result = await look({
      record: pair.record,
      active,
      staging,
      unreachable: call.unreachable,
      exports: await pair.pending(source, target),
      graph: pair.graph(),
      power: call.power,
      rollback: call.rollback,
      ...(call.stated || call.rollback ? by : {}),
      ...(call.stated ? { overrides: ["change-not-stated"] } : {}),
      caller: { account: "ada", host: rehearsalHost },
      clock: () => new Date(pair.now),
    });
    const output = join(pair.folder, "run-book.html");
    writeFileSync(output, renderHtml(runBookPage(result)));
    const words = [
      "entra-connect switch --record record",
      call.unreachable === undefined ? `--active ${basename(active ?? "")}` : `--unreachable ${call.unreachable}`,
      `--staging ${basename(staging)}`,
      ...(call.power ?? []).map((file) => `--power ${basename(file)}`),
      call.rollback ? "--rollback" : undefined,
      call.stated ? "--override change-not-stated" : undefined,
      call.stated || call.rollback ? `--by "${by.by}" --reason "${by.reason}"` : undefined,
      "--exports … --graph …",
    ];
    this.#say(`$ ${words.filter((word) => word !== undefined).join(" ")}`);
    this.#tell(result);
    this.#judge(call, result);
    await pair.pass(1);
    return result;
  }

  #tell({ decision, report, entry }: Look): void {
    const { state, permission } = decision;
    this.#under(`${state}: ${stateTable[state].means}`);
    const [first] = report.findings.filter(({ severity }) => severity === "blocking");
    if (first !== undefined && permission === null) this.#under(`[${first.code}] ${first.title}`);
    this.#under(`next: ${report.summary.next.title}`);
    if (permission !== null)
      this.#under(
        `allowed: ${permission.step} ${permission.machine}, until ${new Date(permission.until).toISOString().slice(11, 16)}`,
      );
    this.#under(`entry ${entry.number}, hash ${entry.hash.slice(0, 16)}`);
  }

  #judge({ expect, finding }: Call, { decision, report, entry }: Look): void {
    this.states.push(decision.state);
    if (decision.state !== expect)
      this.claim(false, `entry ${entry.number} is "${decision.state}", and it had to be "${expect}"`);
    if (finding !== undefined && !report.findings.some(({ code }) => code === finding))
      this.claim(false, `entry ${entry.number} has no finding ${finding}`);
  }

  /** What has to hold at the end of every story, whatever happened in it. */
  ends(expected: { readonly last: string; readonly collisions: boolean }): void {
    const { tenant } = this.pair;
    const collisions = tenant.collisions();
    this.claim(
      tenant.lastExporter() === expected.last,
      `the tenant says that ${tenant.lastExporter() ?? "nobody"} exported last`,
    );
    this.claim(
      collisions.length > 0 === expected.collisions,
      collisions.length === 0
        ? "the tenant never saw two exporters at once"
        : `the tenant saw two exporters at once, ${collisions.length === 1 ? "once" : `${collisions.length} times`}${expected.collisions ? ", by what was done outside of the run book" : ""}`,
    );
    const { entries } = verifyRecord(this.pair.record, undefined, () => new Date(this.pair.now)).report.summary;
    const says = recordSays(this.pair.readRecord());
    this.claim(
      says?.entries === entries,
      `the record holds: ${entries} entries, the newest with the hash ${says?.head.slice(0, 16) ?? ""}`,
    );
  }
}
