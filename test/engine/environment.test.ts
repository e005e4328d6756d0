import assert from "node:assert/strict";
import { delimiter, join } from "node:path";
import { cacheFolder } from "../../engine/cacheFolder";
import { type OfflineSettings, offlineAdditions, offlineEnvironment } from "../../engine/environment";

const settings: OfflineSettings = {
  state: join("/", "w", "state"),
  home: join("/", "w", "home"),
  passphrase: "rehearsal",
  providers: { "azure-native": 4001, command: 4002 },
  languageHostPort: 4003,
  node: join("/", "n", "bin", "node"),
  pulumi: join("/", "p", "bin", "pulumi"),
  compileCache: join("/", "c"),
};

describe("the offline environment", () => {
  it("attaches the providers and the language host, and keeps state in a folder", () => {
    const additions = offlineAdditions(settings);
    assert.equal(additions.PULUMI_DEBUG_PROVIDERS, "azure-native:4001,command:4002");
    assert.equal(additions.PULUMI_DEBUG_LANGUAGES, "nodejs:4003");
    assert.match(additions.PULUMI_BACKEND_URL ?? "", /^file:\/\/\/.*w\/state\?metadata=skip$/);
    const odd = offlineAdditions({ ...settings, state: join("/", "w", "a ?#b", "state") });
    const address = new URL(odd.PULUMI_BACKEND_URL ?? "");
    assert.deepEqual([address.search, address.hash], ["?metadata=skip", ""], "whatever the folder is called");
    assert.equal(additions.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION, "true");
    assert.equal(additions.PULUMI_SKIP_UPDATE_CHECK, "true");
  });

  it("leaves the CLI its own language host where it has one", () => {
    const { languageHostPort: _none, ...rest } = settings;
    assert.ok(!("PULUMI_DEBUG_LANGUAGES" in offlineAdditions(rest)));
  });

  it("drops whatever could lead to a real backend, subscription or tenant", () => {
    const environment = offlineEnvironment(
      {
        PULUMI_ACCESS_TOKEN: "t",
        PULUMI_CONFIG_PASSPHRASE_FILE: "f",
        ARM_CLIENT_SECRET: "s",
        AZURE_CLIENT_ID: "i",
        TS_NODE_PROJECT: "p",
        HOME: "/home/me",
        PATH: `/usr/bin${delimiter}/bin`,
      },
      settings,
    );
    for (const name of [
      "PULUMI_ACCESS_TOKEN",
      "PULUMI_CONFIG_PASSPHRASE_FILE",
      "ARM_CLIENT_SECRET",
      "AZURE_CLIENT_ID",
    ]) {
      assert.ok(!(name in environment), name);
    }
    assert.equal(environment.HOME, "/home/me");
  });

  it("puts the chosen Node and Pulumi first on PATH, once, however PATH is spelt", () => {
    const [node, pulumi] = [join("/", "n", "bin"), join("/", "p", "bin")];
    const environment = offlineEnvironment({ Path: [pulumi, "/usr/bin"].join(delimiter) }, settings);
    assert.equal(environment.PATH, [node, pulumi, "/usr/bin"].join(delimiter));
    assert.ok(!("Path" in environment));
  });
});

describe("the cache folder", () => {
  it("follows each platform's custom, and ENTRA_CONNECT_CACHE before it", () => {
    assert.equal(cacheFolder({ ENTRA_CONNECT_CACHE: "/x" }, "linux", "/h"), "/x");
    assert.equal(cacheFolder({ XDG_CACHE_HOME: "/xdg" }, "linux", "/h"), join("/xdg", "pulumi-entra-connect"));
    assert.equal(cacheFolder({}, "linux", "/h"), join("/h", ".cache", "pulumi-entra-connect"));
    assert.equal(cacheFolder({}, "darwin", "/h"), join("/h", "Library", "Caches", "pulumi-entra-connect"));
    assert.equal(cacheFolder({ LOCALAPPDATA: "/l" }, "win32", "/h"), join("/l", "pulumi-entra-connect", "cache"));
  });
});
