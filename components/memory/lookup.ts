/**
 * What a get function finds; undefined only where ARM itself says that it is not there. `SubscriptionNotFound`, a missing
 * right or a broken line is an error: it is evidence of nothing.
 */
export async function found<T>(look: () => Promise<T>, isAbsent = notThere): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (isAbsent(String((error as Error).message))) return undefined;
    throw error;
  }
}

const otherSubscription = /SubscriptionNotFound|InvalidSubscriptionId|AuthorizationFailed/;

/** Not there, by status or code: enough for what is only going to be made or adopted. */
export function notThere(message: string): boolean {
  return !otherSubscription.test(message) && /\b404\b|\b[A-Za-z]*NotFound\b/.test(message);
}

/** Gone, by ARM's own codes: what a machine's loss may be believed on. */
export function goneForArm(message: string): boolean {
  return !otherSubscription.test(message) && /\b(ResourceNotFound|ResourceGroupNotFound)\b/.test(message);
}

/** Whoever runs Pulumi may not read it: evidence of nothing. */
export function mayNotRead(error: unknown): boolean {
  return String((error as Error).message).includes("AuthorizationFailed");
}
