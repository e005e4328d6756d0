import type { Cases } from "./cases";
import {
  commandType,
  component,
  digest,
  generation,
  guard,
  guardInputs,
  machineInputs,
  machineWith,
  member,
  replaced,
  retireText,
  script,
  step,
  urnOf,
  vm,
  vmType,
  wholeGeneration,
} from "./previews";
import { answered, asked, guardFromTo, leaving, ourGuard, retireByRunCommand, runCommandType } from "./serverParts";

export const guardCases: Cases = {
  "guard-removed": {
    raises: [
      { name: "the guard alone", preview: digest(guard({ op: "delete" }), vm()) },
      {
        name: "a guard of ours alone",
        preview: digest(
          component({ 1: {} }),
          generation(1),
          member(1, vmType, "vm", { old: machineInputs, op: "same" }),
          member(1, commandType, "guard", { old: ourGuard() }),
        ),
      },
      { name: "a guard whose machine is not in the preview", preview: digest(guard({ op: "delete" })) },
    ],
    silent: [
      { name: "with its machine", preview: digest(guard({ op: "delete" }), vm({ op: "delete" })) },
      {
        name: "a command that is no guard",
        preview: digest(step(commandType, "copy", { old: { create: "a", delete: "b" } }), vm()),
      },
    ],
  },
  "guard-bypassed": {
    raises: [
      {
        name: "its delete command taken out",
        preview: digest(guard({ op: "update", new: { connection: "[secret]", triggers: ["vm-identity"] } }), vm()),
      },
      { name: "retainOnDelete", preview: guardFromTo(ourGuard(), ourGuard(), { retainOnDelete: true }) },
      {
        name: "its delete goes, although nobody asked by Run Command either",
        preview: guardFromTo(ourGuard(), { connection: "[secret]", stdin: retireText(1) }),
      },
      { name: "deletedWith", preview: digest(guard({ op: "same", newState: { deletedWith: vmType } }), vm()) },
      {
        name: "it no longer depends on its machine",
        preview: digest(
          guard({ op: "update", new: { ...guardInputs, triggers: ["x"] }, newState: { dependencies: [] } }),
          vm(),
        ),
      },
      {
        name: "deleted with retainOnDelete",
        preview: digest(guard({ op: "delete", state: { retainOnDelete: true } }), vm({ op: "delete" })),
      },
    ],
    silent: [
      {
        name: "another key",
        preview: digest(
          guard({ op: "update", detailedDiff: { connection: { kind: "update", inputDiff: true } } }),
          vm(),
        ),
      },
      {
        name: "declared lost: it cannot be asked",
        preview: digest(
          component({ 1: {} }, { 1: { role: "lost" } }),
          generation(1),
          member(1, vmType, "vm", { old: machineInputs, op: "same" }),
          member(1, commandType, "guard", { old: ourGuard(), new: { connection: "[secret]", stdin: retireText(1) } }),
        ),
      },
    ],
  },
  "answered-machine-deleted": {
    raises: [{ name: "after its guard was asked by Run Command", preview: leaving('{"script":"retire","vmId":"x"}') }],
    silent: [
      { name: "no answer: nobody asked", preview: leaving("") },
      {
        name: "asked by SSH as ever",
        preview: digest(
          component({ 1: {}, 2: {} }, { 2: {} }),
          ...wholeGeneration(1, "delete"),
          ...wholeGeneration(2, "same"),
        ),
      },
    ],
  },
  "guard-asks-now": {
    raises: [
      {
        name: "the guard's text as a new run command",
        preview: digest(component({ 1: {} }), generation(1), asked({})),
      },
      {
        name: "asked once more",
        preview: digest(component({ 1: {} }), generation(1), asked({ old: retireByRunCommand("CHG-1") })),
      },
    ],
    silent: [
      {
        name: "it stays as it is",
        preview: digest(component({ 1: {} }), generation(1), asked({ old: retireByRunCommand("CHG-2"), op: "same" })),
      },
      {
        name: "another script of ours",
        preview: digest(
          component({ 1: {} }),
          generation(1),
          member(1, runCommandType, "diagnose-access", {
            new: { source: { script: script("diagnose-access", {}) }, parameters: [] },
          }),
        ),
      },
    ],
  },
  "guard-answered": {
    raises: [
      { name: "answered: its delete goes", preview: answered({ connection: "[secret]", stdin: retireText(1) }) },
      {
        name: "still to be answered",
        preview: answered({ ...ourGuard(), delete: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" }),
      },
    ],
    silent: [
      { name: "it keeps its delete", preview: answered(ourGuard()) },
      {
        name: "nobody asked: that is a bypass",
        preview: guardFromTo(ourGuard(), { connection: "[secret]", stdin: retireText(1) }),
      },
      {
        name: "retained as well: that is a bypass",
        preview: answered({ connection: "[secret]", stdin: retireText(1) }, { retainOnDelete: true }),
      },
      {
        name: "the run command has another text: that is a bypass",
        preview: answered({ connection: "[secret]", stdin: retireText(1) }, {}, script("diagnose-access", {})),
      },
    ],
  },
  "guard-runs": {
    raises: [
      {
        name: "the guard replaced, its machine not",
        preview: digest(
          vm(),
          replaced(commandType, "guard", {
            old: guardInputs,
            new: { ...guardInputs, triggers: ["other"] },
            state: { dependencies: [urnOf(vmType, "vm")] },
          }),
        ),
      },
    ],
    silent: [
      {
        name: "both replaced, the guard first",
        preview: digest(
          step(commandType, "guard", {
            old: guardInputs,
            op: "delete-replaced",
            state: { dependencies: [urnOf(vmType, "vm")] },
          }),
          replaced(vmType, "vm", { old: machineInputs, new: machineWith("location", "x") }),
          step(commandType, "guard", {
            new: guardInputs,
            op: "create-replacement",
            state: { dependencies: [urnOf(vmType, "vm")] },
          }),
        ),
      },
    ],
  },
  "guard-exception": {
    raises: [
      {
        name: "an exception comes",
        preview: guardFromTo(
          ourGuard(),
          ourGuard({ exceptions: [{ kind: "retireUnproven", reason: "dead", until: "2026-12-01", vmId: "x" }] }),
        ),
      },
    ],
    silent: [
      {
        name: "an exception goes",
        preview: guardFromTo(
          ourGuard({ exceptions: [{ kind: "retireUnproven", reason: "dead", until: "2026-12-01", vmId: "x" }] }),
          ourGuard(),
        ),
      },
    ],
  },
  "guard-changed": {
    raises: [
      { name: "its role", preview: guardFromTo(ourGuard(), ourGuard({ role: "active" })) },
      { name: "its text", preview: guardFromTo(ourGuard({}, "one"), ourGuard({}, "two")) },
      {
        name: "its key: the provider says so, both sides read [secret]",
        preview: digest(
          guard({ op: "update", detailedDiff: { connection: { kind: "update", inputDiff: true } } }),
          vm(),
        ),
      },
    ],
    silent: [{ name: "nothing of it", preview: digest(guard(), vm()) }],
  },
  "retirement-unproven": {
    raises: [
      { name: "the only one goes", preview: digest(component({ 1: {} }, {}), ...wholeGeneration(1, "delete")) },
      {
        name: "the other is being built",
        preview: digest(
          component({ 1: {} }, { 2: {} }),
          ...wholeGeneration(1, "delete"),
          ...wholeGeneration(2, "create"),
        ),
      },
      {
        name: "the other is not proven",
        preview: digest(
          component({ 1: {}, 2: {} }, { 2: {} }),
          ...wholeGeneration(1, "delete"),
          ...wholeGeneration(2, "same", { proven: false }),
        ),
      },
    ],
    silent: [
      {
        name: "the other is proven",
        preview: digest(
          component({ 1: {}, 2: {} }, { 2: {} }),
          ...wholeGeneration(1, "delete"),
          ...wholeGeneration(2, "same"),
        ),
      },
      {
        name: "the other is active",
        preview: digest(
          component({ 1: {}, 2: { role: "active" } }, { 2: { role: "active" } }),
          ...wholeGeneration(1, "delete"),
          ...wholeGeneration(2, "same", { proven: false }),
        ),
      },
    ],
  },
};
