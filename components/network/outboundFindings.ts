import type { Finding } from "../../review/verdict";
import { readiness } from "../findings";
import { generationNames } from "../server/names";
import type { GenerationSettings, Settings } from "../settings/settings";
import { connectedNetworks, neededPorts, tagIsEverything } from "./neededPorts";

/** Windows Server 2025 has the OpenSSH server in its image; others fetch it (windows-server.md 1). */
export const fetchesOpenSsh = ({ image }: Pick<GenerationSettings, "image">): boolean =>
  /(^|[^0-9])20(19|22)/.test(image.sku);

/** Settings that narrow a row whose host is known by name only. */
export const narrowedBy = (row: string, generation: number): string =>
  ({ proxy: "network.proxy.address", "update-server": "network.wsus.address" })[row] ??
  `generations.${generation}.connect.database.addresses`;

/** A name opens the tag VirtualNetwork; with a route for 0.0.0.0/0 that is everybody. */
function openToEverybody(settings: Settings): readonly Finding[] {
  if (!tagIsEverything(settings)) return [];
  return settings.generations
    .filter(({ role }) => role === "passive")
    .flatMap((block) => {
      const rows = neededPorts({ settings, block }).filter(
        ({ target, neededBy }) => target.prefixes.includes(connectedNetworks) && !neededBy.startsWith("network.extra"),
      );
      if (rows.length === 0) return [];
      const { machine } = generationNames(settings.name, block.generation);
      return [
        readiness("opened-by-name", "warning", machine, {
          title: `the security group of ${machine} opens ${rows.map(({ name, ports }) => `${ports.join(", ")} (${name})`).join(", ")} to every address: only a name is known of these hosts, and with a route for 0.0.0.0/0 the service tag VirtualNetwork holds everything`,
          cause: [...new Set(rows.map(({ neededBy }) => neededBy))].join("; "),
          next: `${[...new Set(rows.map(({ name }) => narrowedBy(name, block.generation)))].join(" and ")}, which is all that is then opened`,
        }),
      ];
    });
}

/** @param standing generations that are built: their OpenSSH server is there */
export function outboundFindings(settings: Settings, standing: readonly number[]): readonly Finding[] {
  return [...openToEverybody(settings), ...behindProxy(settings, standing)];
}

function behindProxy(settings: Settings, standing: readonly number[]): readonly Finding[] {
  // An update server does not help: policy names it only once the machine is joined.
  if (settings.network.proxy === undefined) return [];
  return settings.generations
    .filter((block) => block.role === "passive" && !standing.includes(block.generation) && fetchesOpenSsh(block))
    .map(({ generation, image }) => {
      const { machine } = generationNames(settings.name, generation);
      return readiness("openssh-behind-proxy", "warning", machine, {
        title: `${machine} is to be built from ${image.sku}, which fetches its OpenSSH server from Windows Update, and network.proxy closes the direct way there: the way in will probably fail`,
        cause: "network.proxy",
        next: `a Windows Server 2025 image in generations.${generation}.image, which has OpenSSH, or one of your own with it in it; or network.proxy only after the first \`up\``,
      });
    });
}
