import { createHash } from "node:crypto";
import { quoted } from "../../review/alerts/query";
import type { Watched } from "./servers";

/** The pair side by side, for people: a workbook of Azure. Pure. */

/** Azure wants a GUID as its name; always the same one for the same server. */
export function workbookName(serverName: string): string {
  const digest = createHash("sha256").update(`pulumi-entra-connect workbook ${serverName}`).digest("hex");
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    `8${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join("-");
}

const short = "| extend Server = tolower(tostring(split(Computer, '.')[0]))";

/** What it shows: title, and the query over a time that the reader chooses. */
export function workbookParts(
  servers: readonly Watched[],
): readonly { readonly title: string; readonly query: string }[] {
  const these = `| where Server in (${servers.map(({ computerName }) => quoted(computerName.toLowerCase())).join(", ")})`;
  return [
    {
      title: "What each server said last of itself",
      query: [
        "Event",
        short,
        these,
        '| where Source == "pulumi-entra-connect" and EventID in (100, 101)',
        "| summarize arg_max(TimeGenerated, RenderedDescription) by Server",
        "| extend Health = parse_json(RenderedDescription)",
        "| project Server, Collected = TimeGenerated, Staging = tostring(Health.staging.scheduler), Scheduler = tostring(Health.staging.syncCycleEnabled), Version = tostring(Health.versions.engine), CertificateEnds = tostring(Health.certificateEndsAt), DatabaseMB = tostring(Health.database.sizeMB), Archive = tostring(Health.archive.state)",
        "| order by Server asc",
      ].join("\n"),
    },
    {
      title: "Finished cycles and exports, by hour",
      query: [
        "Event",
        short,
        these,
        '| where Source == "Directory Synchronization"',
        '| summarize Cycles = countif(EventID == 904 and RenderedDescription has "Finished"), Exports = countif(EventID == 114) by Server, bin(TimeGenerated, 1h)',
        "| order by TimeGenerated desc, Server asc",
      ].join("\n"),
    },
    {
      title: "Errors of the engine",
      query: [
        "Event",
        short,
        these,
        '| where Source in ("ADSync", "Directory Synchronization") and EventLevelName == "Error"',
        "| summarize Times = count(), Last = max(TimeGenerated) by Server, Source, EventID",
        "| order by Last desc",
      ].join("\n"),
    },
    {
      title: "Who changed the configuration",
      query: [
        "Event",
        short,
        these,
        '| where Source == "Entra Connect Admin Actions"',
        "| project TimeGenerated, Server, EventID, RenderedDescription",
        "| order by TimeGenerated desc",
      ].join("\n"),
    },
    {
      title: "When each server was last heard of",
      query: [
        "Heartbeat",
        short,
        these,
        "| summarize Last = max(TimeGenerated) by Server",
        "| order by Server asc",
      ].join("\n"),
    },
  ];
}

/** Azure's own form of a workbook, keys always in this order. */
export function workbookData(serverName: string, servers: readonly Watched[], workspaceId: string): string {
  const range = "TimeRange";
  return JSON.stringify({
    version: "Notebook/1.0",
    items: [
      {
        type: 1,
        content: {
          json: `# Entra Connect: ${serverName}\n\nServers: ${servers.map(({ computerName }) => computerName).join(", ")}. Made by pulumi-entra-connect; a change by hand is undone by the next \`pulumi up\`.`,
        },
        name: "title",
      },
      {
        type: 9,
        content: {
          version: "KqlParameterItem/1.0",
          parameters: [
            {
              id: workbookName(`${serverName} range`),
              version: "KqlParameterItem/1.0",
              name: range,
              type: 4,
              isRequired: true,
              value: { durationMs: 604_800_000 },
              typeSettings: {
                selectableValues: [86_400_000, 604_800_000, 2_592_000_000].map((durationMs) => ({ durationMs })),
              },
            },
          ],
          style: "pills",
          queryType: 0,
          resourceType: "microsoft.operationalinsights/workspaces",
        },
        name: "parameters",
      },
      ...workbookParts(servers).map(({ title, query }, index) => ({
        type: 3,
        content: {
          version: "KqlItem/1.0",
          query,
          size: 0,
          title,
          timeContextFromParameter: range,
          queryType: 0,
          resourceType: "microsoft.operationalinsights/workspaces",
        },
        name: `query ${index + 1}`,
      })),
    ],
    fallbackResourceIds: [workspaceId],
    $schema: "https://github.com/Microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json",
  });
}
