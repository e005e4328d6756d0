import { missingPeers } from "./peers";

/** Imported before everything that imports Pulumi. */
const missing = missingPeers();
if (missing !== undefined) throw new Error(missing);
