import { isJsonObject, type JsonObject, readInstant, readJson } from "../../evidence";
import { BadInput, type Json } from "../../verdict";
import { type RecordedAnswer, readRecorded, takenAt } from "../recordedAnswer";
import type { AuditedExport, GraphAnswer, GraphQuestion, SynchronizationIdentity, TenantAnswers } from "./answers";

/** An answer and what is in it. */
interface Answered {
  readonly answer: GraphAnswer;
  readonly body: JsonObject;
}

/**
 * Reads recorded answers, one a file, or already in memory: as Graph gives them, or `{ takenAt, request, answer }`. An error of Graph (403, 404)
 * and an empty file mean "not there", never a failure: none of these answers is a duty. Pages of one question are put together.
 *
 * @throws BadInput for a file that cannot be read, is no JSON, or answers none of the questions
 */
export function readTenant(files: readonly (string | RecordedAnswer)[]): TenantAnswers {
  const read = files.map((given) => readAnswer(typeof given === "string" ? readRecorded("--graph", given) : given));
  const of = (question: GraphQuestion): Answered[] =>
    read.filter(({ answer }) => answer.question === question && answer.notThere === undefined);
  return {
    answers: read.map(({ answer }) => answer),
    organization: newest(of("organization"), ({ answer, body }) => {
      const [first] = rows(body);
      return {
        at: answer.at,
        synchronizationEnabled: truth(first?.onPremisesSyncEnabled),
        lastSynchronization: moment(first?.onPremisesLastSyncDateTime),
        lastPasswordSynchronization: moment(first?.onPremisesLastPasswordSyncDateTime),
      };
    }),
    synchronization: newest(of("onPremisesSynchronization"), ({ answer, body }) => ({
      at: answer.at,
      ...synchronizationOf(rows(body)[0] ?? body),
    })),
    audits: together(of("directoryAudits"), (all, at, complete) => ({ at, complete, exports: all.flatMap(exportOf) })),
    identities: together(of("servicePrincipals"), (all, at, complete) => ({
      at,
      complete,
      found: all.flatMap(identityOf),
    })),
    signIns: together(of("signIns"), (all, at, complete) => ({ at, complete, found: all.flatMap(signInOf) })),
  };
}

function readAnswer({ source, bytes, sha256, written }: RecordedAnswer): Answered {
  const base = {
    source,
    sha256,
    at: written,
    datedByFile: true,
    incomplete: false,
  };
  const nothing = (notThere: string, question: GraphQuestion | null = null, dated = base): Answered => ({
    answer: { ...base, ...dated, question, notThere },
    body: {},
  });
  // Windows PowerShell's `>` leaves a byte order mark where nothing came.
  if (/^(\xff\xfe|\xef\xbb\xbf)?[\s\0]*$/u.test(bytes.toString("latin1")))
    return nothing("the file is empty: the request gave no answer");
  const document = readJson({ path: source, name: source, bytes });
  if (!isJsonObject(document))
    throw new BadInput(`--graph ${source}: is no answer of Microsoft Graph (a JSON object).`);
  const wrapped = isJsonObject(document.answer) ? document.answer : undefined;
  const body = wrapped ?? document;
  const at = wrapped === undefined ? undefined : takenAt("--graph", source, document);
  const dated = at === undefined ? base : { ...base, at, datedByFile: false };
  const asked = wrapped === undefined ? null : text(document.request);
  const question = questionOf(body, asked);
  const error = isJsonObject(body.error) ? body.error : undefined;
  if (error !== undefined) return nothing(`Graph answered ${text(error.code) ?? "with an error"}`, question, dated);
  if (question === null)
    throw new BadInput(
      `--graph ${source}: does not say which question it answers (no @odata.context of organization, directory/onPremisesSynchronization, auditLogs/directoryAudits, servicePrincipals or auditLogs/signIns). Record the whole answer: az rest --method get --url URL > FILE`,
    );
  return { answer: { ...dated, question, incomplete: "@odata.nextLink" in body }, body };
}

const contexts: readonly (readonly [RegExp, GraphQuestion])[] = [
  [/auditlogs\/directoryaudits/iu, "directoryAudits"],
  [/auditlogs\/signins/iu, "signIns"],
  [/onpremisessynchronization/iu, "onPremisesSynchronization"],
  [/serviceprincipals/iu, "servicePrincipals"],
  [/organization/iu, "organization"],
];

function questionOf(body: JsonObject, request: string | null): GraphQuestion | null {
  const told = text(body["@odata.context"])?.split("#")[1] ?? request;
  return told === null ? null : (contexts.find(([pattern]) => pattern.test(told))?.[1] ?? null);
}

/** Of several answers to one question about a state the youngest counts. */
function newest<Result>(answers: readonly Answered[], take: (answered: Answered) => Result): Result | null {
  const [first] = [...answers].sort((a, b) => b.answer.at.getTime() - a.answer.at.getTime());
  return first === undefined ? null : take(first);
}

/** Pages of a list are one list, as old as the oldest, and complete if one of them is the last. */
function together<Result>(
  answers: readonly Answered[],
  take: (all: readonly JsonObject[], at: Date, complete: boolean) => Result,
): Result | null {
  if (answers.length === 0) return null;
  const at = new Date(Math.min(...answers.map(({ answer }) => answer.at.getTime())));
  const open = answers.filter(({ answer }) => answer.incomplete).length;
  return take(
    answers.flatMap(({ body }) => rows(body)),
    at,
    open < answers.length && open === answers.length - 1,
  );
}

function synchronizationOf(body: JsonObject): Omit<NonNullable<TenantAnswers["synchronization"]>, "at"> {
  const configuration = object(body.configuration);
  const prevention = object(configuration.accidentalDeletionPrevention);
  const kind = text(prevention.synchronizationPreventionType);
  const threshold = prevention.alertThreshold;
  const features: Record<string, boolean> = {};
  for (const [name, value] of Object.entries(object(body.features)))
    if (typeof value === "boolean") features[name] = value;
  const machine = text(object(configuration.currentExportData).clientMachineName);
  return {
    exporter: machine === null || machine.trim() === "" ? null : bareName(machine),
    deleteThreshold:
      kind === "disabled" ? "off" : kind === "enabledForCount" && typeof threshold === "number" ? threshold : null,
    features,
  };
}

/** An export is a change of a user, group, device or contact by a server's own identity; its own application is none. */
function exportOf(entry: JsonObject): readonly AuditedExport[] {
  const at = moment(entry.activityDateTime);
  const initiated = object(entry.initiatedBy);
  const machine =
    machineOfIdentity(text(object(initiated.app).displayName) ?? "") ??
    machineOfAccount(text(object(initiated.user).userPrincipalName) ?? "");
  if (at === null || machine === undefined) return [];
  const targets = list(entry.targetResources).filter(isJsonObject);
  const changes = targets.some(
    (target) =>
      /^(user|group|device|contact)$/iu.test(text(target.type) ?? text(target.Type) ?? "") ||
      list(target.modifiedProperties).some((property) => isJsonObject(property) && isSynchronization(property)),
  );
  return changes ? [{ machine, at, activity: text(entry.activityDisplayName) ?? "" }] : [];
}

const isSynchronization = (property: JsonObject): boolean =>
  text(property.displayName) === "Action Client Name" && /DirectorySync/u.test(text(property.newValue) ?? "");

/** `ConnectSyncProvisioning_<HOST>_<hash>`. */
export function machineOfIdentity(displayName: string): string | undefined {
  const found = /^ConnectSyncProvisioning_(.+)_[0-9a-f]+$/iu.exec(displayName.trim());
  return found?.[1] === undefined ? undefined : bareName(found[1]);
}

/** The older kind, a user: `Sync_<HOST>_<hash>@tenant`. */
function machineOfAccount(userPrincipalName: string): string | undefined {
  const found = /^Sync_(.+)_[0-9a-f]+@/iu.exec(userPrincipalName.trim());
  return found?.[1] === undefined ? undefined : bareName(found[1]);
}

/** As Windows compares computer names: bare and in capitals. */
export function bareName(name: string): string {
  return (name.trim().split(".")[0] ?? "").toUpperCase();
}

function identityOf(entry: JsonObject): readonly SynchronizationIdentity[] {
  const displayName = text(entry.displayName) ?? "";
  const machine = machineOfIdentity(displayName);
  if (machine === undefined) return [];
  const ends = list(entry.keyCredentials)
    .filter(isJsonObject)
    .flatMap((key) => moment(key.endDateTime)?.getTime() ?? []);
  return [
    {
      machine,
      displayName,
      applicationId: text(entry.appId)?.toLowerCase() ?? null,
      enabled: truth(entry.accountEnabled),
      certificateEndsAt: ends.length === 0 ? null : new Date(Math.max(...ends)),
    },
  ];
}

function signInOf(entry: JsonObject): readonly { applicationId: string; at: Date }[] {
  const [applicationId, at] = [text(entry.appId), moment(entry.createdDateTime)];
  return applicationId === null || at === null ? [] : [{ applicationId: applicationId.toLowerCase(), at }];
}

const rows = (body: JsonObject): readonly JsonObject[] => list(body.value).filter(isJsonObject);
const object = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {});
const list = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []);
const text = (value: Json | undefined): string | null => (typeof value === "string" ? value : null);
const truth = (value: Json | undefined): boolean | null => (typeof value === "boolean" ? value : null);
function moment(value: Json | undefined): Date | null {
  const read = typeof value === "string" ? readInstant(value) : undefined;
  return read?.certain ? read.at : null;
}
