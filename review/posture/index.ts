/** What infrastructure must not look like: judged from the inputs of one resource, whoever reads them. */
export * from "./plainSecrets";
export { type Answer, isUnknown, type PostureOptions, type PostureResource, unknownValue, valueAt } from "./resource";
export * from "./securityRules";
