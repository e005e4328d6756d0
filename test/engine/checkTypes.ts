import { join } from "node:path";
import type { Diagnostic, FormatDiagnosticsHost, SourceFile } from "typescript";

/** What the compiler says of one project. */
export interface CheckedTypes {
  readonly project: string;
  /** How many files of the package the project's program reads. */
  readonly ofThePackage: number;
  readonly errors: readonly string[];
}

/**
 * A program of its own, for a process of its own: `checkTypes.js COMPILER PACKAGE PROJECT…`. Checks each project's program as
 * tsc does, but of all that it reads only its own files and those of the package: Pulumi's take most of tsc's time, and
 * they are not what is packed.
 */
function checkTypes([compiler = "", name = "", ...projects]: readonly string[]): readonly CheckedTypes[] {
  const typescript: typeof import("typescript") = require(compiler);
  const host: FormatDiagnosticsHost = {
    getCanonicalFileName: (file) => file,
    getCurrentDirectory: () => process.cwd(),
    getNewLine: () => "\n",
  };
  // Declarations that two programs read alike are parsed once, as editors do it.
  const parsed = new Map<string, SourceFile | undefined>();
  return projects.map((project) => {
    const read = typescript.readConfigFile(join(project, "tsconfig.json"), typescript.sys.readFile);
    const { options, fileNames, errors } = typescript.parseJsonConfigFileContent(read.config, typescript.sys, project);
    const compiler = typescript.createCompilerHost(options);
    const parse = compiler.getSourceFile;
    compiler.getSourceFile = (file, how, onError, create) => {
      const format = typeof how === "object" ? how.impliedNodeFormat : undefined;
      const key = `${file}\0${format}`;
      if (!file.endsWith(".d.ts")) return parse(file, how, onError, create);
      if (!parsed.has(key)) parsed.set(key, parse(file, how, onError, create));
      return parsed.get(key);
    };
    const program = typescript.createProgram(fileNames, options, compiler);
    const own = program.getSourceFiles().filter(({ fileName }) => fileName.includes(`/node_modules/${name}/`));
    const roots = program.getSourceFiles().filter(({ fileName }) => program.getRootFileNames().includes(fileName));
    const said: Diagnostic[] = [...errors, ...program.getOptionsDiagnostics(), ...program.getGlobalDiagnostics()];
    if (read.error) said.push(read.error);
    for (const file of [...roots, ...own])
      said.push(...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file));
    return { project, ofThePackage: own.length, errors: said.map((each) => typescript.formatDiagnostic(each, host)) };
  });
}

if (require.main === module) process.stdout.write(JSON.stringify(checkTypes(process.argv.slice(2))));
