import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  knownSetting,
  knownSettings,
  knownSettingsTable,
  likelySecretName,
  type Place,
  secretName,
  tellingValue,
} from "../../../review/configuration";
import { repositoryRoot } from "../../support/repository";

const text = (...path: readonly string[]): string => readFileSync(join(repositoryRoot, ...path), "utf8");
const places = Object.keys(knownSettings) as readonly Place[];

describe("the table of known settings", () => {
  it("is what docs/compare.md says, row by row", () => {
    const docs = text("docs", "compare.md");
    const between = /<!-- known settings -->\n\n([\s\S]*?)\n\n<!-- end of known settings -->/.exec(docs)?.[1];
    assert.equal(between, knownSettingsTable(), "write what knownSettingsTable() gives between the two marks");
  });

  it("calls secret what the collector empties", () => {
    const script = text("scripts", "collect.ps1");
    const inScript = (name: string) =>
      new RegExp(`^\\$${name} = '((?:[^']|'')+)'$`, "m").exec(script)?.[1]?.replaceAll("''", "'");
    assert.equal(inScript("secretName"), secretName);
    assert.equal(inScript("likelySecretName"), likelySecretName);
    assert.equal(inScript("tellingValue"), tellingValue);
  });

  for (const place of places)
    for (const setting of knownSettings[place]) {
      const name =
        setting.name
          .split(", ")[0]
          ?.replace(/ \(.*\)$/, "")
          .replace(/\*$/, "Something") ?? "";
      it(`finds ${place} ${name}`, () => {
        const path =
          place === "settings-file"
            ? name.replace(".", "/")
            : place === "partition" && name === "guid"
              ? "parameter[guid]"
              : name;
        assert.equal(knownSetting(place, path), setting);
      });
      it(`says what to do about ${place} ${name} where it wants action`, () => {
        assert.notEqual(setting.cause, "");
        if (setting.severity !== "info") assert.notEqual(setting.next, "");
      });
    }
});
