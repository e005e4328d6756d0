import { azureErrors, azureErrorsIn } from "../azureErrors";
import { markdownTable } from "../render/places";
import type { Commands } from "./observed";

/**
 * What a failed run says in words that are not ours: the engine's, the provider's, Azure's. From this table come
 * docs/when-it-stops.md and what a rehearsal says beside such an error; what a script of ours says is its own
 * (scripts/*.refusals.json), why SSH does not get in is review/readiness/connectionFailures.ts.
 */
interface RunFailure {
  readonly code: string;
  /** As docs show it. */
  readonly says: string;
  readonly pattern: RegExp;
  readonly cause: string;
  /** As `cause`, with `{again}`, `{up}`, `{recover}`, `{cancel}`, `{refresh}` for what is typed in this place. */
  readonly next: string;
}

const again = "{again}: what was done meanwhile is found, in Azure and on the server; every script looks first";

/** The first that fits counts. */
const runFailures: readonly RunFailure[] = [
  {
    code: "state-side-file-cut",
    says: "`failed to load checkpoint: EOF`",
    pattern: /failed to load checkpoint: EOF/,
    cause:
      "the side file of the state (`.attrs`) is empty: an engine was killed while it wrote it. The state is another file",
    next: "{recover} shows it; with `--yes` it is put aside",
  },
  {
    code: "state-unreadable",
    says: "`failed to load checkpoint: … unexpected end of JSON input`, `invalid character`",
    pattern: /failed to load checkpoint: .*(unexpected end of JSON input|invalid character)/,
    cause: "the state is cut, or full of zeros: the machine lost power, or its disk was full, while it was written",
    next: "{recover} shows it and the older ones; with `--yes` it keeps the cut file and puts the newest that can be read in its place",
  },
  {
    code: "disk-full",
    says: "`failed to save snapshot: … no space left on device`",
    pattern: /failed to save snapshot[\s\S]*no space left on device/,
    cause:
      "the disk with the state is full. What was done since is not in the state, and pulumi's file backend, which goes on trying, writes what fits over the state and over each copy beside it: all of them may be cut",
    next: "Interrupt the run if it still goes on, make room, and keep a copy of the state's folder before anything else; then {recover} says what can still be read. Where nothing can: a backup of that disk",
  },
  {
    code: "state-not-saved",
    says: "`failed to save snapshot`",
    pattern: /failed to save snapshot/,
    cause: "the state could not be written; what was done since then is not in it",
    next: "Put right what the text names, then {recover} says what is left, and {again}: what was done meanwhile is found, in Azure and on the server; every script looks first",
  },
  {
    code: "state-integrity",
    says: "`snapshot integrity failure`",
    pattern: /snapshot integrity failure/,
    cause: "the state can be read, but contradicts itself (something in it names what is not in it)",
    next: "`pulumi state repair` shows what it would change. Not `--disable-integrity-checking`: a run on such a state may delete what it does not mean to",
  },
  {
    code: "locked",
    says: "`the stack is currently locked by 1 lock(s)`; in Pulumi Cloud `Another update is currently in progress`",
    pattern: /the stack is currently locked by|nother update is currently in progress/,
    cause: "another run works on the stack, or its engine was killed and left its lock",
    next: "{recover} says whose it is and whether that process is dead; with `--yes` it takes a dead one's lock away. By hand, once that run is surely over: {cancel}",
  },
  {
    code: "provider-broke-reading",
    says: "`invocation of azure-native:…:get… returned an error: error reading from server: EOF`",
    pattern:
      /invocation of [a-z-]+:\w+:(?:get|list)\w+ returned an error: [^\n]*(error reading from server: EOF|transport is closing|rpc error: code = Unavailable)/,
    cause:
      "the provider's process broke off while the program only read in Azure what is there; by that nothing was changed",
    next: "{again}",
  },
  {
    code: "provider-broke",
    says: "`error reading from server: EOF`, `transport is closing`",
    pattern: /error reading from server: EOF|transport is closing|rpc error: code = Unavailable/,
    cause:
      "the provider's process broke off while it worked on this; Azure may have done it, and the state does not know",
    next: again,
  },
  {
    code: "ssh-cut",
    says: "`remote command exited without exit status or exit signal`",
    pattern: /remote command exited without exit status or exit signal/,
    cause: "the SSH connection broke while the script ran; on the server it goes on to its end",
    next: "{again}: the script waits for its predecessor, looks first and repeats nothing that is done",
  },
  {
    code: "copy-cut",
    says: "`server unexpectedly closed connection`, `connection lost` at a copied file",
    pattern: /server unexpectedly closed connection|failed to send packet: (?:EOF|write)|connection lost/,
    cause: "the SSH connection broke while a file was copied; it may be there in part",
    next: "{again}: the file is copied again, and nothing uses it before its hash was compared",
  },
  {
    code: "interface-in-use",
    says: "`NicInUse`",
    pattern: /NicInUse/,
    cause:
      "the network interface belongs to a machine that the state does not hold: a run was cut off while Azure made it, and then its block was taken out",
    next: "Put the block of that generation back as it was, {up}: the machine is taken up; then take the block out again, and its guard is asked. Azure keeps an address for about three minutes after a machine that failed: wait that long first",
  },
  {
    code: "exists-already",
    says: "`cannot create already existing resource '…'`",
    pattern: /cannot create already existing resource/,
    cause:
      "Azure has it and the state does not, and it was not taken up: it does not carry this stack's tag, or came into being during this run; or a run was cut off when it had just been made anew in its own place (a half of a peering for another hub, an alert, an association)",
    next: "{up} once more looks again. If it is what an earlier run of this stack left: put the tag `entra-connect-stack=PROJECT/STACK` on it (or on what it is below), {up}. If it is somebody else's: another name. If the run shows it as replaced, and it is a half of a peering, an alert or an association, never anything else: `az resource delete --ids` with the id that it names, {up} makes it anew. Not `pulumi import`: it would enter the state without its place in the component, and without its guard",
  },
  {
    code: "being-deleted",
    says: "`ResourceGroupBeingDeleted`, `… is marked for deletion`, `Resource is in Deleting state`",
    pattern: /ResourceGroupBeingDeleted|is marked for deletion|Resource is in Deleting state/,
    cause:
      "Azure is deleting it, or what it stands on: a run that was cut off, or somebody, began that, and it cannot be stopped",
    next: "Wait until it is gone (minutes; `az resource show --ids` with its id then says so), {up}: it says what is to be done about a machine. Where something else is then said to be missing: {refresh}, {up}",
  },
  {
    code: "gone-from-azure",
    says: "`InvalidResourceReference` … `was not found`, `ParentResourceNotFound`, `ResourceNotFound`, `ResourceGroupNotFound`",
    pattern:
      /Code="InvalidResourceReference"[^\n]*was not found|Code="(?:ParentResourceNotFound|ResourceNotFound|ResourceGroupNotFound)"/,
    cause:
      "something that the state holds is gone from Azure: a run that was cut off had begun to delete it, or somebody did. {up} alone does not look",
    next: "{refresh}, which takes it out of the state, {up}, which makes it anew. Where it is not this stack's: the id in the settings that names it",
  },
  {
    code: "no-such-location",
    says: "`LocationNotAvailableForResourceGroup`, `LocationNotAvailableForResourceType`",
    pattern: /\bLocationNotAvailableForResource(?:Group|Type)\b/,
    cause: "`location` names no region of Azure, or none in which this subscription may have this",
    next: "Set `location` as the column Name of `az account list-locations --output table` has it; {up}",
  },
  {
    code: "scope-locked",
    says: "`ScopeLocked`",
    pattern: /\bScopeLocked\b/,
    cause:
      "a lock on it, on its group or its subscription that is not this stack's. Of a server that was to go the guard has passed already: its service is stopped and disabled",
    next: "`az lock list --resource-group GROUP` (and `az lock list` for the subscription's), take the lock away, {again}: it goes on where it stopped",
  },
  {
    code: "not-registered",
    says: "`exceeded attempts to register …`, `AuthorizationFailed` … `/register/action`",
    pattern: /exceeded attempts to register [A-Za-z]+\.|to perform action '[\w.]+\/register\/action'/,
    cause:
      "the subscription has never used this kind of resource; azure-native registers its namespace by itself, and whoever deploys may not do that, or it did not help",
    next: "Whoever may (Contributor or Owner of the subscription): `az provider register --namespace NAMESPACE --wait` with the namespace that it names (`Microsoft.…`); then {again}",
  },
  {
    code: "throttled",
    says: "`TooManyRequests`, `429`; `Status=503`",
    pattern: /TooManyRequests|StatusCode[=:] ?429|Status=503\b|\b429\b.*throttl/i,
    cause:
      "Azure turns requests away for the moment. The provider has tried several times, or was told to wait longer than it does",
    next: "Wait some minutes, {again}",
  },
  {
    code: "busy",
    says: "`AnotherOperationInProgress`, `Conflict` … `try again later`",
    pattern: /AnotherOperationInProgress|ReferencedResourceNotProvisioned|RetryableError/,
    cause: "Azure still works on this resource, or on one that it stands on",
    next: "Wait some minutes, {again}",
  },
  {
    code: "peered-already",
    says: "`AnotherPeeringAlreadyReferencesRemoteVnet`",
    pattern: /AnotherPeeringAlreadyReferencesRemoteVnet/,
    cause:
      "that virtual network has a peering to the same network already, under another name; of the hub's half, mostly because its owner made it",
    next: "Where the hub's owner made its half: `network.makeBothHalves: false`. Else delete the other peering (`az network vnet peering list` shows it). Then {again}",
  },
  {
    code: "protected",
    says: "`… cannot be deleted because it is protected`, `… marked for protection`",
    pattern: /because it is protected|is currently marked for protection/,
    cause:
      "the settings take out, or replace, what belongs to a server that is declared active; nothing of it was touched",
    next: "Put back what was changed. Not `pulumi state unprotect`, as the engine suggests: it takes the guard's place away",
  },
  {
    code: "interrupted",
    says: "`update canceled`, `context canceled`",
    pattern: /update cancell?ed|context canceled/,
    cause: "somebody interrupted the run",
    next: "{recover} shows what is pending after a second ^C; after one alone nothing is: {again}",
  },
  {
    code: "passphrase",
    says: "`incorrect passphrase`, `passphrase must be set with PULUMI_CONFIG_PASSPHRASE`",
    pattern: /incorrect passphrase|passphrase must be set with PULUMI_CONFIG_PASSPHRASE/,
    cause: "secrets of this stack cannot be decrypted without its passphrase; nothing was done",
    next: "Set PULUMI_CONFIG_PASSPHRASE (or PULUMI_CONFIG_PASSPHRASE_FILE) to the passphrase with which the stack was made, {again}",
  },
  {
    code: "not-logged-in",
    says: "`PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions`",
    pattern: /must be set for login during non-interactive CLI sessions/,
    cause: "pulumi does not know where the state is kept; nothing was done",
    next: "`pulumi login` to where this stack's state is, or PULUMI_BACKEND_URL; then {again}",
  },
];

/** What is known of an error's words; Azure's own errors come from review/azureErrors. Undefined where nothing is. */
export function runFailureOf(
  text: string,
  commands: Commands,
): { readonly code: string; readonly cause: string; readonly next: string } | undefined {
  const row = runFailures.find(({ pattern }) => pattern.test(text));
  if (row !== undefined)
    return { code: row.code, cause: inPlace(row.cause, commands), next: inPlace(row.next, commands) };
  const [known] = azureErrorsIn(text);
  if (known === undefined) return undefined;
  return { code: known.code, cause: known.cause, next: known.next.replaceAll("pulumi up", againIn(commands)) };
}

const againIn = ({ again, up }: Commands): string => again ?? up;

function inPlace(text: string, commands: Commands): string {
  return Object.entries({ ...commands, again: againIn(commands) }).reduce(
    (said, [name, typed]) => said.replaceAll(`{${name}}`, () => typed),
    text,
  );
}

/** The table of docs/when-it-stops.md. */
export function runFailureDocument(): string {
  const plain: Commands = {
    again: "the same command again",
    up: "`pulumi up`",
    recover: "`npx entra-connect recover --stack NAME`",
    cancel: "`pulumi cancel`",
    refresh: "`pulumi refresh`",
  };
  const rows = [
    ...runFailures.map(({ says, cause, next }) => [says, inPlace(cause, plain), inPlace(next, plain)]),
    ...azureErrors.map(({ code, cause, next }) => [`\`${code}\``, cause, next.replaceAll("pulumi up", plain.up)]),
  ];
  return markdownTable(["the run says", "what is the matter", "what to do"], rows);
}
