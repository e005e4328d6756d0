import assert from "node:assert/strict";
import { type Remembered, rememberedOf } from "../../components/memory/remembered";
import { partsOf } from "../../components/memory/stackState";
import { componentUrn, provenState, withSecond } from "./passiveServerFixture";
import type { Written, WrittenBlock } from "./settingsFixture";

/** What the state of `provenState` tells. */
export function remembered(...given: Parameters<typeof provenState>): Remembered {
  const state = Object.entries(provenState(...given)).map(([urn, { type, outputs }]) => ({
    type,
    ...partsOf(urn),
    outputs,
  }));
  return rememberedOf("aadc-stg", state, { urn: componentUrn });
}

export const block = (written: Written, change: (block: WrittenBlock) => void, number = "1"): void => {
  const found = written.generations[number];
  assert.ok(found);
  change(found);
};
export const both = (written: Written): void => withSecond(written);
export const onlySecond = (written: Written): void => {
  withSecond(written);
  delete written.generations["1"];
};
