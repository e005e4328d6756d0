import { Command } from "commander";

export function statisticsCommand(): Command {
  return new Command("statistics");
}
