import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { failureOf, runFailures } from "../../../review/recover";
import { repositoryRoot } from "../../support/repository";

const typed = { command: "entra-connect recover --stack prod", up: "pulumi up --stack prod" };

/** As the engine, its providers and Azure say it. */
const words: Readonly<Record<string, string>> = {
  "the provider died": "error reading from server: EOF",
  "the link broke": 'wait: remote command exited without exit status or exit signal: running "powershell.exe …"',
  "an interface is held":
    'Status=400 Code="NicInUse" Message="Network Interface /subscriptions/s/…/aadc-stg-g2-nic is used by existing resource /subscriptions/s/…/aadc-stg-g2."',
  "it is there already": "cannot create already existing resource '/subscriptions/s/resourceGroups/rg-x'",
  "it would be made anew":
    "previously-imported resources that still specify an ID may not be replaced; please remove the `import` declaration from your program",
  "the state is cut": "error: failed to load checkpoint: place 1: unexpected end of JSON input",
  "the stack is locked":
    "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.",
  "no passphrase":
    "error: getting secrets manager: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables",
  "the disk is full": "write /state/prod.json: no space left on device",
};

describe("what a failed run says in other people's words", () => {
  for (const [what, text] of Object.entries(words))
    it(`${what}: cause and next step, typed as it is typed here`, () => {
      const told = failureOf(text, typed);
      assert.ok(told !== undefined && told.cause.length > 20);
      assert.doesNotMatch(told.next, /[{}]/);
      assert.ok(
        told.next.includes(typed.up) || told.next.includes(typed.command) || /pulumi import/.test(told.next),
        told.next,
      );
    });

  it("every row is met by one of these", () => {
    for (const { pattern, says } of runFailures)
      assert.ok(
        Object.values(words).some((text) => pattern.test(text)),
        says,
      );
  });

  it("Azure's own codes come from their table, and unknown words stay unexplained", () => {
    assert.match(failureOf('Status=403 Code="AuthorizationFailed" Message="…"', typed)?.next ?? "", /role/);
    assert.equal(failureOf("something else", typed), undefined);
  });

  it("docs/when-it-stops.md shows the table", () => {
    const text = readFileSync(join(repositoryRoot, "docs", "when-it-stops.md"), "utf8");
    for (const { says, title, cause, next } of runFailures) {
      const shown = next
        .replaceAll("{up}", "`pulumi up`")
        .replaceAll("{recover}", "`entra-connect recover --stack NAME`");
      assert.ok(text.includes(`| ${says} | ${title}: ${cause} | ${shown} |`), says);
    }
  });
});
