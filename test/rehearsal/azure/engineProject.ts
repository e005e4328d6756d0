import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runToEnd } from "../../../engine/childProcess";
import { offlineEnvironment } from "../../../engine/environment";
import { findNode } from "../../../engine/findNode";
import { findPulumi } from "../../../engine/findPulumi";
import { type LanguageHost, startLanguageHost } from "../../../engine/languageHost/languageHost";
import { silent } from "../../../engine/progress";
import { repositoryRoot } from "../../support/repository";
import type { Simulated } from "./simulatedAzure";

export interface EngineRun {
  readonly code: number | null;
  readonly text: string;
}

/** A small JavaScript program of its own that the real engine runs against the simulated Azure. */
export class EngineProject {
  readonly folder = mkdtempSync(join(tmpdir(), "azure-engine-"));
  #host: LanguageHost | undefined;
  #environment: Record<string, string> = {};
  #pulumi = "";

  async open(azure: Simulated): Promise<void> {
    const node = await findNode({ progress: silent });
    const cli = await findPulumi({ progress: silent, sources: [] });
    const folders = { state: join(this.folder, "state"), home: join(this.folder, "home") };
    for (const folder of Object.values(folders)) mkdirSync(folder);
    const settings = {
      ...folders,
      passphrase: "test",
      providers: { "azure-native": azure.provider.port },
      node,
      pulumi: cli.path,
      compileCache: join(this.folder, "compiled"),
    };
    if (cli.languageHost === undefined) {
      this.#host = await startLanguageHost({ node, environment: () => offlineEnvironment(process.env, settings) });
    }
    this.#environment = offlineEnvironment(process.env, { ...settings, languageHostPort: this.#host?.port });
    this.#pulumi = cli.path;
    this.write("Pulumi.yaml", "name: test\nruntime: nodejs\nmain: index.js\n");
    this.write("package.json", JSON.stringify({ name: "test", dependencies: { "@pulumi/azure-native": "*" } }));
    symlinkSync(join(repositoryRoot, "node_modules"), join(this.folder, "node_modules"), "junction");
    await this.run("stack", "init", "dev");
    await this.run("config", "set", "--secret", "password", "Correct-Horse-7");
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  async run(...args: string[]): Promise<EngineRun> {
    const ended = await runToEnd(this.#pulumi, [...args, "--non-interactive", "--color", "never"], {
      cwd: this.folder,
      environment: this.#environment,
      timeout: 900_000,
    });
    return { code: ended.code, text: ended.stdout + ended.stderr };
  }

  up(): Promise<EngineRun> {
    return this.run("up", "--yes", "--skip-preview", "--stack", "dev");
  }

  /** Everything the backend has written, histories and backups too. */
  stateFiles(): string[] {
    return readdirSync(join(this.folder, "state"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  }

  stateText(): string {
    return this.stateFiles()
      .map((file) => readFileSync(file, "utf8"))
      .join("\n");
  }

  async close(): Promise<void> {
    await this.#host?.stop();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
