import type { Finding } from "../../review/verdict";
import { readiness } from "../findings";
import type { Treatment } from "../server/members";
import { generationNames } from "../server/names";
import type { GenerationSettings, Settings, WindowSettings } from "../settings/settings";
import { isPatchedByPlatform, patchingOf } from "./patching";
import { firstOverlap, sameWindow } from "./windows";

/** A generation's window as the ledger remembers it. */
export interface PlannedWindow extends WindowSettings {
  /** Day of the first one, `yyyy-MM-dd`. Azure takes today or later, so it is chosen once and kept. */
  readonly from: string;
}

export interface WindowQuestion {
  readonly settings: Settings;
  readonly block: GenerationSettings;
  readonly treatment: Treatment;
  /** As the ledger has it. */
  readonly before?: PlannedWindow;
  /** Whether the state holds this generation's maintenance configuration. */
  readonly stands: boolean;
  /** When that one starts, as Azure last answered: a change that an earlier run planned and never made is not in it. */
  readonly startsAt?: string;
  readonly today: Date;
}

/** The window that a generation has after this run; undefined for none. One that is not acted on keeps what it has. */
export function plannedWindow(question: WindowQuestion): PlannedWindow | undefined {
  const { settings, block, treatment, before, stands, startsAt, today } = question;
  if (treatment !== "acting") return stands ? before : undefined;
  const { window } = settings.maintenance;
  if (window === undefined || patchingOf(block.image, settings) !== "schedule") return undefined;
  if (stands && before !== undefined && sameWindow(before, window) && wasMade(before, startsAt)) return before;
  // Tomorrow: in every zone that is today or later, and more than the quarter of an hour that Azure wants.
  return { ...window, from: new Date(today.getTime() + 86_400_000).toISOString().slice(0, 10) };
}

/** Azure refuses a start in the past but for the one that it has: what was planned then and not made is planned anew. */
const wasMade = ({ from, start }: PlannedWindow, startsAt: string | undefined): boolean =>
  startsAt === undefined || startsAt === startOf({ from, start });

const startOf = ({ from, start }: Pick<PlannedWindow, "from" | "start">): string => `${from} ${start}`;

/** What the stack remembers of them. */
interface RememberedWindows {
  readonly ledger?: { readonly generations: Readonly<Record<string, { readonly window?: PlannedWindow }>> };
  /** Names of resources that the state holds. */
  readonly parts: ReadonlySet<string>;
  readonly generations: Readonly<Record<number, { readonly maintainedFrom?: string }>>;
}

/** By generation, of every written block. */
export function plannedWindows(
  settings: Settings,
  { ledger, parts, generations }: RememberedWindows,
  treatmentOf: (block: GenerationSettings) => Treatment,
  today: Date,
): ReadonlyMap<number, PlannedWindow> {
  return new Map(
    settings.generations.flatMap((block) => {
      const { generation } = block;
      const planned = plannedWindow({
        settings,
        block,
        treatment: treatmentOf(block),
        before: ledger?.generations[generation]?.window,
        stands: parts.has(`g${generation}-maintenance`),
        startsAt: generations[generation]?.maintainedFrom,
        today,
      });
      return planned === undefined ? [] : [[generation, planned] as const];
    }),
  );
}

/** Azure's body of a maintenance configuration for updates inside the machine, without what other resources supply. */
export function maintenanceArguments({ name, location }: Settings, generation: number, window: PlannedWindow) {
  return {
    resourceName: generationNames(name, generation).maintenance,
    location,
    maintenanceScope: "InGuestPatch",
    // Without it Azure answers "Extension properties must contain Patch mode" (Azure/bicep#8959).
    extensionProperties: { InGuestPatchMode: "User" },
    visibility: "Custom",
    startDateTime: startOf(window),
    duration: window.duration,
    recurEvery: window.every,
    timeZone: window.timeZone,
    installPatches: {
      rebootSetting: "IfRequired",
      windowsParameters: { classificationsToInclude: ["Critical", "Security", "UpdateRollup"] },
    },
  } as const;
}

/** What is not as the settings wish it, and why. */
export function maintenanceFindings(
  settings: Settings,
  planned: (generation: number) => PlannedWindow | undefined,
  acts: (block: GenerationSettings) => boolean,
  today: Date,
): readonly Finding[] {
  const { window } = settings.maintenance;
  const machineOf = ({ generation }: GenerationSettings): string => generationNames(settings.name, generation).machine;
  const acting = settings.generations.filter(acts);
  const active = settings.generations.find(({ role }) => role === "active");
  const activeWindow = active === undefined ? undefined : planned(active.generation);
  const overlap =
    window === undefined || activeWindow === undefined ? undefined : firstOverlap(window, activeWindow, today);
  return [
    ...acting
      .filter(({ image }) => !isPatchedByPlatform(image))
      .map((block) =>
        readiness("patched-by-windows", window === undefined ? "info" : "warning", machineOf(block), {
          title: `${machineOf(block)} is patched by Windows Update at a time of its own: Azure does not patch the image ${block.image.sku}${window === undefined ? "" : ", so maintenance.window has no effect on it"}`,
          cause: `generations.${block.generation}.image`,
          next: "set the times by group policy; or an image that platform patching supports (docs/running.md) in the next generation block",
        }),
      ),
    ...(overlap === undefined || active === undefined
      ? []
      : acting
          .filter(({ generation }) => planned(generation) !== undefined)
          .map((block) =>
            readiness("windows-meet", "warning", machineOf(block), {
              title: `${machineOf(block)} and the active ${machineOf(active)} are patched at the same time, first on ${overlap.from.toISOString().slice(0, 16).replace("T", " ")} UTC`,
              cause: "maintenance.window",
              next: `another maintenance.window: passive servers get it in place, ${machineOf(active)} keeps its own (${activeWindow?.every} ${activeWindow?.start}, ${activeWindow?.timeZone})`,
            }),
          )),
  ];
}
