import assert from "node:assert/strict";
import { parseConfiguration, secretProblems } from "../../components/settings/readSettings";

describe("the stack's configuration", () => {
  const secret = new Set(["administratorPassword", "sshPrivateKey"]);

  it("is read into settings as written", () => {
    const { written, problems } = parseConfiguration({
      values: { location: "westeurope", server: '{"name":"x"}', administratorPassword: "p" },
      isSecret: (name) => secret.has(name),
    });
    assert.deepEqual(written, { location: "westeurope", server: { name: "x" } });
    assert.deepEqual(problems, []);
  });

  it("must not hold a secret in plain text", () => {
    const { problems } = parseConfiguration({ values: { sshPrivateKey: "k" }, isSecret: () => false });
    assert.match(problems[0]?.problem ?? "", /plain text/);
  });

  it("must not hold a secret leaf in an object, which the engine would write to the state in plain text", () => {
    const { problems } = parseConfiguration({ values: { server: "{}" }, isSecret: (name) => name === "server" });
    assert.equal(problems[0]?.path, "server");
    assert.match(problems[0]?.problem ?? "", /plain text/);
  });

  it("names an object that is none", () => {
    const { problems } = parseConfiguration({ values: { server: "aadc" }, isSecret: () => false });
    assert.match(problems[0]?.problem ?? "", /not an object/);
  });

  it("wants the three secrets in usable form and never repeats them", () => {
    const problems = secretProblems(
      { values: { administratorPassword: "CANARYshort", sshPrivateKey: "CANARY not a key" }, isSecret: () => true },
      true,
    );
    assert.deepEqual(
      problems.map((each) => each.path),
      ["administratorPassword", "sshPrivateKey", "jumpHostPrivateKey"],
    );
    assert.doesNotMatch(JSON.stringify(problems), /CANARY/);
  });
});
