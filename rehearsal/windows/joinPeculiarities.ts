/** Machines and domains in which a join goes wrong. */

import { hardened } from "./accessPeculiarities";
import type { Peculiarity } from "./peculiarity";
import type { Peculiarities } from "./serverWorld";

function differs<Name extends keyof Peculiarities>(
  says: string,
  source: string,
  name: Name,
  value: Exclude<Peculiarities[Name], undefined>,
): Peculiarity {
  return {
    says,
    source,
    on: ({ world }) => {
      world.peculiarities[name] = value;
    },
    off: ({ world }) => {
      delete world.peculiarities[name];
    },
  };
}

const fails = (says: string, source: string, code: string): Peculiarity =>
  differs(says, source, "joinFails", { code, number: Number(code) });

export const joinPeculiarities = {
  "join-reuse-refused": fails(
    "the domain refuses to reuse its computer account (KB5020276)",
    "facts/domain-join.md 5",
    "0xaac",
  ),
  "join-domain-not-found": fails(
    "its DNS does not know the domain when it is joined",
    "facts/domain-join.md 6.1",
    "0x54b",
  ),
  "join-port-closed": fails("the way to the domain controller's port 88 is closed", "facts/domain-join.md 6.1", "0x40"),
  "join-other-computer": differs(
    "the file that joins it was made for the computer AADC-STG-G9",
    "facts/domain-join.md 4",
    "blobOfAnother",
    "AADC-STG-G9",
  ),
  "join-not-taken": differs("what was staged has no effect at the next start", "issue 12", "joinNotTaken", true),
  "join-restart-refused": differs("it does not take a request to restart", "issue 12", "restartRefused", 5),
  "join-policy-fails": differs("the domain's policies cannot be applied", "facts/domain-join.md 6", "policyFails", 3),
  "join-policy-locks-out": differs(
    "the domain's policy denies local administrators the logon over the network, from its first refresh on",
    "facts/domain-join.md 6; facts/windows-server.md 4",
    "logonRightsAtRefresh",
    hardened(),
  ),
} as const satisfies Readonly<Record<string, Peculiarity>>;
