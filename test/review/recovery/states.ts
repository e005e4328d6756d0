import type { Observed, SeenBackup, SeenLock } from "../../../review/recovery";
import { readCheckpoint } from "../../../review/recovery";

export const stackUrn = "urn:pulumi:prod::entra::pulumi:pulumi:Stack::entra-prod";
export const urnOf = (type: string, name: string): string =>
  `urn:pulumi:prod::entra::entra-connect:index:PassiveServer$entra-connect:server:Generation$${type}::${name}`;
export const machineUrn = urnOf("azure-native:compute:VirtualMachine", "aadc-g1-vm");
export const guardUrn = urnOf("command:remote:Command", "aadc-g1-guard");

export interface WrittenState {
  readonly time?: string;
  readonly urns?: readonly string[];
  readonly pending?: readonly (readonly [operation: string, urn: string])[];
  /** Members of single resources, by URN. */
  readonly more?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const typeOf = (urn: string): string => urn.split("::")[2]?.split("$").pop() ?? "";

/** A state as Pulumi 3.259 writes it in its file backend. */
export function stateText({ time = "2026-11-26T10:00:00Z", urns = [], pending = [], more = {} }: WrittenState): string {
  const resource = (urn: string) => ({ urn, custom: true, type: typeOf(urn), ...more[urn] });
  return JSON.stringify({
    version: 3,
    checkpoint: {
      stack: "organization/entra/prod",
      latest: {
        manifest: { time, magic: "f034", version: "3.259.0" },
        resources: [stackUrn, ...urns].map(resource),
        ...(pending.length === 0
          ? {}
          : { pending_operations: pending.map(([type, urn]) => ({ resource: resource(urn), type })) }),
        metadata: {},
      },
    },
  });
}

export function observed(
  text: string,
  more: {
    readonly locks?: readonly SeenLock[];
    readonly backups?: readonly (readonly [file: string, text: string])[];
    readonly backend?: Observed["backend"];
    readonly cutSideFile?: string;
  } = {},
): Observed {
  const { locks = [], backups = [], backend = { kind: "file", url: "file:///states" }, cutSideFile } = more;
  return {
    project: "entra",
    stack: "prod",
    backend,
    locks,
    state: { file: "/states/prod.json", reading: readCheckpoint(text) },
    backups: backups.map(([file, each]): SeenBackup => ({ file, origin: "a test's", reading: readCheckpoint(each) })),
    ...(cutSideFile === undefined ? {} : { cutSideFile }),
    commands: { up: "UP", recover: "RECOVER", cancel: "CANCEL", refresh: "REFRESH" },
  };
}
