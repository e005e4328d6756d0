import * as pulumi from "@pulumi/pulumi";
import { ResourceInvokeRequest, type ResourceInvokeResponse } from "@pulumi/pulumi/proto/resource_pb";
import { getMonitor } from "@pulumi/pulumi/runtime/settings";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { Refusal } from "../refusal";

/** One resource as the stack's state holds it. Secrets are unwrapped: never print a whole one. */
export interface StateResource {
  readonly type: string;
  readonly name: string;
  /** Types of its parents and its own, `$` between them: two components of one name have different ones. */
  readonly chain: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/**
 * The engine's own function that `pulumi query` was made of; there in every engine that the SDK supports
 * (pkg/resource/deploy/builtins.go, read at 3.259.0 and 3.274.1). It gives the state as it is before this run's first step.
 */
const readState = "pulumi:pulumi:readStackResourceOutputs";

/**
 * Asked without the SDK's `invoke`, which makes an asset of everything that looks like one and throws where somebody's
 * resource has one without content (the command plugin's answer to an ignored source).
 */
function ask(stackName: string): Promise<unknown> {
  const request = new ResourceInvokeRequest();
  request.setTok(readState);
  request.setArgs(Struct.fromJavaScript({ stackName }));
  return new Promise((resolve, reject) => {
    const monitor = getMonitor();
    if (monitor === undefined) return reject(new Error("no engine is attached; run the program with pulumi"));
    monitor.invoke(request, (error: Error | null, response: ResourceInvokeResponse | undefined) => {
      const failures = response?.getFailuresList().map((failure) => failure.getReason()) ?? [];
      if (error !== null && error !== undefined) reject(error);
      else if (failures.length > 0) reject(new Error(failures.join("; ")));
      else resolve(response?.getReturn()?.toJavaScript());
    });
  });
}

/**
 * What this stack's state holds before anything of this run is registered. It is the one memory that neither a targeted
 * run, a failed one, nor a program that exports nothing can lose.
 *
 * Throws where the engine cannot tell: a memory that cannot be read must never pass for a first run.
 */
export async function readStackState(): Promise<readonly StateResource[]> {
  const stackName = `${organization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  let answer: unknown;
  try {
    answer = await ask(stackName);
  } catch (error) {
    throw new Refusal(
      [
        `The engine could not read the state of ${stackName}, so it is not known which servers this stack has. Nothing was touched.`,
        `  why: ${error instanceof Error ? error.message : String(error)}`,
        "  next: check that `pulumi stack export` works here with the same login and passphrase, then run the command again",
      ].join("\n"),
    );
  }
  const outputs = recordOf(recordOf(answer).outputs);
  return Object.entries(outputs).map(([urn, resource]) => ({
    type: String(recordOf(resource).type ?? ""),
    ...partsOf(urn),
    outputs: recordOf(plainOf(recordOf(resource).outputs)),
  }));
}

/** `urn:pulumi:<stack>::<project>::<chain of types>::<name>`. */
export function partsOf(urn: string): { readonly chain: string; readonly name: string } {
  const [, , chain = "", ...name] = urn.split("::");
  return { chain, name: name.join("::") };
}

/** Unit tests of users' programs with mocks have none; then the name that a self-managed backend gives it. */
function organization(): string {
  try {
    return pulumi.getOrganization();
  } catch {
    return "organization";
  }
}

/** How a value on the wire says what it is. */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** Without the wrapping of secrets. */
function plainOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainOf);
  if (typeof value !== "object" || value === null) return value;
  if ((value as Record<string, unknown>)[signatureKey] === secretSignature)
    return plainOf((value as { value?: unknown }).value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainOf(inner)]));
}

export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

export const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

export const numberOf = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);
