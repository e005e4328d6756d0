import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** A Chromium of the machine: CHROMIUM_BIN, else what lies on the path. Empty where there is none. */
export function findChromium(): string {
  const given = process.env.CHROMIUM_BIN;
  if (given) return given;
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  for (const folder of folders) {
    for (const name of names) {
      const path = join(folder, name);
      if (existsSync(path)) return path;
    }
  }
  return "";
}
