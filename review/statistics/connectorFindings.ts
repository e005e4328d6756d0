import type { Finding } from "../verdict";
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
        title: `This connector is only on the ${connector.on} server.`,
        active: connector.on === "active" ? connector.name : null,
        staging: connector.on === "staging" ? connector.name : null,
        cause: "Connectors are matched by name. It was not set up on the other server, or has another name there.",
        next: "Compare the configuration of both servers: entra-connect compare.",
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
    title: "No count and no figure is in both archives, so nothing could be compared.",
    active: null,
    staging: null,
    cause: "The cmdlets gave none on at least one server; the archives say why, under not available.",
    next: "Mend what is named there and run the collector again on both servers, with -CountObjects.",
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
    title: `The connector spaces hold different numbers of objects of type ${name}.`,
    active,
    staging,
    cause: "The servers see different objects: a filter, a permission, or an import that is not up to date.",
    next: "Compare partitions, containers and object types (entra-connect compare), then run a full import on the staging server.",
  };
}

/**
 * The names are not documented. All that is taken from one is that it speaks of exports: on a staging server these
 * pile up, because it computes them and never sends them.
 */
function figureFinding(connector: ComparedConnector, { name, active, staging }: ComparedValue): Finding {
  const base = { subject: `${connector.name}: ${name}`, active, staging };
  if (/export/iu.test(name))
    return {
      ...base,
      code: "pending-exports-differ",
      severity: "info",
      class: "expected",
      title: "The numbers of pending exports differ.",
      cause: "A staging server computes exports and never sends them, so they stay pending there.",
      next: "See what they are before a promotion: csexport on both servers, then entra-connect exports.",
    };
  if (typeof active === "number" && typeof staging === "number")
    return {
      ...base,
      code: "figure-differs",
      severity: "warning",
      class: "unexplained",
      title: "A figure of this connector differs by more than is tolerated.",
      cause: "The name is the cmdlet's own and not documented; both servers use it, so it should mean the same.",
      next: "Run an import on both servers and collect again; if it stays, compare the configuration.",
    };
  return {
    ...base,
    code: "value-differs",
    severity: "info",
    class: "unexplained",
    title: "A value of this connector that is not a number differs.",
    cause: "The name is the cmdlet's own and not documented.",
    next: "",
  };
}
