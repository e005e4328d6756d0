/** Mirrors scripts/archiving/upload.ps1. */
import { createHash } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import type { Archiving } from "../../../../scripts/assemble";
import type { HttpAnswer } from "../../../world/contract";
import { resourceIdOf, type WayToAzure } from "../../wayToAzure";
import { NotRehearsed } from "../notRehearsed";
import type { Session } from "../session";
import { toAscii } from "../text";
import { isTried, type Queued, queued, queueFolder, readWaiting, removeFromQueue, triedPath } from "./queue";

/** What one run may wait altogether. */
interface Patience {
  seconds: number;
}

/** Status 0: nobody answered. */
type Answer = Pick<HttpAnswer, "status" | "body"> & { readonly md5?: string };

const requestSeconds = 100;

async function asked(session: Session, ask: (signal: AbortSignal) => Promise<HttpAnswer> | undefined): Promise<Answer> {
  const over = new AbortController();
  const late = session.sleep(requestSeconds).then(() => "late" as const);
  late.catch(() => undefined);
  try {
    const answer = await Promise.race([ask(over.signal) ?? Promise.resolve(undefined), late]);
    if (answer === "late") return { status: 0, body: `no answer within ${requestSeconds} seconds` };
    if (answer === undefined) return { status: 0, body: "nobody answers" };
    return { status: answer.status, body: answer.body, md5: answer.headers["content-md5"] };
  } catch (error) {
    return { status: 0, body: error instanceof Error ? error.message : String(error) };
  } finally {
    over.abort();
  }
}

async function waited(session: Session, patience: Patience, seconds: number): Promise<boolean> {
  if (seconds > patience.seconds) return false;
  patience.seconds -= seconds;
  await session.sleep(seconds);
  return true;
}

const codeOf = ({ body }: Answer): string => /<Code>(\w+)<\/Code>/.exec(body)?.[1] ?? "";

/** Mirrors Test-Taken. */
const isTaken = (answer: Answer): boolean =>
  ["409 BlobAlreadyExists", "403 UnauthorizedBlobOverwrite"].includes(`${answer.status} ${codeOf(answer)}`);

function said(answer: Answer): string {
  const short = (text: string) => toAscii(text).slice(0, 200);
  if (answer.status === 0) return short(answer.body);
  const code = codeOf(answer);
  if (code !== "") return `${answer.status} ${code}`;
  const described = /"error_description"\s*:\s*"([^"]*)"/.exec(answer.body)?.[1] ?? "";
  return short(`${answer.status} ${described}`.trim());
}

async function token(
  session: Session,
  way: WayToAzure | undefined,
  patience: Patience,
): Promise<{ readonly token: string; readonly why: string }> {
  const machine = await resourceIdOf(session.server);
  let answer: Answer = { status: 0, body: "" };
  for (const wait of [2, 5, 15, 30, 60, 0]) {
    answer = await asked(session, (signal) => way?.blobs.token(machine, "https://storage.azure.com/", signal));
    if (answer.status === 200) {
      const given = (JSON.parse(answer.body) as { readonly access_token?: string }).access_token;
      if (given) return { token: given, why: "" };
      answer = { ...answer, body: '"error_description": "the answer holds no access_token"' };
    }
    const passes = answer.status === 0 || [404, 410, 429].includes(answer.status) || answer.status >= 500;
    if (!passes || wait === 0 || !(await waited(session, patience, wait))) break;
  }
  const why = `the machine's identity gave no token: ${said(answer)}`;
  return {
    token: "",
    why: answer.status === 400 ? `${why}; the virtual machine needs a system-assigned identity` : why,
  };
}

interface Outcome {
  readonly outcome: "sent" | "there" | "later";
  readonly why: string;
}

export interface Sending {
  readonly session: Session;
  readonly given: Archiving;
  readonly way: WayToAzure | undefined;
}

async function send(sending: Sending, bearer: string, { file }: Queued, patience: Patience): Promise<Outcome> {
  const { session, given, way } = sending;
  const found = await readWaiting(session, file);
  const body = await readFile(session.path(`${queueFolder}\\${file}`));
  const md5 = createHash("md5").update(body).digest("base64");
  const url = `${given.endpoint.replace(/\/+$/, "")}/${given.container}/${found.name}`;
  let tried = await isTried(session, file);
  await writeFile(triedPath(session, file), "sent");
  for (;;) {
    const headers = {
      authorization: `Bearer ${bearer}`,
      "x-ms-version": "2021-08-06",
      "x-ms-date": (await session.now()).toUTCString(),
      "x-ms-blob-type": "BlockBlob",
      "if-none-match": "*",
      "x-ms-meta-sha256": createHash("sha256").update(body).digest("hex"),
      "x-ms-meta-manifestsha256": found.manifestSha256,
      "x-ms-meta-chain": found.chain,
      "x-ms-meta-sequence": String(found.sequence),
      "x-ms-meta-collectedat": found.collectedAt,
      "content-type": "application/zip",
      "content-md5": md5,
      "content-length": String(body.length),
    };
    // A server that does not reach what is outside its network reaches no account.
    const reached = (await session.world()).cutOff === undefined ? way : undefined;
    const answer = await asked(session, (signal) => reached?.blobs.put({ url, headers, body }, signal));
    if (answer.status === 201 && (answer.md5 ?? md5) === md5) return { outcome: "sent", why: "" };
    if (answer.status === 201 || (isTaken(answer) && !tried)) {
      // Else the next run would take those bytes for its own that arrived.
      await rm(triedPath(session, file), { force: true });
      throw new NotRehearsed("otherBytes");
    }
    if (isTaken(answer))
      return {
        outcome: "there",
        why: `${found.name} was in the archive already: an earlier attempt arrived and its answer did not`,
      };
    let wait = 0;
    if (answer.status === 403 && codeOf(answer) === "AuthorizationPermissionMismatch") wait = 60;
    if (answer.status === 0 || [408, 429, 500, 502, 503, 504].includes(answer.status)) {
      wait = 20;
      tried = true;
    }
    if (wait === 0 || !(await waited(session, patience, wait))) {
      if (!tried) await rm(triedPath(session, file), { force: true });
      return { outcome: "later", why: `the archive ${url} did not take it: ${said(answer)}` };
    }
  }
}

/** Mirrors Send-Queue. */
export async function sendQueue(sending: Sending): Promise<string> {
  const { session, way } = sending;
  const waiting = await queued(session);
  if (waiting.length === 0) return "";
  const patience: Patience = { seconds: 720 };
  const bearer = await token(session, way, patience);
  if (bearer.token === "") return bearer.why;
  const told: string[] = [];
  for (const each of waiting) {
    const { outcome, why } = await send(sending, bearer.token, each, patience);
    if (why !== "") told.push(why);
    if (outcome === "later") break;
    await removeFromQueue(session, each.file);
  }
  return told.join("; ");
}
