import assert from "node:assert/strict";
import { freshAccounts, freshRights } from "../../../rehearsal/windows/createServerWorld";
import type { ServerWorld } from "../../../rehearsal/windows/serverWorld";
import { isSshReached, refusedLogon } from "../../../rehearsal/world/signIn";

const configuration = "AllowUsers aadcdeploy\nMatch Group administrators\n  AllowUsers nobody\n";
function world(change: (world: ServerWorld) => void = () => undefined): ServerWorld {
  const made = {
    accounts: {
      ...freshAccounts("aadcadmin"),
      aadcdeploy: { rid: 1000, enabled: true, administrator: true, description: "ours" },
    },
    logonRights: freshRights(),
    services: { sshd: { status: "Running" } },
    domain: { joined: true, name: "contoso.com" },
    firewallRules: {},
    peculiarities: {},
  } as unknown as ServerWorld;
  change(made);
  return made;
}
const refused = (change?: (world: ServerWorld) => void, name = "aadcdeploy"): string | undefined =>
  refusedLogon(world(change), configuration, name);

describe("a simulated server's sign-in", () => {
  it("lets the account in that AllowUsers names, in whatever case, and nobody else", () => {
    assert.equal(refused(), undefined);
    assert.equal(refused(undefined, "AADCDEPLOY"), undefined);
    assert.match(refused(undefined, "aadcadmin") ?? "", /not in AllowUsers/);
    assert.equal(refusedLogon(world(), "", "aadcadmin"), undefined, "without AllowUsers every administrator");
  });

  it("refuses an account that is not there, disabled, or no administrator", () => {
    assert.match(refused(({ accounts }) => delete accounts.aadcdeploy) ?? "", /no local account/);
    for (const [key, said] of [
      ["enabled", /disabled/],
      ["administrator", /no administrator/],
    ] as const)
      assert.match(
        refused(({ accounts }) => {
          if (accounts.aadcdeploy) accounts.aadcdeploy[key] = false;
        }) ?? "",
        said,
      );
  });

  it("takes a key's logon for one over the network: denied beats granted, and it must be granted", () => {
    for (const entry of ["*S-1-5-114", "*S-1-5-113", "*S-1-5-32-544", "aadcdeploy", "*S-1-5-21-1-2-3-1000"])
      assert.match(refused(({ logonRights }) => logonRights.denied.push(entry)) ?? "", /a policy denies/, entry);
    assert.equal(
      refused(({ logonRights }) => logonRights.denied.push("*S-1-5-32-546", "*S-1-5-21-1-2-3-512")),
      undefined,
    );
    assert.match(
      refused((each) => {
        each.logonRights.granted = ["*S-1-5-21-4-5-6-1117"];
      }) ?? "",
      /no policy grants/,
    );
  });

  it("is not reached at all where sshd is down or the firewall drops it", () => {
    assert.equal(isSshReached(world()), true);
    const stopped = world(({ services }) => {
      if (services.sshd) services.sshd.status = "Stopped";
    });
    assert.equal(isSshReached(stopped), false);
    const ignoring = (profile: string) =>
      world(({ peculiarities }) => {
        peculiarities.localRulesIgnored = [profile];
      });
    assert.equal(isSshReached(ignoring("Domain")), false);
    assert.equal(isSshReached(ignoring("Public")), true);
    const rule = { direction: "Inbound", protocol: "TCP", localPort: 22, action: "Allow", profile: "Any" };
    const disabled = world(({ firewallRules }) => {
      firewallRules.ours = { ...rule, enabled: false };
    });
    assert.equal(isSshReached(disabled), false);
  });
});
