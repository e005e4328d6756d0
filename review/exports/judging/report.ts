import type { Made, Report } from "../../verdict";
import type { AttributeCounts, OperationCounts, SideSummary, StateCounts } from "../comparing/comparison";
import type { ServerRole } from "../comparing/side";
import type { Encoding } from "../reading/encoding";
import type { ConnectorKind } from "./risk";
import type { TenantDeleteThreshold, Thresholds } from "./thresholds";

export interface InputFile {
  readonly role: ServerRole;
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** When the file was last written: csexport does not say when it was made. */
  readonly writtenAt: string;
  readonly encoding: Encoding;
  readonly objects: number;
  readonly readBy: "scanner" | "library";
  /** How much was read of it in all, details included. */
  readonly bytesRead: number;
}

/** All counts are objects. */
export interface ExportsSummary extends StateCounts {
  readonly connector: string | null;
  readonly connectorKind: ConnectorKind;
  readonly active: SideSummary | null;
  readonly staging: SideSummary;
  /** Left out because not every snapshot of their side has them with the same change. */
  readonly transient: number;
  readonly operations: readonly OperationCounts[];
  readonly attributes: readonly AttributeCounts[];
  /** Deletes of the staging server alone, by organizational unit and type; the largest units first. */
  readonly deletePlaces: readonly { readonly place: string; readonly byType: Readonly<Record<string, number>> }[];
  readonly tenantDeleteThreshold: TenantDeleteThreshold;
  readonly thresholds: Thresholds;
  readonly files: readonly InputFile[];
  readonly notShown: readonly string[];
  readonly made: Made;
}

export type ExportsReport = Report<ExportsSummary>;
