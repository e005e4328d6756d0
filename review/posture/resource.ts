/**
 * One resource as a preview, a policy or a state file shows it: inputs, not what Azure answered. Values are plain JSON;
 * what is not known before the run stands as the engine's own marker.
 */
export interface PostureResource {
  /** Pulumi's type token, for example `azure-native:network:NetworkSecurityGroup`. */
  readonly type: string;
  /** Logical name in the program. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** The inputs with secrets hidden, where `inputs` has them unpacked (a policy); elsewhere `inputs` hides them itself. */
  readonly shown?: Readonly<Record<string, unknown>>;
  readonly options?: PostureOptions;
}

export interface PostureOptions {
  readonly protect?: boolean;
  /** Known from previews and state files only; a policy is not told. */
  readonly retainOnDelete?: boolean;
}

/** An answer about something that may not be known yet: then it is neither good nor bad. */
export type Answer = "ok" | "bad" | "unknown";

/**
 * What the engine writes where a value is not known yet: one marker a kind of value (`sdk/go/common/resource/plugin/rpc.go`
 * of pulumi 3.259.0; the string's is measured in facts/pulumi-engine.md 6).
 */
const unknownMarkers: ReadonlySet<string> = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** For a reader of another form (a policy's arguments): puts this where it met something unknown. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function isUnknown(value: unknown): boolean {
  return typeof value === "string" && unknownMarkers.has(value);
}

/** A secret whose content this form of the preview does not tell: `[secret]`, or the engine's envelope of one. */
export function isHidden(value: unknown): boolean {
  return value === "[secret]" || secretMarker(value);
}

const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

function secretMarker(value: unknown): boolean {
  return isRecord(value) && value[signature] === secretSignature;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Value at a path of names. Unknown where the value, or anything on the way to it, is not known: a branch that is one
 * unknown Output hides everything beneath it. Names are met without regard to case: ARM takes them so.
 */
export function valueAt(inputs: unknown, ...path: readonly (string | number)[]): unknown {
  let value = inputs;
  for (const step of path) {
    if (isUnknown(value) || isHidden(value)) return unknownValue;
    if (typeof step === "number") value = Array.isArray(value) ? value[step] : undefined;
    else value = isRecord(value) ? (value[step] ?? value[likeNamed(value, step)]) : undefined;
  }
  return isHidden(value) ? unknownValue : value;
}

function likeNamed(record: Readonly<Record<string, unknown>>, name: string): string {
  return Object.keys(record).find((key) => key.toLowerCase() === name.toLowerCase()) ?? name;
}

/** A path in the grammar of Pulumi's detailed differences: `a.b[0]["c.d"]`. */
export function pathText(path: readonly (string | number)[]): string {
  return path
    .map((step, index) => {
      if (typeof step === "number") return `[${step}]`;
      if (!/^[A-Za-z_$][\w$-]*$/.test(step)) return `["${step.replaceAll('"', '\\"')}"]`;
      return index === 0 ? step : `.${step}`;
    })
    .join("");
}
