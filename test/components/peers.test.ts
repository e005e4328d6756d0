import assert from "node:assert/strict";
import { missingPeers } from "../../components/peers";

const without =
  (...missing: readonly string[]) =>
  (request: string): string => {
    if (missing.some((name) => request.startsWith(`${name}/`))) throw new Error("Cannot find module");
    return request;
  };

describe("the packages that the library stands on", () => {
  it("are Pulumi's: what only reads an archive is not asked for", () => {
    assert.equal(missingPeers(without("@azure/identity", "@azure/storage-blob")), undefined);
  });
  it("are named in one sentence with the command that installs them, and no others", () => {
    const said = missingPeers(without("@pulumi/command", "@azure/identity")) ?? "";
    assert.match(said, /@pulumi\/command is not installed here: npm install /);
    assert.match(said, /"@pulumi\/azure-native@/);
    assert.doesNotMatch(said, /@azure\//);
  });
});
