import { connectorSettings, partitionSettings } from "./connectorSettings";
import { fileSettings } from "./fileSettings";
import { globalSettings } from "./globalSettings";
import type { KnownSetting, Place } from "./model";
import { lastName } from "./secrets";

/** Everything that is known of single settings, by place. First match counts. Compare, document and the docs take it from here. */
export const knownSettings: Readonly<Record<Place, readonly KnownSetting[]>> = {
  global: globalSettings,
  connector: connectorSettings,
  partition: partitionSettings,
  "settings-file": fileSettings,
};

/** Undefined where nothing is known of the setting. `path`: a parameter's name, or a path whose last name counts. */
export function knownSetting(place: Place, path: string): KnownSetting | undefined {
  const name = lastName(path);
  return knownSettings[place].find(({ pattern }) => pattern.test(name) || pattern.test(path));
}

/** Not set, or set to what a fresh server has. */
export function isUnset(value: string | undefined): boolean {
  return value === undefined || /^(|false|0|none|notconfigured|\{?[0-]+\}?)$/iu.test(value.trim());
}

/** A value in a form in which equal values are equal texts. */
export function comparable(setting: KnownSetting, value: string): string {
  const part = setting.significant?.(value) ?? value;
  switch (setting.equality) {
    case "name":
      return part.trim().toLowerCase();
    case "list":
      return [
        ...new Set(
          part
            .split(/[,;|\n]/u)
            .map((member) => member.trim().toLowerCase())
            .filter((member) => member !== ""),
        ),
      ]
        .sort()
        .join("\n");
    case "outside-world":
      return part.trim().replace(/[{}]/gu, "").toLowerCase();
    default:
      return part;
  }
}
