import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Pulumi's packages are optional peers: whoever only compares servers does not install 200 MB for it. Whoever needs
 * them and has not installed them reads one sentence instead of Node's words about a module of ours.
 */
export function missingPeers(resolve: (request: string) => unknown = require.resolve): string | undefined {
  const peers = peersOfThisPackage();
  const missing = Object.keys(peers).filter((name) => !canResolve(name, resolve));
  if (missing.length === 0) return undefined;
  const install = Object.entries(peers).map(([name, range]) => `"${name}@${range}"`);
  return `pulumi-entra-connect needs Pulumi's packages for this, and ${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} not installed here: npm install ${install.join(" ")}`;
}

function canResolve(name: string, resolve: (request: string) => unknown): boolean {
  try {
    resolve(`${name}/package.json`);
    return true;
  } catch {
    return false;
  }
}

/** As package.json states them: run by ts-node this module lies one floor below it, compiled two. */
function peersOfThisPackage(): Readonly<Record<string, string>> {
  const file = [join(__dirname, ".."), join(__dirname, "..", "..")]
    .map((folder) => join(folder, "package.json"))
    .find((path) => existsSync(path));
  if (file === undefined) return {};
  const { peerDependencies } = JSON.parse(readFileSync(file, "utf8")) as {
    peerDependencies?: Readonly<Record<string, string>>;
  };
  return peerDependencies ?? {};
}
