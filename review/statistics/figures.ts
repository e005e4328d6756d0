/** What a figure counts. `stock`: objects that are there; the others wait to be worked off and change with every cycle. */
export type FigureKind = "stock" | "pending-export" | "pending-import";

interface Figure {
  readonly kind: FigureKind;
  readonly meaning: string;
}

/** Names that Get-ADSyncConnectorStatistics is known to give; for any other the word in it decides. */
const figures: Readonly<Record<string, Figure>> = {
  exportadds: { kind: "pending-export", meaning: "objects to be added by the next export" },
  exportupdates: { kind: "pending-export", meaning: "objects to be changed by the next export" },
  exportdeletes: { kind: "pending-export", meaning: "objects to be deleted by the next export" },
  importadds: { kind: "pending-import", meaning: "new objects that wait for a synchronization" },
  importupdates: { kind: "pending-import", meaning: "changed objects that wait for a synchronization" },
  importdeletes: { kind: "pending-import", meaning: "deleted objects that wait for a synchronization" },
  importnochange: { kind: "pending-import", meaning: "imported objects without a change" },
  totalconnectors: { kind: "stock", meaning: "objects of this connector that are joined or projected" },
};

const lastPart = (name: string): string => name.slice(name.lastIndexOf("/") + 1).toLowerCase();

export function kindOfFigure(name: string): FigureKind {
  const part = lastPart(name);
  if (Object.hasOwn(figures, part)) return figures[part]?.kind ?? "stock";
  if (/export/iu.test(part)) return "pending-export";
  return /import/iu.test(part) ? "pending-import" : "stock";
}

/** What the name means, where that is known. */
export function meaningOfFigure(name: string): string | undefined {
  const part = lastPart(name);
  return Object.hasOwn(figures, part) ? figures[part]?.meaning : undefined;
}

/** The name without the path it was found under, for titles. */
export const shortName = (name: string): string => name.slice(name.lastIndexOf("/") + 1);
