import { strict as assert } from "node:assert";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { parse } from "yaml";
import { auditedSince } from "../../cli/commands/watch";
import { withTables } from "../../review/archive/document";
import { Contoso, userJoin } from "../review/configuration/contoso";
import { SwitchPair } from "../review/switch/pair";
import { CollectionChain, passiveChain } from "../support/collectionChain";
import { repositoryRoot, sampleConfiguration } from "../support/repository";
import { requires } from "../support/requires";
import { command, commandLine, program } from "./command";

const hour = 3_600_000;

function configuration(staging: boolean, change: (copy: Contoso) => Contoso = (copy) => copy): Record<string, string> {
  const copy = change((staging ? Contoso.staging() : new Contoso()).small().version("2.6.92.0"));
  copy.edit("GlobalSettings/MV.xml", /server='[^']*'|server="[^"]*"/, `server='${staging ? "AADC2" : "AADC1"}'`);
  return Object.fromEntries(copy.files);
}

const changedRule = (copy: Contoso): Contoso => copy.edit(copy.rule(userJoin), /<precedence>\d+/, "<precedence>77");

/** Two servers that have collected for three days until three hours ago. */
async function twoServers() {
  const begin = new Date(Date.now() - 3 * hour - 48 * hour).toISOString();
  const active = await CollectionChain.of(3, { begin, configuration: configuration(false) });
  const passive = await CollectionChain.of(3, {
    begin,
    chain: passiveChain,
    computer: "AADC2",
    staging: true,
    configuration: configuration(true),
  });
  return { active, passive };
}

describe("the command entra-connect watch", () => {
  const folder = mkdtempSync(join(tmpdir(), "watch-command-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  let servers: Awaited<ReturnType<typeof twoServers>>;
  before(async function () {
    requires(this, "the Contoso sample", sampleConfiguration);
    servers = await twoServers();
    for (const chain of [servers.active, servers.passive]) chain.writeTo(join(folder, "container"));
  });
  const run = (...words: readonly string[]) =>
    command(["watch", "--folder", "container", "--active", "AADC1", "--staging", "AADC2", ...words], folder);
  const codesOf = (stdout: string): readonly string[] =>
    JSON.parse(stdout)
      .findings.filter(({ severity }: { severity: string }) => severity !== "info")
      .map(({ code }: { code: string }) => code);

  it("is 0 where both are kept ready, remembers what it saw, and blocks where that is gone", async () => {
    const first = await run("--state", "state", "--output", "page.html");
    assert.equal(first.status, 0, first.stderr);
    assert.match(first.stderr, /-> page\.html/);
    const remembered = JSON.parse(readFileSync(join(folder, "state", "watch.json"), "utf8"));
    assert.deepEqual(
      remembered.seen.map(({ computer, sequence }: { computer: string; sequence: number }) => [computer, sequence]),
      [
        ["aadc1", 3],
        ["aadc2", 3],
      ],
    );
    const newest = join(folder, "container", ...servers.active.last.name.split("/"));
    rmSync(newest);
    const gone = await run("--state", "state", "-f", "json", "--older-than", "100");
    assert.deepEqual([gone.status, codesOf(gone.stdout)], [2, ["went-back"]]);
    servers.active.writeTo(join(folder, "container"));
    const back = await run("--state", "state", "-f", "json");
    assert.equal(back.status, 0, back.stderr);
    assert.equal(JSON.parse(back.stdout).summary.changes.gone.length, 1);
  });

  it("holds recorded answers of Graph against the roles, and exports where there are some", async () => {
    const world = new SwitchPair(folder, undefined, new Date().toISOString());
    assert.equal((await run("--graph", world.lastExporter("AADC1"))).status, 0);
    const other = await run("--graph", world.lastExporter("AADC2"), "-f", "json");
    assert.deepEqual([other.status, codesOf(other.stdout)], [2, ["another-exporter"]]);
  });

  it("says what is missing or odd in one sentence", async () => {
    for (const [words, pattern] of [
      [["watch", "--folder", "container"], /--active NAME and --staging NAME: which two servers/],
      [["watch", "--folder", "container", "--active", "AADC1", "--staging", "aadc1"], /are one machine/],
      [["watch", "--active", "a", "--staging", "b"], /Say where the archive is/],
    ] as const) {
      const { status, stderr } = await command(words, folder);
      assert.deepEqual([status, pattern.test(stderr)], [3, true], stderr);
    }
    writeFileSync(join(folder, "state", "watch.json"), "{");
    const damaged = await run("--state", "state");
    assert.deepEqual(
      [damaged.status, /watch\.json: is no JSON .*remembers what was seen/s.test(damaged.stderr)],
      [3, true],
    );
  });
});

describe("the changes that a watch asks the tenant for", () => {
  const now = new Date("2026-11-26T08:00:00Z");
  const since = (at?: string): string =>
    auditedSince(now, at === undefined ? undefined : { at, verdict: "ok", seen: [], findings: [] }).toISOString();

  it("reach back to the last watch and at least 26 hours, and at most a week", () => {
    assert.equal(since(), "2026-11-25T06:00:00.000Z");
    assert.equal(since("2026-11-25T20:00:00.000Z"), "2026-11-25T06:00:00.000Z");
    assert.equal(since("2026-11-23T08:00:00.000Z"), "2026-11-23T07:00:00.000Z");
    assert.equal(since("2026-10-01T08:00:00.000Z"), "2026-11-19T08:00:00.000Z");
  });
});

describe("the command entra-connect archive document", () => {
  const folder = mkdtempSync(join(tmpdir(), "archive-document-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  before(function () {
    requires(this, "the Contoso sample", sampleConfiguration);
  });
  const run = (...words: readonly string[]) =>
    command(
      ["archive", "document", "--folder", "container", "--output", "servers", "--format", "markdown", ...words],
      folder,
    );
  const page = (name: string): string => readFileSync(join(folder, "servers", name), "utf8");
  const rows = () => JSON.parse(page("index.json")).servers;

  it("documents each server, and what changed since it was documented last", async () => {
    const { active, passive } = await twoServers();
    for (const chain of [active, passive]) chain.writeTo(join(folder, "container"));
    const first = await run();
    assert.equal(first.status, 0, first.stderr);
    assert.match(first.stdout, /2 servers documented, none has changed: servers[\\/]index\.md/);
    const before = page("aadc1/configuration.md");
    assert.match(before, /Configuration of AADC1/);
    assert.equal((await run()).status, 0);
    assert.equal(page("aadc1/configuration.md"), before, "the same configuration gives the same page");

    // Two more: the change came with the first of them, and is what is new since the page, not since the one before.
    const changed = Object.fromEntries(
      Object.entries(configuration(false, changedRule)).map(([path, text]) => [`configuration/${path}`, text]),
    );
    for (const ago of [2, 1])
      await active.collect({ at: new Date(Date.now() - ago * hour).toISOString(), told: { files: changed } });
    active.writeTo(join(folder, "container"));
    const second = await run();
    assert.match(second.stdout, /2 servers documented, aadc1 changed/);
    const [row, other] = rows();
    assert.deepEqual([row.computer, row.changes, other.computer, other.changes], ["aadc1", 1, "aadc2", 0]);
    assert.equal(row.since.name, active.added[2]?.name);
    assert.match(page("aadc1/changes.md"), /In from AD - User Join/);
    assert.notEqual(page("aadc1/configuration.md"), before);

    // A call with nothing new keeps what it said.
    await run();
    assert.deepEqual(rows()[0], row);
  });

  it("keeps the pages of a server that cannot be read, and says so", async () => {
    const before = page("aadc1/configuration.md");
    const { name } = rows()[0];
    writeFileSync(join(folder, "container", ...name.split("/")), "PK damaged");
    const damaged = await run();
    assert.equal(damaged.status, 1);
    assert.match(damaged.stderr, /aadc1: not documented anew: .*cannot be read as a zip archive/);
    assert.equal(page("aadc1/configuration.md"), before);
    assert.equal(rows().length, 2);
    // Another server's collection under this name is not documented as this server's.
    const other = rows()[1].name;
    const swapped = readFileSync(join(folder, "container", ...other.split("/")));
    writeFileSync(join(folder, "container", ...name.split("/")), swapped);
    const foreign = await run("--server", "AADC1");
    assert.deepEqual([foreign.status, page("aadc1/configuration.md")], [1, before]);
    assert.match(foreign.stderr, /aadc1: not documented anew: .* of AADC2, .*put under another name/);
    writeFileSync(join(folder, "servers", "index.json"), "[]");
    assert.match((await run()).stderr, /index\.json: is no index of archive document/);
  });
});

describe("the pipelines of docs/watch.md", () => {
  const examples = join(repositoryRoot, "docs", "examples");
  before(async function () {
    requires(this, "the Contoso sample", sampleConfiguration);
    requires(this, "bash and git", (await program("bash", ["-c", "command -v git"], tmpdir())).status === 0);
  });

  interface Step {
    readonly name?: string;
    readonly displayName?: string;
    readonly run?: string;
    readonly bash?: string;
    readonly inputs?: { readonly inlineScript?: string };
  }

  /** A runner with a repository: `npx` is this command line, an archive's folder in the place of its account, recorded answers in the place of Graph. */
  async function runner() {
    const folder = mkdtempSync(join(tmpdir(), "watch-pipeline-"));
    const [programs, work, origin] = ["programs", "work", "origin"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    mkdirSync(programs);
    const servers = await twoServers();
    for (const chain of [servers.active, servers.passive]) chain.writeTo(join(folder, "container"));
    const world = new SwitchPair(folder, undefined, new Date().toISOString());
    const npx = `words=(); shift
while [ $# -gt 0 ]; do case "$1" in
  --account) words+=(--folder '${join(folder, "container")}'); shift ;;
  --graph-live) words+=(--graph '${world.lastExporter("AADC1")}') ;;
  *) words+=("$1") ;;
esac; shift; done
exec '${process.execPath}' '${commandLine}' "\${words[@]}"`;
    writeFileSync(join(programs, "npx"), `#!/bin/bash\n${npx}\n`);
    chmodSync(join(programs, "npx"), 0o755);
    const environment = {
      PATH: [programs, process.env.PATH].join(delimiter),
      GITHUB_OUTPUT: join(folder, "output"),
      GITHUB_STEP_SUMMARY: join(folder, "summary.md"),
      GIT_CONFIG_GLOBAL: join(folder, "gitconfig"),
      ACCOUNT: "stentraarchive0001",
      ACTIVE: "AADC1",
      STAGING: "AADC2",
      BRANCH: "refs/heads/main",
    };
    const shell = (script: string, more: Readonly<Record<string, string>> = {}, cwd = work) =>
      program("bash", ["-eo", "pipefail", "-c", script], cwd, { ...environment, ...more });
    const made = await shell(
      `git init --quiet --bare --initial-branch=main '${origin}' && git clone --quiet '${origin}' '${work}' && cd '${work}' &&
       git checkout --quiet -B main && echo '[]' > accepted.yaml && git add . &&
       git -c user.name=t -c user.email=t@t commit --quiet -m first && git push --quiet origin main`,
      {},
      folder,
    );
    assert.equal(made.status, 0, made.stderr);
    return { folder, work, origin, servers, shell, remove: () => rmSync(folder, { recursive: true, force: true }) };
  }

  const stepsOf = (file: string, pick: (document: unknown) => readonly Step[]): ReadonlyMap<string, string> =>
    new Map(
      pick(parse(readFileSync(join(examples, file), "utf8"))).map(({ name, displayName, run, bash, inputs }) => [
        name ?? displayName ?? "",
        run ?? bash ?? inputs?.inlineScript ?? "",
      ]),
    );

  it("watch, document, keep and pass the gate: GitHub Actions", async () => {
    const steps = stepsOf(
      "github-watch.yml",
      (document) => (document as { jobs: { watch: { steps: Step[] } } }).jobs.watch.steps,
    );
    const script = (name: string): string => steps.get(name) ?? assert.fail(`there is no step ${name}`);
    const { folder, work, origin, servers, shell, remove } = await runner();
    try {
      const watched = await shell(script("Watch"));
      assert.equal(watched.status, 0, watched.stderr);
      assert.equal(readFileSync(join(folder, "output"), "utf8"), "code=0\n");
      assert.match(readFileSync(join(folder, "summary.md"), "utf8"), /Kept ready: aadc1/);
      for (const name of ["Document", "Keep"]) {
        const ended = await shell(script(name));
        assert.equal(ended.status, 0, ended.stderr);
      }
      const kept = await shell(`git -C '${origin}' ls-tree -r --name-only main`);
      assert.deepEqual(
        kept.stdout
          .trim()
          .split("\n")
          .filter((path) => /watch\.json|page\.md|aadc1\/conf/.test(path))
          .sort(),
        ["servers/aadc1/configuration.md", "watch/page.md", "watch/watch.json"],
      );
      assert.equal((await shell(script("Gate"), { CODE: "0" })).status, 0);
      assert.equal((await shell(script("Gate"), { CODE: "1" })).status, 0);
      for (const code of ["2", "3", "4", ""])
        assert.equal((await shell(script("Gate"), { CODE: code })).status, 1, code);

      // The newest of the active server is deleted: the step itself goes on, its code tells the gate.
      rmSync(join(folder, "container", ...servers.active.last.name.split("/")));
      assert.equal((await shell(script("Watch"))).status, 0);
      assert.match(readFileSync(join(folder, "output"), "utf8"), /code=2\n$/);
      assert.ok(existsSync(join(work, "watch", "page.md")));

      // Where the watch cannot run there is no page, not the last one again; and what there is is kept.
      rmSync(join(folder, "container"), { recursive: true });
      rmSync(join(work, "servers"), { recursive: true });
      assert.equal((await shell(script("Watch"))).status, 0);
      assert.match(readFileSync(join(folder, "output"), "utf8"), /code=3\n$/);
      assert.ok(!existsSync(join(work, "watch", "page.md")));
      const afterwards = await shell(script("Keep"));
      assert.equal(afterwards.status, 0, afterwards.stderr);
    } finally {
      remove();
    }
  });

  it("do the same: Azure Pipelines", async () => {
    const steps = stepsOf("azure-pipelines-watch.yml", (document) => (document as { steps: Step[] }).steps);
    const script = (name: string): string => steps.get(name) ?? assert.fail(`there is no step ${name}`);
    const { origin, shell, remove } = await runner();
    try {
      const watched = await shell(script("Sign in and watch"));
      assert.equal(watched.status, 0, watched.stderr);
      assert.match(watched.stdout, /##vso\[task\.setvariable variable=watchCode\]0/);
      assert.match(watched.stdout, /##vso\[task\.uploadsummary\].*watch\/page\.md/);
      const kept = await shell(script("Keep"));
      assert.equal(kept.status, 0, kept.stderr);
      assert.match((await shell(`git -C '${origin}' log --format=%s main`)).stdout, /^Watch of \d{4}-/);
      assert.equal((await shell(script("Keep"))).status, 0, "nothing new is no failure");
      assert.equal((await shell(script("Gate"), { CODE: "1" })).status, 0);
      assert.equal((await shell(script("Gate"), { CODE: "2" })).status, 1);
    } finally {
      remove();
    }
  });
});

describe("docs/watch.md", () => {
  it("has the tables of the code (npm run document-watch)", () => {
    const text = readFileSync(join(repositoryRoot, "docs", "watch.md"), "utf8");
    assert.equal(text, withTables(text));
  });
});
