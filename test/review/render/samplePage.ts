import type { Page } from "../../../review/render";
import { type Finding, type Report, verdictOf } from "../../../review/verdict";

export const hostile = `</td></script><script>document.title="owned"</script><img src=x onerror=alert(1)>" onfocus='x' & \u001b[2J\u202e| \`*_[a](javascript:x)`;

export const findings: readonly Finding[] = [
  {
    code: "rule-scope-changed",
    severity: "warning",
    class: "your-change",
    subject: "In from AD - User Join",
    title: "The scope of this rule differs.",
    active: "department EQUAL Sales",
    staging: ["a", "b"],
    cause: "The rule was edited on the passive server.",
    next: "Make the same change on the active server, or undo it here.",
  },
  {
    code: "staging-off",
    severity: "blocking",
    class: "unexplained",
    subject: "Microsoft.Synchronize.StagingMode",
    title: "The second server is not in staging mode.",
    active: "False",
    staging: "False",
    cause: "Staging mode was not ticked.",
    next: "Open the wizard, task Configure staging mode.",
  },
  {
    code: "hostile-name",
    severity: "info",
    class: "expected",
    subject: hostile,
    title: "A name that someone in the directory chose.",
    active: null,
    staging: { nested: hostile },
    cause: "",
    next: "",
  },
];

export const report: Report<{ compared: number }> = {
  verdict: verdictOf(findings),
  findings,
  summary: { compared: 3 },
};

export const page: Page = {
  title: "Configuration compared",
  subtitle: "active: aadc01, staging: aadc02",
  verdict: report.verdict,
  headline: "1 blocking finding, 1 to review.",
  sections: [
    { id: "findings", title: "Findings", blocks: [{ kind: "findings", findings }] },
    {
      id: "rules",
      title: "Rules",
      blocks: [
        { kind: "paragraph", text: "Matched by name, direction and connector." },
        { kind: "list", items: ["contoso.com", hostile] },
      ],
      sections: [
        {
          id: "rule/In from AD - User Join",
          title: "In from AD - User Join",
          folded: true,
          blocks: [
            {
              kind: "sideBySide",
              left: "active",
              right: "staging",
              rows: [
                { label: "precedence", left: "100", right: "100", state: "same" },
                {
                  label: "displayName",
                  left: 'IIF(IsPresent([displayName]), [displayName], [cn] & "<a>")',
                  right: 'IIF(IsPresent([displayName]), [displayName], [name] & "<a>")',
                  state: "changed",
                },
                { label: "mail", left: "[mail]", state: "only-left" },
                { label: "title", right: hostile, state: "only-right" },
              ],
            },
            { kind: "code", text: 'IIF(\n  IsPresent([mail]) && "x" < "y",\n  ```' },
          ],
        },
      ],
    },
    {
      id: "connectors",
      title: "Connectors",
      blocks: [
        {
          kind: "table",
          caption: "Objects per connector",
          columns: [
            { title: "Connector" },
            { title: "Type" },
            { title: "Objects", align: "right" },
            { title: "State" },
            { title: "Expression" },
          ],
          rows: [
            ["contoso.com", "AD", "95123", { text: "ok", tone: "good" }, { text: "[a] | `b`", code: true }],
            [hostile, "Extensible2", "7", { text: "two\nlines", tone: "bad" }, { text: "", code: true }],
          ],
        },
        { kind: "table", columns: [{ title: "Nothing" }], rows: [] },
        {
          kind: "facts",
          rows: [
            { label: "Staging mode", value: "True" },
            { label: "Sign-on method", value: "NotConfigured" },
          ],
        },
        { kind: "paragraph", text: "Not available: metaverse counts.", tone: "muted" },
      ],
    },
  ],
};
