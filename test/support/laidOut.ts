import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { satisfies } from "semver";
import { cached } from "../../engine/cached";
import { runToEnd } from "../../engine/childProcess";
import { silent } from "../../engine/progress";
import { install, packedCache } from "./packed";
import { repositoryRoot } from "./repository";

type Ranges = Readonly<Record<string, string>>;

interface Manifest {
  readonly version: string;
  readonly bin?: Ranges;
  readonly dependencies?: Ranges;
  readonly devDependencies?: Ranges;
  readonly peerDependencies?: Ranges;
}

const manifestIn = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

/**
 * What `npm install TARBALL` leaves, for tests of what is in the tarball: the package unpacked, and beside it nothing but
 * what its package.json and the project's lead to, in a version that both take. That is linked: 42,000 files written cost
 * more than the tests of them.
 *
 * @param folder has a package.json
 * @param name of the package in the tarball
 */
export async function lay(context: Mocha.Context, folder: string, tarball: string, name: string): Promise<void> {
  const all = await installedOnce(context);
  const modules = join(folder, "node_modules");
  const own = join(modules, name);
  mkdirSync(own, { recursive: true });
  const unpacked = await runToEnd("tar", ["-xzf", tarball, "--strip-components=1", "-C", own], { cwd: folder });
  assert.equal(unpacked.code, 0, unpacked.stderr);
  const project = manifestIn(folder);
  const ours = manifestIn(own);
  const asked = [project.dependencies, project.devDependencies, ours.dependencies];
  const direct = asked.flatMap((each) => Object.keys(each ?? {})).filter((each) => each !== name);
  const linked = new Set<string>();
  // With what those ask for, which npm too puts beside them: Pulumi's runner looks for types where the link is.
  for (const wanted of direct) link(wanted);
  function link(wanted: string): void {
    if (linked.has(wanted) || !existsSync(join(all, wanted))) return;
    linked.add(wanted);
    mkdirSync(dirname(join(modules, wanted)), { recursive: true });
    symlinkSync(join(all, wanted), join(modules, wanted), "junction");
    for (const next of Object.keys(manifestIn(join(all, wanted)).dependencies ?? {})) link(next);
  }
  const there = [name, ...direct];
  for (const each of there) asked.push(manifestIn(join(modules, each)).peerDependencies);
  for (const [wanted, range] of asked.flatMap((each) => Object.entries(each ?? {}))) {
    if (!there.includes(wanted)) continue;
    const { version } = manifestIn(join(modules, wanted));
    assert.ok(satisfies(version, range), `${wanted} ${range} is asked for, and ${version} is there`);
  }
  // The package's commands, as npm links them.
  const commands = join(modules, ".bin");
  mkdirSync(commands);
  for (const [command, file] of Object.entries(ours.bin ?? {})) {
    chmodSync(join(own, file), 0o755);
    symlinkSync(join(own, file), join(commands, command));
  }
}

/**
 * This repository's modules as a project of others has them, which differs in one: TypeScript 5, as Pulumi's templates ask
 * for it. Pulumi and whatever else looks for it finds that one, so they are hard links in a folder of their own.
 */
async function installedOnce(context: Mocha.Context): Promise<string> {
  const modules = join(repositoryRoot, "node_modules");
  const { devDependencies } = manifestIn(join(repositoryRoot, "template"));
  const compiler = `typescript@${devDependencies?.typescript}`;
  const record = readFileSync(join(modules, ".package-lock.json"));
  const whole = "whole";
  const { folder } = await cached({
    cache: packedCache,
    name: `modules-${createHash("sha256").update(compiler).update(record).digest("hex").slice(0, 32)}`,
    progress: silent,
    verify: async (folder) => existsSync(join(folder, whole)),
    make: async (folder) => {
      await install(context, folder, [compiler]);
      for (const name of readdirSync(modules))
        if (!name.startsWith(".") && name !== "typescript")
          linkAll(join(modules, name), join(folder, "node_modules", name));
      writeFileSync(join(folder, whole), "");
    },
  });
  return join(folder, "node_modules");
}

/** A folder again, whose files are the same files. */
function linkAll(from: string, to: string): void {
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [old, made] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkAll(old, made);
    else if (entry.isFile()) linkSync(old, made);
    else cpSync(old, made, { verbatimSymlinks: true });
  }
}
