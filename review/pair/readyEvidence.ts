import { ageFindings, checkPair, type EvidenceFinding, readsDisagree, roleFinding, stagingModeOf } from "../evidence";
import type { JudgedParts } from "./readyFindings";

interface Limits {
  readonly now: Date;
  readonly maxAgeHours: number;
  readonly maxApartHours: number;
}

/** What was given: of which servers and roles, how old, how far apart. */
export function evidenceFindings(
  { active, staging, exports }: JudgedParts,
  limits: Limits,
): readonly EvidenceFinding[] {
  const [here, there] = [active.identity, staging.identity];
  const disagree = readsDisagree(here) || readsDisagree(there);
  return [
    ...checkPair(here, there, limits),
    ...(disagree ? [] : [roleFinding(stagingModeOf(here), stagingModeOf(there))]),
    ...ageFindings(
      exports.flatMap(({ given, report }) =>
        report.summary.files.map((file) => ({
          what: `the export of ${given.connector} from the ${file.role} server`,
          side: file.role,
          source: file.path,
          at: new Date(file.writtenAt),
          certain: true,
        })),
      ),
      limits,
    ),
  ];
}
