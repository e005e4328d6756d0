import assert from "node:assert/strict";
import { outboundFindings } from "../../components/network/outboundFindings";
import { portTable } from "../../components/network/ports";
import { builtWith } from "../../components/settings/built";
import { settingsFixture, type Written } from "../support/settingsFixture";
import { accepts, problemsOf, refuses } from "../support/settingsProblems";

const network = (part: Record<string, unknown>) => (written: Written) => void Object.assign(written.network, part);
const database = (part: Record<string, unknown>) => (written: Written) => {
  const [block] = Object.values(written.generations);
  assert.ok(block);
  block.connect.database = { kind: "sqlServer", server: "sql01.corp.contoso.com", ...part };
  block.connect.serviceAccount = { kind: "managed", name: "CORP\\gmsa-aadc$" };
};
const row = (more: Record<string, unknown> = {}) => ({
  name: "siem",
  addresses: ["10.40.8.20"],
  ports: ["6514"],
  reason: "The log forwarder of the operations centre",
  ...more,
});
const extra = (...rows: readonly Record<string, unknown>[]) => network({ extraOutbound: rows });
const tagged = (serviceTag: string, ...ports: readonly string[]) => row({ addresses: undefined, serviceTag, ports });
const first = "network.extraOutbound[0]";

describe("the proxy and the update server", () => {
  it("are named by address, by name, or by both", () => {
    for (const key of ["proxy", "wsus"]) {
      accepts(network({ [key]: { address: "10.40.8.8", port: 8080 } }));
      accepts(network({ [key]: { host: "proxy.corp.contoso.com", port: 8080 } }));
      accepts(network({ [key]: { host: "proxy.corp.contoso.com", address: "10.40.8.8", port: 8080 } }));
      refuses(network({ [key]: { port: 8080 } }), `network.${key}`, /neither address nor host/, /IPv4 address/);
    }
  });

  it("have a port, and a name without scheme, port or path", () => {
    refuses(network({ proxy: { address: "10.40.8.8" } }), "network.proxy.port", /missing/);
    refuses(network({ proxy: { address: "10.40.8.8", port: 0 } }), "network.proxy.port", /0/);
    refuses(network({ proxy: { address: "10.40.8.8", port: 65536 } }), "network.proxy.port", /65536/);
    for (const host of ["http://proxy:8080", "proxy:8080", "proxy/pac", "a..b", "-a", ""])
      refuses(network({ proxy: { host, port: 8080 } }), "network.proxy.host", /not a host's name/);
    refuses(network({ proxy: { address: "10.40.8.0/24", port: 8080 } }), "network.proxy.address", /IPv4 address/);
  });

  it("are not inside the network that is made for the server", () => {
    refuses(
      network({ proxy: { address: "10.40.0.20", port: 8080 } }),
      "network.proxy.address",
      /inside 10\.40\.0\.0\/24/,
    );
    refuses(network({ wsus: { address: "10.40.0.20", port: 8530 } }), "network.wsus.address", /inside/);
  });
});

describe("a SQL Server's place", () => {
  it("is a host's name, whatever else SQL Server's tools take in one text", () => {
    accepts(database({}));
    accepts(database({ server: "10.40.8.30" }));
    accepts(database({ instance: "ENTRA", port: 14330, addresses: ["10.40.8.30"] }));
    const path = "generations.1.connect.database.server";
    refuses(database({ server: "sql01\\ENTRA" }), path, /not a host's name/, /server: sql01, instance: ENTRA/);
    refuses(database({ server: "sql01,14330" }), path, /not a host's name/, /server: sql01, port: 14330/);
    refuses(database({ server: "tcp:sql01,14330" }), path, /not a host's name/, /server: sql01, port: 14330/);
  });

  it("says the instance without its port, and the default one by saying nothing", () => {
    const path = "generations.1.connect.database.instance";
    refuses(database({ instance: "MSSQLServer" }), path, /default instance/, /no instance/);
    refuses(database({ instance: "ENTRA,14330" }), path, /has a port in it/, /instance: ENTRA, port: 14330/);
  });

  it("is not inside the network that is made for the server", () => {
    refuses(
      database({ addresses: ["10.40.8.30", "10.40.0.30"] }),
      "generations.1.connect.database.addresses[1]",
      /inside/,
    );
  });

  it("as far as only the security group knows it, is changed in place: no part of what a server was built with", () => {
    const builtOf = (part: Record<string, unknown>) => {
      const [block] = settingsFixture(database(part)).generations;
      assert.ok(block);
      return builtWith(block).database;
    };
    assert.deepEqual(builtOf({ port: 14330, addresses: ["10.40.8.30"] }), builtOf({}));
    assert.notDeepEqual(builtOf({ instance: "ENTRA" }), builtOf({}));
  });
});

describe("rows of the user's own", () => {
  it("are accepted as Azure takes them", () => {
    accepts(
      extra(
        row(),
        row({ name: "backup", addresses: ["10.40.8.21", "10.41.0.0/16"], ports: ["8443", "8400-8410"] }),
        row({ name: "monitor", addresses: undefined, serviceTag: "AzureMonitor", ports: ["443"] }),
        row({ name: "storage", addresses: undefined, serviceTag: "Storage.WestEurope", ports: ["443"] }),
        row({ name: "syslog", protocol: "udp", ports: ["514"] }),
        row({ name: "other-forest", addresses: ["10.90.8.0/24"], ports: ["49152-65535"] }),
      ),
    );
  });

  it("have names of their own", () => {
    refuses(extra(row(), row()), "network.extraOutbound[1].name", /network\.extraOutbound\[0\] too/);
    for (const { name } of portTable)
      refuses(extra(row({ name })), `${first}.name`, /row of the port table/, new RegExp(`own-${name}`));
    for (const name of ["SIEM", "a b", "x_y", "-a", "a-", "ssh*", "9a"])
      refuses(extra(row({ name })), `${first}.name`, /right form/);
  });

  it("say where to in one way", () => {
    refuses(extra(row({ addresses: undefined })), first, /neither addresses nor serviceTag/);
    refuses(extra(row({ serviceTag: "AzureMonitor" })), first, /both addresses and serviceTag/);
    for (const serviceTag of ["*", "internet", "10.0.0.0/8", "Azure Monitor"])
      refuses(extra(row({ addresses: undefined, serviceTag })), `${first}.serviceTag`, /right form/);
  });

  it("have addresses and prefixes that can be, do not overlap, and are not most of what there is", () => {
    const at = (index: number) => `${first}.addresses[${index}]`;
    for (const wrong of ["10.40.8.300", "10.40.8", "10.40.8.0/33", "siem.corp.contoso.com", "*", "::1", "10.1.2.3/"])
      refuses(extra(row({ addresses: [wrong] })), at(0), /not an IPv4 address or prefix/);
    refuses(extra(row({ addresses: ["10.40.8.20/28"] })), at(0), /host bits/, /10\.40\.8\.16\/28 for all/);
    refuses(
      extra(row({ addresses: ["10.40.8.0/24", "10.40.8.7"] })),
      at(1),
      /"10\.40\.8\.7" and "10\.40\.8\.0\/24" overlap/,
    );
    refuses(extra(row({ addresses: ["10.40.8.7", "10.40.8.0/24"] })), at(0), /overlap/);
    refuses(extra(row({ addresses: ["10.40.8.7", "10.40.8.7/32"] })), at(1), /overlap/);
    for (const wide of ["0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/2", "8.0.0.0/7"])
      refuses(extra(row({ addresses: [wide] })), at(0), /large part of all addresses/, /serviceTag: Internet/);
  });

  it("have ports that can be and do not overlap", () => {
    const at = (index: number) => `${first}.ports[${index}]`;
    for (const wrong of ["0", "65536", "80-70", "1-65536"])
      refuses(extra(row({ ports: [wrong] })), at(0), /not a port/);
    for (const wrong of ["*", "http", "80,443", ""]) refuses(extra(row({ ports: [wrong] })), at(0), /right form/);
    refuses(extra(row({ ports: ["8000-9000", "8443"] })), at(1), /overlap/);
    refuses(extra(row({ ports: [6514] })), at(0), /not a text/, /in quotes/);
  });

  it("open no Tier 0 server's way out to anybody at any port, in one piece or in several", () => {
    const path = `${first}.ports`;
    refuses(extra(row({ ports: ["1-65535"] })), path, /all ports/);
    refuses(extra(row({ ports: ["1-1000", "1001-65000"] })), path, /all ports/);
    for (const tag of ["Internet", "AzureCloud", "AzureCloud.westeurope"])
      refuses(extra(tagged(tag, "1000-2000")), path, new RegExp(`the service tag ${tag} is too many others`));
    refuses(extra(row({ addresses: ["20.0.0.0/11"], ports: ["1000-2000"] })), path, /20\.0\.0\.0\/11 is too many/);
    accepts(extra(tagged("Internet", "9443")));
    accepts(extra(row({ addresses: ["10.0.0.0/8"], ports: ["1000-2000"] })));
    accepts(extra(row({ addresses: ["20.1.0.0/16"], ports: ["1000-2000"] })));
  });

  it("have a reason that fits into a rule", () => {
    refuses(extra(row({ reason: "x" })), `${first}.reason`, /./);
    refuses(extra(row({ reason: "x".repeat(141) })), `${first}.reason`, /./);
    refuses(extra(row({ reason: undefined })), `${first}.reason`, /missing/);
  });

  it("are at most as many prefixes as a security group takes, and thousands are judged at once", () => {
    const many = (from: number, count: number) =>
      Array.from({ length: count }, (_, n) => `10.${from + Math.floor(n / 256)}.${n % 256}.0/24`);
    const two = [row({ addresses: many(50, 2000) }), row({ name: "more", addresses: many(70, 2000) })];
    refuses(extra(...two), "network.extraOutbound", /has 4000 addresses and prefixes/);
    accepts(extra(row({ addresses: many(50, 3800) })));
    assert.equal(problemsOf(extra(row({ addresses: [...many(50, 3000), "10.50.0.0/16"] }))).length, 256);
  });
});

describe("a server that is to be built behind a proxy", () => {
  const builds: Readonly<Record<string, string>> = {
    "2019": "17763.7792.250903",
    "2022": "20348.4171.250903",
    "2025": "26100.6905.251024",
  };
  const found = (sku: string, standing: readonly number[] = []) =>
    outboundFindings(
      settingsFixture((written) => {
        network({ proxy: { address: "10.40.8.8", port: 8080 } })(written);
        for (const block of Object.values(written.generations)) block.image = { sku, version: builds[sku.slice(0, 4)] };
      }),
      standing,
    ).map(({ code }) => code);

  it("from an image that fetches OpenSSH is warned of, as long as it is not built", () => {
    assert.deepEqual(found("2022-datacenter-g2"), ["openssh-behind-proxy"]);
    assert.deepEqual(found("2019-datacenter-gensecond"), ["openssh-behind-proxy"]);
    assert.deepEqual(found("2022-datacenter-g2", [1]), []);
    assert.deepEqual(found("2025-datacenter-azure-edition"), []);
    assert.deepEqual(outboundFindings(settingsFixture(), []), []);
  });
});

describe("a host of which only a name is known", () => {
  const hub = "/subscriptions/s/resourceGroups/r/providers/Microsoft.Network/virtualNetworks/hub";
  const behindFirewall = { firewallAddress: "10.9.0.4", peerVirtualNetworkId: hub };
  const named = { kind: "sqlServer", instance: "ENTRA" };
  const found = (...changes: readonly ((written: Written) => void)[]) =>
    outboundFindings(
      settingsFixture((written) => {
        for (const change of changes) change(written);
      }),
      [1],
    );

  it("is a warning behind a route for 0.0.0.0/0, with which the tag VirtualNetwork holds everything", () => {
    const [finding, ...others] = found(network(behindFirewall), database(named));
    assert.deepEqual(others, []);
    assert.equal(finding?.severity, "warning");
    assert.match(
      finding?.title ?? "",
      /aadc-stg-g1 opens 1434 \(sql-browser\), 49152-65535 \(sql-dynamic\) to every address/,
    );
    assert.match(finding?.next ?? "", /^generations\.1\.connect\.database\.addresses, /);
    const proxy = found(network({ ...behindFirewall, proxy: { host: "proxy.corp.contoso.com", port: 8080 } }));
    assert.match(proxy.find(({ code }) => code === "opened-by-name")?.next ?? "", /^network\.proxy\.address, /);
  });

  it("is none with an address, or where no such route is", () => {
    assert.deepEqual(found(network(behindFirewall), database({ ...named, addresses: ["10.9.8.30"] })), []);
    assert.deepEqual(found(database(named)), []);
  });

  it("a range of ports to that tag is refused there, as towards the Internet", () => {
    const wide = [tagged("VirtualNetwork", "5000-5010")];
    accepts(extra(...wide));
    refuses(network({ ...behindFirewall, extraOutbound: wide }), `${first}.ports`, /VirtualNetwork is too many others/);
  });
});
