import type { AnyAuthMethod, AuthenticationType, AuthHandlerMiddleware, ParsedKey } from "ssh2";

/** What a login can be tried with, already read and checked. */
export interface Credentials {
  readonly user: string;
  readonly privateKey: ParsedKey | undefined;
  readonly password: string | undefined;
  readonly agent: string | undefined;
}

type Method = "none" | "publickey" | "password" | "keyboard-interactive";

interface Candidate {
  readonly method: Method;
  readonly attempt: AnyAuthMethod;
}

/**
 * Chooses the methods in the genuine plugin's order: none, private key, password, keyboard-interactive with the
 * password as the answer to every question, agent. A method that failed is not tried a second time, so an agent is
 * not asked where a private key failed; a method the server does not offer is skipped.
 */
export class Authentication {
  /** Why no method is left; set when the server has refused the last one. */
  problem: string | undefined;

  private readonly candidates: readonly Candidate[];
  private readonly tried: Method[] = [];
  private current: Method | undefined;
  private offered: readonly string[] = [];
  private questioned = false;
  private keyAccepted = false;

  constructor(private readonly credentials: Credentials) {
    this.candidates = [...candidatesOf(credentials)];
  }

  /** The server has asked something in keyboard-interactive. */
  sawQuestion(): void {
    this.questioned = true;
  }

  /** The server has answered that it would take the key. */
  sawKeyAccepted(): void {
    this.keyAccepted = true;
  }

  readonly next: AuthHandlerMiddleware = (offered: AuthenticationType[] | null, partial: boolean | null, proceed) => {
    if (this.current === undefined) {
      this.current = "none";
      proceed({ type: "none", username: this.credentials.user });
      return;
    }
    const problem = this.settle(offered ?? [], partial === true);
    const candidate = this.candidates.find(
      ({ method }) => !this.tried.includes(method) && this.offered.includes(method),
    );
    if (candidate !== undefined) {
      this.current = candidate.method;
      this.questioned = false;
      this.keyAccepted = false;
      proceed(candidate.attempt);
      return;
    }
    const methods = `attempted methods [${this.tried.join(" ")}], no supported methods remain`;
    this.problem = problem ?? `ssh: unable to authenticate, ${methods}`;
    proceed(false as unknown as AnyAuthMethod);
  };

  /** Records how the current method ended; a text where it ended in a way the genuine plugin takes for an error. */
  private settle(offered: readonly string[], partial: boolean): string | undefined {
    const current = this.current;
    // A key that is refused before it has signed tells the genuine plugin nothing about the methods left.
    if (current !== "publickey" || this.keyAccepted) this.offered = offered;
    if (partial) return undefined;
    if (current !== undefined && !this.tried.includes(current)) this.tried.push(current);
    return current === "keyboard-interactive" && !this.questioned
      ? "ssh: unexpected message type 51 (expected 60)"
      : undefined;
  }
}

function* candidatesOf(credentials: Credentials): Iterable<Candidate> {
  const { user: username, privateKey, password, agent } = credentials;
  if (privateKey !== undefined) {
    yield { method: "publickey", attempt: { type: "publickey", username, key: privateKey } };
  }
  if (password !== undefined) {
    yield { method: "password", attempt: { type: "password", username, password } };
    yield {
      method: "keyboard-interactive",
      attempt: {
        type: "keyboard-interactive",
        username,
        prompt: (_name, _instructions, _language, prompts, finish) => finish(prompts.map(() => password)),
      },
    };
  }
  if (agent !== undefined) yield { method: "publickey", attempt: { type: "agent", username, agent } };
}
