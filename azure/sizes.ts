import { type Familiarity, isKnown, nearest, unknownBut, untold } from "./nearest";

/** `Standard_E4-2ads_v5` in its parts. */
export interface SizeName {
  readonly family: string;
  readonly cpus: number;
  /** Letters after the number: s premium disks, d temporary disk, l less memory, p Arm, i alone on its host. */
  readonly features: string;
  readonly version: number;
}

export function parseSize(size: string): SizeName | undefined {
  const [, family, cpus, features, version] =
    /^(?:Standard|Basic)_([A-Z]+)([0-9]+)(?:-[0-9]+)?([a-z]*)(?:_[A-Z][A-Z0-9]*)?(?:_v([0-9]+))?$/.exec(
      canonical(size),
    ) ?? [];
  return family === undefined
    ? undefined
    : { family, cpus: Number(cpus), features: features ?? "", version: Number(version ?? 1) };
}

/**
 * The series of the families that a server like ours is built from: MicrosoftDocs/azure-compute-docs,
 * articles/virtual-machines/sizes (2026), by family and version; `.` is the one without letters. Sizes of other
 * families are believed. Series are added.
 */
const series: Readonly<Record<string, string>> = {
  A2: ". m",
  B1: "ls s ms",
  B2: "as als ats s ls ts ps pls pts",
  D1: ".",
  DS1: ".",
  D2: ". s",
  DS2: ".",
  D3: ". s",
  D4: ". s d ds a as",
  D5: ". s d ds as ads ls lds ps pds pls plds",
  D6: "s ds ls lds as ads als alds ps pds pls plds ns nds nls nlds",
  D7: "s ds ls lds as ads als alds",
  E3: ". s",
  E4: ". s d ds a as",
  E5: ". s d ds as ads bs bds ps pds",
  E6: "s ds as ads bs bds ps pds ns nds",
  E7: "s ds as ads",
  F1: ". s",
  F2: "s",
  F6: "as als ams",
  F7: "as ads als alds ams amds",
};
const familiesTold = new Set(Object.keys(series).map((key) => key.replace(/[0-9]+$/, "")));

/** Processors of D and E sizes from version 3 on. */
const cpuCounts: ReadonlySet<number> = new Set([
  2, 4, 8, 16, 20, 32, 48, 64, 72, 80, 96, 104, 112, 120, 128, 144, 160, 176, 192, 208, 224, 248, 256, 288, 320, 352,
  372, 384, 416,
]);

const featuresOf = (family: string, version: number): readonly string[] | undefined =>
  series[`${family}${version}`]?.split(" ").map((each) => (each === "." ? "" : each));

export function sizeFamiliarity(size: string): Familiarity {
  const name = parseSize(size);
  if (name === undefined) return unknown(size);
  const { family, cpus, version } = name;
  if (!familiesTold.has(family)) return untold;
  const features = name.features.replace("i", "");
  const counted = !["D", "E"].includes(family) || version < 3 || cpuCounts.has(cpus);
  return counted && featuresOf(family, version)?.includes(features) === true ? isKnown : unknown(size);
}

/** Azure compares sizes without regard to letter case. */
function canonical(size: string): string {
  return size.replace(
    /^(standard|basic)_([a-z]+)([0-9]+(?:-[0-9]+)?)([a-z]*)(.*)$/i,
    (_, tier: string, family: string, cpus: string, features: string, rest: string) =>
      `${tier.slice(0, 1).toUpperCase()}${tier.slice(1).toLowerCase()}_${family.toUpperCase()}${cpus}${features.toLowerCase()}${rest.toUpperCase().replace(/_V([0-9]+)$/, "_v$1")}`,
  );
}

/** The nearest of the sizes with as many processors, or a count near it. */
function unknown(size: string): Familiarity {
  const [, written] = /([0-9]+)/.exec(size) ?? [];
  const near = [...cpuCounts].sort((a, b) => Math.abs(a - Number(written)) - Math.abs(b - Number(written)))[0];
  const candidates = Object.keys(series).flatMap((key) => {
    const [, family = "", version = ""] = /^([A-Z]+)([0-9]+)$/.exec(key) ?? [];
    return (featuresOf(family, Number(version)) ?? []).map(
      (features) => `Standard_${family}${near}${features}${version === "1" ? "" : `_v${version}`}`,
    );
  });
  return unknownBut(nearest(size, candidates));
}

/**
 * Families that cannot start a Trusted Launch machine, by the Trusted Launch page: A, Dv2, Dv3, DC, EC and M, and Arm
 * sizes, on which our images do not boot at all. Dsv3 is none of them: its own page says Generation 2.
 */
export function supportsTrustedLaunch(size: string): boolean {
  const name = parseSize(size);
  if (name === undefined) return true;
  const { family, features, version } = name;
  if (["A", "DC", "EC", "M", "DS"].includes(family)) return false;
  if (family === "D" && version < 4) return version === 3 && features.includes("s");
  return !features.includes("p");
}

/** Premium disks need an "s" size (azure.md 11.2); DS and GS have it in the family's name. Undefined: not told by the name. */
export function supportsPremiumDisks(size: string): boolean | undefined {
  const name = parseSize(size);
  if (name === undefined) return undefined;
  return name.features.includes("s") || /S$/.test(name.family);
}

/** The A family and version 1 of B have no accelerated networking to rely on; others are believed. */
export function supportsAcceleratedNetworking(size: string): boolean {
  const name = parseSize(size);
  if (name === undefined) return true;
  return name.family !== "A" && !(name.family === "B" && name.version === 1);
}

/** Up to version 3 every size has a temporary disk, later those with a "d". */
export function hasTemporaryDisk({ version, features }: SizeName): boolean {
  return version <= 3 || features.includes("d");
}

/** From version 6 on the disks are NVMe, and only Generation 2 images boot (azure.md 11.2). */
export function usesNvme({ version }: SizeName): boolean {
  return version >= 6;
}
