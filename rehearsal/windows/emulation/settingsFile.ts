/** Mirrors scripts/receive-settings-file.ps1. */
import { copyFile, mkdir, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { confirmActingAllowed } from "./connect";
import { Refusal, type Said, type Session } from "./session";

export async function receiveSettingsFile(session: Session): Promise<Said<"receive-settings-file">> {
  const given = session.expect("incomingPath", "path", "sha256");
  const path = String(given.path);
  const incoming = String(given.incomingPath);
  const expected = String(given.sha256).toLowerCase();
  await session.enterLock();
  await confirmActingAllowed(session);
  if (!(await session.exists(path)) || (await session.sha256(path)) !== expected) {
    if (!(await session.exists(incoming))) throw new Refusal("nothing-delivered", { incoming, path });
    const found = await session.sha256(incoming);
    if (found !== expected) throw new Refusal("other-hash", { incoming, expected, found });
    await mkdir(dirname(session.path(path)), { recursive: true });
    await copyFile(session.path(incoming), session.path(`${path}.new`));
    await rename(session.path(`${path}.new`), session.path(path));
    session.changes.push("settings file put in place");
  }
  return { path, sha256: await session.sha256(path), bytes: (await stat(session.path(path))).size };
}
