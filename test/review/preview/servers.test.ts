import assert from "node:assert/strict";
import { settingsSchema } from "../../../components/settings/schema";
import { defaultWaitMinutes } from "../../../review/preview/hazards/servers";
import {
  commandType,
  component,
  digest,
  generation,
  guard,
  judged,
  machineInputs,
  machineWith,
  member,
  run,
  script,
  serverUrn,
  step,
  vm,
  vmType,
  wholeGeneration,
} from "./previews";

const fates = (preview: unknown) =>
  judged(preview).summary.servers.map(({ server, role, happening, operatorMinutes }) => [
    server,
    role,
    happening,
    operatorMinutes,
  ]);
const sentences = (preview: unknown) => judged(preview).summary.servers.map(({ sentence }) => sentence);

const wizard = (told: object) => ({
  create: run,
  stdin: script("await-wizard", { productVersion: "2", settingsFilePath: "s", ...told }),
});

describe("what happens to each server", () => {
  it("nothing", () => {
    assert.deepEqual(fates(digest(component({ 1: {} }), ...wholeGeneration(1, "same"))), [
      ["aadc-g1", "passive", "nothing", null],
    ]);
  });

  it("built, and the operator is called for as long as the gate waits", () => {
    const preview = digest(
      component(undefined, { 1: {} }, { settings: { gate: { waitMinutes: 90 } } }),
      ...wholeGeneration(1, "create"),
      member(1, commandType, "await-wizard", {
        new: { create: "04da6b54-80e4-46f7-96ec-b56ff0331ba9", stdin: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" },
      }),
    );
    assert.deepEqual(fates(preview), [["aadc-g1", "passive", "built", 90]]);
  });

  it("built beside the one that stands", () => {
    const preview = digest(
      component({ 1: {} }, { 1: {}, 2: {} }),
      ...wholeGeneration(1, "same"),
      ...wholeGeneration(2, "create"),
      member(2, commandType, "await-wizard", { new: wizard({ waitMinutes: 0 }) }),
    );
    assert.deepEqual(fates(preview), [
      ["aadc-g1", "passive", "nothing", null],
      ["aadc-g2", "passive", "built beside", 0],
    ]);
    assert.match(
      sentences(preview)[1] ?? "",
      /^Built beside aadc-g1, which this does not stop\. The operator is needed at the wizard; up does not wait/u,
    );
  });

  it("retired behind its guard", () => {
    assert.deepEqual(
      fates(
        digest(component({ 1: {}, 2: {} }, { 2: {} }), ...wholeGeneration(1, "delete"), ...wholeGeneration(2, "same")),
      ),
      [
        ["aadc-g1", "passive", "retired", null],
        ["aadc-g2", "passive", "nothing", null],
      ],
    );
  });

  it("deleted unasked", () => {
    assert.deepEqual(fates(digest(vm({ op: "delete" }))), [["aadc-g1", "not told", "deleted unasked", null]]);
    assert.deepEqual(
      fates(digest(vm({ op: "delete" }), guard({ op: "delete" })))[0]?.[2],
      "deleted unasked",
      "the guard comes too late",
    );
  });

  it("changed in place, with or without a restart", () => {
    const change = (path: string, value: unknown) =>
      fates(
        digest(
          component({ 1: {} }),
          generation(1),
          member(1, vmType, "vm", { old: machineInputs, new: machineWith(path, value) }),
        ),
      )[0]?.[2];
    assert.equal(change("licenseType", "None"), "in place");
    assert.equal(change("hardwareProfile.vmSize", "Standard_D4s_v5"), "restart");
  });

  it("asked again", () => {
    const verification = (proveAgain: string) => ({ create: run, stdin: script("verify-staging", { proveAgain }) });
    const preview = digest(
      component({ 1: {} }),
      generation(1),
      member(1, commandType, "verify-staging", { old: verification(""), new: verification("today") }),
    );
    assert.deepEqual(fates(preview)[0]?.[2], "asked");
  });

  it("only the state: declaring a role runs nothing on the server", () => {
    const retire = (role: string) => ({ delete: run, stdin: script("retire", { role }) });
    const preview = digest(
      component({ 1: {} }, { 1: { role: "active" } }),
      generation(1),
      member(1, commandType, "guard", { old: retire("passive"), new: retire("active") }),
      member(1, vmType, "vm", { old: machineInputs, op: "same" }),
    );
    assert.deepEqual(fates(preview), [["aadc-g1", "passive → active", "state only", null]]);
  });

  it("its guard runs although it stays", () => {
    assert.deepEqual(fates(digest(guard({ op: "delete" }), vm()))[0]?.[2], "guard runs");
  });

  it("nothing of its own, but the network under it", () => {
    const preview = digest(
      component({ 1: {} }),
      ...wholeGeneration(1, "same"),
      step("azure-native:network:VirtualNetworkPeering", "hub", { parent: serverUrn, old: {} }),
    );
    assert.deepEqual(sentences(preview), ["Nothing. The network under it changes: hub."]);
  });

  it("two components of one stack are told apart", () => {
    const second = component({ 1: { role: "active" } }).map((each) =>
      JSON.parse(JSON.stringify(each).replaceAll("::aadc", "::other").replaceAll("aadc-ledger", "other-ledger")),
    );
    const others = wholeGeneration(1, "same").map((each) =>
      JSON.parse(JSON.stringify(each).replaceAll("::aadc", "::other").replaceAll("aadc-g1", "other-g1")),
    );
    const report = judged(digest(component({ 1: { role: "active" } }), ...wholeGeneration(1, "same"), second, others));
    assert.deepEqual([report.verdict, report.findings], ["ok", []], "each has one active server");
    assert.deepEqual(
      report.summary.servers.map(({ server }) => server),
      ["aadc-g1", "other-g1"],
    );
  });

  it("waits as long as the library does where the preview does not tell", () => {
    const schema = settingsSchema.properties.gate.properties.waitMinutes;
    assert.equal(defaultWaitMinutes, schema.default);
  });
});
