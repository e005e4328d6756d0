import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { first, second, switchStaging, text, vmIdOf } from "./pairOfServers";
import type { Rehearsal } from "./rehearsal";

export const reason = "the destroy was called off, change CHG-4712";

/** Generation 1 has become active outside; the guard of 2 passes in the same destroy in which the guard of 1 refuses. */
export async function halfRefusedDestroy(world: Rehearsal): Promise<void> {
  world.addBlock(2);
  const built = await world.up();
  assert.equal(built.result, "succeeded", text(built.messages));
  switchStaging(world, first, false);
  const destroy = await world.run("destroy");
  assert.equal(destroy.result, "failed");
  assert.equal(world.hasServer(second), true);
  const { ADSync } = world.server(second).services;
  assert.deepEqual([ADSync?.status, ADSync?.startType], ["Stopped", "Disabled"]);
  world.declareActive(1);
}

/** The settings ask for generation 2 to serve again. */
export async function ask(world: Rehearsal): Promise<void> {
  const vmId = await vmIdOf(world, second);
  world.block(2, (block) => {
    block.exceptions = [{ kind: "reinstate", reason, until: "2099-12-31", vmId }];
  });
}

/** What lies in our folder on a server, by name. */
export const libraryFiles = (world: Rehearsal, machine: string): Readonly<Record<string, string>> => {
  const folder = join(world.world, "servers", machine, "C", "ProgramData", "pulumi-entra-connect");
  const files = readdirSync(folder, { withFileTypes: true }).filter((each) => each.isFile());
  return Object.fromEntries(files.map(({ name }) => [name, readFileSync(join(folder, name), "utf8")]));
};
