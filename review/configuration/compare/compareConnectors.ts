import { fromGap } from "../../importGaps";
import { Effects } from "../effects/effects";
import { compareRaw } from "../judging/compareRaw";
import { compareSets } from "../judging/compareSets";
import type { Comparison, Difference } from "../judging/comparison";
import type { Connector } from "../model";
import { accountPath, compareAccounts, compareApplicationIdentity, judgedAsIdentity } from "./accounts";
import { compareParameterLists } from "./compareParameterLists";
import { comparePartitions } from "./comparePartitions";
import { compareRunProfiles } from "./compareRunProfiles";
import { compareSchema } from "./compareSchema";
import type { ConnectorPair } from "./pairConnectors";

export function compareConnectors(comparison: Comparison, pairs: readonly ConnectorPair[]): void {
  for (const pair of pairs) {
    const { active, staging } = pair;
    if (active !== undefined && staging !== undefined) compareConnector(comparison, active, staging, pair.by);
    else if (active !== undefined) missingOnStaging(comparison, active);
    else if (staging !== undefined) onlyOnStaging(comparison, staging);
  }
}

/** Connectors that only Synchronization Service Manager makes (SQL, LDAP, PowerShell…): no settings file is imported beside them. */
const madeByHand = fromGap("other-connector");

function missingOnStaging(comparison: Comparison, connector: Connector): void {
  const rules = comparison.active.rules.filter((rule) => rule.connectorId === connector.id);
  const effects = new Effects(comparison.active);
  const deletes =
    comparison.partial ||
    connector.kind === "active-directory" ||
    rules.some(
      (rule) =>
        rule.direction === "Inbound" && rule.linkType === "Provision" && !rule.disabled && effects.reachesEntra(rule),
    );
  const other = connector.kind === "other";
  comparison.add({
    code: "connector-missing-on-staging",
    severity: deletes || connector.kind === "entra" ? "blocking" : "warning",
    class: other ? madeByHand.class : "your-change",
    subject: `connector ${connector.name}`,
    title:
      connector.kind === "entra"
        ? `The staging server has no connector to Entra ID (${connector.name} on the active server).`
        : deletes
          ? `The staging server has no connector ${connector.name} (and none of its ${rules.length} rules): if it were promoted, the objects of this directory would be deleted from Entra ID.`
          : `The staging server has no connector ${connector.name} (and none of its ${rules.length} rules): what they give to other objects would be lost after a promotion.`,
    active: { name: connector.name, category: connector.category, rules: rules.length },
    staging: null,
    cause: other
      ? madeByHand.cause
      : "The directory was added to the active server after the settings were exported, or was removed on the staging server.",
    tool: connector.kind !== "entra" && other ? "service-manager" : "wizard",
    next:
      connector.kind === "entra"
        ? "Complete the wizard on the staging server; it makes this connector."
        : other
          ? madeByHand.next
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
    title: `Only the staging server has the connector ${connector.name} (with ${rules} rules)${connector.kind === "entra" ? ": it would export to a tenant that the active server does not export to." : ": its objects would be added to Entra ID after a promotion."}`,
    active: null,
    staging: { name: connector.name, category: connector.category, rules },
    cause: "The directory was added to the staging server only, or was removed on the active server.",
    next: "Make both servers hold the same directories.",
  });
}

function renamed(comparison: Comparison, active: Connector, staging: Connector, by: ConnectorPair["by"]): void {
  const how =
    by === "tenant"
      ? "Both are the connector to Entra ID, of which a server has one."
      : "Both lead to the same forest.";
  comparison.add({
    code: "connector-renamed",
    severity: "warning",
    class: "your-change",
    subject: `connector ${active.name}`,
    title: `The connector ${active.name} is called "${staging.name}" on the staging server; everything in it was compared all the same.`,
    active: active.name,
    staging: staging.name,
    cause: `${how} The name was changed by hand on one server.`,
    next: "Give the connector the same name on both servers (Synchronization Service Manager): exports, scripts and other tools pair connectors by name.",
  });
}

function compareConnector(
  comparison: Comparison,
  active: Connector,
  staging: Connector,
  by: ConnectorPair["by"],
): void {
  const subject = `connector ${active.name}`;
  // A settings file has no name for the Entra connector.
  if (by !== "name" && (active.kind !== "entra" || !comparison.partial)) renamed(comparison, active, staging, by);
  else if (active.name !== staging.name && !comparison.partial) comparison.folded.add("case", `name of ${subject}`);
  comparePartitions(comparison, active, staging);
  if (comparison.partial) return;
  if (active.id !== staging.id) comparison.folded.add("identifier", `identifier of ${subject}`);
  compareIdentity(comparison, subject, active, staging);
  compareSelectedAttributes(comparison, subject, active, staging);
  compareAnchors(comparison, subject, active, staging);
  compareSwitches(comparison, subject, active, staging);
  compareRunProfiles(comparison, active, staging);
  compareAccounts(comparison, subject, active, staging);
  const judged = active.kind === "entra" ? judgedAsIdentity(active, staging) : undefined;
  if (active.kind === "entra") compareApplicationIdentity(comparison, subject, active, staging);
  const place = { kind: "connector", subject, where: subject } as const;
  const reach = (connector: Connector) => connector.connectivity.filter(({ path }) => !accountPath.test(path));
  compareRaw(comparison, place, reach(active), reach(staging));
  compareParameterLists(comparison, { ...place, judged }, active, active.connectivity, staging, staging.connectivity);
  compareSchema(
    comparison,
    active.kind === "entra" ? "entra" : "directory",
    `schema of ${subject}`,
    active.schema,
    staging.schema,
  );
  compareRaw(comparison, place, active.rest, staging.rest);
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
      title: `The ${property} of the connector ${active.name} differs.`,
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
      title: `The staging server does not select ${onlyActive.length === 1 ? "the attribute" : `${onlyActive.length} attributes`} ${list(onlyActive)} of the connector ${active.name}: what flows from or to ${onlyActive.length === 1 ? "it" : "them"} would stop after a promotion.`,
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
    const attributes = fromGap("selected-attributes");
    const build = byBuild("staging-newer");
    comparison.add({
      code: "attributes-only-on-staging",
      severity: build ? "info" : "warning",
      class: build ? "build-difference" : attributes.class,
      subject,
      title: `Only the staging server selects ${onlyStaging.length === 1 ? "the attribute" : `${onlyStaging.length} attributes`} ${list(onlyStaging)} of the connector ${active.name}.`,
      active: null,
      staging: onlyStaging,
      cause: build ? `The newer build selects more attributes (${comparison.versions}).` : attributes.cause,
      next: build ? "" : attributes.next,
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
      `Password hash synchronization of ${active.name} is ${hashes[1] === true ? "enabled on the staging server only: it would start" : "not enabled on the staging server: it would stop"} with a promotion.`,
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
        `Password hashes of ${active.name} go to another connector.`,
        name(targets[0], comparison.active.connectors),
        name(targets[1], comparison.staging.connectors),
      );
  }
  const writeback = [active.passwordWriteback?.enabled, staging.passwordWriteback?.enabled] as const;
  if (writeback[0] !== writeback[1])
    change(
      "password-writeback-differs",
      `Password writeback is ${writeback[1] === true ? "enabled on the staging server only: it would start" : "not enabled on the staging server: self-service password reset would stop writing back"} with a promotion.`,
      writeback[0] ?? null,
      writeback[1] ?? null,
    );
  if (active.passwordSyncAllowed !== staging.passwordSyncAllowed)
    change(
      "password-sync-allowed-differs",
      `The connector ${active.name} allows password synchronization on one server only.`,
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
      title: `The capabilities of the connector ${active.name} (capability-bits) differ.`,
      active: active.capabilityBits ?? null,
      staging: staging.capabilityBits ?? null,
      cause: build
        ? `A build brings its own connector capabilities (${comparison.versions}).`
        : "Both servers run the same build, so the capabilities should be the same.",
      next: build ? "" : "Check that both servers were upgraded completely (version of the connector's files).",
    });
  }
}
