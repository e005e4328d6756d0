import { STATUS_CODES } from "node:http";

/** An answer of ARM that is not a success, in the words azure-native passes on to the engine. */
export class ArmError extends Error {
  override readonly name = "ArmError";

  constructor(
    readonly status: number,
    readonly code: string,
    readonly armMessage: string,
    /** What the header Retry-After says, in seconds. */
    readonly retryAfterSeconds?: number,
  ) {
    super(`Status=${status} Code="${code}" Message="${armMessage}"`);
  }

  /** Azure works on it or is busy: azure-native tries these again (its client_azcore.go, ShouldRetry). */
  get retryable(): boolean {
    return (
      [408, 429, 500, 502, 503, 504].includes(this.status) ||
      (this.status === 409 && this.code === "AnotherOperationInProgress")
    );
  }

  /** An answer that azure-native does not put in words of its own (azcore, internal/exported/response_error.go). */
  asAzcoreSays(method: string, id: string): string {
    const line = "-".repeat(80);
    const body = JSON.stringify({ error: { code: this.code, message: this.armMessage } }, undefined, 2);
    return [
      `${method} https://management.azure.com${id}`,
      line,
      `RESPONSE ${this.status}: ${this.status} ${STATUS_CODES[this.status] ?? ""}`,
      `ERROR CODE: ${this.code}`,
      line,
      body,
      line,
      "",
    ].join("\n");
  }
}

/** The code with which ARM refuses whatever is of a namespace that the subscription never used. */
export const notRegistered = "MissingSubscriptionRegistration";

/** ARM accepted the request and stored the resource; the operation behind it failed afterwards. */
export class FailedAfterAcceptance extends Error {
  override readonly name = "FailedAfterAcceptance";
}

/** As azure-native tells of the last poll, which is a success of HTTP (its client_azcore.go, newResponseError). */
export function operationFailed(code: string, message: string): FailedAfterAcceptance {
  return new FailedAfterAcceptance(`Status=200 Code="${code}" Message="${message}"`);
}

/** The answer got lost on the wire: azure-native's client sends the request again. */
export class AnswerDropped extends Error {
  override readonly name = "AnswerDropped";
}

/** The connection to the provider broke, or the engine was killed: nothing reaches the caller. */
export class AnswerLost extends Error {
  override readonly name = "AnswerLost";
}

export function invalidParameter(message: string): ArmError {
  return new ArmError(400, "InvalidParameter", message);
}

export function changeNotAllowed(property: string): ArmError {
  return new ArmError(409, "PropertyChangeNotAllowed", `Changing property '${property}' is not allowed.`);
}

export function invalidReference(referenced: string, by: string): ArmError {
  return new ArmError(
    400,
    "InvalidResourceReference",
    `Resource ${referenced} referenced by resource ${by} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.`,
  );
}

export function notFound(type: string, name: string, resourceGroup: string | undefined): ArmError {
  if (type.toLowerCase() === "microsoft.resources/resourcegroups") return groupNotFound(name);
  const where = resourceGroup === undefined ? "" : ` under resource group '${resourceGroup}'`;
  return new ArmError(404, "ResourceNotFound", `The Resource '${type}/${name}'${where} was not found.`);
}

export function groupNotFound(name: string): ArmError {
  return new ArmError(404, "ResourceGroupNotFound", `Resource group '${name}' could not be found.`);
}

/** Also the answer for a subscription that exists but is none of ours. */
export function subscriptionNotFound(id: string): ArmError {
  return new ArmError(404, "SubscriptionNotFound", `The subscription '${id}' could not be found.`);
}

/** While a resource that it refers to is being changed (hashicorp/terraform issue 7986; coreos/tectonic-installer 1460: Deleting). */
export function notProvisioned(referenced: string, is: "Updating" | "Deleting" = "Updating"): ArmError {
  return new ArmError(
    429,
    "RetryableError",
    `A retryable error occured. Cannot proceed with operation because resource ${referenced} is not in Succeeded state. Resource is in ${is} state.`,
  );
}

/** As in Azure/azure-cli issue 21121. */
export function groupBeingDeleted(name: string): ArmError {
  return new ArmError(
    409,
    "ResourceGroupBeingDeleted",
    `The resource group '${name}' is in deprovisioning state and cannot perform this operation.`,
  );
}

/** As in Azure/azure-sdk-for-python issue 2702. */
export function markedForDeletion(name: string): ArmError {
  return new ArmError(
    409,
    "OperationNotAllowed",
    `Operation 'Update VM' is not allowed on VM '${name}' since the VM is marked for deletion. You can only retry the Delete operation (or wait for an ongoing one to complete).`,
  );
}
