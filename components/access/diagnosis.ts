import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { type DiagnosisContext, type JudgingContext, judgeDiagnosis } from "../../review/readiness/judge";
import type { Finding } from "../../review/verdict";
import { AnswerProblem, runCommandText, validateAnswer } from "../../scripts/assemble";
import { findingLines, readiness, reported, type ToldFinding } from "../findings";
import type { RememberedGeneration } from "../memory/remembered";
import type { OfGeneration } from "../server/members";
import { generationNames } from "../server/names";
import { machineRunCommand, outputOf } from "./runCommand";

export interface DiagnosisArgs extends OfGeneration {
  readonly resourceGroupName: pulumi.Input<string>;
  readonly remembered?: RememberedGeneration;
  readonly vmId: pulumi.Output<string>;
  readonly holds: (part: string) => boolean;
  readonly context: JudgingContext;
  /** Base64 of the public line of the key that should open a session. */
  readonly publicKey: pulumi.Input<string>;
  readonly after: readonly pulumi.Resource[];
}

export interface Diagnosis {
  readonly members: readonly pulumi.Resource[];
  readonly findings: pulumi.Output<ToldFinding[]>;
}

const runCommandName = "diagnose-access";

/**
 * Why SSH does not reach a server, asked by Run Command: read-only, once for each text of `diagnoseAccess`, told in the same
 * run before any step tries SSH.
 */
export function diagnosis(base: string, args: DiagnosisArgs, parent: pulumi.Resource): Diagnosis {
  const { structure, block, treatment, vmId, context } = args;
  // Also of one that has just been declared passive again: its SSH was not used for months, and nothing else tells why it fails.
  const asked = block.diagnoseAccess !== undefined && treatment !== "active" && treatment !== "lost";
  const nothing = pulumi.output<ToldFinding[]>([]);
  if (!asked && !args.holds(runCommandName)) return { members: [], findings: nothing };
  const { machine } = generationNames(structure.name, block.generation);
  const run = machineRunCommand(
    base,
    {
      ...args,
      asked,
      runCommandName,
      script: runCommandText("diagnose-access"),
      parameters: [
        { name: "LoginName", value: block.loginName },
        { name: "PublicKeyBase64", value: args.publicKey },
        // One word, whatever the text is.
        { name: "Asked", value: digestOf(block.diagnoseAccess ?? "") },
      ],
      timeoutInSeconds: 600,
      dependsOn: args.after,
    },
    parent,
  );
  if (!asked || pulumi.runtime.isDryRun()) return { members: [run], findings: nothing };
  const findings = pulumi
    .all([outputOf(run, { ...args, runCommandName }, parent), vmId])
    .apply(([output, id]): ToldFinding[] => {
      const told = diagnosed(machine, output, id, { ...context, pinnedHostKey: args.remembered?.hostKey });
      // In its order, all of it: somebody waits for exactly this.
      void pulumi.log.warn(told.flatMap((finding) => findingLines(finding)).join("\n"), run);
      return told.map(reported);
    });
  return { members: [run], findings };
}

const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

/** What the answer says, or that there is none to go by: a diagnosis never stops a run. */
export function diagnosed(
  machine: string,
  output: string,
  vmId: string,
  context: DiagnosisContext,
): readonly Finding[] {
  try {
    const answer = validateAnswer("diagnose-access", output);
    if (answer.vmId.toLowerCase() === vmId.toLowerCase()) return judgeDiagnosis(machine, answer, context);
    return [unread(machine, context, `it came from the machine ${answer.vmId}, and this one is ${vmId}`)];
  } catch (error) {
    if (!(error instanceof AnswerProblem)) throw error;
    return [unread(machine, context, error.message.split("\n", 1)[0] ?? "")];
  }
}

function unread(machine: string, { generation }: JudgingContext, why: string): Finding {
  return readiness("diagnosis-unread", "warning", machine, {
    title: `what ${machine} was asked about its sign-in cannot be read: ${why}`,
    cause: `generations.${generation}.diagnoseAccess`,
    next: "another text in diagnoseAccess, and `pulumi up`; Azure keeps an answer only while the machine runs",
  });
}
