import { strict as assert } from "node:assert";
import { mkdtempSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { graphRequests, readTenant } from "../../../review/pair/graph";
import { readPower } from "../../../review/pair/power";
import { BadInput, type Json } from "../../../review/verdict";

const graph = "https://graph.microsoft.com";

describe("recorded answers of Microsoft Graph", () => {
  const folder = mkdtempSync(join(tmpdir(), "graph-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  let files = 0;
  const file = (content: Json | string): string => {
    const path = join(folder, `${++files}.json`);
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  };
  const list = (what: string, value: Json, more: object = {}): string =>
    file({ "@odata.context": `${graph}/v1.0/$metadata#${what}`, ...more, value } as unknown as Json);
  const refusal = (work: () => unknown): string => {
    try {
      work();
    } catch (error) {
      assert.ok(error instanceof BadInput, String(error));
      return error.message;
    }
    assert.fail("nothing was refused");
  };

  it("say who exported last, the threshold and the features, by Microsoft's own example", () => {
    const { synchronization } = readTenant([
      file({
        "@odata.context": `${graph}/beta/$metadata#directory/onPremisesSynchronization/$entity`,
        id: "12cce4b4-4ab8-40b7-be4d-f5d7742ec185",
        configuration: {
          accidentalDeletionPrevention: { synchronizationPreventionType: "enabledForCount", alertThreshold: 500 },
          currentExportData: { clientMachineName: "abcd-sync-01", serviceAccount: "Synchronization-01@contoso.com" },
        },
        features: { passwordSyncEnabled: false, blockSoftMatchEnabled: true, futureFeature: null },
      }),
    ]);
    assert.equal(synchronization?.exporter, "ABCD-SYNC-01");
    assert.equal(synchronization?.deleteThreshold, 500);
    assert.deepEqual(synchronization?.features, { passwordSyncEnabled: false, blockSoftMatchEnabled: true });
  });

  it("are read as a list of one too, and without export data, as v1.0 gives them", () => {
    const entity = { configuration: { accidentalDeletionPrevention: { synchronizationPreventionType: "disabled" } } };
    const { synchronization } = readTenant([list("directory/onPremisesSynchronization", [entity])]);
    assert.deepEqual([synchronization?.exporter, synchronization?.deleteThreshold], [null, "off"]);
  });

  it("count as exports what a server's own identity changes, and not what it does to itself", () => {
    const change = (displayName: string, type: string, more: object = {}): Json =>
      ({
        activityDateTime: "2026-11-26T10:00:00.7215374Z",
        activityDisplayName: "Update user",
        initiatedBy: { app: { displayName }, user: null },
        targetResources: [{ type, modifiedProperties: [] }],
        ...more,
      }) as unknown as Json;
    const { audits } = readTenant([
      list("auditLogs/directoryAudits", [
        change("ConnectSyncProvisioning_AADC1_3ac06f5648e4", "User"),
        change("connectsyncprovisioning_my_host_3AC06F5648E4", "Group"),
        change("ConnectSyncProvisioning_AADC2_3ac06f5648e4", "Application"),
        change("Microsoft Azure AD Internal - Jit Provisioning", "User"),
        change("ConnectSyncProvisioning_AADC3", "User"),
        change("", "User", {
          initiatedBy: { user: { userPrincipalName: "Sync_OLD-1_4f5e6d@contoso.onmicrosoft.com" } },
        }),
        change("ConnectSyncProvisioning_AADC4_3ac06f5648e4", "Other", {
          targetResources: [
            { Type: "Other", modifiedProperties: [{ displayName: "Action Client Name", newValue: '"DirectorySync"' }] },
          ],
        }),
      ]),
    ]);
    assert.deepEqual(
      audits?.exports.map(({ machine }) => machine),
      ["AADC1", "MY_HOST", "OLD-1", "AADC4"],
    );
  });

  it("put the pages of one question together, and know when one is missing", () => {
    const page = (name: string, more: object = {}) =>
      list(
        "servicePrincipals(id)",
        [{ displayName: `ConnectSyncProvisioning_${name}_aa`, appId: "X", accountEnabled: false }],
        more,
      );
    const next = { "@odata.nextLink": `${graph}/v1.0/servicePrincipals?$skiptoken=1` };
    const both = readTenant([page("A", next), page("B")]).identities;
    assert.deepEqual([both?.complete, both?.found.map(({ machine }) => machine)], [true, ["A", "B"]]);
    assert.equal(readTenant([page("A", next)]).identities?.complete, false);
    assert.equal(readTenant([page("A"), page("B")]).identities?.complete, false, "two last pages are two answers");
  });

  it("are not there, and no failure, for 403, 404 and an empty file", () => {
    const denied = file({ error: { code: "Authorization_RequestDenied", message: "Insufficient privileges" } });
    const wrapped = file({
      request: graphRequests.onPremisesSynchronization.request,
      answer: { error: { code: "Request_ResourceNotFound" } },
    });
    const tenant = readTenant([denied, wrapped, file("")]);
    assert.deepEqual(
      tenant.answers.map(({ question, notThere }) => [question, notThere !== undefined]),
      [
        [null, true],
        ["onPremisesSynchronization", true],
        [null, true],
      ],
    );
    assert.equal(tenant.synchronization, null);
  });

  it("are as old as is written beside them, else as their file", () => {
    const answer = { "@odata.context": `${graph}/v1.0/$metadata#organization`, value: [{}] };
    const dated = file({ takenAt: "2026-11-26T10:00:00+01:00", request: "x", answer });
    assert.equal(readTenant([dated]).organization?.at.toISOString(), "2026-11-26T09:00:00.000Z");
    const plain = file(answer);
    utimesSync(plain, new Date("2026-11-20T00:00:00Z"), new Date("2026-11-20T00:00:00Z"));
    assert.equal(readTenant([plain, dated]).organization?.at.toISOString(), "2026-11-26T09:00:00.000Z", "the younger");
    assert.equal(readTenant([plain]).organization?.at.toISOString(), "2026-11-20T00:00:00.000Z");
    assert.match(
      refusal(() => readTenant([file({ takenAt: "yesterday", answer })])),
      /takenAt/,
    );
  });

  it("are refused where they are something else", () => {
    assert.match(
      refusal(() => readTenant([file({ value: [] })])),
      /which question/,
    );
    assert.match(
      refusal(() => readTenant([file("[]")])),
      /JSON object/,
    );
    assert.match(
      refusal(() => readTenant([file("{")])),
      /not JSON/,
    );
    assert.match(
      refusal(() => readTenant([join(folder, "none.json")])),
      /cannot be read/,
    );
  });

  describe("and the power of a machine", () => {
    const view = (code: string, more: object = {}): Json =>
      ({
        name: "aadc-vm",
        vmId: "7b1f",
        osProfile: { computerName: "aadc1" },
        instanceView: { statuses: [{ code: "ProvisioningState/succeeded" }, { code }] },
        ...more,
      }) as unknown as Json;

    it("is read from the command line's answer and from REST's", () => {
      const { machine, state, vmId } = readPower(file(view("PowerState/deallocated")));
      assert.deepEqual([machine, state, vmId], ["AADC1", "deallocated", "7b1f"]);
      const rest = file({ name: "AADC1-VM", properties: view("PowerState/running") } as unknown as Json);
      assert.deepEqual([readPower(rest).machine, readPower(rest).state], ["AADC1", "running"]);
      assert.equal(readPower(file(view("PowerState/stopped", { osProfile: null }))).machine, "AADC-VM");
    });

    it("is not read where the file is far too long for an answer, and neither is one of Graph", () => {
      const long = file(view("PowerState/running"));
      truncateSync(long, 64 * 1024 * 1024 + 1);
      for (const [read, option] of [
        [() => readPower(long), "--power"],
        [() => readTenant([long]), "--graph"],
      ] as const)
        assert.match(refusal(read), new RegExp(`${option} .*too many for an answer`));
    });

    it("is refused where it is not said, or of nobody", () => {
      assert.match(
        refusal(() => readPower(file(view("ProvisioningState/failed")))),
        /no power state/,
      );
      assert.match(
        refusal(() => readPower(file(view("PowerState/running", { osProfile: null, name: null })))),
        /which machine/,
      );
    });
  });
});
