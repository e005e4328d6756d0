import assert from "node:assert/strict";
import { document, type WorldPicture } from "../../../rehearsal/run/show";
import { goodSurroundings } from "../../../rehearsal/windows/createServerWorld";

const packageOf = (displayName: string, displayVersion: string) => ({
  displayName,
  displayVersion,
  productCode: "{p}",
  upgradeCode: "{u}",
});

function picture(...packages: ReturnType<typeof packageOf>[]): WorldPicture {
  return {
    folder: "/w",
    resources: [],
    genericTypes: [],
    archives: [],
    calls: [],
    servers: [
      {
        name: "aadc-stg-g2",
        resourceId: "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/aadc-stg-g2",
        power: "running",
        state: {
          computerName: "AADC-STG-G2",
          vmId: "v",
          administratorName: "a",
          operatingSystem: { caption: "Windows Server", version: "10", buildNumber: "1", installationType: "Server" },
          domain: { joined: true, name: "corp.contoso.com" },
          bootedAt: "2026-11-26T08:00:00Z",
          clock: { scale: 1, realStart: "", simulatedStart: "" },
          services: {},
          processes: [],
          packages,
          fileVersions: {},
          reachable: [],
          disk: { sizeGB: 1, freeGB: 1 },
          clockSkewSeconds: 0,
          capabilities: [],
          firewallRules: {},
          accounts: {},
          logonRights: { granted: [], denied: [] },
          accessControl: {},
          violations: [],
          surroundings: goodSurroundings(),
          peculiarities: {},
          wizard: { state: "not-installed" },
        },
      },
    ],
  };
}

const shown = (...packages: ReturnType<typeof packageOf>[]) => document(picture(...packages)).servers[0];

describe("rehearse show --json", () => {
  it("gives each server its installed Entra Connect version, its agents set aside", () => {
    const agent = packageOf("Microsoft Entra Connect Authentication Agent", "1.5.1.0");
    assert.equal(shown(agent, packageOf("Microsoft Entra Connect Sync", "2.6.92.0"))?.connectVersion, "2.6.92.0");
    assert.equal(shown(packageOf("Microsoft Azure AD Connect", "2.3.2.0"))?.connectVersion, "2.3.2.0");
    assert.equal(shown(agent)?.connectVersion, null);
    assert.equal(shown()?.connectVersion, null);
    assert.equal(shown()?.name, "aadc-stg-g2");
  });
});
