import { type Familiarity, familiarityOf, isKnown, nearest, untold } from "./nearest";

/**
 * Marketplace images of Windows Server: MicrosoftDocs/azure-compute-docs, automatic-vm-guest-patching.md and
 * hotpatch.md; the skus of 2025 by Azure's quickstart template for it. Images of other publishers are not listed.
 */
const publisher = "MicrosoftWindowsServer";
const offer = "WindowsServer";

const release = (year: string, kinds: string): readonly string[] =>
  kinds.split(" ").map((kind) => `${year}-datacenter${kind === "." ? "" : `-${kind}`}`);

const skus: readonly string[] = [
  ...release(
    "2016",
    ". gensecond gs g2 smalldisk smalldisk-g2 server-core server-core-g2 server-core-smalldisk " +
      "server-core-smalldisk-g2 with-containers with-containers-g2 with-containers-gs with-containers-smalldisk zhcn zhcn-g2",
  ),
  ...release(
    "2019",
    ". gensecond gs g2 smalldisk smalldisk-g2 core core-g2 core-smalldisk core-smalldisk-g2 core-with-containers " +
      "core-with-containers-g2 core-with-containers-smalldisk core-with-containers-smalldisk-g2 with-containers " +
      "with-containers-g2 with-containers-gs with-containers-smalldisk with-containers-smalldisk-g2 zhcn zhcn-g2",
  ),
  ...release(
    "2022",
    ". g2 smalldisk smalldisk-g2 core core-g2 core-smalldisk core-smalldisk-g2 azure-edition azure-edition-smalldisk " +
      "azure-edition-core azure-edition-core-smalldisk azure-edition-hotpatch azure-edition-hotpatch-smalldisk",
  ),
  ...release(
    "2025",
    ". g2 smalldisk smalldisk-g2 core core-g2 core-smalldisk core-smalldisk-g2 azure-edition azure-edition-smalldisk " +
      "azure-edition-core azure-edition-core-smalldisk",
  ),
  "2012-r2-datacenter",
  "2012-r2-datacenter-gensecond",
  "2012-r2-datacenter-smalldisk",
  "23h2-datacenter-core",
  "23h2-datacenter-core-g2",
];

export type ImagePart = "publisher" | "offer" | "sku";
type Named = Readonly<Record<ImagePart, string>>;
const same = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();

/**
 * The part of an image's name that is probably misspelt. Other publishers and offers are believed, unless they are
 * nearly one of these.
 */
export function imageFamiliarity(image: Named): Familiarity & { readonly part: ImagePart } {
  if (!same(image.publisher, publisher)) return { ...nearly(image.publisher, publisher), part: "publisher" };
  if (!same(image.offer, offer)) return { ...nearly(image.offer, offer), part: "offer" };
  return { ...familiarityOf(image.sku, skus), part: "sku" };
}

function nearly(written: string, meant: string): Familiarity {
  if (same(written, meant)) return isKnown;
  return nearest(written, [meant]) === undefined ? untold : { kind: "unknown", meant };
}

/** By the names of Windows Server's images: Azure Edition is Generation 2, and so is what says so (azure.md 11.1). */
export function isGeneration2(sku: string): boolean {
  return /-(g2|gensecond)$|-azure-edition/i.test(sku);
}

/** Images that are patched without a restart (azure.md 11.1). */
export function takesHotpatches(image: Named): boolean {
  return (
    same(image.publisher, publisher) &&
    /^(2022-datacenter-azure-edition-(core|hotpatch)(-smalldisk)?|2025-datacenter-azure-edition(-core)?(-smalldisk)?)$/i.test(
      image.sku,
    )
  );
}
