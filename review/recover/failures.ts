import { azureErrorsIn } from "../azureErrors";
import { connectionFailureOf } from "../readiness/judge";
import type { Typed } from "./typed";

/**
 * What a failed run says in the words of the engine, a provider or Azure, and what is to be done about it. From this table come
 * docs/when-it-stops.md, what a rehearsal says beside such an error, and `entra-connect recover --log`.
 */
export interface RunFailure {
  /** As docs show it. */
  readonly says: string;
  readonly pattern: RegExp;
  /** One sentence: what happened. */
  readonly title: string;
  readonly cause: string;
  /** `{up}` and `{recover}` stand for how these are typed here. */
  readonly next: string;
  /** Where the words are from. */
  readonly source: string;
}

/** The first that fits counts. */
export const runFailures: readonly RunFailure[] = [
  {
    says: "`error reading from server: EOF`, `transport is closing`, `Unavailable`",
    pattern: /error reading from server: EOF|transport is closing|code = Unavailable|\bUNAVAILABLE\b/,
    title: "the connection to the provider broke in the middle of a call",
    cause:
      "the provider's process died or was killed (memory, a virus scanner). Azure may have done what was asked; the state has nothing of it",
    next: "{up}: what is there and not in the state is taken up by its tag",
    source: "measured on engine 3.259.0: nothing in the state, no pending entry",
  },
  {
    says: "`remote command exited without exit status or exit signal`",
    pattern: /remote command exited without exit status or exit signal/,
    title: "the connection to the server broke while a step ran",
    cause: "the network, the jump host, or a restart of the server. The step may go on there by itself",
    next: "{up}: every step looks first, and waits for or takes over from the one before it",
    source: "golang.org/x/crypto/ssh, ExitMissingError",
  },
  {
    says: "`NicInUse`",
    pattern: /NicInUse/,
    title: "a network interface cannot go, since a machine holds it that this run did not delete",
    cause:
      "most often a machine of this stack that an interrupted run left in Azure and not in the state; the message names it",
    next: "write its generation's block again as it was, and {up}: the machine is taken up, and its guard can be asked; then take the block out, or destroy. Is the machine somebody else's, take the interface from it. Never delete a machine whose guard was not asked",
    source: "Azure's own code",
  },
  {
    says: "`cannot create already existing resource`",
    pattern: /cannot create already existing resource/,
    title: "what is to be made is in Azure already and not in this stack's state",
    cause:
      "what an interrupted run of this stack left is taken up by itself, by its tag entra-connect-stack; this one has another owner, no tag, or is no part of this library",
    next: "look whose it is. Another's: another name. Of a program's own resources: pulumi import. Never import, delete from the state or unprotect a machine of this library's",
    source: "pulumi-azure-native, client_azcore.go, CanCreate",
  },
  {
    says: "`previously-imported resources that still specify an ID may not be replaced`",
    pattern: /previously-imported resources that still specify an ID may not be replaced/,
    title: "what an interrupted run left differs so much from the settings that it would have to be made anew",
    cause: "the settings were changed after that run; nothing that was just taken up is replaced in the same run",
    next: "the settings as they were in the run that was cut off, and {up}; then change them",
    source: "pulumi, pkg/resource/deploy/step_generator.go",
  },
  {
    says: "`failed to load checkpoint`, `snapshot integrity failure`",
    pattern: /failed to load checkpoint|snapshot integrity failure/,
    title: "the stack's state cannot be read",
    cause:
      "an engine that was killed, or a full disk, cut the file, or left an empty file beside it. Nothing was touched in Azure",
    next: "{recover} shows the state and its copies, and what a copy would forget. Do not begin with an empty stack",
    source: "pulumi, pkg/backend/diy/state.go",
  },
  {
    says: "`the stack is currently locked by N lock(s)`; `[409] Conflict: Another update is currently in progress`",
    pattern: /the stack is currently locked by \d+ lock|another update is currently in progress/i,
    title: "somebody else's run holds the stack, or one that was killed still does",
    cause: "two engines at once destroy the state, so the second one does not begin",
    next: "{recover} says who holds it and whether that still runs; only then pulumi cancel",
    source: "pulumi, pkg/backend/diy/lock.go; docs of Pulumi Cloud",
  },
  {
    says: "`passphrase must be set`, `incorrect passphrase`",
    pattern: /passphrase must be set|incorrect passphrase/,
    title: "the stack's secrets cannot be read here",
    cause:
      "PULUMI_CONFIG_PASSPHRASE, or the file that PULUMI_CONFIG_PASSPHRASE_FILE names, is missing or another one's",
    next: "set it as whoever made the stack has it, and {up}",
    source: "pulumi, pkg/secrets/passphrase/manager.go",
  },
  {
    says: "`no space left on device`",
    pattern: /no space left on device|ENOSPC/i,
    title: "the disk is full",
    cause: "the state may have been cut with it",
    next: "make room, then {recover}, then {up}",
    source: "the operating system",
  },
];

export interface ToldFailure {
  readonly title: string;
  readonly cause: string;
  readonly next: string;
}

/** What is known of an error's words; undefined where nothing is, and its words are all there is. */
export function failureOf(text: string, typed: Typed): ToldFailure | undefined {
  const failure = runFailures.find(({ pattern }) => pattern.test(text));
  if (failure !== undefined) return { title: failure.title, cause: failure.cause, next: typedIn(failure.next, typed) };
  const connection = connectionFailureOf(text);
  if (connection !== undefined) return { title: firstLine(text), cause: connection.cause, next: connection.next };
  const [azure] = azureErrorsIn(text);
  return azure === undefined ? undefined : { title: `Azure says ${azure.code}`, cause: azure.cause, next: azure.next };
}

/** Everything that is known in what a failed run printed. */
export function failuresIn(text: string, typed: Typed): readonly ToldFailure[] {
  const connection = connectionFailureOf(text);
  return [
    ...runFailures
      .filter(({ pattern }) => pattern.test(text))
      .map(({ title, cause, next }) => ({ title, cause, next: typedIn(next, typed) })),
    ...(connection === undefined
      ? []
      : [{ title: `a step did not get in: ${connection.says}`, cause: connection.cause, next: connection.next }]),
    ...azureErrorsIn(text).map(({ code, cause, next }) => ({ title: `Azure says ${code}`, cause, next })),
  ];
}

export const typedIn = (next: string, { command, up }: Typed): string =>
  next.replaceAll("{up}", up).replaceAll("{recover}", command);

const firstLine = (text: string): string => text.trim().split("\n")[0] ?? "";
