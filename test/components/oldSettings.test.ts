import assert from "node:assert/strict";
import { parse } from "yaml";
import { SettingsError } from "../../components/settings/settings";
import { validate } from "../../components/settings/validate";
import { today } from "../support/settingsFixture";

/** Settings of the release before generations had blocks, as somebody has them in a file. */
function oldSettings(): Record<string, Record<string, unknown>> & { server: Record<string, unknown> } {
  return {
    server: {
      name: "aadc-stg",
      generations: [1, 2],
      activeGeneration: 1,
      synchronizedObjects: 20000,
      image: { sku: "2022-datacenter-g2", version: "20348.4171.250903" },
      zone: "1",
      timeZone: "W. Europe Standard Time",
    },
    network: {
      addressSpace: "10.40.0.0/24",
      subnetPrefix: "10.40.0.0/27",
      firstServerAddress: "10.40.0.20",
      domainControllers: ["10.40.8.4"],
    },
    access: { managementSources: ["10.40.9.4/32"] },
    domain: { name: "corp.contoso.com" },
    connect: {
      version: "2.6.92.0",
      installer: { path: "AzureADConnect.msi", sha256: "0".repeat(64) },
      settingsFile: { path: "settings.json", sha256: "1".repeat(64) },
      features: { passwordWriteback: true },
    },
  };
}

function problemsOf(written: Record<string, unknown>) {
  const result = validate({ location: "westeurope", ...written }, { today, built: {} });
  return result.kind === "valid" ? [] : result.problems;
}

const at = (path: string, written: Record<string, unknown>) => {
  const found = problemsOf(written).filter((each) => each.path === path);
  assert.equal(found.length, 1, `one problem at ${path}: ${JSON.stringify(problemsOf(written), null, 1)}`);
  return found[0] ?? assert.fail();
};

/** What is printed to write, read as the settings file it is for. */
function printed(path: string, written: Record<string, unknown>): Record<string, unknown> {
  const settings: Record<string, unknown> = parse(at(path, written).write);
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [key.replace(/^entra-connect:/, ""), value]),
  );
}

describe("settings of an earlier release", () => {
  it("are refused with one problem for each part that has moved, and nothing else", () =>
    assert.deepEqual(
      problemsOf(oldSettings()).map(({ path }) => path),
      ["server", "server.activeGeneration", "connect", "network.firstServerAddress"],
    ));

  it("come with the new form, made from the user's own values, which is right when it is written", () => {
    const old = oldSettings();
    const { server: _server, connect: _connect, ...rest } = old;
    const { firstServerAddress: _first, ...network } = old.network ?? {};
    const written = { ...rest, network, ...printed("server", old) };
    const result = validate({ location: "westeurope", ...written }, { today, built: {} });
    assert.equal(result.kind, "valid", JSON.stringify(result));
    if (result.kind !== "valid") return;
    assert.deepEqual(
      result.settings.generations.map(({ generation, role, address, zone, timeZone, features }) => ({
        generation,
        role,
        address,
        zone,
        timeZone,
        passwordWriteback: features.passwordWriteback,
      })),
      [
        {
          generation: 1,
          role: "active",
          address: "10.40.0.20",
          zone: "1",
          timeZone: "W. Europe Standard Time",
          passwordWriteback: true,
        },
        {
          generation: 2,
          role: "passive",
          address: "10.40.0.21",
          zone: "1",
          timeZone: "W. Europe Standard Time",
          passwordWriteback: true,
        },
      ],
    );
    assert.equal(result.settings.name, "aadc-stg");
    assert.equal(result.settings.synchronizedObjects, 20000);
    assert.equal(result.settings.generations[0]?.connect.installer.path, "AzureADConnect.msi");
  });

  it("keep the address that a generation had, also where nobody had written one", () => {
    const old = oldSettings();
    Object.assign(old.server, { generations: [2, 3], activeGeneration: undefined });
    delete old.network?.firstServerAddress;
    const { generations } = printed("server", old) as { generations: Record<string, { address?: string }> };
    assert.equal(generations["2"]?.address, undefined, "the 12th, as by default now");
    assert.equal(generations["3"]?.address, "10.40.0.12", "the 13th, which is no default any more");
  });

  it("turn a short generation into one block, and a missing one into the first", () => {
    const old = oldSettings();
    Object.assign(old.server, { generations: undefined, generation: 4 });
    assert.deepEqual(Object.keys(printed("server", old).generations as object), ["4"]);
    Object.assign(old.server, { generation: undefined });
    assert.deepEqual(Object.keys(printed("server", old).generations as object), ["1"]);
  });

  it("turn overrides, acknowledgements and reinstatements into exceptions, a lost server into a role", () => {
    const old = oldSettings();
    Object.assign(old.server, {
      activeGeneration: undefined,
      retirementOverrides: [
        { generation: 1, lost: true, reason: "host failed, disks deleted" },
        { generation: 2, reason: "its evidence is unreadable" },
      ],
      acknowledgedPassThroughAgents: [{ generation: 2, reason: "two others are active" }],
      reinstatements: [{ generation: 2, reason: "the destroy was called off" }],
    });
    const overrides = printed("server.retirementOverrides", old).generations as Record<string, Record<string, unknown>>;
    assert.deepEqual(overrides["1"], { role: "lost" });
    const [exception] = (overrides["2"]?.exceptions ?? []) as Record<string, unknown>[];
    assert.equal(exception?.kind, "retireUnproven");
    assert.equal(exception?.reason, "its evidence is unreadable");
    assert.match(String(exception?.until), /last day on which it counts/);
    assert.match(String(exception?.vmId), /az vm show/);
    const whole = printed("server", old).generations as Record<string, { exceptions?: { kind: string }[] }>;
    assert.deepEqual(
      whole["2"]?.exceptions?.map(({ kind }) => kind),
      ["retireUnproven", "passThroughAgentIsElsewhere", "reinstate"],
    );
    at("server.acknowledgedPassThroughAgents", old);
    at("server.reinstatements", old);
  });

  it("are judged as if they had been written in the new form, so that everything is told at once", () => {
    const old = oldSettings();
    old.server.timeZone = "Europe/Berlin";
    old.server.generations = [1];
    old.server.activeGeneration = undefined;
    const paths = problemsOf(old).map(({ path }) => path);
    assert.ok(paths.includes("generations.1.timeZone"), paths.join());
  });

  it("half rewritten keep the blocks that are there", () => {
    const { server: _server, ...rest } = oldSettings();
    const written = {
      ...rest,
      name: "aadc-stg",
      generations: { "7": { image: { version: "20348.4171.250903" } } },
      network: { addressSpace: "10.40.0.0/24", subnetPrefix: "10.40.0.0/27", domainControllers: ["10.40.8.4"] },
    };
    assert.deepEqual(
      problemsOf(written).map(({ path }) => path),
      ["connect"],
    );
    const { generations } = printed("connect", written) as { generations: Record<string, { connect: object }> };
    assert.deepEqual(Object.keys(generations), ["7"]);
  });

  it("never make a mess of what is no old form: a text, a list, nothing", () => {
    for (const value of ["aadc", [1], null, 7])
      assert.equal(validate({ server: value, connect: value }, { today, built: {} }).kind, "invalid");
    for (const value of ["aadc", [1], null, undefined])
      assert.equal(validate(value, { today, built: {} }).kind, "invalid");
  });

  it("are printed below the word, line by line", () =>
    assert.match(
      new SettingsError(problemsOf(oldSettings())).message,
      /\n {4}write:\n {6}entra-connect:name: aadc-stg\n {6}entra-connect:synchronizedObjects: 20000\n {6}entra-connect:generations:\n {8}"1":\n/,
    ));
});
