#!/usr/bin/env node
import { Command } from "commander";
import { exitCodes } from "../review/verdict";
import { alertsCommand } from "./commands/alerts";
import { archiveCommand } from "./commands/archive";
import { collectorCommand } from "./commands/collector";
import { compareCommand } from "./commands/compare";
import { documentCommand } from "./commands/document";
import { exportsCommand } from "./commands/exports";
import { portsCommand } from "./commands/ports";
import { previewCommand } from "./commands/preview";
import { readyCommand } from "./commands/ready";
import { recoverCommand } from "./commands/recover";
import { rehearseCommand } from "./commands/rehearse";
import { statisticsCommand } from "./commands/statistics";
import { switchCommand } from "./commands/switch";
import { watchCommand } from "./commands/watch";

const program = new Command("entra-connect")
  .description("A passive Microsoft Entra Connect Sync server as code: rehearse it, compare the pair, document it.")
  .showHelpAfterError("(add --help for usage)")
  .exitOverride((error) => {
    process.exit(error.exitCode === 0 ? exitCodes.ok : exitCodes.badInput);
  })
  .addCommand(rehearseCommand())
  .addCommand(compareCommand())
  .addCommand(exportsCommand())
  .addCommand(statisticsCommand())
  .addCommand(readyCommand())
  .addCommand(switchCommand())
  .addCommand(documentCommand())
  .addCommand(archiveCommand())
  .addCommand(watchCommand())
  .addCommand(collectorCommand())
  .addCommand(previewCommand())
  .addCommand(recoverCommand())
  .addCommand(portsCommand())
  .addCommand(alertsCommand())
  .addHelpText("after", "\nExit codes: 0 ok, 1 review, 2 blocked, 3 bad input, 4 could not run.");
inherit(program);

void program.parseAsync();

/** Exit codes and help on errors hold for every subcommand, however deep. */
function inherit(parent: Command): void {
  for (const command of parent.commands) {
    command.copyInheritedSettings(parent);
    inherit(command);
  }
}
