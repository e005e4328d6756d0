import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CallLogEntry } from "../../rehearsal/world/contract";
import { differences, nameOf, namesOf, neutral, withoutIgnored } from "./endState";
import {
  faultText,
  keyOf,
  type Point,
  pairs,
  pointsOf,
  type Strike,
  sample,
  selected,
  strikeOf,
  visitsIn,
  withoutShared,
} from "./points";
import { brokenPromises } from "./promises";
import { addResult, readResults } from "./results";
import { scenarioOf, scenarios } from "./scenarios";
import { isWanting, type Line, repeats, table, wanting, written } from "./table";
import { wordsMissing } from "./words";

const entry = (room: CallLogEntry["room"], action: string, target = "", result = "200"): CallLogEntry => ({
  at: "2026-11-26T09:00:00.000Z",
  room,
  action,
  target,
  result,
});
const vnet = "Microsoft.Network/virtualNetworks aadc-stg-vnet";
const log = [
  entry("azure", `GET ${vnet}`),
  entry("azure", `PUT ${vnet}`),
  entry("azure", `GET ${vnet}`),
  entry("azure", "machine started", "aadc-stg-g1", "new, vmId 1"),
  entry("azure", "run command enable-remote-access", "aadc-stg-g1", "exit 0"),
  entry("network", "forward 10.40.0.10:22"),
  entry("ssh", "login", "aadc-stg-g1"),
  entry("ssh", "exec powershell.exe", "aadc-stg-g1", "exit 0"),
  entry("ssh", "exec reach", "aadc-stg-g1", "exit 0"),
  entry("ssh", "sftp write /C:/ProgramData/pulumi-entra-connect/package/AzureADConnect.msi", "aadc-stg-g1", "opened"),
];

describe("the points of a sweep", () => {
  it("are every call, script and copied file, each visit by itself, and nothing else of the log", () => {
    assert.deepEqual(
      visitsIn(log).map(({ place, visit }) => `${place}@${visit}`),
      [
        "azure:GET:Microsoft.Network/virtualNetworks:aadc-stg-vnet@1",
        "azure:PUT:Microsoft.Network/virtualNetworks:aadc-stg-vnet@1",
        "azure:GET:Microsoft.Network/virtualNetworks:aadc-stg-vnet@2",
        "ssh:reach@1",
        "sftp:AzureADConnect.msi@1",
      ],
    );
  });

  it("name a call by its type where its name is another one in every world, and count the visits of that", () => {
    const roles = "Microsoft.Authorization/roleAssignments";
    const [one, other] = ["82f99e22-08ed-a48a-613a-6cc770e80823", "11f99e22-08ed-a48a-613a-6cc770e80823"];
    const calls = [`PUT ${roles} ${one}`, `GET ${roles} ${one}`, `PUT ${roles} ${other}`, `GET ${vnet}`];
    assert.deepEqual(
      visitsIn(calls.map((action) => entry("azure", action))).map(({ place, visit }) => `${place}@${visit}`),
      [
        `azure:PUT:${roles}:*@1`,
        `azure:GET:${roles}:*@1`,
        `azure:PUT:${roles}:*@2`,
        "azure:GET:Microsoft.Network/virtualNetworks:aadc-stg-vnet@1",
      ],
    );
    const names = [
      { name: "aadc-stg-archive-g1-role", paths: [`/subscriptions/s/providers/${roles}/${one}`] },
      { name: "aadc-stg-network-vnet", paths: ["/subscriptions/s/providers/Microsoft.Network/virtualNetworks/v"] },
    ];
    assert.deepEqual(namesOf(`azure:PUT:${roles}:*`, names), ["aadc-stg-archive-g1-role"]);
  });

  const calls = ["PUT", "DELETE"].map((method) => entry("azure", `${method} ${vnet}`));
  const ofTwo = ["one", "other"].flatMap((scenario) => pointsOf(scenario, visitsIn([...log, ...calls])));

  it("make pairs of one scenario, the second never before the first, and the same ones for a seed", () => {
    const drawn = pairs(ofTwo, 60, 3);
    assert.equal(new Set(drawn.map(keyOf)).size, 60);
    assert.deepEqual(drawn, pairs(ofTwo, 60, 3));
    assert.notDeepEqual(drawn, pairs(ofTwo, 60, 4));
    const at = (scenario: string, strike: Strike) =>
      ofTwo.findIndex((each) => keyOf(each) === `${scenario} ${faultText(strike)}`);
    for (const { scenario, second, ...first } of drawn) {
      assert.ok(
        second && at(scenario, first) >= 0 && at(scenario, first) <= at(scenario, second),
        keyOf(first as Point),
      );
      for (const { effect } of [first, second]) assert.ok(!["slow", "dropped", "throttle"].includes(effect), effect);
    }
    assert.deepEqual(pairs(ofTwo.slice(0, 0), 5, 1), []);
    assert.ok(pairs(ofTwo.slice(0, 2), 50, 1).length < 5, "of few points there are few pairs");
  });

  it("of a pair are told together, repeated together, and may be without their second", () => {
    const second = strikeOf("ssh:reach=lost@2");
    assert.deepEqual(second, { place: "ssh:reach", effect: "lost", visit: 2 });
    for (const wrong of ["ssh:reach=lost", "ssh:reach=flood@1", "ssh:reach=lost@0", "=lost@1"])
      assert.equal(strikeOf(wrong), undefined, wrong);
    const point: Point = {
      scenario: "beside",
      place: "sftp:a.msi",
      effect: "half",
      visit: 1,
      ...(second && { second }),
    };
    assert.equal(keyOf(point), "beside sftp:a.msi=half@1 then ssh:reach=lost@2");
    assert.equal(
      repeats(point),
      "npm run sweep -- --scenario beside --point 'sftp:a.msi=half@1' --second 'ssh:reach=lost@2'",
    );
    const line: Line = { point, outcome: "not met", why: [], words: [], cpuSeconds: 1 };
    assert.equal(isWanting(line), false, "the run after the first had less left to do");
    assert.equal(isWanting({ ...line, outcome: "broken" }), true);
    assert.match(table([line]), /^\| beside \| two faults \| 1 \| 0 \| 0 \| 0 \| 1 \| 0 \|$/m);
  });

  it("take the effects that their room has, and are written as --fault takes them", () => {
    const points = pointsOf("first-up", visitsIn(log));
    const of = (place: string) => points.filter((each) => each.place.startsWith(place)).map(({ effect }) => effect);
    assert.ok(of("azure:PUT").includes("half"));
    assert.ok(!of("azure:GET").includes("half"), "a read leaves nothing half-made");
    assert.equal(new Set(points.map(keyOf)).size, points.length);
    assert.equal(faultText({ place: "ssh:reach", visit: 2, effect: "lost" }), "ssh:reach=lost@2");
  });

  it("of a scenario that extends another are what only it visits", () => {
    const visits = visitsIn(log);
    const own = withoutShared(visits, visits.slice(0, 2));
    assert.deepEqual(
      own.map(({ place, visit }) => `${place}@${visit}`),
      ["azure:GET:Microsoft.Network/virtualNetworks:aadc-stg-vnet@2", "ssh:reach@1", "sftp:AzureADConnect.msi@1"],
    );
    for (const { extends: other } of scenarios) if (other !== undefined) assert.equal(scenarioOf(other).name, other);
  });

  it("are selected by effect and by pattern, and sampled the same way for the same seed", () => {
    const points = pointsOf("first-up", visitsIn(log));
    const chosen = selected(points, { effects: ["lost"], patterns: ["azure:put:*", "ssh:*=lost@1"] });
    assert.deepEqual(chosen.map(faultText), [
      "azure:PUT:Microsoft.Network/virtualNetworks:aadc-stg-vnet=lost@1",
      "ssh:reach=lost@1",
    ]);
    const many = Array.from({ length: 100 }, (_, index) => index);
    assert.deepEqual(sample(many, 10, 7), sample(many, 10, 7));
    assert.notDeepEqual(sample(many, 10, 7), sample(many, 10, 8));
    assert.equal(new Set(sample(many, 10, 7)).size, 10);
    assert.equal(sample(many, 200, 7).length, 100);
  });
});

describe("what a sweep compares", () => {
  it("is without identities, times, keys and ciphertexts, and with everything else", () => {
    assert.deepEqual(
      neutral({
        vmId: "63455ff6-7f36-4a98-bd1d-1ed7710f6ebf",
        at: ["2026-11-26T09:31:14.160Z", "port 22"],
        password: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:x" },
        size: "Standard_D2s_v5",
      }),
      { vmId: "<guid>", at: ["<time>", "port 22"], password: "<secret>", size: "Standard_D2s_v5" },
    );
  });

  it("asks of what was taken up in Azure only what is asked for, and of nothing else less than all", () => {
    const account = (sku: object, takenUp?: true) =>
      new Map([["state: account", { inputs: { sku, rules: [{ subnet: "a" }] }, ...(takenUp && { takenUp }) }]]);
    const asked = account({ name: "Standard_ZRS" });
    assert.deepEqual(differences(asked, account({ name: "Standard_ZRS", tier: "Standard" }, true)), []);
    assert.equal(differences(asked, account({ name: "Standard_ZRS", tier: "Standard" })).length, 1);
    assert.equal(differences(asked, account({ name: "Standard_LRS" }, true)).length, 1);
    assert.equal(differences(asked, account({}, true)).length, 1, "what is asked for is there");
  });

  it("leaves out what ignoreChanges names, in every entry of a list too", () => {
    const inputs = {
      sku: { name: "ZRS", tier: "Standard" },
      rules: [{ id: "a", state: "Succeeded" }, { id: "b" }],
      tags: ["x"],
    };
    assert.deepEqual(withoutIgnored(inputs, ["rules[*].state", "sku.tier", "tags[*]", "none[*].such"]), {
      sku: { name: "ZRS" },
      rules: [{ id: "a" }, { id: "b" }],
      tags: [],
    });
    assert.deepEqual(withoutIgnored(inputs, undefined), inputs);
  });

  it("takes a join that is found staged for one that was staged now, and for nothing else", () => {
    const told = (script: string, outcome: string, changes: readonly string[]) =>
      `'${JSON.stringify({ staged: JSON.stringify({ script, outcome, changes }) })}'`;
    const now = neutral(told("join-domain", "staged", ["staged to be a member"]));
    assert.equal(neutral(told("join-domain", "restart-owed", [])), now);
    assert.notEqual(neutral(told("join-domain", "member", [])), now);
    assert.notEqual(neutral(told("retire", "staged", [])), neutral(told("retire", "restart-owed", [])));
  });

  it("names what is missing, what is too much, and which value differs", () => {
    const undisturbed = new Map<string, unknown>([
      ["a", { size: { name: "small" }, zone: "1" }],
      ["b", 1],
    ]);
    const disturbed = new Map<string, unknown>([
      ["a", { size: { name: "large" }, zone: "1" }],
      ["c", 1],
    ]);
    assert.deepEqual(differences(undisturbed, undisturbed), []);
    assert.deepEqual(differences(undisturbed, disturbed), [
      'a: size.name is "large" instead of "small"',
      "b: is missing",
      "c: should not be there",
    ]);
  });

  it("knows what a place is called in the state, by its name in Azure or its file on the server", () => {
    const names = [
      { name: "aadc-stg-network-egress-address", paths: ["/subscriptions/x/publicIPAddresses/aadc-stg-egress-ip"] },
      { name: "aadc-stg-g1-package", paths: ["/C:/ProgramData/pulumi-entra-connect/package/AzureADConnect.msi"] },
    ];
    assert.deepEqual(namesOf("azure:PUT:Microsoft.Network/publicIPAddresses:aadc-stg-egress-ip", names), [
      "aadc-stg-network-egress-address",
    ]);
    assert.deepEqual(namesOf("sftp:azureadconnect.msi", names), ["aadc-stg-g1-package"]);
    assert.deepEqual(namesOf("ssh:reach", names), []);
  });

  it("knows a script by the resource that runs it, since that is what a user reads", () => {
    const urn = "urn:pulumi:rehearsal::p::entra-connect:index:PassiveServer$command:remote:Command::aadc-stg-g1-guard";
    const guard = nameOf({ urn, id: "x", inputs: { stdin: "# entra-connect script: retire\nexit 0\n" } });
    const secret = nameOf({ urn, id: "x", inputs: { stdin: { ciphertext: "v1:x" } } });
    assert.deepEqual(namesOf("ssh:retire", [guard, secret]), ["aadc-stg-g1-guard"]);
    const task = nameOf({
      urn: "a::aadc-stg-g1-archive-task",
      inputs: { stdin: "# entra-connect script: keep-archiving\n" },
    });
    assert.deepEqual(namesOf("data:token", [guard, task]), ["aadc-stg-g1-archive-task"]);
    assert.deepEqual(namesOf("ssh:tire", [guard]), []);
    assert.deepEqual(namesOf("ssh:retire", [secret]), []);
  });
});

describe("a promise that was broken on the way", () => {
  const name = "aadc-stg-g1";
  const [born, retired, deleted] = [
    entry("azure", "machine started", name, "new, vmId 1"),
    entry("ssh", "exec retire", name, "exit 0"),
    entry("azure", "machine deleted", name, "vmId 1"),
  ];
  const judge = (calls: readonly CallLogEntry[], more: { before?: number; untouched?: readonly string[] } = {}) =>
    brokenPromises({ calls, before: more.before ?? 0, servers: [], untouched: more.untouched ?? [] });

  it("is a machine that goes and whose guard has not passed: not at all, refused, or on the machine before it", () => {
    assert.deepEqual(judge([born, retired, deleted]), []);
    assert.match(judge([born, deleted]).join(), /promise 2: the machine aadc-stg-g1 was deleted/);
    assert.match(judge([born, entry("ssh", "exec retire", name, "exit 1"), deleted]).join(), /promise 2/);
    assert.match(judge([born, retired, deleted, born, deleted]).join(), /promise 2/);
    assert.deepEqual(judge([born, deleted], { before: 2 }), [], "what happened before this run is another run's");
  });

  it("is a recovery point that is deleted, and anything written where nothing may be touched", () => {
    const vault = "Microsoft.RecoveryServices/vaults rsv-aadc-stg";
    assert.match(judge([entry("azure", `DELETE ${vault}`)]).join(), /promise 4/);
    assert.deepEqual(judge([entry("azure", `DELETE ${vault}`, "", "409 ScopeLocked")]), []);
    const nic = "Microsoft.Network/networkInterfaces aadc-stg-g1-nic";
    assert.match(judge([entry("azure", `PUT ${nic}`)], { untouched: [name] }).join(), /promise 3/);
    assert.deepEqual(judge([entry("azure", `GET ${nic}`)], { untouched: [name] }), []);
    assert.deepEqual(judge([entry("azure", `PUT ${nic}`)], { untouched: ["aadc-stg-g2"] }), []);
  });

  it("is an export, or what the stub module wrote down as a violation", () => {
    const judged = (what: readonly string[], runs: readonly string[]) =>
      brokenPromises({
        calls: [],
        before: 0,
        servers: [
          {
            name,
            state: {
              violations: what.map((each) => ({ at: "2026-11-26T09:00:00.000Z", what: each })),
              adsync: { runHistory: runs.map((runProfileName) => ({ runProfileName })) },
            },
          },
        ],
        untouched: [],
      });
    assert.deepEqual(judged([], ["Full Import"]), []);
    assert.deepEqual(judged([], ["Export"]), ["promise 1: aadc-stg-g1 ran Export"]);
    assert.deepEqual(judged(["a changed staging flag"], []), ["promise 1: on aadc-stg-g1: a changed staging flag"]);
  });
});

describe("the words of a failed run", () => {
  const finding = (subject: string, title: string, cause: string, next: string) => ({
    code: "run-failed",
    severity: "blocking" as const,
    class: "rehearsed-run",
    subject,
    title,
    active: null,
    staging: null,
    cause,
    next,
  });
  const failed = (...findings: ReturnType<typeof finding>[]) => ({ result: "failed" as const, findings });
  const place = "azure:PUT:Microsoft.Network/publicIPAddresses:aadc-stg-egress-ip";
  const names = ["aadc-stg-network-egress-address"];
  const why = "the connection to the provider broke during the PUT, and Azure may have done it";

  it("are complete where they name the place by any of its names, a cause and a next step", () => {
    assert.deepEqual(wordsMissing(failed(finding(names[0] ?? "", why, "", "pulumi up")), place, names), []);
    assert.deepEqual(wordsMissing({ result: "succeeded", findings: [] }, place, names), []);
  });

  it("are wanting where a library's words stand alone, another place is named, or nothing is to be done", () => {
    const broke = finding(names[0] ?? "", "error reading from server: EOF", "error reading from server: EOF", "up");
    assert.deepEqual(wordsMissing(failed(broke), place, names), ["no cause is named"]);
    assert.deepEqual(wordsMissing(failed(finding("aadc-stg-g1-vm", why, "", "up")), place, names), [
      "nothing names aadc-stg-egress-ip",
    ]);
    assert.deepEqual(wordsMissing(failed(finding(names[0] ?? "", why, "", "")), place, names), [
      "no next step is named",
    ]);
    assert.deepEqual(wordsMissing(failed(), place, names), ["it says nothing of its failure"]);
  });

  it("of a call that only reads name at least that it was read: more the engine does not tell", () => {
    const read = "azure:GET:Microsoft.RecoveryServices/vaults:rsv-aadc-stg";
    const killed = finding("engine", "the engine was killed", "Nothing was changed: it was reading in Azure", "up");
    const broke = "invocation of azure-native:recoveryservices:getVault returned an error: the provider broke off";
    assert.deepEqual(wordsMissing(failed(killed), read, []), []);
    assert.deepEqual(wordsMissing(failed(finding("up", broke, "", "up")), read, []), []);
    assert.deepEqual(
      wordsMissing(failed(finding("up", "the provider's process broke off there", "", "up")), read, []),
      ["nothing names rsv-aadc-stg"],
    );
    const anyRole = "azure:PUT:Microsoft.Authorization/roleAssignments:*";
    assert.deepEqual(
      wordsMissing(failed(finding("x", "2 * 3 is what was asked for here", "", "up")), anyRole, ["role"]),
      ["nothing names *"],
    );
    assert.deepEqual(wordsMissing(failed(killed), place, []), ["nothing names aadc-stg-egress-ip"]);
  });
});

describe("the results of a sweep", () => {
  const point = (place: string, effect: Point["effect"]): Point => ({ scenario: "first-up", place, visit: 1, effect });
  const line = (given: Partial<Line> & { point: Point }): Line => ({
    outcome: "survived",
    why: [],
    words: [],
    cpuSeconds: 1,
    ...given,
  });

  it("are kept a line a point: a line that was cut off is passed over, and what was struck again counts once", () => {
    const folder = mkdtempSync(join(tmpdir(), "entra-connect-results-"));
    try {
      const file = join(folder, "sweep.jsonl");
      assert.deepEqual(readResults(file), []);
      addResult(file, line({ point: point("ssh:reach", "lost"), outcome: "broken" }));
      writeFileSync(file, '{"point":{"scenario":"first-up","pla', { flag: "a" });
      addResult(file, line({ point: point("ssh:reach", "kill") }));
      addResult(file, line({ point: point("ssh:reach", "lost") }));
      assert.deepEqual(
        readResults(file).map(({ point: { effect }, outcome }) => [effect, outcome]),
        [
          ["lost", "survived"],
          ["kill", "survived"],
        ],
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("are a table with a sum for each scenario and for all, and what did not survive stands with its command", () => {
    const lines = [
      line({ point: point("ssh:reach", "lost") }),
      line({ point: point("ssh:reach", "kill"), outcome: "needed hands", why: ["creating x stays pending"] }),
      line({ point: point("ssh:verify-staging", "kill"), words: ["no cause is named"] }),
    ];
    const text = table(lines);
    assert.match(text, /\| first-up \| lost \| 1 \| 1 \| 0 \| 0 \| 0 \| 0 \|/);
    assert.match(text, /\| first-up \| kill \| 2 \| 1 \| 1 \| 0 \| 0 \| 1 \|/);
    assert.match(text, /\| \*\*all\*\* \| \*\*all\*\* \| \*\*3\*\* \| \*\*2\*\* \| \*\*1\*\* /);
    assert.deepEqual(lines.map(isWanting), [false, true, true]);
    assert.match(
      wanting(lines),
      /creating x stays pending\n {4}npm run sweep -- --scenario first-up --point 'ssh:reach=kill@1'/,
    );
    assert.equal(repeats(point("ssh:a", "lost")), "npm run sweep -- --scenario first-up --point 'ssh:a=lost@1'");
  });

  it("are written between the marks of a page, and nowhere else", () => {
    const page = "before\n<!-- sweep: begin -->\nold\n<!-- sweep: end -->\nafter\n";
    assert.equal(written(page, "new"), "before\n<!-- sweep: begin -->\nnew\n<!-- sweep: end -->\nafter\n");
    assert.throws(() => written("no marks", "new"), /no marks/);
  });
});
