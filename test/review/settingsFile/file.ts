import assert from "node:assert/strict";
import { readSettingsFile, type SettingsFileContent, type SettingsFileReading } from "../../../review/settingsFile";

type Loose = Record<string, unknown>;

/** A settings file as far as its keys are known, loose enough to be made wrong. */
export interface LooseFile extends Loose {
  policyMetadata: Loose;
  deploymentMetadata: Loose;
  onpremisesDirectoryPolicy: Loose[];
  azureDirectoryPolicy: Loose & { customSynchronizationRules: Loose[] };
}

export const extensionAttribute = "extension_87ce92dfb96b4ac689f8f53836bffaa6_costCenter";

/** A custom rule of the active server, without anything that the import gets wrong. */
export function customRule(change: Loose = {}): Loose {
  return {
    name: "In from AD - Ours",
    description: "",
    direction: "Inbound",
    precedence: 50,
    source: "user",
    target: "person",
    linkType: "Join",
    internalIdentifier: "b",
    uniqueIdentifier: "c",
    scopeFilters: [],
    attributeMappings: [{ destination: "title", source: "title" }],
    ...change,
  };
}

export function looseFile(change: (file: LooseFile) => void = () => undefined): LooseFile {
  const file: LooseFile = {
    policyMetadata: {
      type: "applied",
      author: "CONTOSO\\admin",
      timeCreated: "2026-11-20 10:00:00Z",
      azureADConnectVersion: "2.6.84.0",
    },
    deploymentMetadata: {
      hostName: "aadc01.corp.contoso.com",
      serviceAccount: "NT SERVICE\\ADSync",
      databaseServer: "(localdb)",
      databaseInstance: "ADSync2019",
      databaseName: "ADSync",
    },
    onpremisesDirectoryPolicy: [
      {
        friendlyName: "corp.contoso.com",
        fullyQualifiedDomainName: "corp.contoso.com",
        uniqueIdentifier: "11111111-1111-1111-1111-111111111111",
        partitionFilters: [
          {
            distinguishedName: "DC=corp,DC=contoso,DC=com",
            containerInclusions: ["OU=People,DC=corp,DC=contoso,DC=com"],
            containerExclusions: ["DC=corp,DC=contoso,DC=com"],
          },
        ],
        standardSynchronizationRules: [
          {
            Name: "In from AD - User Join",
            uniqueIdentifier: "a",
            immutableTag: "Microsoft.InfromADUserJoin.006",
            precedence: 100,
          },
        ],
        customSynchronizationRules: [customRule()],
      },
    ],
    azureDirectoryPolicy: { standardSynchronizationRules: [], customSynchronizationRules: [] },
  };
  change(file);
  return file;
}

export function readLoose(change?: (file: LooseFile) => void): SettingsFileReading {
  return readSettingsFile(JSON.stringify(looseFile(change)));
}

export function contentOf(change?: (file: LooseFile) => void): SettingsFileContent {
  const reading = readLoose(change);
  assert.equal(reading.kind, "read", JSON.stringify(reading));
  assert.ok(reading.kind === "read");
  return reading.content;
}
