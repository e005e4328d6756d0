import Ajv from "ajv";
import { type HubOwnerBehaviour, hubOwnerBehaviours, type OperatorBehaviour } from "./contract";

/** world.json: who this world is, and what must not change between runs. */
export interface WorldFile {
  readonly kind: typeof worldKind;
  readonly version: 1;
  readonly id: string;
  /** Real instant. */
  readonly createdAt: string;
  readonly clock: {
    readonly scale: number;
    /** The last simulated instant written down; the next run goes on from there. */
    readonly latest: string;
    /** False while a process has the world open: it was killed if the next one still finds false. */
    readonly closed: boolean;
  };
  readonly operator: OperatorBehaviour;
  /** Absent in a world of an earlier release: at once. */
  readonly hubOwner?: HubOwnerBehaviour;
  readonly jumpHost: {
    /** On 127.0.0.1; fixed, because another port would change every connection. */
    readonly port: number;
    readonly user: string;
    /** The address from which the simulated network sees connections through the jump host. */
    readonly privateAddress: string;
    readonly hostKey: KeyPair;
    /** authorized_keys line of the one key that may sign in. */
    readonly authorizedKey: string;
  };
}

/** OpenSSH form: private key text, and one public line `type base64 comment`. */
export interface KeyPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

export const worldKind = "pulumi-entra-connect rehearsal world";

const keyLine = { type: "string", pattern: "^[a-z0-9@.-]+ [A-Za-z0-9+/=]+" };
const instant = { type: "string", pattern: "^\\d{4,6}-\\d\\d-\\d\\dT[\\d:.]+Z$" };

const validate = new Ajv({ allErrors: true }).compile<WorldFile>({
  type: "object",
  required: ["kind", "version", "id", "createdAt", "clock", "operator", "jumpHost"],
  properties: {
    kind: { const: worldKind },
    version: { const: 1 },
    id: { type: "string", minLength: 1 },
    createdAt: instant,
    clock: {
      type: "object",
      required: ["scale", "latest", "closed"],
      properties: { scale: { type: "number", exclusiveMinimum: 0 }, latest: instant, closed: { type: "boolean" } },
    },
    operator: { enum: ["complete", "absent", "staging-unticked", "failing"] },
    hubOwner: { enum: [...hubOwnerBehaviours] },
    jumpHost: {
      type: "object",
      required: ["port", "user", "privateAddress", "hostKey", "authorizedKey"],
      properties: {
        port: { type: "integer", minimum: 1, maximum: 65535 },
        user: { type: "string", minLength: 1 },
        privateAddress: { type: "string", minLength: 1 },
        hostKey: {
          type: "object",
          required: ["privateKey", "publicKey"],
          properties: { privateKey: { type: "string", minLength: 1 }, publicKey: keyLine },
        },
        authorizedKey: keyLine,
      },
    },
  },
});

export type WorldFileReading =
  | { readonly state: "world"; readonly world: WorldFile }
  | { readonly state: "newer"; readonly version: number }
  | { readonly state: "damaged"; readonly why: string }
  | { readonly state: "not-a-world" };

/** Says what a text found as world.json is, without believing it. */
export function readWorldFile(text: string): WorldFileReading {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // A file of ours always names its kind in the first lines, torn or not.
    if (text.includes(worldKind)) return { state: "damaged", why: (error as Error).message };
    return { state: "not-a-world" };
  }
  if (typeof value !== "object" || value === null || !("kind" in value) || value.kind !== worldKind)
    return { state: "not-a-world" };
  if ("version" in value && typeof value.version === "number" && value.version > 1)
    return { state: "newer", version: value.version };
  if (validate(value)) return { state: "world", world: value };
  const why = (validate.errors ?? []).map((error) => `${error.instancePath || "/"} ${error.message}`).join("; ");
  return { state: "damaged", why };
}
