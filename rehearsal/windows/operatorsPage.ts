/** What the simulated operator reads on the page that lies on the server's desktop, and then chooses in the wizard. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ServerFolder } from "../world/contract";
import { codeOf, pathOnDrive } from "./serverFiles";
import type { WizardChoices } from "./wizard";

const desktop = "C:\\Users\\Public\\Desktop";

export async function choicesOnDesktop(server: ServerFolder): Promise<Partial<WizardChoices>> {
  const folder = pathOnDrive(server, desktop);
  const names = await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  });
  const page = names.find((name) => /Entra Connect.*\.txt$/.test(name));
  return page === undefined ? {} : choicesOnPage(await readFile(join(folder, page), "utf8"));
}

/** Where a line of the page is broken means nothing. */
export function choicesOnPage(page: string): Partial<WizardChoices> {
  const text = page.replace(/\s+/g, " ");
  const [, installLocation] =
    /Tick "Specify a custom installation location": (.+?) (?=(?:Tick|Leave) ")/.exec(text) ?? [];
  const [, server, instance, name] =
    /Tick "Use an existing SQL Server": server (\S+), (?:default instance|instance (\S+)), database (.+?)\. (?=It listens at|You need)/.exec(
      text,
    ) ?? [];
  const [, instanceAndPort] = /Instance Name takes the name, a comma and the port \(([^)]*)\)/.exec(text) ?? [];
  const [, serviceAccount] = /Managed Service Account: (\S+)\. It cannot be changed later/.exec(text) ?? [];
  return {
    ...(installLocation === undefined ? {} : { installLocation }),
    ...(server === undefined || name === undefined
      ? {}
      : { database: { server, instance: instanceAndPort ?? instance ?? "", name } }),
    ...(serviceAccount === undefined ? {} : { serviceAccount }),
    ...(text.includes('"Pass-through authentication" must be selected') ? { passThroughAuthentication: true } : {}),
  };
}
