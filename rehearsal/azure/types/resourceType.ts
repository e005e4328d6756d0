import type { Machines } from "../../world/contract";
import type { StoredResource } from "../arm/store";
import type { Json, JsonObject } from "../properties/json";
import type { Shape } from "../properties/shape";

/** What rules may ask of the rest of the simulated subscription. */
export interface Subscription {
  get(id: string): StoredResource | undefined;
  all(): StoredResource[];
  ofType(type: string): StoredResource[];
  inside(id: string): StoredResource[];
  save(resource: StoredResource): void;
  remove(id: string): void;
  /** Deletes another resource with its own rules, as a cascade does. */
  deleteWithRules(id: string): Promise<void>;
  fingerprint(value: Json): string;
  now(): Date;
  uuid(): string;
  hasFeature(name: string): boolean;
  /** A name that somebody added to the lists of what Azure knows, for this world. */
  alsoKnows(name: string): boolean;
  /** Whether a container holds blobs. */
  holdsBlobs(accountName: string, containerName: string): boolean;
  readonly tenantId: string;
  readonly machines: Machines;
}

export interface PutRequest {
  readonly id: string;
  readonly name: string;
  readonly apiVersion: string;
  readonly existing: StoredResource | undefined;
  /** The body as sent; the rules turn it into the body to store. Secrets are still in it: take them out. */
  readonly body: JsonObject;
  /** What ARM remembers beside the body; begins as what it remembered before. */
  readonly hidden: JsonObject;
}

export interface Rules {
  /** Judges a PUT before anything is stored and completes the body. Throws ArmError to refuse. */
  put?(request: PutRequest, subscription: Subscription): void;
  /** The work behind an accepted PUT. Throws FailedAfterAcceptance where ARM reports a failed deployment. */
  operate?(resource: StoredResource, request: PutRequest, subscription: Subscription): Promise<void>;
  /** Adds what a GET computes from other resources. */
  get?(resource: StoredResource, body: JsonObject, subscription: Subscription): void;
  /** Judges a DELETE. Throws ArmError to refuse. */
  refuseDelete?(resource: StoredResource, subscription: Subscription): void;
  /** Takes the place of the plain removal of the resource and everything inside it. */
  delete?(resource: StoredResource, subscription: Subscription): Promise<void>;
}

export interface ResourceType {
  /** For example `Microsoft.Compute/virtualMachines`. */
  readonly type: string;
  readonly apiVersion: string;
  /** ARM path with SDK input names in braces; `{scope}` stands for the id of any resource. */
  readonly path: string;
  /** The last path parameter, where it may be left out and how it is then made. */
  readonly autonaming?: { readonly input: string; readonly kind: "random" | "copy" | "uuid" };
  readonly shape: Shape;
  /** The type has a location: it defaults to the resource group's and replaces when changed. */
  readonly located: boolean;
  /** Required SDK inputs, dotted into nested objects (arrays are looked through). */
  readonly required: readonly string[];
  /** SDK names of the response. */
  readonly outputs: readonly string[];
  /** SDK inputs; what is not among them is read-only. */
  readonly inputs: readonly string[];
  /** Nested SDK paths that only Azure can fill: unknown in a preview. */
  readonly filledByAzure?: readonly string[];
  /** ARM body paths of lists that are resources of their own; an update that leaves them out keeps them. */
  readonly maintained?: readonly string[];
  /** ARM body paths that are never returned and never stored. */
  readonly secrets?: readonly string[];
  /** ARM requires this parent to exist; undefined: judged from the id. */
  readonly parent?: (id: string) => string | undefined;
  /** Comes with its parent, so that azure-native writes it without asking whether it is there. */
  readonly comesWithParent?: boolean;
  /** One operation at a time on the resource this names; another gets 409 AnotherOperationInProgress. */
  readonly exclusive?: (id: string) => string;
  /** Ids in a body that must not be in the middle of a change; else 429 RetryableError. */
  readonly needsSettled?: (body: JsonObject) => readonly string[];
  /** Methods behind which no long operation stands: what is asked is done or refused, and never half done. */
  readonly answersAtOnce?: readonly ("PUT" | "DELETE")[];
  /** As soon as its deletion is accepted a GET says 404 and its name is free, while its group lists it, and cannot go, to the end. */
  readonly hiddenWhileGoing?: boolean;
  /** Is there only when its operation has succeeded: a failed one leaves nothing to be read. */
  readonly leavesNothing?: boolean;
  readonly seconds: { readonly create: number; readonly update: number; readonly delete: number };
  readonly rules: Rules;
  /** Kept without rules of its own. */
  readonly generic: boolean;
}
