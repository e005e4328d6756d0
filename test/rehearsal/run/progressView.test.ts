import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { ProgressView } from "../../../rehearsal/run/progressView";
import { Resources } from "../../../rehearsal/run/resources";

describe("the progress of a run", () => {
  const urn = "urn:pulumi:s::p::command:remote:Command::aadc-stg-g1-await-wizard";
  it("tells a failure's reason, and not once more all that the command had said while it ran", () => {
    const lines: string[] = [];
    const progress = { line: (text: string) => lines.push(text), status: () => {}, clear: () => {} };
    const view = new ProgressView(progress, new Resources(), false, false);
    const said = (severity: "info" | "error", text: string, ephemeral: boolean) =>
      view.take({ kind: "said", severity, text, urn, ephemeral }, undefined);
    const waiting = ["gate on x: 0 of 60 min, nobody has come", "gate on x: 1 of 60 min, nobody has come"];
    const reason = ["await-wizard on x stopped [waiting]", "What: The gate is closed.", "Next: Run `pulumi up` again."];
    for (const line of [...waiting, ...reason]) said("info", line, true);
    said("error", ["Process exited with status 20", ...waiting, ...reason, "never heard"].join("\n"), false);
    view.end();
    assert.deepEqual(
      lines.map((line) => line.replace(/^ {2}error: /, "")),
      ["Process exited with status 20", ...reason, "never heard"],
    );
  });
});
