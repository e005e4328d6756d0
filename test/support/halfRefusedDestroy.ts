import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Rehearsal } from "./rehearsal";

export const [first, second] = ["aadc-stg-g1", "aadc-stg-g2"] as const;
export const reason = "the destroy was called off, change CHG-4712";

export function switchStaging(world: Rehearsal, machine: string, on: boolean): void {
  world.changeServer(machine, ({ adsync }) => {
    if (adsync === undefined) throw new Error("not installed");
    adsync.stagingMode = on;
    adsync.globalParameters["Microsoft.Synchronize.StagingMode"] = on ? "True" : "False";
  });
}

/** Generation 1 has become active outside; the guard of 2 passes in the same destroy in which the guard of 1 refuses. */
export async function halfRefusedDestroy(world: Rehearsal): Promise<void> {
  world.generations(1, 2);
  const built = await world.up();
  assert.equal(built.result, "succeeded", JSON.stringify(built.messages));
  switchStaging(world, first, false);
  const destroy = await world.run("destroy");
  assert.equal(destroy.result, "failed");
  assert.equal(world.hasServer(second), true);
  const { ADSync } = world.server(second).services;
  assert.deepEqual([ADSync?.status, ADSync?.startType], ["Stopped", "Disabled"]);
  world.settings(({ server }) => Object.assign(server ?? {}, { activeGeneration: 1 }));
}

/** The settings ask for generation 2 to serve again. */
export const ask = (world: Rehearsal): void =>
  world.settings(({ server }) => Object.assign(server ?? {}, { reinstatements: [{ generation: 2, reason }] }));

/** What lies in our folder on a server, by name. */
export const libraryFiles = (world: Rehearsal, machine: string): Readonly<Record<string, string>> => {
  const folder = join(world.world, "servers", machine, "C", "ProgramData", "pulumi-entra-connect");
  const files = readdirSync(folder, { withFileTypes: true }).filter((each) => each.isFile());
  return Object.fromEntries(files.map(({ name }) => [name, readFileSync(join(folder, name), "utf8")]));
};
