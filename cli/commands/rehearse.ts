import { Command, InvalidArgumentError, Option } from "commander";
import { missingPeers } from "../../components/peers";
import type { RehearsalOptions } from "../../rehearsal/run/options";
import { CouldNotRun, type ExitCode } from "../../review/verdict";
import { runCommand } from "../run";

/** The rehearsal's own modules are loaded in the action: they bring the engine, SSH and gRPC with them. */
const load = async () => {
  const missing = missingPeers();
  if (missing !== undefined) throw new CouldNotRun(missing);
  const [commands, newcomer, show, world, reading] = await Promise.all([
    import("../../rehearsal/run/commands.js"),
    import("../../rehearsal/run/newcomer.js"),
    import("../../rehearsal/run/show.js"),
    import("../../rehearsal/run/openRehearsalWorld.js"),
    import("../../rehearsal/run/readWorld.js"),
  ]);
  return { ...commands, ...newcomer, ...show, ...world, ...reading };
};
type Loaded = Awaited<ReturnType<typeof load>>;

const subcommands: readonly {
  readonly name: string;
  readonly description: string;
  readonly work: (loaded: Loaded, options: RehearsalOptions) => Promise<ExitCode>;
}[] = [
  {
    name: "up",
    description: "build or change the simulated server, as pulumi up would",
    work: (loaded, options) => loaded.rehearseOnce("up", options, loaded.openRehearsalWorld),
  },
  {
    name: "preview",
    description: "say what up would change",
    work: (loaded, options) => loaded.rehearseOnce("preview", options, loaded.openRehearsalWorld),
  },
  {
    name: "destroy",
    description: "retire the simulated server; its guard is asked first",
    work: (loaded, options) => loaded.rehearseOnce("destroy", options, loaded.openRehearsalWorld),
  },
  {
    name: "show",
    description: "the simulated Azure resources, the servers and every call",
    work: (loaded, options) => loaded.show(options, loaded.readWorld),
  },
  {
    name: "serve",
    description: "keep the simulated world running for other shells and other Pulumi programs",
    work: (loaded, options) => loaded.serve(options, loaded.openRehearsalWorld),
  },
];

export function rehearseCommand(): Command {
  const command = withOptions(new Command("rehearse"))
    .description(
      "Rehearse a deployment with the real Pulumi engine on simulated Azure and simulated servers. Without a subcommand: " +
        "a new world, up, and a second up that must change nothing.",
    )
    .action((_options, invoked: Command) =>
      runCommand(async () => {
        const loaded = await load();
        return loaded.newcomerRun(optionsOf(invoked), loaded.openRehearsalWorld);
      }),
    );
  for (const { name, description, work } of subcommands) {
    command.addCommand(
      withOptions(new Command(name))
        .description(description)
        .action((_options, invoked: Command) => runCommand(async () => work(await load(), optionsOf(invoked)))),
    );
  }
  command.addCommand(afterInterruption());
  command.addCommand(switchStories());
  return command;
}

/** The code of `entra-connect recover`, on the simulated world's state. */
function afterInterruption(): Command {
  return withOptions(new Command("recover"))
    .description("what an interrupted run left in the state, and --yes: settle it, as entra-connect recover does")
    .option("--yes", "do what is shown under what comes next")
    .action((_options, invoked: Command) =>
      runCommand(async () => {
        const loaded = await load();
        const { rehearseRecover } = await import("../../rehearsal/run/recover.js");
        const { yes } = invoked.opts<{ yes?: boolean }>();
        const options = { ...optionsOf(invoked), reset: false, yes: yes ?? false };
        return rehearseRecover(options, loaded.openRehearsalWorld, (await loaded.readWorld(options.dir)) !== undefined);
      }),
    );
}

/** No engine, and nothing of Pulumi: a switch is not provisioned. */
function switchStories(): Command {
  return new Command("switch")
    .description(
      "the role switch on two simulated servers, with the very code of entra-connect switch: in order, out of order, with a dead server",
    )
    .option("--story <name>", "which story, or all (default: switch; the end of a story lists them)", "switch")
    .option("--dir <folder>", "where the simulated world is kept (default: .rehearsal)")
    .option("--json", "one JSON document on standard output")
    .action((_options, invoked: Command) =>
      runCommand(async () => {
        const { rehearseSwitch } = await import("../../rehearsal/run/roleSwitch/play.js");
        const { story, dir, json } = invoked.optsWithGlobals<{ story?: string; dir?: string; json?: boolean }>();
        return rehearseSwitch({ story: story ?? "switch", dir: dir ?? ".rehearsal", json: json ?? false });
      }),
    );
}

/** Loaded when help is asked for, not at the start of every command: the table that the grammar is read from. */
function formOfFaults(): string {
  const { faultForm } =
    require("../../rehearsal/world/faultEffects") as typeof import("../../rehearsal/world/faultEffects");
  return `\n--fault: ${faultForm}`;
}

/** The same options before and after the subcommand's name. */
function withOptions(command: Command): Command {
  return command
    .addHelpText("after", formOfFaults)
    .option("--stack <name>", "whose settings file is rehearsed (default: rehearsal)")
    .option("--dir <folder>", "where the simulated world is kept (default: .rehearsal)")
    .option("--reset", "start a new world")
    .option("--json", "one JSON document on standard output")
    .addOption(
      new Option("--operator <behaviour>", "what the simulated operator does at the gate").choices([
        "complete",
        "absent",
        "staging-unticked",
        "failing",
      ]),
    )
    .addOption(
      new Option("--hub-owner <when>", "when the simulated owner of the hub makes its half of a peering").choices([
        "at-once",
        "later",
        "never",
      ]),
    )
    .option(
      "--fault <fault>",
      "POINT=EFFECT[@VISIT], below; may be repeated (docs/rehearsal.md says what each does and where)",
      (value: string, before: readonly string[] | undefined) => [...(before ?? []), nonEmpty(value)],
    )
    .option(
      "--peculiarity <name>",
      "how Windows differs on the simulated servers (docs/rehearsal.md lists them; no-NAME takes one away); may be repeated",
      (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
    )
    .option(
      "--azure-policy <effect>",
      'what Azure Policy adds in this world from now on: "tag:NAME=VALUE" to everything that has tags, "identity:ID" to machines; may be repeated',
      (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
    )
    .option(
      "--azure-knows <name>",
      'what is newer than the lists of the simulated Azure, from now on in this world: a region, "REGION/zones", a machine size, an image\'s sku, a service tag; may be repeated',
      (value: string, before: readonly string[] | undefined) => [...(before ?? []), nonEmpty(value)],
    )
    .addOption(
      new Option(
        "--command-plugin <which>",
        "stand-in (default), or genuine: an installed pulumi-resource-command",
      ).choices(["stand-in", "genuine"]),
    );
}

function nonEmpty(value: string): string {
  if (!value.trim()) throw new InvalidArgumentError("a fault is expected");
  return value;
}

function optionsOf(command: Command): RehearsalOptions {
  const given = command.optsWithGlobals<
    Partial<RehearsalOptions> & {
      fault?: string[];
      peculiarity?: string[];
      azurePolicy?: string[];
      azureKnows?: string[];
    }
  >();
  return {
    dir: given.dir ?? ".rehearsal",
    stack: given.stack ?? "rehearsal",
    reset: given.reset ?? false,
    json: given.json ?? false,
    faults: given.fault ?? [],
    peculiarities: given.peculiarity ?? [],
    azurePolicies: given.azurePolicy ?? [],
    azureKnows: given.azureKnows ?? [],
    commandPlugin: given.commandPlugin ?? "stand-in",
    ...(given.operator ? { operator: given.operator } : {}),
    ...(given.hubOwner ? { hubOwner: given.hubOwner } : {}),
  };
}
