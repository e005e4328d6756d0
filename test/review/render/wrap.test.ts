import { strict as assert } from "node:assert";
import { wrap } from "../../../review/render/wrap";

describe("text that is broken into lines", () => {
  it("stands below its text, not below its mark, in a list", () => {
    assert.deepEqual(wrap("- one two three four", 10), ["- one two", "  three", "  four"]);
    assert.deepEqual(wrap("  12. one two three", 12), ["  12. one", "      two", "      three"]);
  });

  it("keeps the indent of what is no list, a dash inside a line included", () => {
    assert.deepEqual(wrap("  one - two three", 10), ["  one -", "  two", "  three"]);
    assert.deepEqual(wrap("-flag one two three", 10), ["-flag one", "two three"]);
  });

  it("breaks a word longer than the line, and never makes lines wider than asked", () => {
    assert.deepEqual(wrap("- abcdefghijklmnop", 8), ["-", "  abcdef", "  ghijkl", "  mnop"]);
    for (let width = 1; width < 12; width++)
      for (const line of wrap("    - some words thatarelonger than this", width)) assert.ok([...line].length <= width);
  });

  it("keeps a long word whole where it is asked to: an id that was broken cannot be copied", () => {
    assert.deepEqual(wrap("  gone: /subscriptions/1/vnet/hub is gone", 14, "whole"), [
      "  gone:",
      "  /subscriptions/1/vnet/hub",
      "  is gone",
    ]);
  });

  it("loses no word", () => {
    const text = "3) a bb ccc dddd eeeee ffffff ggggggg hhhhhhhh";
    for (let width = 1; width < 40; width++)
      assert.equal(wrap(text, width).join("").replaceAll(" ", ""), text.replaceAll(" ", ""));
  });
});
