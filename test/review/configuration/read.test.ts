import assert from "node:assert/strict";
import { readServerConfiguration, type ServerConfiguration } from "../../../review/configuration";
import { readEvidence } from "../../../review/evidence";
import { sampleConfiguration } from "../../support/repository";
import { requires } from "../../support/requires";

describe("reading the Contoso sample", () => {
  let contoso: ServerConfiguration;

  before(async function () {
    requires(this, "the Contoso sample", sampleConfiguration);
    const evidence = await readEvidence(sampleConfiguration);
    assert.equal(evidence.kind, "server-configuration");
    if (evidence.kind === "server-configuration") contoso = readServerConfiguration(evidence);
  });

  it("finds server, version and staging flag", () => {
    assert.equal(contoso.serverName, "CONTOSO-SYNC01");
    assert.equal(contoso.version, "1.1.130.0");
    assert.equal(contoso.stagingMode, false);
    assert.equal(contoso.parameters.length, 37);
  });

  it("finds both connectors with what they select", () => {
    assert.deepEqual(
      contoso.connectors.map((connector) => [connector.name, connector.kind, connector.selectedAttributes.length]),
      [
        ["contoso.com", "active-directory", 132],
        ["contoso.onmicrosoft.com - AAD", "entra", 161],
      ],
    );
    const [active, entra] = contoso.connectors;
    assert.deepEqual(active?.partitions[0]?.inclusions, ["OU=CORP,DC=contoso,DC=com"]);
    assert.deepEqual(active?.passwordHashSync?.enabled, false);
    assert.deepEqual(entra?.anchors[0], { objectType: "contact", attributes: ["cloudAnchor"] });
    assert.equal(entra?.capabilityBits, "2147982384");
    assert.deepEqual(
      entra?.runProfiles.map((profile) => [profile.name, profile.steps[0]?.type, profile.steps[0]?.partition]),
      [
        ["Full Import", "full-import", "default"],
        ["Full Synchronization", "apply-rules", "default"],
        ["Delta Import", "delta-import", "default"],
        ["Delta Synchronization", "apply-rules", "default"],
        ["Export", "export", "default"],
      ],
    );
  });

  it("finds every rule with scope, join and transformations", () => {
    assert.equal(contoso.rules.length, 62);
    assert.equal(contoso.rules.flatMap((rule) => rule.mappings).length, 1200);
    assert.equal(contoso.rules.flatMap((rule) => rule.scope.flat()).length, 92);
    assert.equal(contoso.rules.flatMap((rule) => rule.join.flat()).length, 40);
    assert.equal(
      contoso.rules.flatMap((rule) => rule.mappings).filter((mapping) => mapping.executeOnce).length > 0,
      true,
    );
    const rule = contoso.rules.find((candidate) => candidate.name === "In from AD - Contact Join");
    assert.equal(rule?.connector, "contoso.com");
    assert.equal(rule?.immutableTag, "Microsoft.InfromADContactJoin.003");
  });

  it("names the metaverse schema's attributes instead of numbering them", () => {
    const person = contoso.metaverse.entries.find((entry) => entry.kind === "class" && entry.name === "person");
    assert.equal(person?.properties.get("attribute accountName"), "required=true");
    const user = contoso.connectors[0]?.schema.entries.find((entry) => entry.kind === "class" && entry.name === "user");
    assert.equal(user?.properties.get("superior"), "organizationalPerson");
  });
});
