import { createHash } from "node:crypto";
import { watchedQuestions } from "../../review/archive/tenantFindings";
import { type GraphQuestion, graphRequests } from "../../review/pair/graph";
import type { RecordedAnswer } from "../../review/pair/recordedAnswer";
import { CouldNotRun } from "../../review/verdict";

const graphScope = "https://graph.microsoft.com/.default";
const home = "https://graph.microsoft.com";

/** A list of a day is a few pages, in a large tenant many; one that does not end is not whole, and said to be so. */
const mostPages = 100;
const mostTries = 3;
const longestWaitSeconds = 30;

export interface Asking {
  readonly token: string;
  readonly now: Date;
  /** Changes are asked for from here on. */
  readonly since: Date;
  /** In place of Microsoft Graph: tests. */
  readonly base?: string;
  readonly wait?: (seconds: number) => Promise<void>;
}

/**
 * Asks Microsoft Graph, with GET only and nothing but the requests of the table. What it refuses (403, 404) or cannot answer
 * comes back as such an answer: none of these is a duty.
 */
export async function askGraph(asking: Asking): Promise<readonly RecordedAnswer[]> {
  const answers: RecordedAnswer[] = [];
  for (const question of watchedQuestions) answers.push(...(await ask(question, asking)));
  return answers;
}

async function ask(question: GraphQuestion, asking: Asking): Promise<readonly RecordedAnswer[]> {
  const base = asking.base ?? home;
  const answers: RecordedAnswer[] = [];
  let address: string | undefined = base + pathOf(question, asking.since);
  for (let page = 0; address !== undefined && page < mostPages; page++) {
    const answer: unknown = await get(address, asking);
    answers.push(recorded(question, address, answer, asking.now));
    const next: unknown = (answer as { "@odata.nextLink"?: unknown } | null)?.["@odata.nextLink"];
    // A next page is of the same service, or the token would go elsewhere.
    address = typeof next === "string" && isBelow(next, base) ? next : undefined;
  }
  return answers;
}

/** As the table of the documentation has it, from the given time on. */
function pathOf(question: GraphQuestion, since: Date): string {
  const [request = ""] = graphRequests[question].request.split(" (header");
  const [path = "", query = ""] = request.slice(home.length).split("?");
  if (query === "") return path;
  const from = since.toISOString().replace(/\.\d+Z$/u, "Z");
  const dated = query.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/u, from);
  return `${path}?${encodeURI(dated)}`;
}

function isBelow(address: string, base: string): boolean {
  try {
    return new URL(address).origin === new URL(base).origin;
  } catch {
    return false;
  }
}

async function get(address: string, { token, wait = pause }: Asking): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    let response: Response;
    try {
      response = await fetch(address, {
        method: "GET",
        headers: { authorization: `Bearer ${token}`, accept: "application/json", ConsistencyLevel: "eventual" },
        redirect: "error",
        signal: AbortSignal.timeout(30_000),
      });
    } catch (error) {
      return { error: { code: `nothing (${networkCode(error)})`, message: "no connection to Microsoft Graph" } };
    }
    const busy = response.status === 429 || response.status === 503 || response.status === 504;
    if (busy && attempt < mostTries) {
      await response.body?.cancel();
      const asked = Number(response.headers.get("retry-after"));
      await wait(Math.min(longestWaitSeconds, asked > 0 ? asked : 2 * attempt));
      continue;
    }
    const body = await bodyOf(response);
    if (response.ok) return body;
    return isError(body) ? body : { error: { code: `HTTP ${response.status}`, message: response.statusText } };
  }
}

async function bodyOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return { error: { code: `HTTP ${response.status}`, message: "the answer is no JSON" } };
  }
}

const isError = (body: unknown): boolean => typeof body === "object" && body !== null && "error" in body;

function networkCode(error: unknown): string {
  const { cause, name, message } = error as { cause?: { code?: string }; name?: string; message?: string };
  return cause?.code ?? (name === "TimeoutError" ? "timeout" : (message ?? "no connection"));
}

const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

function recorded(question: GraphQuestion, address: string, answer: unknown, now: Date): RecordedAnswer {
  const bytes = Buffer.from(JSON.stringify({ takenAt: now.toISOString(), request: address, answer }));
  return {
    source: `Microsoft Graph, ${question}`,
    bytes,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    written: now,
  };
}

/** A token of the identity that DefaultAzureCredential finds. @throws CouldNotRun where there is none */
export async function graphToken(): Promise<string> {
  const { load } = await import("../archive/azureStore.js");
  const { couldNotSignIn } = await import("../archive/azureErrors.js");
  const { DefaultAzureCredential } = await load(() => import("@azure/identity"));
  try {
    return (await new DefaultAzureCredential().getToken(graphScope)).token;
  } catch (error) {
    throw new CouldNotRun(
      `--graph-live: ${couldNotSignIn(error)} For Graph it needs OnPremDirectorySynchronization.Read.All, AuditLog.Read.All, Organization.Read.All and Application.Read.All (application permissions; what is missing is named and not judged).`,
    );
  }
}
