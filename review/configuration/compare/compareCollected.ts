import { type CollectedEvidence, isJsonObject, type JsonObject, readJson } from "../../evidence";
import { fromGap } from "../../importGaps";
import type { Json } from "../../verdict";
import { compareRaw } from "../judging/compareRaw";
import type { Comparison } from "../judging/comparison";
import { readSettings, type SettingsFile } from "../settings/readSettings";

/** What the collector brings beside the exported configuration and is set, not counted. */
export function compareCollected(comparison: Comparison, active: CollectedEvidence, staging: CollectedEvidence): void {
  const said = (file: string, member: string) =>
    [statistic(active, file, member), statistic(staging, file, member)] as const;
  const [upgradeHere, upgradeThere] = said("auto-upgrade.json", "state");
  if (upgradeHere !== upgradeThere)
    comparison.add({
      code: "auto-upgrade-differs",
      severity: "info",
      class: "expected",
      subject: "automatic upgrade",
      title: "Automatic upgrade stands differently on the two servers.",
      active: upgradeHere,
      staging: upgradeThere,
      cause: "Two servers of a pair may differ here; both can be upgraded by it, the staging server too.",
      next: "",
    });
  compareIdentityKind(comparison, ...said("entra-connector-identity.json", "type"));
  compareEngineConfig(comparison, active, staging);
  for (const kind of ["Applied", "Exported"] as const) {
    const [here, there] = [settingsOf(active, kind), settingsOf(staging, kind)];
    if (here === undefined || there === undefined) continue;
    const place = { subject: `${kind} settings file`, where: `${kind} settings file` } as const;
    compareRaw(comparison, { ...place, kind: "settings-file" }, here.rest, there.rest);
  }
}

/** Each version brings its own file; of one version two different files were edited, at least one of them. */
function compareEngineConfig(comparison: Comparison, active: CollectedEvidence, staging: CollectedEvidence): void {
  const [here, there] = [engineConfigOf(active), engineConfigOf(staging)];
  if (here === undefined || there === undefined || here.sha256 === there.sha256) return;
  const sameVersion = here.engine !== null && here.engine === there.engine;
  if (!sameVersion && here.fipsEdit === there.fipsEdit) return;
  const edit = ({ fipsEdit }: EngineConfig) => (fipsEdit ? "with enforceFIPSPolicy" : "without enforceFIPSPolicy");
  comparison.add({
    ...fromGap("engine-config-file"),
    code: "engine-config-differs",
    severity: "warning",
    subject: "miiserver.exe.config",
    title: `miiserver.exe.config is not the same on the two servers${sameVersion ? `, although both run ${here.engine}` : ""}: it was edited by hand on one of them.`,
    active: `${here.sha256} (${edit(here)})`,
    staging: `${there.sha256} (${edit(there)})`,
    cause:
      "The settings file does not carry such edits. An upgrade overwrites the file; upgrades to 2.5.190.0 and 2.6.1.0 break on an edited one (System.Diagnostics.DiagnosticSource), 2.6.84.0 and later merge it.",
    next: "Compare the two files by hand, have the same edit on both servers or on none, and write it down before an upgrade.",
  });
}

interface EngineConfig {
  readonly sha256: string;
  readonly fipsEdit: boolean;
  readonly engine: string | null;
}

function engineConfigOf(evidence: CollectedEvidence): EngineConfig | undefined {
  const file = evidence.statistics.find(({ path }) => path.toLowerCase() === "engine-config.json");
  const value = file === undefined ? null : readJson(file);
  if (!isJsonObject(value) || typeof value.sha256 !== "string") return undefined;
  const { versions } = evidence.manifest.server;
  const engine = isJsonObject(versions) && typeof versions.engine === "string" ? versions.engine : null;
  return { sha256: value.sha256.toLowerCase(), fipsEdit: value.fipsEdit === true, engine };
}

function compareIdentityKind(comparison: Comparison, active: string | null, staging: string | null): void {
  // The configuration's own account says the same, with more words.
  if (active === staging || comparison.differences.some(({ code }) => code === "entra-identity-kind-differs")) return;
  comparison.add({
    code: "entra-identity-kind-differs",
    severity: active === null || staging === null ? "info" : "warning",
    class: active === null || staging === null ? "unexplained" : "your-change",
    subject: "identity of the Entra connector",
    title: "The two servers sign in to Entra ID with identities of different kinds.",
    active,
    staging,
    cause:
      "A new installation sets up application-based authentication by itself; an existing server is not switched by an upgrade. From 2027-04-07 the service requires it.",
    next: 'Run the task "Configure application-based authentication to Microsoft Entra ID" in the wizard of the server that does not have it.',
  });
}

function statistic({ statistics }: CollectedEvidence, name: string, member: string): string | null {
  const file = statistics.find(({ path }) => path.toLowerCase() === name);
  const value = file === undefined ? null : readJson(file);
  const found: Json | undefined = isJsonObject(value) ? value[member] : undefined;
  return typeof found === "string" ? found : null;
}

function settingsOf({ others, source }: CollectedEvidence, kind: "Applied" | "Exported"): SettingsFile | undefined {
  const file = others.find(({ path }) => new RegExp(`^settings/${kind}-SynchronizationPolicy-`, "i").test(path));
  if (file === undefined) return undefined;
  const document: JsonObject | Json = readJson(file);
  if (!isJsonObject(document)) return undefined;
  return readSettings({ kind: "settings-file", source: `${source}: ${file.path}`, file, document });
}

/** What archives of the collector hold that a comparison of configurations leaves to other commands. */
export function notComparedOfCollected(active?: CollectedEvidence, staging?: CollectedEvidence): readonly string[] {
  if (active === undefined && staging === undefined) return [];
  if (active === undefined || staging === undefined)
    return [
      `What only the archive of the ${active === undefined ? "staging" : "active"} server holds: versions of the programs, the scheduler, settings files, numbers of objects and results of runs.`,
    ];
  const result = ["Numbers of objects and results of runs: see entra-connect statistics."];
  for (const kind of ["Applied", "Exported"] as const) {
    const [here, there] = [settingsOf(active, kind), settingsOf(staging, kind)];
    if (here !== undefined && there !== undefined)
      result.push(
        `${kind} settings files: only what has no place in the exported configuration was compared (${here.rest.length} and ${there.rest.length} values without known meaning).`,
      );
    else if (here !== undefined || there !== undefined)
      result.push(
        `${kind} settings file: only the ${here === undefined ? "staging" : "active"} server's archive holds one.`,
      );
  }
  return result;
}
