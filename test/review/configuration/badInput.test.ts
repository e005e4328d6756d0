import assert from "node:assert/strict";
import { readServerConfiguration } from "../../../review/configuration";
import { BadInput } from "../../../review/verdict";
import { sampleConfiguration } from "../../support/repository";
import { requires } from "../../support/requires";
import { Contoso, forest, metaverse, userJoin } from "./contoso";

describe("a configuration that is not whole", () => {
  before(function () {
    requires(this, "the Contoso sample", sampleConfiguration);
  });

  const refuses = (what: string, change: (copy: Contoso) => void, pattern: RegExp): void => {
    it(`is refused: ${what}`, () => {
      const copy = new Contoso();
      change(copy);
      assert.throws(
        () => readServerConfiguration(copy.evidence()),
        (error: unknown) => {
          assert.ok(error instanceof BadInput, String(error));
          assert.match(error.message, pattern);
          return true;
        },
      );
    });
  };
  const remove = (copy: Contoso, folder: string): void => {
    for (const path of [...copy.files.keys()]) if (path.startsWith(folder)) copy.files.delete(path);
  };

  for (const folder of ["Connectors", "GlobalSettings", "SynchronizationRules"])
    refuses(
      `no ${folder}`,
      (copy) => remove(copy, folder),
      new RegExp(`no XML file in ${folder}: the folder was copied partly`),
    );
  refuses(
    "a rule whose connector is missing",
    (copy) => copy.files.delete(forest),
    /SynchronizationRule_.*:\d+:\d+: rule ".*" belongs to connector .*copied partly or mixes two servers/,
  );
  refuses(
    "a rule that was cut short",
    (copy) => copy.edit(copy.rule(userJoin), /<precedence>[\s\S]*/, "<prec"),
    /SynchronizationRule_.*xml:\d+:\d+: the file ends inside <synchronizationRule>/,
  );
  refuses(
    "a connector in the folder of the rules",
    (copy) => copy.files.set("SynchronizationRules/x.xml", "<ma-data/>"),
    /x\.xml:1:\d+: expected <synchronizationRule>, found <ma-data>/,
  );
  refuses(
    "a rule in the folder of the connectors",
    (copy) => copy.files.set("Connectors/x.xml", "<synchronizationRule/>"),
    /expected <ma-data>/,
  );
  refuses(
    "another file as MV.xml",
    (copy) => copy.files.set(metaverse, "<something/>"),
    /MV\.xml:1:\d+: expected <saved-mv-configuration>/,
  );
  refuses("an MV.xml without data", (copy) => copy.files.set(metaverse, "<saved-mv-configuration/>"), /no <mv-data>/);
  refuses("an empty file", (copy) => copy.files.set(forest, ""), /empty \(0 bytes\)/);
  refuses(
    "the same rule in two files",
    (copy) => copy.files.set("SynchronizationRules/copy.xml", copy.files.get(copy.rule(userJoin)) ?? ""),
    /has the same identifier/,
  );
  refuses(
    "two connectors of one name",
    (copy) =>
      copy.files.set("Connectors/copy.xml", (copy.files.get(forest) ?? "").replace("<id>{AE4DB4CC", "<id>{00000001")),
    /has the same name \(contoso\.com\)/,
  );
  refuses(
    "two exports in one folder",
    (copy) => copy.files.set("GlobalSettings/MV2.xml", copy.files.get(metaverse) ?? ""),
    /mixes two exports/,
  );
  refuses(
    "a rule without a name",
    (copy) => copy.edit(copy.rule(userJoin), /<name>[^<]*<\/name>/, ""),
    /has no <name>/,
  );
  refuses(
    "a direction that does not exist",
    (copy) => copy.edit(copy.rule(userJoin), "Inbound", "Sideways"),
    /neither Inbound nor Outbound/,
  );
  refuses(
    "a precedence that is no number",
    (copy) => copy.edit(copy.rule(userJoin), /<precedence>\d+/, "<precedence>first"),
    /not a number/,
  );
  refuses(
    "a switch that is neither on nor off",
    (copy) => copy.edit(copy.rule(userJoin), "<disabled>False", "<disabled>Maybe"),
    /neither true nor false/,
  );
  refuses("a document type", (copy) => copy.edit(forest, "<ma-data>", "<!DOCTYPE x><ma-data>"), /document types/);
});
