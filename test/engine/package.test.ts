import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { runToEnd } from "../../engine/childProcess";
import { requiresEngine } from "../support/engine";
import { lay } from "../support/laidOut";
import { install, installedPackages, npm, packed } from "../support/packed";
import { repositoryRoot } from "../support/repository";
import type { CheckedTypes } from "./checkTypes";

/** What a program of another project may do with the public surface, checked as strictly as TypeScript can. */
const consumer = `
import * as pulumi from "@pulumi/pulumi";
import { fromSettings, PassiveServer, PassiveServerArgs, Problem, ServerOutput, SettingsError } from "pulumi-entra-connect";
import { configuration, Verdict } from "pulumi-entra-connect/review";

const { name, args } = fromSettings();
const own: PassiveServerArgs = { ...args, tags: { tier: pulumi.output("0") } };
const server = new PassiveServer(name, own, { protect: true });
export const verdict: pulumi.Output<string> = server.verdict;
export const servers: pulumi.Output<{ [generation: string]: ServerOutput }> = server.servers;
export const problems = (error: unknown): readonly Problem[] => (error instanceof SettingsError ? error.problems : []);
export type Compared = ReturnType<typeof configuration.compareServers>;
export const word: Verdict = "review";
// @ts-expect-error a setting that does not exist
export const wrong: PassiveServerArgs = { ...args, notThere: 1 };
`;

interface TypeScriptSettings {
  readonly compilerOptions: Readonly<Record<string, unknown>>;
  readonly files: readonly string[];
}

/** What Pulumi's TypeScript templates write: the template of this repository has it word for word. */
const templates: TypeScriptSettings = JSON.parse(
  readFileSync(join(repositoryRoot, "template", "tsconfig.json"), "utf8"),
);

describe("the package as another project gets it", () => {
  let folder = "";
  let reader = "";
  let library = "";
  let files: readonly string[] = [];

  before(async function () {
    folder = mkdtempSync(join(tmpdir(), "entra-connect-package-"));
    reader = join(folder, "reader");
    library = join(folder, "library");
    mkdirSync(reader);
    mkdirSync(library);
    const got = await packed();
    files = got.files;
    await install(this, reader, [got.tarball]);
    const { version, peerDependencies } = JSON.parse(readFileSync(join(repositoryRoot, "package.json"), "utf8"));
    // TypeScript 5 as Pulumi's templates ask for it; 6 no longer takes their moduleResolution.
    const devDependencies = { typescript: "^5.0.0", "@types/node": "^22" };
    const dependencies = { ...peerDependencies, "pulumi-entra-connect": version };
    writeFileSync(
      join(library, "package.json"),
      JSON.stringify({ name: "consumer", private: true, dependencies, devDependencies }),
    );
    await lay(this, library, got.tarball, "pulumi-entra-connect");
  });
  after(() => {
    if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it("holds what runs and nothing of the workshop", () => {
    for (const needed of [
      "dist/index.js",
      "dist/cli/main.js",
      "dist/components/index.js",
      "dist/components/index.d.ts",
      "dist/review/index.d.ts",
      "Pulumi.yaml",
      "Pulumi.prod.yaml",
      "Pulumi.rehearsal.yaml",
      "engine/pulumi-cli/go.mod",
      "engine/pulumi-cli/go.sum",
      "scripts/retire.ps1",
      "scripts/retire.answer.schema.json",
      "LICENSE",
    ]) {
      assert.ok(files.includes(needed), `${needed} is missing`);
    }
    const workshop = files.filter(
      (path) =>
        /^(dist\/)?(test|bench|api)\//.test(path) ||
        (path.endsWith(".ts") && !path.endsWith(".d.ts")) ||
        /\.map$|\.tsbuildinfo$|^dist\/\.compiled|^\./.test(path),
    );
    assert.deepEqual(workshop, []);
  });

  it("brings no development tools and no platform with it", () => {
    const all = new Set([...installedPackages(reader)]);
    for (const tool of ["mocha", "@biomejs/biome", "playwright-core", "yazl", "typescript", "typedoc"])
      assert.ok(!all.has(tool), tool);
    const manifest = JSON.parse(
      readFileSync(join(reader, "node_modules", "pulumi-entra-connect", "package.json"), "utf8"),
    );
    assert.ok(!("main" in manifest), "Pulumi would run it as the program");
    assert.ok(!("os" in manifest) && !("cpu" in manifest));
    // npm's latest of this one is a stray release of an old shape.
    assert.equal(manifest.peerDependencies["@pulumi/command"], "1.2.1");
  });

  describe("for somebody who only compares servers", () => {
    it("installs nothing of Pulumi's", () => {
      assert.deepEqual(
        installedPackages(reader).filter((name) => name.startsWith("@pulumi/")),
        [],
      );
    });

    it("runs as npx pulumi-entra-connect and as npx entra-connect, on this Node", async () => {
      for (const name of ["pulumi-entra-connect", "entra-connect"]) {
        const help = await npm(["exec", "--offline", name, "--", "compare", "--help"], reader);
        assert.equal(help.code, 0, help.stderr);
        assert.match(help.stdout, /^Usage: entra-connect compare .*<active> <staging>/);
      }
      const refused = await npm(["exec", "--offline", "pulumi-entra-connect", "--", "compare", "a", "b"], reader);
      assert.equal(refused.code, 3, refused.stderr);
    });

    it("has the judging rooms", async () => {
      const load = 'console.log(typeof require("pulumi-entra-connect/review").configuration.compareServers)';
      const loaded = await runToEnd(process.execPath, ["-e", load], { cwd: reader });
      assert.equal(loaded.stdout.trim(), "function", loaded.stderr);
    });

    it("says in one sentence what to install, for a rehearsal and for the library", async () => {
      const sentence =
        /^(Error|entra-connect): pulumi-entra-connect needs .*@pulumi\/pulumi are not installed here: npm install .*"@pulumi\/command@1\.2\.1"/m;
      const rehearsal = await npm(["exec", "--offline", "entra-connect", "--", "rehearse"], reader);
      assert.equal(rehearsal.code, 4, rehearsal.stderr);
      assert.match(rehearsal.stderr, sentence);
      assert.equal(rehearsal.stderr.trim().split("\n").length, 1, rehearsal.stderr);
      const loaded = await runToEnd(process.execPath, ["-e", 'require("pulumi-entra-connect")'], { cwd: reader });
      assert.match(loaded.stderr, sentence);
    });
  });

  describe("for a Pulumi program", () => {
    const resolutions = [
      ["commonjs", "node"],
      ["node16", "node16"],
      ["nodenext", "nodenext"],
      ["es2022", "bundler"],
    ] as const;
    const folderOf = (moduleResolution: string): string => `types-${moduleResolution}`;
    let checked: Promise<readonly CheckedTypes[]> | undefined;
    const checkAll = async (): Promise<readonly CheckedTypes[]> => {
      for (const [module, moduleResolution] of resolutions) {
        const project = join(library, folderOf(moduleResolution));
        mkdirSync(project);
        writeFileSync(join(project, "index.ts"), consumer);
        const compilerOptions = {
          ...templates.compilerOptions,
          module,
          moduleResolution,
          noCheck: false,
          noEmit: true,
        };
        writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ ...templates, compilerOptions }));
      }
      const checker = join(repositoryRoot, "dist", "test", "engine", "checkTypes.js");
      const compiler = join(library, "node_modules", "typescript");
      const projects = resolutions.map(([, moduleResolution]) => join(library, folderOf(moduleResolution)));
      const ended = await runToEnd(
        process.execPath,
        ["--max-semi-space-size=64", checker, compiler, "pulumi-entra-connect", ...projects],
        { cwd: library },
      );
      assert.equal(ended.code, 0, ended.stderr);
      return JSON.parse(ended.stdout);
    };
    for (const [module, moduleResolution] of resolutions) {
      it(`has types with module ${module} and moduleResolution ${moduleResolution}`, async () => {
        checked ??= checkAll();
        const own = (await checked).find(({ project }) => project.endsWith(folderOf(moduleResolution)));
        assert.ok((own?.ofThePackage ?? 0) > 50, `${own?.ofThePackage} files of the package were read`);
        assert.deepEqual(own?.errors, []);
      });
    }
    // With everything that others bring: the template's own check (packageTemplate.test.ts).
    it("has types without an error anywhere in what it brings", async () => {
      const errors = (await (checked ?? checkAll())).flatMap((each) => each.errors);
      assert.deepEqual(errors, []);
    });

    it("loads the library", async () => {
      const load = 'console.log(typeof require("pulumi-entra-connect").PassiveServer)';
      const loaded = await runToEnd(process.execPath, ["-e", load], { cwd: library });
      assert.equal(loaded.stdout.trim(), "function", loaded.stderr);
    });

    it("rehearses from where it is installed, on compiled JavaScript", async function () {
      await requiresEngine(this);
      const ended = await npm(["exec", "--offline", "entra-connect", "--", "rehearse", "--json"], library);
      assert.equal(ended.code, 0, `${ended.stderr}\n${ended.stdout}`);
      const told = JSON.parse(ended.stdout) as { held: boolean; second: { changes: { same: number } } };
      assert.equal(told.held, true);
      assert.ok(told.second.changes.same > 20);
      assert.match(readFileSync(join(library, ".rehearsal", "project", "Pulumi.yaml"), "utf8"), /dist[\\/]index\.js/);
    });
  });
});

describe("the versions of this repository's parts", () => {
  const read = (...path: string[]) => JSON.parse(readFileSync(join(repositoryRoot, ...path), "utf8"));
  const own = read("package.json");

  it("are one: the plugin is of the library's version and the template asks for it", () => {
    const plugin = read("package", "package.json");
    assert.equal(plugin.version, own.version);
    assert.equal(plugin.dependencies["pulumi-entra-connect"], own.version);
    assert.equal(read("template", "package.json").dependencies["pulumi-entra-connect"], `^${own.version}`);
  });

  it("ask for the same Pulumi everywhere", () => {
    for (const [name, range] of Object.entries(own.peerDependencies)) {
      // The command line's own: no program and no other language needs them.
      if (!name.startsWith("@pulumi/")) continue;
      assert.equal(own.devDependencies[name], range);
      assert.equal(read("package", "package.json").dependencies[name], range);
      assert.equal(read("template", "package.json").dependencies[name], range);
    }
    const oldest = parse(readFileSync(join(repositoryRoot, "Pulumi.yaml"), "utf8")).requiredPulumiVersion;
    for (const file of [join("package", "PulumiPlugin.yaml"), join("template", "Pulumi.yaml")])
      assert.equal(parse(readFileSync(join(repositoryRoot, file), "utf8")).requiredPulumiVersion, oldest, file);
  });

  it("has the change log's newest entry for what is not released or for this version", () => {
    assert.ok(existsSync(join(repositoryRoot, "CHANGELOG.md")));
    const [, newest] = /^## \[([^\]]+)\]/m.exec(readFileSync(join(repositoryRoot, "CHANGELOG.md"), "utf8")) ?? [];
    assert.ok(newest === "Unreleased" || newest === own.version, newest);
  });
});
