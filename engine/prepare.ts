import { CouldNotRun, exitCodes } from "../review/verdict";
import { findNode } from "./findNode";
import { findPulumi } from "./findPulumi";
import { findYamlHost } from "./findYamlHost";
import { progressTo } from "./progress";

/** `npm run setup`, and before the tests: what a rehearsal needs besides this repository, with progress. */
async function prepare(): Promise<number> {
  const progress = progressTo();
  try {
    const node = await findNode({ progress });
    const cli = await findPulumi({ progress });
    progress.line(`set-up: Pulumi ${cli.version} (${cli.path}), programs run on ${node}`);
    // For the plugin's test alone; nobody else waits for it.
    if (process.env.REQUIRE_ALL === "1") await findYamlHost({ progress, build: true });
    return exitCodes.ok;
  } catch (error) {
    if (!(error instanceof CouldNotRun)) throw error;
    progress.line(`set-up: ${error.message}`);
    return exitCodes.couldNotRun;
  }
}

void prepare().then((code) => {
  process.exitCode = code;
});
