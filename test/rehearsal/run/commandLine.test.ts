import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ended, runToEnd } from "../../../engine/childProcess";
import type { RunSummary } from "../../../rehearsal/run/summary";
import type { PreviewReport } from "../../../review/preview";
import { requiresEngine } from "../../support/engine";
import { repositoryRoot } from "../../support/repository";

const main = join(repositoryRoot, "dist", "cli", "main.js");

/** `entra-connect rehearse …` as a person starts it, in the repository. */
const rehearse = (args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  runToEnd(process.execPath, [main, "rehearse", ...args], {
    cwd: repositoryRoot,
    environment: { ...process.env, ...environment },
  });

const told = (ended: Ended): string => `${ended.code}\n${ended.stderr}\n${ended.stdout}`;

describe("entra-connect rehearse refuses what it cannot use, as bad input", () => {
  const dir = join(tmpdir(), "entra-connect-never-made");
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    ["an unknown option, below a subcommand too", ["up", "--bogus"], /unknown option '--bogus'/],
    ["an unknown subcommand", ["bogus"], /too many arguments/],
    ["an unknown operator", ["up", "--operator", "nobody"], /Allowed choices are complete, absent/],
    ["a fault of no known form", ["up", "--dir", dir, "--fault", "x"], /The form is/],
    ["a stack without settings, naming those there are", ["up", "--dir", dir, "--stack", "nope"], /prod, rehearsal/],
    ["a world that is not there to be shown", ["show", "--dir", dir], /Make one first: npx entra-connect rehearse up/],
  ];
  for (const [what, args, words] of cases) {
    it(what, async function () {
      if (args.includes("--fault")) await requiresEngine(this);
      const ended = await rehearse(args);
      assert.equal(ended.code, 3, told(ended));
      assert.match(ended.stderr, words);
      assert.equal(ended.stdout, "");
      assert.ok(!existsSync(dir));
    });
  }

  it("a genuine command plugin that is not installed: could not run, and how to get it", async () => {
    const nowhere = { PATH: "", PULUMI_HOME: join(tmpdir(), "entra-connect-no-home") };
    const ended = await rehearse(["up", "--dir", dir, "--command-plugin", "genuine"], nowhere);
    assert.equal(ended.code, 4, told(ended));
    assert.match(ended.stderr, /pulumi plugin install resource command/);
  });
});

/** Every Node process of the rehearsal, the program's own too, believes that it is some years later. */
function inYears(years: number, folder: string): NodeJS.ProcessEnv {
  const later = join(folder, "later.cjs");
  writeFileSync(
    later,
    `const real = Date, shift = ${years} * 365.25 * 24 * 3600 * 1000;
     globalThis.Date = class extends real {
       constructor(...given) { given.length === 0 ? super(real.now() + shift) : super(...given); }
       static now() { return real.now() + shift; }
     };`,
  );
  // The test PowerShell's clock cannot be moved; the emulated Windows has the rehearsal's.
  return { NODE_OPTIONS: `--require ${later}`, ENTRA_CONNECT_TEST_POWERSHELL: "off" };
}

describe("npm run rehearse, from a new world to a second up that changes nothing", function () {
  this.timeout(900_000);
  let dir = "";

  before(async function () {
    await requiresEngine(this);
    dir = join(mkdtempSync(join(tmpdir(), "entra-connect-newcomer-")), "world");
  });
  after(() => {
    if (dir) rmSync(join(dir, ".."), { recursive: true, force: true, maxRetries: 5 });
  });

  const secrets = () =>
    JSON.parse(readFileSync(join(dir, "standins", "secrets.json"), "utf8")) as {
      administratorPassword: string;
      login: { privateKey: string };
    };
  const tellsNoSecret = (words: string): void => {
    const { administratorPassword, login } = secrets();
    for (const secret of [administratorPassword, login.privateKey.split("\n")[2] ?? "?"])
      assert.ok(!words.includes(secret));
  };

  it("holds, years from now too, and shows the way: the engine's display, instructions, verdict, what next", async () => {
    const ended = await rehearse(["--dir", dir], inYears(7, join(dir, "..")));
    assert.equal(ended.code, 0, told(ended));
    for (const words of [
      /COMPLETE THE ENTRA CONNECT WIZARD/,
      /staging mode" MUST BE TICKED/i,
      /azure-native:compute:VirtualMachine aadc-stg-g1-vm created \(/,
      /^ +\+ \d+ created$/m,
      /verdict: ok/,
      /held +the second up changed nothing/,
      /What to try next/,
    ]) {
      assert.match(ended.stdout, words);
    }
    assert.equal(ended.stdout.match(/MUST BE TICKED/g)?.length, 1, "the instructions are told once");
    assert.doesNotMatch(ended.stdout, /^Outputs:|Permalink|Pulumi Neo/m);
    tellsNoSecret(told(ended));
  });

  it("keeps the world: show tells resources, server and calls, and no secret", async () => {
    const ended = await rehearse(["show", "--dir", dir, "--json"]);
    assert.equal(ended.code, 0, told(ended));
    const shown = JSON.parse(ended.stdout) as {
      resources: { type: string; apiVersion: string; name: string; id: string; location?: string; body: unknown }[];
      servers: { name: string; power: string; stagingMode: boolean; connectVersion: string | null }[];
      calls: { room: string; action: string }[];
    };
    const machine = shown.resources.find(({ type }) => /virtualMachines$/i.test(type));
    assert.ok(machine?.apiVersion && machine.body && machine.location);
    assert.deepEqual(
      shown.servers.map(({ name, connectVersion }) => ({ name, connectVersion })),
      [{ name: "aadc-stg-g1", connectVersion: "2.6.92.0" }],
    );
    assert.equal(shown.servers[0]?.stagingMode, true);
    assert.equal(shown.servers[0]?.power, "running");
    assert.ok(shown.calls.some(({ action }) => action.includes("install-package")));
    tellsNoSecret(ended.stdout);
  });

  it("previews nothing to do, as one JSON document", async () => {
    const ended = await rehearse(["preview", "--dir", dir, "--json"]);
    assert.equal(ended.code, 0, told(ended));
    const summary = JSON.parse(ended.stdout) as RunSummary & { review: PreviewReport };
    const { same, ...others } = summary.changes;
    assert.deepEqual(others, { create: 0, import: 0, update: 0, replace: 0, delete: 0 });
    assert.ok(same > 20);
    assert.deepEqual([summary.review.verdict, summary.review.findings], ["ok", []]);
    assert.deepEqual(
      summary.review.summary.servers.map(({ server, happening }) => [server, happening]),
      [["aadc-stg-g1", "nothing"]],
    );
  });

  it("shows the engine's preview, and then what entra-connect preview says of it", async () => {
    const ended = await rehearse(["preview", "--dir", dir]);
    assert.equal(ended.code, 0, told(ended));
    assert.match(ended.stdout, /^Previewing update \(rehearsal\):\n.*^ +\d+ unchanged$/msu);
    assert.match(ended.stdout, /^What this change does to rehearsal\n=+\n.*\n\n\[OK\] Nothing changes\.\n/mu);
    assert.match(ended.stdout, /aadc-stg-g1 {2}passive {2}Nothing\./u);
  });
});
