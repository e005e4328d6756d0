/** What the wizard's import of settings leaves out or changes. */
export { fromGap, type GapCode, type GapEffect, gapCodes, type ImportGap, importGap } from "./catalogue";
export { importGapsTable } from "./table";
