import { compareRaw } from "../judging/compareRaw";
import type { Comparison } from "../judging/comparison";
import type { SettingsFile } from "../settings/readSettings";

/** What two settings files hold beside directories and rules. */
export function compareSettingsRest(comparison: Comparison, active: SettingsFile, staging: SettingsFile): void {
  compareRaw(
    comparison,
    { kind: "settings-file", subject: "settings without known meaning", where: "settings file" },
    active.rest,
    staging.rest,
  );
}

/** What a comparison with a settings file leaves out. */
export function notComparedOfSettings(
  active: { readonly settings?: SettingsFile },
  staging: { readonly settings?: SettingsFile },
): readonly string[] {
  const result = [
    "Staging mode, source anchor, sign-in method and optional features: where a settings file keeps them is not documented.",
  ];
  if (active.settings !== undefined && staging.settings !== undefined)
    return [
      ...result,
      `${active.settings.rest.length} values on the active and ${staging.settings.rest.length} on the staging server have no known meaning; they were compared as raw values by path.`,
    ];
  const file = active.settings ?? staging.settings;
  const rest = file?.rest ?? [];
  return [
    ...result,
    "What only the folder holds: global parameters, object types, selected attributes, anchors, run profiles, connectivity, switches of connectors, joins, schemas, content and state (disabled) of standard rules.",
    `What only the settings file ${file?.configuration.source} holds: ${rest.length} values without known meaning${
      rest.length === 0
        ? ""
        : ` (${rest
            .slice(0, 5)
            .map(({ path }) => path)
            .join(", ")}${rest.length > 5 ? ", …" : ""})`
    }.`,
  ];
}
