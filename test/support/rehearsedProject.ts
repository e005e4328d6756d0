import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { repositoryRoot } from "./repository";
import { switchedByWord } from "./settingsFixture";

type Section = Record<string, unknown>;

/** One generation's block as a user writes it. */
export interface WrittenBlock {
  image: Section;
  connect: Section & { installer: Section; settingsFile: Section };
  exceptions?: Section[];
  [other: string]: unknown;
}

/** The settings as a user writes them, names without their namespace. Sections that are not written are there, empty. */
export interface WrittenSettings {
  generations: Record<string, WrittenBlock>;
  network: Section;
  access: Section;
  domain: Section;
  gate: Section;
  backup: Section;
  tags: Section;
  [other: string]: unknown;
}

/** What Pulumi.rehearsal.yaml has and most tests are not about: a server without it is made in half the time. */
const keptReady = ["archive", "monitoring"] as const;

export type KeptReady = (typeof keptReady)[number];

const sections = ["network", "access", "domain", "gate", "backup", "tags"] as const;

/** A project of its own in a temporary folder: its settings and its program. */
export class RehearsedProject {
  readonly folder = mkdtempSync(join(tmpdir(), "entra-connect-rehearsal-"));
  readonly project = join(this.folder, "project");

  constructor(program: string, with_: readonly KeptReady[]) {
    mkdirSync(this.project);
    const description = parse(readFileSync(join(repositoryRoot, "Pulumi.yaml"), "utf8"));
    writeFileSync(join(this.project, "Pulumi.yaml"), stringify({ ...description, main: program }));
    // A project is rehearsed if it says that it uses the library.
    writeFileSync(
      join(this.project, "package.json"),
      JSON.stringify({ dependencies: { "pulumi-entra-connect": "*" } }),
    );
    symlinkSync(join(repositoryRoot, "node_modules"), join(this.project, "node_modules"), "dir");
    const settings = parse(readFileSync(join(repositoryRoot, "Pulumi.rehearsal.yaml"), "utf8"));
    for (const name of keptReady) if (!with_.includes(name)) delete settings.config[`entra-connect:${name}`];
    writeFileSync(this.settingsFile, stringify(settings));
  }

  get settingsFile(): string {
    return join(this.project, "Pulumi.rehearsal.yaml");
  }

  /** Edits the settings as a user would. */
  settings(change: (settings: WrittenSettings) => void): void {
    const file = parse(readFileSync(this.settingsFile, "utf8"));
    const prefix = "entra-connect:";
    const given = Object.entries(file.config ?? {}).map(([key, value]) => [key.slice(prefix.length), value]);
    const empty = Object.fromEntries(["generations", ...sections].map((name) => [name, {}]));
    const settings = { ...empty, ...Object.fromEntries(given) } as WrittenSettings;
    const written = new Set(given.map(([key]) => key));
    change(settings);
    const kept = Object.entries(settings).filter(([key, value]) => written.has(key) || !isEmpty(value));
    const config = Object.fromEntries(kept.map(([key, value]) => [`${prefix}${key}`, value]));
    // Without aliases: a block that was copied is a block of its own.
    writeFileSync(this.settingsFile, stringify({ ...file, config }, { aliasDuplicateObjects: false }));
  }

  /** Edits the block of one generation. */
  block(generation: number, change: (block: WrittenBlock) => void): void {
    this.settings(({ generations }) => change(writtenBlock(generations, generation)));
  }

  /** Declares a generation active on somebody's word: for tests that are not about how it became that. */
  declareActive(generation: number): void {
    this.settings((settings) => {
      writtenBlock(settings.generations, generation).role = "active";
      settings.roleSwitch = switchedByWord;
    });
  }

  /**
   * Writes a block for another generation: a copy of the newest one (highest number), without what belongs to that
   * one's machine alone (address, role, exceptions).
   */
  addBlock(generation: number, change: (block: WrittenBlock) => void = () => undefined): void {
    this.settings(({ generations }) => {
      if (generations[generation]) throw new Error(`there is a block of generation ${generation} already`);
      const newest = Math.max(...Object.keys(generations).map(Number));
      const { address, role, exceptions, ...rest } = writtenBlock(generations, newest);
      const block = structuredClone(rest) as WrittenBlock;
      generations[generation] = block;
      change(block);
    });
  }

  /** Takes the block of a generation out. */
  removeBlock(generation: number): void {
    this.settings(({ generations }) => {
      writtenBlock(generations, generation);
      delete generations[generation];
    });
  }

  /** The project's program. */
  programOf(): string {
    return String(parse(readFileSync(join(this.project, "Pulumi.yaml"), "utf8")).main);
  }

  /** From now on the project's program is another one. */
  program(path: string): void {
    const file = join(this.project, "Pulumi.yaml");
    writeFileSync(file, stringify({ ...parse(readFileSync(file, "utf8")), main: path }));
  }

  /** Writes a program beside the project's; LIBRARY and INDEX stand for the compiled library and its own program. */
  writeProgram(name: string, source: string): string {
    const file = join(this.project, name);
    const dist = (...path: string[]): string => JSON.stringify(join(repositoryRoot, "dist", ...path));
    writeFileSync(
      file,
      source.replaceAll("LIBRARY", dist("components", "index.js")).replaceAll("INDEX", dist("index.js")),
    );
    return file;
  }

  /** The settings file as it is; given one, it is put back. */
  settingsText(text?: string): string {
    if (text !== undefined) writeFileSync(this.settingsFile, text);
    return readFileSync(this.settingsFile, "utf8");
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function writtenBlock(generations: Record<string, WrittenBlock>, generation: number): WrittenBlock {
  const block = generations[generation];
  if (!block) throw new Error(`there is no block of generation ${generation}`);
  return block;
}

const isEmpty = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.keys(value).length === 0;
