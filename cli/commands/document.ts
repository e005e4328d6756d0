import { Command } from "commander";

export function documentCommand(): Command {
  return new Command("document");
}
