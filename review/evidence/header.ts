import type { Section } from "../render/page";
import type { EvidenceIdentity } from "./identity";

/** What a report was made from, when and by what: the same section in every report. */
export interface ReportOrigin {
  /** When the report was made. */
  readonly madeAt: Date;
  /** Of this program. */
  readonly version: string;
  readonly inputs: readonly { readonly role: string; readonly identity: EvidenceIdentity }[];
}

/** For the JSON of a report. */
export interface OriginSummary {
  readonly madeAt: string;
  readonly madeBy: string;
  readonly inputs: readonly {
    readonly role: string;
    readonly source: string;
    readonly server: string | null;
    readonly tool: string;
    readonly madeAt: string | null;
    readonly build: string | null;
    readonly engine: string | null;
    readonly sha256: string | null;
    readonly contentSha256: string | null;
  }[];
}

export function originSummary({ madeAt, version, inputs }: ReportOrigin): OriginSummary {
  return {
    madeAt: madeAt.toISOString(),
    madeBy: `entra-connect ${version}`,
    inputs: inputs.map(({ role, identity }) => ({
      role,
      source: identity.source,
      server: identity.server ?? null,
      tool: identity.tool,
      madeAt: identity.at?.toISOString() ?? identity.madeAt ?? null,
      build: identity.build ?? null,
      engine: identity.engine ?? null,
      sha256: identity.sha256 ?? null,
      contentSha256: identity.contentSha256 ?? null,
    })),
  };
}

export function originSection(origin: ReportOrigin): Section {
  const { madeAt, madeBy, inputs } = originSummary(origin);
  const row = (title: string, value: (input: (typeof inputs)[number]) => string | null): readonly string[] => [
    title,
    ...inputs.map((input) => value(input) ?? "not stated"),
  ];
  return {
    id: "origin",
    title: "Made from",
    blocks: [
      { kind: "paragraph", text: `Made ${madeAt} by ${madeBy}.`, tone: "muted" },
      {
        kind: "table",
        columns: [{ title: "" }, ...inputs.map(({ role }) => ({ title: role }))],
        rows: [
          row("Input", ({ source }) => source),
          row("Server", ({ server }) => server),
          row("Made by", ({ tool }) => tool),
          row("Made at", ({ madeAt: made }) => made),
          row("Build of the configuration", ({ build }) => build),
          row("Version of the program", ({ engine }) => engine),
          row("SHA-256 of the file", ({ sha256 }) => sha256 ?? "a folder has none"),
          row("SHA-256 of the content", ({ contentSha256 }) => contentSha256),
        ],
      },
    ],
  };
}
