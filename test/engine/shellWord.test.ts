import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { shellWord } from "../../engine/shellWord";

describe("a word of a command line that is printed to be copied", () => {
  const words = [
    "/plain/path",
    "my world",
    "it's",
    "a $HOME b",
    'quo"te',
    "back\\slash",
    "`id`",
    "a!b",
    "wörld ñ",
    "; ls",
    "",
  ];

  it("arrives in a shell as it is", function () {
    if (process.platform === "win32") this.skip();
    for (const word of words) {
      const { stdout } = spawnSync("sh", ["-c", `printf %s ${shellWord(word, "linux")}`], { encoding: "utf8" });
      assert.equal(stdout, word, shellWord(word, "linux"));
    }
  });

  it("is left alone where nothing in it needs quotes, and keeps a Windows path's backslashes single", () => {
    assert.equal(shellWord("/tmp/world-1", "linux"), "/tmp/world-1");
    assert.equal(shellWord("C:\\worlds\\one", "win32"), "C:\\worlds\\one");
    assert.equal(shellWord("C:\\my worlds\\one", "win32"), '"C:\\my worlds\\one"');
  });
});
