import assert from "node:assert/strict";
import {
  type DiagnosisContext,
  judgeDiagnosis,
  judgeRemoteAccess,
  signInPolicies,
} from "../../../review/readiness/judge";
import type { DiagnoseAccessAnswer, SignInFound } from "../../../scripts/assemble";
import { healthyServer } from "../../support/healthyServer";
import { judgingContext as context } from "../../support/judging";

const machine = "aadc-stg-g1";
const healthy = healthyServer["enable-remote-access"];
const sid = healthy.signIn.account.sid;
const found = (change: Partial<SignInFound>) =>
  judgeRemoteAccess(machine, { ...healthy, signIn: { ...healthy.signIn, ...change } }, context);
const codes = (change: Partial<SignInFound>): readonly string[] => found(change).map(({ code }) => code);
const account = (change: Partial<SignInFound["account"]>) => ({ account: { ...healthy.signIn.account, ...change } });

describe("what keeps the account of our own from signing in", () => {
  it("is nothing on a healthy server", () => {
    assert.deepEqual(codes({}), []);
  });

  it("is an account that is not there, disabled, or no administrator; not one that could not be read", () => {
    for (const state of ["missing", "disabled"] as const)
      assert.deepEqual(codes(account({ state })), ["sign-in-account"]);
    assert.deepEqual(codes(account({ administrator: false })), ["sign-in-account"]);
    assert.deepEqual(codes(account({ state: "unread", administrator: null })), []);
  });

  it("is every entry of the denial that it falls under, by SID, by name, and no other", () => {
    for (const entry of [
      "*S-1-5-114",
      "*S-1-5-113",
      "*S-1-5-32-544",
      "*S-1-1-0",
      `*${sid}`,
      "AADCDEPLOY",
      "AADC-STG-G1\\aadcdeploy",
    ])
      assert.deepEqual(codes({ denied: ["Guest", entry] }), ["sign-in-denied"], entry);
    for (const entry of ["*S-1-5-32-546", "Guest", "*S-1-5-21-4000000000-1-2-512", "aadcadmin", `${sid}0`])
      assert.deepEqual(codes({ denied: [entry] }), [], entry);
  });

  it("names the policy, who falls under it, and what it must say instead", () => {
    const [finding] = found({ denied: ["*S-1-5-114"] });
    assert.equal(finding?.severity, "warning");
    assert.match(finding?.cause ?? "", /"Deny access to this computer from the network".*S-1-5-114/);
    assert.match(finding?.next ?? "", /without "Local account and member of Administrators group"/);
    assert.ok(finding?.cause.includes(signInPolicies.denied.setting));
  });

  it("is a permission that no longer names anybody whom it is", () => {
    assert.deepEqual(codes({ granted: [] }), ["sign-in-not-granted"]);
    assert.deepEqual(codes({ granted: ["*S-1-5-21-4000000000-1-2-1117"] }), ["sign-in-not-granted"]);
    for (const entry of ["*S-1-5-32-544", "*S-1-5-11", "*S-1-1-0", `*${sid}`])
      assert.deepEqual(codes({ granted: [entry] }), [], entry);
    assert.deepEqual(codes({ granted: null, denied: null }), []);
  });

  it("is an AllowUsers without it; patterns count as sshd counts them", () => {
    for (const allowUsers of [["someone"], ["aadc"], ["AADCDEPLOY2"], ["aadcdeploy?"]])
      assert.deepEqual(codes({ allowUsers }), ["sign-in-allow-users"], allowUsers.join());
    for (const allowUsers of [["aadcdeploy"], ["someone", "aadc*"], ["aadcdeplo?"], ["aadcdeploy@10.20.1.4"], []])
      assert.deepEqual(codes({ allowUsers }), [], allowUsers.join());
  });

  it("is a service that is not there, stopped, or not started with Windows", () => {
    for (const service of [
      null,
      { state: "Stopped", startType: "Automatic" },
      { state: "Running", startType: "Manual" },
      { state: "Stopped", startType: "Disabled" },
    ])
      assert.deepEqual(codes({ service }), ["sign-in-service"], JSON.stringify(service));
  });

  it("is a firewall rule that is gone or ignored in a profile that is in use", () => {
    const firewall = { rule: "allows", profiles: ["Domain"], localRulesIgnored: [] } as const;
    for (const rule of ["missing", "disabled", "blocks"] as const)
      assert.deepEqual(codes({ firewall: { ...firewall, rule } }), ["sign-in-firewall"]);
    assert.deepEqual(codes({ firewall: { ...firewall, localRulesIgnored: ["Domain", "Public"] } }), [
      "sign-in-firewall",
    ]);
    assert.deepEqual(codes({ firewall: { ...firewall, localRulesIgnored: ["Public"] } }), []);
    assert.deepEqual(codes({ firewall: null }), []);
  });

  it("is a shell that nothing is known of, with the case that sshd looks at", () => {
    for (const defaultShell of ["C:\\Program Files\\Git\\bin\\bash.exe", "C:\\Program Files\\PowerShell\\7\\pwsh.exe"])
      assert.deepEqual(codes({ defaultShell }), ["sign-in-shell"], defaultShell);
    for (const defaultShell of [
      "",
      "C:\\Windows\\System32\\cmd.exe",
      "C:\\WINDOWS\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
    ])
      assert.deepEqual(codes({ defaultShell }), [], defaultShell);
  });

  it("is told to be incomplete where something could not be read", () => {
    const [finding] = found({ unread: ["members of Administrators: Failed to compare two elements in the array."] });
    assert.deepEqual([finding?.code, finding?.severity], ["sign-in-unread", "info"]);
  });
});

describe("why SSH does not reach a server", () => {
  const answer = healthyServer["diagnose-access"];
  const pinned = (change: Partial<DiagnosisContext> = {}): DiagnosisContext => ({
    ...context,
    pinnedHostKey: answer.hostKey ?? "",
    ...change,
  });
  const told = (change: Partial<DiagnoseAccessAnswer>, about = pinned()) =>
    judgeDiagnosis(machine, { ...answer, ...change }, about);
  const toldCodes = (...given: Parameters<typeof told>) => told(...given).map(({ code }) => code);

  it("is nothing on the server itself, and then the network and the key are named", () => {
    const [clear, ...more] = told({});
    assert.deepEqual(more, []);
    assert.equal(clear?.code, "diagnosis-clear");
    assert.match(clear?.title ?? "", /nothing on aadc-stg-g1 keeps SSH away/);
    assert.match(clear?.next ?? "", /sshPrivateKey.*jump host.*port 22/);
  });

  it("is everything that keeps the account out, after a line that says how much was found", () => {
    const signIn = { ...answer.signIn, denied: ["*S-1-5-114"] };
    const all = told({ signIn, authorizedKey: "another" });
    assert.deepEqual(
      all.map(({ code }) => code),
      ["diagnosis-clear", "sign-in-denied", "diagnosis-key"],
    );
    assert.match(all[0]?.title ?? "", /2 things found/);
    assert.match(all[0]?.next ?? "", /retireByRunCommand/);
  });

  it("is a host key that is not the pinned one; where none is known there is nothing to compare", () => {
    const hostKey = `ssh-ed25519 ${"B".repeat(68)}`;
    assert.deepEqual(toldCodes({ hostKey }), ["diagnosis-clear", "diagnosis-host-key"]);
    assert.deepEqual(toldCodes({ hostKey }, { ...context }), ["diagnosis-clear"]);
    assert.deepEqual(toldCodes({ hostKey: null }), ["diagnosis-clear"]);
  });

  it("is a port at which nobody listens although the service runs", () => {
    assert.deepEqual(toldCodes({ listening: false }), ["diagnosis-clear", "diagnosis-listening"]);
    const signIn = { ...answer.signIn, service: { state: "Stopped", startType: "Automatic" } };
    assert.deepEqual(toldCodes({ listening: false, signIn }), ["diagnosis-clear", "sign-in-service"]);
    assert.deepEqual(toldCodes({ listening: null }), ["diagnosis-clear"]);
  });

  it("is what sshd itself said, where its words are known", () => {
    const at = "2026-11-22T09:59:00Z";
    for (const message of [
      "sshd: Authentication refused.",
      "sshd: Bad permissions. Try removing permissions for user: X on file administrators_authorized_keys.",
      "sshd: User aadcdeploy from 10.20.1.4 not allowed because not listed in AllowUsers",
      "sshd: error: get_user_token - unable to generate token for user aadcdeploy",
    ])
      assert.deepEqual(toldCodes({ events: [{ at, message }] }), ["diagnosis-clear", "diagnosis-sshd-says"], message);
    assert.deepEqual(toldCodes({ events: [{ at, message: "sshd: Server listening on 0.0.0.0 port 22." }] }), [
      "diagnosis-clear",
    ]);
  });
});
