import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { parse, stringify } from "yaml";
import { type Ended, runToEnd } from "../../engine/childProcess";
import { findYamlHost } from "../../engine/findYamlHost";
import { silent } from "../../engine/progress";
import type { Session } from "../../rehearsal/run/session";
import { CouldNotRun } from "../../review/verdict";
import { requiresEngine } from "../support/engine";
import { lay } from "../support/laidOut";
import { packed } from "../support/packed";
import { Rehearsal } from "../support/rehearsal";
import { repositoryRoot } from "../support/repository";
import { requires } from "../support/requires";

const stored = join(repositoryRoot, "package", "schema.json");

/** What Pulumi's documentation has for a component in TypeScript; ours is without it (package/index.js says why). */
const inferringPlugin = `import { componentProviderHost } from "@pulumi/pulumi/provider/experimental";
import { PassiveServer } from "pulumi-entra-connect";
void componentProviderHost({ name: "entra-connect", components: [PassiveServer], dirname: __dirname });
`;
const compilerOptions = {
  target: "es2022",
  module: "node16",
  moduleResolution: "node16",
  types: ["node"],
  strict: true,
  skipLibCheck: true,
  noCheck: true,
};

/** The engine wants the plugins that a component uses before it starts it; what they do is attached. */
function placeholders(home: string): void {
  const { peerDependencies } = JSON.parse(readFileSync(join(repositoryRoot, "package.json"), "utf8"));
  for (const [name, range] of Object.entries<string>(peerDependencies)) {
    // Other peers are libraries: the command line's readers of the archive.
    if (!name.startsWith("@pulumi/")) continue;
    const short = name.replace("@pulumi/", "");
    const installed = JSON.parse(readFileSync(join(repositoryRoot, "node_modules", name, "package.json"), "utf8"));
    if (short === "pulumi") continue;
    assert.ok(range);
    const folder = join(home, "plugins", `resource-${short}-v${installed.version}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `pulumi-resource-${short}`), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  }
}

describe("the component for other languages", () => {
  let folder = "";
  let plugin = "";
  let rehearsal: Rehearsal;
  let session: Session;
  let environment: Record<string, string> = {};

  before(async function () {
    await requiresEngine(this);
    folder = mkdtempSync(join(tmpdir(), "entra-connect-plugin-"));
    plugin = join(folder, "package");
    cpSync(join(repositoryRoot, "package"), plugin, {
      recursive: true,
      filter: (path) => !path.includes("node_modules"),
    });
    await lay(this, plugin, (await packed()).tarball, "pulumi-entra-connect");
    rehearsal = new Rehearsal();
    session = await rehearsal.open();
    environment = { ...session.environment };
    placeholders(String(environment.PULUMI_HOME));
  });
  after(async () => {
    await session?.close();
    rehearsal?.remove();
    if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const pulumi = (args: readonly string[], cwd: string): Promise<Ended> =>
    runToEnd(session.cli.path, [...args, "--non-interactive"], { cwd, environment, timeout: 900_000 });

  it("serves the schema that is stored, which is the one that Pulumi infers from the library's declarations", async function () {
    const inferring = join(folder, "inferring");
    mkdirSync(inferring);
    cpSync(join(plugin, "PulumiPlugin.yaml"), join(inferring, "PulumiPlugin.yaml"));
    const manifest = JSON.parse(readFileSync(join(plugin, "package.json"), "utf8"));
    const devDependencies = { "@types/node": "^22", typescript: "^5.0.0" };
    writeFileSync(join(inferring, "package.json"), JSON.stringify({ ...manifest, devDependencies }));
    await lay(this, inferring, (await packed()).tarball, "pulumi-entra-connect");
    writeFileSync(join(inferring, "index.ts"), inferringPlugin);
    writeFileSync(join(inferring, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["index.ts"] }));
    const schemaOf = async (of: string): Promise<unknown> => {
      const got = await pulumi(["package", "get-schema", of], folder);
      assert.equal(got.code, 0, got.stderr);
      return JSON.parse(got.stdout);
    };
    const inferred = await schemaOf(inferring);
    if (process.env.UPDATE_SCHEMA === "1") {
      const written = `${JSON.stringify(inferred, null, 2)}\n`;
      for (const each of [stored, join(plugin, "schema.json")]) writeFileSync(each, written);
    }
    const schema = JSON.parse(readFileSync(stored, "utf8"));
    assert.deepEqual(inferred, schema, "write it anew with UPDATE_SCHEMA=1 where the arguments changed on purpose");
    assert.deepEqual(await schemaOf(plugin), schema);
    const { inputProperties, properties } = schema.resources["entra-connect:index:PassiveServer"];
    assert.deepEqual(Object.keys(properties).sort(), [
      "egressAddress",
      "findings",
      "instructions",
      "servers",
      "verdict",
    ]);
    assert.equal(inputProperties.generations.additionalProperties.$ref, "#/types/entra-connect:index:GenerationArgs");
  });

  it("builds a server from a program in YAML, remembers it, and changes nothing once it is proven", async function () {
    let host = "";
    try {
      host = await findYamlHost({ progress: silent, build: false });
    } catch (error) {
      if (!(error instanceof CouldNotRun)) throw error;
      requires(this, "Pulumi's language host for YAML (REQUIRE_ALL=1 npm run setup)", false);
    }
    environment.PATH = [dirname(host), environment.PATH].join(delimiter);
    const program = join(folder, "program");
    mkdirSync(program);
    writeFileSync(
      join(program, "Pulumi.yaml"),
      stringify({
        name: "from-yaml",
        runtime: "yaml",
        plugins: { providers: [{ name: "entra-connect", path: plugin }] },
        resources: { aadc: { type: "entra-connect:PassiveServer", properties: properties() } },
        // biome-ignore-start lint/suspicious/noTemplateCurlyInString: YAML programs write references so
        outputs: { verdict: "${aadc.verdict}", servers: "${aadc.servers}" },
        // biome-ignore-end lint/suspicious/noTemplateCurlyInString: as above
      }),
    );
    const succeeds = async (...args: string[]): Promise<string> => {
      const ended = await pulumi(args, program);
      assert.equal(ended.code, 0, `${args.join(" ")}\n${ended.stdout}\n${ended.stderr}`);
      return ended.stdout;
    };
    await succeeds("stack", "init", "dev");
    await succeeds("up", "--yes", "--skip-preview");
    const { verdict, servers } = JSON.parse(await succeeds("stack", "output", "--json"));
    assert.equal(verdict, "ok");
    assert.equal(servers["1"].computerName, "aadc-stg-g1");
    // The ledger learns of the first proof in the run after it.
    await succeeds("up", "--yes", "--skip-preview");
    // The ledger and everything in the state belongs to the caller's stack: nothing is planned anew.
    await succeeds("preview", "--expect-no-changes");
    const state = await succeeds("stack", "export");
    const secrets = rehearsal.standInSecrets();
    assert.ok(!state.includes(JSON.stringify(secrets.administratorPassword).slice(1, -1)));
    assert.ok(!state.includes("BEGIN OPENSSH PRIVATE KEY"));
    // A fixed value of a server that stands is refused, so the caller's memory was read.
    const file = join(program, "Pulumi.yaml");
    const changed = parse(readFileSync(file, "utf8"));
    changed.resources.aadc.properties.generations["1"].image.version = "20348.1.250101";
    writeFileSync(file, stringify(changed));
    const refused = await pulumi(["preview"], program);
    assert.notEqual(refused.code, 0);
    assert.match(refused.stdout + refused.stderr, /generations\.1\.image/);
  });

  /** The rehearsed stack's settings as a YAML program writes them: secrets as secrets, files as assets. */
  function properties(): Record<string, unknown> {
    const { config } = parse(readFileSync(join(session.project.folder, "Pulumi.rehearsal.yaml"), "utf8"));
    const written = Object.fromEntries(
      Object.entries(config).map(([key, value]) => [key.replace("entra-connect:", ""), value]),
    );
    type Pinned = { path?: string; source?: unknown };
    const generations = written.generations as Record<string, { connect: Record<string, Pinned> }>;
    for (const { connect } of Object.values(generations)) {
      for (const pinned of [connect.installer, connect.settingsFile]) {
        assert.ok(pinned?.path);
        pinned.source = { "fn::fileAsset": resolve(session.project.folder, pinned.path) };
        delete pinned.path;
      }
    }
    const { administratorPassword, login, jumpHost } = rehearsal.standInSecrets();
    const secret = (text: string) => ({ "fn::secret": text });
    return {
      ...written,
      administratorPassword: secret(administratorPassword),
      sshPrivateKey: secret(login),
      jumpHostPrivateKey: secret(jumpHost),
    };
  }
});
