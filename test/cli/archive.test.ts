import { strict as assert } from "node:assert";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Azurite } from "../support/azurite";
import { type Added, activeChain, CollectionChain, listed, passiveChain } from "../support/collectionChain";
import { requires } from "../support/requires";
import { VersionedAccount } from "../support/versionedAccount";
import { command, type Ended } from "./command";

const begin = (hoursAgo: number, count: number): string =>
  new Date(Date.now() - (hoursAgo + (count - 1) * 24) * 3_600_000).toISOString();

const everyFile = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

describe("the archive in a folder (entra-connect archive)", () => {
  const folder = mkdtempSync(join(tmpdir(), "archive-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const run = (...words: readonly string[]) => command(["archive", ...words], folder);
  let [active, passive]: [CollectionChain, CollectionChain] = [new CollectionChain(), new CollectionChain()];
  before(async () => {
    active = await CollectionChain.of(3, { begin: begin(3, 3) });
    passive = await CollectionChain.of(3, {
      begin: begin(2, 3),
      chain: passiveChain,
      computer: "AADC2",
      staging: true,
    });
    active.writeTo(join(folder, "container"));
    passive.writeTo(join(folder, "container"));
  });

  it("is listed and proven, with the exit codes of every command", async () => {
    const listed = await run("list", "--folder", "container", "--format", "json");
    assert.equal(listed.status, 0, listed.stderr);
    const { chains } = JSON.parse(listed.stdout).summary;
    assert.deepEqual(
      chains.map((row: { computers: string[]; collections: number }) => [row.computers, row.collections]),
      [
        [["aadc2"], 3],
        [["aadc1"], 3],
      ],
    );
    const proven = await run("verify", "--folder", "container", "--active", "AADC1", "--staging", "AADC2");
    assert.equal(proven.status, 0, proven.stdout + proven.stderr);
    assert.match(proven.stdout, /3 \(\d+ KB\), all read/);
    const swapped = await run(
      "verify",
      "--folder",
      "container",
      "--active",
      "AADC2",
      "--staging",
      "AADC1",
      "-f",
      "json",
    );
    assert.equal(swapped.status, 2);
    const codes = JSON.parse(swapped.stdout).findings.map(({ code }: { code: string }) => code);
    assert.deepEqual(codes.filter((code: string) => code === "staging-flag").length, 2);
    assert.equal((await run("verify", "--folder", "container", "--older-than", "1")).status, 2);
    assert.equal((await run("verify", "--folder", "container", "--older-than", "1,48")).status, 1);
  });

  it("is pulled once, and what is there is never overwritten", async () => {
    const pulled = await run("pull", "--folder", "container", "--output", "copy", "--newest", "2");
    assert.equal(pulled.status, 0, pulled.stderr);
    assert.match(pulled.stdout, /^4 collections pulled into copy, 0 were there already/);
    const again = await run("pull", "--folder", "container", "--output", "copy");
    assert.match(again.stdout, /^2 collections pulled into copy, 4 were there already/);
    assert.equal((await run("verify", "--folder", "copy")).status, 0);
    const changed = join(folder, "copy", ...active.last.name.split("/"));
    writeFileSync(changed, "mine");
    const third = await run("pull", "--folder", "container", "--output", "copy");
    assert.equal(third.status, 1);
    assert.match(third.stderr, /is there with other bytes than container has\. It was left as it is/);
    assert.equal(readFileSync(changed, "utf8"), "mine");
    const damaged = await run("verify", "--folder", "copy", "-f", "json");
    assert.deepEqual([damaged.status, JSON.parse(damaged.stdout).findings[0].code], [2, "unreadable"]);
  });

  it("takes no link for a collection, and nothing that has another name", async () => {
    const odd = join(folder, "odd");
    active.writeTo(odd, active.added.slice(0, 2));
    const [, , third] = active.added as [Added, Added, Added];
    symlinkSync(join(folder, "container", ...third.name.split("/")), join(odd, ...third.name.split("/")));
    writeFileSync(join(odd, "notes.txt"), "x");
    writeFileSync(join(odd, "##vso[task.setvariable variable=x]y\n::error::z"), "x");
    const { status, stdout } = await run("verify", "--folder", "odd", "-f", "json", "--older-than", "1000");
    const { findings } = JSON.parse(stdout);
    assert.equal(status, 2);
    assert.deepEqual(
      findings.map(({ code }: { code: string }) => code),
      ["unreadable", "name-of-nothing"],
    );
    const pulled = await run("pull", "--folder", "odd", "--output", "odd-copy");
    assert.deepEqual([pulled.status, existsSync(join(folder, "odd-copy", ...third.name.split("/")))], [1, false]);
    assert.match(pulled.stderr, /setvariable/);
    assert.doesNotMatch(pulled.stderr, /##vso|^\s*::/m, "a name is no command of a pipeline");
  });

  it("takes what was carried by hand, once, and refuses what is no collection", async () => {
    const next = await active.make(4, active.last, { at: new Date(Date.now() - 3_600_000).toISOString() });
    writeFileSync(join(folder, "carried.zip"), next.bytes);
    writeFileSync(join(folder, "plain.zip"), "PK");
    const refused = await run("add", "--folder", "container", "carried.zip", "plain.zip");
    assert.deepEqual([refused.status, refused.stdout], [3, ""]);
    assert.match(refused.stderr, /plain\.zip: cannot be read as a zip archive/);
    assert.equal(
      existsSync(join(folder, "container", ...next.name.split("/"))),
      false,
      "nothing of a refused call is added",
    );
    const added = await run("add", "--folder", "container", "carried.zip");
    assert.deepEqual([added.status, added.stdout], [0, `added ${next.name}\n`]);
    const again = await run("add", "--folder", "container", "carried.zip");
    assert.equal(again.status, 1);
    assert.match(again.stdout, /not added: .* is there already, and was left as it is/);
    assert.equal((await run("verify", "--folder", "container")).status, 0);
  });

  it("ends with a sentence where nothing can be made", async function () {
    requires(this, "/proc", "/proc");
    for (const words of [["pull"], ["document"]]) {
      const { status, stderr } = await run(...words, "--folder", "container", "--output", "/proc/none/x");
      assert.deepEqual([status, /\/proc\/none.*(could not be written|cannot be used)/.test(stderr)], [4, true], stderr);
    }
  });

  it("says what is missing or odd in one sentence", async () => {
    const said = async (...words: readonly string[]) => {
      const { status, stderr } = await run(...words);
      return [status, stderr.trim()] as const;
    };
    for (const [words, pattern] of [
      [["list"], /Say where the archive is: --account NAME/],
      [["list", "--folder", "a", "--account", "b"], /not both/],
      [["list", "--folder", "nowhere"], /nowhere: cannot be read .*Give the folder that archive pull wrote/],
      [["list", "--account", "http://127.0.0.1:1/a"], /only https is used/],
      [["list", "--account", "https://a.blob.core.windows.net?sv=1&sig=x"], /has more than a host in it \(a SAS\?\)/],
      [["list", "--account", "Not_A_Name"], /is neither the name of a storage account/],
      [["verify", "--folder", "container", "--server", "AADC7"], /no collection of the computer AADC7.*aadc1/],
      [["verify", "--folder", "container", "--older-than", "72,36"], /Give hours, for example 36, or two/],
      [["verify", "--folder", "container", "--expect", "abc"], /16 to 64 characters/],
      [["pull", "--folder", "container", "--output", "container"], /is the folder that is read/],
    ] as const) {
      const [status, stderr] = await said(...words);
      assert.deepEqual([status, pattern.test(stderr)], [3, true], `${words.join(" ")}: ${stderr}`);
      assert.doesNotMatch(stderr, /sig=x/);
    }
  });
});

describe("the archive in a storage account (Azurite)", () => {
  const folder = mkdtempSync(join(tmpdir(), "archive-account-"));
  const azurite = new Azurite();
  let chain = new CollectionChain();
  const run = (...words: readonly string[]) =>
    command(["archive", ...words, "--account", azurite.address], folder, azurite.environment);
  const codesOf = ({ stdout }: Ended): readonly string[] =>
    JSON.parse(stdout)
      .findings.filter(({ severity }: { severity: string }) => severity !== "info")
      .map(({ code }: { code: string }) => code);
  before(async function () {
    requires(this, "openssl", Azurite.possible);
    await azurite.start();
    await azurite.container("configuration");
    chain = await CollectionChain.of(10, { begin: begin(3, 10) });
    for (const added of chain.added) assert.equal((await azurite.collection("configuration", added)).status, 201);
  });
  after(async () => {
    await azurite.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("is proven as the identity of whoever runs the command; that Azurite protects nothing is said", async () => {
    const proven = await run("verify", "--format", "json");
    assert.deepEqual([proven.status, codesOf(proven)], [1, ["not-protected"]], proven.stderr);
    assert.deepEqual([...new Set(azurite.askedFor)], ["https://storage.azure.com"]);
    const { summary } = JSON.parse(proven.stdout);
    assert.deepEqual([summary.chains[0].read, summary.chains[0].newestSha256], [10, chain.last.manifestSha256]);
    assert.match(summary.cannotSay[0], /the account keeps no versions/);
    const accept = [
      { code: "not-protected", subject: `aadc1 (${activeChain.slice(0, 8)})`, reason: "Azurite", until: "2099-01-01" },
    ];
    writeFileSync(join(folder, "accept.json"), JSON.stringify(accept));
    assert.equal((await run("verify", "--accept", "accept.json")).status, 0);
  });

  it("is pulled with what the account says of each, and that copy is proven", async () => {
    const pulled = await run("pull", "--output", "copy");
    assert.equal(pulled.status, 0, pulled.stderr);
    assert.equal(everyFile(join(folder, "copy")).length, 20);
    const beside = JSON.parse(readFileSync(join(folder, "copy", `${chain.last.name}.json`), "utf8"));
    assert.deepEqual(
      [beside.metadata.sha256, beside.pulled.from],
      [chain.last.metadata.sha256, `${azurite.address}/configuration`],
    );
    const proven = await command(["archive", "verify", "--folder", "copy", "-f", "json"], folder);
    assert.deepEqual(codesOf(proven), ["not-protected"]);
  });

  it("is added to without overwriting, by hash and metadata as the task adds", async () => {
    const next = await chain.make(11, chain.last, { at: new Date(Date.now() - 3_600_000).toISOString() });
    writeFileSync(join(folder, "carried.zip"), next.bytes);
    assert.equal((await run("add", "carried.zip")).stdout, `added ${next.name}\n`);
    assert.equal((await run("add", "carried.zip")).status, 1);
    assert.deepEqual(await azurite.collection("configuration", next), { status: 409, code: "BlobAlreadyExists" });
    assert.deepEqual(codesOf(await run("verify", "-f", "json")), ["not-protected"]);
  });

  it("shows a forged newest that the account took", async () => {
    await azurite.container("forged");
    for (const added of chain.added) await azurite.collection("forged", added);
    const forged = await chain.make(
      11,
      { ...chain.last, manifestSha256: "0".repeat(64) },
      { at: new Date(Date.now() - 60_000).toISOString() },
    );
    await azurite.collection("forged", forged);
    const proven = await run("verify", "--container", "forged", "-f", "json");
    assert.deepEqual([proven.status, codesOf(proven)], [2, ["chain-broken", "not-protected"]]);
  });

  it("shows what was overwritten and deleted, and until when each is protected, where the account keeps versions", async () => {
    const day = 86_400_000;
    const version = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString().replace("Z", "0000Z");
    const until = new Date(Math.floor(Date.now() / 1000) * 1000 + 400 * day);
    const locked = { until, mode: "locked", legalHold: false } as const;
    const forged = await chain.make(5, chain.added[3] as Added, {
      told: { files: { "statistics/connectors.json": "[]" } },
    });
    const kept = chain.added.flatMap((added, index) => {
      const first = { blob: listed(added, { protection: locked }), bytes: added.bytes };
      const gone = { ...first, blob: { ...first.blob, current: false } };
      if (index === 6) return [gone];
      if (index !== 4) return [first];
      return [
        gone,
        {
          blob: listed(forged, { versionId: version(1), createdAt: new Date(), protection: null }),
          bytes: forged.bytes,
        },
      ];
    });
    const account = await new VersionedAccount(azurite, kept).start();
    try {
      const words = ["archive", "verify", "--account", account.address, "-f", "json", "--kept-days", "300", "--locked"];
      const proven = await command(words, folder, azurite.environment);
      assert.deepEqual(
        [proven.status, [...codesOf(proven)].sort()],
        [2, ["deleted", "overwritten"]],
        proven.stderr + proven.stdout,
      );
      const { summary } = JSON.parse(proven.stdout);
      assert.deepEqual([summary.chains[0].read, summary.chains[0].protectedUntil], [10, until.toISOString()]);
      assert.equal(account.read.filter((asked) => asked !== null).length, 2, "the first version of both was asked for");
    } finally {
      await account.stop();
    }
  });

  it("that is not there, or lets nobody in, is told in one sentence with what to do", async () => {
    const none = await run("list", "--container", "nothing-here");
    assert.equal(none.status, 4);
    assert.match(
      none.stderr,
      /could not list: the account has no such container \(default: configuration\)\. Check --container/,
    );
    azurite.refuseTokens = true;
    const nobody = await run("list");
    azurite.refuseTokens = false;
    assert.equal(nobody.status, 4);
    assert.match(nobody.stderr, /no identity could sign in .*az login.*Storage Blob Data Reader/s);
    const closed = await command(
      ["archive", "list", "--account", "https://127.0.0.1:1/devstoreaccount1"],
      folder,
      azurite.environment,
    );
    assert.deepEqual([closed.status, /no connection \(ECONNREFUSED\)/.test(closed.stderr)], [4, true], closed.stderr);
    const untrusted = await command(["archive", "list", "--account", azurite.address], folder, {
      ...azurite.environment,
      NODE_EXTRA_CA_CERTS: "",
    });
    assert.match(untrusted.stderr, /the certificate is not trusted here .*NODE_EXTRA_CA_CERTS/s);
  });
});
