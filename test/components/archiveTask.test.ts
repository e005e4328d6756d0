import assert from "node:assert/strict";
import { archivingAskedWith, keepArchivingArguments, queueOf } from "../../components/archive/taskPlan";
import type { GenerationSettings, Settings } from "../../components/settings/settings";
import { judgeKeepArchiving } from "../../review/readiness/judge";
import type { KeepArchivingAnswer } from "../../scripts/answers";
import { archivedScript, taskResult, taskResults } from "../../scripts/archiveTask";
import { bundleFiles } from "../../scripts/bundle";
import { healthyServer } from "../support/healthyServer";
import { judgingContext } from "../support/judging";
import { settingsFixture, type Written } from "../support/settingsFixture";
import { problemsOf } from "../support/settingsProblems";

const archived =
  (schedule: Record<string, unknown> = {}, more: (written: Written) => void = () => undefined) =>
  (written: Written): void => {
    written.archive = { enabled: true, schedule };
    more(written);
  };
const vmId = "4C1D2F3A-1111-4222-8333-0123456789AB";
const place = { accountName: "stcontoso", containerName: "configuration" };
const blockOf = ({ generations }: Settings): GenerationSettings => {
  const [block] = generations;
  assert.ok(block);
  return block;
};
const asked = (change: (written: Written) => void) => {
  const settings = settingsFixture(change);
  return keepArchivingArguments(settings, blockOf(settings), { vmId, place, asked: "" });
};

describe("what the archive's task is laid down with", () => {
  it("names the machine's chain, the archive and what may wait; script and settings are pinned in the definition", () => {
    const { script, archiving, definition, chain, wanted } = asked(
      archived({ everyHours: 6, queueDays: 2, queueMB: 100 }),
    );
    assert.equal(wanted, true);
    assert.equal(chain, vmId.toLowerCase());
    const { ports, ...rest } = JSON.parse(archiving.text) as { ports: unknown[] };
    assert.ok(ports.length > 3);
    assert.deepEqual(rest, {
      chain,
      generation: 1,
      endpoint: "https://stcontoso.blob.core.windows.net",
      container: "configuration",
      queue: { count: 8, megabytes: 100 },
      waitMinutes: 60,
    });
    for (const pin of [script.sha256, archiving.sha256]) assert.ok(definition.includes(pin));
    assert.match(definition, /<UserId>S-1-5-18<\/UserId>/);
    assert.match(definition, /T04:10:00<[\s\S]*<Interval>PT6H</);
    assert.match(archivedScript().text, /^[\x20-\x7e\n]*$/, "ASCII: its hash is that of its bytes");
  });

  it("says nothing that changes with a role, another generation, a key or the gate", () => {
    const plain = asked(archived());
    const changes: ((written: Written) => void)[] = [
      (written) => {
        written.gate = { proveAgain: "2026-11-26", waitMinutes: 5 };
      },
      (written) => {
        written.tags = { owner: "identity" };
      },
      (written) => {
        const [, block] = Object.entries(written.generations)[0] ?? [];
        written.generations["2"] = structuredClone(block as never);
      },
    ];
    for (const change of changes) assert.deepEqual(asked(archived({}, change)), plain);
    assert.notEqual(asked(archived({ startTime: "05:00" })).definition, plain.definition);
  });

  it("waits for the run it asks for as long as that run may wait for the engine, and half an hour for its work", () => {
    for (const waitMinutes of [10, 60, 180])
      assert.equal(asked(archived({ waitMinutes })).firstRunMinutes, waitMinutes + 30);
  });

  it("asks to take it away where the settings do not want it, and then carries no script", () => {
    for (const change of [archived({ enabled: false }), () => undefined]) {
      const { wanted, script, archiving, definition } = asked(change);
      assert.deepEqual([wanted, script.text, archiving.text, definition], [false, "", "", ""]);
    }
  });

  it("keeps at least two collections waiting, and a wait must end before the next run", () => {
    const schedule = { enabled: true, startTime: "04:10", everyHours: 24, waitMinutes: 60, queueDays: 1, queueMB: 50 };
    assert.deepEqual(queueOf(schedule), { count: 2, megabytes: 50 });
    assert.deepEqual(
      problemsOf(archived({ everyHours: 1, waitMinutes: 60 })).map(({ path }) => path),
      ["archive.schedule.waitMinutes"],
    );
    assert.deepEqual(problemsOf(archived({ everyHours: 1, waitMinutes: 59 })), []);
    assert.deepEqual(
      problemsOf(archived({ startTime: "24:00" })).map(({ path }) => path),
      ["archive.schedule.startTime"],
    );
  });
});

describe("what became of the archive's task", () => {
  const healthy = healthyServer["keep-archiving"];
  const judged = (change: Partial<KeepArchivingAnswer>) =>
    judgeKeepArchiving("AADC-STG-G7", { ...healthy, ...change }, judgingContext);

  it("is nothing to tell where its first run has archived", () => {
    assert.deepEqual(judged({}), []);
    assert.deepEqual(judged({ firstRun: null }), []);
  });

  it("is a warning, never a stop, with the reason and what to do", () => {
    for (const { code } of taskResults.filter((each) => each.code !== 0)) {
      const [finding, ...more] = judged({
        firstRun: { result: code, event: { id: 101, name: null, why: "404 ContainerNotFound" } },
      });
      assert.deepEqual(more, []);
      assert.equal(finding?.severity, "warning");
      assert.match(finding.cause, /ContainerNotFound/);
      assert.match(finding.next, /pulumi up asks for another run/);
    }
    assert.match(taskResult(0x80070005).means, /0x80070005/);
    const codes = (change: Partial<KeepArchivingAnswer>) =>
      judged(change).map(({ code, severity }) => `${code} ${severity}`);
    assert.deepEqual(codes({ task: null }), ["archive-task-missing warning"]);
    assert.deepEqual(codes({ task: { state: "Disabled", lastResult: 0, lastRunAt: null, nextRunAt: null } }), [
      "archive-task-disabled warning",
    ]);
    assert.deepEqual(
      codes({ wanted: false, task: null, firstRun: null, before: null, waiting: 3, kept: ["C:\\queue"] }),
      ["archive-unsent warning"],
    );
    assert.deepEqual(codes({ warnings: ["said"] }), ["script-warning info"]);
  });

  it("is asked again until it works, and then the question stays", () => {
    const text = (change: Partial<KeepArchivingAnswer>) => JSON.stringify({ ...healthy, ...change });
    const ask = (change: Partial<KeepArchivingAnswer>) =>
      archivingAskedWith(text(change), "AADC-STG-G7", judgingContext);
    assert.equal(ask({ asked: "2026-11-01T00:00:00Z" }), "2026-11-01T00:00:00Z");
    assert.equal(ask({ firstRun: { result: 40, event: null } }), healthy.collectedAt);
    assert.equal(archivingAskedWith(undefined, "AADC-STG-G7", judgingContext), "");
    assert.equal(archivingAskedWith("cut sho", "AADC-STG-G7", judgingContext), "");
  });
});

describe("the collector's bundle", () => {
  const options = {
    endpoint: "",
    container: "",
    schedule: { startTime: "04:10", everyHours: 24 },
    waitMinutes: 60,
    queue: { count: 30, megabytes: 500 },
  };

  it("brings the managed servers' script byte for byte, and an installer that installs no other", () => {
    const files = new Map(bundleFiles(options).map(({ name, text }) => [name, text]));
    assert.deepEqual([...files.keys()].sort(), [
      "README.txt",
      "SHA256SUMS.txt",
      "archive-configuration.ps1",
      "install.ps1",
      "uninstall.ps1",
    ]);
    const script = archivedScript();
    assert.equal(files.get("archive-configuration.ps1"), script.text);
    assert.ok(files.get("install.ps1")?.includes(script.sha256));
    assert.ok(files.get("SHA256SUMS.txt")?.includes(`${script.sha256}  archive-configuration.ps1`));
    for (const name of ["install.ps1", "uninstall.ps1"]) {
      const text = files.get(name) ?? "";
      assert.match(text, /^#Requires -RunAsAdministrator\n/);
      assert.doesNotMatch(text, /run `pulumi up` again/);
      assert.doesNotMatch(text, /Read-Host|Set-ADSync|Invoke-ADSync/);
      assert.match(text, /^[\x20-\x7e\n]*$/);
    }
  });

  it("says where collections go, and that nobody has run it on Windows", () => {
    const readme = (endpoint: string) =>
      bundleFiles({ ...options, endpoint, container: "configuration" }).find(({ name }) => name === "README.txt")
        ?.text ?? "";
    assert.match(readme(""), /archive add FILES/);
    assert.match(readme("https://stcontoso.blob.core.windows.net"), /blobs\/add\/action/);
    for (const endpoint of ["", "https://stcontoso.blob.core.windows.net"])
      for (const said of [/simulated Windows only/, /What it never does/, /Signed off/, /uninstall\.ps1/])
        assert.match(readme(endpoint), said);
  });
});
