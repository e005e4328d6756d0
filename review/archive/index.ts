/** The archive of scheduled collections: proven, documented, watched. Knows of no cloud: it is given a listing and a way to read. */
export { type Collection, mostBytes, type ReadCollection, readCollection } from "./collection";
export { type ListedChain, type ListSummary, listArchive } from "./list";
export { type Chain, type Listing, type Member, type Protection, type StoredBlob, sortListing } from "./listing";
export { type CollectionName, nameOf, readName } from "./name";
export { type ArchiveCode, archiveRules } from "./rules/table";
export { SecretScan } from "./secrets";
export {
  type ReadBlob,
  type VerifiedChain,
  type VerifyInput,
  type VerifyReport,
  type VerifyResult,
  type VerifySummary,
  verifyArchive,
} from "./verify";
export { verifyPage } from "./verifyPage";
export { type WatchInput, type WatchResult, type WatchSummary, watchPair } from "./watch";
export { watchPage } from "./watchPage";
export { readState, type WatchState, writeState } from "./watchState";
