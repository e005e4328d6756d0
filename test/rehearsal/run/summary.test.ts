import assert from "node:assert/strict";
import { typedCommands } from "../../../rehearsal/run/commandWords";
import type { EngineEnd } from "../../../rehearsal/run/engineProcess";
import { type EngineEvent, parseEvent, shown } from "../../../rehearsal/run/events";
import { judge } from "../../../rehearsal/run/newcomer";
import { commandLine } from "../../../rehearsal/run/options";
import { exitCodeFor, type RunFacts, type RunSummary, summarize } from "../../../rehearsal/run/summary";

const urn = (name: string, type = "azure-native:compute:VirtualMachine"): string =>
  `urn:pulumi:rehearsal::entra-connect::entra-connect:index:PassiveServer$${type}::${name}`;

const line = (kind: string, op: string, name: string, more: Record<string, unknown> = {}): string =>
  JSON.stringify({
    sequence: 1,
    [kind]: {
      metadata: {
        op,
        urn: urn(name),
        type: "azure-native:compute:VirtualMachine",
        provider: "urn:pulumi:rehearsal::entra-connect::pulumi:providers:azure-native::default::id",
        new: { parent: urn("parent"), outputs: {} },
        ...more,
      },
    },
  });

const said = (severity: string, message: string): string =>
  JSON.stringify({ diagnosticEvent: { severity, message, urn: urn("vm") } });

const eventsIn = (lines: readonly string[]): readonly EngineEvent[] =>
  lines.map(parseEvent).filter((event): event is EngineEvent => event !== undefined);

function facts(end: Partial<EngineEnd>, lines: readonly string[], more: Partial<RunFacts> = {}): RunFacts {
  return {
    action: "up",
    stack: "rehearsal",
    end: { code: 0, signal: null, output: "", errors: "", interrupted: false, ...end },
    events: eventsIn(lines),
    outputs: {},
    durationSeconds: 1,
    notRehearsed: [],
    faultsNotMet: [],
    next: "npx entra-connect rehearse up",
    commands: typedCommands({ dir: ".rehearsal", stack: "rehearsal" }),
    lockTakenAway: false,
    ...more,
  };
}

describe("what stopped a run", () => {
  it("begins with the error's own words, not with every input through which it came", () => {
    const through = 'error serializing property "stdin": '.repeat(3);
    const error = `Error: ${through}error serializing property "outputs": Error: The verdict on aadc-stg-g1 is blocked.\n  the clock`;
    const [found] = summarize(facts({ code: 1 }, [said("error", error)])).findings;
    assert.equal(found?.title, "The verdict on aadc-stg-g1 is blocked.");
    assert.doesNotMatch(String(found?.cause), /serializing/);
  });
});

describe("an error that nobody caught", () => {
  it("is told without what Node shows of the error object", () => {
    const error = [
      "Running program '/p/index.js' failed with an unhandled exception:",
      "<ref *1> Error: invocation of azure-native:recoveryservices:getVault returned an error: request failed /s: Status=403",
      "the second line of its words",
      "    at Object.callback (/p/node_modules/@pulumi/runtime/invoke.ts:301:37)",
      "    at processTicksAndRejections (node:internal/process/task_queues:85:11) {",
      "  promise: Promise { <rejected> [Circular *1] }",
      "}",
    ].join("\n");
    const [found] = summarize(facts({ code: 1 }, [said("error", error)])).findings;
    const words =
      "invocation of azure-native:recoveryservices:getVault returned an error: request failed /s: Status=403";
    assert.equal(found?.title, words);
    assert.equal(found?.cause, `${words}\nthe second line of its words`);
  });
});

describe("the next step of a run that failed", () => {
  for (const action of ["destroy", "preview"] as const)
    it(`is ${action} again, where the cause is over by then: up would build what was to go, or what was only to be looked at`, () => {
      const next = commandLine(action, { dir: "w", stack: "rehearsal" });
      const commands = typedCommands({ dir: "w", stack: "rehearsal" });
      for (const words of [
        "error reading from server: EOF",
        "wait: remote command exited without exit status or exit signal",
        'Status=429 Code="TooManyRequests" Message="later"',
        'Status=409 Code="AnotherOperationInProgress" Message="busy"',
        'Status=403 Code="AuthorizationFailed" Message="The client"',
        'Status=409 Code="ScopeLocked" Message="The scope"',
        "error: incorrect passphrase",
      ]) {
        const [found] = summarize(facts({ code: 1 }, [said("error", words)], { action, next, commands })).findings;
        assert.ok(found?.next.includes(next), `${words}: ${found?.next}`);
        assert.ok(!found?.next.includes(commands.up), `${words}: ${found?.next}`);
      }
    });
});

describe("a fault that did not strike", () => {
  it("is told with the command that shows the calls of this very world", () => {
    const commands = typedCommands({ dir: "worlds/two", stack: "prod" });
    const [found] = summarize(facts({}, [], { faultsNotMet: ["ssh:retire=lost"], commands })).findings;
    assert.equal(found?.subject, "ssh:retire=lost");
    assert.match(found?.next ?? "", /^npx entra-connect rehearse show --stack prod --dir worlds\/two /);
  });
});

describe("the engine's events", () => {
  it("tells a replacement as one resource, replaced", () => {
    const lines = ["create-replacement", "replace", "delete-replaced"].flatMap((op) =>
      ["resourcePreEvent", "resOutputsEvent"].map((kind) => line(kind, op, "vm")),
    );
    const { resources, changes } = summarize(facts({}, lines));
    assert.deepEqual(
      resources.map(({ name, operation, state }) => [name, operation, state]),
      [["vm", "replace", "done"]],
    );
    assert.deepEqual(changes, { create: 0, import: 0, update: 0, replace: 1, delete: 0, same: 0 });
  });

  it("keeps secrets and unknown values as words", () => {
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "[secret]" };
    assert.deepEqual(shown({ a: [secret], b: "04da6b54-80e4-46f7-96ec-b56ff0331ba9", c: 1 }), {
      a: ["[secret]"],
      b: "[known after up]",
      c: 1,
    });
  });

  it("leaves out what the engine shows nobody: its default providers, unless one fails", () => {
    const step = (kind: string): string => {
      const provider = "urn:pulumi:rehearsal::entra-connect::pulumi:providers:azure-native::default_3_28_0";
      return JSON.stringify({
        [kind]: { metadata: { op: "create", urn: provider, type: "pulumi:providers:azure-native" } },
      });
    };
    assert.equal(parseEvent(step("resourcePreEvent")), undefined);
    assert.equal(parseEvent(step("resOutputsEvent")), undefined);
    assert.equal(parseEvent(step("resOpFailedEvent"))?.kind, "failed");
  });

  it("leaves debug lines and what is no event out", () => {
    assert.equal(parseEvent(said("debug", "noise")), undefined);
    assert.equal(parseEvent("{ broken"), undefined);
    assert.equal(parseEvent("Updating (dev):"), undefined);
  });

  it("drops the colours that exceptions keep", () => {
    const event = parseEvent(said("error", "\u001b[31mError:\u001b[0m no"));
    assert.ok(event?.kind === "said");
    assert.equal(event.text, "Error: no");
  });
});

describe("the summary of a run", () => {
  it("counts what the engine counted", () => {
    const summary = summarize(
      facts({}, [JSON.stringify({ summaryEvent: { result: "succeeded", resourceChanges: { create: 3, same: 2 } } })]),
    );
    assert.deepEqual(summary.changes, { create: 3, import: 0, update: 0, replace: 0, delete: 0, same: 2 });
    assert.equal(summary.verdict, "ok");
  });

  it("takes verdict and findings from the program's outputs", () => {
    const finding = { code: "version-retires-soon", severity: "warning", title: "The version retires.", subject: "v" };
    const summary = summarize(facts({}, [], { outputs: { verdict: "review", findings: [finding] } }));
    assert.equal(summary.verdict, "review");
    assert.equal(summary.findings[0]?.code, "version-retires-soon");
    assert.equal(exitCodeFor(summary), 1);
  });

  it("does not take the verdict that an earlier run left for this one's", () => {
    const summary = summarize(facts({ code: 1 }, [said("error", "no route")], { outputs: { verdict: "ok" } }));
    assert.equal(summary.verdict, "blocked");
    assert.equal(exitCodeFor(summary), 2);
  });

  it("does not repeat what an earlier run found, of a server that may be gone", () => {
    const finding = { code: "staging-proven", severity: "info", title: "is in staging mode", subject: "aadc-stg-g1" };
    const outputs = { verdict: "ok", findings: [finding] };
    const codes = (action: "up" | "preview" | "destroy", code: number) =>
      summarize(facts({ code }, code === 0 ? [] : [said("error", "no route")], { action, outputs })).findings.map(
        (each) => each.code,
      );
    assert.deepEqual(codes("destroy", 1), ["run-failed"]);
    assert.deepEqual(codes("up", 1), ["run-failed"]);
    assert.deepEqual(codes("destroy", 0), []);
    assert.deepEqual(codes("up", 0), ["staging-proven"]);
    assert.deepEqual(codes("preview", 0), ["staging-proven"], "a preview finds for itself");
  });

  it("takes it for refused settings whether or not the engine had the component by then", () => {
    const component = { type: "entra-connect:index:PassiveServer", provider: "" };
    const refused = said("error", "The settings of aadc-stg have a problem. Nothing of it was touched.\n  location: x");
    for (const lines of [
      [refused],
      [line("resOutputsEvent", "update", "aadc-stg", component), refused],
      [line("resOutputsEvent", "same", "aadc-stg", component), refused],
    ])
      assert.equal(exitCodeFor(summarize(facts({ code: 1 }, lines))), 3);
    const begun = [line("resOutputsEvent", "create", "aadc-stg-g1-vm"), refused];
    assert.equal(exitCodeFor(summarize(facts({ code: 1 }, begun))), 2);
  });

  it("takes it for refused settings when the engine refuses them before the program runs", () => {
    const errors =
      "error: validating stack config: Stack 'rehearsal' is missing configuration values 'generations' and 'name'";
    const summary = summarize(facts({ code: 1, errors }, []));
    assert.equal(summary.findings[0]?.code, "settings-refused");
    assert.match(summary.findings[0]?.title ?? "", /missing configuration values 'generations' and 'name'/);
    assert.equal(exitCodeFor(summary), 3);
  });

  it("says of an interrupted run what was not waited for", () => {
    const cause = (...lines: string[]) => {
      const [finding] = summarize(facts({ code: 1, interrupted: true }, lines)).findings;
      return `${finding?.title} ${finding?.cause}`;
    };
    const [begun, done] = [line("resourcePreEvent", "create", "vm"), line("resOutputsEvent", "create", "vm")];
    assert.match(
      cause(begun, done),
      /No resource was in flight\. What this run had changed is recorded; at most the program was reading in Azure/,
    );
    assert.match(cause(), /No resource was in flight\. Nothing was changed: the program was reading in Azure/);
    assert.match(cause(begun), /Not waited for, so not recorded: vm\..*pending entry.*rehearse recover shows them/);
    const cut = cause(begun, line("resOpFailedEvent", "create", "vm"));
    assert.match(cut, /Cut off: vm\. Azure or the server may have done it/);
    assert.doesNotMatch(cut, /were finished and recorded/);
  });

  it("knows of an interruption from the engine too, which reads ^C itself on a terminal", () => {
    const asked = JSON.stringify({ stdoutEvent: { message: "^C received; cancelling. If you", color: "always" } });
    const canceled = said("error", "<{%fg 1%}>error: <{%reset%}>update canceled");
    const summary = summarize(facts({ code: 1 }, [asked, canceled]));
    assert.deepEqual([summary.result, exitCodeFor(summary)], ["interrupted", 4]);
    assert.equal(summary.messages[0]?.text, "error: update canceled");
    assert.equal(summarize(facts({ code: 0 }, [asked])).result, "succeeded");
  });

  it("says what a refusing script said, with its own next step", () => {
    const text =
      'error: Process exited with status 1: running "powershell.exe": \nverify-staging on S stopped [staging-off]\n' +
      "What: Staging mode is off.\nWhy: The box was not ticked.\nNote: Known cause: haste.\nNext: Run the wizard.\nNext: Then up again.";
    const [finding] = summarize(facts({ code: 1 }, [said("error", text)])).findings;
    assert.equal(finding?.title, "Staging mode is off.");
    assert.equal(finding?.cause, "The box was not ticked. Known cause: haste.");
    assert.equal(finding?.next, "Run the wizard. Then up again.");
  });

  it("names what was in flight when the engine was killed, and the command that continues", () => {
    const summary = summarize(facts({ code: null, signal: "SIGKILL" }, [line("resourcePreEvent", "create", "vm")]));
    assert.equal(summary.result, "killed");
    assert.match(summary.findings[0]?.cause ?? "", /In flight: vm/);
    assert.match(summary.findings[0]?.cause ?? "", /with plain Pulumi every run is refused until pulumi cancel/);
    assert.equal(summary.next, "npx entra-connect rehearse up");
    assert.equal(exitCodeFor(summary), 4);
    const reading = (...lines: string[]) =>
      summarize(facts({ code: null, signal: "SIGKILL" }, lines)).findings[0]?.cause ?? "";
    assert.match(reading(), /^No resource was in flight\. Nothing was changed: the program was reading in Azure/);
    const one = (operation: string) => [
      line("resourcePreEvent", operation, "vm"),
      line("resOutputsEvent", operation, "vm"),
    ];
    assert.match(reading(...one("same")), /Nothing was changed/);
    assert.match(reading(...one("update")), /^No resource was in flight\. What this run had changed is recorded/);
  });

  it("says after a killed run what somebody would have had to type", () => {
    const codes = (lockTakenAway: boolean) =>
      summarize(facts({}, [], { lockTakenAway })).findings.filter(({ code }) => code === "lock-taken-away");
    assert.deepEqual(codes(false), []);
    assert.match(codes(true)[0]?.cause ?? "", /pulumi cancel --stack rehearsal/);
    assert.equal(summarize(facts({}, [], { lockTakenAway: true })).verdict, "ok");
  });

  it("gives cause and next step to words that are not ours", () => {
    const of = (text: string) => summarize(facts({ code: 1 }, [said("error", text)])).findings[0];
    const broke = of("error reading from server: EOF");
    assert.match(broke?.cause ?? "", /provider's process broke off.*Azure may have done it/s);
    assert.match(broke?.next ?? "", /rehearse up: what was done meanwhile is found/);
    assert.match(of('Status=409 Code="NicInUse"')?.next ?? "", /Put the block of that generation back/);
    const torn = summarize(facts({ code: 255, errors: "error: failed to load checkpoint: EOF" }, [])).findings[0];
    assert.match(torn?.next ?? "", /rehearse recover shows it/);
  });

  it("names what was accepted and failed by its own words, not by the number of errors", () => {
    const text = '1 error occurred:\n\t* Status=200 Code="AllocationFailed" Message="Allocation failed."\n\n';
    const { findings } = summarize(facts({ code: 1 }, [said("error", text)]));
    assert.match(findings[0]?.title ?? "", /^Status=200 Code="AllocationFailed"/);
  });

  it("repeats the engine's last words where it gave no reason", () => {
    const summary = summarize(facts({ code: 1, errors: "error: the stack is currently locked by 1 lock(s)" }, []));
    assert.match(summary.findings[0]?.cause ?? "", /currently locked/);
  });
});

describe("what the newcomer's run demands", () => {
  const good: RunSummary = summarize(facts({}, [], { outputs: { verdict: "ok" } }));
  const changes = { create: 0, import: 0, update: 0, replace: 0, delete: 0, same: 9 };
  const first: RunSummary = { ...good, changes: { ...changes, create: 9, same: 0 } };
  const second: RunSummary = { ...good, changes };
  const holds = (one: RunSummary, two: RunSummary): boolean => judge(one, two).every((claim) => claim.holds);

  it("holds for a build, a verdict of ok and a second up that changes nothing", () => {
    assert.ok(holds(first, second));
  });

  it("fails when the second up changes anything at all", () => {
    for (const kind of ["create", "update", "replace", "delete"] as const) {
      assert.ok(!holds(first, { ...second, changes: { ...changes, [kind]: 1 } }), kind);
    }
  });

  it("fails without a verdict, and with any other than ok", () => {
    assert.ok(!holds({ ...first, outputs: {} }, second));
    assert.ok(!holds({ ...first, verdict: "review" }, second));
  });
});

describe("the command to go on with", () => {
  it("names what differs from the defaults only", () => {
    assert.equal(commandLine("up", { dir: ".rehearsal", stack: "rehearsal" }), "npx entra-connect rehearse up");
    assert.equal(
      commandLine("up", { dir: "my world", stack: "prod" }),
      'npx entra-connect rehearse up --stack prod --dir "my world"',
    );
  });
});
