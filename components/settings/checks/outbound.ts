import {
  contains,
  isAddress,
  isInside,
  isPrefix,
  networkAddressOf,
  prefixLength,
  rangeOfPrefix,
} from "../../network/addresses";
import { connectedNetworks, tagIsEverything } from "../../network/neededPorts";
import { portTable } from "../../network/ports";
import { blockPath, type Check, problem } from "../context";
import { forms } from "../forms";
import type { ExtraOutboundSettings, Problem } from "../settings";

export const namedHosts: Check = {
  concern: "the proxy and the update server are named by address or name",
  runs: "always",
  judge: ({ network }) =>
    (["proxy", "wsus"] as const)
      .filter((key) => network[key] !== undefined && (network[key].address ?? network[key].host) === undefined)
      .map((key) =>
        problem(
          `network.${key}`,
          "names neither address nor host, so that nobody can be reached",
          `network.${key}.address: its IPv4 address, or host: its DNS name`,
        ),
      ),
};

/** What a DNS name cannot hold, in the words of whoever wrote it as SQL Server's tools take it. */
function serverProblem(generation: number, server: string): readonly Problem[] {
  if (forms["host-name"].matches.test(server)) return [];
  const [host, instance] = server.split("\\");
  const [name, port] = (host ?? "").replace(/^tcp:/i, "").split(/[,:]/);
  const parts = [`server: ${name}`, instance && `instance: ${instance}`, port && `port: ${port}`].filter(Boolean);
  return [
    problem(
      blockPath(generation, "connect.database.server"),
      `is "${server}", which is not a host's name`,
      `the host alone, and beside it what else you mean: ${parts.join(", ")}`,
    ),
  ];
}

function instanceProblem(generation: number, instance: string | undefined): readonly Problem[] {
  const path = blockPath(generation, "connect.database.instance");
  if (instance === undefined) return [];
  if (instance.toUpperCase() === "MSSQLSERVER")
    return [problem(path, "MSSQLSERVER is SQL Server's name for the default instance", "no instance")];
  const [name, port] = instance.split(",");
  if (port !== undefined)
    return [problem(path, `"${instance}" has a port in it`, `instance: ${name}, port: ${port.trim()}`)];
  return [];
}

export const databaseHosts: Check = {
  concern: "the SQL Server is named so that a security group's rule and a test from inside can be made of it",
  runs: "always",
  judge: ({ generations }) =>
    generations.flatMap(({ generation, connect: { database } }) =>
      database.kind === "sqlServer"
        ? [...serverProblem(generation, database.server), ...instanceProblem(generation, database.instance)]
        : [],
    ),
};

/** Inside a network that is made for the server nobody else is; what the domain controllers are held to, these are too. */
export const targetsElsewhere: Check = {
  concern: "what a network of our own reaches is not inside it",
  runs: "always",
  judge: ({ network, generations }) => {
    const { kind, addressSpace } = network;
    if (kind !== "new" || addressSpace === undefined || !isPrefix(addressSpace)) return [];
    const named = [
      ...(["proxy", "wsus"] as const).map((key) => ({ path: `network.${key}.address`, at: network[key]?.address })),
      ...generations.flatMap(({ generation, connect: { database } }) =>
        database.kind === "sqlServer"
          ? (database.addresses ?? []).map((at, index) => ({
              path: blockPath(generation, `connect.database.addresses[${index}]`),
              at,
            }))
          : [],
      ),
    ];
    return named
      .filter(({ at }) => at !== undefined && isAddress(at) && isInside(addressSpace, at))
      .map(({ path, at }) =>
        problem(
          path,
          `${at} is inside ${addressSpace}, the network that is made for the server; it could never be reached`,
          "its address in your network",
        ),
      );
  },
};

const tableNames = new Set(portTable.map(({ name }) => name));

/** The whole of it, in prefixes and ports: Azure's limit of a security group, less what the table needs. */
const mostPrefixes = 3900;
/** Tags behind which everybody is. */
const everybody = /^(Internet|AzureCloud)(\.|$)/;
const allPorts = 60000;
/** Towards everybody, and towards public prefixes as wide as this, only single ports. */
const widestPublic = 16;
const widestOfAll = 8;
const privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

const asPrefix = (text: string): string => (text.includes("/") ? text : `${text}/32`);

function portRangeOf(ports: string): { readonly first: number; readonly last: number } {
  const [first = Number.NaN, last = first] = ports.split("-").map(Number);
  return { first, last };
}

function portProblems(path: string, { ports }: ExtraOutboundSettings): readonly Problem[] {
  const wrong = ports.flatMap((text, index) => {
    const { first, last } = portRangeOf(text);
    const fits = first >= 1 && last <= 65535 && first <= last;
    return fits
      ? []
      : [problem(`${path}.ports[${index}]`, `"${text}" is not a port or a range of ports`, '"443", or "5000-5010"')];
  });
  if (wrong.length > 0) return wrong;
  return ports.flatMap((text, index) => {
    const own = portRangeOf(text);
    const other = ports.slice(0, index).find((each) => {
      const before = portRangeOf(each);
      return own.first <= before.last && before.first <= own.last;
    });
    return other === undefined
      ? []
      : [problem(`${path}.ports[${index}]`, `"${text}" and "${other}" overlap`, "each port once")];
  });
}

function addressProblems(path: string, addresses: readonly string[]): readonly Problem[] {
  const single = addresses.flatMap((text, index): readonly Problem[] => {
    const prefix = asPrefix(text);
    const at = `${path}.addresses[${index}]`;
    if (networkAddressOf(prefix) !== prefix)
      return [
        problem(
          at,
          `"${text}" has host bits set`,
          `${text.split("/")[0]} for one address, ${networkAddressOf(prefix)} for all of that network`,
        ),
      ];
    return prefixLength(prefix) < widestOfAll
      ? [
          problem(
            at,
            `"${text}" is a large part of all addresses there are`,
            "the addresses that are meant; for the Internet serviceTag: Internet with single ports",
          ),
        ]
      : [];
  });
  if (single.length > 0) return single;
  return overlaps(addresses).map(({ index, text, other }) =>
    problem(
      `${path}.addresses[${index}]`,
      `"${text}" and "${other}" overlap, which Azure refuses in a rule`,
      "only the wider of the two",
    ),
  );
}

/** Sorted by where they begin, each can only be inside the widest one before it: a list may have thousands. */
function overlaps(
  addresses: readonly string[],
): readonly { readonly index: number; readonly text: string; readonly other: string }[] {
  const sorted = addresses
    .map((text, index) => ({ text, index, ...rangeOfPrefix(asPrefix(text)) }))
    .sort((left, right) => left.first - right.first || right.size - left.size);
  let widest = sorted[0];
  return sorted.slice(1).flatMap((each) => {
    if (widest !== undefined && each.first < widest.first + widest.size)
      return [{ index: each.index, text: each.text, other: widest.text }];
    widest = each;
    return [];
  });
}

type IsEverybody = (serviceTag: string) => boolean;

/** A Tier 0 server whose way out is open to anybody at any port has no security group at all. */
function widthProblems(path: string, row: ExtraOutboundSettings, isEverybody: IsEverybody): readonly Problem[] {
  const { ports, addresses = [], serviceTag } = row;
  const ranges = ports.map(portRangeOf);
  const total = ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  if (total >= allPorts)
    return [problem(`${path}.ports`, "are all ports there are", "the ports that the server needs there")];
  const wide =
    serviceTag !== undefined && isEverybody(serviceTag)
      ? `the service tag ${serviceTag}`
      : addresses.find(
          (each) =>
            prefixLength(asPrefix(each)) < widestPublic &&
            !privateRanges.some((range) => contains(range, asPrefix(each))),
        );
  return wide === undefined || ranges.every(({ first, last }) => first === last)
    ? []
    : [
        problem(
          `${path}.ports`,
          `have a range, and ${wide} is too many others for one: it would open a Tier 0 server's way out`,
          "single ports, or narrower addresses",
        ),
      ];
}

function rowProblems(
  row: ExtraOutboundSettings,
  index: number,
  all: readonly ExtraOutboundSettings[],
  isEverybody: IsEverybody,
): readonly Problem[] {
  const path = `network.extraOutbound[${index}]`;
  const { name, addresses, serviceTag } = row;
  const problems: Problem[] = [];
  if (tableNames.has(name))
    problems.push(
      problem(
        `${path}.name`,
        `"${name}" is a row of the port table (docs/ports.md)`,
        `another name, for example own-${name}`,
      ),
    );
  const twin = all.slice(0, index).findIndex((each) => each.name === name);
  if (twin !== -1)
    problems.push(
      problem(`${path}.name`, `"${name}" is the name of network.extraOutbound[${twin}] too`, "another name"),
    );
  if ((addresses === undefined) === (serviceTag === undefined))
    problems.push(
      problem(
        path,
        addresses === undefined
          ? "says neither addresses nor serviceTag"
          : "says both addresses and serviceTag, and a rule takes one",
        "addresses: the targets' addresses or prefixes; or serviceTag: one of Azure's tags",
      ),
    );
  const shape = [...portProblems(path, row), ...(addresses === undefined ? [] : addressProblems(path, addresses))];
  return [...problems, ...shape, ...(shape.length > 0 ? [] : widthProblems(path, row, isEverybody))];
}

export const extraOutbound: Check = {
  concern: "further ways out are what Azure takes in a rule, clash with none of ours, and open no more than they say",
  runs: "always",
  judge: (settings) => {
    const rows = settings.network.extraOutbound;
    const isEverybody: IsEverybody = (tag) =>
      everybody.test(tag) || (tag === connectedNetworks && tagIsEverything(settings));
    const prefixes = rows.reduce((sum, { addresses = [] }) => sum + addresses.length, 0);
    return [
      ...rows.flatMap((row, index) => rowProblems(row, index, rows, isEverybody)),
      ...(prefixes > mostPrefixes
        ? [
            problem(
              "network.extraOutbound",
              `has ${prefixes} addresses and prefixes; a security group takes 4000, ours among them`,
              "wider prefixes in place of single addresses, or a service tag",
            ),
          ]
        : []),
    ];
  },
};
