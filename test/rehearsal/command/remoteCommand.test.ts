import assert from "node:assert/strict";
import { base, printing, using } from "./support/commands";
import { failureOf, urnOf } from "./support/plugin";
import { exit, type Run, ScriptedServer } from "./support/sshServer";
import { secretValue } from "./support/values";

describe("Create of a command", () => {
  it("runs create and answers with the inputs and both outputs, and an id of name and eight digits", () =>
    using({ run: printing("out\n", "err\n") }, async (plugin, server) => {
      const inputs = base(server, { create: "go", triggers: [1] });
      const { id, properties } = await plugin.create("remote:Command", inputs);
      assert.match(id, /^res[0-9a-f]{8}$/);
      assert.deepEqual(properties, { ...inputs, stdout: "out", stderr: "err" });
    }));

  it("asks for each variable with a reply, then runs, then sends standard input and its end", () =>
    using({ run: (run) => run.stdin.then((text) => printing(text)(run)) }, async (plugin, server) => {
      const inputs = base(server, { create: "go", environment: { A: "1", B: "" }, stdin: "hello" });
      const { properties } = await plugin.create("remote:Command", inputs);
      assert.equal(properties.stdout, "hello");
      assert.deepEqual(server.events, ["connect", "auth none", "session", "env A", "env B", "exec go", "stdin end"]);
    }));

  for (const [what, stdin] of [
    ["absent", undefined],
    ["empty", ""],
  ] as const) {
    it(`ends standard input at once where it is ${what}`, () =>
      using({ run: async (run) => void exit(run.channel, await run.stdin.then(() => 0)) }, async (plugin, server) => {
        await plugin.create(
          "remote:Command",
          base(server, stdin === undefined ? { create: "x" } : { create: "x", stdin }),
        );
        assert.deepEqual(server.events.slice(-2), ["exec x", "stdin end"]);
      }));
  }

  it("does not connect without create", () =>
    using({}, async (plugin, server) => {
      const { properties } = await plugin.create("remote:Command", base(server, { update: "u" }));
      assert.deepEqual([properties.stdout, properties.stderr], ["", ""]);
      assert.equal(server.connections, 0);
    }));

  it("runs an empty create", () =>
    using({}, async (plugin, server) => {
      await plugin.create("remote:Command", base(server, { create: "" }));
      assert.ok(server.events.includes("exec "));
    }));

  const outputs: [sent: string, kept: string][] = [
    ["a\n", "a"],
    ["a\r\n", "a\r"],
    ["a\n\n", "a\n"],
    ["", ""],
    ["\ufeffa\u0000b", "\ufeffa\u0000b"],
  ];
  for (const [sent, kept] of outputs) {
    it(`cuts exactly one newline off ${JSON.stringify(sent)}`, () =>
      using({ run: printing(sent, sent) }, async (plugin, server) => {
        const { properties } = await plugin.create("remote:Command", base(server, { create: "x" }));
        assert.deepEqual([properties.stdout, properties.stderr], [kept, kept]);
      }));
  }

  it("answers with plain outputs though command and standard input are secret", () =>
    using({ run: printing("o") }, async (plugin, server) => {
      const inputs = base(server, { create: secretValue("x"), stdin: secretValue("s") });
      assert.deepEqual((await plugin.create("remote:Command", inputs)).properties, {
        ...inputs,
        stdout: "o",
        stderr: "",
      });
    }));

  it("passes through large outputs and large standard input", () =>
    using(
      {
        run: async ({ channel, stdin }) => {
          const text = await stdin;
          channel.write(text, () => exit(channel, 0));
        },
      },
      async (plugin, server) => {
        const text = `${"x".repeat(999)}\n`.repeat(5000);
        const { properties } = await plugin.create(
          "remote:Command",
          base(server, { create: "cat", stdin: text, logging: "none" }),
        );
        assert.equal(properties.stdout, text.slice(0, -1));
      },
    ));

  it("leaves the connection open until the plugin ends", () =>
    using({}, async (plugin, server) => {
      await plugin.create("remote:Command", base(server, { create: "x" }));
      await plugin.create("remote:Command", base(server, { create: "y" }));
      assert.equal(server.open, 2);
    }));

  it("names what is wrong with its inputs", () =>
    using({}, async (plugin) => {
      assert.deepEqual(await failureOf(plugin.create("remote:Command", { create: 1 })), {
        code: 2,
        details:
          "invalid inputs: 2 failures decoding:\n\tcreate: Field 'create' on 'remote.CommandInputs' must be a 'string'; got 'float64' instead" +
          "\n\tconnection: Missing required field 'connection' on 'remote.CommandInputs'",
      });
    }));

  it("stops answering where the genuine plugin dies: without Check's defaults", () =>
    using({}, async (plugin, server) => {
      const inputs = { connection: { host: "127.0.0.1", port: server.port }, create: "x" };
      assert.equal((await failureOf(plugin.create("remote:Command", inputs))).code, 14);
      assert.equal((await failureOf(plugin.check("remote:Command", inputs))).code, 14);
      assert.equal(server.connections, 0);
    }));
});

describe("A command that fails", () => {
  const failures: [what: string, run: (run: Run) => void, error: string][] = [
    [
      "says the status, the command quoted and everything printed",
      printing("o\n", "e\n", 3),
      'Process exited with status 3: running "x":\no\ne\n',
    ],
    [
      "says the signal, 128 and its number, and the reason",
      ({ channel }) => {
        channel.exit("TERM", false, "told to");
        channel.end();
      },
      'Process exited with status 143 from signal TERM. Reason was: told to: running "x":\n',
    ],
    [
      "says no reason where none was sent",
      ({ channel }) => {
        channel.exit("KILL", false, "");
        channel.end();
      },
      'Process exited with status 137 from signal KILL: running "x":\n',
    ],
    [
      "says 128 for a signal without number",
      ({ channel }) => {
        channel.exit("USR1", false, "");
        channel.end();
      },
      'Process exited with status 128 from signal USR1: running "x":\n',
    ],
    [
      "says that no status came where the channel was closed without one",
      ({ channel }) => {
        channel.end("part");
      },
      'wait: remote command exited without exit status or exit signal: running "x":\npart',
    ],
    [
      "replaces every byte that is not UTF-8",
      printing(Buffer.from([0x61, 0xff, 0xfe, 0x62, 0xe2, 0x82, 0x0a]), "", 1),
      'Process exited with status 1: running "x":\na\ufffd\ufffdb\ufffd\ufffd\n',
    ],
  ];
  for (const [what, run, details] of failures) {
    it(what, () =>
      using({ run }, async (plugin, server) => {
        const failure = await failureOf(
          plugin.create("remote:Command", base(server, { create: "x", logging: "none" })),
        );
        assert.deepEqual(failure, { code: 2, details });
        assert.equal(server.connections, 1);
      }),
    );
  }

  it("says the same where the connection was cut", () =>
    using({}, async (plugin, server) => {
      const cut = await ScriptedServer.start({
        run: ({ channel }) => {
          channel.write("part", () => {
            for (const connection of cut.sockets)
              (connection as unknown as { _sock: { destroy(): void } })._sock.destroy();
          });
        },
      });
      const failure = await failureOf(plugin.create("remote:Command", base(cut, { create: "x" })));
      assert.equal(
        failure.details,
        'wait: remote command exited without exit status or exit signal: running "x":\npart',
      );
      await cut.stop();
      assert.equal(server.connections, 0);
    }));

  const quoted: [command: string, quoted: string][] = [
    ['say "hi"', '"say \\"hi\\""'],
    ["a\nb\tc\\d\re", '"a\\nb\\tc\\\\d\\re"'],
    ["\u0001\u0007\u001b\u007f", '"\\x01\\a\\x1b\\x7f"'],
    ["\u00a0\u200b\ufeff", '"\\u00a0\\u200b\\ufeff"'],
    ["äöü 漢字 😀", '"äöü 漢字 😀"'],
    ["\u{e0001}", '"\\U000e0001"'],
  ];
  for (const [command, text] of quoted) {
    it(`quotes the command as Go does: ${text}`, () =>
      using({ run: printing("", "", 1) }, async (plugin, server) => {
        const failure = await failureOf(plugin.create("remote:Command", base(server, { create: command })));
        assert.equal(failure.details, `Process exited with status 1: running ${text}:\n`);
      }));
  }

  it("shows a secret command in clear, but neither standard input nor environment", () =>
    using({ run: printing("", "", 1) }, async (plugin, server) => {
      const inputs = base(server, { create: secretValue("hush"), stdin: "in", environment: { A: "env" } });
      assert.equal(
        (await failureOf(plugin.create("remote:Command", inputs))).details,
        'Process exited with status 1: running "hush":\n',
      );
    }));

  it("says that the command was refused", () =>
    using({ acceptExec: false }, async (plugin, server) => {
      const failure = await failureOf(plugin.create("remote:Command", base(server, { create: "x y" })));
      assert.equal(failure.details, 'ssh: command x y failed: running "x y":\n');
    }));

  it("says that the session was refused", () =>
    using({ acceptSession: false }, async (plugin, server) => {
      const failure = await failureOf(plugin.create("remote:Command", base(server, { create: "x" })));
      assert.match(failure.details, /^ssh: rejected: [a-z ]+ \(.*\)$/);
      assert.equal(server.connections, 1);
    }));

  it("fails after the run where the output is not UTF-8", () =>
    using({ run: printing(Buffer.from([0xff])) }, async (plugin, server) => {
      assert.deepEqual(await failureOf(plugin.create("remote:Command", base(server, { create: "x" }))), {
        code: 13,
        details: "grpc: error while marshaling: string field contains invalid UTF-8",
      });
    }));

  it("fails where the command ended well but left a large standard input unread", () =>
    using(
      {
        run: ({ channel }) => {
          channel.pause();
          exit(channel, 0);
          channel.close();
        },
      },
      async (plugin, server) => {
        const inputs = base(server, { create: "x", stdin: "y".repeat(8 * 1024 * 1024) });
        assert.equal((await failureOf(plugin.create("remote:Command", inputs))).details, 'EOF: running "x":\n');
      },
    ));

  it("brings back an error text of megabytes whole", () =>
    using({ run: printing("z".repeat(40_000), "", 1) }, async (plugin, server) => {
      const { details } = await failureOf(plugin.create("remote:Command", base(server, { create: "x" })));
      assert.equal(details.length, 'Process exited with status 1: running "x":\n'.length + 40_000);
    }));
});

describe("Variables of a command", () => {
  const advice = (name: string): string =>
    `Unable to set '${name}'. This only works if your SSH server is configured to accept\n` +
    "\tthese variables via AcceptEnv. Alternatively, if a Bash-like shell runs the command on the remote host, you could\n" +
    "\tprefix the command itself with the variables in the form 'VAR=value command'";

  it("fail the command where the server refuses one, with advice in the log", () =>
    using({ acceptVariable: () => false }, async (plugin, server) => {
      const inputs = base(server, { create: "x", environment: { SECRET: "value" } });
      assert.deepEqual(await failureOf(plugin.create("remote:Command", inputs)), {
        code: 2,
        details: 'could not set environment variable "SECRET": ssh: setenv failed',
      });
      assert.deepEqual(plugin.logs, [
        { severity: "error", message: advice("SECRET"), urn: urnOf("remote:Command"), ephemeral: false, streamId: 0 },
      ]);
      assert.ok(!server.events.includes("exec x"));
    }));

  it("carry the previous outputs in an update, after the user's own, and may be refused", () =>
    using({ acceptVariable: (name) => !name.startsWith("PULUMI_") }, async (plugin, server) => {
      const inputs = base(server, { create: "x", environment: { A: "1" } });
      await plugin.update("remote:Command", { ...inputs, stdout: "o", stderr: "e" }, inputs);
      assert.deepEqual(server.events.slice(3, 7), [
        "env A",
        "env PULUMI_COMMAND_STDOUT",
        "env PULUMI_COMMAND_STDERR",
        "exec x",
      ]);
      assert.deepEqual(
        plugin.logs.map(({ severity, message }) => [severity, message]),
        [
          ["warning", advice("PULUMI_COMMAND_STDOUT")],
          ["warning", advice("PULUMI_COMMAND_STDERR")],
        ],
      );
    }));

  it("do not carry empty previous outputs, nor any in a create or where it is switched off", () =>
    using({}, async (plugin, server) => {
      const inputs = base(server, { create: "x" });
      await plugin.create("remote:Command", inputs);
      await plugin.update("remote:Command", { ...inputs, stdout: "", stderr: "e" }, inputs);
      const silent = { ...inputs, addPreviousOutputInEnv: false };
      await plugin.update("remote:Command", { ...silent, stdout: "o", stderr: "e" }, silent);
      const asked = server.events.filter((event) => event.startsWith("env"));
      assert.deepEqual(asked, ["env PULUMI_COMMAND_STDERR"]);
    }));
});
