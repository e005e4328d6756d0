import type { Made } from "../verdict";
import type { Section } from "./page";

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
        columns: [{ title: "Input" }, { title: "Server" }, { title: "File" }, { title: "Made" }, { title: "SHA-256" }],
        rows: inputs.map(({ role, server, source, madeAt, sha256 }) => [
          role,
          server ?? "not stated",
          { text: source, code: true },
          madeAt ?? "not stated",
          { text: sha256 ?? "not computed", code: true },
        ]),
      },
    ],
  };
}
