import assert from "node:assert/strict";
import { operatorInstructions } from "../../components/connect/instructions";
import { settingsFixture, type Written, type WrittenBlock } from "../support/settingsFixture";

const instructions = (change: (written: Written, block: WrittenBlock) => void = () => undefined): string => {
  const settings = settingsFixture((written) => {
    const [block] = Object.values(written.generations);
    if (block !== undefined) change(written, block);
  });
  const [block] = settings.generations;
  assert.ok(block);
  return operatorInstructions(settings, block);
};

describe("the operator's instructions", () => {
  it("name the machine, the settings file and the two boxes that matter", () => {
    const text = instructions();
    assert.match(text, /AADC-STG-G1/);
    assert.match(text, /C:\\ProgramData\\pulumi-entra-connect\\settings\\settings\.json/);
    assert.match(text, /"Enable staging mode" MUST BE TICKED/);
    assert.match(text, /"Start the synchronization process when configuration completes" MUST BE UNTICKED/);
  });

  it("go through the wizard's pages in its own order", () => {
    const text = instructions();
    const pages = [
      "Welcome",
      "Express Settings",
      "Install required components",
      "User sign-in",
      "Connect to Microsoft Entra ID",
      "Connect your directories",
      "Ready to configure",
    ];
    const places = pages.map((page) => text.indexOf(`   ${page}\r\n`));
    assert.ok(
      places.every((place) => place > 0),
      `${places}`,
    );
    assert.deepEqual(
      [...places].sort((a, b) => a - b),
      places,
    );
  });

  it("say the value of every option: install location, SQL Server, service account", () => {
    const text = instructions((_written, { connect }) => {
      connect.installLocation = "D:\\Entra Connect";
      connect.database = { kind: "sqlServer", server: "sql01", instance: "SYNC" };
      connect.serviceAccount = { kind: "managed", name: "CONTOSO\\gmsa$" };
    });
    assert.match(text, /D:\\Entra Connect/);
    assert.match(text, /server sql01, instance SYNC, database ADSync\./);
    assert.match(text, /CONTOSO\\gmsa\$/);
    assert.match(instructions(), /LocalDB is installed/);
  });

  it("warn that a pass-through authentication agent answers real sign-ins", () => {
    assert.doesNotMatch(instructions(), /Pass-through/);
    assert.match(
      instructions((_written, block) => {
        block.features = { passThroughAuthentication: true };
      }),
      /answers real sign-ins/,
    );
  });

  it("say how long the deployment waits, or that the next up goes on", () => {
    assert.match(instructions(), /waits up to 60 minutes/);
    assert.match(
      instructions((written) => {
        written.gate = { waitMinutes: 0 };
      }),
      /Run `pulumi up` again/,
    );
  });

  it("say whether the server will synchronize by itself afterwards", () => {
    assert.match(instructions(), /does not synchronize by itself until gate\.enableScheduler is true/);
    assert.match(
      instructions((written) => {
        written.gate = { enableScheduler: true };
      }),
      /switches this server's scheduler on/,
    );
  });
});
