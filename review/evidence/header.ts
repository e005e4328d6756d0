import type { Made, MadeFrom } from "../verdict";
import { madeBy } from "../version";
import type { EvidenceIdentity } from "./identity";

/** The trail of a report, the same for every one: made when, by which version, from which inputs. */
export function madeNow(now: Date, inputs: readonly MadeFrom[]): Made {
  return { at: now.toISOString(), by: madeBy(), inputs };
}

/** One input, by what its evidence says of itself. */
export function madeFrom(role: string, identity: EvidenceIdentity): MadeFrom {
  return {
    role,
    source: identity.source,
    server: identity.server ?? null,
    tool: identity.tool,
    madeAt: identity.at?.toISOString() ?? identity.madeAt ?? null,
    build: identity.build ?? null,
    engine: identity.engine ?? null,
    bytes: null,
    sha256: identity.sha256 ?? null,
    contentSha256: identity.contentSha256 ?? null,
  };
}
