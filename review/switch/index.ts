/** The role switch: where it stands, from evidence; the one next step; the record of it. */
export { checkTable } from "./checks/table";
export type { Look, SwitchSummary } from "./conclude";
export { fenceWays } from "./fences";
export type { LookInput } from "./gathered";
export { look } from "./look";
export { type Course, type Decision, type Permission, type SwitchState, switchStates } from "./model";
export type { SwitchRecord } from "./record/chain";
export type { Entry, Override } from "./record/entry";
export { readRecord } from "./record/file";
export { safetyRules } from "./rules";
export { runBookPage } from "./runBook/page";
export { type RecordSays, type RoleByRecord, recordSays } from "./said";
export { stateTable } from "./states";
export { type VerifiedRecord, verifyRecord } from "./verify";
