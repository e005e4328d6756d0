import type { Made, MadeFrom } from "../verdict";
import type { Cell, Section } from "./page";

/** The trail of a report: a change record needs to say when it was made, by what, from what. */
export function madeSection({ at, by, inputs }: Made): Section {
  return {
    id: "made",
    title: "How this report was made",
    blocks: [
      {
        kind: "facts",
        rows: [
          { label: "Made", value: at },
          { label: "By", value: by },
        ],
      },
      {
        kind: "table",
        caption: "From these inputs",
        columns: [
          { title: "Input" },
          { title: "Server" },
          { title: "File" },
          { title: "Made by" },
          { title: "Made" },
          { title: "Version" },
          { title: "SHA-256" },
        ],
        rows: inputs.map((input) => [
          input.role,
          input.server ?? "not stated",
          { text: input.source, code: true },
          input.tool,
          input.madeAt ?? "not stated",
          versionText(input),
          hashText(input),
        ]),
      },
    ],
  };
}

function versionText({ build, engine }: MadeFrom): string {
  if (engine === null || engine === build) return build ?? "not stated";
  return build === null ? engine : `${engine} (configuration ${build})`;
}

function hashText({ sha256, contentSha256 }: MadeFrom): Cell {
  if (sha256 !== null) return { text: sha256, code: true };
  return contentSha256 === null ? { text: "not computed" } : { text: `${contentSha256} (of the content)`, code: true };
}
