import assert from "node:assert/strict";
import { isSecret, isSecretValue, knownSettings } from "../../../review/configuration";

describe("what is never shown", () => {
  for (const name of [
    "ClientSecret",
    "client-secret",
    "clientSecretValue",
    "PasswordText",
    "ApiKey",
    "Account-Key",
    "Microsoft.X.SharedKey",
    "SharedAccessKey",
    "RefreshToken",
    "SasToken",
    "ProxyCredential",
  ])
    it(`a value named ${name}`, () => {
      assert.ok(isSecret(`parameter[${name}]`));
      assert.ok(isSecret(`a/b/${name}`));
    });

  for (const name of [
    "Microsoft.OptionalFeature.PasswordHashSync",
    "password-management-enabled",
    "publicKeyToken",
    "anchorKeyName",
    "ConnectorCredentialType",
  ])
    it(`but a value named ${name} is`, () => assert.equal(isSecret(`parameter[${name}]`), false));

  it("but every setting whose meaning is known is", () => {
    for (const rows of Object.values(knownSettings))
      for (const { name } of rows) assert.equal(isSecret(name), false, name);
  });

  for (const value of [
    "Server=sql;User=sync;Password=hunter2",
    "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=abc==",
    "https://a.blob.core.windows.net/c?sv=2024&sig=abc%3D",
    "https://user:hunter2@proxy.contoso.com:8080",
    "-----BEGIN RSA PRIVATE KEY-----\nMII",
    "Bearer abcdefghijkl",
    "eyJhbGciOi.eyJzdWIi.c2ln",
    "AQAAANCMnd8BFdERjHoAwE",
  ])
    it(`whatever its name, ${JSON.stringify(value.slice(0, 24))}`, () => assert.ok(isSecretValue(value)));

  for (const value of [
    "https://login.windows.net/contoso.onmicrosoft.com",
    "CN=Password=x,DC=contoso",
    'IIF([pwd]="", NULL, [pwd])',
    "DC=contoso,DC=com",
    "basic",
  ])
    it(`but not ${value}`, () => assert.equal(isSecretValue(value), false));
});
