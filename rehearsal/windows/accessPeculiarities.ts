/** What a security baseline does to the way in: rights, accounts, firewall. */
import { freshRights } from "./createServerWorld";
import { flag, type Peculiarity } from "./peculiarity";
import type { AccountWorld, Peculiarities, ServerWorld } from "./serverWorld";

/** As CIS has it: nobody but administrators and those who have signed in, and no local administrator. */
export const hardened = (): ServerWorld["logonRights"] => ({
  granted: ["*S-1-5-11", "*S-1-5-32-544"],
  denied: ["*S-1-5-114", "*S-1-5-32-546"],
});

/** Accounts that somebody made on the machine: not those that Windows brought along. */
const made = ({ accounts }: ServerWorld): readonly [string, AccountWorld][] =>
  Object.entries(accounts).filter(([, { rid }]) => rid >= 1000);

function renamed(world: ServerWorld, from: string, to: string): void {
  const account = world.accounts[from];
  if (account === undefined) return;
  delete world.accounts[from];
  world.accounts[to] = account;
}

const renamedTo = "renamed-by-policy";

type Tampering = NonNullable<Peculiarities["accountsTampered"]>;

const done: Readonly<Record<Tampering, (world: ServerWorld, name: string, account: AccountWorld) => void>> = {
  disabled: (_world, _name, account) => {
    account.enabled = false;
  },
  renamed: (world, name) => renamed(world, name, `x-${name}`),
  removed: ({ accounts }, name) => {
    delete accounts[name];
  },
  "no-administrator": (_world, _name, account) => {
    account.administrator = false;
  },
};

/** What is removed does not come back by itself. */
const undone: Partial<typeof done> = {
  disabled: (_world, _name, account) => {
    account.enabled = true;
  },
  renamed: (world, name) => renamed(world, name, name.replace(/^x-/, "")),
  "no-administrator": (_world, _name, account) => {
    account.administrator = true;
  },
};

/** To the accounts that are there now; one that is put right stays so. */
function tampered(how: Tampering, says: string): Peculiarity {
  return {
    says,
    source: "issue 12, section 2",
    on: ({ world }) => {
      world.peculiarities.accountsTampered = how;
      for (const [name, account] of made(world)) done[how](world, name, account);
    },
    off: ({ world }) => {
      delete world.peculiarities.accountsTampered;
      for (const [name, account] of made(world)) undone[how]?.(world, name, account);
    },
  };
}

export const accessPeculiarities = {
  "baseline-local-admin": {
    says: "a security baseline denies local administrators the logon over the network",
    source: "components.md D10",
    on: ({ world }) => {
      world.logonRights = hardened();
    },
    off: ({ world }) => {
      world.logonRights = freshRights();
    },
  },
  "baseline-after-restart": {
    says: "a security baseline of the domain denies local administrators the logon over the network, from the next start on",
    source: "components.md D10, domain-join.md section 6",
    on: ({ world }) => {
      world.peculiarities.logonRightsAtStart = hardened();
    },
    off: ({ world }) => {
      delete world.peculiarities.logonRightsAtStart;
      world.logonRights = freshRights();
    },
  },
  "network-logon-not-granted": {
    says: "a policy grants the logon over the network to a group of the domain and to nobody else",
    source: "corrections of issue 12: rights read before and after the join",
    on: ({ world }) => {
      world.logonRights = { granted: ["*S-1-5-21-4000000000-1-2-1117"], denied: [] };
    },
    off: ({ world }) => {
      world.logonRights = freshRights();
    },
  },
  "administrator-renamed": {
    says: "a security baseline renames the built-in administrator",
    source: "components.md D10",
    on: ({ world }) => renamed(world, world.administratorName, renamedTo),
    off: ({ world }) => renamed(world, renamedTo, world.administratorName),
  },
  "login-disabled": tampered("disabled", "somebody disables every local account that Windows did not bring along"),
  "login-renamed": tampered("renamed", "somebody renames every local account that Windows did not bring along"),
  "login-removed": tampered("removed", "somebody removes every local account that Windows did not bring along"),
  "login-no-administrator": tampered(
    "no-administrator",
    "a policy of restricted groups takes every account out of Administrators that it does not name",
  ),
  "accounts-locked": flag(
    "accountsLocked",
    "Access is denied.",
    "local accounts cannot be enabled",
    "issue 12, section 2",
  ),
  "administrators-unlisted": flag(
    "administratorsUnlisted",
    true,
    "the members of Administrators cannot be listed, since one of them is of a domain that is out of reach",
    "error 1789 of Get-LocalGroupMember, public reports",
  ),
  "firewall-ignores-local-rules": flag(
    "localRulesIgnored",
    ["Domain", "Public"],
    "a policy has the firewall ignore rules that were made on the machine",
    "CIS 9.3.4, domain-join.md section 6",
  ),
} as const satisfies Readonly<Record<string, Peculiarity>>;
