import { fromGap } from "../../importGaps";
import { compareRaw } from "../judging/compareRaw";
import { compareSets } from "../judging/compareSets";
import type { Comparison } from "../judging/comparison";
import type { Connector, Partition } from "../model";
import { compareParameterLists } from "./compareParameterLists";
import { type CoverageDifference, compareCoverage } from "./containers";

const byHand =
  "Make the same choice on both servers, in the wizard (Customize synchronization options > Domain and OU filtering).";
const deleted = "if the staging server were promoted, they would be deleted from Entra ID";

export function comparePartitions(comparison: Comparison, active: Connector, staging: Connector): void {
  // A settings file lists only what is selected.
  const listed = (connector: Connector) =>
    comparison.partial ? connector.partitions.filter(({ selected }) => selected) : connector.partitions;
  const here = new Map(listed(active).map((partition) => [partition.name.toLowerCase(), partition]));
  const there = new Map(listed(staging).map((partition) => [partition.name.toLowerCase(), partition]));
  if (comparison.partial && active.kind === "entra") return;
  for (const key of new Set([...here.keys(), ...there.keys()])) {
    const left = here.get(key);
    const right = there.get(key);
    if (left === undefined || right === undefined) onePartition(comparison, active.name, left, right);
    else comparePartition(comparison, active, left, right);
  }
}

function onePartition(comparison: Comparison, connector: string, active?: Partition, staging?: Partition): void {
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
  if (!comparison.partial)
    compareRaw(
      comparison,
      { subject, where: subject },
      [{ path: "display-name", value: active.displayName }],
      [{ path: "display-name", value: staging.displayName }],
    );
  compareContainers(comparison, subject, active, staging);
  if (comparison.partial) return;
  compareObjectTypes(comparison, subject, connector, active, staging);
  const place = { kind: "partition", subject, where: subject } as const;
  compareParameterLists(comparison, place, active, active.rest, staging, staging.rest);
  compareRaw(comparison, place, active.rest, staging.rest);
}

function compareContainers(comparison: Comparison, subject: string, active: Partition, staging: Partition): void {
  const inclusions = compareSets(comparison, `${subject}: inclusions`, active.inclusions, staging.inclusions);
  const exclusions = compareSets(comparison, `${subject}: exclusions`, active.exclusions, staging.exclusions);
  const differences = [inclusions, exclusions].flatMap(({ onlyActive, onlyStaging }) => [
    ...onlyActive,
    ...onlyStaging,
  ]);
  if (differences.length === 0) return;
  const { lost, gained } = compareCoverage({ ...active, selected: true }, { ...staging, selected: true });
  // A partition that neither server reads can be filtered in any way.
  const read = active.selected || staging.selected;
  const base = {
    class: "your-change" as const,
    subject,
    active: containersOf(active),
    staging: containersOf(staging),
    cause: "Domain and OU filtering was changed on one server only.",
    next: byHand,
  };
  if (lost.length > 0)
    comparison.add({
      ...base,
      code: "containers-missing-on-staging",
      severity: !read ? "info" : active.selected ? "blocking" : "warning",
      title: read
        ? `The staging server does not read the objects below ${placesOf(lost)}: ${deleted}.`
        : `The container filters differ below ${placesOf(lost)}, but neither server reads this partition.`,
    });
  if (gained.length > 0)
    comparison.add({
      ...base,
      code: "containers-only-on-staging",
      severity: read ? "warning" : "info",
      title: read
        ? `Only the staging server reads the objects below ${placesOf(gained)}: they would be added to Entra ID.`
        : `The container filters differ below ${placesOf(gained)}, but neither server reads this partition.`,
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

function containersOf({ inclusions, exclusions }: Partition): readonly string[] {
  return [
    ...inclusions.map((name) => `include ${name || "everything"}`),
    ...exclusions.map((name) => `exclude ${name}`),
  ];
}

/** The first few, each with what of it is still covered. */
function placesOf(places: CoverageDifference["lost"]): string {
  const shown = places
    .slice(0, 4)
    .map(({ name, except }) =>
      except.length === 0
        ? name
        : `${name} (except below ${except.slice(0, 3).join("; ")}${except.length > 3 ? ` and ${except.length - 3} more` : ""})`,
    );
  return `${shown.join("; ")}${places.length > 4 ? ` and ${places.length - 4} more` : ""}`;
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
  const read = active.selected || staging.selected;
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
      severity: !read ? "info" : provisioned.length > 0 ? "blocking" : "warning",
      class: "your-change",
      title:
        read && provisioned.length > 0
          ? `The staging server does not read objects of type ${onlyActive.join(", ")} in the partition ${active.name}: ${deleted}.`
          : `The staging server does not read objects of type ${onlyActive.join(", ")} in the partition ${active.name}${read ? "" : ", but neither server reads this partition"}.`,
      cause: "Object types were unticked on the staging server only, or added on the active server only.",
      next: "Select the same object types on both servers (Synchronization Service Manager, connector properties).",
    });
  }
  if (onlyStaging.length > 0)
    comparison.add({
      ...base,
      code: "object-types-only-on-staging",
      severity: read ? "warning" : "info",
      ...fromGap("object-types"),
      title: `The staging server also reads objects of type ${onlyStaging.join(", ")} in the partition ${active.name}: ${read ? "they would be synchronized after a promotion" : "but neither server reads this partition"}.`,
    });
}
