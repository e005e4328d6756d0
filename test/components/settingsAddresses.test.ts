import { blockFixture, type Written } from "../support/settingsFixture";
import { accepts, refuses } from "../support/settingsProblems";

const network =
  (part: Record<string, unknown>) =>
  (written: Written): unknown =>
    Object.assign(written.network, part);
const address =
  (text: string, number = "1") =>
  (written: Written) => {
    written.generations[number] = blockFixture((block) => Object.assign(block, { address: text }));
  };
const subnetId = "/subscriptions/s/resourceGroups/r/providers/Microsoft.Network/virtualNetworks/v/subnets/x";

describe("addresses that cannot be right are refused before anything is touched:", () => {
  it("a subnet outside the address space, with host bits, too small, or none", () => {
    refuses(network({ subnetPrefix: "10.41.0.0/27" }), "network.subnetPrefix", /not inside/);
    refuses(network({ subnetPrefix: "10.40.0.5/27" }), "network.subnetPrefix", /host bits/, /10\.40\.0\.0\/27/);
    refuses(network({ subnetPrefix: "10.40.0.0/30" }), "network.subnetPrefix", /smallest/);
    refuses(network({ subnetPrefix: "10.40.0.300/27" }), "network.subnetPrefix", /not an IPv4 prefix/);
  });

  it("a network in ranges that Azure keeps for itself", () => {
    for (const range of ["127.0.0.0/24", "169.254.0.0/16", "224.0.0.0/8"])
      refuses(network({ addressSpace: range, subnetPrefix: range }), "network.subnetPrefix", /Azure keeps/);
  });

  it("an address that Azure keeps or that is outside the subnet, with a free one to write", () => {
    refuses(address("10.40.0.3"), "generations.1.address", /not a usable address/, /address: 10\.40\.0\.10/);
    refuses(address("10.40.0.31"), "generations.1.address", /not a usable address/);
    refuses(address("10.40.1.10"), "generations.1.address", /not a usable address/);
  });

  it("the address of a domain controller or a DNS server", () => {
    const existing = (written: Written) => {
      delete written.network.addressSpace;
      written.network.existingSubnetId = subnetId;
    };
    refuses(
      (written) => {
        existing(written);
        written.network.domainControllers = ["10.40.0.10"];
      },
      "generations.1.address",
      /domain controller/,
      /address: 10\.40\.0\.11/,
    );
    refuses(
      (written) => {
        existing(written);
        written.network.dnsServers = ["10.40.0.10"];
      },
      "generations.1.address",
      /DNS server/,
    );
  });

  it("domain controllers and DNS servers inside the network that is made for the server", () => {
    refuses(
      network({ domainControllers: ["10.40.8.4", "10.40.0.200"] }),
      "network.domainControllers[1]",
      /could never be reached/,
    );
    refuses(network({ dnsServers: ["10.40.0.200"] }), "network.dnsServers[0]", /could never be reached/);
  });

  it("two generations with one address, written or by default", () => {
    const third = (written: Written) => {
      written.generations["3"] = blockFixture();
    };
    refuses(third, "generations.3.address", /address of generation 1 too/, /address: 10\.40\.0\.11/);
    refuses(
      (written) => {
        address("10.40.0.11", "1")(written);
        written.generations["2"] = blockFixture();
      },
      "generations.2.address",
      /address of generation 1 too/,
    );
  });

  it("the address of a generation that the same run takes out", () => {
    const replaced = (written: Written) => {
      written.generations = { "2": blockFixture(), "3": blockFixture() };
    };
    refuses(replaced, "generations.3.address", /still the address of generation 1/, /take 1 out in a run of its own/, {
      built: { 1: { address: "10.40.0.10" }, 2: { address: "10.40.0.11" } },
    });
    accepts(replaced, { built: { 2: { address: "10.40.0.11" } } });
  });

  it("settings of a network of our own beside an existing subnet", () => {
    const peering = "/subscriptions/s/resourceGroups/r/providers/Microsoft.Network/virtualNetworks/hub";
    refuses(network({ existingSubnetId: subnetId }), "network.addressSpace", /is for a network of our own/);
    refuses(
      network({ existingSubnetId: subnetId, peerVirtualNetworkId: peering }),
      "network.peerVirtualNetworkId",
      /is for a network of our own/,
    );
  });
});

describe("where SSH and remote desktop may come from", () => {
  const from =
    (...sources: string[]) =>
    (written: Written): unknown =>
      Object.assign(written.access, { managementSources: sources });

  for (const source of [
    "0.0.0.0/0",
    "8.0.0.0/8",
    "203.0.112.0/23",
    "10.0.0.0/7",
    "172.0.0.0/8",
    "192.0.0.0/8",
    "100.64.0.0/10",
  ])
    it(`is not ${source}`, () => {
      refuses(from(source), "access.managementSources[0]", /Tier 0/);
      refuses(
        (written) => Object.assign(written.access, { remoteDesktopSources: [source] }),
        "access.remoteDesktopSources[0]",
        /Tier 0/,
      );
    });

  for (const source of [
    "203.0.113.0/24",
    "198.51.100.7/32",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/16",
  ])
    it(`may be ${source}`, () => accepts(from(source)));

  it("is nowhere that no connection comes from", () =>
    refuses(from("127.0.0.1/32"), "access.managementSources[0]", /ever comes from there/));

  it("is written without host bits, which Azure refuses", () =>
    refuses(from("10.0.8.4/24"), "access.managementSources[0]", /host bits/, /10\.0\.8\.4\/32 .* 10\.0\.8\.0\/24/));

  it("does not overlap, which Azure refuses in a rule", () => {
    refuses(from("10.1.0.0/16", "10.1.2.0/24"), "access.managementSources[1]", /overlap/, /only "10\.1\.0\.0\/16"/);
    refuses(from("10.1.2.0/24", "10.1.0.0/16"), "access.managementSources[1]", /overlap/, /only "10\.1\.0\.0\/16"/);
    refuses(from("10.1.2.4/32", "10.1.2.4/32"), "access.managementSources[1]", /twice/);
    accepts(from("10.1.2.4/32", "10.1.2.5/32"));
  });

  it("may be the same for SSH and remote desktop, which are two rules", () =>
    accepts((written) =>
      Object.assign(written.access, { managementSources: ["10.1.2.0/24"], remoteDesktopSources: ["10.1.2.0/24"] }),
    ));
});
