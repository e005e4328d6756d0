import assert from "node:assert/strict";
import { plainSecrets } from "../../../review/posture/plainSecrets";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const paths = (bag: unknown) => plainSecrets(bag).map(({ path, by }) => `${path} ${by}`);

describe("secrets in plain text", () => {
  it("are found by name at any depth, and only their path is told", () => {
    const value = "Hunter2-unmistakable";
    const found = plainSecrets({
      osProfile: { adminPassword: value },
      list: [{ "client.secret": value }],
      parameters: [
        { name: "DbPassword", value },
        { name: "Port", value: "1433" },
      ],
    });
    assert.deepEqual(
      found.map(({ path }) => path),
      ["osProfile.adminPassword", 'list[0]["client.secret"]', "parameters[0].value"],
    );
    assert.ok(!JSON.stringify(found).includes(value));
  });

  it("are found under the numbers of an object of secrets, and a list of names under such a word is none", () => {
    assert.deepEqual(paths({ domainJoinSecrets: { "1": "Hunter2-unmistakable", "2": "[secret]" } }), [
      'domainJoinSecrets["1"] name',
    ]);
    assert.deepEqual(paths({ imagePullSecrets: ["registry-login"], secrets: { source: "vault" } }), []);
  });

  it("are found by value, whatever they are called", () => {
    const key = ["-----BEGIN OPENSSH PRIVATE KEY-----", "AAAA", "-----END OPENSSH PRIVATE KEY-----"].join("\n");
    assert.deepEqual(paths({ stdin: `echo\n${key}`, url: "https://me:pass@host/", text: "Server=x;Password=y;" }), [
      "stdin value",
      "url value",
      "text value",
    ]);
  });

  it("are found inside JSON that is written as a text", () => {
    assert.deepEqual(paths({ settings: JSON.stringify({ inner: { adminPassword: "x1" } }) }), ["settings name"]);
  });

  it("are none where the engine hides or does not know them, nor in switches, placeholders and addresses of a vault", () => {
    assert.deepEqual(
      paths({
        adminPassword: "[secret]",
        privateKey: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "x" },
        apiKey: unknown,
        credentials: unknown,
        resetPassword: "true",
        secret: "",
        clientSecret: "https://vault.vault.azure.net/secrets/name/0123abc",
        passwordHashSync: "yes",
        publicKey: "ssh-ed25519 AAAA",
      }),
      [],
    );
  });
});
