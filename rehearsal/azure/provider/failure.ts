import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { AnswerLost } from "../arm/errors";

/** What the engine gets to see of an error. */
export function serviceError(error: unknown): ServiceError {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof AnswerLost ? status.UNAVAILABLE : status.UNKNOWN;
  return Object.assign(new Error(message), { code, details: message, metadata: new Metadata() });
}

/** The resource exists, its operation failed: the engine keeps it with its id and tries again by an update. */
export function partialFailure(
  id: string,
  outputs: Struct | undefined,
  inputs: Struct | undefined,
  reason: string,
): ServiceError {
  const failed = new ErrorResourceInitFailed();
  failed.setId(id);
  failed.setProperties(outputs);
  failed.setReasonsList([reason]);
  if (inputs) failed.setInputs(inputs);
  const detail = new Any();
  detail.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const rich = new Status();
  rich.setCode(status.UNKNOWN);
  rich.setMessage(reason);
  rich.setDetailsList([detail]);
  const metadata = new Metadata();
  metadata.set("grpc-status-details-bin", Buffer.from(rich.serializeBinary()));
  return Object.assign(new Error(reason), { code: status.UNKNOWN, details: reason, metadata });
}
