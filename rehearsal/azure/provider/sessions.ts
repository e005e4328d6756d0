/** What one connection was configured with, and its calls in flight. */
export interface Session {
  subscriptionId: string | undefined;
  tenantId: string | undefined;
  clientId: string | undefined;
  location: string | undefined;
  readonly inFlight: Set<AbortController>;
}

/**
 * The engine connects once for each provider of a program. Configuration and Cancel belong to one connection; Cancel
 * also arrives at the normal end of every run, so it ends the calls in flight and nothing else.
 */
export class Sessions {
  readonly #byPeer = new Map<string, Session>();

  of(peer: string): Session {
    const found = this.#byPeer.get(peer);
    if (found) return found;
    const made: Session = {
      subscriptionId: undefined,
      tenantId: undefined,
      clientId: undefined,
      location: undefined,
      inFlight: new Set(),
    };
    this.#byPeer.set(peer, made);
    return made;
  }

  cancel(peer: string): void {
    for (const call of this.of(peer).inFlight) call.abort();
  }

  cancelAll(): void {
    for (const peer of this.#byPeer.keys()) this.cancel(peer);
  }
}
