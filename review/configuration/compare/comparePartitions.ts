import type { Connector, Partition } from "../model";
import { compareParameterLists } from "./compareParameterLists";
import { compareRaw } from "./compareRaw";
import { compareSets } from "./compareSets";
import type { Comparison } from "./comparison";
import { compareCoverage } from "./containers";

const byHand =
  "Make the same choice on both servers, in the wizard (Customize synchronization options > Domain and OU filtering).";
const deleted = "if the staging server were promoted, they would be deleted from Entra ID";

export function comparePartitions(comparison: Comparison, active: Connector, staging: Connector): void {
  const here = new Map(active.partitions.map((partition) => [partition.name.toLowerCase(), partition]));
  const there = new Map(staging.partitions.map((partition) => [partition.name.toLowerCase(), partition]));
  for (const key of new Set([...here.keys(), ...there.keys()])) {
    const left = here.get(key);
    const right = there.get(key);
    if (left === undefined || right === undefined) onePartition(comparison, active.name, left, right);
    else comparePartition(comparison, active, left, right);
  }
}

export function onePartition(comparison: Comparison, connector: string, active?: Partition, staging?: Partition): void {
  const partition = active ?? staging;
  if (partition === undefined) return;
  const lost = active?.selected === true;
  comparison.add({
    code: active === undefined ? "partition-only-on-staging" : "partition-missing-on-staging",
    severity: lost ? "blocking" : partition.selected ? "warning" : "info",
    class: "your-change",
    subject: `partition ${partition.name} of connector ${connector}`,
    title: lost
      ? `The staging server does not know the partition ${partition.name}: its objects are not read; ${deleted}.`
      : `Only the ${active === undefined ? "staging" : "active"} server knows the partition ${partition.name}${partition.selected ? ": its objects would be added" : "; it is not selected there"}.`,
    active: active === undefined ? null : describe(active),
    staging: staging === undefined ? null : describe(staging),
    cause: "A domain was added, removed or renamed, and one server has not been told.",
    next: `Refresh the directory schema in the wizard. ${byHand}`,
  });
}

function describe(partition: Partition): string {
  return `${partition.name} (${partition.selected ? "selected" : "not selected"})`;
}

function comparePartition(comparison: Comparison, connector: Connector, active: Partition, staging: Partition): void {
  const subject = `partition ${active.name} of connector ${connector.name}`;
  if (active.selected !== staging.selected)
    comparison.add({
      code: "partition-selection-differs",
      severity: active.selected ? "blocking" : "warning",
      class: "your-change",
      subject,
      title: active.selected
        ? `The staging server does not select the partition ${active.name}: its objects are not read; ${deleted}.`
        : `Only the staging server selects the partition ${active.name}: its objects would be added to Entra ID.`,
      active: active.selected,
      staging: staging.selected,
      cause: "Domain and OU filtering was changed on one server only.",
      next: byHand,
    });
  compareRaw(
    comparison,
    { subject, where: subject },
    [{ path: "display-name", value: active.displayName }],
    [{ path: "display-name", value: staging.displayName }],
  );
  compareContainers(comparison, subject, active, staging);
  compareObjectTypes(comparison, subject, connector, active, staging);
  compareParameterLists(comparison, subject, active, active.rest, staging, staging.rest);
  compareRaw(comparison, { subject, where: subject }, active.rest, staging.rest);
}

export function compareContainers(
  comparison: Comparison,
  subject: string,
  active: Partition,
  staging: Partition,
): void {
  const inclusions = compareSets(comparison, `${subject}: inclusions`, active.inclusions, staging.inclusions);
  const exclusions = compareSets(comparison, `${subject}: exclusions`, active.exclusions, staging.exclusions);
  const differences = [inclusions, exclusions].flatMap(({ onlyActive, onlyStaging }) => [
    ...onlyActive,
    ...onlyStaging,
  ]);
  if (differences.length === 0) return;
  const { lost, gained } = compareCoverage({ ...active, selected: true }, { ...staging, selected: true });
  const base = {
    class: "your-change" as const,
    subject,
    active: { inclusions: active.inclusions, exclusions: active.exclusions },
    staging: { inclusions: staging.inclusions, exclusions: staging.exclusions },
    cause: "Domain and OU filtering was changed on one server only.",
    next: byHand,
  };
  if (lost.length > 0)
    comparison.add({
      ...base,
      code: "containers-missing-on-staging",
      severity: "blocking",
      title: `The staging server does not read the objects below ${lost.join("; ")}: ${deleted}.`,
    });
  if (gained.length > 0)
    comparison.add({
      ...base,
      code: "containers-only-on-staging",
      severity: "warning",
      title: `Only the staging server reads the objects below ${gained.join("; ")}: they would be added to Entra ID.`,
    });
  if (lost.length + gained.length === 0)
    comparison.add({
      ...base,
      code: "containers-spelled-differently",
      severity: "info",
      title: "The container filters are written differently but cover the same objects.",
      next: "",
    });
}

function compareObjectTypes(
  comparison: Comparison,
  subject: string,
  connector: Connector,
  active: Partition,
  staging: Partition,
): void {
  const { onlyActive, onlyStaging } = compareSets(
    comparison,
    `${subject}: object types`,
    active.objectTypes,
    staging.objectTypes,
  );
  const base = { subject, active: active.objectTypes, staging: staging.objectTypes };
  if (onlyActive.length > 0) {
    const provisioned = onlyActive.filter((type) =>
      comparison.active.rules.some(
        (rule) =>
          rule.direction === "Inbound" &&
          rule.connectorId === connector.id &&
          rule.linkType === "Provision" &&
          !rule.disabled &&
          rule.sourceObjectType.toLowerCase() === type.toLowerCase(),
      ),
    );
    comparison.add({
      ...base,
      code: "object-types-missing-on-staging",
      severity: provisioned.length > 0 ? "blocking" : "warning",
      class: "your-change",
      title:
        provisioned.length > 0
          ? `The staging server does not read objects of type ${onlyActive.join(", ")}: ${deleted}.`
          : `The staging server does not read objects of type ${onlyActive.join(", ")}.`,
      cause: "Object types were unticked on the staging server only, or added on the active server only.",
      next: "Select the same object types on both servers (Synchronization Service Manager, connector properties).",
    });
  }
  if (onlyStaging.length > 0)
    comparison.add({
      ...base,
      code: "object-types-only-on-staging",
      severity: "warning",
      class: "known-import-gap",
      title: `The staging server also reads objects of type ${onlyStaging.join(", ")}: they would be synchronized after a promotion.`,
      cause: "The wizard's import of settings does not carry a restricted list of object types.",
      next: "Untick these object types on the staging server (Synchronization Service Manager, connector properties).",
    });
}
