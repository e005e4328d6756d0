import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { findTestPowershell } from "../../../rehearsal/windows/testPowershell";
import { sharedFolder } from "../../support/repository";
import { requires } from "../../support/requires";

const bundle = join(sharedFolder, "toolchain", "powershell", "powershell-linux-x64.tar.xz");
const variables = ["ENTRA_CONNECT_TEST_POWERSHELL", "ENTRA_CONNECT_CACHE"] as const;

describe("finding the test PowerShell", () => {
  let cache = "";
  const before = new Map<string, string | undefined>();
  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), "entra-connect-cache-"));
    for (const name of variables) before.set(name, process.env[name]);
    delete process.env.ENTRA_CONNECT_TEST_POWERSHELL;
    process.env.ENTRA_CONNECT_CACHE = cache;
  });
  afterEach(async () => {
    for (const [name, value] of before)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    await rm(cache, { recursive: true, force: true });
  });

  it("is answered with nothing where it is switched off, by argument or variable", async () => {
    assert.equal(await findTestPowershell("off"), undefined);
    process.env.ENTRA_CONNECT_TEST_POWERSHELL = "off";
    assert.equal(await findTestPowershell(), undefined);
  });

  it("unpacks the bundle once, also when two begin together, and leaves nothing half done", async function () {
    requires(this, "the bundle of the test PowerShell", bundle);
    const [one, other] = await Promise.all([findTestPowershell(), findTestPowershell()]);
    assert.ok(one);
    assert.equal(one.path, other?.path);
    assert.equal((await findTestPowershell())?.path, one.path);
    const left = await readdir(cache);
    assert.deepEqual(
      left.filter((name) => !/^test-powershell-(home|[0-9a-f]{16})$/.test(name)),
      [],
    );
  });
});
