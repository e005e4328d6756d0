import assert from "node:assert/strict";
import { existingResources } from "../../../rehearsal/world/existingResources";
import {
  type FoundFile,
  type RehearsedSettings,
  SecretPlace,
  type StandInContext,
  standIn,
} from "../../../rehearsal/world/standIns";
import { BadInput } from "../../../review/verdict";

const hash = (digit: string) => digit.repeat(64);
const declared = {
  generations: { type: "object" },
  administratorPassword: { type: "string", secret: true },
  sshPrivateKey: { type: "string", secret: true },
  access: { type: "object" },
  // As in Pulumi.yaml: the engine allows no default on a secret.
  jumpHostPrivateKey: { type: "string", default: "" },
};

function context(files: Record<string, FoundFile> = {}): StandInContext {
  return {
    project: "entra-connect",
    stack: "prod",
    projectFolder: "/repo",
    jumpHost: {
      port: 22622,
      user: "rehearsal",
      hostKey: "ssh-ed25519 AAAAworld a comment",
      privateAddress: "10.255.255.4",
    },
    look: async (path) => files[path] ?? { kind: "missing" },
    makeInstaller: async (version) => ({ path: `/world/standins/${version}.msi`, sha256: hash("a") }),
    makeSettingsFile: async ({ path, sha256 }) => ({ path: `/world/standins/${path}-${sha256[0]}`, sha256: hash("b") }),
  };
}

function prod(): Record<string, unknown> {
  return {
    encryptionsalt: "v1:abc",
    secretsprovider: "azurekeyvault://contoso",
    encryptedkey: "xyz",
    config: {
      "azure-native:location": "westeurope",
      "azure-native:clientSecret": { secure: "AAAB-client" },
      "entra-connect:administratorPassword": { secure: "AAAB-password" },
      "entra-connect:sshPrivateKey": { secure: "AAAB-login" },
      "entra-connect:jumpHostPrivateKey": { secure: "AAAB-jump" },
      "entra-connect:domain": { name: "corp.contoso.com" },
      "entra-connect:access": {
        managementSources: ["10.20.1.4/32", "10.20.2.0/24"],
        jumpHost: { host: "jump.contoso.example", port: 2222, user: "pulumi", hostKey: "ssh-ed25519 AAAAreal" },
      },
      "entra-connect:generations": {
        "1": {
          image: { sku: "2022-datacenter-g2" },
          connect: {
            version: "2.6.92.0",
            installer: { path: "./share/AzureADConnect.msi", sha256: hash("1") },
            settingsFile: { path: "/share/Exported.json", sha256: hash("2") },
          },
        },
      },
    },
  };
}

interface Block {
  image?: unknown;
  connect: {
    version: string;
    installer: { path: string; sha256: string; signer?: string };
    settingsFile: { path: string; sha256: string };
  };
}
const blocks = (settings: Record<string, unknown>) =>
  (settings.config as Record<string, unknown>)["entra-connect:generations"] as Record<string, Block>;
const connectOf = (rehearsed: RehearsedSettings, generation = 1) => {
  const found = (at(rehearsed, "generations") as Record<string, Block>)[generation];
  assert.ok(found);
  return found.connect;
};

const at = (rehearsed: RehearsedSettings, name: string) =>
  rehearsed.settings[`entra-connect:${name}`] as Record<string, never>;

describe("settings of one's own, made fit for a rehearsal", () => {
  it("replaces every secret and keeps no trace of any", async () => {
    const settings = prod();
    (settings.config as Record<string, unknown>)["entra-connect:extra"] = {
      list: [{ token: { secure: "AAAB-deep" } }],
    };
    const rehearsed = await standIn(settings, declared, context());
    assert.deepEqual(rehearsed.secrets, {
      "azure-native:clientSecret": "other",
      "entra-connect:administratorPassword": "administratorPassword",
      "entra-connect:sshPrivateKey": "login",
      "entra-connect:jumpHostPrivateKey": "jumpHost",
    });
    assert.deepEqual(at(rehearsed, "extra"), { list: [{ token: new SecretPlace() }] });
    const everything = JSON.stringify(rehearsed);
    for (const trace of ["AAAB", "v1:abc", "azurekeyvault", "xyz"]) assert.ok(!everything.includes(trace), trace);
    assert.match(rehearsed.notRehearsed.join("\n"), /entra-connect:extra\.list\[0\]\.token: the secret itself/);
  });

  it("gives a declared secret that is not set a stand-in, and says so", async () => {
    const settings = prod();
    delete (settings.config as Record<string, unknown>)["entra-connect:sshPrivateKey"];
    const rehearsed = await standIn(settings, declared, context());
    assert.equal(rehearsed.secrets["entra-connect:sshPrivateKey"], "login");
    assert.match(rehearsed.notRehearsed.join("\n"), /sshPrivateKey: it is not set in Pulumi\.prod\.yaml/);
  });

  it("refuses a secret in plain text without repeating it", async () => {
    const settings = prod();
    (settings.config as Record<string, unknown>)["entra-connect:administratorPassword"] = "Hunter2-in-plain";
    await assert.rejects(
      standIn(settings, declared, context()),
      (error) => error instanceof BadInput && /plain text/.test(error.message) && !error.message.includes("Hunter2"),
    );
  });

  it("takes names without namespace as the project's own", async () => {
    const rehearsed = await standIn(
      { config: { administratorPassword: { secure: "x" }, domain: { name: "a.b" } } },
      declared,
      context(),
    );
    assert.equal(rehearsed.secrets["entra-connect:administratorPassword"], "administratorPassword");
    assert.equal(rehearsed.domain, "a.b");
  });

  it("gives the simulated servers the proxy that the settings name, and says that nothing of it is rehearsed", async () => {
    const proxyOf = async (proxy: unknown) => {
      const { proxy: found, notRehearsed } = await standIn(
        { config: { "entra-connect:network": { proxy } } },
        {},
        context(),
      );
      return [found, notRehearsed.some((each) => each.startsWith("network.proxy"))];
    };
    assert.deepEqual(await proxyOf({ address: "10.40.8.8", port: 8080 }), ["http://10.40.8.8:8080", true]);
    const both = { address: "10.40.8.8", host: "proxy.corp.contoso.com", port: 3128 };
    assert.deepEqual(await proxyOf(both), ["http://proxy.corp.contoso.com:3128", true]);
    for (const none of [undefined, null, "x", {}, { port: 8080 }, { host: 3, port: 8080 }])
      assert.deepEqual(await proxyOf(none), [undefined, false], JSON.stringify(none));
  });

  it("turns the jump host to the world's, which stands where the settings let SSH in from", async () => {
    const rehearsed = await standIn(prod(), declared, context());
    assert.deepEqual(at(rehearsed, "access").jumpHost, {
      host: "127.0.0.1",
      port: 22622,
      user: "rehearsal",
      hostKey: "ssh-ed25519 AAAAworld",
    });
    assert.equal(rehearsed.jumpHostAddress, "10.20.1.4");
    assert.match(rehearsed.notRehearsed.join("\n"), /access\.jumpHost: jump\.contoso\.example:2222/);
  });

  it("takes the place of a tunnel of Bastion, and stands in Bastion's subnet", async () => {
    const settings = prod();
    Object.assign(settings.config as object, {
      "entra-connect:access": { tunnel: { port: 50200 }, remoteDesktopSources: ["10.9.0.0/24"] },
      "entra-connect:bastion": { subnetPrefix: "10.20.4.64/26" },
    });
    const rehearsed = await standIn(settings, declared, context());
    const access: Readonly<Record<string, unknown>> = at(rehearsed, "access");
    const { tunnel, managementSources, jumpHost, remoteDesktopSources } = access;
    assert.equal(tunnel, undefined);
    assert.deepEqual(managementSources, ["10.20.4.64/26"]);
    assert.deepEqual(remoteDesktopSources, ["10.9.0.0/24"]);
    assert.equal((jumpHost as { host: string }).host, "127.0.0.1");
    assert.equal(rehearsed.jumpHostAddress, "10.20.4.65");
    assert.match(rehearsed.notRehearsed.join("\n"), /access\.tunnel: Bastion's tunnel/);
  });

  const sources: [string[], string][] = [
    [["10.20.2.0/24"], "10.20.2.1"],
    [["10.20.2.77/24"], "10.20.2.1"],
    [["10.0.0.0/8"], "10.255.255.4"],
    [[], "10.255.255.4"],
    [["192.0.2.6/31"], "192.0.2.6"],
  ];
  for (const [managementSources, expected] of sources)
    it(`stands at ${expected} for the sources ${JSON.stringify(managementSources)}`, async () => {
      const settings = prod();
      Object.assign(settings.config as object, { "entra-connect:access": { managementSources } });
      const rehearsed = await standIn(settings, declared, context());
      assert.equal(rehearsed.jumpHostAddress, expected);
      assert.match(rehearsed.notRehearsed.join("\n"), /direct way/);
    });

  it("stands in for files that are not there, and says so for each", async () => {
    const rehearsed = await standIn(prod(), declared, context());
    const connect = connectOf(rehearsed);
    assert.deepEqual(connect.installer, { path: "/world/standins/2.6.92.0.msi", sha256: hash("a") });
    assert.deepEqual(connect.settingsFile, { path: "/world/standins//share/Exported.json-2", sha256: hash("b") });
    const said = rehearsed.notRehearsed.join("\n");
    assert.match(said, /generations\.1\.connect\.installer: there is no file at \/repo\/share\/AzureADConnect\.msi/);
    assert.match(said, /generations\.1\.connect\.settingsFile: there is no file at \/share\/Exported\.json/);
  });

  it("takes a settings file that is there, and never a real installer", async () => {
    const files: Record<string, FoundFile> = {
      "/repo/share/AzureADConnect.msi": { kind: "real", sha256: hash("1") },
      "/share/Exported.json": { kind: "real", sha256: hash("2") },
    };
    const rehearsed = await standIn(prod(), declared, context(files));
    const connect = connectOf(rehearsed);
    assert.deepEqual(connect.settingsFile, { path: "/share/Exported.json", sha256: hash("2") });
    assert.deepEqual(connect.installer, { path: "/world/standins/2.6.92.0.msi", sha256: hash("a") });
    assert.match(rehearsed.notRehearsed.join("\n"), /has the pinned hash, but no installer runs/);
  });

  it("leaves a file with another hash to the program, which refuses it", async () => {
    const files: Record<string, FoundFile> = { "/repo/share/AzureADConnect.msi": { kind: "real", sha256: hash("9") } };
    const rehearsed = await standIn(prod(), declared, context(files));
    assert.deepEqual(connectOf(rehearsed).installer, { path: "/repo/share/AzureADConnect.msi", sha256: hash("1") });
  });

  it("gives each generation stand-ins of its own version; blocks that name the same files share them", async () => {
    const settings = prod();
    const all = blocks(settings);
    const [first] = Object.values(all);
    assert.ok(first);
    all["2"] = structuredClone(first);
    all["3"] = structuredClone(first);
    Object.assign(all["3"].connect, { version: "2.7.1.0", installer: { path: "./share/new.msi", sha256: hash("3") } });
    all["3"].connect.settingsFile.sha256 = hash("4");
    const rehearsed = await standIn(settings, declared, context());
    assert.deepEqual(connectOf(rehearsed, 2), connectOf(rehearsed, 1));
    assert.equal(connectOf(rehearsed, 3).installer.path, "/world/standins/2.7.1.0.msi");
    assert.equal(connectOf(rehearsed, 3).settingsFile.path, "/world/standins//share/Exported.json-4", "a newer export");
    assert.deepEqual(connectOf(rehearsed, 1).installer.path, "/world/standins/2.6.92.0.msi");
    assert.doesNotMatch(rehearsed.notRehearsed.join("\n"), /cannot be version/);
  });

  it("says so where one path is to be two versions, and leaves what was built as it was", async () => {
    const settings = prod();
    const alone = await standIn(settings, declared, context());
    const all = blocks(settings);
    const [first] = Object.values(all);
    assert.ok(first);
    all["2"] = structuredClone(first);
    all["2"].connect.version = "2.7.1.0";
    const rehearsed = await standIn(settings, declared, context());
    assert.deepEqual(connectOf(rehearsed, 1), connectOf(alone, 1));
    assert.equal(connectOf(rehearsed, 2).installer.path, "/world/standins/2.7.1.0.msi");
    assert.match(
      rehearsed.notRehearsed.join("\n"),
      /generations\.2\.connect\.installer: \.\/share\/AzureADConnect\.msi cannot be version 2\.7\.1\.0 and, as another generation says, 2\.6\.92\.0/,
    );
  });

  it("turns the library's settings in a project of another name too", async () => {
    const settings = prod();
    Object.assign(settings.config as object, { ownToken: { secure: "AAAB-own" } });
    const project = { "entra-connect:access": { type: "object" }, ownToken: { type: "string", secret: true } };
    const rehearsed = await standIn(settings, project, { ...context(), project: "identity-platform" });
    assert.match(JSON.stringify(at(rehearsed, "access").jumpHost), /"127\.0\.0\.1"/);
    assert.equal(connectOf(rehearsed).installer.path, "/world/standins/2.6.92.0.msi");
    assert.equal(rehearsed.secrets["entra-connect:sshPrivateKey"], "login");
    assert.equal(rehearsed.secrets["identity-platform:ownToken"], "other");
  });

  it("works in the subscription of what the settings name, where they do not say which", async () => {
    const subscriptionOf = async (more: Record<string, unknown>, project: object = declared) => {
      const settings = prod();
      Object.assign(settings.config as object, more);
      return (await standIn(settings, project, context())).settings["azure-native:subscriptionId"];
    };
    const place = "resourceGroups/rg/providers";
    const existingSubnetId = `/subscriptions/net/${place}/Microsoft.Network/virtualNetworks/v/subnets/s`;
    const vaultId = `/subscriptions/vault/${place}/Microsoft.RecoveryServices/vaults/v`;
    assert.equal(await subscriptionOf({}), undefined);
    assert.equal(await subscriptionOf({ "entra-connect:network": { existingSubnetId } }), "net");
    assert.equal(await subscriptionOf({ "entra-connect:backup": { vaultId } }), "vault");
    const routeTableId = `/subscriptions/routes/${place}/Microsoft.Network/routeTables/t`;
    assert.equal(await subscriptionOf({ "entra-connect:network": { routeTableId } }), "routes");
    const accountId = `/subscriptions/archive/${place}/Microsoft.Storage/storageAccounts/a`;
    assert.equal(await subscriptionOf({ "entra-connect:archive": { enabled: true, accountId } }), "archive");
    const set = `/subscriptions/keys/${place}/Microsoft.Compute/diskEncryptionSets/d`;
    const generations = { "1": {}, "2": { diskEncryptionSetId: set } };
    assert.equal(await subscriptionOf({ "entra-connect:generations": generations }), "keys");
    const said = { "azure-native:subscriptionId": "mine", "entra-connect:backup": { vaultId } };
    assert.equal(await subscriptionOf(said), "mine");
    const inProject = { ...declared, "azure-native:subscriptionId": { value: "the project's" } };
    assert.equal(await subscriptionOf({ "entra-connect:backup": { vaultId } }, inProject), undefined);
  });

  const wrong: [string, unknown][] = [
    ["of an older release", { server: { name: "aadc-stg", generation: 1 }, connect: { installer: { path: "a.msi" } } }],
    ["whose generations are a list", { generations: [1, 2] }],
    ["whose generations are a number", { generations: 2 }],
    ["with an empty block", { generations: { "1": null, "2": { connect: "x" }, "3": { connect: { installer: 4 } } } }],
    ["that are nothing but access", { access: "x", network: null, backup: [], domain: 3 }],
  ];
  for (const [what, config] of wrong)
    it(`leaves settings ${what} to the program, which refuses them in its own words`, async () => {
      const prefixed = Object.entries(config as object).map(([key, value]) => [`entra-connect:${key}`, value]);
      const rehearsed = await standIn({ config: Object.fromEntries(prefixed) }, declared, context());
      for (const [key, value] of prefixed) assert.deepEqual(rehearsed.settings[key], value);
      assert.deepEqual(existingResources(rehearsed.settings, "s").resources, []);
    });

  it("keeps everything else as it is", async () => {
    const rehearsed = await standIn(prod(), declared, context());
    assert.equal(rehearsed.settings["azure-native:location"], "westeurope");
    assert.deepEqual(at(rehearsed, "access").managementSources, ["10.20.1.4/32", "10.20.2.0/24"]);
    assert.equal(connectOf(rehearsed).version, "2.6.92.0");
    assert.deepEqual(at(rehearsed, "generations")["1"], {
      image: { sku: "2022-datacenter-g2" },
      connect: connectOf(rehearsed),
    });
  });

  it("has nothing to report of settings that were written for a rehearsal", async () => {
    const rehearsed = await standIn(
      {
        config: {
          "entra-connect:access": { managementSources: ["10.40.9.4/32"], jumpHost: { host: "127.0.0.1", port: 22022 } },
          "entra-connect:generations": {
            "1": { connect: { installer: { path: "a.msi", sha256: hash("0") }, version: "2.6.92.0" } },
          },
        },
      },
      declared,
      context(),
    );
    assert.deepEqual(rehearsed.notRehearsed, []);
    assert.equal(Object.keys(rehearsed.secrets).length, 3);
  });
});
