import { Command, Option } from "commander";
import type { Format } from "../../review/render/write";
import { BadInput, exitCodeOf, systemClock } from "../../review/verdict";
import { addStoreOptions, hashes, olderThan, openStore, type StoreOptions, whole } from "../archive/options";
import { doing } from "../doing";
import { addAcceptOption, addReportOptions, refuseOverwriting, reportOptions } from "../reportOptions";
import { runCommand } from "../run";

interface Named extends StoreOptions {
  readonly server?: readonly string[];
  readonly newest?: number;
}

interface Reported extends Named {
  readonly format?: Format;
  readonly output?: string;
}

interface VerifyOptions extends Reported {
  readonly olderThan: { readonly warnHours: number; readonly blockHours: number };
  readonly active?: readonly string[];
  readonly staging?: readonly string[];
  readonly ended?: readonly string[];
  readonly keptDays?: number;
  readonly locked?: boolean;
  readonly expect?: readonly string[];
  readonly accept?: string;
}

const help = `
An archive is a container of a storage account to which each server's task can only add. These commands read it as another
identity (DefaultAzureCredential: az login, a pipeline's federated credential, a managed identity) with the role Storage Blob
Data Reader; add alone needs a right to add. --folder reads what pull has written.`;

export function archiveCommand(): Command {
  return new Command("archive")
    .description("The archive of scheduled collections: list, prove, copy and document what the servers have added.")
    .addHelpText("after", help)
    .addCommand(listCommand())
    .addCommand(verifyCommand())
    .addCommand(pullCommand())
    .addCommand(documentCommand())
    .addCommand(addCommand());
}

function serverOption(command: Command): Command {
  return addStoreOptions(command).option("--server <name...>", "only these: computer names or chains (default: all)");
}

function listCommand(): Command {
  const command = serverOption(
    new Command("list").description("Which servers have added what: chains, counts, ages, sizes. Reads no content."),
  ).action((options: Reported) => runCommand(() => list(options)));
  return addReportOptions(command);
}

async function list(options: Reported) {
  const store = await openStore(options);
  const { listArchive } = await import("../../review/archive/index.js");
  const { writeReport } = await import("../../review/render/index.js");
  const { report, page } = listArchive(await store.list(), options.server ?? [], systemClock());
  await writeReport({ page, report, ...reportOptions(options) });
  return exitCodeOf(report.verdict);
}

function verifyCommand(): Command {
  const command = serverOption(
    new Command("verify").description(
      "Prove it: every collection whole and itself, chains unbroken, protected, new enough, and what the newest say of their servers.",
    ),
  )
    .option("--newest <number>", "read only the newest of each chain (default: all)", whole)
    .addOption(olderThan())
    .option("--active <name...>", "computers or chains that are declared active")
    .option("--staging <name...>", "… and passive (staging)")
    .option("--ended <name...>", "those of retired servers: proven, but not late")
    .option("--kept-days <days>", "each has to be there and protected for as long", whole)
    .option("--locked", "a policy that is not locked is a warning")
    .option(
      "--expect <hash>",
      "a hash that an earlier call printed: that collection has to be in it; repeatable",
      hashes,
    )
    .action((options: VerifyOptions) => runCommand(() => verify(options)));
  return addReportOptions(addAcceptOption(command));
}

async function verify(options: VerifyOptions) {
  refuseOverwriting(options.output, options.accept === undefined ? [] : [options.accept]);
  const store = await openStore(options);
  const progress = doing();
  const { verifyArchive, verifyPage } = await import("../../review/archive/index.js");
  const { readAcceptances } = await import("../../review/accepted.js");
  const { writeReport } = await import("../../review/render/index.js");
  const acceptances = options.accept === undefined ? [] : await readAcceptances(options.accept);
  progress(`listing ${store.source}`);
  const { report } = await verifyArchive({
    listing: await store.list(),
    read: store.read,
    now: systemClock(),
    ...options.olderThan,
    servers: options.server,
    newest: options.newest,
    active: options.active,
    passive: options.staging,
    ended: options.ended,
    keptDays: options.keptDays,
    locked: options.locked,
    expect: options.expect,
    acceptances,
    progress,
  });
  await writeReport({ page: verifyPage(report), report, ...reportOptions(options) });
  return exitCodeOf(report.verdict);
}

function pullCommand(): Command {
  return serverOption(
    new Command("pull").description(
      "Copy collections into a folder, with what the account says of each. Never overwrites.",
    ),
  )
    .requiredOption("-o, --output <dir>", "the folder; what is there already is not read again")
    .option("--newest <number>", "only the newest of each chain (default: all)", whole)
    .action((options: Named & { readonly output: string }) =>
      runCommand(async () => {
        const store = await openStore(options);
        const { pull } = await import("../archive/pull.js");
        return pull(store, { ...options, progress: doing() });
      }),
    );
}

function documentCommand(): Command {
  return serverOption(
    new Command("document").description(
      "Document every server by its newest collection, and what changed since it was documented last, in a folder.",
    ),
  )
    .requiredOption("-o, --output <dir>", "the folder: index, one document and one difference a server")
    .addOption(new Option("-f, --format <format>", "of the pages").choices(["html", "markdown"]).default("html"))
    .action((options: Named & { readonly output: string; readonly format: "html" | "markdown" }) =>
      runCommand(async () => {
        const store = await openStore(options);
        const { documentArchive } = await import("../archive/document.js");
        return documentArchive(store, { ...options, now: systemClock(), progress: doing() });
      }),
    );
}

function addCommand(): Command {
  return addStoreOptions(
    new Command("add")
      .description(
        "Add collections that were carried by hand from a server without a way to the archive. Never overwrites.",
      )
      .argument("<file...>", "collections as the task left them in its queue"),
  ).action((files: readonly string[], options: StoreOptions) =>
    runCommand(async () => {
      if (files.length === 0) throw new BadInput("Give the files to add.");
      const store = await openStore(options);
      const { addCollections } = await import("../archive/addCollections.js");
      return addCollections(store, files);
    }),
  );
}
