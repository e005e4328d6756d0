/** A description of one server. */
export { configurationDocument, type DocumentReport, documentServer } from "./documentServer";
export { type AttributeFlows, attributeFlows, type Contribution, type MetaverseFlow, type TargetFlow } from "./flows";
export type { Documentation } from "./model";
