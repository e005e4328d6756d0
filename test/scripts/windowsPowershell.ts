/** What a text may call, held to Windows PowerShell 5.1, .NET Framework 4.7.2 and the module ADSync: from tables. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot, sharedFolder } from "../support/repository";
import type { CalledCommand, Parsed } from "./parse";

export interface ProductCommand {
  readonly name: string;
  readonly kind: "reads" | "acts" | "never";
  readonly parameters: readonly string[];
  /** Whether Microsoft documents it, and if not, who uses it. */
  readonly standing: string;
  readonly source: string;
  /** Who may call one that acts. */
  readonly scripts?: readonly string[];
  /** With what it may be called. */
  readonly only?: string;
}

export interface Program {
  /** As it is called: its name, or its whole path. */
  readonly name: string;
  readonly source: string;
  readonly for: string;
}

interface DotNet {
  /** Full name, and the static members that are used. Each is in .NET Framework 4.7.2 (learn.microsoft.com/dotnet/api). */
  readonly types: Readonly<Record<string, readonly string[] | undefined>>;
  readonly comObjects: readonly string[];
  /** Methods of objects, and how many arguments an overload of the .NET Framework has. */
  readonly methods: Readonly<Record<string, readonly number[] | undefined>>;
}

/** Every command of a genuine server. */
export type GenuineCommands = Readonly<
  Record<string, { readonly kind: string; readonly parameters: readonly string[] } | undefined>
>;

const table = (name: string): unknown =>
  JSON.parse(readFileSync(join(repositoryRoot, "scripts", "allowed", `${name}.json`), "utf8"));

export const productCommands = table("adsync") as readonly ProductCommand[];
export const programs = table("programs") as readonly Program[];
export const dotNet = table("dotnet") as DotNet;

export const genuineCommandsFile = join(sharedFolder, "data", "windows-powershell-5.1", "commands.json");

export function readGenuineCommands(): GenuineCommands {
  return JSON.parse(readFileSync(genuineCommandsFile, "utf8")) as GenuineCommands;
}

/** Of every advanced function and cmdlet of 5.1 (about_CommonParameters). */
const commonParameters =
  "Debug ErrorAction ErrorVariable InformationAction InformationVariable OutBuffer OutVariable PipelineVariable Verbose WarningAction WarningVariable".split(
    " ",
  );
/** PowerShell 7 gives this one to every function, so to the stand-ins too. */
const commonOfLater = ["ProgressAction"];

const newVariables = ["IsWindows", "IsLinux", "IsMacOS", "IsCoreCLR", "PSStyle"];

/** Microsoft.PowerShell.Commands.FileSystemCmdletProviderEncoding, the values of -Encoding in 5.1. */
const encodings = "ascii bigendianunicode byte default oem string unicode unknown utf7 utf8 utf32".split(" ");

/** Names that PowerShell has for types (about_Type_Accelerators), and attributes without their last word. */
const accelerators: Readonly<Record<string, string | undefined>> = {
  array: "System.Array",
  bool: "System.Boolean",
  byte: "System.Byte",
  char: "System.Char",
  cmdletbinding: "System.Management.Automation.CmdletBindingAttribute",
  datetime: "System.DateTime",
  decimal: "System.Decimal",
  double: "System.Double",
  guid: "System.Guid",
  hashtable: "System.Collections.Hashtable",
  int: "System.Int32",
  math: "System.Math",
  nullstring: "System.Management.Automation.Language.NullString",
  ordered: "System.Collections.Specialized.OrderedDictionary",
  parameter: "System.Management.Automation.ParameterAttribute",
  psobject: "System.Management.Automation.PSObject",
  regex: "System.Text.RegularExpressions.Regex",
  scriptblock: "System.Management.Automation.ScriptBlock",
  string: "System.String",
  switch: "System.Management.Automation.SwitchParameter",
  version: "System.Version",
  xml: "System.Xml.XmlDocument",
};

const typeNames = Object.keys(dotNet.types);

/** The full name that the table has, or undefined. PowerShell takes `System.` for granted and no letter case. */
function knownType(written: string): string | undefined {
  const bare = written.replace(/(\[,*\])+$/, "");
  const full = accelerators[bare.toLowerCase()] ?? bare;
  const wanted = full.toLowerCase();
  return typeNames.find((name) => name.toLowerCase() === wanted || name.toLowerCase() === `system.${wanted}`);
}

const has = (names: readonly string[], name: string) => names.some((each) => each.toLowerCase() === name.toLowerCase());

/** What else is called by a name that is in the text: its own functions. */
export interface Surroundings {
  readonly functions: readonly string[];
  readonly genuine: GenuineCommands | undefined;
}

/** One sentence each; empty where all is well. */
export function problemsOf(
  script: string,
  text: string,
  parsed: Parsed,
  { functions, genuine }: Surroundings,
): readonly string[] {
  const own = (name: string) => has(parsed.functions, name) || has(functions, name);
  return [
    ...parsed.errors.map((error) => `does not parse: ${error}`),
    ...parsed.newSyntax.map((kind) => `has syntax of PowerShell 7: ${kind}`),
    ...parsed.variables.filter((name) => has(newVariables, name)).map((name) => `has $${name}, which 5.1 does not`),
    ...parsed.commands.flatMap((command) =>
      own(command.name) ? [] : problemsOfCommand(script, command, parsed, genuine),
    ),
    ...parsed.types.flatMap((type) => (knownType(type) ? [] : [`names the type ${type}, which nobody has reviewed`])),
    ...parsed.comObjects.flatMap((name) =>
      has(dotNet.comObjects, name) ? [] : [`makes a COM object ${name}, which nobody has reviewed`],
    ),
    ...parsed.statics.flatMap(problemsOfStatic),
    ...parsed.methods.flatMap(problemsOfMethod),
    ...problemsOfWords(text, parsed),
  ];
}

function problemsOfCommand(
  script: string,
  command: CalledCommand,
  { blocks }: Parsed,
  genuine: GenuineCommands | undefined,
): string[] {
  const { name, text, parameters, given } = command;
  if (name === "")
    return has(blocks, text.replace(/^\$/, "")) ? [] : [`runs ${text}: what that is stands nowhere in the text`];
  if (/\.exe$/i.test(name)) return programs.some((known) => known.name === name) ? [] : [`starts ${name}, unlisted`];
  const problems = /-ADSync|-MIIS/i.test(name)
    ? problemsOfProduct(script, command)
    : problemsOfWindows(command, genuine);
  const encoding = Object.entries(given).find(([parameter]) => /^encoding$/i.test(parameter))?.[1];
  if (encoding != null && !has(encodings, encoding)) problems.push(`${name} -Encoding ${encoding} is not of 5.1`);
  if (/^Start-Process$/i.test(name)) {
    const file = given.FilePath;
    if (file != null && !programs.some((known) => known.name === file)) problems.push(`starts ${file}, unlisted`);
    if (file == null && !parameters.includes("FilePath")) problems.push("Start-Process names no -FilePath");
  }
  return problems;
}

function problemsOfWindows({ name, parameters }: CalledCommand, genuine: GenuineCommands | undefined): string[] {
  if (genuine === undefined) return [];
  const command = genuine[name];
  if (command === undefined || command.kind === "Alias")
    return [`calls ${name}, which Windows PowerShell 5.1 does not have by this name`];
  return parameters
    .filter((parameter) => !has([...command.parameters, ...commonParameters], parameter))
    .map((parameter) => `${name} has no parameter ${parameter} in 5.1`);
}

function problemsOfProduct(script: string, { name, parameters, given }: CalledCommand): string[] {
  const command = productCommands.find((known) => known.name === name);
  if (command === undefined) return [`calls ${name}, which scripts/allowed/adsync.json does not list`];
  const problems = parameters
    .filter((parameter) => !has([...command.parameters, ...commonParameters], parameter))
    .map((parameter) => `${name} has no parameter ${parameter} in scripts/allowed/adsync.json`);
  if (command.kind === "never") problems.push(`calls ${name}, which nothing of ours may call`);
  if (command.kind === "acts" && !(command.scripts ?? []).includes(script))
    problems.push(`calls ${name}, which only ${(command.scripts ?? []).join(", ")} may call`);
  const only: Readonly<Record<string, boolean | undefined>> = {
    "Set-ADSyncScheduler": parameters.join() === "SyncCycleEnabled" && given.SyncCycleEnabled === "$true",
    "Set-ADSyncAutoUpgrade": parameters.join() === "AutoUpgradeState" && given.AutoUpgradeState === "Disabled",
    "Invoke-ADSyncRunProfile": has(
      ["Full Import", "Delta Synchronization", "$RunProfile"],
      given.RunProfileName ?? "$RunProfile",
    ),
  };
  if (only[name] === false) problems.push(`calls ${name} otherwise than ${command.only}`);
  return problems;
}

function problemsOfStatic(written: string): string[] {
  const [type = "", member = ""] = written.split("::");
  const known = knownType(type);
  // An unknown type is told by its own name.
  if (known === undefined || has(dotNet.types[known] ?? [], member)) return [];
  return [`uses ${written}, which nobody has looked up in .NET Framework 4.7.2`];
}

function problemsOfMethod({ name, count, constants }: Parsed["methods"][number]): string[] {
  const counts = dotNet.methods[name];
  if (counts === undefined) return [`calls .${name}(), which nobody has looked up in .NET Framework 4.7.2`];
  if (!counts.includes(count)) return [`calls .${name}() with ${count} arguments: no overload of .NET Framework 4.7.2`];
  // The Framework splits at each of the characters, later .NET at the whole text.
  if (name === "Split" && constants.some((text) => text.length > 1))
    return [`calls .Split('${constants.join("', '")}'): 5.1 splits at each of its characters`];
  return [];
}

const neverNames = productCommands.filter(({ kind }) => kind === "never").map(({ name }) => name);

/** Words that may stand nowhere: not in a string that is run later either. */
function problemsOfWords(text: string, { strings }: Parsed): string[] {
  // What a person is told to run by hand is text of the refusals.
  const code = text
    .replace(/@'\n[\s\S]*?\n'@/g, "")
    .replace(/^\s*#.*$/gm, "")
    .replace(/<#[\s\S]*?#>/g, "");
  return [
    ...neverNames
      .filter((name) => code.toLowerCase().includes(name.toLowerCase()))
      .map((name) => `has the word ${name}`),
    ...["Invoke-Expression", "ConvertTo-SecureString", "DownloadString"]
      .filter((word) => code.includes(word))
      .map((word) => `has the word ${word}`),
    ...(/RunProfileName\s+['"]?Export/i.test(code) ? ["names the run profile Export"] : []),
    ...(/SyncCycleEnabled:?\s+\$false/i.test(code) ? ["switches the scheduler off"] : []),
    ...strings
      .filter((value) => /^([a-z]:)?[\w .()\\/*-]*\w\.(exe|com|bat|cmd|vbs|dll)$/i.test(value) && !isListedFile(value))
      .map((value) => `names the file ${value}, which scripts/allowed/programs.json does not list`),
  ];
}

/** Programs that are started, and those of the product that are looked at. */
function isListedFile(value: string): boolean {
  return programs.some(({ name }) => name === value) || /(^|[\\*])(miiserver|AzureADConnect)\.exe$/.test(value);
}

/** What stand-ins export that the genuine server does not have. */
export function problemsOfStandIns(
  exported: ReadonlyMap<string, readonly string[]>,
  genuine: GenuineCommands,
): readonly string[] {
  return [...exported].flatMap(([name, parameters]) => {
    // The machine itself, before a script begins.
    if (name === "Update-Machine") return [];
    if (/\.exe$/.test(name))
      return programs.some((known) => known.name === name) ? [] : [`stands in for ${name}, unlisted`];
    const real = /-ADSync/.test(name) ? productCommands.find((known) => known.name === name) : genuine[name];
    if (real === undefined) return [`stands in for ${name}, which is in no list`];
    return parameters
      .filter((parameter) => !has([...real.parameters, ...commonParameters, ...commonOfLater], parameter))
      .map((parameter) => `stands in for ${name} with -${parameter}, which the genuine one does not have`);
  });
}
