/** What infrastructure must not look like: judged from the inputs of one resource, whoever reads them. */
export * from "./plainSecrets";
export { type Answer, isUnknown, type PostureOptions, type PostureResource, unknownValue, valueAt } from "./resource";
export { type Judged, looksAt, type PostureRule } from "./rules/rule";
export { type StackJudged, type StackResource, type StackRule, stackRules } from "./rules/stackRules";
export { judgePosture, type PostureFinding, postureRules } from "./rules/table";
export * from "./securityRules";
export { defaultSettings, type PostureSettings, settingTable } from "./settings";
export { type Kind, kindOf, typeName } from "./types";
