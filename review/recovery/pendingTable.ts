import { markdownTable } from "../render/places";
import type { PendingOperation } from "./checkpoint";

/** What an operation that nobody saw the end of may have done, and what the next `up` makes of it. */
export interface PendingMeaning {
  readonly may: string;
  readonly up: string;
}

interface PendingRow extends PendingMeaning {
  /** In the engine's words. */
  readonly operation: "creating" | "updating" | "deleting";
  /** What kind of resource, for people. */
  readonly what: string;
  readonly fits: (operation: PendingOperation) => boolean;
}

const isOurs = ({ urn }: PendingOperation): boolean => urn.includes("entra-connect:index:PassiveServer");
const isMachine = ({ type }: PendingOperation): boolean => type === "azure-native:compute:VirtualMachine";
const isAzure = ({ type }: PendingOperation): boolean => type.startsWith("azure-native:");
const isCommand = ({ type }: PendingOperation): boolean => type === "command:remote:Command";
const isCopy = ({ type }: PendingOperation): boolean => type.startsWith("command:remote:CopyToRemote");
const isState = ({ type }: PendingOperation): boolean => type.startsWith("pulumi:");
const any = (): boolean => true;

/**
 * The first row that fits counts. What the engine does with each is measured (facts: pulumi-engine.md 1.2); what is taken up,
 * and by what, is components/existing.
 */
const pendingTable: readonly PendingRow[] = [
  {
    operation: "creating",
    what: "a machine of this library",
    fits: (each) => isMachine(each) && isOurs(each),
    may: "Azure may have made the machine; it may be running, with nothing on it",
    up: "looks for it by its name and by the tag entra-connect-stack, takes it up, writes to it what differs from its block, and goes on with its steps; where it is not there, makes it",
  },
  {
    operation: "creating",
    what: "another Azure resource of this library",
    fits: (each) => isAzure(each) && isOurs(each),
    may: "Azure may have made it",
    up: "looks for it, takes it up and writes to it what differs from the settings; where it is not there, makes it",
  },
  {
    operation: "creating",
    what: "an Azure resource of your own program",
    fits: isAzure,
    may: "Azure may have made it",
    up: "makes it again; where Azure has it, azure-native refuses (`cannot create already existing resource`): then give it the option `import` with the id that the refusal names, for one up",
  },
  {
    operation: "creating",
    what: "a script on a server",
    fits: (each) => isCommand(each) && isOurs(each),
    may: "the script may have run to its end, or may run still: a server does not notice that the engine died",
    up: "runs it again; every script of ours looks first, waits for its predecessor and repeats nothing that is done",
  },
  {
    operation: "creating",
    what: "a command of your own program",
    fits: isCommand,
    may: "the command may have run to its end, or may run still",
    up: "runs it again; whether it may be run twice only its author knows",
  },
  {
    operation: "creating",
    what: "a file for a server",
    fits: isCopy,
    may: "the file may be there, whole or in part",
    up: "copies it again over what is there",
  },
  {
    operation: "creating",
    what: "something that the state alone holds",
    fits: isState,
    may: "nothing outside of the state",
    up: "makes it",
  },
  { operation: "creating", what: "anything else", fits: any, may: "it may exist", up: "makes it again" },
  {
    operation: "updating",
    what: "a script on a server",
    fits: isCommand,
    may: "the script may have run to its end, or may run still",
    up: "runs it again",
  },
  {
    operation: "updating",
    what: "anything else",
    fits: any,
    may: "the change may be made, or half made",
    up: "makes the same change again",
  },
  {
    operation: "deleting",
    what: "a guard, or another command",
    fits: isCommand,
    may: "the guard may have passed: then its server's synchronization service is stopped and disabled, with a marker that says so",
    up: "asks it again; a server that was retired answers so",
  },
  {
    operation: "deleting",
    what: "a machine",
    fits: isMachine,
    may: "the machine may be gone, or going; its guard has passed before",
    up: "deletes it again; what is gone counts as deleted. Its block does not come back: its number is not used again",
  },
  {
    operation: "deleting",
    what: "another Azure resource",
    fits: isAzure,
    may: "it may be gone",
    up: "deletes it again where it is still to go; what is gone counts as deleted. Where it is to stay, `recover --yes` looks first, and up makes it again",
  },
  {
    operation: "deleting",
    what: "anything else",
    fits: any,
    may: "it may be gone",
    up: "deletes it again; what is gone counts as deleted",
  },
];

/** Whether Azure is asked what came of it before the next `up`. */
export const looksAt = (each: PendingOperation): boolean =>
  each.operation === "deleting" && isAzure(each) && !isMachine(each);

/** Of an operation that only looked, nothing is left to settle. */
export function meaningOf(operation: PendingOperation): PendingMeaning {
  return (
    pendingTable.find((row) => row.operation === operation.operation && row.fits(operation)) ?? {
      may: "nothing: it only looked",
      up: "looks again",
    }
  );
}

/** The table of docs/after-an-interruption.md. */
export function pendingDocument(): string {
  return markdownTable(
    ["interrupted while", "of what", "what may have happened", "the next `up`"],
    pendingTable.map(({ operation, what, may, up }) => [operation, what, may, up]),
  );
}
