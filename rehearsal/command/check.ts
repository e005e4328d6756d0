import { type DecodeFailure, decode } from "./decode";
import { entriesWithoutDependencies, markSecrets, remarkEntries, withDefaults } from "./encode";
import type { Property, PropertyMap } from "./property";
import type { ResourceShape } from "./shape";

export interface CheckAnswer {
  readonly inputs: PropertyMap;
  readonly failures: readonly DecodeFailure[];
}

/** Check of one resource: defaults, secrets, failures (facts: command-provider.md, Check). */
export function check(inputs: PropertyMap, shape: ResourceShape): CheckAnswer {
  const { fields, failures } = decode(inputs, shape.inputs);
  if (shape.kind === "remote:CopyToRemote") {
    const filled = failures.length > 0 ? fields : withDefaults(fields, shape.inputs);
    return { inputs: answer(filled, inputs, shape), failures: [...failures, ...sourceFailures(fields.get("source"))] };
  }
  if (failures.length > 0) return { inputs: markSecrets(inputs, shape.inputs), failures };
  return { inputs: answer(withDefaults(fields, shape.inputs), inputs, shape), failures };
}

function answer(fields: PropertyMap, sent: PropertyMap, shape: ResourceShape): PropertyMap {
  return entriesWithoutDependencies(markSecrets(remarkEntries(fields, sent, true), shape.inputs));
}

const emptyTextHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** A text asset is one without path and address that has a text, or whose hash is that of the empty text, or none. */
export function isTextAsset(source: Property | undefined): boolean {
  if (source?.kind !== "asset" || source.asset.path !== "" || source.asset.uri !== "") return false;
  return source.asset.text !== "" || source.asset.hash === "" || source.asset.hash === emptyTextHash;
}

function sourceFailures(source: Property | undefined): DecodeFailure[] {
  if (source?.kind === "asset") {
    if (source.asset.path !== "" || isTextAsset(source)) return [];
    return [{ property: "asset", reason: "asset must be a path-based file asset or a text asset" }];
  }
  if (source?.kind === "archive") {
    if (source.archive.path !== "") return [];
    return [{ property: "archive", reason: "archive must be a path to a file or directory" }];
  }
  return [{ property: "asset", reason: "either asset or archive must be set" }];
}
