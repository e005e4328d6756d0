import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StoredResource } from "../../../rehearsal/azure/arm/store";
import { SimulatedBlobs } from "../../../rehearsal/azure/blobs/blobService";
import type { JsonObject } from "../../../rehearsal/azure/properties/json";
import type { CallLogEntry, HttpAnswer } from "../../../rehearsal/world/contract";
import { armFaults, parseFault } from "../../../rehearsal/world/faults";
import { ManualClock } from "./simulatedAzure";

const group = "/subscriptions/s/resourceGroups/rg";
const machine = `${group}/providers/Microsoft.Compute/virtualMachines/aadc-stg-g1`;
const nic = `${group}/providers/Microsoft.Network/networkInterfaces/nic`;
const subnet = `${group}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/entra-connect`;
const account = `${group}/providers/Microsoft.Storage/storageAccounts/starchive`;
const container = `${account}/blobServices/default/containers/configuration`;
const writer = `${group}/providers/Microsoft.Authorization/roleDefinitions/11111111-1111-1111-1111-111111111111`;
const add = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action";
const principalId = "22222222-2222-2222-2222-222222222222";

/** A server whose identity may add blobs to one container, reached through its subnet's service endpoint. */
function world(change: (resources: Record<string, JsonObject>) => void = () => undefined, faults: string[] = []) {
  const resources: Record<string, JsonObject> = {
    [machine]: {
      identity: { type: "SystemAssigned", principalId },
      properties: { networkProfile: { networkInterfaces: [{ id: nic }] } },
    },
    [nic]: { properties: { ipConfigurations: [{ properties: { subnet: { id: subnet } } }] } },
    [subnet]: { properties: { serviceEndpoints: [{ service: "Microsoft.Storage" }] } },
    [account]: {
      properties: {
        publicNetworkAccess: "Enabled",
        networkAcls: { defaultAction: "Deny", virtualNetworkRules: [{ id: subnet.toUpperCase() }] },
        immutableStorageWithVersioning: {
          enabled: true,
          immutabilityPolicy: { immutabilityPeriodSinceCreationInDays: 180, state: "Unlocked" },
        },
      },
    },
    [container]: { properties: { publicAccess: "None" } },
    [writer]: { properties: { permissions: [{ actions: [], dataActions: [add] }] } },
    [`${container}/providers/Microsoft.Authorization/roleAssignments/a`]: {
      properties: { principalId, roleDefinitionId: writer },
    },
  };
  change(resources);
  const folder = mkdtempSync(join(tmpdir(), "blobs-"));
  const stored = Object.entries(resources).map(([id, body]): StoredResource => {
    const parts = (id.split("/providers/").at(-1) ?? "").split("/");
    const type = [parts[0], ...parts.slice(1).filter((_, index) => index % 2 === 0)].join("/");
    return { id, type, name: parts.at(-1) ?? "", apiVersion: "", body, hidden: {} };
  });
  const clock = new ManualClock();
  const calls: CallLogEntry[] = [];
  let killed = 0;
  const armed = armFaults(faults.map(parseFault), () => {
    killed += 1;
  });
  armed.registerEngine({ pid: 1, ownGroup: false });
  const blobs = new SimulatedBlobs({
    world: folder,
    clock,
    faults: armed,
    calls: { record: (entry) => calls.push({ at: "", ...entry }), entries: () => calls },
    directory: {
      get: (id) => stored.find((each) => each.id.toLowerCase() === id.toLowerCase()),
      ofType: (type) => stored.filter((each) => each.type.toLowerCase() === type.toLowerCase()),
    },
  });
  return { blobs, clock, calls, folder, killed: () => killed, stored };
}

type World = ReturnType<typeof world>;
const worlds: World[] = [];
function opened(...given: Parameters<typeof world>): World {
  const made = world(...given);
  worlds.push(made);
  return made;
}

const body = Buffer.from("a collection");
const url = "https://starchive.blob.core.windows.net/configuration/chain/aadc-stg-g1/00000001-20261122T100000Z.zip";

async function bearer({ blobs }: World): Promise<string> {
  const answer = await blobs.token(machine);
  assert.equal(answer.status, 200, answer.body);
  return `Bearer ${JSON.parse(answer.body).access_token}`;
}

async function upload(
  made: World,
  change: Record<string, string | undefined> = {},
  to = url,
  from?: string,
): Promise<HttpAnswer> {
  const headers: Record<string, string | undefined> = {
    Authorization: await bearer(made),
    "x-ms-version": "2021-08-06",
    "x-ms-blob-type": "BlockBlob",
    "Content-Length": String(body.length),
    "Content-Type": "application/zip",
    "Content-MD5": createHash("md5").update(body).digest("base64"),
    "If-None-Match": "*",
    "x-ms-meta-sha256": "ab",
    ...change,
  };
  const sent = Object.fromEntries(
    Object.entries(headers).filter((each): each is [string, string] => each[1] !== undefined),
  );
  return made.blobs.put({ url: to, headers: sent, body, ...(from === undefined ? {} : { from }) });
}

const code = ({ status, headers }: HttpAnswer): string => `${status} ${headers["x-ms-error-code"] ?? ""}`.trim();

describe("the data plane of the simulated storage account", () => {
  afterEach(() => {
    for (const { folder } of worlds.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  it("takes a new blob from a machine that may add, and says what it stored and until when it is immutable", async () => {
    const made = opened();
    const answer = await upload(made);
    assert.equal(code(answer), "201");
    assert.equal(answer.headers["content-md5"], createHash("md5").update(body).digest("base64"));
    assert.ok(answer.headers["x-ms-version-id"]);
    const [blob, ...more] = made.blobs.list("starchive", "configuration");
    assert.deepEqual(more, []);
    assert.equal(blob?.name, "chain/aadc-stg-g1/00000001-20261122T100000Z.zip");
    assert.deepEqual(readFileSync(String(blob?.path)), body);
    assert.deepEqual(blob?.metadata, { sha256: "ab" });
    assert.deepEqual(blob?.immutability, {
      until: new Date(made.clock.now().getTime() + 180 * 86_400_000).toISOString(),
      mode: "Unlocked",
    });
    assert.ok(existsSync(join(made.folder, "archive", "starchive", "configuration", `${blob?.name}.json`)));
  });

  it("never lets a machine that may only add write over what is there", async () => {
    const made = opened();
    await upload(made);
    assert.equal(code(await upload(made)), "403 UnauthorizedBlobOverwrite");
    assert.equal(code(await upload(made, { "If-None-Match": undefined })), "403 UnauthorizedBlobOverwrite");
    assert.equal(made.blobs.list("starchive", "configuration").length, 1);
    const writing = opened((all) => {
      all[writer] = {
        properties: { permissions: [{ actions: [], dataActions: [add, add.replace("add/action", "write")] }] },
      };
    });
    await upload(writing);
    assert.equal(code(await upload(writing)), "409 BlobAlreadyExists");
    assert.equal(code(await upload(writing, { "If-None-Match": undefined })), "201");
  });

  const refusals: [string, string, () => Promise<HttpAnswer>][] = [
    ["without a token", "401 NoAuthenticationInformation", () => upload(opened(), { Authorization: undefined })],
    [
      "with a forged token",
      "401 InvalidAuthenticationInfo",
      () => upload(opened(), { Authorization: "Bearer rehearsal.e30.x" }),
    ],
    ["that is not whole", "400 Md5Mismatch", () => upload(opened(), { "Content-MD5": "AAAAAAAAAAAAAAAAAAAAAA==" })],
    [
      "that does not say what blob it is",
      "400 MissingRequiredHeader",
      () => upload(opened(), { "x-ms-blob-type": undefined }),
    ],
    [
      "without a role",
      "403 AuthorizationPermissionMismatch",
      () => upload(opened((all) => delete all[`${container}/providers/Microsoft.Authorization/roleAssignments/a`])),
    ],
    [
      "whose role takes the action back",
      "403 AuthorizationPermissionMismatch",
      () =>
        upload(
          opened((all) => {
            all[writer] = {
              properties: { permissions: [{ dataActions: ["Microsoft.Storage/*"], notDataActions: [add, "*/write"] }] },
            };
          }),
        ),
    ],
    [
      "from a subnet that the account does not let in",
      "403 AuthorizationFailure",
      () =>
        upload(
          opened((all) => {
            all[account] = { properties: { networkAcls: { defaultAction: "Deny", virtualNetworkRules: [] } } };
          }),
        ),
    ],
    [
      "from a subnet without the service endpoint",
      "403 AuthorizationFailure",
      () =>
        upload(
          opened((all) => {
            all[subnet] = { properties: {} };
          }),
        ),
    ],
    [
      "to an account that is closed to the outside",
      "403 AuthorizationFailure",
      () =>
        upload(
          opened((all) => {
            all[account] = { properties: { publicNetworkAccess: "Disabled" } };
          }),
        ),
    ],
    [
      "to a container that is not there, where the right is wider",
      "404 ContainerNotFound",
      () =>
        upload(
          opened((all) => {
            delete all[container];
            all[`${account}/providers/Microsoft.Authorization/roleAssignments/b`] = {
              properties: { principalId, roleDefinitionId: writer },
            };
          }),
        ),
    ],
  ];
  for (const [what, expected, attempt] of refusals)
    it(`refuses an upload ${what}`, async () => {
      assert.equal(code(await attempt()), expected);
    });

  it("lets a machine in through a private endpoint in its network only where a zone gives its name", async () => {
    const endpoint = `${group}/providers/Microsoft.Network/privateEndpoints/pe`;
    const closed = (all: Record<string, JsonObject>) => {
      all[account] = { properties: { publicNetworkAccess: "Disabled" } };
      all[endpoint] = {
        properties: {
          subnet: { id: subnet },
          privateLinkServiceConnections: [{ properties: { privateLinkServiceId: account, groupIds: ["blob"] } }],
        },
      };
    };
    assert.equal(code(await upload(opened(closed))), "403 AuthorizationFailure");
    const named = opened((all) => {
      closed(all);
      all[`${endpoint}/privateDnsZoneGroups/default`] = {
        properties: { privateDnsZoneConfigs: [{ name: "blob", properties: { privateDnsZoneId: "zone" } }] },
      };
    });
    assert.equal(code(await upload(named)), "201");
  });

  it("gives no token to a machine without an identity, and none that is good for ever", async () => {
    const none = opened((all) => {
      all[machine] = { properties: {} };
    });
    assert.equal((await none.blobs.token(machine)).status, 400);
    const made = opened();
    const authorization = await bearer(made);
    made.clock.pass(25 * 60 * 60);
    assert.equal(code(await upload(made, { Authorization: authorization })), "401 InvalidAuthenticationInfo");
  });

  it("knows no account of another name, as a resolver does not", async () => {
    await assert.rejects(
      () => upload(opened(), {}, "https://other.blob.core.windows.net/configuration/a.zip"),
      /remote name could not be resolved: 'other\.blob/,
    );
  });

  it("takes no name that leads out of the container", async () => {
    const made = opened();
    for (const name of ["%2e%2e/%2e%2e/x.zip", "a%5c..%5cx.zip", "a//x.zip"])
      await assert.rejects(() => upload(made, {}, `https://starchive.blob.core.windows.net/configuration/${name}`));
  });

  it("plays faults: refused, throttled, done with the answer lost, never answered", async () => {
    const refused = opened(undefined, ["data:put=fail", "data:put=throttle@2", "data:put=lost@3"]);
    assert.equal(code(await upload(refused)), "403 AuthorizationPermissionMismatch");
    assert.equal(code(await upload(refused)), "503 ServerBusy");
    await assert.rejects(() => upload(refused), /connection was closed/);
    assert.equal(refused.blobs.list("starchive", "configuration").length, 1, "it was stored");
    assert.equal(code(await upload(refused)), "403 UnauthorizedBlobOverwrite");
    assert.deepEqual(
      refused.calls.filter(({ action }) => action.startsWith("put")).map(({ result }) => result),
      ["403 AuthorizationPermissionMismatch", "503 ServerBusy", "201, answer lost", "403 UnauthorizedBlobOverwrite"],
    );
    const token = opened(undefined, ["data:token=fail", "data:token=hang@2"]);
    assert.equal((await token.blobs.token(machine)).status, 500);
    await assert.rejects(() => token.blobs.token(machine, undefined, AbortSignal.abort()), /timed out/);
    const killed = opened(undefined, ["data:put=kill"]);
    await assert.rejects(() => upload(killed));
    assert.equal(killed.killed(), 1);
  });

  it("is there over HTTP on loopback, by machine and host, for the metadata service and for blobs", async () => {
    const made = opened();
    const listener = await made.blobs.listen();
    try {
      assert.equal(listener.base("somebody-else"), undefined);
      const base = String(listener.base("aadc-stg-g1"));
      const path = "metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fstorage.azure.com%2F";
      assert.equal((await fetch(`${base}/169.254.169.254/${path}`)).status, 400, "without the header Metadata");
      const token = await fetch(`${base}/169.254.169.254/${path}`, { headers: { Metadata: "true" } });
      const { access_token } = (await token.json()) as { access_token: string };
      const put = (): Promise<Response> =>
        fetch(`${base}/starchive.blob.core.windows.net/configuration/chain/host/1.zip`, {
          method: "PUT",
          body,
          headers: {
            Authorization: `Bearer ${access_token}`,
            "x-ms-version": "2021-08-06",
            "x-ms-blob-type": "BlockBlob",
            "If-None-Match": "*",
          },
        });
      assert.equal((await put()).status, 201);
      const again = await put();
      assert.equal(again.status, 403);
      assert.match(await again.text(), /<Code>UnauthorizedBlobOverwrite<\/Code>/);
      assert.equal(made.blobs.list("starchive", "configuration").length, 1);
    } finally {
      await listener.close();
    }
  });
});
