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

type Monitor = NonNullable<ReturnType<typeof getMonitor>>;

/**
 * Asked without the SDK's `invoke`, which makes an asset of everything that looks like one and throws where somebody's
 * resource has one without content (the command plugin's answer to an ignored source).
 */
function ask(monitor: Monitor, stackName: string): Promise<unknown> {
  const request = new ResourceInvokeRequest();
  request.setTok(readState);
  request.setArgs(Struct.fromJavaScript({ stackName }));
  return new Promise((resolve, reject) => {
    monitor.invoke(request, (error: Error | null, response: ResourceInvokeResponse | undefined) => {
      const failures = response?.getFailuresList().map((failure) => failure.getReason()) ?? [];
      if (error !== null && error !== undefined) reject(error);
      else if (failures.length > 0) reject(new Error(failures.join("; ")));
      else resolve(response?.getReturn()?.toJavaScript());
    });
  });
}

/** By what a run speaks to its engine through: a process may have several runs (plugin, Automation API). */
const readings = new WeakMap<Monitor, Promise<readonly StateResource[]>>();

/**
 * What this stack's state holds before anything of this run is registered. It is the one memory that neither a targeted
 * run, a failed one, nor a program that exports nothing can lose.
 *
 * Read once a run: the answer is the whole stack, so that a reading for each of N servers would cost N * N; and a server
 * that is made late would be told of what this very run has saved by then.
 *
 * Throws where the engine cannot tell: a memory that cannot be read must never pass for a first run.
 */
export function readStackState(): Promise<readonly StateResource[]> {
  const monitor = getMonitor();
  const known = monitor === undefined ? undefined : readings.get(monitor);
  if (known !== undefined) return known;
  const reading = read(monitor);
  if (monitor !== undefined) readings.set(monitor, reading);
  return reading;
}

async function read(monitor: Monitor | undefined): Promise<readonly StateResource[]> {
  const stackName = `${organization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  let answer: unknown;
  try {
    if (monitor === undefined) throw new Error("no engine is attached; run the program with pulumi");
    answer = await ask(monitor, stackName);
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
