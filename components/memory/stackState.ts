import * as pulumi from "@pulumi/pulumi";

/** One resource as the stack's state holds it. Secrets are unwrapped: never print a whole one. */
export interface StateResource {
  readonly type: string;
  readonly name: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/**
 * The engine's own function behind `pulumi query` and StackReference; in every engine that the SDK supports
 * (pkg/resource/deploy/builtins.go, read up to 3.274.1). It gives the state as it was before this run's first step.
 */
const readState = "pulumi:pulumi:readStackResourceOutputs";

/**
 * What this stack's state holds before anything of this run is registered. It is the one memory that neither a targeted
 * run, a failed one, nor a program that exports nothing can lose.
 *
 * Throws where the engine cannot tell: a memory that cannot be read must never pass for a first run.
 */
export async function readStackState(opts: pulumi.InvokeOptions): Promise<readonly StateResource[]> {
  const stackName = `${organization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  let answer: unknown;
  try {
    answer = await pulumi.runtime.invoke(readState, { stackName }, opts);
  } catch (error) {
    throw new pulumi.RunError(
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
    name: urn.split("::").at(-1) ?? "",
    outputs: recordOf(plainOf(recordOf(resource).outputs)),
  }));
}

/** Unit tests of users' programs with mocks have none; then the name that a self-managed backend gives it. */
function organization(): string {
  try {
    return pulumi.getOrganization();
  } catch {
    return "organization";
  }
}

const secretSignature = "4dabf18193072939515e22adb298388d";

/** Without the wrapping of secrets. */
function plainOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainOf);
  if (typeof value !== "object" || value === null || pulumi.asset.Asset.isInstance(value)) return value;
  if (secretSignature in value) return plainOf((value as { value?: unknown }).value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainOf(inner)]));
}

export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
