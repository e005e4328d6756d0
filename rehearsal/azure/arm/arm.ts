import { randomUUID } from "node:crypto";
import { regionName } from "../../../azure/regions";
import type { CallLog, Clock, Faults, Machines } from "../../world/contract";
import { at, clone, type Json, type JsonObject, objectAt, put, same, textAt } from "../properties/json";
import { forgetExpired } from "../types/protectedItem";
import { typeOfArm } from "../types/registry";
import { refuseLocked } from "../types/resources";
import type { PutRequest, ResourceType, Subscription } from "../types/resourceType";
import { runCommandInstanceView } from "../types/runCommand";
import { type Answered, Client, type Course } from "./client";
import { Deletions, isGoing } from "./deletions";
import { ArmError, FailedAfterAcceptance, groupNotFound, notFound, subscriptionNotFound } from "./errors";
import { type ArmId, parseId, resourceGroupType } from "./ids";
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

const state = "properties.provisioningState";
type ProvisioningState = "Creating" | "Updating" | "Deleting" | "Failed" | "Succeeded";

/**
 * The simulated Azure Resource Manager. A request is judged and its work done at once; the time it takes passes
 * afterwards, so that an interrupted caller finds what Azure would have finished by itself. A fault may have an accepted
 * operation take its time before, or fail: what was accepted is then there, `Creating` or `Failed`, and
 * `hidden.undone` says that its work is still to be done.
 */
export class Arm implements Subscription {
  readonly machines: Machines;
  readonly tenantId: string;
  readonly #options: ArmOptions;
  readonly #client: Client;
  readonly #deletions: Deletions;

  constructor(options: ArmOptions) {
    this.#options = options;
    this.#client = new Client(options);
    this.#deletions = new Deletions(this, options.clock, (resource, is) =>
      this.#mark(resource, typeOfArm(resource.type), is),
    );
    this.machines = options.machines;
    this.tenantId = options.tenantId;
  }

  /** GET as a client sends it: recorded, open to faults, 404 as ArmError. */
  read(id: string, signal: AbortSignal, expand?: string): Promise<JsonObject> {
    return this.#client.request({ method: "GET", id }, signal, async (parsed) => {
      forgetExpired(this);
      await this.#deletions.settle();
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
    const call = {
      method: "PUT",
      id,
      location: textAt(body, "location") ?? textAt(this.get(id)?.body, "location"),
      size: textAt(body, "properties.hardwareProfile.vmSize"),
      exclusive: type.exclusive?.(id),
      needsSettled: type.needsSettled?.(body),
    } as const;
    return this.#client.request(call, signal, async (parsed, course) => {
      await this.#deletions.settle();
      this.#deletions.refuse(parsed, type, call.needsSettled ?? []);
      this.#forgetHidden(parsed.id);
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
      const failure = await this.#carryOut(resource, type, request, course, signal);
      await this.#options.written?.(type.type);
      const status = existing ? 200 : 201;
      const seconds = existing ? type.seconds.update : type.seconds.create;
      const result = failure ? `${status}, then Failed` : String(status);
      return { result, answer: { id: resource.id, status, failure }, seconds };
    });
  }

  async erase(id: string, signal: AbortSignal): Promise<void> {
    const type = parseId(id)?.type;
    const exclusive = type === undefined ? undefined : typeOfArm(type).exclusive?.(id);
    const failure = await this.#client.request({ method: "DELETE", id, exclusive }, signal, (parsed, course) =>
      this.#erase(parsed, course, signal),
    );
    if (failure) throw failure;
  }

  /** The work behind an accepted PUT. Answers what it failed with, after which the resource is there and `Failed`. */
  async #carryOut(
    resource: StoredResource,
    type: ResourceType,
    request: PutRequest,
    { half, slowSeconds }: Course,
    signal: AbortSignal,
  ): Promise<FailedAfterAcceptance | undefined> {
    const { existing } = request;
    if (half && !half.done) {
      if (type.answersAtOnce?.includes("PUT")) throw answeredAtOnce("PUT", type.type, request.name);
      if (existing) this.#mark(existing, type, "Failed");
      else if (!type.leavesNothing) {
        resource.hidden.undone = true;
        this.#mark(resource, type, "Failed");
      }
      return half.failure;
    }
    const operate = async () => {
      const undone = existing?.hidden.undone === true;
      await type.rules.operate?.(resource, undone ? { ...request, existing: undefined } : request, this);
      delete resource.hidden.undone;
      this.save(resource);
    };
    const reached = at(resource.body, state);
    const waits = slowSeconds !== undefined && !type.leavesNothing;
    if (waits) this.#mark(resource, type, existing ? "Updating" : "Creating");
    else if (slowSeconds === undefined) this.save(resource);
    try {
      await this.#takeTime(slowSeconds, signal, async () => {
        if (waits && this.get(resource.id) !== resource) throw preempted();
        if (waits) put(resource.body, state, reached);
        await operate();
      });
    } catch (error) {
      if (!(error instanceof FailedAfterAcceptance)) throw error;
      resource.hidden.undone = true;
      this.#mark(resource, type, "Failed");
      return error;
    }
    if (half) this.#mark(resource, type, "Failed");
    return half?.failure;
  }

  async #erase(id: ArmId, course: Course, signal: AbortSignal): Promise<Answered<Error | undefined>> {
    await this.#deletions.settle();
    const found = this.#find(id);
    if (isGoing(found)) return this.#waitUntilGone(found, course, signal);
    const type = typeOfArm(found.type);
    const { half, slowSeconds, unheard } = course;
    const seconds = type.seconds.delete;
    this.#judgeDelete(found);
    const atOnce = type.answersAtOnce?.includes("DELETE") === true;
    if (half) {
      if (atOnce) throw answeredAtOnce("DELETE", type.type, found.name);
      this.#mark(found, type, "Failed");
      return { result: "202, then Failed", answer: half.failure, seconds };
    }
    if (!atOnce && (unheard || slowSeconds !== undefined)) {
      this.#deletions.begin(found, slowSeconds);
      if (type.hiddenWhileGoing) return { result: "202", answer: undefined, seconds };
      return this.#waitUntilGone(found, course, signal);
    }
    await this.#takeTime(slowSeconds, signal, () => this.deleteWithRules(found.id));
    return { result: "200", answer: undefined, seconds };
  }

  /** A second DELETE waits for the first; who is gone waits for neither. */
  async #waitUntilGone(found: StoredResource, { unheard }: Course, signal: AbortSignal): Promise<Answered<undefined>> {
    if (unheard) return { result: "202", answer: undefined, seconds: 0 };
    await this.#deletions.wait(found, signal);
    return { result: "200", answer: undefined, seconds: 0 };
  }

  /** Azure goes on to the end when its caller does not wait for it. */
  async #takeTime(seconds: number | undefined, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    try {
      if (seconds !== undefined) await this.#options.clock.sleep(seconds, signal);
    } finally {
      await work();
    }
  }

  #mark(resource: StoredResource, type: ResourceType, is: ProvisioningState): void {
    const hasState = at(resource.body, state) !== undefined || !(type.answersAtOnce ?? type.leavesNothing);
    if (hasState) put(resource.body, state, is);
    this.save(resource);
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
    this.#judgeDelete(resource);
    if (rules.delete) return rules.delete(resource, this);
    for (const inner of this.inside(resource.id)) this.remove(inner.id);
    this.remove(resource.id);
  }

  #judgeDelete(resource: StoredResource): void {
    refuseLocked(resource.id, resource.type, "delete", this);
    typeOfArm(resource.type).rules.refuseDelete?.(resource, this);
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
    if (location !== undefined) body.location = regionName(location);
    if (type.located && location === undefined && before !== undefined) body.location = before;
    if (location !== undefined && before !== undefined && regionName(location) !== regionName(before))
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
    if (found && !isHidden(found)) return found;
    if (id.type !== resourceGroupType) this.#judgeGroup(id);
    throw notFound(id.type, id.name, id.resourceGroup);
  }

  /** Its name is free already. */
  #forgetHidden(id: string): void {
    const found = this.get(id);
    if (!found || !isHidden(found)) return;
    for (const inner of this.inside(id)) this.remove(inner.id);
    this.remove(id);
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
    const failed = at(resource.body, state) === "Failed";
    const provisioning = failed
      ? { code: "ProvisioningState/failed", level: "Error", displayStatus: "Provisioning failed" }
      : { code: "ProvisioningState/succeeded", level: "Info", displayStatus: "Provisioning succeeded" };
    // A machine that found no place has no power state at all.
    const powerState = { code: `PowerState/${power}`, level: "Info", displayStatus: `VM ${power}` };
    return {
      computerName: textAt(resource.body, "properties.osProfile.computerName") ?? resource.name,
      statuses: resource.hidden.undone === true ? [provisioning] : [provisioning, powerState],
    };
  }
}

const isHidden = (found: StoredResource): boolean => isGoing(found) && typeOfArm(found.type).hiddenWhileGoing === true;

/** Nothing of this kind is ever half-made: Azure does it while it is asked. */
function answeredAtOnce(method: string, type: string, name: string): ArmError {
  return new ArmError(
    400,
    "RehearsedFailure",
    `The rehearsal was asked to let this operation fail after it was accepted, but Azure answers it at once: ${method} ${type} ${name}. Nothing was done.`,
  );
}

/** As in scylla-cluster-tests issue 7388. */
function preempted(): ArmError {
  return new ArmError(409, "OperationPreempted", "Operation execution has been preempted by a more recent operation.");
}
