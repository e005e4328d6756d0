import { type ComparedInput, readInput } from "../configuration";
import { type Evidence, type EvidenceIdentity, identityOf, readEvidence, type XmlReader } from "../evidence";
import { readStatistics, type ServerStatistics } from "../statistics";

/** Everything that one server's evidence holds, read once. */
export interface PairSide {
  readonly identity: EvidenceIdentity;
  /** Undefined where the evidence holds none. */
  readonly configuration?: ComparedInput;
  readonly statistics?: ServerStatistics;
  /** Names of the connectors, as far as any part of the evidence gives them; null where none does. */
  readonly connectors: readonly string[] | null;
}

/** `given`: the path of the evidence, or the evidence where it has been read. */
export async function readSide(given: string | Evidence, reader: XmlReader): Promise<PairSide> {
  const evidence = typeof given === "string" ? await readEvidence(given) : given;
  if (evidence.kind === "settings-file") {
    const configuration = readInput(evidence, reader);
    return { identity: configuration.identity, configuration, connectors: null };
  }
  const configuration = evidence.configuration.length > 0 ? readInput(evidence, reader) : undefined;
  const counted = evidence.kind === "collected" && evidence.statistics.length > 0;
  const statistics = counted ? readStatistics(evidence) : undefined;
  const names = (configuration?.configuration ?? statistics)?.connectors.map(({ name }) => name) ?? [];
  return {
    identity: configuration?.identity ?? identityOf(evidence),
    connectors: names.length === 0 ? null : names,
    ...(configuration && { configuration }),
    ...(statistics && { statistics }),
  };
}
