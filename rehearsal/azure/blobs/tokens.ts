import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { HttpAnswer } from "../../world/contract";
import { type JsonObject, textAt } from "../properties/json";
import { metadataError } from "./answers";

/** Tokens of machines' identities. They are good in this process only, and for nothing but this rehearsal. */

export interface Bearer {
  readonly principalId: string;
  readonly resource: string;
  readonly machineId: string;
}

export const storageResource = "https://storage.azure.com/";
const lifetimeSeconds = 24 * 60 * 60;

export class Tokens {
  readonly #key = randomBytes(32);

  /** What the metadata service answers a machine. */
  answer(
    machine: { readonly id: string; readonly body: JsonObject } | undefined,
    resource: string,
    now: Date,
  ): HttpAnswer {
    const principalId = textAt(machine?.body, "identity.principalId");
    if (machine === undefined || principalId === undefined)
      return metadataError(400, "invalid_request", "Identity not found");
    const issued = Math.floor(now.getTime() / 1000);
    const expires = issued + lifetimeSeconds;
    return {
      status: 200,
      headers: { "content-type": "application/json; charset=utf-8", server: "IMDS/150.870.65.1854" },
      body: JSON.stringify({
        access_token: this.#issue({ principalId, resource, machineId: machine.id }, expires),
        client_id: principalId,
        expires_in: String(lifetimeSeconds),
        expires_on: String(expires),
        ext_expires_in: String(lifetimeSeconds),
        not_before: String(issued - 300),
        resource,
        token_type: "Bearer",
      }),
    };
  }

  /** Whose token it is; undefined for one that is forged, of another process, or old. */
  read(authorization: string, now: Date): Bearer | undefined {
    const [, payload = "", signature = ""] = /^Bearer rehearsal\.([\w-]+)\.([\w-]+)$/i.exec(authorization) ?? [];
    const wanted = Buffer.from(this.#sign(payload));
    const given = Buffer.from(signature);
    if (wanted.length !== given.length || !timingSafeEqual(wanted, given)) return undefined;
    const { expires, ...bearer } = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    return Number(expires) * 1000 > now.getTime() ? bearer : undefined;
  }

  #issue(bearer: Bearer, expires: number): string {
    const payload = Buffer.from(JSON.stringify({ ...bearer, expires })).toString("base64url");
    return `rehearsal.${payload}.${this.#sign(payload)}`;
  }

  #sign(payload: string): string {
    return createHmac("sha256", this.#key).update(payload).digest("base64url");
  }
}
