import assert from "node:assert/strict";
import { base, using } from "./support/commands";
import { failureOf } from "./support/plugin";
import { exit, type Run } from "./support/sshServer";
import { outputValue, type Properties, secretValue, unknownValue } from "./support/values";

describe("Update and Delete of a command", () => {
  const echo = ({ channel, command }: Run): void => {
    channel.write(`ran ${command}`);
    exit(channel, 0);
  };

  const updates: [what: string, commands: Properties, stdout: string][] = [
    ["runs update", { create: "c", update: "u" }, "ran u"],
    ["runs create without update", { create: "c" }, "ran c"],
    ["runs an empty update", { create: "c", update: "" }, "ran "],
    ["runs nothing without either and keeps the outputs", { delete: "d" }, "old"],
  ];
  for (const [what, commands, stdout] of updates) {
    it(what, () =>
      using({ run: echo }, async (plugin, server) => {
        const inputs = base(server, commands);
        const state = { ...inputs, stdout: secretValue("old"), stderr: "" };
        assert.deepEqual(await plugin.update("remote:Command", state, inputs), { ...inputs, stdout, stderr: "" });
      }),
    );
  }

  it("keeps ignored inputs of the state", () =>
    using({ run: echo }, async (plugin, server) => {
      const inputs = base(server, { create: "new" });
      const state = { ...base(server, { create: "old" }), stdout: "", stderr: "" };
      const answer = await plugin.update("remote:Command", state, inputs, { ignoreChanges: ["create"] });
      assert.equal(answer.stdout, "ran old");
    }));

  it("deletes with connection, command, input and outputs of the state", () =>
    using({ run: (run) => run.stdin.then(() => echo(run)) }, async (plugin, server) => {
      await plugin.delete("remote:Command", {
        ...base(server, { delete: "d", stdin: "s", environment: { A: "1" } }),
        stdout: "o",
        stderr: "",
      });
      assert.deepEqual(server.events.slice(3), ["env A", "env PULUMI_COMMAND_STDOUT", "exec d", "stdin end"]);
    }));

  it("deletes without connecting where there is no delete command", () =>
    using({}, async (plugin, server) => {
      await plugin.delete("remote:Command", { ...base(server, { create: "c" }), stdout: "", stderr: "" });
      assert.equal(server.connections, 0);
    }));

  it("refuses a state without outputs", () =>
    using({}, async (plugin, server) => {
      const details =
        "2 failures decoding:\n\tstdout: Missing required field 'stdout' on 'remote.CommandOutputs'" +
        "\n\tstderr: Missing required field 'stderr' on 'remote.CommandOutputs'";
      const state = base(server, { delete: "d" });
      assert.deepEqual(await failureOf(plugin.delete("remote:Command", state)), { code: 2, details });
      assert.deepEqual(await failureOf(plugin.update("remote:Command", state, state)), { code: 2, details });
    }));
});

describe("A preview", () => {
  it("of a new command never connects, and does not know its outputs", () =>
    using({}, async (plugin, server) => {
      const inputs = base(server, { create: "x", triggers: [unknownValue] });
      const { id, properties } = await plugin.create("remote:Command", inputs, { preview: true });
      assert.match(id, /^res[0-9a-f]{8}$/);
      assert.deepEqual(properties, { ...inputs, stdout: unknownValue, stderr: unknownValue });
      assert.equal(server.connections, 0);
    }));

  const updates: [what: string, old: Properties, next: Properties, known: boolean][] = [
    ["a changed input", { create: "a" }, { create: "b" }, false],
    ["a removed input", { create: "a", update: "u" }, { create: "a" }, false],
    ["an input that becomes unknown", { create: "a" }, { create: unknownValue }, false],
    ["a new, unknown input", { create: "a" }, { create: "a", stdin: unknownValue }, false],
    ["plain becoming secret", { create: "a" }, { create: secretValue("a") }, false],
    ["an added input", { create: "a" }, { create: "a", stdin: "s" }, true],
    ["an added list with an unknown in it", { create: "a" }, { create: "a", triggers: [unknownValue] }, true],
    ["no change", { create: "a" }, { create: "a" }, true],
  ];
  for (const [what, old, next, known] of updates) {
    it(`of an update with ${what} ${known ? "keeps the old outputs" : "does not know the outputs"}`, () =>
      using({}, async (plugin, server) => {
        const state = { ...base(server, old), stdout: "o", stderr: "" };
        const answer = await plugin.update("remote:Command", state, base(server, next), { preview: true });
        const outputs = known ? { stdout: "o", stderr: "" } : { stdout: unknownValue, stderr: unknownValue };
        assert.deepEqual(answer, { ...base(server, next), ...outputs });
        assert.equal(server.connections, 0);
      }));
  }

  it("keeps an unknown connection", () =>
    using({}, async (plugin) => {
      const inputs = { connection: outputValue({ secret: true }), create: "x" };
      const { properties } = await plugin.create("remote:Command", inputs, { preview: true });
      assert.deepEqual(properties, { ...inputs, stdout: unknownValue, stderr: unknownValue });
    }));
});
