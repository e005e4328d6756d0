import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { BlobListener, BlobService, HttpAnswer } from "../../world/contract";
import { metadataError } from "./answers";

const metadataHost = "169.254.169.254";

/** The data plane on loopback: `/<machine>/<host>/<rest>`, so that every request says whose it is. */
export async function listenOnLoopback(
  blobs: BlobService,
  machineNamed: (name: string) => string | undefined,
): Promise<BlobListener> {
  const server = createServer((request, response) => {
    answer(blobs, machineNamed, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    base: (machineName) =>
      machineNamed(machineName) === undefined
        ? undefined
        : `http://127.0.0.1:${port}/${encodeURIComponent(machineName)}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  blobs: BlobService,
  machineNamed: (name: string) => string | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const [machineName = "", host = "", ...rest] = url.pathname.slice(1).split("/");
  const machine = machineNamed(decodeURIComponent(machineName));
  if (machine === undefined) {
    send(response, { status: 404, headers: {}, body: "" });
    return;
  }
  const body = await bytesOf(request);
  if (host === metadataHost) return send(response, await metadata(blobs, machine, request, url, rest, gone.signal));
  if (request.method !== "PUT") return send(response, { status: 405, headers: {}, body: "" });
  const headers = Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
  );
  const put = { url: `https://${host}/${rest.join("/")}`, headers, body, from: machine };
  send(response, await blobs.put(put, gone.signal));
}

async function metadata(
  blobs: BlobService,
  machine: string,
  request: IncomingMessage,
  url: URL,
  rest: readonly string[],
  signal: AbortSignal,
): Promise<HttpAnswer> {
  if (request.headers.metadata !== "true")
    return metadataError(400, "invalid_request", "Required metadata header not specified");
  if (rest.join("/") !== "metadata/identity/oauth2/token" || request.method !== "GET")
    return metadataError(404, "not_found", "Resource not found");
  const resource = url.searchParams.get("resource");
  if (url.searchParams.get("api-version") === null || resource === null)
    return metadataError(400, "invalid_request", "Required query variable 'api-version' or 'resource' is missing");
  return blobs.token(machine, resource, signal);
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  const { date: _, ...rest } = headers;
  response.writeHead(status, rest);
  response.end(body);
}
