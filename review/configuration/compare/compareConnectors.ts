import type { Connector } from "../model";
import { compareConnectivity } from "./compareConnectivity";
import { compareParameterLists } from "./compareParameterLists";
import { comparePartitions } from "./comparePartitions";
import { compareRaw } from "./compareRaw";
import { compareRunProfiles } from "./compareRunProfiles";
import { compareSchema } from "./compareSchema";
import { compareSets } from "./compareSets";
import type { Comparison, Difference } from "./comparison";

/** Connectors of the same name, whatever its case; one side is missing where the other server lacks it. */
export interface ConnectorPair {
  readonly active?: Connector;
  readonly staging?: Connector;
}

export function pairConnectors(comparison: Comparison): readonly ConnectorPair[] {
  const { active, staging, identities } = comparison;
  const there = new Map(staging.connectors.map((connector) => [connector.name.toLowerCase(), connector]));
  const pairs: ConnectorPair[] = active.connectors.map((connector) => {
    const other = there.get(connector.name.toLowerCase());
    there.delete(connector.name.toLowerCase());
    return { active: connector, staging: other };
  });
  for (const connector of there.values()) pairs.push({ staging: connector });
  for (const pair of pairs) {
    if (pair.active === undefined || pair.staging === undefined) continue;
    identities.pair(pair.active.id, pair.staging.id);
    const partitions = new Map(pair.staging.partitions.map((partition) => [partition.name.toLowerCase(), partition]));
    for (const partition of pair.active.partitions) {
      const other = partitions.get(partition.name.toLowerCase());
      if (other !== undefined) identities.pair(partition.id, other.id);
    }
  }
  return pairs;
}

export function compareConnectors(comparison: Comparison, pairs: readonly ConnectorPair[]): void {
  for (const { active, staging } of pairs) {
    if (active !== undefined && staging !== undefined) compareConnector(comparison, active, staging);
    else if (active !== undefined) missingOnStaging(comparison, active);
    else if (staging !== undefined) onlyOnStaging(comparison, staging);
  }
}

function missingOnStaging(comparison: Comparison, connector: Connector): void {
  const rules = comparison.active.rules.filter((rule) => rule.connectorId === connector.id).length;
  comparison.add({
    code: "connector-missing-on-staging",
    severity: "blocking",
    class: "your-change",
    subject: `connector ${connector.name}`,
    title:
      connector.kind === "entra"
        ? `The staging server has no connector ${connector.name}: it is not connected to this tenant under this name.`
        : `The staging server has no connector ${connector.name} (and none of its ${rules} rules): if it were promoted, the objects of this directory would be deleted from Entra ID.`,
    active: { name: connector.name, category: connector.category, rules },
    staging: null,
    cause:
      "The directory was added to the active server after the settings were exported, or was removed or renamed on the staging server.",
    next:
      connector.kind === "entra"
        ? "Check that both servers belong to the same tenant. Connectors are compared by name."
        : "Add the directory in the wizard of the staging server (Customize synchronization options), or install it again from a fresh export of settings.",
  });
}

function onlyOnStaging(comparison: Comparison, connector: Connector): void {
  const rules = comparison.staging.rules.filter((rule) => rule.connectorId === connector.id).length;
  comparison.add({
    code: "connector-only-on-staging",
    severity: connector.kind === "entra" ? "blocking" : "warning",
    class: "your-change",
    subject: `connector ${connector.name}`,
    title: `Only the staging server has the connector ${connector.name} (with ${rules} rules)${connector.kind === "entra" ? ": it would export to another tenant or under another name." : ": its objects would be added to Entra ID after a promotion."}`,
    active: null,
    staging: { name: connector.name, category: connector.category, rules },
    cause: "The directory was added to the staging server only, or was removed or renamed on the active server.",
    next: "Make both servers hold the same directories. Connectors are compared by name.",
  });
}

function compareConnector(comparison: Comparison, active: Connector, staging: Connector): void {
  const subject = `connector ${active.name}`;
  if (active.name !== staging.name) comparison.folded.add("case", `name of ${subject}`);
  if (active.id !== staging.id) comparison.folded.add("identifier", `identifier of ${subject}`);
  compareIdentity(comparison, subject, active, staging);
  comparePartitions(comparison, active, staging);
  compareSelectedAttributes(comparison, subject, active, staging);
  compareAnchors(comparison, subject, active, staging);
  compareSwitches(comparison, subject, active, staging);
  compareRunProfiles(comparison, active, staging);
  compareConnectivity(comparison, subject, active, staging);
  compareParameterLists(comparison, subject, active, active.connectivity, staging, staging.connectivity);
  compareSchema(
    comparison,
    active.kind === "entra" ? "entra" : "directory",
    `schema of ${subject}`,
    active.schema,
    staging.schema,
  );
  compareRaw(comparison, { subject, where: subject }, active.rest, staging.rest);
}

function compareIdentity(comparison: Comparison, subject: string, active: Connector, staging: Connector): void {
  for (const property of ["category", "subtype", "description"] as const) {
    if (active[property] === staging[property]) continue;
    const harmless = property === "description";
    comparison.add({
      code: "connector-identity-differs",
      severity: harmless || comparison.buildsDiffer ? "info" : "warning",
      class: harmless ? "your-change" : comparison.buildsDiffer ? "build-difference" : "unexplained",
      subject,
      title: `The ${property} of the connector differs.`,
      active: active[property],
      staging: staging[property],
      cause: harmless
        ? "It was written by hand on one server."
        : "A connector of this name is of another kind on the other server.",
      next: harmless ? "" : "Check that both connectors lead to the same directory.",
    });
  }
}

function compareSelectedAttributes(
  comparison: Comparison,
  subject: string,
  active: Connector,
  staging: Connector,
): void {
  const place = `${subject}: selected attributes`;
  const { onlyActive, onlyStaging } = compareSets(
    comparison,
    place,
    active.selectedAttributes,
    staging.selectedAttributes,
  );
  const list = (names: readonly string[]): string =>
    names.length <= 5 ? names.join(", ") : `${names.slice(0, 5).join(", ")} and ${names.length - 5} more`;
  const byBuild = (newer: "active-newer" | "staging-newer"): boolean =>
    active.kind === "entra" && comparison.builds === newer;
  if (onlyActive.length > 0) {
    const build = byBuild("active-newer");
    comparison.add({
      code: "attributes-missing-on-staging",
      severity: build ? "info" : "warning",
      class: build ? "build-difference" : "your-change",
      subject,
      title: `The staging server does not select ${onlyActive.length === 1 ? "the attribute" : `${onlyActive.length} attributes`} ${list(onlyActive)}: what flows from or to ${onlyActive.length === 1 ? "it" : "them"} would stop after a promotion.`,
      active: onlyActive,
      staging: null,
      cause: build
        ? `The newer build selects more attributes (${comparison.versions}).`
        : "An attribute was selected on the active server, or its selection removed on the staging server.",
      next: build
        ? ""
        : "Select the same attributes on both servers (Synchronization Service Manager, connector properties).",
    });
  }
  if (onlyStaging.length > 0) {
    const build = byBuild("staging-newer");
    comparison.add({
      code: "attributes-only-on-staging",
      severity: build ? "info" : "warning",
      class: build ? "build-difference" : "known-import-gap",
      subject,
      title: `Only the staging server selects ${onlyStaging.length === 1 ? "the attribute" : `${onlyStaging.length} attributes`} ${list(onlyStaging)}.`,
      active: null,
      staging: onlyStaging,
      cause: build
        ? `The newer build selects more attributes (${comparison.versions}).`
        : "The wizard's import of settings does not carry a restricted list of attributes.",
      next: build
        ? ""
        : "Take these attributes out of the selection on the staging server (Synchronization Service Manager, connector properties).",
    });
  }
}

function compareAnchors(comparison: Comparison, subject: string, active: Connector, staging: Connector): void {
  const anchors = (connector: Connector): ReadonlyMap<string, string> =>
    new Map(connector.anchors.map(({ objectType, attributes }) => [objectType, attributes.join(", ")]));
  const here = anchors(active);
  const there = anchors(staging);
  for (const objectType of new Set([...here.keys(), ...there.keys()])) {
    if (here.get(objectType) === there.get(objectType)) continue;
    comparison.add({
      code: "anchor-differs",
      severity: "blocking",
      class: "unexplained",
      subject,
      title: `The anchor of ${objectType} objects differs: the two servers recognise the same object by different attributes.`,
      active: here.get(objectType) ?? null,
      staging: there.get(objectType) ?? null,
      cause: "Anchors are set when a connector is made and are not changed in normal operation.",
      next: "Do not promote this server. Install it again from a fresh export of settings.",
    });
  }
}

function compareSwitches(comparison: Comparison, subject: string, active: Connector, staging: Connector): void {
  const { identities } = comparison;
  const change = (code: string, title: string, here: Difference["active"], there: Difference["staging"]): void =>
    comparison.add({
      code,
      severity: "warning",
      class: "your-change",
      subject,
      title,
      active: here,
      staging: there,
      cause:
        "This is chosen in the wizard; it was changed on one server only. A staging server does neither, even where it is on.",
      next: "Decide which value is right and set it on the other server too, in the wizard.",
    });
  const hashes = [active.passwordHashSync?.enabled, staging.passwordHashSync?.enabled] as const;
  if (hashes[0] !== hashes[1])
    change(
      "password-hash-sync-differs",
      `Password hash synchronization of this directory is ${hashes[1] === true ? "on on the staging server only: it would start" : "not on on the staging server: it would stop"} with a promotion.`,
      hashes[0] ?? null,
      hashes[1] ?? null,
    );
  const targets = [
    active.passwordHashSync?.targetConnectorId ?? "",
    staging.passwordHashSync?.targetConnectorId ?? "",
  ] as const;
  if (active.passwordHashSync && staging.passwordHashSync && targets[0] !== targets[1]) {
    const name = (id: string, connectors: readonly Connector[]): string =>
      connectors.find((connector) => connector.id === id)?.name ?? id;
    if (targets[0] !== "" && identities.arePaired(targets[0], targets[1]))
      comparison.folded.add("identifier", `${subject}: target of password hash synchronization`);
    else
      change(
        "password-hash-sync-target-differs",
        "Password hashes of this directory go to another connector.",
        name(targets[0], comparison.active.connectors),
        name(targets[1], comparison.staging.connectors),
      );
  }
  const writeback = [active.passwordWriteback?.enabled, staging.passwordWriteback?.enabled] as const;
  if (writeback[0] !== writeback[1])
    change(
      "password-writeback-differs",
      `Password writeback is ${writeback[1] === true ? "on on the staging server only: it would start" : "not on on the staging server: self-service password reset would stop writing back"} with a promotion.`,
      writeback[0] ?? null,
      writeback[1] ?? null,
    );
  if (active.passwordSyncAllowed !== staging.passwordSyncAllowed)
    change(
      "password-sync-allowed-differs",
      "The connector allows password synchronization on one server only.",
      active.passwordSyncAllowed ?? null,
      staging.passwordSyncAllowed ?? null,
    );
  if (active.capabilityBits !== staging.capabilityBits) {
    const build = comparison.buildsDiffer;
    comparison.add({
      code: "capability-bits-differ",
      severity: build ? "info" : "warning",
      class: build ? "build-difference" : "unexplained",
      subject,
      title: "The capabilities of the connector (capability-bits) differ.",
      active: active.capabilityBits ?? null,
      staging: staging.capabilityBits ?? null,
      cause: build
        ? `A build brings its own connector capabilities (${comparison.versions}).`
        : "Both servers run the same build, so the capabilities should be the same.",
      next: build ? "" : "Check that both servers were upgraded completely (version of the connector's files).",
    });
  }
}
