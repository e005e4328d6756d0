import type { ObjectReaderOptions } from "./attributeReading";
import type { ObjectChange } from "./change";
import { ExportFile, type ReadOptions } from "./exportFile";
import { ObjectReader } from "./objectReader";
import { readInto } from "./read";

/**
 * Every object of one export file, in its order, for uses of one's own. `restart` is called when what was told so far is
 * void because the file is read again from its beginning by the XML library.
 *
 * @throws BadInput naming file and position; what was told until then must not be used
 */
export async function readExportObjects(
  path: string,
  use: (change: ObjectChange) => void,
  options: ReadOptions & ObjectReaderOptions & { readonly restart?: () => void } = {},
): Promise<{ readonly by: "scanner" | "library"; readonly reason?: string }> {
  const file = await ExportFile.open(path);
  try {
    let begun = false;
    const newSink = () => {
      if (begun) options.restart?.();
      begun = true;
      return new ObjectReader(use, options);
    };
    const { by, reason } = await readInto(file, newSink, options);
    return { by, reason };
  } finally {
    await file.close();
  }
}
