import type { TableSchemas } from "../../support/kusto/languageService";

/**
 * Tables of a workspace as Microsoft's reference lists them: MicrosoftDocs/azure-reference-other,
 * azure-monitor-ref/tables/includes/{event,heartbeat,perf}-include.md (2024). Only what a query of ours may name.
 */
export const tables: TableSchemas = {
  Event: {
    Computer: "string",
    EventCategory: "int",
    EventData: "string",
    EventID: "int",
    EventLevel: "int",
    EventLevelName: "string",
    EventLog: "string",
    Message: "string",
    ParameterXml: "string",
    RenderedDescription: "string",
    _ResourceId: "string",
    Source: "string",
    SourceSystem: "string",
    TimeGenerated: "datetime",
    Type: "string",
    UserName: "string",
  },
  Heartbeat: {
    Category: "string",
    Computer: "string",
    OSName: "string",
    OSType: "string",
    _ResourceId: "string",
    ResourceId: "string",
    SourceSystem: "string",
    TimeGenerated: "datetime",
    Type: "string",
    Version: "string",
    VMUUID: "string",
  },
  Perf: {
    Computer: "string",
    CounterName: "string",
    CounterPath: "string",
    CounterValue: "real",
    InstanceName: "string",
    ObjectName: "string",
    _ResourceId: "string",
    SampleCount: "int",
    TimeGenerated: "datetime",
    Type: "string",
  },
};
