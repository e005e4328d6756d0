import { azureError, inAzuresWords } from "../../../review/azureErrors";
import {
  type AzureMethod,
  type CallLog,
  type Clock,
  type EffectWord,
  type Faults,
  namedIn,
  wordOf,
} from "../../world/contract";
import {
  AnswerDropped,
  AnswerLost,
  ArmError,
  type FailedAfterAcceptance,
  notProvisioned,
  notRegistered,
  operationFailed,
} from "./errors";
import { type ArmId, idKey, parseId } from "./ids";

/** azcore tries three times more, so far apart, after a transport error too (azure.md 6.3). */
const retryDelays = [20, 60, 120];

/**
 * Where Azure says how long to wait (Retry-After), azcore waits so long; where that is more than the longest delay that
 * azure-native sets, it does not try again at all (azcore, policy_retry.go; azure-native, client_azcore.go).
 */
const longestRetryAfter = 120;

/**
 * A namespace that the subscription never used is registered by azcore itself, which asks every quarter of a minute how far
 * that is and sends the request again; three times at most (azcore, policy_register_rp.go). azure-native leaves that on.
 */
const registering = { attempts: 3, askedAfterSeconds: 15 };

/** Longer than a run is patient with a thing of the usual kind; a time-out of a resource is 30 minutes and more. */
const slowSeconds = 20 * 60;

/** One call as azure-native makes it. */
export interface Call {
  readonly method: AzureMethod;
  readonly id: string;
  /** What an error in Azure's own words names of the resource. */
  readonly location?: string | undefined;
  readonly size?: string | undefined;
  /** One operation at a time on what this names. */
  readonly exclusive?: string | undefined;
  /** Resources that must not be in the middle of a change. */
  readonly needsSettled?: readonly string[];
}

/** How an accepted operation is to go: what a fault asks of it. */
export interface Course {
  /** It fails with this after it was accepted; `done`: although its work is done. */
  readonly half: { readonly failure: FailedAfterAcceptance; readonly done: boolean } | undefined;
  /** Seconds that it takes before its work is done; undefined: as long as its kind takes, afterwards. */
  readonly slowSeconds: number | undefined;
  /** Nobody gets the answer. */
  readonly unheard: boolean;
}

export interface Answered<T> {
  readonly result: string;
  readonly answer: T;
  /** Simulated seconds until the answer arrives. */
  readonly seconds: number;
}

export interface ClientOptions {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly calls: CallLog;
}

/** azure-native's HTTP client, and what can happen to a call on its way: faults, busy resources, tries. */
export class Client {
  readonly #options: ClientOptions;
  readonly #exclusive = new Set<string>();
  /** How many operations are at work on a resource, by its id. */
  readonly #changing = new Map<string, number>();

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** Tried again where azure-native does so, in simulated time; each attempt is recorded. */
  async request<T>(
    call: Call,
    signal: AbortSignal,
    work: (id: ArmId, course: Course) => Promise<Answered<T>>,
  ): Promise<T> {
    const parsed = parseId(call.id);
    if (!parsed) throw new ArmError(400, "InvalidResourceId", `'${call.id}' is not the id of an Azure resource.`);
    const [namespace = ""] = parsed.type.split("/");
    for (let attempt = 0; attempt < registering.attempts; attempt += 1) {
      try {
        return await this.#tries(call, parsed, signal, work);
      } catch (error) {
        if (!(error instanceof ArmError && error.status === 409 && error.code === notRegistered)) throw error;
        await this.#register(namespace, parsed, call.method, signal);
      }
    }
    throw new Error(`exceeded attempts to register ${namespace}`);
  }

  /** What it is refused with is not the answer to the call: but for a DELETE azure-native passes it on in azcore's own form. */
  async #register(
    namespace: string,
    { subscriptionId = "" }: ArmId,
    on: AzureMethod,
    signal: AbortSignal,
  ): Promise<void> {
    const scope = `/subscriptions/${subscriptionId}`;
    const id = `${scope}/providers/${namespace}/register`;
    const parsed = { id: scope, type: `${namespace}/register`, name: subscriptionId, subscriptionId } as const;
    const { askedAfterSeconds: seconds } = registering;
    try {
      await this.#tries(
        { method: "POST", id },
        { ...parsed, resourceGroup: undefined, parent: undefined },
        signal,
        async () => ({ result: "200", answer: undefined, seconds }),
      );
    } catch (error) {
      throw error instanceof ArmError && on !== "DELETE" ? new Error(error.asAzcoreSays("POST", id)) : error;
    }
  }

  async #tries<T>(
    call: Call,
    parsed: ArmId,
    signal: AbortSignal,
    work: (id: ArmId, course: Course) => Promise<Answered<T>>,
  ): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#attempt(call, parsed, signal, (course) => work(parsed, course));
      } catch (error) {
        const again = error instanceof AnswerDropped || (error instanceof ArmError && error.retryable);
        const told = error instanceof ArmError ? error.retryAfterSeconds : undefined;
        const delay = attempt < retryDelays.length ? (told ?? retryDelays[attempt]) : undefined;
        if (!again || delay === undefined || delay > longestRetryAfter) throw error;
        await this.#options.clock.sleep(delay, signal);
      }
    }
  }

  async #attempt<T>(
    call: Call,
    id: ArmId,
    signal: AbortSignal,
    work: (course: Course) => Promise<Answered<T>>,
  ): Promise<T> {
    const { calls, clock, faults } = this.#options;
    const { method } = call;
    const record = (result: string) =>
      calls.record({ room: "azure", action: `${method} ${id.type} ${id.name}`, target: id.id, result });
    const refuse = (error: ArmError) => {
      record(`${error.status} ${error.code}`);
      return error;
    };
    const effect = faults.take({ room: "azure", method, type: id.type, name: id.name });
    const named = effect === undefined ? undefined : namedIn(effect);
    const word = effect === undefined ? undefined : wordOf(effect);
    if (word === "fail") throw refuse(refusal(call, id, named));
    if (word === "throttle") throw refuse(throttled(named));
    if (word === "hang") {
      record("no answer");
      await forever(signal);
    }
    if (word === "kill-before") {
      record("engine killed before it arrived");
      faults.killEngine();
      await forever(signal);
    }
    const release = this.#claim(call, id, refuse);
    try {
      const course = courseOf(word, named, call, id);
      const answered = await work(course).catch((error: unknown) => {
        if (error instanceof ArmError) return error; // an answer too, that can get lost
        throw error;
      });
      const result = answered instanceof ArmError ? `${answered.status} ${answered.code}` : answered.result;
      record(course.unheard ? `${result}, answer lost` : result);
      if (word === "dropped") throw new AnswerDropped("read: connection reset by peer");
      if (word === "lost") throw new AnswerLost("error reading from server: EOF");
      if (word === "kill") {
        faults.killEngine();
        await forever(signal);
      }
      if (answered instanceof ArmError) throw answered;
      if (answered.seconds > 0) await clock.sleep(answered.seconds, signal);
      return answered.answer;
    } finally {
      release();
    }
  }

  /** Takes what the call needs for itself, or refuses it; gives it back when called. */
  #claim(call: Call, { id }: ArmId, refuse: (error: ArmError) => ArmError): () => void {
    if (call.method === "GET" || call.method === "POST") return () => {};
    const { exclusive } = call;
    const key = exclusive === undefined ? undefined : idKey(exclusive);
    if (key !== undefined && this.#exclusive.has(key))
      throw refuse(
        new ArmError(
          409,
          "AnotherOperationInProgress",
          `Another operation on this or dependent resource is in progress. Resource: ${exclusive ?? ""}.`,
        ),
      );
    const unsettled = call.needsSettled?.find((needed) => this.#isChanging(needed));
    if (unsettled !== undefined) throw refuse(notProvisioned(unsettled));
    if (key !== undefined) this.#exclusive.add(key);
    const own = idKey(id);
    this.#changing.set(own, (this.#changing.get(own) ?? 0) + 1);
    return () => {
      if (key !== undefined) this.#exclusive.delete(key);
      const left = (this.#changing.get(own) ?? 1) - 1;
      if (left > 0) this.#changing.set(own, left);
      else this.#changing.delete(own);
    };
  }

  /** A change of a resource changes what is inside it too. */
  #isChanging(id: string): boolean {
    const parent = parseId(id)?.parent;
    return this.#changing.has(idKey(id)) || (parent !== undefined && this.#changing.has(idKey(parent)));
  }
}

type Named = ReturnType<typeof namedIn>;

const actionWords: Readonly<Record<AzureMethod, string>> = {
  GET: "read",
  PUT: "write",
  DELETE: "delete",
  POST: "action",
};

/** Busy for everybody or too much of one caller; either may say when to ask again. */
function throttled(named: Named): ArmError {
  const seconds = named === undefined ? undefined : Number(named.code);
  return named?.status === 503
    ? new ArmError(
        503,
        "ServiceUnavailable",
        "The service is temporarily unavailable. Please try again later.",
        seconds,
      )
    : new ArmError(
        429,
        "TooManyRequests",
        "The request is being throttled as the limit has been reached for this operation type.",
        seconds,
      );
}

function inWords({ method, location, size }: Call, { id, type, name, subscriptionId }: ArmId, code: string) {
  const known = azureError(code);
  const action = `${type}/${actionWords[method]}`;
  const text = known && inAzuresWords(known, { name, type, action, id, subscription: subscriptionId, location, size });
  return { known, text: text ?? `The rehearsal was asked to answer ${method} ${type} ${name} with this error.` };
}

function refusal(call: Call, id: ArmId, named: Named): ArmError {
  if (named === undefined)
    return new ArmError(
      400,
      "RehearsedFailure",
      `The rehearsal was asked to let this call fail: ${call.method} ${id.type} ${id.name}. Nothing was done.`,
    );
  const { known, text } = inWords(call, id, named.code);
  return new ArmError(named.status ?? known?.status ?? 409, known?.code ?? named.code, text);
}

function courseOf(word: EffectWord | undefined, named: Named, call: Call, id: ArmId): Course {
  const unheard = word === "lost" || word === "kill" || word === "dropped";
  if (word !== "half") return { half: undefined, slowSeconds: word === "slow" ? slowSeconds : undefined, unheard };
  const code =
    named?.code ?? (/\/virtualMachines$/i.test(id.type) && call.method === "PUT" ? "AllocationFailed" : undefined);
  const failure =
    code === undefined
      ? operationFailed(
          "RehearsedFailure",
          `The rehearsal was asked to let this operation fail after it was accepted: ${call.method} ${id.type} ${id.name}.`,
        )
      : operationFailed(code, inWords(call, id, code).text);
  return { half: { failure, done: azureError(code ?? "")?.workIsDone === true }, slowSeconds: undefined, unheard };
}

/** Ends only when the caller goes away. */
function forever(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => reject(new AnswerLost("the call was cancelled before Azure answered"));
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}
