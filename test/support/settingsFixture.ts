import { createHash } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Settings } from "../../components/settings/settings";
import { validate } from "../../components/settings/validate";

export const settingsFileText = JSON.stringify({
  policyMetadata: { type: "export", timeCreated: "2026-11-20 10:00:00Z", azureADConnectVersion: "2.6.92.0" },
  deploymentMetadata: { hostName: "aadc01.corp.contoso.com" },
  onpremisesDirectoryPolicy: [],
  azureDirectoryPolicy: { standardSynchronizationRules: [], customSynchronizationRules: [] },
});

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** One generation as a user writes it, loose enough to be made wrong. */
export interface WrittenBlock {
  image: Record<string, unknown>;
  connect: Record<string, unknown> & { installer: Record<string, unknown>; settingsFile?: Record<string, unknown> };
  [other: string]: unknown;
}

/** Settings as a user writes them, loose enough to be made wrong. */
export interface Written {
  name?: unknown;
  location?: unknown;
  generations: Record<string, WrittenBlock>;
  network: Record<string, unknown>;
  access: Record<string, unknown>;
  domain: Record<string, unknown>;
  [other: string]: unknown;
}

/** A block with nothing but what is required. */
export function blockFixture(change: (block: WrittenBlock) => void = () => undefined): WrittenBlock {
  const block: WrittenBlock = {
    image: { version: "20348.4171.250903" },
    connect: {
      version: "2.6.92.0",
      installer: { path: "AzureADConnect.msi", sha256: sha256("installer") },
      settingsFile: { path: "settings.json", sha256: sha256(settingsFileText) },
    },
  };
  change(block);
  return block;
}

/** Right settings of one passive server. */
export function writtenFixture(): Written {
  return {
    name: "aadc-stg",
    location: "westeurope",
    generations: { "1": blockFixture() },
    network: { addressSpace: "10.40.0.0/24", subnetPrefix: "10.40.0.0/27", domainControllers: ["10.40.8.4"] },
    access: { managementSources: ["10.40.9.4/32"] },
    domain: { name: "corp.contoso.com" },
  };
}

/** Where a test is about an active server, and not about how it became one. */
export const switchedByWord = { acknowledge: { reason: "switched by hand, CHG-4720", until: "2099-12-31" } };

/** A project folder with an installer and a settings file, and settings that fit it. */
export function projectFixture(): { folder: string; written: Written } {
  const folder = mkdtempSync(join(tmpdir(), "entra-connect-settings-"));
  writeFileSync(join(folder, "AzureADConnect.msi"), "installer");
  writeFileSync(join(folder, "settings.json"), settingsFileText);
  return { folder, written: writtenFixture() };
}

export const today = new Date("2026-11-22T00:00:00Z");

/** Complete settings for plans and components; `change` edits them as written. */
export function settingsFixture(change: (written: Written) => void = () => undefined): Settings {
  const written = writtenFixture();
  change(written);
  const result = validate(written, { today, built: {} });
  if (result.kind === "invalid") throw new Error(JSON.stringify(result.problems, null, 1));
  return result.settings;
}
