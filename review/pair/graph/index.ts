export {
  type AuditedExport,
  type GraphAnswer,
  type GraphQuestion,
  graphRequests,
  type SynchronizationIdentity,
  type TenantAnswers,
} from "./answers";
export { bareName, readTenant } from "./read";
