import { contains, isPrefix, networkAddressOf, overlap, prefixLength } from "../../network/addresses";
import { type Check, problem } from "../context";
import type { Problem } from "../settings";

/**
 * How wide a source may be. Inside one private range (RFC 1918) that is the owner's business; shared address space is
 * a provider's, and everything else is the public Internet, where a /24 is the smallest block that is routed and so the
 * largest that one organisation's way out can need.
 */
const widest: readonly { readonly range: string; readonly bits: number; readonly name: string }[] = [
  { range: "10.0.0.0/8", bits: 8, name: "private" },
  { range: "172.16.0.0/12", bits: 12, name: "private" },
  { range: "192.168.0.0/16", bits: 16, name: "private" },
  { range: "100.64.0.0/10", bits: 16, name: "shared" },
];
const widestPublic = 24;
/** Nothing ever comes from there. */
const impossible = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"];

function widthProblem(path: string, source: string): Problem | undefined {
  const bits = prefixLength(source);
  const inside = widest.find(({ range }) => contains(range, source));
  const limit = inside?.bits ?? widestPublic;
  if (bits >= limit) {
    const nowhere = impossible.find((range) => contains(range, source));
    return nowhere === undefined
      ? undefined
      : problem(
          path,
          `"${source}" is inside ${nowhere}; no connection ever comes from there`,
          "the address that the server sees",
        );
  }
  return problem(
    path,
    inside === undefined
      ? `"${source}" opens a Tier 0 server to a part of the Internet; a public source may be /${widestPublic} or narrower`
      : `"${source}" opens a Tier 0 server to a large part of ${inside.range}; a ${inside.name} source may be /${limit} or narrower`,
    "the prefix of the jump host or of the privileged access workstations",
  );
}

function sourceProblem(path: string, source: string): Problem | undefined {
  if (!isPrefix(source)) return problem(path, `"${source}" is not an IPv4 prefix`, "for example 10.0.8.4/32");
  const network = networkAddressOf(source);
  const address = source.split("/")[0];
  // Azure refuses it (azure-powershell #4557), and what was meant is not ours to guess.
  return network === source
    ? widthProblem(path, source)
    : problem(
        path,
        `"${source}" has host bits set`,
        `${address}/32 for one address, ${network} for all of that network`,
      );
}

/** Azure refuses a rule whose prefixes overlap: OverlappingSubnetsNotPermittedInSecurityRule. */
function overlaps(name: string, sources: readonly string[]): readonly Problem[] {
  return sources.flatMap((source, index) => {
    const other = sources.slice(0, index).find((earlier) => overlap(earlier, source));
    return other === undefined
      ? []
      : [
          problem(
            `access.${name}[${index}]`,
            other === source
              ? `"${source}" is there twice`
              : `"${source}" and "${other}" overlap, which Azure refuses in a rule`,
            contains(other, source)
              ? `only "${other}", or nothing that overlaps it`
              : `only "${source}", or nothing that overlaps it`,
          ),
        ];
  });
}

export const sources: Check = {
  concern: "SSH and remote desktop come from narrow sources that do not overlap",
  runs: "always",
  judge: ({ access }) =>
    (["managementSources", "remoteDesktopSources"] as const).flatMap((name) => {
      const single = access[name].flatMap((source, index) => sourceProblem(`access.${name}[${index}]`, source) ?? []);
      return single.length > 0 ? single : overlaps(name, access[name]);
    }),
};
