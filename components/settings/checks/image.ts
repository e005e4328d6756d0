import { isGeneration2 } from "../../../azure/images";
import { blockPath, type Check, problem } from "../context";
import type { ImageSettings } from "../settings";

/** Builds of the releases that current versions of Entra Connect run on. Later releases are taken on trust. */
const builds: Readonly<Record<string, string>> = { "2019": "17763", "2022": "20348", "2025": "26100" };
const oldestRelease = 2019;
const good = "2022-datacenter-g2 or 2025-datacenter-azure-edition";

function imageProblem({
  publisher,
  offer,
  sku,
  version,
}: ImageSettings): { key: string; text: string; write: string } | undefined {
  if (/-core\b/i.test(sku))
    return { key: "image.sku", text: `"${sku}" is Server Core; Entra Connect needs the desktop`, write: good };
  // Names of other publishers' images tell nothing.
  if (publisher.toLowerCase() !== "microsoftwindowsserver" || offer.toLowerCase() !== "windowsserver") return undefined;
  const [release] = /^20[0-9]{2}/.exec(sku) ?? [];
  if (release !== undefined && Number(release) < oldestRelease)
    return { key: "image.sku", text: `"${sku}" is too old for current Entra Connect versions`, write: good };
  if (!isGeneration2(sku))
    return {
      key: "image.sku",
      text: `"${sku}" is a Generation 1 image; Trusted Launch and its vTPM need Generation 2`,
      write: good,
    };
  const build = release === undefined ? undefined : builds[release];
  return build === undefined || version.startsWith(`${build}.`)
    ? undefined
    : {
        key: "image.version",
        text: `version ${version} does not belong to ${sku}, whose builds start with ${build}`,
        write: `a version that "az vm image list --all --publisher ${publisher} --offer ${offer} --sku ${sku}" lists`,
      };
}

const same = (left: ImageSettings, right: ImageSettings | undefined): boolean =>
  right !== undefined &&
  (["publisher", "offer", "sku", "version"] as const).every(
    (key) => left[key].toLowerCase() === right[key].toLowerCase(),
  );

export const images: Check = {
  concern: "the image has the desktop, is Generation 2 and not too old, and its version belongs to its sku",
  runs: "whenBuiltIsKnown",
  judge: ({ generations }, { built }) =>
    generations
      // What a server was built from is not judged again: nothing can change it.
      .filter(({ generation, image }) => !same(image, built[generation]?.image))
      .flatMap(({ generation, image }) => {
        const wrong = imageProblem(image);
        return wrong === undefined ? [] : [problem(blockPath(generation, wrong.key), wrong.text, wrong.write)];
      }),
};
