import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { SettingsError, validate } from "../../components";
import { projectFixture, today, type Written } from "../support/settingsFixture";

function problemsOf(
  change: (written: Written, folder: string) => void,
): readonly { path: string; problem: string; write: string }[] {
  const { folder, written } = projectFixture();
  change(written, folder);
  const result = validate(written, { projectFolder: folder, today });
  return result.kind === "valid" ? [] : result.problems;
}

function refuses(change: (written: Written, folder: string) => void, path: string, problem: RegExp, write = /./): void {
  const problems = problemsOf(change);
  const [first] = problems.filter((each) => each.path === path);
  assert.ok(first, `no problem at ${path}; problems: ${JSON.stringify(problems)}`);
  assert.match(first.problem, problem);
  assert.match(first.write, write);
}

describe("settings", () => {
  it("are accepted when they are right, with defaults filled in", () => {
    const { folder, written } = projectFixture();
    const result = validate(written, { projectFolder: folder, today });
    assert.equal(result.kind, "valid");
    if (result.kind !== "valid") return;
    const { server, network, connect, gate, backup } = result.settings;
    assert.deepEqual(server.generations, [1]);
    assert.equal(server.size, "Standard_D2s_v5");
    assert.equal(server.osDiskSizeGB, 127);
    assert.equal(server.image.sku, "2022-datacenter-g2");
    assert.equal(network.kind, "new");
    assert.equal(network.firstServerAddress, "10.40.0.10");
    assert.deepEqual(network.dnsServers, ["10.40.8.4"]);
    assert.deepEqual(connect.database, { kind: "localdb" });
    assert.deepEqual(gate, { waitMinutes: 60, pollSeconds: 30 });
    assert.equal(backup.enabled, true);
  });

  it("do not change what the user wrote", () => {
    const { folder, written } = projectFixture();
    const before = structuredClone(written);
    validate(written, { projectFolder: folder, today });
    assert.deepEqual(written, before);
  });

  it("report every problem at once", () => {
    const problems = problemsOf((written) => {
      written.location = "West Europe";
      written.server.nmae = "x";
      delete written.domain.name;
      written.network.domainControllers = ["dc01"];
    });
    assert.deepEqual(problems.map((each) => each.path).sort(), [
      "domain.name",
      "location",
      "network.domainControllers[0]",
      "server.nmae",
    ]);
  });

  it("name the setting that an unknown key probably means", () =>
    refuses(
      (written) => {
        written.server.synchronisedObjects = 5;
      },
      "server.synchronisedObjects",
      /no such setting/,
      /server\.synchronizedObjects/,
    ));

  it("refuse an unknown top-level key", () =>
    refuses(
      (written) => {
        written.netwrok = {};
      },
      "netwrok",
      /no such setting/,
      /network/,
    ));

  it("want exactly one of generation and generations", () => {
    refuses((written) => delete written.server.generation, "server.generation", /missing/);
    refuses(
      (written) => {
        written.server.generations = [1];
      },
      "server.generations",
      /beside/,
    );
  });

  it("refuse a computer name of more than 15 characters with its generation", () => {
    const { folder, written } = projectFixture();
    Object.assign(written.server, { name: "aadcstaging1", generation: 9 });
    written.network.subnetPrefix = "10.40.0.0/25";
    assert.equal(validate(written, { projectFolder: folder, today }).kind, "valid");
    refuses(
      (later) => Object.assign(later.server, { name: "aadcstaging1", generation: 10 }),
      "server.name",
      /"aadcstaging1-g10" has 16 characters/,
      /at most 11/,
    );
  });

  it("refuse an active generation that is not among the generations", () =>
    refuses(
      (written) => {
        written.server.activeGeneration = 2;
      },
      "server.activeGeneration",
      /never taken out/,
    ));

  it("refuse an override for the active generation", () =>
    refuses(
      (written) =>
        Object.assign(written.server, {
          activeGeneration: 1,
          retirementOverrides: [{ generation: 1, reason: "because I can do it", lost: true }],
        }),
      "server.retirementOverrides",
      /declared active/,
    ));

  it("refuse an override without a reason worth reading", () =>
    refuses(
      (written) => {
        written.server.retirementOverrides = [{ generation: 1, reason: "x" }];
      },
      "server.retirementOverrides[0].reason",
      /fewer than 10/,
    ));

  it("refuse to bring back a generation that is not there, is active, or is lost", () => {
    const reinstatements = [{ generation: 1, reason: "the deletion was called off" }];
    const path = "server.reinstatements[0]";
    refuses(
      ({ server }) => Object.assign(server, { generation: 2, reinstatements }),
      path,
      /not in server\.generations/,
    );
    refuses(({ server }) => Object.assign(server, { activeGeneration: 1, reinstatements }), path, /declared active/);
    const retirementOverrides = [{ generation: 1, reason: "its host has failed", lost: true }];
    refuses(({ server }) => Object.assign(server, { retirementOverrides, reinstatements }), path, /declared lost/);
    const asked = [{ generation: 1, reason: "its host has failed", lost: false }];
    assert.deepEqual(
      problemsOf(({ server }) => Object.assign(server, { retirementOverrides: asked, reinstatements })),
      [],
    );
  });

  for (const [sku, problem] of [
    ["2022-datacenter-core-g2", /Server Core/],
    ["2022-datacenter", /Generation 1/],
    ["2016-datacenter-gensecond", /too old/],
  ] as const)
    it(`refuse the image ${sku}`, () =>
      refuses(
        (written) => {
          written.server.image = { sku, version: "20348.1.1" };
        },
        "server.image.sku",
        problem,
      ));

  it("refuse an image version of another Windows, and latest", () => {
    refuses(
      (written) => {
        written.server.image = { version: "26100.1.1" };
      },
      "server.image.version",
      /does not belong/,
    );
    refuses(
      (written) => {
        written.server.image = { version: "latest" };
      },
      "server.image.version",
      /right form/,
    );
  });

  it("refuse a size that is too small for the objects, and one without Trusted Launch", () => {
    refuses(
      (written) => Object.assign(written.server, { size: "Standard_D2s_v5", synchronizedObjects: 80000 }),
      "server.size",
      /8 GiB.*80,000 objects need 16/,
      /Standard_D4s_v5/,
    );
    refuses(
      (written) => {
        written.server.size = "Standard_DC2s_v3";
      },
      "server.size",
      /Trusted Launch/,
    );
  });

  for (const size of ["Standard_B2ms", "Standard_D4_v5"])
    it(`refuse ${size}, which Azure would refuse after the network is built`, () =>
      refuses(
        (written) => {
          written.server.size = size;
        },
        "server.size",
        /premium disks.*accelerated networking/,
      ));

  it("refuse LocalDB above 100,000 objects", () =>
    refuses(
      (written) => {
        written.server.synchronizedObjects = 100_001;
      },
      "connect.database",
      /LocalDB holds/,
      /sqlServer/,
    ));

  it("want a managed service account for a remote SQL Server", () =>
    refuses(
      (written) => {
        written.connect.database = { kind: "sqlServer", server: "sql01" };
      },
      "connect.serviceAccount",
      /virtual service account/,
    ));

  it("refuse a disk smaller than the image", () =>
    refuses(
      (written) => {
        written.server.osDiskSizeGB = 100;
      },
      "server.osDiskSizeGB",
      />= 127/,
    ));

  it("refuse a subnet outside the address space, with host bits, or too small", () => {
    refuses(
      (written) => {
        written.network.subnetPrefix = "10.41.0.0/27";
      },
      "network.subnetPrefix",
      /not inside/,
    );
    refuses(
      (written) => {
        written.network.subnetPrefix = "10.40.0.5/27";
      },
      "network.subnetPrefix",
      /host bits/,
      /10\.40\.0\.0\/27/,
    );
    refuses(
      (written) => {
        written.network.subnetPrefix = "10.40.0.0/30";
      },
      "network.subnetPrefix",
      /smallest/,
    );
  });

  it("refuse an address that Azure keeps, and one of a domain controller", () => {
    refuses(
      (written) => {
        written.network.firstServerAddress = "10.40.0.3";
      },
      "network.firstServerAddress",
      /Azure keeps/,
    );
    refuses(
      (written) => {
        written.network.domainControllers = ["10.40.0.10"];
      },
      "network.firstServerAddress",
      /domain controller/,
    );
  });

  it("refuse management from the whole Internet", () =>
    refuses(
      (written) => {
        written.access.managementSources = ["0.0.0.0/0"];
      },
      "access.managementSources[0]",
      /Tier 0/,
    ));

  it("refuse a jump host's ssh-rsa key, which would be used with SHA-1 only", () =>
    refuses(
      (written) => {
        written.access.jumpHost = { host: "jump", user: "me", hostKey: "ssh-rsa AAAA" };
      },
      "access.jumpHost.hostKey",
      /right form/,
    ));

  for (const [version, problem] of [
    ["2.6.79.0", /recalled/],
    ["2.4.18.0", /below 2\.5\.79\.0/],
    ["2.6.85.0", /not a known release/],
  ] as const)
    it(`refuse version ${version}`, () =>
      refuses(
        (written) => {
          written.connect.version = version;
        },
        "connect.version",
        problem,
        /2\.6\.92\.0/,
      ));

  it("refuse a missing file, a file with another hash, and a settings file that is none", () => {
    refuses(
      (written) => {
        written.connect.installer.path = "nowhere.msi";
      },
      "connect.installer.path",
      /there is no file at .*nowhere\.msi/,
      /Entra admin center/,
    );
    refuses(
      (written) => {
        written.connect.settingsFile.sha256 = "0".repeat(64);
      },
      "connect.settingsFile.sha256",
      /has SHA-256 [0-9a-f]{64}, the settings say 0{64}/,
    );
    refuses(
      (_, folder) => writeFileSync(join(folder, "settings.json"), "{}"),
      "connect.settingsFile.path",
      /does not look like/,
    );
    refuses(
      (_, folder) => writeFileSync(join(folder, "settings.json"), "not json"),
      "connect.settingsFile.path",
      /not JSON/,
    );
  });

  it("accept a hash in capital letters", () =>
    assert.deepEqual(
      problemsOf((written) => {
        written.connect.installer.sha256 = String(written.connect.installer.sha256).toUpperCase();
      }),
      [],
    ));

  it("say in one text what is wrong everywhere, which the engine prints without a stack trace", () => {
    const error = new SettingsError([
      { path: "location", problem: "is missing", write: "a region" },
      { path: "domain.name", problem: "is missing", write: "a name" },
    ]);
    assert.match(
      error.message,
      /2 problems\. Nothing was touched\.\n {2}location: is missing\n {4}write: a region\n {2}domain\.name/,
    );
    assert.ok(pulumi.RunError.isInstance(error));
  });
});
