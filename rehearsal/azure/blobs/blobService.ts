import { createHash, randomUUID } from "node:crypto";
import type {
  BlobListener,
  BlobPut,
  BlobService,
  CallLog,
  Clock,
  DataAction,
  FaultEffect,
  Faults,
  HttpAnswer,
  StoredBlob,
} from "../../world/contract";
import type { StoredResource } from "../arm/store";
import { numberAt, same, textAt } from "../properties/json";
import { blobError, common, metadataError } from "./answers";
import { BlobFiles } from "./files";
import { letsIn } from "./firewall";
import { listenOnLoopback } from "./listener";
import { allows, blobActions, type Directory } from "./rights";
import { type Bearer, storageResource, Tokens } from "./tokens";

export interface BlobServiceOptions {
  /** The world folder. */
  readonly world: string;
  readonly directory: Directory;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly calls: CallLog;
}

const hostEnding = ".blob.core.windows.net";

/** The data plane of storage accounts, as far as a server meets it that may only add blobs. */
export class SimulatedBlobs implements BlobService {
  readonly #options: BlobServiceOptions;
  readonly #files: BlobFiles;
  readonly #tokens = new Tokens();

  constructor(options: BlobServiceOptions) {
    this.#options = options;
    this.#files = new BlobFiles(options.world);
  }

  token(machineResourceId: string, resource = storageResource, signal?: AbortSignal): Promise<HttpAnswer> {
    const machine = this.#options.directory.get(machineResourceId);
    return this.#met("token", machine?.name ?? machineResourceId, machineResourceId, signal, {
      fail: () => metadataError(500, "unknown", "Failed to retrieve token from the Active directory."),
      throttle: () => metadataError(429, "too_many_requests", "Too many requests"),
      work: () => this.#tokens.answer(machine, resource, this.#now()),
    });
  }

  async put(request: BlobPut, signal?: AbortSignal): Promise<HttpAnswer> {
    const place = placeOf(request.url);
    const account = this.#account(place.account);
    // What a resolver says of a name that no account has.
    if (account === undefined)
      throw new Error(`The remote name could not be resolved: '${place.account}${hostEnding}'`);
    return this.#met("put", place.name, request.url, signal, {
      fail: () => this.#error(403, "AuthorizationPermissionMismatch", texts.permission),
      throttle: () => this.#error(503, "ServerBusy", "The server is currently unable to receive requests."),
      work: () => this.#put(account, place, request),
    });
  }

  list(accountName: string, container: string): readonly StoredBlob[] {
    return this.#files.list(accountName.toLowerCase(), container);
  }

  listen(): Promise<BlobListener> {
    const machineNamed = (name: string) =>
      this.#options.directory.ofType("Microsoft.Compute/virtualMachines").find((machine) => same(machine.name, name))
        ?.id;
    return listenOnLoopback(this, machineNamed);
  }

  #now(): Date {
    return this.#options.clock.now();
  }

  #account(name: string): StoredResource | undefined {
    return this.#options.directory
      .ofType("Microsoft.Storage/storageAccounts")
      .find((account) => same(account.name, name));
  }

  #error(status: number, code: string, message: string): HttpAnswer {
    return blobError(status, code, message, randomUUID(), this.#now());
  }

  /** In the order in which the service looks: who, from where, may they, is it there, is it whole. */
  #put(account: StoredResource, { container, name }: Place, request: BlobPut): HttpAnswer {
    const headers = lowered(request.headers);
    const refuse = (...error: [number, string, string]) => this.#error(...error);
    const authorization = headers.authorization;
    if (authorization === undefined) return refuse(401, "NoAuthenticationInformation", texts.nobody);
    const bearer = this.#tokens.read(authorization, this.#now());
    if (bearer === undefined || !isForStorage(bearer)) return refuse(401, "InvalidAuthenticationInfo", texts.token);
    if (!letsIn(account, request.from ?? bearer.machineId, this.#options.directory))
      return refuse(403, "AuthorizationFailure", texts.network);
    const containerId = `${account.id}/blobServices/default/containers/${container}`;
    const exists = this.#files.has(account.name.toLowerCase(), container, name);
    const onlyNew = headers["if-none-match"] === "*";
    const may = (each: string) => allows(bearer.principalId, each, containerId, this.#options.directory);
    if (!may(blobActions.write)) {
      if (!may(blobActions.add)) return refuse(403, "AuthorizationPermissionMismatch", texts.permission);
      // Whatever the request's own condition says. Seen with shared access signatures that only create (Azure/azure-cli issue
      // 19203); of a role that only adds nobody has written it down.
      if (exists) return refuse(403, "UnauthorizedBlobOverwrite", texts.overwrite);
    }
    if (this.#options.directory.get(containerId) === undefined)
      return refuse(404, "ContainerNotFound", "The specified container does not exist.");
    const missing = ["x-ms-version", "x-ms-blob-type", "content-length"].find(
      (header) => headers[header] === undefined,
    );
    if (missing !== undefined)
      return refuse(
        400,
        "MissingRequiredHeader",
        `An HTTP header that's mandatory for this request is not specified. HeaderName: ${missing}`,
      );
    if (Number(headers["content-length"]) !== request.body.length)
      return refuse(
        400,
        "InvalidHeaderValue",
        "The value for one of the HTTP headers is not in the correct format. HeaderName: Content-Length",
      );
    const md5 = createHash("md5").update(request.body).digest("base64");
    if (headers["content-md5"] !== undefined && headers["content-md5"] !== md5)
      return refuse(
        400,
        "Md5Mismatch",
        "The MD5 value specified in the request did not match with the MD5 value calculated by the server.",
      );
    if (exists && onlyNew) return refuse(409, "BlobAlreadyExists", "The specified blob already exists.");
    return this.#store(account, container, name, headers, request.body, md5);
  }

  #store(
    account: StoredResource,
    container: string,
    name: string,
    headers: Readonly<Record<string, string>>,
    body: Buffer,
    contentMd5: string,
  ): HttpAnswer {
    const now = this.#now();
    const versionId = now.toISOString().replace("Z", "0000Z");
    const etag = `"0x8D${now.getTime().toString(16).toUpperCase()}"`;
    this.#files.store(account.name.toLowerCase(), container, body, {
      name,
      createdAt: now.toISOString(),
      versionId,
      etag,
      contentLength: body.length,
      contentType: headers["x-ms-blob-content-type"] ?? headers["content-type"] ?? "application/octet-stream",
      contentMd5,
      metadata: Object.fromEntries(
        Object.entries(headers)
          .filter(([header]) => header.startsWith("x-ms-meta-"))
          .map(([header, value]) => [header.slice("x-ms-meta-".length), value]),
      ),
      immutability: immutabilityOf(account, now),
    });
    return {
      status: 201,
      headers: {
        ...common(randomUUID(), now),
        "content-md5": contentMd5,
        etag,
        "last-modified": now.toUTCString(),
        "x-ms-request-server-encrypted": "true",
        "x-ms-version-id": versionId,
      },
      body: "",
    };
  }

  async #met(
    action: DataAction,
    name: string,
    target: string,
    signal: AbortSignal | undefined,
    does: { readonly fail: () => HttpAnswer; readonly throttle: () => HttpAnswer; readonly work: () => HttpAnswer },
  ): Promise<HttpAnswer> {
    const { calls, faults } = this.#options;
    const record = (result: string) => calls.record({ room: "data", action: `${action} ${name}`, target, result });
    const effect: FaultEffect | undefined = faults.take({ room: "data", action, name });
    if (effect === "hang" || effect === "kill-before") {
      record("no answer");
      if (effect === "kill-before") faults.killEngine();
      await untilAborted(signal);
    }
    const answer = effect === "fail" ? does.fail() : effect === "throttle" ? does.throttle() : does.work();
    const said = `${answer.status}${codeOf(answer)}`;
    if (effect !== "lost" && effect !== "kill") {
      record(said);
      return answer;
    }
    record(`${said}, answer lost`);
    if (effect === "kill") faults.killEngine();
    throw new Error(
      "The underlying connection was closed: A connection that was expected to be kept alive was closed by the server.",
    );
  }
}

interface Place {
  readonly account: string;
  readonly container: string;
  readonly name: string;
}

/** Throws what a client would, for an address that no storage account has. */
export function placeOf(url: string): Place {
  const { protocol, hostname, pathname } = new URL(url);
  const [container = "", ...name] = pathname.slice(1).split("/").map(decodeURIComponent);
  if (protocol !== "https:" || !hostname.endsWith(hostEnding) || container === "" || name.join("/") === "")
    throw new Error(`${url} is not the address of a blob: https://<account>${hostEnding}/<container>/<blob>`);
  if (name.some((part) => part === "" || part === "." || part === ".." || /[\\\0]/.test(part)))
    throw new Error(`${url} has a part that no blob's name has`);
  return { account: hostname.slice(0, -hostEnding.length), container, name: name.join("/") };
}

const isForStorage = ({ resource }: Bearer): boolean =>
  /^https:\/\/(storage\.azure\.com|[a-z0-9]+\.blob\.core\.windows\.net)\/?$/i.test(resource);

/** A blob without a policy of its own has the account's, counted from its creation. */
function immutabilityOf({ body }: StoredResource, now: Date) {
  const policy = "properties.immutableStorageWithVersioning.immutabilityPolicy";
  const state = textAt(body, `${policy}.state`);
  const days = numberAt(body, `${policy}.immutabilityPeriodSinceCreationInDays`);
  if (days === undefined || (state !== "Unlocked" && state !== "Locked")) return null;
  return { until: new Date(now.getTime() + days * 86_400_000).toISOString(), mode: state } as const;
}

const codeOf = ({ headers }: HttpAnswer): string =>
  headers["x-ms-error-code"] === undefined ? "" : ` ${headers["x-ms-error-code"]}`;

function lowered(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => reject(new Error("The operation has timed out."));
    if (signal?.aborted) end();
    else signal?.addEventListener("abort", end, { once: true });
  });
}

const texts = {
  nobody: "Server failed to authenticate the request. Please refer to the information in the www-authenticate header.",
  token:
    "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.",
  network: "This request is not authorized to perform this operation.",
  overwrite: "This request is not authorized to perform blob overwrites.",
  permission: "This request is not authorized to perform this operation using this permission.",
} as const;
