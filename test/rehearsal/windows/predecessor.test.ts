import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "mocha";
import { standInBlob } from "../../../rehearsal/windows/joining";
import { readServerWorld } from "../../../rehearsal/windows/serverFiles";
import type { ServerFolder } from "../../../rehearsal/world/contract";
import { type RemoteScript, remoteScripts, type ScriptArguments, selfContained } from "../../../scripts/assemble";
import { keeping } from "./archiveWorld";
import { machine, type Outcome, outcomeOf, type Pair, usePairs } from "./pair";
import {
  deliverInstaller,
  firstArguments,
  gateArguments,
  prerequisitesArguments,
  proofArguments,
  reachArguments,
  reinstateArguments,
  retireArguments,
  setUp,
  version,
} from "./stages";

const { computerName, vmId } = machine;
const incomingPath = "C:\\ProgramData\\pulumi-entra-connect\\incoming\\settings.json";
const settings = '{"exported":1}';

interface Met<Name extends RemoteScript> {
  /** Brings a machine to where this script runs; gives its arguments. */
  readonly ready: (pair: Pair) => Promise<ScriptArguments[Name]>;
  /** `waits`: one at a time; `looks`: it holds nothing, so both may be at work; `elsewhere`: where two of it are tested. */
  readonly meets: "waits" | "looks" | { readonly elsewhere: string };
}

const passive = (pair: Pair) => setUp(pair);

/** Every script that runs over SSH, so that no one is forgotten. */
const scripts: { readonly [Name in RemoteScript]: Met<Name> } = {
  reach: { meets: "looks", ready: async () => reachArguments },
  "verify-staging": {
    meets: "looks",
    ready: async (pair) => {
      await passive(pair);
      return proofArguments;
    },
  },
  "await-wizard": {
    meets: { elsewhere: "gate.test.ts: the later one takes over, the earlier one says superseded" },
    ready: async () => gateArguments,
  },
  prerequisites: { meets: "waits", ready: async () => prerequisitesArguments },
  "set-prerequisites": {
    meets: "waits",
    ready: async () => ({ computerName, vmId, values: prerequisitesArguments.tls, asked: "", proveAgain: "" }),
  },
  "install-package": {
    meets: "waits",
    ready: async (pair) => {
      await pair.bring("prerequisites", prerequisitesArguments);
      return deliverInstaller(pair);
    },
  },
  "receive-settings-file": {
    meets: "waits",
    ready: async (pair) => {
      await pair.put(incomingPath, settings);
      const sha256 = createHash("sha256").update(settings).digest("hex");
      return { incomingPath, path: "C:\\ProgramData\\pulumi-entra-connect\\settings\\settings.json", sha256 };
    },
  },
  "switch-off-auto-upgrade": {
    meets: "waits",
    ready: async (pair) => {
      await passive(pair);
      await pair.edit((world) => {
        if (world.adsync) world.adsync.autoUpgrade = "Enabled";
      });
      return { vmId, productVersion: version, switchOff: true };
    },
  },
  "first-synchronization": {
    meets: "waits",
    ready: async (pair) => {
      await passive(pair);
      return { ...firstArguments, runWaitMinutes: 600 };
    },
  },
  "keep-archiving": {
    meets: "waits",
    ready: async (pair) => {
      await passive(pair);
      // Nothing to take away: what it lays down is run by the task scheduler, which is another test's.
      return { ...keeping(), wanted: false };
    },
  },
  fence: {
    meets: "waits",
    ready: async (pair) => {
      await passive(pair);
      return { computerName, vmId, generation: 1, since: "2026-11-01T07:00:00.000Z" };
    },
  },
  retire: {
    meets: "waits",
    ready: async (pair) => {
      await passive(pair);
      return retireArguments;
    },
  },
  reinstate: {
    meets: "waits",
    ready: async (pair) => {
      await passive(pair);
      await pair.bring("retire", retireArguments);
      return reinstateArguments;
    },
  },
  "join-domain": {
    meets: "waits",
    ready: async (pair) => {
      const domain = "corp.contoso.com";
      await pair.put(incomingPath, "the folder is there");
      await pair.edit((world) => {
        world.domain = { joined: false, name: "WORKGROUP" };
      });
      const secret = standInBlob({ domain, computerName, password: "Canary-Predecessor-1" });
      return { computerName, vmId, domain, method: "offlineBlob", secret };
    },
  },
  "restart-after-join": { meets: "waits", ready: async () => ({ computerName, vmId, staged: "" }) },
  "prove-membership": {
    meets: "waits",
    ready: async (pair) => {
      await pair.put(incomingPath, "the folder is there");
      const { name: domain } = (await pair.world()).domain;
      return { computerName, vmId, domain, loginName: machine.administratorName, staged: "" };
    },
  },
};

/** What the link of the first run no longer carries: it is at work while the second one comes. */
describe("a script that meets its own predecessor, in PowerShell and emulated", () => {
  const machines = usePairs();

  const lockOf = ({ path }: ServerFolder) => join(path, "Global_pulumi-entra-connect.mutex");

  for (const name of remoteScripts) {
    const { ready, meets } = scripts[name] as Met<RemoteScript>;
    if (typeof meets !== "string") continue;
    it(`${name} ${meets === "waits" ? "waits for its end, then repeats nothing that it has done" : "looks beside it"}`, async () => {
      const pair = await machines();
      const given = await ready(pair);
      // A quarter of an hour is as long as a slow computer may take.
      await pair.pace(20);
      const { commandLine, stdin } = selfContained(name, given);
      await Promise.all(
        pair.members.map(async ({ executor, server }) => {
          if (meets === "waits") await writeFile(lockOf(server), String(process.pid));
          let told = "";
          let waits: () => void = () => undefined;
          const waiting = new Promise<void>((resolve) => {
            waits = resolve;
          });
          const begin = (): Promise<Outcome> => {
            let [stdout, stderr] = ["", ""];
            return executor
              .exec(server, {
                commandLine,
                stdin: Buffer.from(stdin),
                onStdout: (chunk) => {
                  stdout += chunk.toString();
                },
                onStderr: (chunk) => {
                  stderr += chunk.toString();
                  told += chunk.toString();
                  if (/is still at work here, perhaps this one of a run before; waited \d+ of \d+ min/.test(told))
                    waits();
                },
              })
              .then((exitCode) => outcomeOf(exitCode, stdout, stderr));
          };
          const both = [begin(), begin()];
          if (meets === "waits") {
            await Promise.race([
              waiting,
              ...both.map((each) => each.then(({ stderr }) => assert.fail(`did not wait: ${stderr}`))),
            ]);
            await rm(lockOf(server), { force: true });
          }
          const ended = await Promise.all(both);
          for (const { exitCode, stderr } of ended) assert.equal(exitCode, 0, `${executor.kind}: ${stderr}`);
          assert.deepEqual((await readServerWorld(server)).violations, []);
          const changes = ended.flatMap(({ stdout }) => changesIn(stdout));
          assert.deepEqual([...new Set(changes)].sort(), changes.sort(), "no change is made twice");
        }),
      );
    });
  }
});

function changesIn(stdout: string): readonly string[] {
  const answer: { readonly changes?: readonly string[] } = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "{}");
  return answer.changes ?? [];
}
