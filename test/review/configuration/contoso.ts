import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Difference } from "../../../review/configuration";
import {
  type ConfigurationReport,
  compareConfigurations,
  readServerConfiguration,
} from "../../../review/configuration";
import { type EvidenceFile, XmlReader } from "../../../review/evidence";
import { sampleConfiguration } from "../../support/repository";

/** Unchanged files are parsed once for all tests. */
const reader = new XmlReader();

export const userJoin = "In from AD - User Join";
export const forest = "Connectors/Connector_{ae4db4cc-b16b-4eb2-acf5-837ca84e4d7d}.xml";
export const entra = "Connectors/Connector_{b891884f-051e-4a83-95af-2544101c9083}.xml";
export const metaverse = "GlobalSettings/MV.xml";

/** A copy of the Contoso sample in memory, which a test edits. */
export class Contoso {
  readonly files = new Map<string, string>();

  constructor() {
    for (const folder of readdirSync(sampleConfiguration))
      for (const name of readdirSync(join(sampleConfiguration, folder)))
        this.files.set(`${folder}/${name}`, readFileSync(join(sampleConfiguration, folder, name), "utf8"));
  }

  /** The copy with staging mode on. */
  static staging(): Contoso {
    return new Contoso().parameter("Microsoft.Synchronize.StagingMode", "True");
  }

  /** The copy with staging mode on, as another server has it. */
  static partner(): Contoso {
    return Contoso.staging().everywhere((text) => text.replaceAll("CONTOSO-SYNC01", "CONTOSO-SYNC02"));
  }

  /**
   * With a tenth of its rules and of the forest's schema, which is nine tenths of its bytes: for tests that compare the
   * same many times and are about something else.
   */
  small(): this {
    const rules = [...this.files.keys()].filter((path) => path.startsWith("SynchronizationRules/")).sort();
    const kept = new Set([this.rule(userJoin), ...rules.filter((_, index) => index % 10 === 0)]);
    for (const path of rules) if (!kept.has(path)) this.files.delete(path);
    let entries = 0;
    return this.edit(
      forest,
      /<directory-schema>.*<\/directory-schema>/su,
      (this.files.get(forest) ?? "")
        .replace(/^.*(?=<directory-schema>)|(?<=<\/directory-schema>).*$/gsu, "")
        .replace(/<(attribute-type|class|m:dit-content-rule) .*?<\/\1>/gsu, (entry) =>
          entries++ % 10 === 0 ? entry : "",
        ),
    );
  }

  /** The file of the rule with that name. */
  rule(name: string): string {
    for (const [path, text] of this.files)
      if (text.includes(`<name>${name}</name>`) && path.startsWith("Sync")) return path;
    throw new Error(`the sample has no rule ${name}`);
  }

  /** Replaces the first occurrence; a test whose edit does nothing would prove nothing. */
  edit(path: string, from: string | RegExp, to: string): this {
    const before = this.files.get(path) ?? "";
    const after = before.replace(from, () => to);
    if (after === before) throw new Error(`nothing to replace in ${path}: ${from}`);
    this.files.set(path, after);
    return this;
  }

  everywhere(change: (text: string, path: string) => string): this {
    for (const [path, text] of this.files) this.files.set(path, change(text, path));
    return this;
  }

  parameter(name: string, value: string): this {
    const tag = new RegExp(`(<parameter name="${name.replaceAll(".", "\\.")}"[^>]*?)(/>|>[^<]*</parameter>)`);
    const opening = tag.exec(this.files.get(metaverse) ?? "")?.[1];
    if (opening === undefined) throw new Error(`the sample has no parameter ${name}`);
    return this.edit(metaverse, tag, `${opening.trimEnd()}>${value}</parameter>`);
  }

  version(version: string): this {
    return this.parameter("Microsoft.Synchronize.ServerConfigurationVersion", version);
  }

  /** A custom rule, made from a standard one. */
  addCustom(from: string, name: string, precedence: number, id = "{11111111-2222-3333-4444-555555555555}"): this {
    const source = this.files.get(this.rule(from)) ?? "";
    this.files.set(
      `SynchronizationRules/SynchronizationRule_${id}.xml`,
      source
        .replace(/<id>[^<]*/, `<id>${id}`)
        .replace(/<name>[^<]*/, `<name>${name}`)
        .replace(/<immutable-tag>[^<]*<\/immutable-tag>/, "<immutable-tag />")
        .replace(/<precedence>[^<]*/, `<precedence>${precedence}`),
    );
    return this;
  }

  evidence(): { kind: "server-configuration"; source: string; configuration: readonly EvidenceFile[] } {
    const configuration = [...this.files].map(([path, text]) => ({ path, name: path, bytes: Buffer.from(text) }));
    return { kind: "server-configuration", source: "contoso", configuration };
  }
}

export function compare(staging: Contoso, active = new Contoso()): ConfigurationReport {
  const read = (copy: Contoso) => readServerConfiguration(copy.evidence(), reader);
  return compareConfigurations(read(active), read(staging)).report;
}

/** Findings beside the one that says that the roles are as they must be. */
export function differences(staging: Contoso, active?: Contoso): readonly Difference[] {
  const { findings } = compare(staging, active);
  return (findings as readonly Difference[]).filter(({ code }) => code !== "staging-mode");
}
