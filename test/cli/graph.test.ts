import { strict as assert } from "node:assert";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { askGraph } from "../../cli/graph/ask";
import { readTenant } from "../../review/pair/graph";

interface Answer {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

describe("Microsoft Graph, asked live", () => {
  let server: Server;
  let base = "";
  let seen: { method: string; path: string; query: URLSearchParams; request: IncomingMessage }[] = [];
  let answer: (path: string, query: URLSearchParams) => Answer = () => ({});
  before(async () => {
    server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? "", "http://graph.test");
      seen.push({ method: request.method ?? "", path: pathname, query: searchParams, request });
      const { status = 200, body = {}, headers = {} } = answer(pathname, searchParams);
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(typeof body === "string" ? body : JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => new Promise((resolve) => server.close(resolve)));
  beforeEach(() => {
    seen = [];
  });

  const now = new Date("2026-11-26T08:00:00Z");
  const waits: number[] = [];
  const ask = () =>
    askGraph({
      token: "a-token",
      now,
      since: new Date("2026-11-25T08:00:00Z"),
      base,
      wait: async (seconds) => {
        waits.push(seconds);
      },
    });
  const context = (what: string): string => `https://graph.microsoft.com/v1.0/$metadata#${what}`;
  const whole = (path: string): Answer => {
    if (path.endsWith("/organization"))
      return {
        body: {
          "@odata.context": context("organization"),
          value: [{ onPremisesSyncEnabled: true, onPremisesLastSyncDateTime: "2026-11-26T07:45:00Z" }],
        },
      };
    if (path.endsWith("/onPremisesSynchronization"))
      return {
        body: {
          "@odata.context": context("directory/onPremisesSynchronization/$entity"),
          configuration: { currentExportData: { clientMachineName: "aadc1" } },
        },
      };
    if (path.endsWith("/directoryAudits"))
      return { body: { "@odata.context": context("auditLogs/directoryAudits"), value: [] } };
    return {
      body: {
        "@odata.context": context("servicePrincipals"),
        value: [{ displayName: "ConnectSyncProvisioning_AADC1_aa", appId: "X" }],
      },
    };
  };

  it("gives what recorded answers give, by GET alone and by the requests of the table", async () => {
    answer = whole;
    const tenant = readTenant(await ask());
    assert.deepEqual(
      [
        tenant.synchronization?.exporter,
        tenant.organization?.lastSynchronization?.toISOString(),
        tenant.audits?.complete,
        tenant.identities?.found.length,
      ],
      ["AADC1", "2026-11-26T07:45:00.000Z", true, 1],
    );
    assert.deepEqual(
      seen.map(({ method, path }) => `${method} ${path}`),
      [
        "GET /v1.0/organization",
        "GET /beta/directory/onPremisesSynchronization",
        "GET /v1.0/auditLogs/directoryAudits",
        "GET /v1.0/servicePrincipals",
      ],
    );
    assert.equal(seen[2]?.query.get("$filter"), "activityDateTime ge 2026-11-25T08:00:00Z");
    assert.equal(seen[3]?.query.get("$filter"), "startswith(displayName,'ConnectSyncProvisioning_')");
    assert.ok(seen.every(({ request }) => request.headers.authorization === "Bearer a-token"));
    assert.equal(seen[3]?.request.headers.consistencylevel, "eventual");
    assert.ok(tenant.answers.every(({ at, datedByFile }) => at.getTime() === now.getTime() && !datedByFile));
  });

  it("takes every page, and only of the same service", async () => {
    answer = (path, query) => {
      if (!path.endsWith("/servicePrincipals")) return whole(path);
      const page = Number(query.get("page") ?? "1");
      const next =
        page === 1 ? `${base}/v1.0/servicePrincipals?page=2` : page === 2 ? "https://elsewhere.test/v1.0/x" : undefined;
      return {
        body: {
          "@odata.context": context("servicePrincipals"),
          value: [{ displayName: `ConnectSyncProvisioning_P${page}_aa` }],
          ...(next !== undefined && { "@odata.nextLink": next }),
        },
      };
    };
    const { identities } = readTenant(await ask());
    assert.deepEqual(
      identities?.found.map(({ machine }) => machine),
      ["P1", "P2"],
    );
    assert.equal(identities?.complete, false, "the page elsewhere was not taken, so the list is not whole");
  });

  it("names what is refused or not there, and goes on", async () => {
    answer = (path) =>
      path.startsWith("/beta/")
        ? { status: 403, body: { error: { code: "Authorization_RequestDenied" } } }
        : path.endsWith("/directoryAudits")
          ? { status: 404, body: "not json" }
          : whole(path);
    const { answers, synchronization, audits, organization } = readTenant(await ask());
    assert.deepEqual([synchronization, audits, organization !== null], [null, null, true]);
    assert.deepEqual(
      answers.filter(({ notThere }) => notThere !== undefined).map(({ question, notThere }) => [question, notThere]),
      [
        ["onPremisesSynchronization", "Graph answered Authorization_RequestDenied"],
        ["directoryAudits", "Graph answered HTTP 404"],
      ],
    );
  });

  it("waits as long as it is told to, and not for ever", async () => {
    let busy = 0;
    waits.length = 0;
    answer = (path) => {
      if (!path.endsWith("/organization")) return whole(path);
      busy++;
      return busy === 1 ? { status: 429, headers: { "retry-after": "7" } } : whole(path);
    };
    assert.notEqual(readTenant(await ask()).organization, null);
    answer = (path) =>
      path.endsWith("/organization") ? { status: 429, headers: { "retry-after": "9999" } } : whole(path);
    assert.equal(readTenant(await ask()).organization, null);
    assert.deepEqual(waits, [7, 30, 30]);
  });

  it("that cannot be reached has answered nothing", async () => {
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, "127.0.0.1", resolve));
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    const answers = await askGraph({ token: "t", now, since: now, base: `http://127.0.0.1:${port}` });
    const tenant = readTenant(answers);
    assert.deepEqual(
      [...new Set(tenant.answers.map(({ notThere }) => notThere))],
      ["Graph answered nothing (ECONNREFUSED)"],
    );
  });

  it("sends the token nowhere else, where an answer points elsewhere", async () => {
    answer = () => ({ status: 302, headers: { location: `${base}/elsewhere` } });
    const tenant = readTenant(await ask());
    assert.ok(tenant.answers.every(({ notThere }) => notThere !== undefined));
    assert.ok(seen.every(({ path }) => path !== "/elsewhere"));
  });
});
