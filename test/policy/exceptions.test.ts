import assert from "node:assert/strict";
import { type Exception, standingOf } from "../../policy/exceptions";

const now = new Date("2026-11-26T12:00:00Z");
const vm = { name: "aadc-stg-g1-vm", urn: "urn:pulumi:prod::p::azure-native:compute:VirtualMachine::aadc-stg-g1-vm" };
const exception: Exception = { resource: vm.name, reason: "until the feature is registered", until: "2026-11-26" };
const standing = (...exceptions: readonly Exception[]) => standingOf(exceptions, vm, now).kind;

describe("exceptions of policies", () => {
  it("hold to the end of their day in UTC, and have ended after it", () => {
    assert.equal(standing(exception), "holds");
    assert.equal(standingOf([exception], vm, new Date("2026-11-26T23:59:59Z")).kind, "holds");
    assert.equal(standingOf([exception], vm, new Date("2026-11-27T00:00:00Z")).kind, "ended");
  });

  it("name a resource by name, by URN, or by a part with *", () => {
    assert.equal(standing({ ...exception, resource: vm.urn }), "holds");
    assert.equal(standing({ ...exception, resource: "aadc-stg-g*-vm" }), "holds");
    assert.equal(standing({ ...exception, resource: "*::azure-native:compute:VirtualMachine::*" }), "holds");
    for (const resource of ["aadc-stg-g1", "AADC-STG-G1-VM", "aadc.stg.g1.vm", "*-nic"])
      assert.equal(standing({ ...exception, resource }), "none", resource);
  });

  it("one that holds counts more than one that has ended, in either order", () => {
    const old = { ...exception, until: "2020-01-01" };
    assert.equal(standing(old, exception), "holds");
    assert.equal(standing(exception, old), "holds");
    assert.equal(standing(old), "ended");
  });

  it("a day that does not exist never comes", () => {
    assert.equal(standing({ ...exception, until: "2027-02-31" }), "ended");
  });
});
