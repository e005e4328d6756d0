import { packageFile } from "./packageFile";

/**
 * Pulumi's packages are optional peers: whoever only compares servers does not install 200 MB for it. Whoever needs
 * them and has not installed them reads one sentence instead of Node's words about a module of ours.
 */
export function missingPeers(resolve: (request: string) => unknown = require.resolve): string | undefined {
  const peers = Object.fromEntries(
    // The others are the readers of the archive, which ask for their packages themselves.
    Object.entries(packageFile.peerDependencies ?? {}).filter(([name]) => name.startsWith("@pulumi/")),
  );
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
