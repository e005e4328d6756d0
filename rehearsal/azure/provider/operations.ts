import type { Arm, PutAnswer } from "../arm/arm";
import { ArmError, type FailedAfterAcceptance } from "../arm/errors";
import { noSecrets, type SecretValues } from "../arm/secrets";
import { at, clone, type Json, type JsonObject, put } from "../properties/json";
import { toArm } from "../properties/shape";
import type { Decoded } from "../properties/wire";
import { pathParameters } from "../types/define";
import { idOf } from "../types/registry";
import type { ResourceType } from "../types/resourceType";
import { createBeforeDelete } from "./check";
import { outputsOf } from "./outputs";

/** What a create or an update came to. `failure` is set where the resource exists but its operation failed. */
export interface Written {
  readonly id: string;
  /** Undefined where it could not be read after it failed. */
  readonly outputs: JsonObject | undefined;
  readonly failure: FailedAfterAcceptance | Error | undefined;
}

/** The calls azure-native makes for one resource operation (azure.md 6.3). */
export class Operations {
  constructor(
    readonly arm: Arm,
    readonly type: ResourceType,
    readonly token: string,
    readonly subscriptionId: string,
  ) {}

  idOf(inputs: JsonObject): string {
    const id = idOf(this.type, inputs, this.subscriptionId);
    if (id !== undefined) return id;
    const missing = pathParameters(this.type.path).filter((name) => typeof inputs[name] !== "string");
    throw new Error(`The id of a ${this.token} needs ${missing.join(", ")}.`);
  }

  /** GET first: what exists already is never taken over; then PUT, then GET for the outputs. */
  async create(inputs: Decoded, signal: AbortSignal): Promise<Written> {
    const id = this.idOf(inputs.value);
    const found = this.type.comesWithParent === true ? undefined : await this.#existing(id, signal);
    // The whole of what azure-native says (client_azcore.go, CanCreate). What to do about it depends on the resource's
    // place in the program, which a provider does not know: advice here would be wrong for a component's children.
    if (found) throw new Error(`cannot create already existing resource '${id}'`);
    const body = this.#body(inputs.value);
    // azure-native sends empty lists for sub-resources that were not given.
    for (const path of this.type.maintained ?? []) if (at(body, path) === undefined) put(body, path, []);
    return this.#write(id, body, inputs, signal);
  }

  async update(inputs: Decoded, signal: AbortSignal): Promise<Written> {
    const id = this.idOf(inputs.value);
    const body = this.#body(inputs.value);
    const unset = (this.type.maintained ?? []).filter((path) => at(body, path) === undefined);
    if (unset.length > 0) {
      const current = await this.arm.read(id, signal);
      for (const path of unset) put(body, path, clone(at(current, path) ?? []));
    }
    return this.#write(id, body, inputs, signal);
  }

  async read(id: string, signal: AbortSignal): Promise<JsonObject | undefined> {
    const body = await this.#readOrUndefined(id, signal);
    return body && outputsOf(this.type, body);
  }

  async delete(id: string, signal: AbortSignal): Promise<void> {
    try {
      await this.arm.erase(id, signal);
    } catch (error) {
      if (!(error instanceof ArmError) || error.status !== 404) throw error;
    }
  }

  async #write(id: string, body: JsonObject, inputs: Decoded, signal: AbortSignal): Promise<Written> {
    let answer: PutAnswer;
    try {
      answer = await this.arm.write(id, this.type, body, secretValues(inputs), signal);
    } catch (error) {
      // Cancelled while the accepted operation was running: Azure finishes it by itself.
      const stored = signal.aborted && isAbort(error) ? this.arm.get(id) : undefined;
      if (!stored) throw error;
      const outputs = outputsOf(this.type, this.arm.shown(stored));
      return {
        id: stored.id,
        outputs,
        failure: new Error("context canceled"),
      };
    }
    const looked = await this.#lookAgain(answer.id, signal);
    if (!(looked instanceof ArmError)) return { ...answer, outputs: outputsOf(this.type, looked) };
    // As HandleErrorWithCheckpoint (its crud.go): the id is kept, with nothing known of the resource.
    if (answer.failure)
      return {
        id: answer.id,
        outputs: undefined,
        failure: new Error(`resource created but read failed ${looked.message}: ${answer.failure.message}`),
      };
    const stored = this.arm.get(answer.id);
    return { ...answer, outputs: outputsOf(this.type, stored ? this.arm.shown(stored) : body) };
  }

  /** A GET after a write that is refused is a warning of azure-native's: the answer to the write stands. */
  async #lookAgain(id: string, signal: AbortSignal): Promise<JsonObject | ArmError> {
    try {
      return await this.arm.read(id, signal);
    } catch (error) {
      if (error instanceof ArmError) return error;
      throw error;
    }
  }

  async #readOrUndefined(id: string, signal: AbortSignal): Promise<JsonObject | undefined> {
    try {
      return await this.arm.read(id, signal);
    } catch (error) {
      if (error instanceof ArmError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Its words where Azure does not say whether it is there are azure-native's (its client_azcore.go, CanCreate). */
  async #existing(id: string, signal: AbortSignal): Promise<JsonObject | undefined> {
    try {
      return await this.#readOrUndefined(id, signal);
    } catch (error) {
      if (!(error instanceof ArmError)) throw error;
      const body = JSON.stringify({ error: { code: error.code, message: error.armMessage } });
      throw new Error(`cannot check existence of resource '${id}': status code ${error.status}, ${body}`);
    }
  }

  #body(inputs: JsonObject): JsonObject {
    const apart = new Set([...pathParameters(this.type.path), createBeforeDelete, "azureApiVersion", "id"]);
    return toArm(Object.fromEntries(Object.entries(inputs).filter(([name]) => !apart.has(name))), this.type.shape);
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && !(error instanceof ArmError);
}

function secretValues({ value, secrets }: Decoded): SecretValues {
  if (secrets.length === 0) return noSecrets;
  const texts = new Set<string>();
  const parts = new Set<string>();
  const collect = (item: Json | undefined) => {
    if (typeof item === "string" && item !== "") parts.add(item);
    else if (Array.isArray(item)) item.forEach(collect);
    else if (typeof item === "object" && item !== null) Object.values(item).forEach(collect);
  };
  for (const path of secrets) {
    let here: Json | undefined = value;
    for (const key of path)
      here = Array.isArray(here)
        ? here[Number(key)]
        : typeof here === "object" && here !== null
          ? here[String(key)]
          : undefined;
    if (typeof here === "string") {
      if (here !== "") texts.add(here);
    } else collect(here);
  }
  return { texts, parts: new Set([...parts, ...texts]) };
}
