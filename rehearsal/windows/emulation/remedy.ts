/** Mirrors scripts/set-prerequisites.ps1. */
import { isSatisfied, tlsValues } from "../../../review/readiness/judge";
import type { ValueSet } from "../../../scripts/answers";
import { asciiJson, type WantedValue } from "../../../scripts/assemble";
import { changeRegistry, readRegistry, registryValue } from "../serverFiles";
import { instantText } from "../simulatedTime";
import { confirmActingAllowed, confirmMachine } from "./connect";
import { libraryFolder, Refusal, type Said, type Session } from "./session";

const setPath = `${libraryFolder}\\prerequisites-set.json`;

interface Before {
  readonly key: string;
  readonly name: string;
  readonly before: number | null;
}

export async function setPrerequisites(session: Session): Promise<Said<"set-prerequisites">> {
  const given = session.expect("computerName", "vmId", "values");
  await session.enterLock();
  await confirmMachine(session, given);
  await confirmActingAllowed(session);
  const wanted = (Array.isArray(given.values) ? given.values : []) as readonly WantedValue[];
  for (const { key, name } of wanted)
    if (!tlsValues.some((each) => each.key === key && each.name === name))
      throw new Refusal("not-a-tls-value", { key, name });
  const registry = await readRegistry(session.server);
  const found = ({ key, name }: WantedValue): number | null => {
    const value = registryValue(registry, key, name);
    return value === undefined ? null : Number(value);
  };
  const changing = wanted
    .filter((each) => !isSatisfied(each, found(each)))
    .map((each): Before => ({ key: each.key, name: each.name, before: found(each) }));
  if (changing.length > 0) await writeRecord(session, changing);
  const values: ValueSet[] = [];
  for (const each of wanted) {
    const before = found(each);
    const { key, name, value } = each;
    if (isSatisfied(each, before)) values.push({ key, name, outcome: "unchanged", before, now: before ?? value });
    else {
      await changeRegistry(session.server, (known) => {
        known[key] = { ...known[key], [name]: value };
      });
      session.changes.push(`${key}, ${name} = ${value}`);
      values.push({ key, name, outcome: "changed", before, now: value });
    }
  }
  const world = await session.world();
  const record = await session.readRecord(setPath);
  const boot = instantText(new Date(world.bootedAt));
  return { vmId: world.vmId, values, restartNeeded: record !== undefined && String(record.setAt) >= boot };
}

async function writeRecord(session: Session, changing: readonly Before[]): Promise<void> {
  const before = (await session.readRecord(setPath))?.values;
  const known = (Array.isArray(before) ? before : []) as readonly Before[];
  const kept = known.filter((old) => !changing.some(({ key, name }) => key === old.key && name === old.name));
  await session.write(setPath, asciiJson({ setAt: await session.instant(), values: [...kept, ...changing] }));
}
