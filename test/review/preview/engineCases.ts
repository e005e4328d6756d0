import type { Cases } from "./cases";
import { denyAll, machineUpdate, nsg, nsgType, rule, ssh, unknown, vaultWith } from "./platformParts";
import { digest, replaced, step, vm } from "./previews";

export const engineCases: Cases = {
  "unknown-operation": {
    raises: [{ name: "a new word", preview: digest(vm({ op: "teleport" })) }],
    silent: [
      {
        name: "every word of the engine that does nothing",
        preview: digest(vm({ op: "same" }), step("a:b:C", "x", { op: "diff" }), step("a:b:C", "y", { op: "read" })),
      },
    ],
  },
  "unknown-value": {
    raises: [
      {
        name: "a source that is not known",
        preview: nsg([ssh, denyAll], [rule({ name: "ssh", from: unknown }), denyAll]),
      },
      {
        name: "all rules",
        preview: digest(step(nsgType, "nsg", { old: { securityRules: [ssh] }, new: { securityRules: unknown } })),
      },
      {
        name: "soft delete of a vault",
        preview: vaultWith("properties.securitySettings.softDeleteSettings.softDeleteState", unknown),
      },
      { name: "a whole part of a machine", preview: machineUpdate("securityProfile", unknown) },
    ],
    silent: [
      { name: "a value on which nothing depends", preview: machineUpdate("licenseType", unknown) },
      { name: "everything of something new", preview: digest(step("a:b:C", "x", { new: { a: unknown } })) },
    ],
  },
  "not-compared": {
    raises: [{ name: "nested without end", preview: digest(step("a:b:C", "x", { old: {}, new: nested(500) })) }],
    silent: [{ name: "nested as usual", preview: digest(step("a:b:C", "x", { old: {}, new: nested(20) })) }],
  },
  "half-made": {
    raises: [
      { name: "errors at its creation", preview: digest(vm({ op: "same", oldState: { initErrors: ["timeout"] } })) },
      { name: "a replacement under way", preview: digest(vm({ op: "same", oldState: { pendingReplacement: true } })) },
    ],
    silent: [{ name: "no errors", preview: digest(vm({ op: "same", oldState: { initErrors: [] } })) }],
  },
  "resource-replaced": {
    raises: [
      {
        name: "a password",
        preview: digest(
          replaced("random:index/randomPassword:RandomPassword", "p", { old: { length: 1 }, new: { length: 2 } }),
        ),
      },
    ],
    silent: [{ name: "an update", preview: digest(step("a:b:C", "x", { old: { a: 1 }, new: { a: 2 } })) }],
  },
  "resource-deleted": {
    raises: [{ name: "a bucket", preview: digest(step("aws:s3/bucket:Bucket", "b", { old: {} })) }],
    silent: [
      {
        name: "a retained one",
        preview: digest(step("aws:s3/bucket:Bucket", "b", { old: {}, state: { retainOnDelete: true } })),
      },
    ],
  },
  "resource-forgotten": {
    raises: [
      {
        name: "retained",
        preview: digest(step("aws:s3/bucket:Bucket", "b", { old: {}, state: { retainOnDelete: true } })),
      },
    ],
    silent: [{ name: "deleted", preview: digest(step("aws:s3/bucket:Bucket", "b", { old: {} })) }],
  },
  "resource-imported": {
    raises: [{ name: "a bucket", preview: digest(step("aws:s3/bucket:Bucket", "b", { op: "import", new: {} })) }],
    silent: [{ name: "a bucket made", preview: digest(step("aws:s3/bucket:Bucket", "b", { new: {} })) }],
  },
  "resource-changed": {
    raises: [
      {
        name: "a bucket",
        preview: digest(step("aws:s3/bucket:Bucket", "b", { old: { acl: "private" }, new: { acl: "public" } })),
      },
    ],
    silent: [
      {
        name: "its tags",
        preview: digest(step("aws:s3/bucket:Bucket", "b", { old: { tags: { a: "b" } }, new: { tags: { a: "c" } } })),
      },
    ],
  },
  "resource-created": {
    raises: [
      {
        name: "beside a guard",
        preview: digest(
          step("command:remote:Command", "guard", { op: "same", old: { delete: "ask" } }),
          step("aws:s3/bucket:Bucket", "b", { new: {} }),
        ),
      },
    ],
    silent: [
      { name: "in a stack with nothing of ours", preview: digest(step("aws:s3/bucket:Bucket", "b", { new: {} })) },
    ],
  },
  "state-refreshed": {
    raises: [{ name: "a refresh", preview: digest(vm({ op: "refresh" })) }],
    silent: [{ name: "nothing", preview: digest(vm()) }],
  },
  "preview-failed": {
    raises: [
      { name: "an error", preview: { ...digest(vm()), diagnostics: [{ severity: "error", message: "error: no\n" }] } },
      { name: "nothing", preview: {} },
    ],
    silent: [
      {
        name: "a warning",
        preview: { ...digest(vm()), diagnostics: [{ severity: "warning", message: "warning: hm\n" }] },
      },
    ],
  },
};

function nested(depth: number): Record<string, unknown> {
  let value: Record<string, unknown> = { end: true };
  for (let at = 0; at < depth; at++) value = { in: value };
  return value;
}
