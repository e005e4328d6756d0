import type { ServiceWorld } from "../serverWorld";

/** How CIM names the start types. */
export const startModes = { Automatic: "Auto", Manual: "Manual", Disabled: "Disabled" } as const;

/** For people: anything but "stopped" is said aloud. */
export function serviceState(service: ServiceWorld | undefined): string {
  if (service === undefined) return "not there";
  return service.status === "Stopped" ? "stopped" : service.status.toUpperCase();
}
