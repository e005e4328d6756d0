import type { Finding } from "../verdict";
import { clockMargin } from "./chainFindings";
import type { Collection } from "./collection";
import type { Placed } from "./linkFindings";
import type { Listing, Member } from "./listing";
import { found } from "./rules/table";
import { namesText } from "./text";

/** Whether a collection is what its name and its metadata say. */
export function truthFindings(who: string, { member, collection }: Placed, kind: Listing["kind"]): readonly Finding[] {
  const { metadata } = member.first;
  const said: [what: string, said: string, is: string, same: boolean][] = [
    ["chain", member.chain, collection.link.chain, member.chain === collection.link.chain],
    ["computer", member.computer, collection.computer, member.computer === collection.computer.toLowerCase()],
    ["number", String(member.sequence), String(collection.link.sequence), member.sequence === collection.link.sequence],
    timeOf("time", member.collectedAt, collection),
    ...(metadata === null ? [] : inMetadata(metadata, collection)),
  ];
  const untrue = said.filter(([, , , same]) => !same);
  const findings =
    untrue.length === 0
      ? []
      : [
          found(
            "name-not-true",
            who,
            `${who}: ${member.name} says ${untrue.map(([what, told, is]) => `${what} ${told} and is ${is}`).join("; ")}.`,
          ),
        ];
  return [...findings, ...hashes(who, member, collection, kind)];
}

function timeOf(what: string, said: Date, { collectedAt }: Collection): [string, string, string, boolean] {
  const same = Math.abs(said.getTime() - collectedAt.getTime()) < 1000;
  return [what, said.toISOString(), collectedAt.toISOString(), same];
}

function inMetadata(metadata: Readonly<Record<string, string>>, { link, collectedAt }: Collection) {
  const rows: [string, string, string, boolean][] = [];
  const { chain, sequence, collectedat } = metadata;
  if (chain !== undefined) rows.push(["chain (metadata)", chain, link.chain, chain.toLowerCase() === link.chain]);
  if (sequence !== undefined)
    rows.push(["number (metadata)", sequence, String(link.sequence), Number(sequence) === link.sequence]);
  if (collectedat !== undefined) {
    const same = Math.abs(Date.parse(collectedat) - collectedAt.getTime()) <= clockMargin;
    rows.push(["time (metadata)", collectedat, collectedAt.toISOString(), same]);
  }
  return rows;
}

function hashes(who: string, { name, first }: Member, collection: Collection, kind: Listing["kind"]) {
  const { sha256, manifestsha256 } = first.metadata ?? {};
  const findings: Finding[] = [];
  if (first.md5 !== null && first.md5 !== collection.md5)
    findings.push(
      found("bytes-changed", who, `${who}: ${name} does not have the MD5 that its store computed: it arrived damaged.`),
    );
  if (sha256 === undefined)
    return [
      ...findings,
      found("metadata-missing", who, `${who}: the hash that ${name} was added with is not known.`, {
        severity: kind === "account" ? "warning" : "info",
      }),
    ];
  if (sha256.toLowerCase() !== collection.sha256)
    findings.push(
      found(
        "bytes-changed",
        who,
        `${who}: ${name} does not have the hash that it was added with (${apart(sha256, collection.sha256)}).`,
      ),
    );
  if (manifestsha256 !== undefined && manifestsha256.toLowerCase() !== collection.manifestSha256)
    findings.push(
      found(
        "bytes-changed",
        who,
        `${who}: the manifest in ${name} does not have the hash that it was added with (${apart(manifestsha256, collection.manifestSha256)}).`,
      ),
    );
  return findings;
}

const apart = (told: string, is: string): string => `${told.slice(0, 16)}…, and is ${is.slice(0, 16)}…`;

export function secretFindings(who: string, { member, collection }: Placed): readonly Finding[] {
  const { secrets } = collection;
  if (secrets.length === 0) return [];
  return [found("secret-inside", who, `${who}: ${member.name} holds what looks like a secret: ${namesText(secrets)}.`)];
}

/** What a collection has to hold so that a server can be rebuilt and compared by it. */
export function completeFindings(who: string, newest: Placed, before: Placed | undefined): readonly Finding[] {
  const { collection, member } = newest;
  const { connectors, rules, settingsFiles, statistics, health, notAvailable } = collection;
  const why = (pattern: RegExp): string => {
    const reasons = notAvailable
      .filter(({ name }) => pattern.test(name))
      .map(({ name, reason }) => `${name}: ${reason}`);
    return reasons.length === 0 ? "The collection does not say why." : reasons.join("; ");
  };
  const findings: Finding[] = [];
  if (connectors === 0 || rules === 0)
    findings.push(
      found(
        "no-configuration",
        who,
        `${who}: ${member.name} holds ${connectors} connectors and ${rules} synchronization rules.`,
        { cause: why(/configuration/iu) },
      ),
    );
  const lacks: [string, boolean, RegExp][] = [
    ["a settings file of the wizard", settingsFiles.length === 0, /settings/iu],
    [
      "connectors and runs in its statistics",
      !hasAll(statistics, ["connectors.json", "run-results.json"]),
      /connector|run/iu,
    ],
    ["the state of the scheduler", !hasAll(statistics, ["scheduler.json"]), /scheduler/iu],
    ["the server's health", health === null, /health/iu],
  ];
  for (const [what, lacking, pattern] of lacks)
    if (lacking)
      findings.push(found("incomplete", who, `${who}: ${member.name} lacks ${what}.`, { cause: why(pattern) }));
  if (before !== undefined) findings.push(...fewer(who, newest, before));
  return findings;
}

const hasAll = (names: readonly string[], wanted: readonly string[]): boolean =>
  wanted.every((name) => names.includes(name));

function fewer(who: string, newest: Placed, before: Placed): readonly Finding[] {
  const [now, then] = [newest.collection, before.collection];
  // None at all is told as such.
  if (now.rules === 0 || now.connectors === 0) return [];
  const gone = then.rules - now.rules;
  if (now.connectors >= then.connectors && gone <= Math.max(1, then.rules / 10)) return [];
  return [
    found(
      "rules-fewer",
      who,
      `${who}: ${now.connectors} connectors and ${now.rules} rules, after ${then.connectors} and ${then.rules} in ${before.member.name}.`,
    ),
  ];
}
