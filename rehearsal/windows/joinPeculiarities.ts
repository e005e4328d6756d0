/** Machines and domains in which a join goes wrong. */

import { hardened } from "./accessPeculiarities";
import { flag, type Peculiarity } from "./peculiarity";

const fails = (says: string, source: string, code: string): Peculiarity =>
  flag("joinFails", { code, number: Number(code) }, says, source);

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
  "join-other-computer": flag(
    "blobOfAnother",
    "AADC-STG-G9",
    "the file that joins it was made for the computer AADC-STG-G9",
    "facts/domain-join.md 4",
  ),
  "join-not-taken": flag("joinNotTaken", true, "what was staged has no effect at the next start", "issue 12"),
  "join-restart-refused": flag("restartRefused", 5, "it does not take a request to restart", "issue 12"),
  "join-policy-fails": flag("policyFails", 3, "the domain's policies cannot be applied", "facts/domain-join.md 6"),
  "join-policy-locks-out": flag(
    "logonRightsAtRefresh",
    hardened(),
    "the domain's policy denies local administrators the logon over the network, from its first refresh on",
    "facts/domain-join.md 6; facts/windows-server.md 4",
  ),
} as const satisfies Readonly<Record<string, Peculiarity>>;
