import type { Parameter } from "../model";
import { compareRaw } from "./compareRaw";
import type { Comparison } from "./comparison";
import { meaningOf } from "./parameterMeaning";

const compared = new Set(["microsoft.synchronize.stagingmode", "microsoft.synchronize.serverconfigurationversion"]);

/** Compares the global parameters by name, and the builds. The staging flag is judged by `compareRoles`. */
export function compareParameters(comparison: Comparison): void {
  compareVersions(comparison);
  const here = byName(comparison.active.parameters);
  const there = byName(comparison.staging.parameters);
  for (const key of [...new Set([...here.keys(), ...there.keys()])].sort()) {
    const active = here.get(key);
    const staging = there.get(key);
    const name = active?.name ?? staging?.name ?? key;
    compareAttributes(comparison, "global parameters", active, staging);
    if (compared.has(key)) continue;
    if (active === undefined || staging === undefined) oneSided(comparison, name, active, staging);
    else if (!comparison.sameRaw(`global parameter ${name}`, `parameter[${name}]`, active.value, staging.value))
      different(comparison, name, active, staging);
  }
}

export function compareVersions(comparison: Comparison): void {
  const { builds, active, staging } = comparison;
  if (active.version === staging.version) return;
  const older = builds === "active-newer";
  comparison.add({
    code: "build-differs",
    severity: "info",
    class: "build-difference",
    subject: "build",
    title: `The servers run different builds${older ? "; the staging server has the older one" : ""}.`,
    active: active.version ?? null,
    staging: staging.version ?? null,
    cause: "Different builds are allowed (that is how a swing migration goes); the same build is recommended.",
    next: older ? "Upgrade the staging server to the build of the active one, or newer, before a role switch." : "",
  });
}

function oneSided(comparison: Comparison, name: string, active?: Parameter, staging?: Parameter): void {
  const where = active === undefined ? "staging" : "active";
  const byBuild = comparison.buildsDiffer;
  const known = meaningOf(name);
  comparison.add({
    code: "global-parameter-missing",
    severity: byBuild ? "info" : "warning",
    class: byBuild ? "build-difference" : (known?.class ?? "unexplained"),
    subject: `global parameter ${name}`,
    title: `Only the ${where} server has the global parameter ${name}.`,
    active: active?.value ?? null,
    staging: staging?.value ?? null,
    cause: byBuild
      ? `Builds know different parameters (${comparison.versions}).`
      : "Both servers run the same build, so both should know the same parameters.",
    next: byBuild ? "" : (known?.next ?? "Find out which feature it belongs to and set it up alike on both servers."),
  });
}

function different(comparison: Comparison, name: string, active: Parameter, staging: Parameter): void {
  const known = meaningOf(name);
  comparison.add({
    code: "global-parameter-differs",
    severity: known?.severity ?? "warning",
    class: known?.class ?? "unexplained",
    subject: `global parameter ${name}`,
    title: known?.means ?? `The global parameter ${name} differs.`,
    active: active.value,
    staging: staging.value,
    cause: known?.cause ?? "Nothing is documented about this parameter.",
    next: known?.next ?? "Find out which feature it belongs to and set it up alike on both servers.",
  });
}

/** `type`, `use`, `dataType`… of one parameter. */
export function compareAttributes(
  comparison: Comparison,
  subject: string,
  active?: Parameter,
  staging?: Parameter,
): void {
  if (active === undefined || staging === undefined) return;
  const values = (parameter: Parameter) =>
    Object.entries(parameter.attributes).map(([name, value]) => ({
      path: `parameter[${parameter.name}]@${name}`,
      value,
    }));
  compareRaw(comparison, { subject, where: subject }, values(active), values({ ...staging, name: active.name }));
}

export function byName(parameters: readonly Parameter[]): ReadonlyMap<string, Parameter> {
  const result = new Map<string, Parameter>();
  for (const parameter of parameters) {
    let key = parameter.name.toLowerCase();
    // A name that occurs twice (seen nowhere so far) still gets compared.
    while (result.has(key)) key += " (again)";
    result.set(key, parameter);
  }
  return result;
}
