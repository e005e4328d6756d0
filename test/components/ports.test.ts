import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { portsDocument } from "../../components/network/document";
import { portsCsv, portsPage, portsSummary } from "../../components/network/firewallPage";
import { serverTable } from "../../components/network/firewallTable";
import { portTable } from "../../components/network/ports";
import { renderMarkdown, renderText } from "../../review/render";
import { repositoryRoot } from "../support/repository";
import { blockFixture, settingsFixture, type Written, writtenFixture } from "../support/settingsFixture";

const read = (file: string): string => readFileSync(join(repositoryRoot, file), "utf8");

/** Two generations, of which the second has its database elsewhere. */
const twoGenerations = (written: Written): void => {
  written.generations = {
    "1": blockFixture(),
    "2": blockFixture((block) => {
      block.connect.database = { kind: "sqlServer", server: "sql01.corp.contoso.com", addresses: ["10.40.8.30"] };
      block.connect.serviceAccount = { kind: "managed", name: "CORP\\gmsa-aadc$" };
    }),
  };
  written.network.extraOutbound = [
    { name: "siem", addresses: ["10.40.8.20"], ports: ["6514", "6515"], reason: '=HYPERLINK("http://x"), "quoted"' },
  ];
};

const tableOf = (change?: (written: Written) => void) => serverTable(settingsFixture(change));
const text = (change?: (written: Written) => void): string =>
  renderText(portsPage([tableOf(change)], "firewall"), { colour: false, width: 160 });

/** RFC 4180, read by another reader than the one that wrote it. */
function csvCells(csv: string): readonly (readonly string[])[] {
  assert.equal(csv.charCodeAt(0), 0xfeff, "a mark, so that spreadsheets read UTF-8");
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  const body = csv.slice(1);
  for (let at = 0; at < body.length; at++) {
    const sign = body[at] ?? "";
    if (quoted && sign === '"' && body[at + 1] === '"') {
      cell += '"';
      at += 1;
    } else if (sign === '"') quoted = !quoted;
    else if (!quoted && sign === ",") {
      row.push(cell);
      cell = "";
    } else if (!quoted && sign === "\r" && body[at + 1] === "\n") {
      rows.push([...row, cell]);
      row = [];
      cell = "";
      at += 1;
    } else cell += sign;
  }
  assert.deepEqual([row, cell, quoted], [[], "", false], "it ends with a line's end");
  return rows;
}

describe("the table for whoever runs the firewall", () => {
  it("docs/ports.md says what the tables say (npm run document-ports)", () =>
    assert.equal(read("docs/ports.md"), portsDocument()));

  it("is the union of the generations, and says which rows are not of all", () => {
    const { rows, generations } = tableOf(twoGenerations);
    assert.deepEqual(
      generations.map(({ machine, address }) => [machine, address]),
      [
        ["aadc-stg-g1", "10.40.0.10"],
        ["aadc-stg-g2", "10.40.0.11"],
      ],
    );
    const named = (name: string) => rows.filter((row) => row.name === name);
    const [ldap] = named("ldap");
    assert.deepEqual([ldap?.from, ldap?.to, ldap?.generations], [["10.40.0.10", "10.40.0.11"], ["10.40.8.4"], [1, 2]]);
    assert.deepEqual(
      named("sql-server").map(({ from, to, hosts, ports, generations: of }) => ({ from, to, hosts, ports, of })),
      [{ from: ["10.40.0.11"], to: ["10.40.8.30"], hosts: ["sql01.corp.contoso.com"], ports: ["1433"], of: [2] }],
    );
    assert.match(
      renderMarkdown(portsPage([tableOf(twoGenerations)], "firewall"), 10_000_000),
      /sql-server .*\(generation 2 only\)/,
    );
    assert.deepEqual(
      rows.filter(({ direction }) => direction === "inbound").map(({ name, from, to }) => [name, from, to]),
      [["ssh", ["10.40.9.4/32"], ["10.40.0.10", "10.40.0.11"]]],
    );
  });

  it("keeps rows of one name apart where the generations differ in them", () => {
    const { rows } = tableOf((written) => {
      twoGenerations(written);
      const { "1": first } = written.generations;
      assert.ok(first);
      first.connect.database = { kind: "sqlServer", server: "sql02", port: 14330 };
      first.connect.serviceAccount = { kind: "managed", name: "CORP\\gmsa-aadc$" };
    });
    assert.deepEqual(
      rows.filter(({ name }) => name === "sql-server").map(({ generations, to, ports }) => [generations, to, ports]),
      [
        [[1], ["service tag VirtualNetwork"], ["14330"]],
        [[2], ["10.40.8.30"], ["1433"]],
      ],
    );
  });

  it("leaves out a lost generation, which reaches nothing any more", () => {
    const { generations } = tableOf((written) => {
      twoGenerations(written);
      const { "1": first } = written.generations;
      assert.ok(first);
      first.role = "lost";
    });
    assert.deepEqual(
      generations.map(({ generation }) => generation),
      [2],
    );
  });

  it("says of an active generation that its security group stays as it is", () => {
    const { notes } = tableOf((written) => {
      twoGenerations(written);
      const { "1": first } = written.generations;
      assert.ok(first);
      first.role = "active";
    });
    assert.match(notes.join("\n"), /Generation 1 is active: its security group is not touched/);
  });

  it("has every row that the security group opens, whole, and no other", () => {
    const table = tableOf(twoGenerations);
    for (const { generation, rules } of table.rules) {
      const opened = rules
        .filter(({ direction, access }) => direction === "Outbound" && access === "Allow")
        .map(({ name }) => name)
        .sort();
      const told = table.rows
        .filter(({ direction, generations }) => direction === "outbound" && generations.includes(generation))
        .map(({ name, protocol }) => `out-${name}-${protocol.toLowerCase()}`)
        .sort();
      assert.deepEqual(told, opened);
    }
  });

  it("says of every row who needs it, how it is tried or why not, and where it is known from", () => {
    for (const row of tableOf(twoGenerations).rows) {
      assert.ok(row.neededBy.length > 3 && row.source.length > 5 && row.why.length > 5, row.name);
      assert.match(row.tried, /^(a TCP connection|a request for the time|not tried: .{10})/, row.name);
    }
    assert.match(text(twoGenerations), /rpc-dynamic .* not tried: a range/);
  });

  it("has names with wildcards for a firewall that filters by name, through the proxy where there is one", () => {
    const proxied = tableOf((written) => {
      written.network.proxy = { host: "proxy.corp.contoso.com", port: 8080 };
    });
    assert.ok(proxied.names.some(({ name }) => name === "*.microsoftonline.com"));
    assert.equal(proxied.namesThrough, "through the proxy proxy.corp.contoso.com:8080");
    assert.ok(proxied.names.every(({ tried }) => tried.startsWith("not tried")));
    assert.ok(!proxied.rows.some(({ to }) => to.includes("service tag Internet")));
    assert.ok(
      proxied.notes.some((note) => note.startsWith("proxy: only a name is known")),
      proxied.notes.join("\n"),
    );
    assert.ok(proxied.notes.some((note) => /OpenSSH/.test(note)));
    assert.deepEqual(tableOf().notes, []);
  });

  it("breaks no name or number in two in the text, and none in Markdown", () => {
    const page = portsPage([tableOf(twoGenerations)], "firewall");
    for (const shown of [renderText(page, { colour: false, width: 100 }), renderMarkdown(page, 10_000_000)])
      for (const { name } of portTable.filter(({ needed }) =>
        needed({ settings: settingsFixture(), block: settingsFixture().generations[0] as never }),
      ))
        assert.ok(shown.includes(name), name);
    const narrow = renderText(page, { colour: false, width: 100 });
    for (const whole of ["adminwebservice.microsoftonline.com", "49152-65535", "10.40.8.30", "sql01.corp.contoso.com"])
      assert.ok(narrow.includes(whole), whole);
  });

  it("is CSV as RFC 4180 has it, with nothing that a spreadsheet would run", () => {
    for (const audience of ["firewall", "rules", "probes"] as const) {
      const [head, ...rows] = csvCells(portsCsv([tableOf(twoGenerations)], audience));
      assert.ok(head && rows.length > 10, audience);
      assert.deepEqual([...new Set(rows.map((row) => row.length))], [head.length], "every row is as long as the first");
      for (const cell of rows.flat()) assert.doesNotMatch(cell, /^[=+@\t\r-]/, cell);
    }
    const [head = [], ...rows] = csvCells(portsCsv([tableOf(twoGenerations)], "firewall"));
    const siem = rows.find((row) => row[head.indexOf("name")] === "siem") ?? [];
    assert.equal(siem[head.indexOf("why")], `'=HYPERLINK("http://x"), "quoted"`);
    assert.equal(siem[head.indexOf("ports")], "6514 6515");
    assert.ok(rows.some((row) => row[head.indexOf("hosts")] === "*.microsoftonline.com"));
  });

  it("is JSON with the union and each generation's own rows", () => {
    const summary = JSON.parse(JSON.stringify(portsSummary([tableOf(twoGenerations)], "firewall")));
    const [server] = summary.servers;
    const names = (number: string): string[] => server.byGeneration[number].map((row: { name: string }) => row.name);
    assert.ok(!names("1").includes("sql-server") && names("2").includes("sql-server"));
    assert.deepEqual(
      [
        ...new Set(
          server.byGeneration["2"].flatMap((row: { direction: string; from: string[] }) =>
            row.direction === "outbound" ? row.from : [],
          ),
        ),
      ],
      ["10.40.0.11"],
    );
    assert.ok(server.union.length >= names("2").length);
  });

  it("for probes lists each attempt with what a closed one does, and each row that is not tried with its reason", () => {
    const { probes } = tableOf(twoGenerations);
    const sql = probes.filter(({ row }) => row === "sql-server");
    assert.deepEqual(sql, [
      {
        generation: 2,
        row: "sql-server",
        host: "sql01.corp.contoso.com",
        port: "1433",
        how: "a TCP connection",
        closed: "stops before the wizard",
      },
    ]);
    assert.equal(probes.filter(({ row, how }) => row === "siem" && how === "a TCP connection").length, 4);
    assert.ok(
      probes.some(({ row, how, closed }) => row === "rpc-dynamic" && how === "not tried" && closed.length > 10),
    );
  });
});

describe("entra-connect ports", () => {
  const folder = mkdtempSync(join(tmpdir(), "entra-connect-ports-"));
  // Whoever loads Pulumi dies of it: the command is to run where nothing of it is installed.
  const guard = join(folder, "guard.cjs");
  writeFileSync(
    guard,
    'const m = require("node:module"); const load = m._load; m._load = (name, ...rest) => { if (/^@pulumi\\//.test(name)) throw new Error("loads " + name); return load(name, ...rest); };',
  );
  const command = (...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["--require", guard, join(repositoryRoot, "dist/cli/main.js"), "ports", ...args],
      { encoding: "utf8", cwd: folder },
    );
    return { status, stdout, stderr };
  };
  const stackFile = (
    name: string,
    change: (written: Written, config: Record<string, unknown>) => void = () => undefined,
  ) => {
    const written = writtenFixture();
    const more: Record<string, unknown> = {};
    change(written, more);
    const ours = Object.fromEntries(Object.entries(written).map(([key, value]) => [`entra-connect:${key}`, value]));
    const path = join(folder, name);
    writeFileSync(path, stringify({ config: { ...ours, ...more } }));
    return path;
  };
  const secret = "v1:xYz123:notToBeDecrypted/AAAA==";

  it("prints the table of a settings file, without Pulumi and without a project", () => {
    const path = stackFile("Pulumi.one.yaml", (_, more) => {
      more["entra-connect:administratorPassword"] = { secure: secret };
      more["entra-connect:domainJoinSecrets"] = { "1": { secure: secret } };
      more["aws:region"] = "eu-central-1";
    });
    const { status, stdout, stderr } = command("--config", path);
    assert.equal(stderr, "");
    assert.equal(status, 0);
    assert.match(stdout, /ldap +10\.40\.8\.4 +TCP 389, UDP 389/);
    assert.ok(!stdout.includes("notToBeDecrypted"));
  });

  it("prints the worked example by its stack's name, with a project's defaults", () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["--require", guard, join(repositoryRoot, "dist/cli/main.js"), "ports", "--stack", "prod", "--format", "json"],
      { encoding: "utf8", cwd: repositoryRoot },
    );
    assert.equal(status, 0, stderr);
    const [server] = JSON.parse(stdout).summary.servers;
    assert.deepEqual([server.server, server.file], ["aadc-stg", "Pulumi.prod.yaml"]);
  });

  it("prints several servers at once, and writes a file in the form of its name", () => {
    const files = ["a", "b"].map((name) =>
      stackFile(`Pulumi.${name}.yaml`, (written) => {
        written.name = `aadc-${name}`;
      }),
    );
    const output = join(folder, "ports.csv");
    const { status, stderr } = command("--config", ...files, "--output", output);
    assert.equal(status, 0, stderr);
    const [, ...rows] = csvCells(readFileSync(output, "utf8"));
    assert.deepEqual([...new Set(rows.map(([server]) => server))], ["aadc-a", "aadc-b"]);
    for (const [format, audience] of [
      ["text", "rules"],
      ["markdown", "probes"],
      ["html", "firewall"],
      ["csv", "probes"],
    ] as const)
      assert.equal(command("--config", ...files, "--format", format, "--for", audience).status, 0, format);
  });

  it("says every problem of every file, each with what to write, and prints no half table", () => {
    const wrong = stackFile("Pulumi.wrong.yaml", (written) => {
      written.network.domainControllers = [];
      written.network.proxy = { port: 8080 };
    });
    const alsoWrong = stackFile("Pulumi.also.yaml", (written) => {
      written.name = "aadc-also";
      written.network.extraOutbound = [
        { name: "dns", ports: ["1"], addresses: ["10.0.0.4"], reason: "A name of the table" },
      ];
    });
    const { status, stdout, stderr } = command("--config", wrong, alsoWrong);
    assert.equal(status, 3);
    assert.equal(stdout, "");
    for (const told of [
      /Pulumi\.wrong\.yaml:/,
      /network\.domainControllers:/,
      /Pulumi\.also\.yaml:/,
      /network\.extraOutbound\[0\]\.name: .*port table/,
    ])
      assert.match(stderr, told);
    assert.match(stderr, /write: /);
  });

  it("tells a secret where none belongs, and shows nothing of it", () => {
    const path = stackFile("Pulumi.secret.yaml", (written, more) => {
      written.network.proxy = { host: { secure: secret }, port: 8080 };
      more["entra-connect:sshPrivateKey"] = "plain-text-key";
    });
    const { status, stderr } = command("--config", path);
    assert.equal(status, 3);
    assert.match(stderr, /network: holds a secret value/);
    assert.match(stderr, /sshPrivateKey: stands in the settings file in plain text/);
    assert.ok(!stderr.includes("notToBeDecrypted") && !stderr.includes("plain-text-key"), stderr);
  });

  it("says what to give where nothing, too much, or the wrong thing was given", () => {
    const good = stackFile("Pulumi.good.yaml");
    const other = join(folder, "Pulumi.other.yaml");
    writeFileSync(other, "config:\n  aws:region: eu-central-1\n");
    const broken = join(folder, "Pulumi.broken.yaml");
    writeFileSync(broken, `config:\n  entra-connect:sshPrivateKey: "${secret}\n  x: [`);
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [[], /--stack NAME reads Pulumi\.NAME\.yaml/],
      [["--stack", "prod", "--config", good], /give one of the two/],
      [["--stack", "prod"], /there is no project of this library in .*--config FILE/],
      [["--config", join(folder, "nowhere.yaml")], /cannot be read/],
      [["--config", other], /no setting of entra-connect in it/],
      [["--config", broken], /is not YAML/],
      [["--config", good, good], /both of the server aadc-stg/],
      [["--config", good, "--output", good], /would be overwritten/],
      [["--config", good, "--output", join(folder, "ports.xlsx")], /Add --format/],
      [["--config", good, "--for", "everybody"], /firewall, rules, probes/],
      [["--config"], /argument missing/],
    ];
    for (const [args, told] of cases) {
      const { status, stderr, stdout } = command(...args);
      assert.equal(status, 3, `${args.join(" ")}: ${stderr}`);
      assert.match(stderr, told);
      assert.equal(stdout, "");
      assert.ok(!stderr.includes("notToBeDecrypted"), stderr);
    }
  });

  it("reads what Pulumi.yaml declares where the stack says nothing, and keys without a namespace in a project of that name", () => {
    const own = mkdtempSync(join(tmpdir(), "entra-connect-ports-project-"));
    const { name, ...rest } = writtenFixture();
    writeFileSync(
      join(own, "Pulumi.yaml"),
      stringify({
        name: "entra-connect",
        runtime: "nodejs",
        config: {
          name: { type: "string", default: name },
          location: { type: "string" },
          tags: { type: "object", default: {} },
        },
      }),
    );
    writeFileSync(join(own, "Pulumi.x.yaml"), stringify({ config: rest }));
    const { status, stdout, stderr } = command("--config", join(own, "Pulumi.x.yaml"));
    assert.equal(status, 0, stderr);
    assert.match(stdout, /aadc-stg-g1/);
    assert.equal(parse(readFileSync(join(own, "Pulumi.x.yaml"), "utf8")).config.location, "westeurope");
  });
});
