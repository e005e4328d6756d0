const onPassive = "[in place on passive generations; on an active one nothing changes]";

/** When the servers fill the archive, and what may wait on them. */
export const archiveSchedule = {
  type: "object",
  additionalProperties: false,
  default: {},
  properties: {
    enabled: {
      type: "boolean",
      default: true,
      description:
        "Each passive server archives its configuration by itself: a scheduled task of SYSTEM that reads Entra Connect and changes nothing of it (docs/collector.md). false later takes task and script away; what has not been archived stays on the server. [in place on passive generations; an active one keeps what it has]",
    },
    startTime: {
      type: "string",
      pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$",
      default: "04:10",
      description: `Start of the task, in the server's own local time, in quotes. It waits for an idle engine; a time away from long runs is better all the same. ${onPassive}`,
    },
    everyHours: {
      type: "integer",
      enum: [1, 2, 3, 4, 6, 8, 12, 24],
      default: 24,
      description: `Hours from one run to the next, counted from startTime. ${onPassive}`,
    },
    waitMinutes: {
      type: "integer",
      minimum: 0,
      maximum: 720,
      default: 60,
      description: `How long a run waits for an idle engine before it gives up and says so; less than the time to the next run. ${onPassive}`,
    },
    queueDays: {
      type: "integer",
      minimum: 1,
      maximum: 365,
      default: 30,
      description: `Collections that wait on the server while the archive cannot be reached: those of so many days. When it is full the oldest stay, and the newest takes the place of the last one that waited. ${onPassive}`,
    },
    queueMB: {
      type: "integer",
      minimum: 50,
      maximum: 20000,
      default: 500,
      description: `The same in megabytes, all together. ${onPassive}`,
    },
  },
  description: "When the servers fill the archive. [see its parts]",
} as const;
