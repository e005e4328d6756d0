import { randomUUID } from "node:crypto";
import type { AzureMethod, CallLog, Clock, Faults, Machines } from "../../world/contract";
import { clone, type Json, type JsonObject, objectAt, put, same, textAt } from "../properties/json";
import { forgetExpired } from "../types/protectedItem";
import { typeOfArm } from "../types/registry";
import { refuseLocked } from "../types/resources";
import type { PutRequest, ResourceType, Subscription } from "../types/resourceType";
import { runCommandInstanceView } from "../types/runCommand";
import { AnswerLost, ArmError, FailedAfterAcceptance, groupNotFound, notFound, subscriptionNotFound } from "./errors";
import { type ArmId, idKey, parseId, resourceGroupType } from "./ids";
import { modified } from "./policies";
import { keepSecretsOut, type SecretValues } from "./secrets";
import type { Store, StoredResource } from "./store";
import { refuseWrongValues } from "./values";

export interface ArmOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly calls: CallLog;
  readonly machines: Machines;
  readonly features: readonly string[];
  readonly tenantId: string;
  /** Whether a container of a storage account holds blobs. */
  readonly holdsBlobs: (accountName: string, containerName: string) => boolean;
  /** Told of every resource that was written, before its writer has the answer. */
  readonly written?: (type: string) => Promise<void>;
}

export interface PutAnswer {
  readonly id: string;
  readonly status: 200 | 201;
  /** Set where ARM accepted the request and its operation failed afterwards. */
  readonly failure: FailedAfterAcceptance | undefined;
}

/**
 * Subscriptions whose ids begin so are none of ours; every other one is, empty until something is made in it. Which
 * subscription a program may use is the user's to say, and a rehearsal believes it.
 */
export const foreignSubscriptions = "ffffffff";

/** azcore tries three times more, 20 s, 60 s and 120 s apart (azure.md 6.3); a busy parent is waited for longer. */
const throttleDelays = [20, 60, 120];
const busyDelay = 20;
const busyAttempts = 30;

/**
 * The simulated Azure Resource Manager. A request is judged and its work done at once; the time it takes passes
 * afterwards, so that an interrupted caller finds what Azure would have finished by itself.
 */
export class Arm implements Subscription {
  readonly machines: Machines;
  readonly tenantId: string;
  readonly #options: ArmOptions;
  readonly #busy = new Set<string>();

  constructor(options: ArmOptions) {
    this.#options = options;
    this.machines = options.machines;
    this.tenantId = options.tenantId;
  }

  /** GET as a client sends it: recorded, open to faults, 404 as ArmError. */
  read(id: string, signal: AbortSignal, expand?: string): Promise<JsonObject> {
    return this.#request("GET", id, signal, async (parsed) => {
      forgetExpired(this);
      const found = this.#find(parsed);
      return { result: "200", answer: this.shown(found, expand), seconds: 0 };
    });
  }

  write(
    id: string,
    type: ResourceType,
    body: JsonObject,
    secrets: SecretValues,
    signal: AbortSignal,
  ): Promise<PutAnswer> {
    return this.#request("PUT", id, signal, async (parsed) => {
      const existing = this.get(parsed.id);
      const request = this.#judge(parsed, type, body, existing);
      const resource: StoredResource = {
        id: existing?.id ?? parsed.id,
        type: type.type,
        name: existing?.name ?? parsed.name,
        apiVersion: type.apiVersion,
        body: keepSecretsOut(request.body, type, secrets, (value) => this.fingerprint(value)),
        hidden: request.hidden,
      };
      this.save(resource);
      let failure: FailedAfterAcceptance | undefined;
      try {
        await type.rules.operate?.(resource, request, this);
        this.save(resource);
      } catch (error) {
        if (!(error instanceof FailedAfterAcceptance)) throw error;
        failure = error;
      }
      await this.#options.written?.(type.type);
      const status = existing ? 200 : 201;
      const seconds = existing ? type.seconds.update : type.seconds.create;
      const result = failure ? `${status}, then Failed` : String(status);
      return { result, answer: { id: resource.id, status, failure }, seconds };
    });
  }

  erase(id: string, signal: AbortSignal): Promise<void> {
    return this.#request("DELETE", id, signal, async (parsed) => {
      const found = this.#find(parsed);
      await this.deleteWithRules(found.id);
      return { result: "200", answer: undefined, seconds: typeOfArm(found.type).seconds.delete };
    });
  }

  /** The body of a GET. */
  shown(resource: StoredResource, expand?: string): JsonObject {
    const type = typeOfArm(resource.type);
    const body = clone(resource.body);
    type.rules.get?.(resource, body, this);
    if (same(expand, "instanceView")) put(body, "properties.instanceView", this.#instanceView(resource));
    return body;
  }

  get(id: string): StoredResource | undefined {
    return this.#options.store.get(id);
  }
  all(): StoredResource[] {
    return this.#options.store.all();
  }
  ofType(type: string): StoredResource[] {
    return this.#options.store.ofType(type);
  }
  inside(id: string): StoredResource[] {
    return this.#options.store.inside(id);
  }
  save(resource: StoredResource): void {
    this.#options.store.save(resource);
  }
  remove(id: string): void {
    this.#options.store.remove(id);
  }
  fingerprint(value: Json): string {
    return this.#options.store.fingerprint(value);
  }
  now(): Date {
    return this.#options.clock.now();
  }
  uuid(): string {
    return randomUUID();
  }
  hasFeature(name: string): boolean {
    return this.#options.features.some((feature) => same(feature, name));
  }

  alsoKnows(name: string): boolean {
    return this.#options.store.knownNames.some((known) => same(known, name));
  }

  holdsBlobs(accountName: string, containerName: string): boolean {
    return this.#options.holdsBlobs(accountName, containerName);
  }

  async deleteWithRules(id: string): Promise<void> {
    const resource = this.get(id);
    if (!resource) return;
    const { rules } = typeOfArm(resource.type);
    refuseLocked(resource.id, resource.type, "delete", this);
    rules.refuseDelete?.(resource, this);
    if (rules.delete) return rules.delete(resource, this);
    for (const inner of this.inside(resource.id)) this.remove(inner.id);
    this.remove(resource.id);
  }

  #judge(id: ArmId, type: ResourceType, sent: JsonObject, existing: StoredResource | undefined): PutRequest {
    this.#judgeScope(id, type);
    refuseLocked(id.id, type.type, "write", this);
    const body: JsonObject = {
      ...modified(clone(sent), type, this.#options.store.policies),
      id: existing?.id ?? id.id,
      name: existing?.name ?? id.name,
      type: type.type,
    };
    const location = textAt(body, "location");
    const before = textAt(existing?.body, "location");
    if (location !== undefined) body.location = normalLocation(location);
    if (type.located && location === undefined && before !== undefined) body.location = before;
    if (location !== undefined && before !== undefined && normalLocation(location) !== normalLocation(before))
      throw new ArmError(
        409,
        "InvalidResourceLocation",
        `The resource '${id.name}' already exists in location '${before}' in resource group '${id.resourceGroup ?? ""}'. A resource with the same name cannot be created in location '${location}'. Please select a new resource name.`,
      );
    const request: PutRequest = {
      id: existing?.id ?? id.id,
      name: existing?.name ?? id.name,
      apiVersion: type.apiVersion,
      existing: existing && { ...existing, body: clone(existing.body), hidden: clone(existing.hidden) },
      body,
      hidden: existing ? clone(existing.hidden) : {},
    };
    refuseWrongValues(request, type, this);
    if (type.rules.put) type.rules.put(request, this);
    else if (type.generic) put(body, "properties.provisioningState", "Succeeded");
    return request;
  }

  /** What is missing is named by the outermost thing that is: subscription, group, resource. */
  #find(id: ArmId): StoredResource {
    this.#judgeAccess(id);
    const found = this.get(id.id);
    if (found) return found;
    if (id.type !== resourceGroupType) this.#judgeGroup(id);
    throw notFound(id.type, id.name, id.resourceGroup);
  }

  #judgeAccess({ subscriptionId }: ArmId): void {
    if (subscriptionId?.toLowerCase().startsWith(foreignSubscriptions)) throw subscriptionNotFound(subscriptionId);
  }

  #judgeGroup({ subscriptionId, resourceGroup }: ArmId): void {
    if (resourceGroup === undefined) return;
    const group = `/subscriptions/${subscriptionId ?? ""}/resourceGroups/${resourceGroup}`;
    if (!this.get(group)) throw groupNotFound(resourceGroup);
  }

  #judgeScope(id: ArmId, type: ResourceType): void {
    this.#judgeAccess(id);
    if (type.type !== resourceGroupType) this.#judgeGroup(id);
    const parent = type.parent ? type.parent(id.id) : id.parent;
    if (parent === undefined || !parseId(parent) || this.get(parent)) return;
    throw new ArmError(
      404,
      "ParentResourceNotFound",
      `Failed to perform 'write' on resource(s) of type '${type.type}', because the parent resource '${parent}' could not be found.`,
    );
  }

  #instanceView(resource: StoredResource): Json | undefined {
    const view = runCommandInstanceView(resource.hidden);
    if (view !== undefined) return clone(view);
    if (textAt(resource.hidden, "power") === undefined) return objectAt(resource.body, "properties.instanceView");
    const power = textAt(resource.hidden, "power") ?? "running";
    return {
      computerName: textAt(resource.body, "properties.osProfile.computerName") ?? resource.name,
      statuses: [
        { code: "ProvisioningState/succeeded", level: "Info", displayStatus: "Provisioning succeeded" },
        { code: `PowerState/${power}`, level: "Info", displayStatus: `VM ${power}` },
      ],
    };
  }

  /** One client call: tried again where azure-native does so, in simulated time, each attempt recorded. */
  async #request<T>(
    method: AzureMethod,
    id: string,
    signal: AbortSignal,
    work: (id: ArmId) => Promise<{ result: string; answer: T; seconds: number }>,
  ): Promise<T> {
    const parsed = parseId(id);
    if (!parsed) throw new ArmError(400, "InvalidResourceId", `'${id}' is not the id of an Azure resource.`);
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#attempt(method, parsed, signal, () => work(parsed));
      } catch (error) {
        if (!(error instanceof ArmError) || !error.retryable) throw error;
        const busy = error.status === 409;
        const delay = busy ? busyDelay * (0.5 + Math.random()) : throttleDelays[attempt];
        if (delay === undefined || attempt >= busyAttempts) throw error;
        await this.#options.clock.sleep(delay, signal);
      }
    }
  }

  async #attempt<T>(
    method: AzureMethod,
    id: ArmId,
    signal: AbortSignal,
    work: () => Promise<{ result: string; answer: T; seconds: number }>,
  ): Promise<T> {
    const { calls, clock, faults } = this.#options;
    const record = (result: string) =>
      calls.record({ room: "azure", action: `${method} ${id.type} ${id.name}`, target: id.id, result });
    const refuse = (error: ArmError) => {
      record(`${error.status} ${error.code}`);
      return error;
    };
    const effect = faults.take({ room: "azure", method, type: id.type, name: id.name });
    if (effect === "fail")
      throw refuse(
        new ArmError(
          400,
          "RehearsedFailure",
          `The rehearsal was asked to let this call fail: ${method} ${id.type} ${id.name}. Nothing was done.`,
        ),
      );
    if (effect === "throttle")
      throw refuse(
        new ArmError(
          429,
          "TooManyRequests",
          "The request is being throttled as the limit has been reached for this operation type.",
        ),
      );
    if (effect === "hang") {
      record("no answer");
      await forever(signal);
    }
    const lock = method === "GET" ? undefined : typeOfArm(id.type).exclusive?.(id.id);
    const key = lock === undefined ? undefined : idKey(lock);
    if (key !== undefined && this.#busy.has(key))
      throw refuse(
        new ArmError(
          409,
          "AnotherOperationInProgress",
          `Another operation on this or dependent resource is in progress. Resource: ${lock ?? ""}.`,
        ),
      );
    if (key !== undefined) this.#busy.add(key);
    try {
      const { result, answer, seconds } = await work();
      record(effect === "lost" || effect === "kill" ? `${result}, answer lost` : result);
      if (effect === "lost") throw new AnswerLost("error reading from server: EOF");
      if (effect === "kill") {
        faults.killEngine();
        await forever(signal);
      }
      if (seconds > 0) await clock.sleep(seconds, signal);
      return answer;
    } catch (error) {
      if (error instanceof ArmError) throw refuse(error);
      throw error;
    } finally {
      if (key !== undefined) this.#busy.delete(key);
    }
  }
}

/** Locations are compared without case and blanks: "West Europe" is westeurope. */
export function normalLocation(location: string): string {
  return location.toLowerCase().replaceAll(" ", "");
}

/** Ends only when the caller goes away. */
function forever(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => reject(new AnswerLost("the call was cancelled before Azure answered"));
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}
