import { status } from "@grpc/grpc-js";

/** An operation that failed, with the gRPC code and the text that the engine is given. */
export class Failure extends Error {
  override readonly name = "Failure";

  constructor(
    message: string,
    readonly code: status = status.UNKNOWN,
  ) {
    super(message);
  }
}

/** A failure that no further attempt can mend, such as an address that must not be dialled. */
export class FinalFailure extends Failure {}

/** Where the genuine plugin reads a field that is not there and its process dies. */
export class NilDereference extends Error {
  override readonly name = "NilDereference";

  constructor(readonly field: string) {
    super(`nil dereference of ${field}: the genuine plugin's process dies here; run Check first, it sets the default`);
  }
}

export const canceled = new Failure("context canceled", status.CANCELLED);
export const deadlineExceeded = new Failure("context deadline exceeded", status.DEADLINE_EXCEEDED);

/** The same failure with words in front, the code kept. */
export function prefixed(prefix: string, error: unknown): unknown {
  if (error instanceof NilDereference || error instanceof FinalFailure) return error;
  if (error instanceof Failure) return new Failure(`${prefix}${error.message}`, error.code);
  return error;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
