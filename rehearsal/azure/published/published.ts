import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ArmError } from "../arm/errors";
import type { JsonObject } from "../properties/json";
import type { ResourceType } from "../types/resourceType";
import { type BodyProblem, problemsOfBody } from "./check";
import type { PublishedTypes } from "./shapes";

/** The table lies beside this file; for the compiled one, in the package's `rehearsal/azure/published`. */
function tablePath(): string {
  const name = "types.json";
  const candidates = [
    join(__dirname, name),
    join(__dirname, "..", "..", "..", "..", "rehearsal", "azure", "published", name),
  ];
  const found = candidates.find((path) => existsSync(path));
  if (found === undefined)
    throw new Error(
      `The table of Azure's types was not found as ${candidates.join(" or ")}; the package is incomplete.`,
    );
  return found;
}

let table: PublishedTypes | undefined;

/** Read at the first body that is judged, and once. */
export function publishedTypes(): PublishedTypes {
  table ??= JSON.parse(readFileSync(tablePath(), "utf8")) as PublishedTypes;
  return table;
}

/** Refuses a body that the published type does not allow, in the words of the service whose type it is. */
export function refuseUnpublished({ type, secrets = [] }: ResourceType, apiVersion: string, body: JsonObject): void {
  const problems = problemsOfBody(publishedTypes(), type, apiVersion, body) ?? [];
  if (problems.length === 0) return;
  // What is never returned is not repeated in an error either.
  const isSecret = ({ path }: BodyProblem): boolean => secrets.some((secret) => path.startsWith(secret));
  throw refusal(
    type,
    problems.map((problem) => (isSecret(problem) ? { ...problem, shown: "***" } : problem)),
  );
}

/**
 * Codes: Compute's from jclouds-labs pull request 394 and OfficeDocs-Enterprise pull request 45, Network's from
 * terraform-provider-azurerm issue 32505. The others have no source; ARM's own code for a body that it cannot read is taken.
 */
function refusal(type: string, problems: readonly BodyProblem[]): ArmError {
  const text = problems.map(words).join(" ");
  if (/^microsoft\.compute\//i.test(type)) return new ArmError(400, "BadRequest", text);
  if (/^microsoft\.network\//i.test(type))
    return new ArmError(400, "InvalidRequestFormat", `Cannot parse the request. ${text}`);
  return new ArmError(
    400,
    "InvalidRequestContent",
    `The request content was invalid and could not be deserialized: ${text}`,
  );
}

function words({ path, kind, shown, allowed }: BodyProblem): string {
  switch (kind) {
    case "required":
      return `Required property '${path}' not found in JSON.${list(allowed)}`;
    case "unknown property":
      return `Could not find member '${path}' on the object of type.`;
    case "length":
    case "range":
    case "form":
      return `The value '${shown}' of property '${path}' is invalid: ${allowed}.`;
    case "type":
    case "value":
      return `Error converting value "${shown}". Path '${path}'.${list(allowed)}`;
  }
}

const list = (allowed: string): string => (allowed === "" ? "" : ` Allowed values: ${allowed}.`);
