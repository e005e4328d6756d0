/** Answers as the scripts would, where there is no test PowerShell. A test holds the two together. */
import { asciiJson, refusalLines, type ScriptName, scriptNames } from "../../../scripts/assemble";
import type { ServerFolder } from "../../world/contract";
import { type GivenWords, scriptNameIn } from "../commandLine";
import { readServerWorld } from "../serverFiles";
import { enableRemoteAccess } from "./access";
import { switchOffAutoUpgrade } from "./autoUpgrade";
import { diagnoseAccess } from "./diagnosis";
import { fence } from "./fence";
import { firstSynchronization } from "./firstSynchronization";
import { awaitWizard } from "./gate";
import { retire } from "./guard";
import { joinDomain, proveMembership, restartAfterJoin } from "./join";
import { keepArchiving } from "./keepArchiving";
import { NotRehearsed } from "./notRehearsed";
import { installPackage } from "./package";
import { prerequisites } from "./prerequisites";
import { reach } from "./reach";
import { reinstate } from "./reinstatement";
import { setPrerequisites } from "./remedy";
import { asRefusal, Session } from "./session";
import { receiveSettingsFile } from "./settingsFile";
import { toAscii } from "./text";
import { verifyStaging } from "./verification";

export interface EmulatedRun {
  readonly text: string;
  readonly parameters?: GivenWords;
  /** How the run ends where the text does not say, as one that was cut off; default 0. */
  readonly codeAtEnd?: number;
  readonly stdin: Buffer;
  readonly onStdout: (chunk: Buffer) => void;
  readonly onStderr: (chunk: Buffer) => void;
  readonly signal?: AbortSignal;
}

type Emulated = (session: Session) => Promise<object>;

const emulated: Readonly<Record<ScriptName, Emulated>> = {
  "enable-remote-access": enableRemoteAccess,
  "diagnose-access": diagnoseAccess,
  reach,
  fence,
  reinstate,
  "join-domain": joinDomain,
  "restart-after-join": restartAfterJoin,
  "prove-membership": proveMembership,
  "set-prerequisites": setPrerequisites,
  prerequisites,
  "install-package": installPackage,
  "receive-settings-file": receiveSettingsFile,
  "await-wizard": awaitWizard,
  "switch-off-auto-upgrade": switchOffAutoUpgrade,
  "verify-staging": verifyStaging,
  "first-synchronization": firstSynchronization,
  "keep-archiving": keepArchiving,
  retire,
};

/** Scripts that act say what they changed. */
const lookingScripts: readonly ScriptName[] = ["diagnose-access", "reach", "await-wizard", "verify-staging"];

export async function emulateScript(server: ServerFolder, run: EmulatedRun): Promise<number> {
  const name = scriptNames.find((known) => known === scriptNameIn(run.text));
  if (name === undefined)
    return refuse(
      run,
      "This rehearsal emulates only the scripts of pulumi-entra-connect, and this is none of them. " +
        "Where the test PowerShell is, other scripts run too.",
    );
  // What was cut off ran to its end without having done anything: the work is begun by the last lines.
  if (run.codeAtEnd !== undefined && !/\nexit \$exitCode\s*$/.test(run.text)) return run.codeAtEnd;
  if (misfits(run)) return refuse(run, new NotRehearsed("words").message);
  const tell = (line: string) => run.onStderr(Buffer.from(`${line}\n`));
  const { computerName } = await readServerWorld(server);
  const session = new Session({ name, server, given: givenTo(run), tell, signal: run.signal });
  try {
    const said = await emulated[name](session);
    const base = { script: name, collectedAt: await session.instant(), warnings: session.warnings, computerName };
    const answer = { ...base, ...said, ...(!lookingScripts.includes(name) && { changes: session.changes }) };
    run.onStdout(Buffer.from(`${asciiJson(answer)}\n`));
    return 0;
  } catch (error) {
    if (run.signal?.aborted) return 1;
    if (error instanceof NotRehearsed) return refuse(run, error.message);
    const refusal = asRefusal(error);
    const { lines, exitCode } = refusalLines(
      name,
      computerName,
      refusal.code,
      { ...session.known, ...refusal.values },
      session.notes,
      session.advice,
    );
    run.onStderr(Buffer.from(lines.map((line) => `${toAscii(line)}\n`).join("")));
    return exitCode;
  } finally {
    await session.leaveLock();
  }
}

function refuse({ onStderr }: EmulatedRun, why: string): number {
  onStderr(Buffer.from(`${why}\n`));
  return 1;
}

const mandatory = /\[Parameter\(Mandatory = \$true, Position = \d\)\]\[string\]\$(\w+)/g;

/** Whether the words of a run command are others than the script's parameters: PowerShell says much of that. */
function misfits({ parameters, text }: EmulatedRun): boolean {
  if (parameters === undefined) return false;
  const asked = [...text.matchAll(mandatory)].map(([, name = ""]) => name);
  return parameters.unnamed.length > 0 || asked.some((name) => parameters.named[name] === undefined);
}

const embedded = /^\$argumentsText = @'\r?\n(.*)\r?\n'@/m;

/** The JSON document that came with the text, by whichever way it came; else parameters. */
function givenTo(run: EmulatedRun): Readonly<Record<string, unknown>> | undefined {
  const came = embedded.exec(run.text)?.[1];
  if (came === undefined) return run.parameters?.named;
  try {
    const document: unknown = JSON.parse(came);
    return typeof document === "object" && document !== null ? (document as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
