import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { stepArguments, stepsOf } from "../../components/connect/plan";
import { blobNames, blobProblem, blobText, passwordProblem } from "../../components/domain/joinSecret";
import {
  type JoinQuestion,
  joinFindings,
  joinSecretProblems,
  joinSteps,
  joins,
  memberOf,
  needsSecret,
} from "../../components/domain/plan";
import { provisioning } from "../../components/domain/provisioning";
import { secondsUntilDown } from "../../components/domain/restart";
import { type Remembered, rememberedOf } from "../../components/memory/remembered";
import { partsOf } from "../../components/memory/stackState";
import type { Settings } from "../../components/settings/settings";
import { validate } from "../../components/settings/validate";
import { standInBlob } from "../../rehearsal/windows/joining";
import { healthyServer } from "../support/healthyServer";
import {
  build,
  componentUrn,
  find,
  healthyAnswers,
  provenState,
  type State,
  vmId,
  withSecond,
} from "../support/passiveServerFixture";
import { isSecret, unwrapped } from "../support/recordedResources";
import { settingsFixture, switchedByWord, today, type Written, writtenFixture } from "../support/settingsFixture";

const domain = "corp.contoso.com";
const password = "One-Time-Password-0815";
const computer = "aadc-stg-g1";
const blob = standInBlob({ domain, computerName: computer, password });
const by =
  (join: Record<string, unknown>, more: (written: Written) => void = () => undefined) =>
  (written: Written): void => {
    written.domain = { name: domain, join };
    more(written);
  };
const settingsBy = (...given: Parameters<typeof by>): Settings => settingsFixture(by(...given));
const nobody: Remembered = {
  generations: {},
  parts: new Set(),
  heldElsewhere: new Map(),
  others: [],
} as unknown as Remembered;

const prefix = "urn:pulumi:test::entra-connect::entra-connect:index:PassiveServer$command:remote:Command::aadc-stg-g1-";
const command = (step: string, machine = vmId): State => ({
  [`${prefix}${step}`]: {
    type: "command:remote:Command",
    outputs: { stdout: JSON.stringify(healthyServer[step as "reach"]), triggers: [machine], stdin: "as it was" },
  },
});
/** What the state holds of a generation that was built and proven, and of which these steps are kept. */
const stateWith = (...steps: readonly string[]): State => ({
  ...provenState(),
  ...Object.assign({}, ...steps.map((step) => command(step))),
});
const rememberedFrom = (state: State): Remembered =>
  rememberedOf(
    "aadc-stg",
    Object.entries(state).map(([urn, { type, outputs }]) => ({ type, ...partsOf(urn), outputs })),
    { urn: componentUrn },
  );

describe("whether a server is joined by the library", () => {
  const question = (change: Partial<JoinQuestion>): JoinQuestion => ({
    method: "offlineBlob",
    treatment: "acting",
    held: false,
    ...change,
  });

  it("is where the settings have a method for it and the server is no member yet", () => {
    assert.equal(joins(question({})), true);
    assert.equal(joins(question({ method: "operator" })), false);
    assert.equal(joins(question({ member: vmId })), false, "joined by somebody else: not even looked at");
    assert.equal(joins(question({ member: vmId, held: true })), true, "what the state holds stays");
    assert.equal(joins(question({ method: "operator", held: true })), false);
  });

  it("needs a secret only as long as the join is to come", () => {
    assert.equal(needsSecret(question({})), true);
    assert.equal(needsSecret(question({ held: true })), true, "begun and not proven");
    assert.equal(needsSecret(question({ held: true, member: vmId })), false);
    assert.equal(needsSecret(question({ method: "operator" })), false);
  });

  it("neither adds to nor takes from a server that is not acted on, nor asks for its secret", () => {
    for (const treatment of ["active", "lost", "unproven"] as const)
      for (const method of ["operator", "offlineBlob", "machinePassword"] as const)
        for (const held of [true, false]) {
          assert.equal(joins(question({ method, treatment, held })), held, `${treatment} ${method}`);
          assert.equal(needsSecret(question({ method, treatment, held })), false);
        }
  });

  it("knows a member by the proof of its join, and by its prerequisites, of this machine only", () => {
    for (const step of ["prove-membership", "prerequisites"]) {
      const { generations } = rememberedFrom(stateWith(step));
      assert.equal(memberOf(generations[1]), vmId, step);
      assert.equal(memberOf({ ...generations[1], vmId: "another" }), undefined, step);
    }
    assert.equal(memberOf(rememberedFrom(stateWith("join-domain", "reach")).generations[1]), undefined);
    // Made anew and joined again, its prerequisites failed: they are still the old machine's, wherever they stand.
    const [old, joined] = [command("prerequisites", "another"), command("prove-membership")];
    for (const parts of [
      [old, joined],
      [joined, old],
    ])
      assert.equal(memberOf(rememberedFrom({ ...provenState(), ...parts[0], ...parts[1] }).generations[1]), vmId);
    assert.equal(memberOf(undefined), undefined);
  });

  it("knows it also by an answer that this release cannot read any more", () => {
    const state = stateWith("prerequisites");
    const kept = state[`${prefix}prerequisites`];
    assert.ok(kept);
    kept.outputs.stdout = '{"script":"prerequisites","schema":"of long ago"}';
    assert.equal(memberOf(rememberedFrom(state).generations[1]), vmId);
  });

  it("comes after the server is reached and before anything is set or asked on it", () => {
    const { generations } = settingsBy({ method: "offlineBlob" });
    const steps = stepsOf(generations[0] as Settings["generations"][number], {
      remedy: "set",
      treatment: "acting",
      remedied: false,
      join: question({}),
    });
    assert.deepEqual(steps.slice(0, 5), ["reach", ...joinSteps, "set-prerequisites"]);
  });
});

describe("secrets to join with", () => {
  const problems = (settings: Settings, secrets: Record<string, unknown>, remembered = nobody) =>
    joinSecretProblems({ settings, remembered, treatment: () => "acting", secrets });

  it("are asked for by the computer of each block that is still to be joined, in commands that can be copied", () => {
    const settings = settingsBy(
      {
        method: "offlineBlob",
        organizationalUnit: "OU=Tier0 Servers,DC=corp,DC=contoso,DC=com",
        domainController: "dc1.corp.contoso.com",
      },
      withSecond,
    );
    const [first, second] = problems(settings, {});
    assert.deepEqual([first?.path, second?.path], ["domainJoinSecrets.1", "domainJoinSecrets.2"]);
    assert.match(first?.problem ?? "", /is missing: aadc-stg-g1 is still to be joined to corp\.contoso\.com/);
    assert.ok(
      second?.write.includes(
        `djoin /provision /domain corp.contoso.com /machine aadc-stg-g2 /machineOU 'OU=Tier0 Servers,DC=corp,DC=contoso,DC=com' /dcname dc1.corp.contoso.com /savefile "$HOME\\aadc-stg-g2.djoin"`,
      ),
    );
    assert.ok(second?.write.includes("pulumi config set --secret --path entra-connect:domainJoinSecrets.2 <"));
    assert.deepEqual(problems(settings, { "1": blob, "2": blob }), []);
  });

  it("of a machine's password come with the account that it belongs to; names with quotes stay one word", () => {
    const settings = settingsBy({
      method: "machinePassword",
      organizationalUnit: "OU=Admins' Servers,DC=corp,DC=contoso,DC=com",
    });
    const [only] = problems(settings, {});
    assert.match(
      only?.write ?? "",
      /New-ADComputer -Name aadc-stg-g1 -SamAccountName 'aadc-stg-g1\$' .*-Path 'OU=Admins'' Servers,DC=corp/,
    );
    assert.doesNotMatch(only?.write ?? "", /djoin/);
  });

  it("are told nothing of where the operator joins, and what he does stands there too", () => {
    const settings = settingsBy({ method: "operator", organizationalUnit: "OU=T0,DC=corp,DC=contoso,DC=com" });
    assert.deepEqual(problems(settings, {}), []);
    const [block] = settings.generations;
    assert.ok(block);
    assert.match(provisioning(settings, block), /Add-Computer -DomainName corp\.contoso\.com -OUPath 'OU=T0,/);
  });

  it("are refused where they cannot be what they should be, and never shown", () => {
    const offline = settingsBy({ method: "offlineBlob" });
    for (const [secret, said] of [
      ["", /missing/],
      [7, /not a text/],
      ["C:\\aadc-stg-g1.djoin", /not what djoin/],
      [blob.slice(0, -1), /cut off/],
      ["AAAA", /too short/],
      ["A".repeat(60_000), /60000 characters/],
    ] as const) {
      const [found] = problems(offline, { "1": secret });
      assert.match(found?.problem ?? "", said);
      if (typeof secret === "string" && secret.length > 4)
        assert.ok(!JSON.stringify(found).includes(secret.slice(0, 40)));
    }
    const byPassword = settingsBy({ method: "machinePassword" });
    for (const [secret, said] of [
      ["aadc-stg-g1", /name of the computer/],
      ["AADC-STG-G1$", /name of the computer/],
      ["short", /5 characters/],
      ["two\nlines of a password", /more than one line/],
      ["x".repeat(200), /200 characters/],
    ] as const)
      assert.match(problems(byPassword, { "1": secret })[0]?.problem ?? "", said);
    assert.match(problems(offline, { "1": blob, one: blob })[0]?.problem ?? "", /not the number of a generation/);
  });

  it("of djoin are taken as the file is, whatever became of its encoding on the way", () => {
    const file = Buffer.from(`\ufeff${blob}\r\n\0`, "utf16le");
    for (const arrived of [blob, `${blob}\r\n`, ` ${blob} \n`, file.toString("utf8"), file.toString("utf16le")]) {
      assert.equal(blobText(arrived), blob);
      assert.equal(blobProblem(arrived), undefined);
      assert.equal(blobNames(arrived, computer), true);
    }
  });

  it("of djoin name their computer: another one's is a warning, with the right commands", () => {
    const settings = settingsBy({ method: "offlineBlob" });
    const found = (secret: string, remembered = nobody) =>
      joinFindings({ settings, remembered, treatment: () => "acting", secrets: { "1": secret } });
    assert.deepEqual(found(blob), []);
    const [other] = found(standInBlob({ domain, computerName: "aadc-stg-g12", password }));
    assert.equal(other?.code, "join-blob-of-another-computer");
    assert.equal(other?.severity, "warning");
    assert.match(other?.next ?? "", /\/machine aadc-stg-g1 /);
    // An odd number of bytes before the text.
    const odd = Buffer.concat([Buffer.from([1]), Buffer.from(blob, "base64"), Buffer.from([0])]);
    assert.equal(blobNames(odd.toString("base64"), computer), true);
  });

  it("that are not needed any more are told, with the command that takes them out", () => {
    const settings = settingsBy({ method: "offlineBlob" });
    const left = joinFindings({
      settings,
      remembered: rememberedFrom(stateWith("prerequisites")),
      treatment: () => "acting",
      secrets: { "1": blob, "9": blob },
    });
    assert.deepEqual(
      left.map(({ code, severity, next }) => [code, severity, next]),
      [
        ["join-secret-left", "info", "pulumi config rm --path entra-connect:domainJoinSecrets.1"],
        ["join-secret-left", "info", "pulumi config rm --path entra-connect:domainJoinSecrets.9"],
      ],
    );
    assert.doesNotMatch(JSON.stringify(left), new RegExp(blob.slice(0, 40)));
  });

  it("of a password are fit if they are long enough for a machine", () => {
    assert.equal(passwordProblem(password, computer), undefined);
  });
});

describe("the place of the computer account", () => {
  const said = (organizationalUnit: string): string => {
    const written = writtenFixture();
    written.domain = { name: domain, join: { organizationalUnit } };
    const result = validate(written, { today, built: {} });
    return result.kind === "valid" ? "" : result.problems.map(({ path, problem }) => `${path} ${problem}`).join();
  };

  it("is in the domain of the settings, in any letter case and with commas in its names", () => {
    assert.equal(said("OU=Tier0,DC=Corp,DC=contoso,DC=com"), "");
    assert.equal(said("OU=Servers\\, Tier 0,DC=corp,DC=contoso,DC=com"), "");
    assert.match(
      said("OU=Tier0,DC=fabrikam,DC=com"),
      /organizationalUnit is in the domain fabrikam\.com; domain\.name is corp/,
    );
    assert.match(said("OU=Tier0,OU=Servers"), /is in no domain/);
  });
});

describe("the wait for the restart", () => {
  const answer = healthyServer["restart-after-join"];
  const at = (seconds: number) => new Date(Date.parse(answer.collectedAt) + seconds * 1000);

  it("is as long as Windows needs to go down, counted from the answer, and none where nothing restarts", () => {
    assert.equal(secondsUntilDown(answer, at(0)), 70);
    assert.equal(secondsUntilDown(answer, at(30)), 40);
    assert.equal(secondsUntilDown(answer, at(3600)), 0, "another run's restart");
    assert.equal(secondsUntilDown(answer, at(-500)), 70, "clocks that differ");
    assert.equal(secondsUntilDown({ ...answer, outcome: "not-needed", delaySeconds: 0 }, at(0)), 0);
  });
});

describe("the steps of a join as resources", () => {
  const secrets = { domainJoinSecrets: { "1": blob } };
  const pace = process.env.ENTRA_CONNECT_PACE;
  before(() => {
    process.env.ENTRA_CONNECT_PACE = "100000";
  });
  after(() => {
    if (pace === undefined) delete process.env.ENTRA_CONNECT_PACE;
    else process.env.ENTRA_CONNECT_PACE = pace;
  });

  it("run in their order, and only the first is given the secret, as a secret", async () => {
    const { registrations, verdict } = await build({
      change: by({ method: "offlineBlob" }),
      args: (args) => ({ ...args, ...secrets }),
    });
    assert.equal(verdict, "ok", "a secret does not make the verdict one");
    for (const step of joinSteps) {
      const { inputs } = find(registrations, `${computer}-${step}`);
      assert.equal(isSecret(inputs.stdin), step === "join-domain", step);
      assert.equal(JSON.stringify(unwrapped(inputs.stdin)).includes(blob), step === "join-domain", step);
    }
    const holders = registrations.filter((each) => JSON.stringify(each.inputs).includes(blob.slice(0, 60)));
    assert.deepEqual(
      holders.map(({ name }) => name),
      [`${computer}-join-domain`],
    );
  });

  it("of a member are kept as the state has them, without a secret, and nothing of them can run", async () => {
    const { registrations, findings } = await build({
      change: by({ method: "machinePassword" }),
      state: stateWith("reach", ...joinSteps, "prerequisites"),
    });
    for (const step of joinSteps)
      assert.deepEqual(find(registrations, `${computer}-${step}`).ignoreChanges, ["*"], step);
    assert.deepEqual(
      findings.filter(({ code }) => code.startsWith("join-")),
      [],
    );
  });

  it("ask for the proof again as long as what it found is open and the wizard is to come, and join nothing again", async () => {
    const state = (change: object, ...steps: readonly string[]): State => {
      const held = stateWith("reach", ...joinSteps, ...steps);
      const key = `${prefix}prove-membership`;
      const proof = { ...healthyServer["prove-membership"], ...change };
      return {
        ...Object.fromEntries(Object.entries(held).filter(([urn]) => !/-(await-wizard|verify-staging)$/.test(urn))),
        [key]: { type: "command:remote:Command", outputs: { stdout: JSON.stringify(proof), triggers: [vmId] } },
      };
    };
    const untrusted = { secureChannel: { test: false, verify: false } };
    for (const change of [untrusted, { policyExitCode: 5 }]) {
      const { registrations, verdict } = await build({ change: by({ method: "offlineBlob" }), state: state(change) });
      assert.equal(verdict, "ok", "what it answers now counts, without a secret");
      const again = find(registrations, `${computer}-prove-membership`);
      assert.deepEqual(again.ignoreChanges ?? [], []);
      assert.match(String(unwrapped(again.inputs.stdin)), /"asked":"2026-/);
      for (const step of ["join-domain", "restart-after-join"])
        assert.deepEqual(find(registrations, `${computer}-${step}`).ignoreChanges, ["*"], step);
    }
    const { registrations } = await build({ change: by({ method: "offlineBlob" }), state: state({}) });
    assert.deepEqual(find(registrations, `${computer}-prove-membership`).ignoreChanges, ["*"]);
  });

  it("say nothing of the day of the join any more once the wizard is done", async () => {
    const { findings, verdict, registrations } = await build({
      change: by({ method: "offlineBlob" }),
      state: stateWith("reach", ...joinSteps, "prerequisites"),
      answers: {
        ...healthyAnswers,
        "-prove-membership": JSON.stringify({ ...healthyServer["prove-membership"], policyExitCode: 5 }),
      },
    });
    assert.equal(verdict, "ok", JSON.stringify(findings));
    assert.deepEqual(find(registrations, `${computer}-prove-membership`).ignoreChanges, ["*"]);
  });

  it("are not there for a member that somebody else has joined", async () => {
    const { registrations } = await build({ change: by({ method: "offlineBlob" }), state: stateWith("prerequisites") });
    assert.deepEqual(
      registrations.filter(({ name }) => joinSteps.some((step) => name.endsWith(step))),
      [],
    );
  });

  it("refuse before the first resource without a secret, and name no other's", async () => {
    await assert.rejects(
      build({ change: by({ method: "offlineBlob" }) }),
      /domainJoinSecrets\.1: is missing[\s\S]*djoin \/provision/,
    );
  });

  it("of an active server do nothing, whatever the method", async () => {
    const { registrations } = await build({
      change: by({ method: "offlineBlob" }, (written) => {
        const block = written.generations["1"];
        if (block !== undefined) block.role = "active";
        written.roleSwitch = switchedByWord;
      }),
      state: stateWith("reach", "join-domain"),
    });
    const { inputs, ignoreChanges } = find(registrations, `${computer}-join-domain`);
    assert.equal(inputs.create, undefined);
    assert.deepEqual(ignoreChanges, ["*"]);
  });

  it("refuse a machine that was made anew in this run: what joined the old one is used up", async () => {
    await assert.rejects(
      build({
        change: by({ method: "offlineBlob" }),
        state: Object.fromEntries(
          Object.entries(stateWith("reach", ...joinSteps)).map(([urn, resource]) => [
            urn,
            JSON.parse(
              JSON.stringify(resource).replaceAll(vmId, "99999999-0000-4000-8000-000000000001"),
            ) as typeof resource,
          ]),
        ),
        machine: () => ({ vmId: "99999999-0000-4000-8000-000000000001" }),
      }),
      /was made anew in this run/,
    );
  });

  it("are told another secret's change by nothing: the arguments of the steps behind them do not hold it", () => {
    const settings = settingsBy({ method: "offlineBlob" });
    const [block] = settings.generations;
    assert.ok(block);
    const given = (joinSecret: string) =>
      stepArguments(settings, block, { vmId, asked: "", joinSecret, staged: "answer" });
    const { "join-domain": one, ...others } = given(blob);
    const { "join-domain": two, ...same } = given("");
    assert.notDeepEqual(one, two);
    assert.deepEqual(others, same);
    assert.ok(pulumi);
  });
});
