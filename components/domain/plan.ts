import type { Finding } from "../../review/verdict";
import { readiness } from "../findings";
import type { Remembered, RememberedGeneration } from "../memory/remembered";
import type { Treatment } from "../server/members";
import { generationNames } from "../server/names";
import type { GenerationSettings, JoinMethod, Problem, Settings } from "../settings/settings";
import { blobNames, blobProblem, blobText, passwordProblem } from "./joinSecret";
import { provisioning, setSecret, takeOut } from "./provisioning";

/** Its steps, in their order. */
export const joinSteps = ["join-domain", "restart-after-join", "prove-membership"] as const;
export type JoinStep = (typeof joinSteps)[number];

export const isJoinStep = (step: string): step is JoinStep => (joinSteps as readonly string[]).includes(step);

/** A method of the library's own. */
export type OwnMethod = Exclude<JoinMethod, "operator">;

/** The machine that is a member already. Nothing joins it again, whatever becomes of method and secret. */
export function memberOf({ members = [], vmId }: Partial<RememberedGeneration> = {}): string | undefined {
  return members.some((member) => member.toLowerCase() === vmId?.toLowerCase()) ? vmId : undefined;
}

export interface JoinQuestion {
  readonly method: JoinMethod;
  readonly treatment: Treatment;
  /** Whether the state holds the join's first step. */
  readonly held: boolean;
  /** The machine that is a member already. */
  readonly member?: string;
}

/**
 * Whether the steps of the join are there. What the state holds of a server that is not acted on stays; with `operator` the
 * steps go, nothing runs for it, and what the server was joined with goes from the state with them.
 */
export function joins({ method, treatment, held, member }: JoinQuestion): boolean {
  if (treatment !== "acting") return held;
  return method !== "operator" && (held || member === undefined);
}

/** Whether something is still to be joined in this run, so that its secret is needed. */
export const needsSecret = (question: JoinQuestion): boolean =>
  question.treatment === "acting" && question.method !== "operator" && question.member === undefined;

export interface JoinSecretsQuestion {
  readonly settings: Settings;
  readonly remembered: Remembered;
  readonly treatment: (block: GenerationSettings) => Treatment;
  /** By generation; undefined where it is not known in a preview. */
  readonly secrets: Readonly<Record<string, unknown>> | undefined;
}

export function joinQuestion(
  { settings, remembered, treatment }: Omit<JoinSecretsQuestion, "secrets">,
  block: GenerationSettings,
): JoinQuestion {
  const known = remembered.generations[block.generation];
  return {
    method: settings.domain.join.method,
    treatment: treatment(block),
    held: remembered.parts.has(`g${block.generation}-join-domain`),
    member: memberOf(known),
  };
}

const path = (generation: number | string): string => `domainJoinSecrets.${generation}`;

/** What is wrong with the secrets of those that are still to be joined. Their values are never shown. */
export function joinSecretProblems(question: JoinSecretsQuestion): readonly Problem[] {
  const { settings, secrets } = question;
  if (secrets === undefined) return [];
  const misnamed = Object.keys(secrets)
    .filter((key) => !/^[1-9][0-9]{0,2}$/.test(key))
    .map((key) => ({
      path: path(key),
      problem: "is not the number of a generation",
      write: `${setSecret(settings.generations.at(-1)?.generation ?? 1)}, one secret for each generation`,
    }));
  const unfit = settings.generations.flatMap((block): readonly Problem[] => {
    if (!needsSecret(joinQuestion(question, block))) return [];
    const found = secretProblem(settings, block, secrets[String(block.generation)]);
    return found === undefined
      ? []
      : [{ path: path(block.generation), problem: found, write: provisioning(settings, block) }];
  });
  return [...misnamed, ...unfit];
}

function secretProblem({ name, domain }: Settings, { generation }: GenerationSettings, secret: unknown) {
  const computer = generationNames(name, generation).machine;
  if (secret === undefined || secret === "")
    return `is missing: ${computer} is still to be joined to ${domain.name} (domain.join.method ${domain.join.method})`;
  if (typeof secret !== "string") return "is not a text";
  return domain.join.method === "offlineBlob" ? blobProblem(secret) : passwordProblem(secret, computer);
}

/** As it is handed to the server. */
export function secretFor(method: JoinMethod, secret: string | undefined): string {
  return method === "offlineBlob" ? blobText(secret ?? "") : (secret ?? "");
}

/** What there is to say of secrets that stop nothing. */
export function joinFindings(question: JoinSecretsQuestion): readonly Finding[] {
  const { settings, secrets } = question;
  const given = Object.entries(secrets ?? {});
  return given.flatMap(([key, secret]): readonly Finding[] => {
    const block = settings.generations.find(({ generation }) => String(generation) === key);
    if (block !== undefined && needsSecret(joinQuestion(question, block)))
      return settings.domain.join.method === "offlineBlob" && typeof secret === "string"
        ? otherComputer(settings, block, secret)
        : [];
    const machine = generationNames(settings.name, Number(key)).machine;
    return [
      readiness("join-secret-left", "info", machine, {
        title:
          block === undefined
            ? `a secret to join ${machine} with is kept, and there is no block of it`
            : `${machine} does not need its secret in domainJoinSecrets any more, and nothing reads it`,
        cause:
          block === undefined
            ? path(key)
            : settings.domain.join.method === "operator"
              ? "domain.join.method is operator"
              : `${machine} is a member of ${settings.domain.name}`,
        next: takeOut(Number(key)),
      }),
    ];
  });
}

function otherComputer(settings: Settings, block: GenerationSettings, secret: string): readonly Finding[] {
  const machine = generationNames(settings.name, block.generation).machine;
  if (blobProblem(secret) !== undefined || blobNames(secret, machine)) return [];
  return [
    readiness("join-blob-of-another-computer", "warning", machine, {
      title: `what ${path(block.generation)} holds does not name ${machine}: it seems to be made for another computer`,
      cause: "its text does not hold that name, and Windows takes the name that it holds at the next start",
      next: `if it was made with another /machine:\n${provisioning(settings, block)}`,
    }),
  ];
}
