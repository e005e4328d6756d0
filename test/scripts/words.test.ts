import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { scriptNames } from "../../scripts/assemble";
import { scriptTexts } from "./scriptTexts";

describe("scripts: words that must not be in them", () => {
  for (const name of scriptNames)
    it(`${name} names no export run, no staging switch and no code from text`, () => {
      const text = scriptTexts.get(name) ?? "";
      for (const word of [
        "Set-ADSyncGlobalSettings",
        "Invoke-Expression",
        "Start-ADSyncSyncCycle",
        "ConvertTo-SecureString",
      ])
        assert.ok(!text.includes(word), word);
      assert.doesNotMatch(text, /RunProfileName\s+['"]?Export/i);
      assert.doesNotMatch(text, /SyncCycleEnabled:?\s+\$false(?!`)/i);
    });
});
