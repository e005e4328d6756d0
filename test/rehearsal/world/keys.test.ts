import assert from "node:assert/strict";
import { utils } from "ssh2";
import { makeKeyPair } from "../../../rehearsal/world/keys";

describe("key pairs of the world", () => {
  it("are good ones, every time (ssh2 makes a bad one in 256)", () => {
    for (let n = 0; n < 1500; n += 1) {
      const { privateKey, publicKey } = makeKeyPair("a comment");
      const [whole, half] = [utils.parseKey(privateKey), utils.parseKey(publicKey)];
      assert.ok(!(whole instanceof Error) && !(half instanceof Error));
      assert.equal(half.getPublicSSH().length, 51);
      assert.deepEqual(whole.getPublicSSH(), half.getPublicSSH());
    }
  });
});
