import assert from "node:assert/strict";
import { operatorInstructions } from "../../components/connect/instructions";
import { digestOf, type SettingsFileDigest } from "../../review/settingsFile";
import { contentOf, customRule, extensionAttribute, type LooseFile } from "../review/settingsFile/file";
import { settingsFixture, type Written, type WrittenBlock } from "../support/settingsFixture";

const digest = (change?: (file: LooseFile) => void): SettingsFileDigest => digestOf(contentOf(change), "a".repeat(64));

/** The page with its line breaks taken for spaces: where a line is broken means nothing. */
const instructions = (...given: Parameters<typeof pageOf>): string => pageOf(...given).replace(/\s+/g, " ");

const pageOf = (
  change: (written: Written, block: WrittenBlock) => void = () => undefined,
  file?: SettingsFileDigest,
): string => {
  const settings = settingsFixture((written) => {
    const [block] = Object.values(written.generations);
    if (block !== undefined) change(written, block);
  });
  const [block] = settings.generations;
  assert.ok(block);
  return operatorInstructions(settings, block, file);
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
    const text = pageOf();
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

  it("say what SQL Server wants: rights of one's own, no availability group, no other engine", () => {
    const text = instructions((_written, { connect }) => {
      connect.database = { kind: "sqlServer", server: "sql01" };
      connect.serviceAccount = { kind: "managed", name: "CONTOSO\\gmsa$" };
    });
    assert.match(text, /sysadmin there, or dbo .* given to you directly, not through a nested group/);
    assert.match(text, /must not be in an availability group while the wizard runs \(error 25009\)/);
    assert.match(text, /One instance holds one engine/);
    assert.doesNotMatch(instructions(), /sysadmin|availability group/);
  });

  it("state the sign-in method as far as the settings say it", () => {
    const features = (given: Record<string, unknown>) =>
      instructions((_written, block) => {
        block.features = given;
      });
    const both = features({ passThroughAuthentication: true, seamlessSingleSignOn: true });
    assert.match(both, /"Pass-through authentication" must be selected/);
    assert.match(both, /answers real sign-ins, although it is in staging mode/);
    assert.match(both, /"Enable single sign-on" must be ticked; have a domain administrator of each forest ready/);
    const neither = features({});
    assert.match(neither, /must not be "Pass-through authentication": features\.passThroughAuthentication is false/);
    assert.match(neither, /"Enable single sign-on" must not be ticked/);
    assert.doesNotMatch(neither, /answers real sign-ins/);
  });

  it("name the version, and what is broken in it where it matters", () => {
    const version = (connect: string, passThroughAuthentication: boolean) =>
      instructions((_written, block) => {
        block.connect.version = connect;
        block.features = { passThroughAuthentication };
      });
    assert.match(version("2.6.91.0", true), /Version 2\.6\.91\.0: registration of pass-through .* is broken/);
    assert.doesNotMatch(version("2.6.91.0", false), /is broken/);
    assert.match(
      version("2.6.92.0", true),
      /^PASSIVE SERVER \S+ COMPLETE THE ENTRA CONNECT WIZARD Entra Connect 2\.6\.92\.0/,
    );
    assert.doesNotMatch(version("2.6.92.0", true), /is broken/);
  });

  it("name the sites that enhanced security blocks, and the switches for what stops the wizard", () => {
    const text = instructions();
    assert.match(text, /https:\/\/secure\.aadcdn\.microsoftonline-p\.com https:\/\/aadcdn\.msftauth\.net/);
    assert.match(text, /ms-DS-ConsistencyGuid already in use.*\/SkipLdapSearch/);
    assert.match(text, /\/InteractiveAuth/);
  });

  it("ask for a local administrator who is a domain user, and for an account of Entra ID that holds its role directly", () => {
    assert.match(instructions(), /local administrator who is a domain user/);
    assert.match(instructions(), /Hybrid Identity Administrator or Global Administrator directly, not through a group/);
  });

  it("say of the settings file whose it is and when it was made, and each directory that wants an account", () => {
    const file = digest((each) => {
      each.onpremisesDirectoryPolicy.push({ friendlyName: "fabrikam.com" });
    });
    const text = instructions(undefined, file);
    assert.match(text, /settings file of aadc01\.corp\.contoso\.com, made 2026-11-20 by build 2\.6\.84\.0/);
    assert.match(text, /2 directories; none can be added or removed.* - corp\.contoso\.com - fabrikam\.com/);
    assert.match(instructions(), /For each forest: the connector account of the active server with its password/);
  });

  it("list what is to be done after the import of this very file, and only that", () => {
    const file = digest((each) => {
      Object.assign(each.onpremisesDirectoryPolicy[0] ?? {}, {
        customSynchronizationRules: [
          customRule({ name: "Off", disabled: true }),
          customRule({ name: "High", precedence: 130 }),
        ],
      });
      each.azureDirectoryPolicy.customSynchronizationRules = [
        customRule({
          direction: "Outbound",
          name: "Ext",
          attributeMappings: [{ destination: extensionAttribute, source: "x" }],
        }),
      ];
      each.deviceWriteback = true;
    });
    const text = instructions(undefined, file);
    const after = text.slice(text.indexOf("5. After the import"));
    assert.match(after, /disabled custom rules: "Off" Disable the rule on the staging server/);
    assert.match(after, /precedence outside 0 to 99: "High \(130\)"/);
    assert.match(after, /directory extension: "Ext \(writes extension_[0-9a-f]{32}_costCenter\)" Make the rule again/);
    assert.match(after, /device writeback: .* with an Enterprise Administrator of the forest/);
    const clean = instructions(undefined, digest());
    assert.doesNotMatch(clean, /Disable the rule|Make the rule again|Enterprise Administrator of the forest/);
    assert.match(clean, /disabled custom rules: the file does not say; look on the active server/);
    assert.match(
      clean,
      /the file does not show, compare afterwards: modified standard rules; .*device writeback.*custom run profiles/,
    );
    assert.match(instructions(), /was not read when this page was made/);
  });

  describe("without a settings file", () => {
    const fresh = (features: Record<string, unknown> = {}) =>
      pageOf((_written, block) => {
        delete block.connect.settingsFile;
        block.connect.withoutSettingsFile = { reason: "the old server's disk is gone, CHG-4711" };
        block.features = features;
      });
    const flat = fresh().replace(/\s+/g, " ");

    it("go through a custom installation, every page in the wizard's own order", () => {
      const pages = [
        "Welcome",
        "Express Settings",
        "Install required components",
        "User sign-in",
        "Connect to Microsoft Entra ID",
        "Connect your directories",
        "Microsoft Entra sign-in configuration",
        "Domain and OU filtering",
        "Uniquely identifying your users",
        "Filter users and devices",
        "Optional features",
        "Ready to configure",
      ];
      const places = pages.map((page) => fresh().indexOf(`   ${page}\r\n`));
      assert.ok(
        places.every((place) => place > 0),
        `${places}`,
      );
      assert.deepEqual(
        [...places].sort((a, b) => a - b),
        places,
      );
    });

    it("say why, import nothing, and tick staging all the same", () => {
      assert.match(flat, /without a settings file: the old server's disk is gone, CHG-4711/);
      assert.match(flat, /Leave "Import synchronization settings" unticked/);
      assert.doesNotMatch(flat, /settings\.json|comes from the settings file/);
      assert.match(flat, /"Enable staging mode" MUST BE TICKED/);
    });

    it("hold the operator to the source anchor, filter and features of the server before", () => {
      assert.match(flat, /Source anchor: the SAME attribute as before/);
      assert.match(flat, /Exactly the domains and organizational units as on the server before/);
      assert.match(flat, /Password writeback: unticked/);
      assert.match(fresh({ passwordWriteback: true }), /Password writeback: ticked/);
    });

    it("say that a comparison is impossible, and what to read instead", () => {
      assert.match(flat, /no server to compare this one with/);
      assert.match(flat, /entra-connect exports --staging/);
      assert.doesNotMatch(flat, /`entra-connect compare ACTIVE STAGING`/);
    });
  });

  it("are the same on every day, short of line, and printable ASCII but for names", () => {
    for (const text of [pageOf(undefined, digest()), pageOf()]) {
      for (const line of text.split("\r\n")) {
        assert.ok(line.length <= 110, line);
        assert.match(line, /^[\x20-\x7e]*$/);
      }
    }
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
