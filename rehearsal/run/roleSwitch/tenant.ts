import type { Json } from "../../../review/verdict";

/** One export that reached the simulated tenant. */
export interface CloudExport {
  readonly machine: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const minute = 60_000;
/** Two exporters within one interval of the scheduler are two at once. */
const interval = 30 * minute;

/** The cloud's side: it takes every export, remembers who sent it, and sees what no server sees of the other. */
export class SimulatedTenant {
  readonly exports: CloudExport[] = [];

  take(machine: string, at: number): void {
    this.exports.push({ machine, at });
  }

  /** Times at which one server overwrote what another had written less than an interval before. */
  collisions(): readonly { readonly at: number; readonly by: string; readonly over: string }[] {
    return this.exports.flatMap(({ machine, at }, index) => {
      const before = this.exports.slice(0, index).findLast((each) => each.machine !== machine);
      return before !== undefined && at - before.at < interval ? [{ at, by: machine, over: before.machine }] : [];
    });
  }

  lastExporter(): string | undefined {
    return this.exports.at(-1)?.machine;
  }

  /** What Microsoft Graph answers, by request; facts/role-switch.md section 4. */
  answers(): readonly { readonly name: string; readonly request: string; readonly answer: Json }[] {
    const last = this.exports.at(-1);
    const when = (at: number): string => new Date(at).toISOString();
    const graph = "https://graph.microsoft.com";
    return [
      {
        name: "organization",
        request: `${graph}/v1.0/organization`,
        answer: {
          "@odata.context": `${graph}/v1.0/$metadata#organization`,
          value: [
            {
              onPremisesSyncEnabled: true,
              ...(last === undefined ? {} : { onPremisesLastSyncDateTime: when(last.at) }),
            },
          ],
        },
      },
      {
        name: "synchronization",
        request: `${graph}/beta/directory/onPremisesSynchronization`,
        answer: {
          "@odata.context": `${graph}/beta/$metadata#directory/onPremisesSynchronization/$entity`,
          configuration: {
            accidentalDeletionPrevention: { synchronizationPreventionType: "enabledForCount", alertThreshold: 500 },
            ...(last === undefined ? {} : { currentExportData: { clientMachineName: last.machine } }),
          },
          features: { passwordSyncEnabled: true, passwordWritebackEnabled: false },
        },
      },
      {
        name: "audits",
        request: `${graph}/v1.0/auditLogs/directoryAudits`,
        answer: {
          "@odata.context": `${graph}/v1.0/$metadata#auditLogs/directoryAudits`,
          value: this.exports.map(({ machine, at }) => ({
            activityDateTime: when(at),
            activityDisplayName: "Update user",
            loggedByService: "Core Directory",
            initiatedBy: { app: { displayName: `ConnectSyncProvisioning_${machine}_3ac06f5648e4` }, user: null },
            targetResources: [{ type: "User", modifiedProperties: [] }],
          })),
        },
      },
    ];
  }
}
