import assert from "node:assert/strict";
import { requiresEngine } from "../support/engine";
import { text } from "../support/pairOfServers";
import { disturb, type Prepared, prepare, recoverWorld, runWith } from "../sweep/disturb";
import { differences, endStateOf, pendingOperations } from "../sweep/endState";
import { faultText, type Point, pointsOf } from "../sweep/points";
import { scenarioOf } from "../sweep/scenarios";

const group = "azure:PUT:Microsoft.Resources/resourceGroups:rg-aadc-stg";
const machine = "azure:PUT:Microsoft.Compute/virtualMachines:aadc-stg-g1";

/** In the order in which a first `up` meets them: each run passes the point where the one before it ended. */
const chain: readonly (readonly [place: string, effect: "lost" | "kill"])[] = [
  [group, "lost"],
  ["azure:PUT:Microsoft.Network/virtualNetworks:aadc-stg-vnet", "kill"],
  ["azure:PUT:Microsoft.Network/virtualNetworks/subnets:entra-connect", "lost"],
  ["azure:PUT:Microsoft.Network/networkInterfaces:aadc-stg-g1-nic", "kill"],
  [machine, "lost"],
  ["azure:PUT:Microsoft.Compute/virtualMachines/runCommands:enable-remote-access", "kill"],
];

/** A sample of `npm run sweep`. */
describe("single faults of a sweep, on the real engine", function () {
  this.timeout(900_000);
  let prepared: Prepared;
  before(async function () {
    await requiresEngine(this);
    prepared = await prepare(scenarioOf("first-up"));
  });
  after(() => prepared?.remove());

  it("are found in an undisturbed first up: every write, look-up, script and copied file", () => {
    const places = prepared.visits.map(({ place }) => place);
    for (const [place] of chain) assert.ok(places.includes(place), place);
    for (const script of ["reach", "install-package", "await-wizard", "first-synchronization"])
      assert.ok(places.includes(`ssh:${script}`), script);
    assert.equal(places.filter((place) => place.startsWith("sftp:")).length, 2);
    const effects = pointsOf("first-up", prepared.visits).map(({ effect }) => effect);
    assert.ok(effects.length > 5 * places.length);
  });

  it("one after the other in one world, answers lost and engines killed in writes to Azure: the same end as without", async () => {
    prepared.reset();
    const { world, scenario } = prepared;
    for (const [place, effect] of chain) {
      const fault = faultText({ place, effect, visit: 1 });
      const up = await runWith(world, scenario, [fault]);
      assert.equal(up.result, effect === "kill" ? "killed" : "failed", `${fault}: ${text(up.findings)}`);
      if (effect === "kill") await recoverWorld(world);
    }
    const up = await runWith(world, scenario, []);
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.deepEqual(differences(prepared.end, await endStateOf(world)), []);
    assert.deepEqual(pendingOperations(world), []);
  });

  it("are told from one another: another end, or one that never comes, is not survived", async () => {
    const point: Point = { scenario: "first-up", place: group, visit: 1, effect: "fail" };
    assert.equal((await disturb(prepared, { ...point, place: `${group}-of-somebody-else` })).outcome, "not met");
    const other = new Map([...prepared.end, ["server aadc-stg-g1: staging", false]]);
    const { outcome, why } = await disturb({ ...prepared, end: other }, point);
    assert.deepEqual([outcome, why], ["broken", ["server aadc-stg-g1: staging: value is true instead of false"]]);
  });
});
