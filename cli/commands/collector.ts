import { Command } from "commander";
import { BadInput, exitCodes } from "../../review/verdict";
import { runCommand } from "../run";

interface BundleOptions {
  readonly output: string;
  readonly account?: string;
  readonly container?: string;
  readonly startTime: string;
  readonly everyHours: string;
}

export function collectorCommand(): Command {
  return new Command("collector")
    .description("The collector for an Entra Connect server that no stack manages, the active one for example.")
    .addCommand(bundleCommand());
}

function bundleCommand(): Command {
  return new Command("bundle")
    .description(
      "Write script, installer, uninstaller and their description into a folder to be copied to that server.",
    )
    .requiredOption("--output <folder>", "an empty folder, or one that is not there yet")
    .option(
      "--account <url>",
      "storage account to archive to, https://NAME.blob.core.windows.net; only for a virtual machine in Azure with a " +
        "system-assigned identity (default: collections stay on the server, and `entra-connect archive add` takes them up)",
    )
    .option("--container <name>", "its container (default with --account: configuration)")
    .option("--start-time <HH:mm>", "start of the task in the server's local time", "04:10")
    .option("--every-hours <hours>", "1, 2, 3, 4, 6, 8, 12 or 24", "24")
    .action((options: BundleOptions) => runCommand(() => bundle(options)));
}

const hours = [1, 2, 3, 4, 6, 8, 12, 24];

async function bundle({ output, account, container, startTime, everyHours }: BundleOptions) {
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(startTime))
    throw new BadInput(`--start-time ${startTime} is no time of day. Write HH:mm, for example 04:10.`);
  if (!hours.includes(Number(everyHours)))
    throw new BadInput(`--every-hours ${everyHours} is not possible. Write one of ${hours.join(", ")}.`);
  if (container !== undefined && account === undefined)
    throw new BadInput("--container needs --account: without an account collections stay on the server.");
  const endpoint = account === undefined ? "" : endpointOf(account);
  const name = account === undefined ? "" : (container ?? "configuration");
  if (name !== "" && !/^(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name))
    throw new BadInput(
      `--container ${name} cannot be the name of a container: 3 to 63 of a-z, 0-9 and single hyphens.`,
    );
  const { mkdir, readdir, writeFile } = await import("node:fs/promises");
  const { join, resolve } = await import("node:path");
  const { bundleFiles } = await import("../../scripts/bundle.js");
  const folder = resolve(output);
  const there = await mkdir(folder, { recursive: true })
    .then(() => readdir(folder))
    .catch((error: NodeJS.ErrnoException) => {
      throw new BadInput(`--output ${output} cannot be used: ${error.message}. Name a folder that you may write to.`);
    });
  if (there.length > 0)
    throw new BadInput(`--output ${output} is not empty, and nothing is overwritten. Name another folder or empty it.`);
  const files = bundleFiles({
    endpoint,
    container: name,
    schedule: { startTime, everyHours: Number(everyHours) },
    waitMinutes: Math.min(60, Number(everyHours) * 60 - 1),
    queue: { count: Math.max(2, Math.ceil((30 * 24) / Number(everyHours))), megabytes: 500 },
  });
  for (const { name: file, text } of files) await writeFile(join(folder, file), text);
  process.stdout.write(
    [
      `${folder}: ${files.map((file) => file.name).join(", ")}`,
      endpoint === ""
        ? "Collections stay on the server; `entra-connect archive add FILES` puts them into an archive."
        : `Collections go to ${endpoint}/${name}; give the machine's identity the right to add blobs there, and no other.`,
      "Read README.txt, copy the folder to the server and run install.ps1 -WhatIf there as an administrator.",
      "The authors have run it in a simulated Windows only.",
      "",
    ].join("\n"),
  );
  return exitCodes.ok;
}

function endpointOf(account: string): string {
  const found = /^https:\/\/([a-z0-9]{3,24})\.blob\.core\.windows\.net\/?$/i.exec(account.trim())?.[1];
  if (found === undefined)
    throw new BadInput(
      `--account ${account} is not the blob endpoint of a storage account. Write https://NAME.blob.core.windows.net.`,
    );
  return `https://${found.toLowerCase()}.blob.core.windows.net`;
}
