import type { Action } from "../../rehearsal/run/summary";
import { first, second } from "../support/pairOfServers";
import { Rehearsal } from "../support/rehearsal";

/** One command of a user, and the world in which it is given. */
export interface Scenario {
  readonly name: string;
  readonly meaning: string;
  readonly action: Exclude<Action, "preview">;
  readonly make: () => Rehearsal;
  /** Builds the start, undisturbed. */
  readonly start: (world: Rehearsal) => Promise<void>;
  /** What the user then writes into the settings, or does by hand. */
  readonly change?: (world: Rehearsal) => void;
  /** Beginnings of names in Azure that the command may neither write to nor delete. */
  readonly untouched?: readonly string[];
  /**
   * What the next command does beside it, once the first one has succeeded. A run that was repeated may have done that too:
   * it may then end where the undisturbed one ends after that next command, and nowhere else.
   */
  readonly next?: string;
  /** Points that this scenario has in common with another one of the same start are struck there. */
  readonly extends?: string;
}

const plain = () => new Rehearsal();
/** The rehearsal puts the secret of its own domain in the place of every encrypted one. */
const encrypted = { secure: "v1:somebody's" };

/** The world and its stack are there, and nothing else: worlds made one by one would differ in keys and ports. */
const emptyWorld = async (world: Rehearsal): Promise<void> => {
  await world.shell();
};

async function built(world: Rehearsal): Promise<void> {
  mustSucceed(await world.up());
}

async function builtBeside(world: Rehearsal): Promise<void> {
  await built(world);
  world.addBlock(2);
  mustSucceed(await world.run("up"));
}

function mustSucceed({ result, messages }: { readonly result: string; readonly messages: readonly unknown[] }): void {
  if (result !== "succeeded") throw new Error(`the start could not be built: ${JSON.stringify(messages)}`);
}

/** In the order in which they are swept. */
export const scenarios: readonly Scenario[] = [
  { name: "first-up", meaning: "the first up, in an empty subscription", action: "up", make: plain, start: emptyWorld },
  {
    name: "beside",
    meaning: "block 2 beside block 1: the second server is built and proven",
    action: "up",
    make: plain,
    start: built,
    change: (world) => world.addBlock(2),
    untouched: [first],
  },
  {
    name: "retirement",
    meaning: "block 1 taken out: 2 is proven again, the guard of 1 is asked, 1 goes",
    action: "up",
    make: plain,
    start: builtBeside,
    change: (world) => world.removeBlock(1),
    // docs/restore.md, "the up after the guard has passed"
    next: "the protection of what is gone is stopped, data kept",
    untouched: [second],
  },
  { name: "destroy", meaning: "destroy of one server; its backup stays", action: "destroy", make: plain, start: built },
  {
    name: "in-place-upgrade",
    meaning: "another version of Entra Connect on the same server",
    action: "up",
    make: plain,
    start: async (world) => {
      pin(world, "2.6.91.0");
      await built(world);
    },
    change: (world) => pin(world, "2.6.92.0"),
  },
  {
    name: "no-op",
    meaning: "an up that has nothing to do",
    action: "up",
    make: plain,
    start: built,
    untouched: [first],
  },
  {
    name: "join",
    meaning: "the first up of a server that the library joins to its domain",
    action: "up",
    make: plain,
    start: async (world) => {
      world.settings((settings) => {
        settings.domain = { name: "corp.contoso.com", join: { method: "offlineBlob" } };
        settings.domainJoinSecrets = { "1": encrypted };
      });
      await emptyWorld(world);
    },
    extends: "first-up",
  },
  {
    name: "declared-active",
    meaning: "after a switch by hand, role: active is declared: nothing runs on the server",
    action: "up",
    make: plain,
    start: async (world) => {
      await built(world);
      world.changeServer(first, ({ adsync }) => {
        if (adsync === undefined) throw new Error(`Entra Connect is not installed on ${first}`);
        adsync.stagingMode = false;
        adsync.globalParameters["Microsoft.Synchronize.StagingMode"] = "False";
      });
    },
    change: (world) => world.declareActive(1),
    untouched: [first],
  },
  {
    name: "fence",
    meaning: "role: fenced is declared: the network is cut, the service stopped",
    action: "up",
    make: plain,
    start: built,
    change: (world) =>
      world.block(1, (block) => {
        block.role = "fenced";
      }),
  },
  {
    name: "kept-ready",
    meaning: "the first up with an archive of configurations and monitoring",
    action: "up",
    make: () => new Rehearsal("emulated", undefined, ["archive", "monitoring"]),
    start: emptyWorld,
    extends: "first-up",
  },
];

function pin(world: Rehearsal, version: string): void {
  world.block(1, ({ connect }) => {
    connect.version = version;
  });
}

export function scenarioOf(name: string): Scenario {
  const found = scenarios.find((each) => each.name === name);
  if (!found)
    throw new Error(`there is no scenario ${name}; there are ${scenarios.map((each) => each.name).join(", ")}`);
  return found;
}
