import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Where this machine keeps what every clone needs once: the Pulumi engine, a present-day Node, compiled-code caches.
 * ENTRA_CONNECT_CACHE overrides. Outside the work tree, so that the second clone does not build again.
 */
export function cacheFolder(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  const own = environment.ENTRA_CONNECT_CACHE;
  if (own) return own;
  const name = "pulumi-entra-connect";
  switch (platform) {
    case "win32":
      return join(environment.LOCALAPPDATA || join(home, "AppData", "Local"), name, "cache");
    case "darwin":
      return join(home, "Library", "Caches", name);
    default:
      return join(environment.XDG_CACHE_HOME || join(home, ".cache"), name);
  }
}
