import assert from "node:assert/strict";
import { endpointsToTry, endpointTable, firewallNames, signInHosts } from "../../components/network/endpoints";
import { neededPorts, prioritiesOf } from "../../components/network/neededPorts";
import { portMeanings, probes, securityRules } from "../../components/network/plan";
import { portTable } from "../../components/network/ports";
import { firstMatch, type SecurityRule } from "../../rehearsal/world/securityRules";
import { judgePosture } from "../../review/posture";
import { codesOf, digest, judged, step } from "../review/preview/previews";
import { settingsFixture, type Written } from "../support/settingsFixture";

const planOf = (change?: (written: Written) => void) => {
  const settings = settingsFixture(change);
  const [block] = settings.generations;
  assert.ok(block);
  const asked = { settings, block };
  return {
    settings,
    block,
    rows: neededPorts(asked),
    rules: securityRules(settings, block),
    tried: probes(settings, block),
    meanings: portMeanings(settings, block),
  };
};

const network = (part: Record<string, unknown>) => (written: Written) => void Object.assign(written.network, part);
const database = (part: Record<string, unknown>) => (written: Written) => {
  for (const block of Object.values(written.generations)) {
    block.connect.database = { kind: "sqlServer", server: "sql01.corp.contoso.com", ...part };
    block.connect.serviceAccount = { kind: "managed", name: "CORP\\gmsa-aadc$" };
  }
};
const features = (part: Record<string, boolean>) => (written: Written) => {
  for (const block of Object.values(written.generations)) block.features = part;
};
const join = (method: string) => (written: Written) => void Object.assign(written.domain, { join: { method } });
const all =
  (...changes: readonly ((written: Written) => void)[]) =>
  (written: Written) => {
    for (const change of changes) change(written);
  };

const archive = (part: Record<string, unknown>) => (written: Written) => {
  written.archive = { enabled: true, ...part };
};

/** Settings in which every row of the table is needed at least once. */
const everything: readonly ((written: Written) => void)[] = [
  () => undefined,
  all(
    features({ passwordWriteback: true, passThroughAuthentication: true, seamlessSingleSignOn: true }),
    database({ instance: "ENTRA" }),
    network({ wsus: { host: "wsus.corp.contoso.com", port: 8530 } }),
    join("machinePassword"),
    archive({}),
  ),
  all(
    database({ port: 14330, addresses: ["10.40.8.30", "10.40.8.31"] }),
    network({
      proxy: { address: "10.40.8.8", port: 8080 },
      extraOutbound: [
        { name: "siem", addresses: ["10.40.8.20", "10.40.6.0/28"], ports: ["6514"], reason: "The log forwarder" },
        { name: "backup", addresses: ["10.40.8.21"], ports: ["8443", "8400-8410"], reason: "The backup agent" },
        { name: "monitor", serviceTag: "AzureMonitor", ports: ["443"], reason: "The agent of Azure Monitor" },
        { name: "syslog", addresses: ["10.40.8.22"], ports: ["514"], protocol: "udp", reason: "The old log server" },
        { name: "vault", addresses: ["10.40.8.23", "10.40.8.24/32"], ports: ["8200"], reason: "The password vault" },
      ],
    }),
    join("offlineBlob"),
    archive({ reach: "privateEndpoint" }),
  ),
  (written) => {
    written.monitoring = { notify: { emails: ["team@contoso.com"] } };
  },
];
const plans = everything.map((change) => planOf(change));

const ruleNames = (change?: (written: Written) => void): readonly string[] =>
  planOf(change).rules.map(({ name }) => name);
const ruleOf = (plan: ReturnType<typeof planOf>, name: string) => {
  const rule = plan.rules.find((each) => each.name === name);
  assert.ok(rule, `${name} among ${plan.rules.map((each) => each.name).join(", ")}`);
  return rule;
};

/** The rules as the rehearsal's own network reads them: another reader than the one that made them. */
const asWorldRules = (plan: ReturnType<typeof planOf>): readonly SecurityRule[] =>
  plan.rules.map((rule) => ({
    name: rule.name,
    priority: rule.priority,
    direction: rule.direction,
    access: rule.access,
    protocol: rule.protocol,
    source: {
      prefixes: rule.sourceAddressPrefixes ?? [rule.sourceAddressPrefix ?? ""],
      ports: [rule.sourcePortRange],
      applicationSecurityGroups: [],
    },
    destination: {
      prefixes: rule.destinationAddressPrefixes ?? [rule.destinationAddressPrefix ?? ""],
      ports: rule.destinationPortRanges ?? [rule.destinationPortRange ?? ""],
      applicationSecurityGroups: [],
    },
  }));
const decided = (plan: ReturnType<typeof planOf>, to: string, port: number, protocol: "Tcp" | "Udp" = "Tcp") => {
  const packet = {
    source: "10.40.0.10",
    sourcePort: 50000,
    sourceGroups: [],
    destinationGroups: [],
    protocol,
  } as const;
  return firstMatch(
    asWorldRules(plan),
    "Outbound",
    { ...packet, destination: to, destinationPort: port },
    { virtualNetwork: ["10.40.0.0/16"] },
  );
};

describe("the security group", () => {
  const plan = planOf();
  const { rules } = plan;

  it("ends with a denial of everything in both directions, after every allowance", () => {
    for (const each of plans)
      for (const direction of ["Inbound", "Outbound"] as const) {
        const inDirection = each.rules.filter((rule) => rule.direction === direction);
        const last = inDirection.reduce((left, right) => (left.priority > right.priority ? left : right));
        assert.equal(last.access, "Deny");
        assert.equal(last.protocol, "*");
        assert.equal(last.destinationPortRange, "*");
        assert.equal(last.sourceAddressPrefix, "*");
        assert.equal(last.destinationAddressPrefix, "*");
      }
  });

  it("has unique names, and unique priorities in each direction", () => {
    for (const each of plans) {
      assert.equal(new Set(each.rules.map((rule) => rule.name)).size, each.rules.length);
      assert.equal(new Set(each.rules.map((rule) => `${rule.direction} ${rule.priority}`)).size, each.rules.length);
    }
  });

  it("keeps to what Azure takes in a rule: priority, name, description, and one way to say each part", () => {
    for (const rule of plans.flatMap((each) => each.rules)) {
      assert.ok(rule.priority >= 100 && rule.priority <= 4096, rule.name);
      assert.match(rule.name, /^[A-Za-z0-9][A-Za-z0-9._-]{0,78}[A-Za-z0-9_]$/);
      assert.ok(rule.description.length > 0 && rule.description.length <= 140, rule.description);
      assert.equal(rule.destinationPortRange === undefined, rule.destinationPortRanges !== undefined, rule.name);
      assert.equal(rule.destinationAddressPrefix === undefined, rule.destinationAddressPrefixes !== undefined);
      for (const prefix of rule.destinationAddressPrefixes ?? []) assert.match(prefix, /^[0-9./]+$/, rule.name);
      assert.notDeepEqual(rule.destinationAddressPrefixes, [], rule.name);
    }
    for (const { why, name } of portTable) assert.ok(why.length <= 140, name);
  });

  it("lets SSH in from the management sources only, and no remote desktop where none is set", () => {
    const inbound = rules.filter((rule) => rule.direction === "Inbound" && rule.access === "Allow");
    assert.deepEqual(
      inbound.map((rule) => [rule.destinationPortRange, rule.sourceAddressPrefixes]),
      [["22", ["10.40.9.4/32"]]],
    );
  });

  it("lets the operator's remote desktop in from its sources", () => {
    const withDesktop = planOf((written) => {
      written.access.remoteDesktopSources = ["10.40.9.64/26"];
    });
    assert.deepEqual(ruleOf(withDesktop, "in-remote-desktop").sourceAddressPrefixes, ["10.40.9.64/26"]);
  });

  it("opens every needed row, by each of its protocols, and nothing else", () => {
    for (const each of plans)
      assert.deepEqual(
        each.rules.filter((rule) => rule.direction === "Outbound" && rule.access === "Allow").map(({ name }) => name),
        each.rows.flatMap((row) => row.protocols.map((protocol) => `out-${row.name}-${protocol.toLowerCase()}`)),
      );
    const met = new Set(plans.flatMap(({ rows }) => rows.map(({ name }) => name)));
    assert.deepEqual(
      portTable.map(({ name }) => name).filter((name) => !met.has(name)),
      [],
      "every row of the table is met in a case",
    );
  });

  it("holds what Microsoft's table has without a condition, and what people met beside it", () => {
    const ports = rules.flatMap((rule) => rule.destinationPortRange ?? []);
    for (const port of ["53", "88", "135", "389", "636", "49152-65535", "464", "3269", "1688"])
      assert.ok(ports.includes(port), port);
  });

  it("opens the global catalog only where seamless single sign-on is used", () => {
    assert.ok(!ruleNames().includes("out-global-catalog-tcp"));
    assert.ok(ruleNames(features({ seamlessSingleSignOn: true })).includes("out-global-catalog-tcp"));
  });

  it("never opens a domain controller port to anything but the named addresses", () => {
    for (const port of ["88", "135", "389", "445", "464", "636", "3269", "49152-65535"])
      for (const rule of rules.filter((each) => each.destinationPortRange === port))
        assert.deepEqual(rule.destinationAddressPrefixes, ["10.40.8.4"], rule.name);
  });

  it("opens the activation servers by their addresses, which are no others", () => {
    assert.deepEqual(ruleOf(plan, "out-activation-tcp").destinationAddressPrefixes, [
      "20.118.99.224",
      "40.83.235.53",
      "23.102.135.246",
    ]);
  });
});

describe("a SQL Server", () => {
  it("is opened at 1433 of its default instance, in the virtual network where only its name is known", () => {
    const plan = planOf(database({}));
    const rule = ruleOf(plan, "out-sql-server-tcp");
    assert.equal(rule.destinationPortRange, "1433");
    assert.equal(rule.destinationAddressPrefix, "VirtualNetwork");
    assert.ok(!plan.rules.some(({ name }) => name.startsWith("out-sql-browser") || name.startsWith("out-sql-dynamic")));
    assert.ok(plan.tried.some(({ host, port }) => host === "sql01.corp.contoso.com" && port === 1433));
  });

  it("is opened at its addresses only, where they are said, or where its name is one", () => {
    const addresses = ["10.40.8.30", "10.40.8.31"];
    assert.deepEqual(
      ruleOf(planOf(database({ addresses })), "out-sql-server-tcp").destinationAddressPrefixes,
      addresses,
    );
    const byAddress = planOf(database({ server: "10.40.8.30" }));
    assert.deepEqual(ruleOf(byAddress, "out-sql-server-tcp").destinationAddressPrefixes, ["10.40.8.30"]);
    assert.equal(decided(planOf(database({ addresses })), "10.40.8.40", 1433).access, "Deny");
  });

  it("of a named instance is asked through its browser, and opened at the dynamic ports until one is fixed", () => {
    const dynamic = planOf(database({ instance: "ENTRA" }));
    assert.equal(ruleOf(dynamic, "out-sql-browser-udp").destinationPortRange, "1434");
    assert.equal(ruleOf(dynamic, "out-sql-dynamic-tcp").destinationPortRange, "49152-65535");
    assert.ok(!dynamic.rules.some(({ name }) => name === "out-sql-server-tcp"));
    assert.ok(!dynamic.tried.some(({ host }) => host.startsWith("sql01")), "nothing of it can be proven");
    const fixed = planOf(database({ instance: "ENTRA", port: 14330 }));
    assert.equal(ruleOf(fixed, "out-sql-server-tcp").destinationPortRange, "14330");
    assert.ok(fixed.rules.some(({ name }) => name === "out-sql-browser-udp"));
    assert.ok(!fixed.rules.some(({ name }) => name === "out-sql-dynamic-tcp"));
    assert.ok(fixed.tried.some(({ port }) => port === 14330));
  });

  it("that does not answer stops the wizard's step", () => {
    const meaning = planOf(database({})).meanings.find(({ protocol }) => protocol === "sql-server");
    assert.equal(meaning?.whenAllClosed, "blocking");
    assert.deepEqual(meaning?.hosts, ["sql01.corp.contoso.com"]);
  });
});

describe("a proxy", () => {
  const plan = planOf(network({ proxy: { address: "10.40.8.8", host: "proxy.corp.contoso.com", port: 8080 } }));

  it("takes the place of every direct way to the Internet", () => {
    for (const port of [80, 443])
      for (const to of ["20.190.128.1", "8.8.8.8"]) {
        assert.equal(decided(planOf(), to, port).access, "Allow");
        assert.equal(decided(plan, to, port).access, "Deny", `${to}:${port}`);
      }
    assert.equal(decided(plan, "10.40.8.8", 8080).name, "out-proxy-tcp");
    assert.equal(decided(plan, "10.40.8.9", 8080).access, "Deny");
    assert.ok(
      !plan.rules.some(({ destinationAddressPrefix }) => /Internet|AzureActive/.test(destinationAddressPrefix ?? "")),
    );
  });

  it("is tried itself, by its name, and no host of the cloud is", () => {
    assert.ok(plan.tried.some(({ host, port }) => host === "proxy.corp.contoso.com" && port === 8080));
    assert.deepEqual(endpointsToTry(plan.settings.network, plan.block.features), []);
  });
});

describe("rows of the user's own", () => {
  const row = (name: string, more: Record<string, unknown> = {}) => ({
    name,
    addresses: ["10.40.8.20"],
    ports: ["6514"],
    reason: `The reason of ${name}`,
    ...more,
  });

  it("become rules with their reason, ranges and lists whole", () => {
    const [, , plan] = plans;
    assert.ok(plan);
    const backup = ruleOf(plan, "out-backup-tcp");
    assert.deepEqual(backup.destinationPortRanges, ["8443", "8400-8410"]);
    assert.equal(backup.description, "The backup agent");
    assert.equal(ruleOf(plan, "out-monitor-tcp").destinationAddressPrefix, "AzureMonitor");
    assert.equal(ruleOf(plan, "out-syslog-udp").protocol, "Udp");
    assert.equal(decided(plan, "10.40.6.9", 6514).name, "out-siem-tcp");
    assert.equal(decided(plan, "10.40.6.16", 6514).access, "Deny");
  });

  it("are tried where a single TCP port and a single address say what to try, and say why else", () => {
    const [, , plan] = plans;
    assert.ok(plan);
    const of = (name: string) => plan.rows.find((each) => each.name === name)?.probe;
    const because = (name: string): string => {
      const probe = of(name);
      return probe?.by === "nothing" ? probe.because : "";
    };
    assert.match(because("siem"), /prefix/);
    assert.match(because("backup"), /range/);
    assert.match(because("monitor"), /service tag/);
    assert.match(because("syslog"), /UDP/);
    assert.equal(of("vault")?.by, "connect");
    assert.deepEqual(
      plan.tried.filter(({ port }) => port === 8200).map(({ host }) => host),
      ["10.40.8.23", "10.40.8.24"],
    );
    const many = planOf(
      network({ extraOutbound: [row("many", { ports: Array.from({ length: 17 }, (_, n) => `${n + 1}`) })] }),
    );
    assert.ok(!many.tried.some(({ host }) => host === "10.40.8.20"), "seventeen attempts are too many for one row");
  });

  it("that come, go or change places move no priority of any other, nor of the table's", () => {
    const names = Array.from({ length: 40 }, (_, number) => `row-${number}`);
    const prioritiesIn = (list: readonly string[]) =>
      new Map(
        planOf(network({ extraOutbound: list.map((name) => row(name)) })).rules.map((each) => [
          each.name,
          each.priority,
        ]),
      );
    const before = prioritiesIn(names);
    const after = prioritiesIn(["new-one", ...names.slice(20), ...names.slice(0, 10)]);
    for (const [name, priority] of before) if (after.has(name)) assert.equal(after.get(name), priority, name);
    for (const { name, priority } of planOf().rules) assert.equal(before.get(name), priority, name);
  });

  it("whose names fall on one number are still told apart, and stay between the table and the denial", () => {
    const names = Array.from({ length: 3000 }, (_, number) => `n${number}`);
    const priorities = [...prioritiesOf(names).values()];
    assert.equal(new Set(priorities).size, names.length);
    assert.ok(Math.min(...priorities) === 1000 && Math.max(...priorities) === 3999);
    assert.ok(Math.max(...portTable.map(({ priority, protocols }) => priority + protocols.length)) < 1000);
  });
});

describe("the test from inside the server", () => {
  it("comes from the same rows: each at each of its hosts, the time by its own protocol, no ranges", () => {
    const plan = planOf(network({ domainControllers: ["10.40.8.4", "10.40.8.5"] }));
    const { tried } = plan;
    assert.ok(tried.some((each) => each.host === "10.40.8.5" && each.port === 389));
    assert.deepEqual(
      tried.filter((each) => each.by !== undefined),
      ["10.40.8.4", "10.40.8.5"].map((host) => ({ host, port: 123, by: "time" })),
    );
    assert.deepEqual(
      plan.meanings.map(({ port }) => port),
      [53, 88, 123, 135, 389, 445, 636],
      "what every server was always asked for, and nothing new where the settings have nothing new",
    );
    assert.equal(tried.length, plan.meanings.length * 2);
  });

  it("tries nothing that the security group denies, and whatever it tries has a meaning", () => {
    for (const plan of plans) {
      for (const { host, port, by } of plan.tried) {
        assert.ok(Number.isInteger(port), `${host}:${port}`);
        const meant = plan.meanings.filter((each) => each.port === port && each.hosts?.includes(host));
        assert.ok(meant.length > 0, `${host}:${port}`);
        // A name is somewhere in the virtual network, as far as anybody can say.
        const address = /^[0-9.]+$/.test(host)
          ? host
          : (meant[0]?.protocol === "sql-server" && "10.40.8.30") || "10.40.8.9";
        const rule = decided(plan, address, port, by === "time" ? "Udp" : "Tcp");
        assert.equal(rule.access, "Allow", `${host}:${port}`);
      }
      for (const { port, hosts = [] } of plan.meanings)
        for (const host of hosts) assert.ok(plan.tried.some((each) => each.port === port && each.host === host));
    }
  });

  it("asks for what a domain join needs where the library joins, and stops where it must", () => {
    const meaningOf = (method: string, port: number) =>
      planOf(join(method)).meanings.find((each) => each.port === port)?.whenAllClosed;
    assert.deepEqual(
      ["operator", "offlineBlob", "machinePassword"].map((method) => [meaningOf(method, 445), meaningOf(method, 464)]),
      [
        ["warning", undefined],
        ["blocking", "warning"],
        ["blocking", "blocking"],
      ],
    );
  });

  it("asks for activation where 0.0.0.0/0 leads elsewhere", () => {
    const asks = (part: Record<string, unknown>) => planOf(network(part)).tried.some(({ port }) => port === 1688);
    assert.equal(asks({}), false);
    const peerVirtualNetworkId =
      "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/vnet-hub";
    assert.equal(asks({ firewallAddress: "10.40.8.1", peerVirtualNetworkId }), true);
  });

  it("in a preview that does not know the hosts yet, means any host", () => {
    const { settings, block } = planOf();
    assert.ok(portMeanings(settings, block, new Set(["domainControllers"])).every(({ hosts }) => hosts === undefined));
  });

  it("tries every host of the cloud by name, those of the sign-in among them, and others only where they are used", () => {
    const { settings, block } = planOf();
    const hosts = endpointsToTry(settings.network, block.features).map(({ host }) => host);
    for (const host of signInHosts) assert.ok(hosts.includes(host), host);
    assert.ok(signInHosts.length >= 2);
    assert.ok(
      hosts.every((host) => /^[a-z0-9.-]+$/.test(host)),
      "no wildcard",
    );
    assert.equal(new Set(hosts).size, hosts.length);
    const seamless = endpointsToTry(settings.network, { ...block.features, seamlessSingleSignOn: true });
    assert.equal(seamless.length, hosts.length + 1);
  });
});

describe("what the library's own judges make of these rules", () => {
  const type = "azure-native:network:NetworkSecurityGroup";
  const groupOf = (plan: ReturnType<typeof planOf>) => ({
    networkSecurityGroupName: "nsg",
    securityRules: plan.rules.map((rule) => ({ ...rule })),
  });

  it("the policy pack has nothing against any of them, rows of the user's own included", () => {
    for (const plan of plans)
      assert.deepEqual(
        judgePosture({ type, name: "nsg", inputs: groupOf(plan) }).map(({ rule, path }) => `${rule.code} ${path}`),
        [],
      );
  });

  it("a preview says by meaning what a row opens that was closed before, and nothing where none is added", () => {
    const opened = planOf(
      network({
        extraOutbound: [{ name: "vendor", serviceTag: "Internet", ports: ["9443"], reason: "Telemetry of a vendor" }],
      }),
    );
    const preview = (after: ReturnType<typeof planOf>) =>
      judged(digest(step(type, "nsg", { old: groupOf(planOf()), new: groupOf(after) })));
    const report = preview(opened);
    assert.ok(codesOf(report).includes("access-widened"), codesOf(report).join(", "));
    const widened = report.findings.find(({ code }) => code === "access-widened");
    assert.match(JSON.stringify(widened), /9443/);
    assert.equal(report.verdict, "review");
    assert.ok(!codesOf(preview(planOf())).includes("access-widened"));
  });

  it("a row of the user's own is a way out and never one in", () => {
    for (const plan of plans)
      assert.deepEqual(
        plan.rules
          .filter(({ direction, access }) => direction === "Inbound" && access === "Allow")
          .map(({ name }) => name)
          .filter((name) => !/^in-(ssh|remote-desktop|bastion)/.test(name)),
        [],
      );
  });
});

describe("names for a firewall", () => {
  it("have wildcards in front only, a source each, and none that is tried already", () => {
    const tried = new Set(endpointTable.map(({ host }) => host));
    for (const { name, source, ports, why } of firewallNames) {
      assert.match(name, /^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/);
      assert.ok(source.length > 5 && why.length > 5 && ports.length > 0, name);
      assert.ok(!tried.has(name), name);
    }
  });

  it("of Windows Update are not needed with an update server, those of features only where they are used", () => {
    const none = { passwordWriteback: false, passThroughAuthentication: false, seamlessSingleSignOn: false };
    const namesOf = (given: typeof none, wsus?: { port: number }, agent = false) =>
      firewallNames.filter(({ needed }) => needed(given, { wsus }, agent)).map(({ name }) => name);
    assert.ok(namesOf(none).includes("*.update.microsoft.com"));
    assert.ok(!namesOf(none, { port: 8530 }).some((name) => /update/.test(name) && !/msappproxy/.test(name)));
    assert.ok(!namesOf(none).includes("*.msappproxy.net"));
    assert.ok(namesOf({ ...none, passThroughAuthentication: true }).includes("*.msappproxy.net"));
    assert.ok(!namesOf(none).some((name) => /monitor|opinsights/.test(name)));
    assert.ok(namesOf(none, undefined, true).includes("*.ods.opinsights.azure.com"));
    assert.ok(namesOf({ ...none, passwordWriteback: true }).includes("*.passwordreset.microsoftonline.com"));
  });
});
