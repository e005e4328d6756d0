import { Command } from "commander";

export function exportsCommand(): Command {
  return new Command("exports");
}
