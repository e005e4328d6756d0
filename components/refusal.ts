import { RunError } from "@pulumi/pulumi";

/**
 * Thrown for a person to read. The engine prints the text of a RunError alone, but not on every way that an error takes
 * through the SDK; without a stack of its own there is nothing else to print.
 */
export class Refusal extends RunError {
  constructor(text: string) {
    super(text);
    this.stack = text;
  }
}
