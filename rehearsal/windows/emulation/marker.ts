/** Mirrors scripts/fragments/marker.ps1. */
import type { ServerWorld } from "../serverWorld";
import { serviceState } from "./service";
import { libraryFolder, Refusal, type Session } from "./session";

export const markerPath = `${libraryFolder}\\retired.json`;
export const intentPath = `${libraryFolder}\\retiring.json`;

export const fencePath = `${libraryFolder}\\fenced.json`;

export type Marker = Readonly<Record<string, unknown>>;

export function isMarkerOfThisMachine(marker: Marker | undefined, world: ServerWorld): marker is Marker {
  return (
    marker !== undefined &&
    String(marker.computerName).toLowerCase() === world.computerName.toLowerCase() &&
    marker.vmId === world.vmId
  );
}

export function isMarkerOfService(marker: Marker | undefined, world: ServerWorld): marker is Marker {
  return isMarkerOfThisMachine(marker, world) && marker.outcome !== "no-entra-connect";
}

export function markerGround(marker: Marker): string {
  const evidence: Marker = { ...(typeof marker.evidence === "object" ? marker.evidence : {}) };
  const said = ["staging", "objection", "reason"].flatMap((name) => {
    const value = evidence[name];
    return value === undefined || value === null ? [] : [`, ${name} '${String(value)}'`];
  });
  return `outcome '${String(marker.outcome ?? "")}'${said.join("")}`;
}

export function fencedRefusal(fence: Marker, world: ServerWorld): Refusal {
  return new Refusal("fenced", {
    at: String(fence.fencedAt ?? ""),
    ground: markerGround(fence),
    generation: String(fence.generation ?? ""),
    path: fencePath,
    vmId: world.vmId,
    state: serviceState(world.services.ADSync),
  });
}

export async function confirmNotRetired(session: Session): Promise<void> {
  const world = await session.world();
  if (world.services.ADSync?.startType !== "Disabled") return;
  for (const path of [markerPath, intentPath]) {
    const marker = await session.readRecord(path);
    if (!isMarkerOfService(marker, world)) continue;
    const at = String(marker.retiredAt ?? "");
    const generation = String(marker.generation ?? "");
    const { vmId } = world;
    const state = serviceState(world.services.ADSync);
    throw new Refusal("retired", { at, ground: markerGround(marker), generation, path, vmId, state });
  }
  const fence = await session.readRecord(fencePath);
  if (isMarkerOfService(fence, world)) throw fencedRefusal(fence, world);
}
