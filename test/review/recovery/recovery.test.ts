import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { azureErrors, inAzuresWords } from "../../../review/azureErrors";
import {
  type Commands,
  type Observed,
  pendingDocument,
  planRecovery,
  readCheckpoint,
  recoveryPage,
  runFailureDocument,
  runFailureOf,
  type SeenLock,
} from "../../../review/recovery";
import { renderText } from "../../../review/render";
import { repositoryRoot } from "../../support/repository";
import { guardUrn, machineUrn, observed, stackUrn, stateText, urnOf } from "./states";

const page = (name: string): string => readFileSync(join(repositoryRoot, "docs", name), "utf8");
const whole = stateText({ urns: [machineUrn, guardUrn] });
const dead: SeenLock = { file: "/locks/1.json", holder: "dead", pid: 7, user: "ann", host: "here", since: "10:00" };
const codes = (seen: Observed): string[] => planRecovery(seen).findings.map(({ code }) => code);
const kinds = (seen: Observed): string[] => planRecovery(seen).summary.steps.map(({ kind }) => kind);

describe("a state as it is read", () => {
  it("is the same in the file backend's form and as pulumi stack export prints it", () => {
    const file = readCheckpoint(whole);
    const { checkpoint, version } = JSON.parse(whole);
    assert.deepEqual(readCheckpoint(JSON.stringify({ version, deployment: checkpoint.latest })), file);
    assert.equal(file.kind === "state" && file.resources.length, 3);
  });

  it("of a stack that was never updated is empty, not unreadable", () => {
    const never = readCheckpoint(JSON.stringify({ version: 3, checkpoint: { stack: "s", latest: null } }));
    assert.deepEqual(never, { kind: "state", writtenAt: null, resources: [], pending: [] });
  });

  it("that is cut at any place is unreadable, and still says what it names", () => {
    for (let length = 0; length < whole.length; length += 37) {
      const cut = readCheckpoint(whole.slice(0, length));
      assert.equal(cut.kind, "unreadable", `${length} characters`);
      if (cut.kind !== "unreadable") continue;
      const complete = [stackUrn, machineUrn, guardUrn].filter((urn) => whole.indexOf(`${urn}"`) + urn.length < length);
      assert.deepEqual(cut.named, complete, `${length} characters`);
    }
  });

  it("says why it cannot be read", () => {
    const reason = (text: string) => {
      const reading = readCheckpoint(text);
      return reading.kind === "unreadable" ? reading.reason : "";
    };
    assert.match(reason(""), /empty/);
    assert.match(reason("\0".repeat(100)), /zeros/);
    assert.match(reason(whole.slice(0, 200)), /ends in the middle/);
    assert.match(reason("version https://git-lfs"), /no JSON/);
    assert.match(reason('{"name":"a"}'), /no state of Pulumi/);
  });
});

describe("what recover plans", () => {
  it("is nothing where nothing was interrupted", () => {
    const plan = planRecovery(observed(whole));
    assert.equal(plan.verdict, "ok");
    assert.deepEqual(plan.findings, []);
    assert.deepEqual(plan.summary.steps, []);
    assert.equal(plan.summary.next, "UP");
  });

  it("takes a dead lock away and clears pending creations, and nothing else", () => {
    const text = stateText({
      urns: [guardUrn],
      pending: [
        ["creating", machineUrn],
        ["deleting", guardUrn],
      ],
    });
    const plan = planRecovery(observed(text, { locks: [dead] }));
    assert.equal(plan.verdict, "review");
    assert.deepEqual(plan.summary.steps, [
      { kind: "remove-lock", lock: dead },
      { kind: "clear-pending", root: stackUrn, urns: [machineUrn] },
    ]);
    assert.equal(plan.summary.next, "RECOVER --yes");
  });

  it("has Azure asked what of a deletion came about, but for a machine, a script and what is half made: up alone would not look", () => {
    const alert = urnOf("azure-native:monitor:ScheduledQueryRule", "aadc-g1-run-errors");
    const half = urnOf("azure-native:network:NatGateway", "aadc-egress");
    const text = stateText({
      urns: [alert, half, guardUrn, machineUrn],
      pending: [alert, half, guardUrn, machineUrn].map((urn) => ["deleting", urn] as const),
      more: { [half]: { initErrors: ["no"] } },
    });
    const plan = planRecovery(observed(text));
    assert.deepEqual(plan.summary.steps, [{ kind: "look", urns: [alert] }]);
    assert.equal(plan.verdict, "review");
    assert.match(plan.findings.find(({ subject }) => subject === "aadc-g1-run-errors")?.next ?? "", /RECOVER --yes/);
    assert.equal(plan.summary.next, "RECOVER --yes");
    const shown = renderText(recoveryPage(plan), { colour: false, width: 200 });
    assert.match(shown, /ask Azure whether 1 resource that was being deleted is still there/);
  });

  it("names no up where neither the state nor an older one can be read", () => {
    const plan = planRecovery(observed(whole.slice(0, 300), { backups: [["/b", whole.slice(0, 200)]] }));
    assert.equal(plan.verdict, "blocked");
    assert.deepEqual(plan.summary.steps, []);
    assert.equal(plan.summary.next, "RECOVER");
    const shown = renderText(recoveryPage(plan), { colour: false, width: 200 });
    assert.match(shown, /Nothing that recover can settle/);
    assert.doesNotMatch(shown, /Nothing is left for recover to do/);
  });

  it("touches nothing beside a lock whose holder is not known to be dead, whatever else is wrong", () => {
    for (const holder of ["alive", "elsewhere", "unreadable"] as const) {
      for (const text of [stateText({ pending: [["creating", machineUrn]] }), whole.slice(0, 300)]) {
        const locks = [dead, { file: "/locks/2.json", holder, pid: 9, host: "there" }];
        const seen = observed(text, { locks, backups: [["/states/prod.json.bak", whole]], cutSideFile: "/s.attrs" });
        const plan = planRecovery(seen);
        assert.equal(plan.verdict, "blocked", holder);
        assert.deepEqual(plan.summary.steps, [], holder);
        assert.equal(plan.summary.next, "RECOVER", holder);
      }
    }
  });

  it("advises no refresh of everything meanwhile, which would forget what is half made", () => {
    const lock: SeenLock = { file: "/locks/2.json", holder: "alive", pid: 9, host: "there" };
    const { findings } = planRecovery(observed(stateText({ pending: [["creating", machineUrn]] }), { locks: [lock] }));
    const pending = findings.find(({ code }) => code === "pending-creating");
    assert.equal(pending?.next, "Once nobody holds the stack: RECOVER --yes takes the entry out of the state");
  });

  it("restores the newest state that can be read, and names what would be forgotten, machines first", () => {
    const alert = urnOf("azure-native:monitor:MetricAlert", "an-alert");
    const cut = stateText({ urns: [alert, guardUrn, machineUrn], time: "2026-11-26T12:00:00Z" }).slice(0, -40);
    const backups = [
      ["/b/newest-but-cut", whole.slice(0, 400)],
      ["/b/newest", stateText({ time: "2026-11-26T11:00:00Z", urns: [] })],
      ["/b/older", stateText({ time: "2026-11-26T09:00:00Z", urns: [machineUrn, guardUrn, alert] })],
    ] as const;
    const plan = planRecovery(observed(cut, { backups }));
    assert.deepEqual(plan.summary.steps, [{ kind: "restore", file: "/states/prod.json", from: "/b/newest" }]);
    assert.equal(plan.verdict, "review");
    assert.match(plan.findings[0]?.cause ?? "", /Would be forgotten.*: aadc-g1-vm, aadc-g1-guard, an-alert/);
    assert.deepEqual(
      plan.summary.backups.map(({ resources }) => resources),
      [null, 1, 4],
    );
  });

  it("clears what the restored state has pending, too", () => {
    const before = stateText({ pending: [["creating", machineUrn]] });
    assert.deepEqual(kinds(observed("", { backups: [["/b", before]] })), ["restore", "clear-pending"]);
  });

  it("restores nothing where no older state can be read, or where it holds nothing", () => {
    for (const older of ["", whole.slice(0, 100), JSON.stringify({ version: 3, checkpoint: { latest: null } })]) {
      const plan = planRecovery(observed("", { backups: [["/b", older]] }));
      assert.equal(plan.verdict, "blocked");
      assert.deepEqual(plan.summary.steps, []);
    }
  });

  it("never restores a state that is not a file of this machine", () => {
    for (const kind of ["cloud", "storage"] as const) {
      const plan = planRecovery(observed("", { backend: { kind, url: "s3://states" } }));
      assert.equal(plan.verdict, "blocked");
      assert.deepEqual(plan.summary.steps, []);
      assert.match(plan.findings[0]?.next ?? "", kind === "cloud" ? /stack export --version/ : /\.bak/);
    }
  });

  it("puts a cut side file aside and leaves the state alone", () => {
    assert.deepEqual(kinds(observed(whole, { cutSideFile: "/states/prod.json.attrs" })), ["set-aside"]);
  });

  it("tells of what the next up settles by itself without wanting anything", () => {
    const seen = observed(
      stateText({
        urns: [machineUrn, guardUrn],
        pending: [
          ["updating", machineUrn],
          ["deleting", guardUrn],
        ],
        more: { [machineUrn]: { initErrors: ["OSProvisioningTimedOut"] }, [guardUrn]: { delete: true } },
      }),
    );
    assert.deepEqual(codes(seen).sort(), ["half-made", "pending-deleting", "pending-updating", "to-be-deleted"]);
    assert.equal(planRecovery(seen).verdict, "ok");
    assert.deepEqual(kinds(seen), []);
  });

  it("says another thing of a resource of ours than of one that up does not take up", () => {
    const own = "urn:pulumi:prod::entra::azure-native:network:VirtualNetwork::mine";
    const { pending } = planRecovery(
      observed(
        stateText({
          pending: [
            ["creating", machineUrn],
            ["creating", own],
          ],
        }),
      ),
    ).summary;
    assert.match(pending[0]?.up ?? "", /takes it up, writes to it what differs/);
    assert.match(pending[1]?.up ?? "", /makes it again.*import/);
  });

  it("is shown with every step before anything is done", () => {
    const plan = planRecovery(
      observed(whole.slice(0, 500), { locks: [dead], backups: [["/states/prod.json.bak", whole]] }),
    );
    const text = renderText(recoveryPage(plan), { colour: false, width: 200 });
    for (const words of ["Nothing of this was done yet", "/locks/1.json", "/states/prod.json.bak", "RECOVER --yes"])
      assert.ok(text.includes(words), `${words} in\n${text}`);
    assert.doesNotMatch(text, /pulumi up/);
  });
});

describe("what a failed run says", () => {
  const commands: Commands = {
    up: "REHEARSE UP",
    recover: "REHEARSE RECOVER",
    cancel: "CANCEL",
    refresh: "REFRESH",
  };

  it("finds its row by the words that were seen", () => {
    for (const [text, code] of [
      ["error: failed to load checkpoint: EOF", "state-side-file-cut"],
      ["error: failed to load checkpoint: place 1: unexpected end of JSON input", "state-unreadable"],
      [
        "error: failed to load checkpoint: place 1: invalid character '\\x00' looking for beginning of value",
        "state-unreadable",
      ],
      [
        "post-step event returned an error: failed to save snapshot: An IO error occurred while writing the new snapshot file: write /s.tmp: no space left on device",
        "disk-full",
      ],
      ["error: failed to save snapshot: open /s.tmp: read-only file system", "state-not-saved"],
      ["error: the stack is currently locked by 1 lock(s). Either wait for", "locked"],
      ["error: [409] Conflict: Another update is currently in progress.", "locked"],
      ["error: error reading from server: EOF", "provider-broke"],
      [
        "Error: invocation of azure-native:recoveryservices:getVault returned an error: error reading from server: EOF",
        "provider-broke-reading",
      ],
      ['wait: remote command exited without exit status or exit signal: running "powershell.exe"', "ssh-cut"],
      ['Code="NicInUse" Message="Network Interface x is used by existing resource"', "interface-in-use"],
      ["cannot create already existing resource '/subscriptions/s/x'", "exists-already"],
      ['Status=429 Code="TooManyRequests"', "throttled"],
      ['Status=503 Code="ServiceUnavailable" Message="try later"', "throttled"],
      [
        'Status=400 Code="InvalidResourceReference" Message="Resource /a referenced by resource /b was not found."',
        "gone-from-azure",
      ],
      ['Status=404 Code="ParentResourceNotFound" Message="Failed to perform"', "gone-from-azure"],
      [`Status=404 Code="ResourceGroupNotFound" Message="Resource group 'rg' could not be found."`, "gone-from-azure"],
      [`Status=404 Code="ResourceNotFound" Message="The Resource 'a/b/c' under resource group"`, "gone-from-azure"],
      [`Status=409 Code="ResourceGroupBeingDeleted" Message="The resource group 'rg' is"`, "being-deleted"],
      [
        `Status=409 Code="OperationNotAllowed" Message="Operation 'Update VM' is not allowed on VM 'x' since the VM is marked for deletion. You can only"`,
        "being-deleted",
      ],
      ['Status=429 Code="RetryableError" Message="… Resource is in Deleting state."', "being-deleted"],
      ['Status=429 Code="RetryableError" Message="… Resource is in Updating state."', "busy"],
      ['Status=400 Code="AnotherPeeringAlreadyReferencesRemoteVnet" Message="Cannot create"', "peered-already"],
      ['Status=400 Code="LocationNotAvailableForResourceGroup" Message="The provided', "no-such-location"],
      [`Status=409 Code="ScopeLocked" Message="The scope 'x' cannot perform delete operation"`, "scope-locked"],
      ["error: update canceled", "interrupted"],
      ['resource "urn" cannot be deleted\nbecause it is protected. To unprotect the resource', "protected"],
    ] as const)
      assert.equal(runFailureOf(text, commands)?.code, code, text);
    assert.equal(runFailureOf("exit status 1", commands), undefined);
  });

  it("knows every error of Azure that there is a table of", () => {
    for (const known of azureErrors) {
      const { code, cause } = known;
      const found = runFailureOf(`Status=403 Code="${code}" Message="${inAzuresWords(known, {})}"`, commands);
      assert.equal(found?.code, code);
      assert.equal(found?.cause, cause);
      assert.doesNotMatch(found?.next ?? "", /pulumi up/);
    }
  });

  it("names the command of the place, and no placeholder", () => {
    const next = runFailureOf("the stack is currently locked by 1 lock(s)", commands)?.next ?? "";
    assert.match(next, /REHEARSE RECOVER says whose it is.*CANCEL/);
    assert.doesNotMatch(next, /[{}]/);
  });

  it("stands in docs/when-it-stops.md as the table has it", () => {
    assert.ok(page("when-it-stops.md").includes(runFailureDocument()), runFailureDocument());
  });

  it("docs/after-an-interruption.md has every pending operation as the table has it", () => {
    assert.ok(page("after-an-interruption.md").includes(pendingDocument()), pendingDocument());
  });
});
