/** Mirrors scripts/fragments/probes.ps1: the world says who would answer. */
import type { PrerequisitesAnswer } from "../../../scripts/answers";
import type { ServerWorld } from "../serverWorld";

interface Target {
  readonly host: string;
  readonly port: number;
}

function targetsOf(given: unknown): readonly Target[] {
  const list: unknown[] = Array.isArray(given) ? given : [];
  return list.flatMap((entry) => {
    if (typeof entry !== "object" || entry === null || !("host" in entry) || !("port" in entry)) return [];
    return [{ host: String(entry.host), port: Number(entry.port) }];
  });
}

export function isReachable({ reachable, cutOff, surroundings }: ServerWorld, { host, port }: Target): boolean {
  if (cutOff !== undefined || surroundings.closedEverywhere?.includes(port)) return false;
  return reachable.some((entry) => {
    const [knownHost, knownPort] = entry.split(":");
    return (knownHost === "*" || knownHost === host) && (knownPort === "*" || knownPort === String(port));
  });
}

export function portsSeen(world: ServerWorld, given: unknown): PrerequisitesAnswer["ports"] {
  const hosts = new Map<string, { open: number[]; closed: number[] }>();
  for (const target of targetsOf(given)) {
    const seen = hosts.get(target.host) ?? { open: [], closed: [] };
    hosts.set(target.host, seen);
    (isReachable(world, target) ? seen.open : seen.closed).push(target.port);
  }
  return [...hosts].map(([host, seen]) => ({ host, ...seen }));
}

export function endpointsSeen(world: ServerWorld, given: unknown): PrerequisitesAnswer["endpoints"] {
  const { issuer, issuerTrusted } = world.surroundings;
  let looks = 0;
  return targetsOf(given).map(({ host, port }) => {
    const nothing = { issuer: "", subject: "" };
    if (!isReachable(world, { host, port }))
      return { host, port, state: "closed", ...nothing, reason: "no answer within 10 seconds" };
    if (port !== 443) return { host, port, state: "open", ...nothing, reason: "" };
    const certificate = { issuer, subject: `CN=${host}` };
    if (issuerTrusted) return { host, port, state: "trusted", ...certificate, reason: "" };
    looks += 1;
    return {
      host,
      port,
      state: "refused",
      ...(looks <= 3 ? certificate : nothing),
      reason: "The remote certificate is invalid according to the validation procedure.",
    };
  });
}

export function recordsSeen({ surroundings, cutOff }: ServerWorld, domain: string): PrerequisitesAnswer["records"] {
  return ["_ldap._tcp.dc._msdcs", "_kerberos._tcp.dc._msdcs", "_ldap._tcp"].map((beginning) => {
    const name = `${beginning}.${domain}`;
    return {
      name,
      count: cutOff !== undefined || surroundings.missingRecords.some((missing) => name.startsWith(missing)) ? 0 : 1,
    };
  });
}
