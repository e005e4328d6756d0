import { supplemental } from "cldr-core/supplemental/windowsZones.json";

/** Names of Windows time zones, and what the names that other systems have for them are on Windows: Unicode's table. */

interface MapZone {
  readonly _other: string;
  readonly _type: string;
  /** Country, or `001` for the region that stands for the whole zone. */
  readonly _territory: string;
}
const zones: readonly MapZone[] = supplemental.windowsZones.mapTimezones.map(({ mapZone }) => mapZone);

/** Names that Windows still lists and Unicode has no region for. */
const withoutRegion = ["Kamchatka Standard Time", "Mid-Atlantic Standard Time"];

const windowsNames = new Map(
  [...zones.map(({ _other }) => _other), ...withoutRegion].map((name) => [name.toLowerCase(), name]),
);
const byRegion = new Map(
  zones.flatMap(({ _other, _type }) =>
    _type
      .split(" ")
      .filter((name) => name !== "")
      .map((name) => [name.toLowerCase(), _other]),
  ),
);

/** The region that Unicode's table gives first for a Windows zone: one whose clocks go as that zone's. */
const regions = new Map(
  zones.flatMap(({ _other, _type, _territory }) => (_territory === "001" ? [[_other, _type] as const] : [])),
);

/** The zone by the name that the runtime has for it; undefined for what is no Windows zone, or has no region. */
export function ianaTimeZone(windowsName: string): string | undefined {
  return regions.get(windowsName);
}

/** Short names that people write; Unicode's table has only regions. */
const shortNames: Readonly<Record<string, string>> = {
  cet: "W. Europe Standard Time",
  cest: "W. Europe Standard Time",
  met: "W. Europe Standard Time",
  mez: "W. Europe Standard Time",
  eet: "FLE Standard Time",
  wet: "GMT Standard Time",
  bst: "GMT Standard Time",
  gmt: "UTC, or GMT Standard Time for London with its summer time",
  "etc/utc": "UTC",
  z: "UTC",
  est: "Eastern Standard Time",
  edt: "Eastern Standard Time",
  cst: "Central Standard Time",
  cdt: "Central Standard Time",
  mst: "Mountain Standard Time",
  mdt: "Mountain Standard Time",
  pst: "Pacific Standard Time",
  pdt: "Pacific Standard Time",
  jst: "Tokyo Standard Time",
};

export type KnownTimeZone =
  | { readonly kind: "windows" }
  | { readonly kind: "misspelt"; readonly write: string }
  | { readonly kind: "foreign"; readonly write: string }
  | { readonly kind: "unknown" };

/** Every name of a region that the runtime knows leads to its present name; the rest it does not know. */
function presentName(region: string): string | undefined {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: region }).resolvedOptions().timeZone.toLowerCase();
  } catch {
    return undefined;
  }
}

export function windowsTimeZone(written: string): KnownTimeZone {
  const name = windowsNames.get(written.trim().toLowerCase());
  if (name !== undefined) return name === written ? { kind: "windows" } : { kind: "misspelt", write: name };
  const key = written.trim().toLowerCase();
  const write = shortNames[key] ?? byRegion.get(key) ?? byRegion.get(presentName(key) ?? "");
  return write === undefined ? { kind: "unknown" } : { kind: "foreign", write };
}
