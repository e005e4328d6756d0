import assert from "node:assert/strict";
import { operatorInstructions } from "../../../components/connect/instructions";
import { choicesOnPage } from "../../../rehearsal/windows/operatorsPage";
import { settingsFixture, type Written, type WrittenBlock } from "../../support/settingsFixture";

const readOff = (change: (block: WrittenBlock, written: Written) => void = () => undefined) => {
  const settings = settingsFixture((written) => {
    const [block] = Object.values(written.generations);
    if (block !== undefined) change(block, written);
  });
  const [block] = settings.generations;
  assert.ok(block);
  return choicesOnPage(operatorInstructions(settings, block, undefined));
};

describe("what the simulated operator reads on the page and chooses in the wizard", () => {
  it("is the wizard's own where the settings say nothing else", () => {
    assert.deepEqual(readOff(), {});
  });

  it("is database, service account, install location and sign-in where they do", () => {
    const choices = readOff(({ connect }, written) => {
      connect.installLocation = "D:\\Program Files\\Entra Connect of the passive server with a long name";
      connect.database = {
        kind: "sqlServer",
        server: "sql01.corp.contoso.com",
        instance: "AADC",
        name: "ADSync.Staging 2",
      };
      connect.serviceAccount = { kind: "managed", name: "CONTOSO\\gmsa-aadc$" };
      const [block] = Object.values(written.generations);
      Object.assign(block ?? {}, { features: { passThroughAuthentication: true } });
    });
    assert.deepEqual(choices, {
      installLocation: "D:\\Program Files\\Entra Connect of the passive server with a long name",
      database: { server: "sql01.corp.contoso.com", instance: "AADC", name: "ADSync.Staging 2" },
      serviceAccount: "CONTOSO\\gmsa-aadc$",
      passThroughAuthentication: true,
    });
  });

  const ports: readonly [string, Record<string, unknown>, string][] = [
    ["of the default instance", {}, ""],
    ["of the default instance at a port of its own", { port: 51433 }, ",51433"],
    ["of a named instance at a port of its own", { instance: "AADC", port: 51433 }, "AADC,51433"],
  ];
  for (const [what, more, instance] of ports)
    it(`is the name ${what} as the wizard's page takes it`, () => {
      const { database } = readOff(({ connect }) => {
        connect.database = { kind: "sqlServer", server: "10.0.0.30", ...more };
        connect.serviceAccount = { kind: "managed", name: "CONTOSO\\gmsa$" };
      });
      assert.deepEqual(database, { server: "10.0.0.30", instance, name: "ADSync" });
    });
});
