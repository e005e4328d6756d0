import type { Finding } from "../verdict";
import { kindOfFigure, meaningOfFigure, shortName } from "./figures";
import type { ComparedConnector, ComparedValue } from "./model";

/** Counts and figures of one connector that differ by more than is tolerated. */
export function connectorFindings(connector: ComparedConnector): readonly Finding[] {
  if (connector.on !== "both")
    return [
      {
        code: "connector-missing",
        severity: "warning",
        class: "unexplained",
        subject: connector.name,
        title: `Connector ${connector.name} is only on the ${connector.on} server.`,
        active: connector.on === "active" ? connector.name : null,
        staging: connector.on === "staging" ? connector.name : null,
        cause: "Connectors are matched by name. It was not set up on the other server, or has another name there.",
        next: "Compare the configuration of both servers: entra-connect compare.",
        tool: "command",
      },
    ];
  const compared = [...connector.objectTypes, ...connector.figures].filter((value) => value.state !== "one-sided");
  if (compared.length === 0) return [notCounted(connector.name)];
  return [
    ...connector.objectTypes.filter(differs).map((value) => countFinding(connector, value)),
    ...connector.figures.filter(differs).map((value) => figureFinding(connector, value)),
  ];
}

/** Nothing to compare is no agreement. */
export function notCounted(subject: string): Finding {
  return {
    code: "nothing-counted",
    severity: "warning",
    class: "not-available",
    subject,
    title: `${subject}: no count and no figure is in both archives, so nothing could be compared.`,
    active: null,
    staging: null,
    cause: "The cmdlets gave none on at least one server; the archives say why, under not available.",
    next: "Mend what is named there and run the collector again on both servers, with -CountObjects.",
    tool: "evidence",
  };
}

/** What only one archive has is named under "not available", with its reason. */
const differs = (value: ComparedValue): boolean => value.state === "differs";

function countFinding(connector: ComparedConnector, { name, active, staging }: ComparedValue): Finding {
  return {
    code: "object-count-differs",
    severity: "warning",
    class: "unexplained",
    subject: `${connector.name}: ${name}`,
    title: `${connector.name}: the connector spaces hold ${active} and ${staging} objects of type ${name} (active, staging).`,
    active,
    staging,
    cause:
      active === 0 || staging === 0
        ? "One server sees none of them: a filter, a permission, an object type that is not selected, or an import that never ran."
        : "The servers see different objects: a filter, a permission, or an import that is not up to date.",
    next: "Compare partitions, containers and object types (entra-connect compare), then run a full import on the staging server.",
    tool: "service-manager",
  };
}

/** Pending exports pile up on a staging server, which computes them and never sends them. */
function figureFinding(connector: ComparedConnector, { name, active, staging }: ComparedValue): Finding {
  const base = { subject: `${connector.name}: ${name}`, active, staging };
  const meaning = meaningOfFigure(name);
  const titled = (rest: string): string =>
    `${connector.name}: ${shortName(name)}${meaning === undefined ? "" : ` (${meaning})`} ${rest}.`;
  const counts = `is ${active} on the active and ${staging} on the staging server`;
  switch (kindOfFigure(name)) {
    case "pending-export":
      return {
        ...base,
        code: "pending-exports-differ",
        severity: "info",
        class: "expected",
        title: titled(counts),
        cause: "A staging server computes exports and never sends them, so they stay pending there.",
        next: "See what they are before a promotion: csexport on both servers, then entra-connect exports.",
        tool: "evidence",
      };
    case "pending-import":
      return {
        ...base,
        code: "pending-imports-differ",
        severity: "warning",
        class: "unexplained",
        title: titled(counts),
        cause: "One server has imported what it has not synchronized yet, or fails to.",
        next: "Run a synchronization of this connector on both servers and collect again.",
        tool: "service-manager",
      };
    default:
  }
  if (typeof active === "number" && typeof staging === "number")
    return {
      ...base,
      code: "figure-differs",
      severity: "warning",
      class: "unexplained",
      title: titled(`${counts}, more than is tolerated`),
      cause:
        meaning === undefined
          ? "The name is the cmdlet's own and not documented; both servers use it, so it should mean the same."
          : "The servers hold different objects: a filter, a rule, or an import that is not up to date.",
      next: "Run an import on both servers and collect again; if it stays, compare the configuration.",
      tool: "service-manager",
    };
  return {
    ...base,
    code: "value-differs",
    severity: "info",
    class: "unexplained",
    title: titled(counts),
    cause: "The name is the cmdlet's own and not documented.",
    next: "",
  };
}
