import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Look, look } from "../../../review/switch";
import type { LookInput } from "../../../review/switch/gathered";
import type { Json } from "../../../review/verdict";
import { serverArchive, type Told } from "../statistics/servers";

export const cloud = "contoso.onmicrosoft.com - AAD";
const minute = 60_000;

interface Server {
  active: boolean;
  readonly applicationId: string;
  exportedAt: number | null;
  /** What else its next archives say. */
  told: Told;
}

/** Two servers, a clock, and somebody who collects and calls: everything but the evidence and the record is made here. */
export class SwitchPair {
  now: number;
  readonly record: string;
  readonly servers: Record<string, Server> = {
    AADC1: server(true, "11111111-1111-1111-1111-111111111111"),
    AADC2: server(false, "22222222-2222-2222-2222-222222222222"),
  };
  #files = 0;

  constructor(
    readonly folder: string,
    readonly configuration: (staging: boolean) => Readonly<Record<string, string>> = () => ({}),
    begin = "2026-11-26T08:00:00Z",
  ) {
    this.now = Date.parse(begin);
    this.record = join(folder, "record");
  }

  pass(minutes: number): void {
    this.now += minutes * minute;
  }

  at(minutesAgo = 0): string {
    return new Date(this.now - minutesAgo * minute).toISOString();
  }

  /** The wizard's work; an active server exports within the next cycle. */
  setActive(name: string, active: boolean): void {
    this.server(name).active = active;
  }

  exports(name: string): void {
    this.server(name).exportedAt = this.now;
  }

  server(name: string): Server {
    const found = this.servers[name];
    if (found === undefined) throw new Error(`there is no ${name}`);
    return found;
  }

  path(name: string): string {
    this.#files++;
    return join(this.folder, `${this.#files}-${name}`);
  }

  /** What scripts/collect.ps1 would bring back of this server now. */
  async collect(name: string, more: Told = {}): Promise<string> {
    const { active, applicationId, exportedAt, told } = this.server(name);
    const recent = { StartDate: this.at(12), EndDate: this.at(10) };
    const runs = [
      { RunProfileName: "Delta Import", Result: "success", ...recent },
      { RunProfileName: "Delta Synchronization", Result: "success", ...recent },
    ];
    const exported = exportedAt === null ? [] : [exportOf(exportedAt)];
    return serverArchive(this.path(`${name}.zip`), {
      computerName: name,
      collectedAt: this.at(),
      staging: !active,
      globalParameter: !active,
      connectors: ["contoso.com", cloud],
      ...told,
      ...more,
      files: {
        "statistics/run-results.json": JSON.stringify([
          { connector: "contoso.com", runs },
          { connector: cloud, runs: [...runs, ...exported] },
        ]),
        "statistics/connectors.json": JSON.stringify([
          { name: "contoso.com", identifier: "1", type: "AD", subtype: null },
          { name: cloud, identifier: "2", type: "Extensible2", subtype: "Windows Azure Active Directory (Microsoft)" },
        ]),
        "statistics/entra-connector-identity.json": JSON.stringify({
          type: "Application",
          applicationId,
          certificateEndsAt: new Date(this.now + 60 * 24 * 60 * minute).toISOString(),
        }),
        "statistics/auto-upgrade.json": JSON.stringify({ state: "Disabled" }),
        ...this.configuration(!active),
        ...told.files,
        ...more.files,
      },
    });
  }

  /** A recorded answer, with the time at which it was taken. */
  answer(name: string, request: string, answer: Json, takenAt = this.at()): string {
    const path = this.path(`${name}.json`);
    writeFileSync(path, JSON.stringify({ takenAt, request, answer }));
    return path;
  }

  power(machine: string, state: string): string {
    return this.answer("power", "az vm get-instance-view", {
      name: `${machine.toLowerCase()}-vm`,
      vmId: "7b1f8f2e-0000-4000-8000-000000000001",
      osProfile: { computerName: machine },
      instanceView: { statuses: [{ code: "ProvisioningState/succeeded" }, { code: `PowerState/${state}` }] },
    });
  }

  /** Graph, beta: who exported last. */
  lastExporter(machine: string, more: Readonly<Record<string, Json>> = {}): string {
    return this.answer("sync", "https://graph.microsoft.com/beta/directory/onPremisesSynchronization", {
      "@odata.context": "https://graph.microsoft.com/beta/$metadata#directory/onPremisesSynchronization/$entity",
      configuration: {
        accidentalDeletionPrevention: { synchronizationPreventionType: "enabledForCount", alertThreshold: 500 },
        currentExportData: { clientMachineName: machine },
      },
      features: { passwordSyncEnabled: true, passwordWritebackEnabled: false },
      ...more,
    });
  }

  organization(lastSynchronization: string): string {
    return this.answer("organization", "https://graph.microsoft.com/v1.0/organization", {
      "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#organization",
      value: [{ onPremisesSyncEnabled: true, onPremisesLastSyncDateTime: lastSynchronization }],
    });
  }

  audits(...changes: readonly (readonly [machine: string, at: string])[]): string {
    return this.answer("audits", "https://graph.microsoft.com/v1.0/auditLogs/directoryAudits", {
      "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#auditLogs/directoryAudits",
      value: changes.map(([machine, at]) => ({
        activityDateTime: at,
        activityDisplayName: "Update user",
        loggedByService: "Core Directory",
        initiatedBy: { app: { displayName: `ConnectSyncProvisioning_${machine}_3ac06f5648e4` }, user: null },
        targetResources: [{ type: "User", modifiedProperties: [] }],
      })),
    });
  }

  principals(...enabled: readonly (readonly [machine: string, enabled: boolean])[]): string {
    return this.answer("principals", "https://graph.microsoft.com/v1.0/servicePrincipals", {
      "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#servicePrincipals",
      value: enabled.map(([machine, accountEnabled]) => ({
        displayName: `ConnectSyncProvisioning_${machine}_3ac06f5648e4`,
        appId: this.servers[machine]?.applicationId ?? "99999999-9999-9999-9999-999999999999",
        accountEnabled,
        keyCredentials: [],
      })),
    });
  }

  signIns(...signIns: readonly (readonly [machine: string, minutesAgo: number])[]): string {
    return this.answer("signins", "https://graph.microsoft.com/beta/auditLogs/signIns", {
      "@odata.context": "https://graph.microsoft.com/beta/$metadata#auditLogs/signIns",
      value: signIns.map(([machine, minutesAgo]) => ({
        appId: this.servers[machine]?.applicationId ?? "99999999-9999-9999-9999-999999999999",
        createdDateTime: this.at(minutesAgo),
      })),
    });
  }

  /** One call, with both archives made now unless others are given. */
  async look(more: Partial<LookInput> & { readonly swap?: boolean } = {}): Promise<Look> {
    const { swap, ...input } = more;
    const [from, to] = swap ? ["AADC2", "AADC1"] : ["AADC1", "AADC2"];
    const archives = {
      active: "active" in input || "unreachable" in input ? input.active : await this.collect(from),
      staging: input.staging ?? (await this.collect(to)),
    };
    this.pass(1);
    return look({
      record: this.record,
      clock: () => new Date(this.now),
      caller: { account: "ada", host: "ADMIN1" },
      evidenceHours: 1e9,
      ...input,
      ...archives,
    });
  }
}

function server(active: boolean, applicationId: string): Server {
  return { active, applicationId, exportedAt: null, told: {} };
}

function exportOf(at: number): Json {
  const [StartDate, EndDate] = [at - 2 * minute, at].map((moment) => new Date(moment).toISOString()) as [
    string,
    string,
  ];
  return { RunProfileName: "Export", Result: "success", StartDate, EndDate };
}

/** What every one of these switches goes past: the archives here hold no configuration, and nobody gave exports. */
export const passing = {
  overrides: ["change-not-stated", "configuration-missing", "exports-missing"],
  by: "Ada Lovelace",
  reason: "CHG-4711, backups of 02:00",
};

export const codes = ({ report }: Look, severity = "blocking"): readonly string[] =>
  report.findings.filter((finding) => finding.severity === severity).map(({ code }) => code);
