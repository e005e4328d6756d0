import { isJsonObject, type JsonObject, readJson } from "../evidence";
import { BadInput } from "../verdict";
import { bareName } from "./graph";
import { readRecorded, takenAt } from "./recordedAnswer";

/** Whether Azure runs a machine, as it said it at one moment. */
export interface PowerAnswer {
  readonly source: string;
  readonly sha256: string;
  /** As written beside it (`takenAt`), else when the file was last written: the answer has no time of its own. */
  readonly at: Date;
  /** The time is the file's: a copy is younger than what it says. */
  readonly datedByFile: boolean;
  /** Bare computer name in capitals. */
  readonly machine: string;
  readonly vmId: string | null;
  /** The last part of `PowerState/deallocated`. */
  readonly state: string;
}

const how = "Record it with: az vm get-instance-view --resource-group GROUP --name MACHINE > FILE";

/**
 * Reads what `az vm get-instance-view` gives, the same resource by REST (`$expand=instanceView`), or either in
 * `{ takenAt, answer }`.
 *
 * @throws BadInput where the file is something else, or names no machine or no power state
 */
export function readPower(source: string): PowerAnswer {
  const refuse = (what: string): never => {
    throw new BadInput(`--power ${source}: ${what}. ${how}`);
  };
  const { bytes, sha256, written } = readRecorded("--power", source);
  const document = readJson({ path: source, name: source, bytes });
  if (!isJsonObject(document)) return refuse("is no JSON object");
  const body = objectOf(document.answer) ?? document;
  const inside = objectOf(body.properties) ?? body;
  const view = objectOf(inside.instanceView) ?? {};
  const statuses = Array.isArray(view.statuses) ? (view.statuses as readonly JsonObject[string][]) : [];
  const state = statuses
    .flatMap((status) => (isJsonObject(status) && typeof status.code === "string" ? [status.code] : []))
    .map((code) => /^PowerState\/(\w+)$/iu.exec(code)?.[1]?.toLowerCase())
    .find((found) => found !== undefined);
  if (state === undefined) return refuse("holds no power state (instanceView.statuses with PowerState/…)");
  const name = textOf(objectOf(inside.osProfile)?.computerName) ?? textOf(view.computerName) ?? textOf(body.name);
  if (name === undefined) return refuse("does not say which machine it is (osProfile.computerName or name)");
  const taken = takenAt("--power", source, document);
  return {
    source,
    sha256,
    at: taken ?? written,
    datedByFile: taken === undefined,
    machine: bareName(name),
    vmId: textOf(inside.vmId) ?? null,
    state,
  };
}

const objectOf = (value: JsonObject[string] | undefined): JsonObject | undefined =>
  isJsonObject(value) ? value : undefined;
const textOf = (value: JsonObject[string] | undefined): string | undefined =>
  typeof value === "string" && value.trim() !== "" ? value : undefined;
