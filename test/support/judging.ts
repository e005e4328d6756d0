import type { JudgingContext } from "../../review/readiness/judge";
import { importedSha256 } from "./healthyServer";

/** What the settings of a healthy passive server say to whoever judges it. */
export const judgingContext: JudgingContext = {
  generation: 7,
  now: new Date("2026-11-22T12:00:00Z"),
  proofDays: 30,
  enableScheduler: true,
  passThroughAgentExpected: false,
  autoUpgrade: "disable",
  serviceAccount: "NT SERVICE\\ADSync",
  database: { kind: "localdb" },
  settingsFileSha256: importedSha256,
  prerequisites: { ports: [], signInHosts: [], memoryGiB: 6, remedy: "report" },
  wizardDone: false,
};
