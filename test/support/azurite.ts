import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { request } from "node:https";
import { type AddressInfo, createServer as createSocketServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Added } from "./collectionChain";

/** Tenant and object of the identity; Azurite looks at the audience, the issuer's form and the times, and at no signature. */
const tenant = "ab1f708d-50f6-404c-a006-d71b2ac7a606";
const account = "devstoreaccount1";

/**
 * Azurite as a real server on loopback with TLS, and beside it a token endpoint as App Service has one: DefaultAzureCredential
 * of a child process finds it by two environment variables, so that the genuine command signs in and speaks OAuth. Azurite
 * itself allows such an identity everything: no roles, no network rules, no versions, no immutability.
 */
export class Azurite {
  readonly #folder = mkdtempSync(join(tmpdir(), "azurite-"));
  #process: ChildProcess | undefined;
  #tokens: Server | undefined;
  #port = 0;
  #tokenPort = 0;
  /** Resources for which a token was asked. */
  readonly askedFor: string[] = [];
  /** What the next requests for a token get in place of one. */
  refuseTokens = false;

  /** Whether `openssl`, which makes the certificate, is there: Node makes keys but no certificates. */
  static get possible(): boolean {
    try {
      execFileSync("openssl", ["version"], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  }

  get certificate(): string {
    return join(this.#folder, "certificate.pem");
  }

  get key(): string {
    return join(this.#folder, "key.pem");
  }

  get address(): string {
    return `https://127.0.0.1:${this.#port}/${account}`;
  }

  /** For a child process: trusts the certificate, and has an identity. */
  get environment(): Readonly<Record<string, string>> {
    return {
      NODE_EXTRA_CA_CERTS: this.certificate,
      IDENTITY_ENDPOINT: `http://127.0.0.1:${this.#tokenPort}/msi/token`,
      IDENTITY_HEADER: "a-test",
    };
  }

  async start(): Promise<this> {
    const { key } = this;
    const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
    const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
    execFileSync("openssl", ["req", "-x509", ...kind, "-keyout", key, "-out", this.certificate, ...subject], {
      stdio: "pipe",
    });
    const tokens = createServer((request, response) => {
      const resource = new URL(request.url ?? "", "http://127.0.0.1").searchParams.get("resource") ?? "";
      this.askedFor.push(resource);
      response.setHeader("content-type", "application/json");
      if (this.refuseTokens) response.writeHead(400).end(JSON.stringify({ error: "invalid_request" }));
      else response.end(JSON.stringify(tokenFor(resource)));
    });
    await new Promise<void>((resolve) => tokens.listen(0, "127.0.0.1", resolve));
    this.#tokens = tokens;
    this.#tokenPort = (tokens.address() as AddressInfo).port;
    this.#port = await freePort();
    const main = require.resolve("azurite/dist/src/blob/main.js");
    const options = ["--blobPort", String(this.#port), "--oauth", "basic", "--cert", this.certificate, "--key", key];
    this.#process = spawn(
      process.execPath,
      [main, ...options, "--inMemoryPersistence", "--disableTelemetry", "--skipApiVersionCheck", "--silent"],
      { cwd: this.#folder, stdio: ["ignore", "pipe", "pipe"] },
    );
    await this.#listening(this.#process);
    return this;
  }

  #listening(child: ChildProcess): Promise<void> {
    return new Promise((resolve, reject) => {
      let said = "";
      const hear = (part: Buffer): void => {
        said += part.toString();
        if (/successfully listens/u.test(said)) resolve();
      };
      child.stdout?.on("data", hear);
      child.stderr?.on("data", hear);
      child.once("exit", (code) => reject(new Error(`Azurite ended with ${code}: ${said}`)));
    });
  }

  /** As somebody who may do everything, and without Azure's libraries: as the script on a server writes to it. */
  async put(path: string, headers: Readonly<Record<string, string>> = {}, body: Buffer = Buffer.alloc(0)) {
    const { access_token: token } = tokenFor("https://storage.azure.com");
    const all = {
      authorization: `Bearer ${token}`,
      "x-ms-version": "2021-08-06",
      "content-length": body.length,
      ...headers,
    };
    return new Promise<{ readonly status: number; readonly code: string | undefined }>((resolve, reject) => {
      const options = { method: "PUT", headers: all, ca: readFileSync(this.certificate), agent: false };
      const sent = request(`${this.address}/${path}`, options, (response) => {
        response.resume();
        const code = response.headers["x-ms-error-code"];
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, code: typeof code === "string" ? code : undefined }),
        );
      });
      sent.on("error", reject);
      sent.end(body);
    });
  }

  container(name: string) {
    return this.put(`${name}?restype=container`);
  }

  /** A collection, as the scheduled task adds it. */
  collection(container: string, { name, bytes, metadata }: Pick<Added, "name" | "bytes" | "metadata">) {
    return this.put(
      `${container}/${name}`,
      {
        "x-ms-blob-type": "BlockBlob",
        "content-type": "application/zip",
        "content-md5": createHash("md5").update(bytes).digest("base64"),
        "if-none-match": "*",
        ...Object.fromEntries(Object.entries(metadata).map(([key, value]) => [`x-ms-meta-${key}`, value])),
      },
      bytes,
    );
  }

  async stop(): Promise<void> {
    const child = this.#process;
    if (child !== undefined && child.exitCode === null)
      await new Promise<void>((resolve) => {
        child.once("exit", () => resolve());
        child.kill();
      });
    await new Promise((resolve) => (this.#tokens === undefined ? resolve(null) : this.#tokens.close(resolve)));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function tokenFor(resource: string) {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = {
    aud: resource,
    iss: `https://sts.windows.net/${tenant}/`,
    iat: now - 60,
    nbf: now - 60,
    exp: now + 3600,
    tid: tenant,
    oid: "23657296-5cd5-45b0-a809-d972a7f4dfe1",
  };
  const token = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}.${Buffer.from("none").toString("base64url")}`;
  return { access_token: token, expires_on: String(now + 3600), resource, token_type: "Bearer", client_id: "a-test" };
}

async function freePort(): Promise<number> {
  const server = createSocketServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
