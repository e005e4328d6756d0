import assert from "node:assert/strict";
import { type Here, planRecovery, readLock, readState, type StackFacts } from "../../../review/recover";
import { recoverPage } from "../../../review/recover/page";

const component = "entra-connect:index:PassiveServer$entra-connect:server:Generation$";
const urn = (name: string, type = "azure-native:compute:VirtualMachine", chain = component): string =>
  `urn:pulumi:prod::identity::${chain}${type}::${name}`;

interface Entry {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
}
const entry = (name: string, type?: string, chain?: string): Entry => ({
  urn: urn(name, type, chain),
  type: type ?? "azure-native:compute:VirtualMachine",
  id: `/subscriptions/s/${name}`,
});

function stateText(
  resources: readonly Entry[],
  pending: readonly { readonly resource: Entry; readonly type: string }[] = [],
  time = "2026-11-26T10:00:00Z",
): string {
  const latest = { manifest: { time, version: "3.259.0" }, resources, pending_operations: pending };
  return JSON.stringify({ version: 3, checkpoint: { stack: "organization/identity/prod", latest } });
}

const here: Here = {
  host: "workstation",
  bootedAt: "2026-11-26T06:00:00Z",
  isRunning: (pid) => pid === 4711,
};
const typed = { command: "entra-connect recover --stack prod", up: "pulumi up --stack prod" };
const path = "/state/.pulumi/stacks/identity/prod.json";

const facts = (more: Partial<StackFacts> = {}): StackFacts => ({
  stack: "prod",
  backend: "file:///state",
  local: true,
  state: readState(stateText([entry("a")])),
  path,
  locks: [],
  unreadLocks: [],
  emptySideFiles: [],
  copies: [],
  said: "",
  ...more,
});

function lock(pid: number, host = "workstation", since = "2026-11-26T09:00:00Z") {
  const read = readLock("/l.json", JSON.stringify({ pid, username: "eve", hostname: host, timestamp: since }));
  assert.ok(read);
  return read;
}

const plan = (more: Partial<StackFacts> = {}) => planRecovery(facts(more), here, typed);
const codes = (more: Partial<StackFacts>) => plan(more).findings.map(({ code }) => code);
const kinds = (more: Partial<StackFacts>) => plan(more).steps.map(({ kind }) => kind);

describe("after an interruption", () => {
  it("nothing is in the way: ok, and the next run is named", () => {
    const { verdict, findings, steps } = plan();
    assert.equal(verdict, "ok");
    assert.deepEqual(steps, []);
    assert.equal(findings[0]?.next, typed.up);
  });

  describe("the lock", () => {
    it("of a process of this machine that is gone is taken away", () => {
      assert.deepEqual(kinds({ locks: [lock(1)] }), ["clearLock"]);
      assert.match(plan({ locks: [lock(1)] }).findings[0]?.next ?? "", /pulumi cancel --stack prod/);
    });
    it("of a running process is never touched, nor is anything else while it stands", () => {
      const pending = [{ resource: entry("b"), type: "creating" }];
      const more = { locks: [lock(4711)], state: readState(stateText([entry("a")], pending)) };
      assert.deepEqual(kinds(more), []);
      assert.equal(plan(more).verdict, "blocked");
    });
    it("beside a dead one of a living one: cancel would take both, so none is taken", () => {
      assert.deepEqual(kinds({ locks: [lock(1), lock(4711)] }), []);
    });
    it("of another machine is never called dead from here", () => {
      assert.deepEqual(kinds({ locks: [lock(1, "build-agent-7")] }), []);
      assert.deepEqual(codes({ locks: [lock(1, "build-agent-7")] }), ["lock-of-another-machine"]);
    });
    it("from before this machine's last start is dead, whoever has its number now", () => {
      assert.deepEqual(kinds({ locks: [lock(4711, "WORKSTATION", "2026-11-25T23:00:00Z")] }), ["clearLock"]);
    });
    it("that cannot be read blocks", () => {
      assert.equal(readLock("/l.json", "{"), undefined);
      assert.equal(readLock("/l.json", '{"pid":"4711","hostname":"workstation"}'), undefined);
      assert.deepEqual(kinds({ unreadLocks: ["/l.json"], locks: [lock(1)] }), []);
      assert.equal(plan({ unreadLocks: ["/l.json"] }).verdict, "blocked");
    });
  });

  describe("a state that was cut", () => {
    const whole = stateText([entry("a"), entry("b"), entry("c")]);
    const cut = readState(whole.slice(0, whole.indexOf("::c") + 10));
    const copies = [
      { path: `${path}.bak`, state: readState(stateText([entry("a"), entry("b")], [], "2026-11-26T09:59:00Z")) },
      { path: "/backups/prod.1.json", state: readState(stateText([entry("a")], [], "2026-11-20T00:00:00Z")) },
      { path: "/backups/prod.2.json", state: readState("") },
    ];
    it("is put back from the newest copy that can be read, and what that forgets is named", () => {
      assert.equal(cut.kind, "unreadable");
      const planned = plan({ state: cut, copies });
      assert.deepEqual(planned.steps, [{ kind: "restore", from: `${path}.bak`, path }]);
      assert.deepEqual(planned.summary.restore?.forgotten, ["c"]);
      assert.equal(planned.summary.restore?.resources, 2);
      assert.equal(planned.verdict, "blocked");
    });
    it("shows all copies, those that cannot be read too", () => {
      const page = JSON.stringify(recoverPage(plan({ state: cut, copies }), typed.command, undefined));
      for (const shown of ["prod.json.bak", "prod.1.json", "prod.2.json", "cannot be read", "2026-11-26T09:59:00Z"])
        assert.ok(page.includes(shown), shown);
    });
    it("without a copy that can be read stays as it is, and an empty stack is warned of", () => {
      const more = { state: cut, copies: [{ path: "x", state: readState("{") }] };
      assert.deepEqual(kinds(more), []);
      assert.match(plan(more).findings[0]?.next ?? "", /empty stack/);
    });
    it("of a backend that is not this machine's is never written", () => {
      assert.deepEqual(kinds({ local: false, state: cut, copies }), []);
    });
    for (const [what, text] of [
      ["empty", ""],
      ["zeros, as a crash leaves them", "\0\0\0"],
      ["another document", '{"version":3}'],
      ["a list", "[]"],
    ] as const)
      it(`${what}: is not taken for a stack without resources`, () => assert.equal(readState(text).kind, "unreadable"));
    it("a stack that was made and never run is read as one without resources", () => {
      const made = readState('{"version":3,"checkpoint":{"stack":"organization/identity/prod"}}');
      assert.equal(made.kind === "readable" && made.resources.length, 0);
    });
    it("a copy without resources never takes the place of one", () => {
      assert.deepEqual(kinds({ state: cut, copies: [{ path: "x", state: readState(stateText([])) }] }), []);
    });
    it("what pulumi stack export prints is read too", () => {
      const { checkpoint } = JSON.parse(whole) as { checkpoint: { latest: unknown } };
      const read = readState(JSON.stringify({ version: 3, deployment: checkpoint.latest }));
      assert.equal(read.kind === "readable" && read.resources.length, 3);
    });
  });

  describe("operations in flight", () => {
    const withPending = (...pending: { resource: Entry; type: string }[]) =>
      ({ state: readState(stateText([entry("a")], pending)) }) as const;
    it("a create of ours is settled, and up is said to take it up", () => {
      const more = withPending({ resource: entry("b"), type: "creating" });
      assert.deepEqual(kinds(more), ["settle"]);
      assert.match(plan(more).findings[0]?.title ?? "", /VirtualMachine b/);
      assert.equal(plan(more).verdict, "review");
    });
    it("a create whose resource the state has by now is an old entry", () => {
      assert.deepEqual(codes(withPending({ resource: entry("a"), type: "creating" })), ["entry-outlived"]);
    });
    it("one of a program's own keeps every entry: they are the only trace of it", () => {
      const stranger = entry("shares", "azure-native:storage:StorageAccount", "");
      const more = withPending({ resource: entry("b"), type: "creating" }, { resource: stranger, type: "creating" });
      assert.deepEqual(kinds(more), []);
      assert.equal(plan(more).verdict, "blocked");
      assert.match(plan(more).findings[0]?.title ?? "", /StorageAccount shares/);
    });
    it("updates and deletions alone need nothing: the engine goes on with them", () => {
      const more = withPending({ resource: entry("a"), type: "updating" }, { resource: entry("a"), type: "deleting" });
      assert.deepEqual(kinds(more), []);
      assert.equal(plan(more).verdict, "ok");
      assert.ok(codes(more).includes("goes-on"));
    });
    it("of another backend are told and settled by Pulumi's own commands", () => {
      const more = { local: false, ...withPending({ resource: entry("b"), type: "creating" }) };
      assert.deepEqual(kinds(more), ["settle"]);
      assert.ok(codes(more).includes("lock-not-seen"));
    });
    it("no value of the state is told, only names, types and ids", () => {
      const secret = { ...entry("b"), inputs: { adminPassword: "hunter2" } };
      assert.ok(!JSON.stringify(plan(withPending({ resource: secret, type: "creating" }))).includes("hunter2"));
    });
  });

  it("an empty file beside a sound state is moved aside", () => {
    assert.deepEqual(kinds({ emptySideFiles: [`${path}.attrs`] }), ["sideFiles"]);
  });
  it("a state that nobody can read is no stack without resources", () => {
    assert.equal(plan({ state: undefined, said: "error: no stack named 'prod' found" }).verdict, "blocked");
  });
  it("a log's known messages are told with their next step", () => {
    const { findings } = planRecovery(facts(), here, typed, "error: update failed\nerror reading from server: EOF\n");
    const told = findings.find(({ code }) => code === "said-by-the-run");
    assert.match(told?.next ?? "", /^pulumi up --stack prod/);
  });
});
