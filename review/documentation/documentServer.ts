import { readServerConfiguration, type ServerConfiguration } from "../configuration";
import { type CollectedEvidence, type Evidence, identityOf, madeFrom, madeNow, readEvidence } from "../evidence";
import type { Page, Section } from "../render/page";
import { type Clock, type Finding, type Made, type Report, systemClock } from "../verdict";
import { connectorsSection, valueTable } from "./connectorSections";
import { flowsSection, metaverseSection } from "./flowSections";
import { attributeFlows } from "./flows";
import type { Documentation } from "./model";
import { rulesSection } from "./ruleSections";
import { settingsDocument } from "./settingsDocument";
import { Steady } from "./steady";

export type DocumentReport = Report<Documentation>;

/** What an exported configuration does not hold, whoever made it. */
const exportCannotTell: readonly string[] = [
  "Passwords, keys and certificates: an export holds none, and what is encrypted is not shown.",
  "Sign-in agents, the service account, SQL Server, proxy and other Windows settings of the machine.",
  "The scheduler as Microsoft Entra ID keeps it, the export deletion threshold in the tenant, and company features.",
  "Numbers of objects and results of runs: see entra-connect statistics.",
];

/**
 * Documents one server from a folder, an archive or a settings file. The same configuration gives the same document:
 * no dates, no identifiers, nothing that moves by itself, every list in an order of its own. `made` is the trail, which
 * does move, and is therefore apart. `given`: the path of the evidence, or what has been read of it already.
 * Throws `BadInput` where the evidence cannot be read as a whole.
 */
export async function documentServer(
  given: string | Evidence,
  progress: (doing: string) => void = () => {},
  clock: Clock = systemClock,
): Promise<{ readonly report: DocumentReport; readonly page: Page; readonly made: Made }> {
  progress(`reading ${typeof given === "string" ? given : given.source}`);
  const evidence = typeof given === "string" ? await readEvidence(given) : given;
  const configuration = evidence.kind === "settings-file" ? undefined : readServerConfiguration(evidence);
  const documentation =
    evidence.kind === "settings-file"
      ? settingsDocument(evidence)
      : configurationDocument(
          configuration ?? readServerConfiguration(evidence),
          evidence.kind === "collected" ? notCollected(evidence) : [],
        );
  progress("writing the document");
  const findings = documentation.cannotTell.map(
    (title): Finding => ({
      code: "not-in-evidence",
      severity: "info",
      class: "not-available",
      subject: documentation.server ?? "server",
      title,
      active: null,
      staging: null,
      cause: "The evidence given does not hold it.",
      next: "",
    }),
  );
  return {
    report: { verdict: "ok", findings, summary: documentation },
    page: documentPage(documentation),
    made: madeNow(clock(), [madeFrom("server", identityOf(evidence, configuration))]),
  };
}

/** The documentation of a configuration already read. `further`: what else cannot be told. */
export function configurationDocument(
  configuration: ServerConfiguration,
  further: readonly string[] = [],
): Documentation {
  const steady = new Steady(configuration);
  const flows = attributeFlows(configuration);
  const { rules } = configuration;
  return {
    server: configuration.serverName ?? null,
    version: configuration.version ?? null,
    stagingMode: configuration.stagingMode ?? null,
    counts: {
      connectors: configuration.connectors.length,
      rules: rules.length,
      standardRules: rules.filter((rule) => rule.standard).length,
      customRules: rules.filter((rule) => !rule.standard).length,
      disabledRules: rules.filter((rule) => rule.disabled).length,
    },
    flows,
    cannotTell: [...exportCannotTell, ...further],
    sections: [
      {
        id: "settings",
        title: "Settings",
        blocks: [
          valueTable("Global parameters", steady.parameters(configuration.parameters)),
          valueTable("Further values of the engine", steady.rows(configuration.rest)),
        ],
      },
      connectorsSection(configuration.connectors, steady),
      rulesSection(configuration, steady),
      flowsSection(flows),
      metaverseSection(configuration.metaverse, flows),
      ...otherFiles(configuration, steady),
    ],
  };
}

function otherFiles({ otherFiles: files }: ServerConfiguration, steady: Steady): readonly Section[] {
  if (files.length === 0) return [];
  return [
    {
      id: "other-files",
      title: "Further files of the export",
      folded: true,
      blocks: files
        .toSorted((a, b) => (a.path < b.path ? -1 : 1))
        .map((file) => valueTable(file.path, steady.rows(file.values))),
    },
  ];
}

function notCollected({ manifest }: CollectedEvidence): readonly string[] {
  const missing = manifest.document.notAvailable;
  if (!Array.isArray(missing)) return [];
  return missing.flatMap((entry: unknown) =>
    typeof entry === "object" && entry !== null && "name" in entry && typeof entry.name === "string"
      ? [`Not collected: ${entry.name}.`]
      : [],
  );
}

function documentPage(documentation: Documentation): Page {
  const { server, version, stagingMode, counts, cannotTell, sections } = documentation;
  return {
    title: `Configuration of ${server ?? "an Entra Connect server"}`,
    sections: [
      {
        id: "overview",
        title: "Overview",
        blocks: [
          {
            kind: "facts",
            rows: [
              { label: "Server", value: server ?? "not said" },
              { label: "Version of the configuration", value: version ?? "not said" },
              { label: "Staging mode", value: stagingMode === null ? "not said" : stagingMode ? "on" : "off" },
              { label: "Connectors", value: String(counts.connectors) },
              {
                label: "Synchronization rules",
                value: `${counts.rules}: ${counts.standardRules} standard, ${counts.customRules} custom; ${counts.disabledRules} disabled`,
              },
            ],
          },
        ],
      },
      ...sections,
      { id: "cannot-tell", title: "What this document cannot say", blocks: [{ kind: "list", items: cannotTell }] },
    ],
  };
}
