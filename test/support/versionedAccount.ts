import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { StoredBlob } from "../../review/archive";
import type { Azurite } from "./azurite";

interface Kept {
  readonly blob: StoredBlob;
  readonly bytes: Buffer;
}

/**
 * What Azurite has not: a container that keeps versions and policies, as the documentation of List Blobs, Get Container
 * Properties and Get Blob writes their answers. It only answers; with the certificate of an Azurite beside it.
 */
export class VersionedAccount {
  #server: Server | undefined;
  #port = 0;
  /** Versions that were read, in order. */
  readonly read: (string | null)[] = [];

  constructor(
    private readonly azurite: Azurite,
    private readonly kept: readonly Kept[],
  ) {}

  async start(): Promise<this> {
    const options = { key: readFileSync(this.azurite.key), cert: readFileSync(this.azurite.certificate) };
    const server = createServer(options, (request, response) => this.answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
    return this;
  }

  get address(): string {
    return `https://127.0.0.1:${this.#port}/devstoreaccount1`;
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  private answer({ method, url, headers }: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(url ?? "", "https://account.test");
    const name = pathname.split("/").slice(3).join("/");
    if (searchParams.get("comp") === "list") {
      const include = searchParams.get("include") ?? "";
      response.writeHead(200, { "content-type": "application/xml" }).end(this.list(include));
    } else if (searchParams.get("restype") === "container")
      response
        .writeHead(200, {
          "x-ms-has-immutability-policy": "false",
          "x-ms-immutable-storage-with-versioning-enabled": "true",
          "last-modified": new Date().toUTCString(),
          etag: '"1"',
        })
        .end();
    else this.blob(method ?? "GET", name, searchParams.get("versionid"), headers, response);
  }

  private blob(
    method: string,
    name: string,
    version: string | null,
    headers: IncomingMessage["headers"],
    response: ServerResponse,
  ) {
    const found = this.kept.find(
      ({ blob }) => blob.name === name && (version === null ? blob.current : blob.versionId === version),
    );
    if (found === undefined) {
      response.writeHead(404, { "x-ms-error-code": "BlobNotFound" }).end();
      return;
    }
    if (method !== "HEAD") this.read.push(version);
    const range = /bytes=(\d+)-(\d*)/u.exec(String(headers["x-ms-range"] ?? headers.range ?? ""));
    const from = Number(range?.[1] ?? 0);
    const part = found.bytes.subarray(from, range?.[2] ? Number(range[2]) + 1 : undefined);
    response.writeHead(range === null ? 200 : 206, {
      "content-length": method === "HEAD" ? found.bytes.length : part.length,
      "content-range": `bytes ${from}-${from + part.length - 1}/${found.bytes.length}`,
      "last-modified": (found.blob.createdAt ?? new Date()).toUTCString(),
      etag: '"1"',
      "x-ms-blob-type": "BlockBlob",
    });
    response.end(method === "HEAD" ? undefined : part);
  }

  private list(include: string): string {
    const with_ = (what: string, text: string): string => (include.split(",").includes(what) ? text : "");
    const blobs = this.kept
      .filter(({ blob }) => blob.current || include.includes("versions"))
      .map(({ blob: { name, versionId, current, size, createdAt, md5, metadata, protection } }) => {
        const entries = Object.entries(metadata ?? {}).map(([key, value]) => `<${key}>${value}</${key}>`);
        const policy =
          protection?.until == null
            ? ""
            : `<ImmutabilityPolicyUntilDate>${protection.until.toUTCString()}</ImmutabilityPolicyUntilDate><ImmutabilityPolicyMode>${protection.mode}</ImmutabilityPolicyMode>`;
        const hold = protection?.legalHold == null ? "" : `<LegalHold>${protection.legalHold}</LegalHold>`;
        return `<Blob><Name>${name}</Name>${with_("versions", `<VersionId>${versionId}</VersionId>${current ? "<IsCurrentVersion>true</IsCurrentVersion>" : ""}`)}<Properties><Creation-Time>${createdAt?.toUTCString()}</Creation-Time><Last-Modified>${createdAt?.toUTCString()}</Last-Modified><Etag>0x1</Etag><Content-Length>${size}</Content-Length><Content-MD5>${Buffer.from(md5 ?? "", "hex").toString("base64")}</Content-MD5><BlobType>BlockBlob</BlobType>${with_("immutabilitypolicy", policy)}${with_("legalhold", hold)}</Properties>${with_("metadata", `<Metadata>${entries.join("")}</Metadata>`)}</Blob>`;
      });
    return `<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="${this.address}" ContainerName="configuration"><Blobs>${blobs.join("")}</Blobs><NextMarker /></EnumerationResults>`;
  }
}
