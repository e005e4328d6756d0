import { type ObjectChange, readExportObjects } from "../../../review/exports";
import { BadInput } from "../../../review/verdict";

export interface Outcome {
  readonly objects: readonly Omit<ObjectChange, "from" | "to">[];
  readonly by: "scanner" | "library";
  readonly reason?: string;
}

/** All objects of a file with identity and values. */
export async function readAll(
  path: string,
  options: { readonly reader?: "scanner" | "library"; readonly chunkBytes?: number; readonly identity?: boolean } = {},
): Promise<Outcome> {
  let objects: Omit<ObjectChange, "from" | "to">[] = [];
  const { by, reason } = await readExportObjects(
    path,
    ({ from: _from, to: _to, ...change }) => {
      objects.push(change);
    },
    {
      identity: true,
      keepValues: 1000,
      keepCharacters: 100_000,
      ...options,
      restart: () => {
        objects = [];
      },
    },
  );
  return { objects, by, reason };
}

/** The same as text: what was read, or that it was refused. */
export async function verdictOfReading(path: string, options: Parameters<typeof readAll>[1] = {}): Promise<string> {
  try {
    return JSON.stringify((await readAll(path, options)).objects);
  } catch (error) {
    if (error instanceof BadInput) return "refused";
    throw error;
  }
}
