import type { Finding } from "../../review/verdict";
import { readiness } from "../findings";
import { generationNames } from "../server/names";
import type { GenerationSettings, Settings } from "../settings/settings";

/** Windows Server 2025 has the OpenSSH server in its image; others fetch it (windows-server.md 1). */
export const fetchesOpenSsh = ({ image }: Pick<GenerationSettings, "image">): boolean =>
  /(^|[^0-9])20(19|22)/.test(image.sku);

/** @param standing generations that are built: their OpenSSH server is there */
export function outboundFindings(settings: Settings, standing: readonly number[]): readonly Finding[] {
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
