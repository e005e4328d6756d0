/** The part of the server settings that is about retiring a generation, each with a reason for whoever reads the evidence. */

const exception = {
  type: "object",
  additionalProperties: false,
  required: ["generation", "reason"],
  properties: {
    generation: { type: "integer", minimum: 1, description: "The generation that this exception is for." },
    reason: { type: "string", minLength: 10, description: "Why, in words for whoever reads the evidence later." },
  },
} as const;

const retirementOverride = {
  ...exception,
  properties: {
    ...exception.properties,
    lost: {
      type: "boolean",
      default: false,
      description:
        "The server is gone or cannot be reached: it is not asked at all. Without it the guard is asked and its objection recorded.",
    },
  },
} as const;

export const retirementSettings = {
  retirementOverrides: {
    type: "array",
    items: retirementOverride,
    default: [],
    description:
      "Retire a generation although its guard cannot prove it harmless, for example because the server is lost. It must reach the state in an `up` of its own before the generation is taken out. [in place; used at retirement]",
  },
  acknowledgedPassThroughAgents: {
    type: "array",
    items: exception,
    default: [],
    description:
      "Retire a generation although it runs a pass-through authentication agent: another agent is active. [in place; used at retirement]",
  },
  reinstatements: {
    type: "array",
    items: exception,
    default: [],
    description:
      "Bring a generation back that its guard has retired and that was not deleted after all. Take the entry out once it is done. [in place: on a retired server the synchronization service is started, and stopped again unless staging is proven; on any other nothing changes]",
  },
} as const;
