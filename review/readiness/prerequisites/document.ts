/** docs/prerequisites.md, made from the tables: one truth, and a test that holds the document to it. */
import type { Prerequisite } from "./prerequisite";
import { prerequisiteGroups } from "./table";
import { tlsValues, valueText } from "./tlsValues";

const verb: Readonly<Record<Prerequisite["severity"], string>> = {
  blocking: "**refuse**",
  warning: "warn",
  info: "info",
};

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");

const row = ({ code, severity, reads, requires, source, mark, remedy }: Prerequisite): string =>
  `| \`${code}\` | ${verb[severity]} | ${cell(reads)} | ${cell(requires)} | ${cell(remedy)} | ${cell(source)} [${mark}] |`;

export function prerequisitesDocument(): string {
  return `${[
    "# Prerequisites",
    "",
    "Made from the tables in `review/readiness/prerequisites/` by `npm run document-prerequisites`; a test holds the two together.",
    "",
    "Before a person is called to the wizard, the step `prerequisites` reads what the server is, tries every row of the port table",
    "that can be tried ([ports.md](ports.md): domain controllers, DNS servers, SQL Server, proxy, update server, rows of your own) and",
    "every host of the cloud table, and the library judges the answer at once. With `network.proxy` no host of the cloud is tried:",
    "the direct way is closed, and what the proxy lets through only the proxy knows.",
    "",
    "- **refuse**: the wizard would fail. Nothing goes on from there, and the refusal says everything else that was found, too. Once the",
    "  wizard of this version has been completed it is a warning, so that a server which serves is not held back; what matters to the",
    "  installation only is then merely told.",
    "- **warn**: the verdict is `review`, and the finding stands in the run that stops at the gate.",
    "- **info**: told at the gate where something can be done about it; the verdict stays `ok`.",
    "- What could not be read is said as that, with the reason: a warning (info where the check is one). It never passes for well, and",
    "  never stops anything; only which machine this is and what it is a member of must be readable.",
    "",
    "As long as the wizard is still to come, an answer that found something to put right is asked for again in every `pulumi up`.",
    "Afterwards another text in `gate.proveAgain` asks again.",
    "",
    "Where it stops without an answer: not a member of the domain, or of another one; another machine; a retired one. Server Core is",
    "refused one step earlier, by `reach`.",
    "",
    "Marks: D documented by Microsoft or said by a maintainer, S reported by people who met it, K general knowledge of Windows. What no",
    "source supports is not asked. Sources named `*.md` are the project's collections of facts.",
    ...prerequisiteGroups.flatMap(({ title, rows }) => [
      "",
      `## ${title}`,
      "",
      "| code | verdict | read | required | remedy | source |",
      "| --- | --- | --- | --- | --- | --- |",
      ...rows.map(row),
    ]),
    "",
    "## What `prerequisites.remedy: set` does",
    "",
    "The step `set-prerequisites` before it sets these values where they are missing or say the opposite, nothing else:",
    "",
    ...tlsValues.map((value) => `- \`${valueText(value)}\``),
    "",
    "It answers `changed` or `unchanged` for each, with the value that stood there before (kept on the server in",
    "`C:\\ProgramData\\pulumi-entra-connect\\prerequisites-set.json`), changes nothing the second time, and refuses on a server with",
    "Entra Connect that is not proven staging. SCHANNEL reads its keys when Windows starts: the verdict asks for a restart until there",
    "was one; nothing of ours restarts a server for it. `report`, the default, names the values and sets none. Taking a value back is by hand.",
    "",
    "## How long it takes",
    "",
    "All connections are tried at once: 10 seconds for every port and host together, 10 for all TLS handshakes, and where a certificate is",
    "refused up to three second looks of at most about 15 seconds each. So 30 silent targets cost as long as one. DNS stops at the first name that is not",
    "answered. Each WMI class has 20 seconds. What Windows takes for the secure channel and the clock when no domain controller answers is",
    "Windows' own; it has not been measured on a live server.",
    "",
    "## What it does not prove",
    "",
    "The dynamic RPC ports (49152-65535) and UDP other than the time; hosts that Microsoft writes only as `*.example.net`; the way through a",
    "proxy; credentials, schema and permissions in Active Directory; whether a domain controller is read-only; with several forests in",
    "`network.domainControllers`, that each of them has one that answers (a closed one is a warning).",
  ].join("\n")}\n`;
}

if (require.main === module) process.stdout.write(prerequisitesDocument());
