import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { connectionFailureOf, connectionFailures, signInPolicies } from "../../../review/readiness/judge";
import { repositoryRoot } from "../../support/repository";

const page = (name: string): string => readFileSync(join(repositoryRoot, "docs", name), "utf8");

describe("the way in, as it is written", () => {
  it("docs/access.md has every policy as the table has it", () => {
    for (const { setting, where, baselines, exception, why } of Object.values(signInPolicies)) {
      const row = `| ${setting} | ${where} | ${baselines} | ${exception} | ${why} |`;
      assert.ok(page("access.md").includes(row), `no row\n${row}`);
    }
  });

  it("docs/when-it-stops.md has every failed connection as the table has it", () => {
    for (const { says, cause, next } of connectionFailures) {
      const row = `| ${says} | ${cause} | ${next} |`;
      assert.ok(page("when-it-stops.md").includes(row), `no row\n${row}`);
    }
  });

  it("a connection's words find their row, the jump host's hidden ones too", () => {
    for (const [text, said] of [
      [
        "proxy: after 0 failed attempts: ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey]",
        /diagnoseAccess/,
      ],
      ["proxy: after 60 failed attempts: ssh: handshake failed: EOF", /diagnoseAccess/],
      ["dial tcp 10.40.0.10:22: i/o timeout", /hostKeyRefresh/],
      ["ssh: handshake failed: ssh: host key mismatch", /compare the new key/i],
    ] as const)
      assert.match(connectionFailureOf(text)?.next ?? "", said, text);
    assert.equal(connectionFailureOf("exit status 1"), undefined);
  });
});
