import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const words = `This is a file on purpose. Pulumi (3.259 does, 3.206 did not) writes a debugging log of every command into a folder
of this name, which took half of the engine's processor time (compressing) and grew the world by every run.
For such a log, delete this file and run the command again.
`;

/**
 * The folder that takes the place of ~/.pulumi, without the engine's own logs: where the folder for them cannot be made,
 * it goes on without (StartLogging in pkg/logging/encrypted.go), and it has no switch. A folder of logs that is there
 * already stays in use.
 */
export async function makeEngineHome(home: string): Promise<void> {
  await mkdir(home, { recursive: true });
  await writeFile(join(home, "logs"), words, { flag: "wx" }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
}
