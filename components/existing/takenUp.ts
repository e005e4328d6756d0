import type * as pulumi from "@pulumi/pulumi";
import type { Finding } from "../../review/verdict";
import { ownerIn, ownerTag, stackOwner } from "../backup/owner";
import { readiness } from "../findings";
import { found, mayNotRead } from "../memory/lookup";
import { type Worn, wornBy } from "../memory/outside";
import type { Remembered } from "../memory/remembered";
import { recordOf, textOf } from "../memory/stackState";
import type { Problem, Settings } from "../settings/settings";
import { machinePart } from "./generationParts";
import { leftMachineProblems } from "./leftMachine";
import { type Answer, isBeingDeleted, type NotOurs, type Part, type PartsQuestion } from "./part";
import { partsOf } from "./parts";

/**
 * What an interrupted run left in Azure and not in the state: an engine that was killed, a provider that died. Azure-native
 * would refuse to make it again ("cannot create already existing resource"), so it is taken up by `import`. Whose it is says the
 * tag `entra-connect-stack`, which everything of ours with tags carries; what has none is of whoever has what it is below.
 */
export interface TakenUp {
  /** Ids, by logical name without the component's own in front. */
  readonly ids: ReadonlyMap<string, string>;
  /** Answers of Azure about those machines, by generation. */
  readonly machines: ReadonlyMap<number, Readonly<Record<string, unknown>>>;
  readonly worn: readonly (readonly [part: string, Worn])[];
  readonly problems: readonly Problem[];
  readonly findings: readonly Finding[];
}

export const nothingTakenUp: TakenUp = {
  ids: new Map(),
  machines: new Map(),
  worn: [],
  problems: [],
  findings: [],
};

type Presence =
  | { readonly kind: "state" | "absent" }
  | { readonly kind: "foreign"; readonly why: NotOurs }
  | { readonly kind: "ours"; readonly is: Answer };

/** Looks for what this run would make and the state does not hold; where it holds everything, Azure is asked nothing. */
export async function takenUp(
  question: PartsQuestion,
  { parts, ledger, heldElsewhere }: Pick<Remembered, "parts" | "ledger" | "heldElsewhere">,
  today: Date,
  asked: pulumi.InvokeOptions,
): Promise<TakenUp> {
  const { settings } = question;
  // Of others nothing is taken up; a machine of theirs outside the state is named, before the run meets it.
  const others = settings.generations.filter(
    (block) => block.role !== "lost" && question.treatment(block) !== "acting",
  );
  const rows = [...partsOf(question), ...others.map(({ generation }) => machinePart(settings, generation))];
  const table = new Map(rows.map((each) => [each.part, each]));
  const seen = new Map<string, Promise<Presence>>();
  const presence = (name: string): Promise<Presence> => {
    const known = seen.get(name) ?? look(name);
    seen.set(name, known);
    return known;
  };
  async function look(name: string): Promise<Presence> {
    const part = table.get(name);
    if (parts.has(name)) return { kind: "state" };
    if (part === undefined) return { kind: "absent" };
    const below = part.below === undefined ? undefined : await presence(part.below);
    if (below?.kind === "absent" || below?.kind === "foreign") return { kind: "absent" };
    const is = await answerOf(part, asked);
    if (is === undefined) return { kind: "absent" };
    // The tag is the stack's: another component's, or the program's own below something of ours, is in the state already.
    const holder = heldElsewhere.get(is.id.toLowerCase());
    if (holder !== undefined) return { kind: "foreign", why: heldBy(part, holder) };
    if (part.untagged !== true && ownerOf(is) !== stackOwner()) return { kind: "foreign", why: withoutTag(part) };
    const why = part.notOurs?.(is) ?? beingDeleted(part, is);
    return why === undefined ? { kind: "ours", is } : { kind: "foreign", why };
  }
  const all = await Promise.all(
    [...table.values()].map(async (part) => ({ part, presence: await presence(part.part) })),
  );
  const ours = all.flatMap(({ part, presence }) => (presence.kind === "ours" ? [{ part, is: presence.is }] : []));
  const answers = new Map(ours.map(({ part, is }) => [part.part, is]));
  const machines = new Map(
    settings.generations.flatMap(({ generation }) => {
      const answer = answers.get(machinePart(settings, generation).part);
      return answer === undefined ? [] : [[generation, answer] as const];
    }),
  );
  const unknown = settings.generations.flatMap((block) => {
    const answer = machines.get(block.generation);
    const entry = ledger?.generations[block.generation];
    return answer === undefined ? [] : leftMachineProblems({ settings, block, entry, answer, today });
  });
  const foreign = all.flatMap(({ part, presence }) =>
    presence.kind === "foreign" && part.judgedElsewhere !== true ? [{ path: "name", ...presence.why }] : [],
  );
  return {
    ids: new Map(ours.map(({ part, is }) => [part.part, is.id])),
    machines,
    worn: ours.map(({ part, is }) => [part.part, wornBy(is)] as const),
    problems: [...foreign, ...unknown],
    findings: ours.length === 0 ? [] : [takenUpFinding(ours.map(({ part }) => part.what))],
  };
}

async function answerOf(part: Part, asked: pulumi.InvokeOptions): Promise<Answer | undefined> {
  try {
    const answer = recordOf(await found(() => part.look(asked)));
    const id = textOf(answer.id);
    // Unit tests of other programs answer anything.
    return id !== undefined && armId.test(id) ? { ...answer, id } : undefined;
  } catch (error) {
    // Whoever may not read it may not make it either; Azure says so at the right place.
    if (mayNotRead(error)) return undefined;
    throw error;
  }
}

const armId = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+/i;

const ownerOf = ({ tags }: Answer): string | undefined => ownerIn(recordOf(tags));

function heldBy({ what }: Part, holder: string): NotOurs {
  return {
    problem: `the ${what} is this stack's already, as ${holder}: two resources of one stack would have it, and the first that is taken out would delete it`,
    write: `another name or another resource group for one of the two; or take ${holder} out of the program without deleting it (its option retainOnDelete: true, and up), and then this`,
  };
}

function withoutTag({ what }: Part): NotOurs {
  return {
    problem: `the ${what} is in Azure, not in this stack's state, and does not carry the tag ${ownerTag}=${stackOwner()}: it may be somebody else's`,
    write: `another name; or, if it is what an earlier run of this stack left, put that tag on it, and up takes it up`,
  };
}

/** What was taken up would vanish behind the state's back. */
function beingDeleted({ what }: Part, is: Answer): NotOurs | undefined {
  if (!isBeingDeleted(is)) return undefined;
  return {
    problem: `the ${what} is being deleted in Azure: an earlier run, or somebody, began that, and it cannot be stopped`,
    write: `nothing: wait until it is gone (az resource wait --deleted --ids ${is.id}), then up, which makes it anew`,
  };
}

function takenUpFinding(what: readonly string[]): Finding {
  return readiness("taken-up", "info", "state", {
    title: `${what.length === 1 ? "a resource of this stack was" : `${what.length} resources of this stack were`} in Azure and not in its state, and ${what.length === 1 ? "is" : "are"} taken up: ${what.join(", ")}`,
    cause:
      "an earlier run was cut off while Azure made them (a killed engine, a provider that died). What differs from the settings is written to them in this run",
    next: "",
  });
}

/**
 * A block that was taken out while Azure has a machine of it that the state does not know: its network interface would be
 * asked for first and never let go (NicInUse), and its guard would not be asked. Asked only where the state still holds the
 * interface and no machine.
 */
export async function leftMachines(
  settings: Settings,
  { parts }: Pick<Remembered, "parts">,
  asked: pulumi.InvokeOptions,
): Promise<readonly Problem[]> {
  const written = new Set(settings.generations.map(({ generation }) => generation));
  const candidates = [...parts].flatMap((part) => {
    const number = Number(/^g([0-9]+)-nic$/.exec(part)?.[1]);
    return Number.isNaN(number) || written.has(number) || parts.has(`g${number}-vm`) ? [] : [number];
  });
  const problems = await Promise.all(
    candidates.map(async (generation): Promise<readonly Problem[]> => {
      const part = machinePart(settings, generation);
      const machine = await answerOf(part, asked);
      if (machine === undefined || ownerOf(machine) !== stackOwner()) return [];
      return [
        {
          path: `generations.${generation}`,
          problem: `its block is gone, but Azure has the ${part.what} of this stack, which a run that was cut off left outside the state: its guard could not be asked, and its network interface is held`,
          write: `the block of generation ${generation} as it was, and up: the machine is taken up; then take the block out, and its guard is asked`,
        },
      ];
    }),
  );
  return problems.flat();
}
