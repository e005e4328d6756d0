import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import type { WatchState } from "../../review/archive/watchState";
import type { TenantAnswers } from "../../review/pair/graph";
import { makeFolder } from "../../review/render/makeFolder";
import type { Format } from "../../review/render/write";
import { BadInput, CouldNotRun, exitCodeOf, systemClock } from "../../review/verdict";
import { addStoreOptions, olderThan, openStore, type StoreOptions, whole } from "../archive/options";
import { doing } from "../doing";
import { addAcceptOption, addReportOptions, refuseOverwriting, reportOptions } from "../reportOptions";
import { runCommand } from "../run";
import { deleteThreshold } from "./exports";
import { readExportsOptions } from "./ready";

interface Options extends StoreOptions {
  readonly active?: string;
  readonly staging?: string;
  readonly olderThan: { readonly warnHours: number; readonly blockHours: number };
  readonly newest: number;
  readonly keptDays?: number;
  readonly locked?: boolean;
  readonly graph?: readonly string[];
  readonly graphLive?: boolean;
  readonly exports?: readonly string[];
  readonly thresholds?: string;
  readonly threshold?: readonly string[];
  readonly tenantDeleteThreshold?: number | "off";
  readonly state?: string;
  readonly accept?: string;
  readonly format?: Format;
  readonly output?: string;
}

const help = `
For a pipeline, once a day after the servers have collected. It reads the newest collections of both, proves them, looks at
both servers' health, compares the pair, asks the tenant where it may, and says what is new since the last time. It changes
nothing. docs/watch.md has pipelines for GitHub Actions and Azure Pipelines.`;

export function watchCommand(): Command {
  const command = addStoreOptions(
    new Command("watch").description(
      "Is the pair kept ready? Both servers' archives, health, configuration, and the tenant.",
    ),
  )
    .option("--active <name>", "the active server: computer name or chain")
    .option("--staging <name>", "the passive server, likewise")
    .addOption(olderThan())
    .option("--newest <number>", "so many collections of each are read", whole, 3)
    .option("--kept-days <days>", "each has to be there and protected for as long", whole)
    .option("--locked", "a policy that is not locked is a warning")
    .option("--graph <file...>", "recorded answers of Microsoft Graph, as for switch")
    .option("--graph-live", "ask Microsoft Graph as the identity of whoever runs this; reads only")
    .option("--exports <connector...>", "CONNECTOR:active=FILES,staging=FILES, as for ready")
    .option("--thresholds <file>", "JSON or YAML file, as for entra-connect exports")
    .option("--threshold <setting...>", "one of them, for example deletes.block=50")
    .option(
      "--tenant-delete-threshold <number>",
      "more deletes than this stop an export to Entra ID, or off (default: the tenant's own where Graph says it, else 500)",
      deleteThreshold,
    )
    .option("--state <dir>", "a folder that is kept from one call to the next: what was seen, so that a deletion shows")
    .addHelpText("after", help)
    .action((options: Options) => runCommand(() => run(options)));
  return addReportOptions(addAcceptOption(command));
}

async function run(options: Options) {
  const { active, staging, accept, thresholds } = options;
  if (active === undefined || staging === undefined)
    throw new BadInput("--active NAME and --staging NAME: which two servers (archive list names them).");
  const exports = readExportsOptions(options.exports);
  refuseOverwriting(options.output, [
    ...(options.graph ?? []),
    ...[accept, thresholds].filter((path) => path !== undefined),
    ...exports.flatMap((given) => [...given.active, ...given.staging]),
  ]);
  const store = await openStore(options);
  const now = systemClock();
  const progress = doing();
  const before = stateOf(options.state);
  const { watchPair, watchPage } = await import("../../review/archive/index.js");
  const { readThresholds } = await import("../../review/exports/judging/thresholdSettings.js");
  const { readAcceptances } = await import("../../review/accepted.js");
  const { writeReport } = await import("../../review/render/index.js");
  const acceptances = accept === undefined ? [] : await readAcceptances(accept);
  const earlier = before === undefined ? undefined : await before.read();
  const tenant = await tenantOf(options, now, auditedSince(now, earlier), progress);
  progress(`listing ${store.source}`);
  const result = await watchPair({
    listing: await store.list(),
    read: store.read,
    now,
    ...options.olderThan,
    active,
    staging,
    newest: options.newest,
    keptDays: options.keptDays,
    locked: options.locked,
    exports,
    thresholds: await readThresholds(thresholds, options.threshold ?? []),
    tenantDeleteThreshold: options.tenantDeleteThreshold,
    tenant,
    before: earlier,
    acceptances,
    progress,
  });
  await writeReport({ page: watchPage(result), report: result.report, ...reportOptions(options) });
  await before?.write(result.next);
  return exitCodeOf(result.report.verdict);
}

const hour = 3_600_000;

/** Since the last watch, so that nothing falls in between; a pipeline's clock is late by an hour or two, and a log is kept for a week. */
export function auditedSince(now: Date, before: WatchState | undefined): Date {
  const last = Date.parse(before?.at ?? "");
  const asked = Math.min(now.getTime() - 26 * hour, Number.isNaN(last) ? now.getTime() : last - hour);
  return new Date(Math.max(asked, now.getTime() - 7 * 24 * hour));
}

async function tenantOf(
  { graph = [], graphLive = false }: Options,
  now: Date,
  since: Date,
  progress: (doing: string) => void,
): Promise<TenantAnswers | null> {
  if (graph.length === 0 && !graphLive) return null;
  const { readTenant } = await import("../../review/pair/graph/index.js");
  if (!graphLive) return readTenant(graph);
  const { askGraph, graphToken } = await import("../graph/ask.js");
  progress("asking Microsoft Graph");
  const live = await askGraph({ token: await graphToken(), now, since });
  return readTenant([...graph, ...live]);
}

/** `watch.json` in the folder of --state. */
function stateOf(folder: string | undefined) {
  if (folder === undefined) return undefined;
  const path = join(folder, "watch.json");
  try {
    makeFolder(folder);
  } catch (error) {
    throw new CouldNotRun(`--state ${folder}: cannot be used (${(error as Error).message}).`);
  }
  return {
    read: async (): Promise<WatchState | undefined> => {
      if (!existsSync(path)) return undefined;
      const { readState } = await import("../../review/archive/watchState.js");
      return readState(path, readFileSync(path, "utf8"));
    },
    write: async (state: WatchState): Promise<void> => {
      const { writeState } = await import("../../review/archive/watchState.js");
      const { replaceFile } = await import("../../review/render/write.js");
      await replaceFile(path, writeState(state));
    },
  };
}
