import { compareRaw, judgeKnown, sameValue } from "../judging/compareRaw";
import type { Comparison } from "../judging/comparison";
import { isUnset, knownSetting } from "../known/knownSettings";
import { isEncrypted, isSecret, isSecretValue } from "../known/secrets";
import type { Parameter } from "../model";

const compared = new Set(["microsoft.synchronize.stagingmode", "microsoft.synchronize.serverconfigurationversion"]);

/** Compares the global parameters by name, and the builds. The staging flag is judged with the roles. */
export function compareParameters(comparison: Comparison): void {
  compareVersions(comparison);
  const here = byName(comparison.active.parameters);
  const there = byName(comparison.staging.parameters);
  for (const key of [...new Set([...here.keys(), ...there.keys()])].sort()) {
    const active = here.get(key);
    const staging = there.get(key);
    compareAttributes(comparison, "global parameters", active, staging);
    if (compared.has(key)) continue;
    const name = active?.name ?? staging?.name ?? key;
    if (isSecretParameter(active) || isSecretParameter(staging)) {
      if (active?.value !== staging?.value) comparison.folded.add("secret", `global parameter ${name}`);
    } else if (active === undefined || staging === undefined) oneSided(comparison, name, active, staging);
    else different(comparison, name, active.value, staging.value);
  }
}

/** Named like a secret, or declared as encrypted. */
export function isSecretParameter(parameter: Parameter | undefined): boolean {
  return (
    parameter !== undefined &&
    (isEncrypted(parameter.attributes) || isSecretValue(parameter.value) || isSecret(`parameter[${parameter.name}]`))
  );
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
    next: "",
  });
}

/** What is known of a parameter stays known where one server lacks it; the build explains the rest. */
function oneSided(comparison: Comparison, name: string, active?: Parameter, staging?: Parameter): void {
  const where = active === undefined ? "staging" : "active";
  const value = active?.value ?? staging?.value ?? "";
  const known = knownSetting("global", name);
  const unset = known !== undefined && isUnset(value);
  const byBuild = comparison.buildsDiffer && (known === undefined || unset || known.byBuild === true);
  const judged = known && judgeKnown(comparison, known, active ? [value] : [], staging ? [value] : []);
  comparison.add({
    code: "global-parameter-missing",
    severity: byBuild || (unset && known?.class !== "unexplained") ? "info" : (judged?.severity ?? "warning"),
    class: byBuild ? "build-difference" : (judged?.class ?? "unexplained"),
    subject: `global parameter ${name}`,
    title: `Only the ${where} server has the global parameter ${name}${judged === undefined || unset || byBuild ? "." : `: ${lower(judged.means ?? "")}`}`,
    active: active?.value ?? null,
    staging: staging?.value ?? null,
    cause: byBuild
      ? `Builds know different parameters (${comparison.versions}).`
      : comparison.buildsDiffer
        ? `Builds know different parameters (${comparison.versions}), but this one is known and set.`
        : "Both servers run the same build, so both should know the same parameters.",
    next:
      byBuild || unset
        ? ""
        : (judged?.next ?? "Find out which feature it belongs to and set it up alike on both servers."),
  });
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function different(comparison: Comparison, name: string, active: string, staging: string): void {
  const known = knownSetting("global", name);
  const at = { where: `global parameter ${name}`, path: `parameter[${name}]` };
  if (sameValue(comparison, known, at, active, staging)) return;
  const judged = known && judgeKnown(comparison, known, [active], [staging]);
  comparison.add({
    code: "global-parameter-differs",
    severity: judged?.severity ?? "warning",
    class: judged?.class ?? "unexplained",
    subject: `global parameter ${name}`,
    title: judged?.means === undefined ? `The global parameter ${name} differs.` : `${judged.means} (${name})`,
    active,
    staging,
    cause: judged?.cause ?? "Nothing is documented about this parameter.",
    next: judged?.next ?? "Find out which feature it belongs to and set it up alike on both servers.",
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
