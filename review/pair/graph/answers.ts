/** What Microsoft Graph says of the tenant, independent of both servers. Requests: facts/role-switch.md 4. */

export type GraphQuestion =
  | "organization"
  | "onPremisesSynchronization"
  | "directoryAudits"
  | "servicePrincipals"
  | "signIns";

export interface GraphRequest {
  readonly request: string;
  readonly says: string;
  readonly permission: string;
  readonly source: string;
}

/** All of them only read. In a file each: `az rest --method get --url URL > FILE`. */
export const graphRequests: Readonly<Record<GraphQuestion, GraphRequest>> = {
  organization: {
    request:
      "https://graph.microsoft.com/v1.0/organization?$select=onPremisesSyncEnabled,onPremisesLastSyncDateTime,onPremisesLastPasswordSyncDateTime",
    says: "whether synchronization is on, and when the tenant saw the last one",
    permission: "Organization.Read.All",
    source: "graph-docs v1.0/resources/organization; permission known, not read",
  },
  onPremisesSynchronization: {
    request: "https://graph.microsoft.com/beta/directory/onPremisesSynchronization",
    says: "who exported last (currentExportData.clientMachineName), the threshold for deletes, what is on in the tenant",
    permission: "OnPremDirectorySynchronization.Read.All; a person needs Global Administrator",
    source: "graph-docs beta/api/onpremisesdirectorysynchronization-get (2024-10)",
  },
  directoryAudits: {
    request:
      "https://graph.microsoft.com/v1.0/auditLogs/directoryAudits?$filter=activityDateTime ge 2026-11-26T12:00:00Z",
    says: "which servers have changed objects since then; give a time before the switch",
    permission: "AuditLog.Read.All, and Entra ID P1 or P2",
    source:
      "graph-docs v1.0/api/directoryaudit-list; that an export is initiated by ConnectSyncProvisioning_HOST_…: field notes",
  },
  servicePrincipals: {
    request:
      "https://graph.microsoft.com/v1.0/servicePrincipals?$filter=startswith(displayName,'ConnectSyncProvisioning_')&$count=true (header ConsistencyLevel: eventual)",
    says: "which identities of synchronization servers there are, enabled or not, and until when their certificates hold",
    permission: "Application.Read.All",
    source: "name form: field notes; request known, not read",
  },
  signIns: {
    request:
      "https://graph.microsoft.com/beta/auditLogs/signIns?$filter=createdDateTime ge 2026-11-26T12:00:00Z and signInEventTypes/any(t: t eq 'servicePrincipal')",
    says: "which servers sign in: alive, not active",
    permission: "AuditLog.Read.All and Directory.Read.All",
    source: "graph-docs beta/api/signin-list; filter from public scripts",
  },
};

/** One recorded answer. */
export interface GraphAnswer {
  readonly source: string;
  readonly sha256: string;
  /** When it was taken: as written beside it, else when the file was last written. */
  readonly at: Date;
  /** The time is the file's: a copy is younger than what it says. */
  readonly datedByFile: boolean;
  /** Null where the answer does not say which question it answers. */
  readonly question: GraphQuestion | null;
  /** Why there is nothing to read: 403, 404, an empty file. Undefined where there is. */
  readonly notThere?: string;
  /** There is a next page that was not given: what is missing proves nothing. */
  readonly incomplete: boolean;
}

export interface AuditedExport {
  /** Bare computer name in capitals, from the name of the identity. */
  readonly machine: string;
  readonly at: Date;
  readonly activity: string;
}

export interface SynchronizationIdentity {
  readonly machine: string;
  readonly displayName: string;
  readonly applicationId: string | null;
  /** Null where the answer does not say it. */
  readonly enabled: boolean | null;
  /** The latest end of its keys. */
  readonly certificateEndsAt: Date | null;
}

/** All answers together. What nobody asked, or got no answer to, is null. */
export interface TenantAnswers {
  readonly answers: readonly GraphAnswer[];
  readonly organization: {
    readonly at: Date;
    readonly synchronizationEnabled: boolean | null;
    readonly lastSynchronization: Date | null;
    readonly lastPasswordSynchronization: Date | null;
  } | null;
  readonly synchronization: {
    readonly at: Date;
    /** Null where the answer has no export data, as v1.0 has none. */
    readonly exporter: string | null;
    /** Most deletes of one export; `off` where the protection is off, null where it is not said. */
    readonly deleteThreshold: number | "off" | null;
    readonly features: Readonly<Record<string, boolean>>;
  } | null;
  readonly audits: {
    readonly at: Date;
    readonly complete: boolean;
    readonly exports: readonly AuditedExport[];
  } | null;
  readonly identities: {
    readonly at: Date;
    readonly complete: boolean;
    readonly found: readonly SynchronizationIdentity[];
  } | null;
  readonly signIns: {
    readonly at: Date;
    readonly complete: boolean;
    readonly found: readonly { readonly applicationId: string; readonly at: Date }[];
  } | null;
}
