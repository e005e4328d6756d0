/** Complete documentation of one server, the same text for the same configuration. */
export { configurationDocument, type Documentation, type DocumentReport, documentServer } from "./documentServer";
export { type AttributeFlows, attributeFlows, type Contribution, type MetaverseFlow, type TargetFlow } from "./flows";
