import { openWorldFolder } from "../../../rehearsal/world/worldFolder";

/** Another process that has a world open until it is killed. */
openWorldFolder(process.argv[2] ?? "").then((folder) => {
  process.send?.(folder.world.id);
  setInterval(() => undefined, 1000);
});
