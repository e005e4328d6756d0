import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** Set where the package is the SDK of a Pulumi provider. */
  readonly provider?: { readonly name: string; readonly version: string; readonly server: string };
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies: readonly string[];
  readonly provider: InstalledPackage["provider"];
}

/**
 * The packages that a program's package.json leads to, as installed. With `transitive` all of them; without, the
 * direct ones and what Pulumi packages bring along, which is where provider SDKs can hide.
 */
export function installedPackages(programDirectory: string, transitive: boolean): InstalledPackage[] {
  const start = nearestManifest(programDirectory);
  if (!start) return [];
  const found = new Map<string, InstalledPackage>();
  const queue = [{ path: start.path, names: start.manifest.dependencies }];
  for (let next = queue.shift(); next; next = queue.shift()) {
    for (const name of next.names) {
      const path = locate(next.path, name);
      if (!path || found.has(path)) continue;
      const manifest = readManifest(path);
      if (!manifest) continue;
      const { version, provider } = manifest;
      found.set(path, { name: manifest.name, version, ...(provider ? { provider } : {}) });
      if (transitive || manifest.dependencies.includes("@pulumi/pulumi")) {
        queue.push({ path, names: manifest.dependencies });
      }
    }
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}

function nearestManifest(folder: string): { path: string; manifest: Manifest } | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, "package.json");
    const manifest = readManifest(path);
    if (manifest) return { path, manifest };
    if (at === dirname(at)) return undefined;
  }
}

/** By folder, not by the package's exports: those often hide package.json. */
function locate(from: string, name: string): string | undefined {
  for (const folder of createRequire(from).resolve.paths(name) ?? []) {
    const path = join(folder, name, "package.json");
    if (readManifest(path)) return path;
  }
  return undefined;
}

function readManifest(path: string): Manifest | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
  const text = (value: unknown, otherwise = ""): string => (typeof value === "string" ? value : otherwise);
  const record = asRecord(parsed);
  const name = text(record.name);
  const version = text(record.version);
  const pulumi = asRecord(record.pulumi);
  const provider =
    pulumi.resource === true
      ? {
          name: text(pulumi.name, name.replace(/^@[^/]+\//, "")),
          version: text(pulumi.version, version),
          server: text(pulumi.server),
        }
      : undefined;
  return {
    name,
    version,
    dependencies: Object.keys({ ...asRecord(record.dependencies), ...asRecord(record.peerDependencies) }),
    provider,
  };
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
