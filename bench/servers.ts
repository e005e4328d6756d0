import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EngineProcess } from "../rehearsal/run/engineProcess";
import { Rehearsal } from "../test/support/rehearsal";
import { childrensSeconds, least, peakMegabytes } from "./processorTime";

/**
 * An `up` that changes nothing, of one program with 1, 2, 8 and 32 servers (or as many as the arguments say): wall time,
 * processor time of engine and program, peak memory of each and the size of the state, the least of three runs (with
 * more than 8 servers of one, which takes minutes). To be linear in the servers. The two before it are made with the
 * state saved at their end alone: what the first one found of a server that was not there yet stands in its outputs, the
 * next one puts what it finds now in its place, and the engine saves the whole state for each, which grows with the square.
 */
const given = process.argv.slice(2).map(Number);
const counts = given.length > 0 ? given : [1, 2, 8, 32];

const program = (servers: number, memory: string): string => `
const { writeFileSync } = require("node:fs");
const { PassiveServer, fromSettings } = require(LIBRARY);
require(LIBRARY.replace("index.js", "promiseStacks.js")).unmappedPromiseStacks();
require(LIBRARY.replace("index.js", "debugMessages.js")).withoutSdkMessages();
process.on("exit", () => writeFileSync(${JSON.stringify(memory)}, String(Math.round(process.resourceUsage().maxRSS / 1024))));
const { args } = fromSettings();
for (let index = 0; index < ${servers}; index++) {
  const network = { ...args.network, addressSpace: "10." + (50 + index) + ".0.0/24", subnetPrefix: "10." + (50 + index) + ".0.0/27" };
  new PassiveServer("srv" + index, { ...args, onlyServerOfTheStack: false, name: "srv" + index, network });
}
`;

async function measure(servers: number): Promise<void> {
  const rehearsal = new Rehearsal();
  try {
    const memory = join(rehearsal.folder, "memory");
    rehearsal.program(rehearsal.writeProgram("servers.js", program(servers, memory)));
    const session = await rehearsal.open();
    try {
      let peak = 0;
      const up = async (more: Readonly<Record<string, string>>): Promise<string> => {
        let watching: NodeJS.Timeout | undefined;
        const engine = new EngineProcess((running) => {
          clearInterval(watching);
          if (running !== undefined)
            watching = setInterval(() => {
              peak = Math.max(peak, peakMegabytes(running.pid));
            }, 100);
        });
        const ended = await engine.run({
          pulumi: session.cli.path,
          args: ["up", "--yes", "--skip-preview", "--stack", "rehearsal"],
          cwd: session.project.folder,
          environment: { ...session.environment, ...more },
        });
        if (ended.code !== 0) throw new Error(`up failed: ${ended.errors}\n${ended.output.slice(-5_000)}`);
        return ended.output;
      };
      for (let run = 0; run < 2; run++) await up({ PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" });
      const walls: number[] = [];
      const processors: number[] = [];
      peak = 0;
      for (let round = 0; round < (servers > 8 ? 1 : 3); round++) {
        const [began, before] = [performance.now(), childrensSeconds()];
        const said = await up({});
        if (/^ +[+~-] .*(created|updated|deleted)/m.test(said)) throw new Error(`something changed:\n${said}`);
        walls.push((performance.now() - began) / 1000);
        processors.push((childrensSeconds() ?? Number.NaN) - (before ?? Number.NaN));
      }
      const megabytes = rehearsal.stateText().length / 1e6;
      console.log(
        `${String(servers).padStart(3)} servers, ${rehearsal.resources().length} resources: up without changes ${least(walls).toFixed(1)} s, ` +
          `processor ${least(processors).toFixed(1)} s; memory program ${readFileSync(memory, "utf8")} MB, engine ${peak} MB; ` +
          `state ${megabytes.toFixed(1)} MB`,
      );
    } finally {
      await session.close();
    }
  } finally {
    rehearsal.remove();
  }
}

async function main(): Promise<void> {
  process.env.ENTRA_CONNECT_TEST_POWERSHELL = "off";
  for (const servers of counts) await measure(servers);
}

void main();
