import assert from "node:assert/strict";
import { unfamiliarNames } from "../../components/settings/unfamiliar";
import { validate } from "../../components/settings/validate";
import type { Finding } from "../../review/verdict";
import { blockFixture, today, type Written, writtenFixture } from "../support/settingsFixture";
import { problemsOf } from "../support/settingsProblems";

type Change = (written: Written) => unknown;

const set =
  (path: string, value: unknown): Change =>
  (written) => {
    const keys = path.split(".");
    const last = keys.pop() ?? "";
    let here = written as Record<string, unknown>;
    for (const key of keys) {
      here[key] ??= {};
      here = here[key] as Record<string, unknown>;
    }
    here[last] = value;
  };
const tags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, "x"]));
const block =
  (change: Record<string, unknown>): Change =>
  (written) =>
    Object.assign(written.generations["1"] ?? {}, change);

function findingsOf(change: Change, standing: readonly number[] = []): readonly Finding[] {
  const written = writtenFixture();
  change(written);
  const result = validate(written, { today, built: {} });
  assert.equal(result.kind, "valid", JSON.stringify(result.kind === "valid" ? "" : result.problems));
  return result.kind === "valid" ? unfamiliarNames(result.settings, standing) : [];
}

const workspace =
  "/subscriptions/00000000-0000-4000-8000-0000000000a1/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/law-1";

/** Wrong settings, what becomes of them, where that is told, and what is to be written. */
const wrong: readonly (readonly [
  what: string,
  change: Change,
  how: "refused" | "warned",
  path: string,
  write: RegExp,
])[] = [
  // The nine of the review of 2026-11-26 (section 1.2).
  ["an unknown region", set("location", "westeurop"), "warned", "location", /^westeurope;/],
  ["an unknown size", block({ size: "Standard_D4s_v55" }), "warned", "generations.1.size", /^Standard_D4s_v5;/],
  [
    "a misspelt time zone",
    block({ timeZone: "W. Europe Standard Tme" }),
    "refused",
    "generations.1.timeZone",
    /tzutil/,
  ],
  [
    "a time zone of another system",
    set("backup.timeZone", "Europe/Berlin"),
    "refused",
    "backup.timeZone",
    /^W\. Europe Standard Time$/,
  ],
  [
    "an unknown image",
    set("generations.1.image.sku", "2022-datacentre-g2"),
    "warned",
    "generations.1.image.sku",
    /^2022-datacenter-g2;/,
  ],
  ["51 tags", set("tags", tags(51)), "refused", "tags", /45 tags or fewer/],
  ["a tag a<b>", set("tags", { "a<b>": "x" }), "refused", "tags.a<b>", /without </],
  [
    "a zone where there is none",
    (all) => {
      set("location", "westus")(all);
      block({ zone: "1" })(all);
    },
    "warned",
    "generations.1.zone",
    /^no zone;/,
  ],
  [
    "sources that overlap",
    set("access.managementSources", ["10.40.0.0/16", "10.40.1.0/24"]),
    "refused",
    "access.managementSources[1]",
    /only "10\.40\.0\.0\/16"/,
  ],
  // More of each kind.
  ["two letters of a region changed places", set("location", "wesetus3"), "warned", "location", /^westus3;/],
  ["a region that is like none", set("location", "atlantis"), "warned", "location", /a name that Azure lists/],
  ["a region with a blank", set("location", "West Europe"), "refused", "location", /./],
  [
    "a region of the workspace",
    (all) => {
      set("monitoring", {
        notify: { emails: ["a@contoso.com"] },
        workspaceId: workspace,
        workspaceLocation: "northeurop",
      })(all);
    },
    "warned",
    "monitoring.workspaceLocation",
    /^northeurope;/,
  ],
  [
    "a size with an odd count",
    block({ size: "Standard_D3s_v5" }),
    "warned",
    "generations.1.size",
    /^Standard_D[24]s_v5;/,
  ],
  [
    "a size with its letters mixed up",
    block({ size: "Standard_D4sd_v5" }),
    "warned",
    "generations.1.size",
    /^Standard_D4/,
  ],
  [
    "a size of a version that does not exist",
    block({ size: "Standard_E4s_v9" }),
    "warned",
    "generations.1.size",
    /^Standard_E4s_v/,
  ],
  ["a size without s", block({ size: "Standard_D4_v5" }), "refused", "generations.1.size", /./],
  ["a size of the A family", block({ size: "Standard_A4_v2" }), "refused", "generations.1.size", /./],
  [
    "a misspelt publisher",
    set("generations.1.image.publisher", "MicrosoftWindowServer"),
    "warned",
    "generations.1.image.publisher",
    /^MicrosoftWindowsServer;/,
  ],
  [
    "a misspelt offer",
    set("generations.1.image.offer", "Windows-Server"),
    "warned",
    "generations.1.image.offer",
    /^WindowsServer;/,
  ],
  [
    "an image of the edition misspelt",
    (all) => {
      set("generations.1.image", { sku: "2025-datacenter-azure-editon", version: "26100.1.250101" })(all);
    },
    "refused",
    "generations.1.image.sku",
    /2025-datacenter-azure-edition/,
  ],
  [
    "an image without desktop",
    set("generations.1.image.sku", "2022-datacenter-core-g2"),
    "refused",
    "generations.1.image.sku",
    /./,
  ],
  [
    "a version that is none",
    set("generations.1.image.version", "latest"),
    "refused",
    "generations.1.image.version",
    /./,
  ],
  ["zone 4", block({ zone: "4" }), "refused", "generations.1.zone", /./],
  [
    "zones for the backup where there are none",
    (all) => {
      set("location", "northcentralus")(all);
      set("backup.redundancy", "ZoneRedundant")(all);
    },
    "warned",
    "backup.redundancy",
    /^GeoRedundant or LocallyRedundant;/,
  ],
  [
    "zones for the archive where there are none",
    (all) => {
      set("location", "canadaeast")(all);
      set("archive", { enabled: true, redundancy: "ZoneRedundant" })(all);
    },
    "warned",
    "archive.redundancy",
    /^GeoRedundant or LocallyRedundant;/,
  ],
  [
    "a misspelt service tag",
    set("network.extraOutbound", [{ name: "own", serviceTag: "AzureMonitr", ports: ["443"], reason: "agent of ours" }]),
    "warned",
    "network.extraOutbound[0].serviceTag",
    /^AzureMonitor;/,
  ],
  [
    "a service tag of an unknown region",
    set("network.extraOutbound", [
      { name: "own", serviceTag: "Storage.WestEurop", ports: ["443"], reason: "store of ours" },
    ]),
    "warned",
    "network.extraOutbound[0].serviceTag",
    /^Storage\.westeurope;/,
  ],
  ["a tag value of 257 characters", set("tags", { a: "x".repeat(257) }), "refused", "tags.a", /./],
  ["tags that differ by letter case", set("tags", { cost: "1", Cost: "2" }), "refused", "tags.Cost", /one of the two/],
  [
    "a tag name of 129 characters on an archive",
    (all) => {
      set("archive", { enabled: true })(all);
      set("tags", { ["a".repeat(129)]: "x" })(all);
    },
    "refused",
    `tags.${"a".repeat(129)}`,
    /./,
  ],
  [
    "a reserved administrator",
    block({ administratorName: "actuser" }),
    "refused",
    "generations.1.administratorName",
    /./,
  ],
  [
    "a misspelt time zone of a window",
    set("maintenance", {
      window: { start: "03:00", duration: "03:00", every: "Week Sunday", timeZone: "CET" },
    }),
    "refused",
    "maintenance.window.timeZone",
    /./,
  ],
  [
    "a network of multicast addresses",
    set("network.subnetPrefix", "224.0.0.0/24"),
    "refused",
    "network.subnetPrefix",
    /./,
  ],
  [
    "a subnet of four addresses",
    set("network.subnetPrefix", "10.40.0.0/30"),
    "refused",
    "network.subnetPrefix",
    /\/29/,
  ],
];

describe("wrong values in the settings", () => {
  for (const [what, change, how, path, write] of wrong)
    it(`${what}: ${how}`, () => {
      if (how === "refused") {
        const found = problemsOf(change).filter((each) => each.path === path);
        assert.ok(found.length > 0, JSON.stringify(problemsOf(change)));
        assert.match(found[0]?.write ?? "", write);
        return;
      }
      const [finding, ...others] = findingsOf(change);
      assert.deepEqual(others, []);
      assert.equal(finding?.severity, "warning");
      assert.equal(finding?.subject, path);
      assert.match(finding?.next ?? "", write);
    });
});

describe("a value that is nearly of the right form", () => {
  const slips: readonly (readonly [path: string, written: unknown, meant: string])[] = [
    ["location", "West Europe", "westeurope"],
    ["name", "AADC-STG", "aadc-stg"],
    ["name", "aadc_stg", "aadc-stg"],
    ["generations.1.administratorName", "AadcAdmin", "aadcadmin"],
    ["access.managementSources", ["10.40.9.4"], "10.40.9.4/32"],
    ["backup.time", "2:00", "02:00"],
  ];
  for (const [path, written, meant] of slips)
    it(`is told as it is to be written: ${path} ${JSON.stringify(written)}`, () => {
      const problems = problemsOf(set(path, written));
      assert.deepEqual(
        problems.map(({ write }) => write),
        [`"${meant}", if that is what you mean`],
      );
      assert.deepEqual(problemsOf(set(path, Array.isArray(written) ? [meant] : meant)), [], "and then it is taken");
    });

  it("and a resource group may have every letter that Azure allows", () => {
    for (const name of ["rg-zürich", "RG_Identity.(1)", "rg-身份"])
      assert.deepEqual(problemsOf(set("resourceGroupName", name)), [], name);
    assert.equal(problemsOf(set("resourceGroupName", "rg name")).length, 1);
  });
});

describe("names that the lists know", () => {
  const right: Readonly<Record<string, Change>> = {
    "the fixture": () => undefined,
    "a larger size": block({ size: "Standard_E8ads_v5" }),
    "an isolated size": block({ size: "Standard_E80is_v4" }),
    "a constrained size": block({ size: "Standard_E8-4s_v5" }),
    "a size of version 7": block({ size: "Standard_D4as_v7" }),
    "a size of a family that the list does not speak of": block({ size: "Standard_L8s_v3" }),
    "the image in other letter case": set("generations.1.image.sku", "2022-Datacenter-G2"),
    "an image of another publisher": set("generations.1.image", {
      publisher: "contoso",
      offer: "windows",
      sku: "hardened-g2",
      version: "1.2.3",
    }),
    "a regional tag": set("network.extraOutbound", [
      { name: "own", serviceTag: "Storage.WestEurope", ports: ["443"], reason: "store of ours" },
    ]),
    "a zone": block({ zone: "3" }),
  };
  for (const [what, change] of Object.entries(right))
    it(`${what} is not spoken of`, () => assert.deepEqual(findingsOf(change), []));

  it("a region of another cloud is known, and told: hosts and names are those of the public one", () => {
    const findings = findingsOf(set("location", "usgovvirginia"));
    assert.deepEqual(
      findings.map(({ code, severity }) => [code, severity]),
      [["other-cloud", "warning"]],
    );
    assert.deepEqual(findingsOf(set("location", "usgovvirginia"), [1]), [], "of what stands nothing");
  });

  it("an install location on a drive that the machine does not have is told, on C: not", () => {
    const at = (location: string) => set("generations.1.connect.installLocation", location);
    assert.deepEqual(findingsOf(at("C:\\Entra Connect")), []);
    const [finding, ...others] = findingsOf(at("E:\\Entra Connect"));
    assert.deepEqual(others, []);
    assert.equal(finding?.code, "install-location-drive");
    assert.match(finding?.next ?? "", /^C:\\Entra Connect; /);
    assert.deepEqual(findingsOf(at("E:\\Entra Connect"), [1]), [], "of what stands nothing");
  });

  it("nothing is said of what stands: it exists", () => {
    const change: Change = (written) => {
      Object.assign(written, { location: "newregion" });
      Object.assign(written.generations["1"] ?? {}, { size: "Standard_D4s_v55" });
    };
    assert.equal(findingsOf(change).length, 2);
    assert.deepEqual(findingsOf(change, [1]), []);
  });
  it("but of a block beside it", () => {
    const change: Change = (written) => {
      written.generations["2"] = blockFixture((added) => Object.assign(added, { size: "Standard_D4s_v55" }));
    };
    assert.deepEqual(
      findingsOf(change, [1]).map(({ subject }) => subject),
      ["generations.2.size"],
    );
  });
});
