import { createHash } from "node:crypto";
import type { Arm } from "../arm/arm";
import { ArmError } from "../arm/errors";
import { type JsonObject, textAt } from "../properties/json";
import { idOf, typeOfToken } from "../types/registry";
import { outputsOf } from "./outputs";

export interface Identity {
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly objectId: string;
}

/** Functions of the SDK: who is signed in, and the GET of any resource. */
export async function invoke(
  token: string,
  args: JsonObject,
  identity: Identity,
  arm: Arm,
  signal: AbortSignal,
): Promise<JsonObject> {
  if (token === "azure-native:authorization:getClientConfig") return { ...identity };
  if (token === "azure-native:authorization:getClientToken")
    return { token: createHash("sha256").update("rehearsal").digest("hex") };
  const match = /^(azure-native(?:_\w+)?:[\w/]+):get(\w+)$/.exec(token);
  const type = match && typeOfToken(`${match[1] ?? ""}:${match[2] ?? ""}`);
  if (!type)
    throw new Error(
      `The rehearsal does not simulate the function ${token}: it knows getClientConfig, getClientToken and the get… function of every resource.`,
    );
  const id = idOf(type, args, identity.subscriptionId);
  if (id === undefined) throw new Error(`${token} needs all names in ${type.path}.`);
  try {
    return outputsOf(type, await arm.read(id, signal, textAt(args, "expand")));
  } catch (error) {
    if (error instanceof ArmError) throw new Error(`request failed ${id}: ${error.message}`);
    throw error;
  }
}
