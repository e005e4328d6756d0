import {
  longestTagValue,
  mostTags,
  reservedTagCharacters,
  shorterTagNames,
  type TagProblem,
  tagProblems,
} from "../../../azure/tags";
import { type Check, problem } from "../context";
import type { Problem } from "../settings";

/** Room for the tags by which the library knows its own resources. */
const ours = 5;
/** An archive of our own is a storage account, and wears the tags too. */
const longestOnStorage = shorterTagNames["microsoft.storage/storageaccounts"];
const ourPrefix = "entra-connect-";

function inWords(found: TagProblem): Problem {
  switch (found.kind) {
    case "too many":
      return problem(
        "tags",
        `there are ${found.count}; Azure allows ${mostTags} on a resource, and ${ours} of them are ours`,
        `${mostTags - ours} tags or fewer`,
      );
    case "no name":
      return problem("tags.", "has no name", "a name of 1 to 512 characters");
    case "character":
      return problem(
        `tags.${found.name}`,
        `the name holds "${found.character}", which Azure refuses`,
        `a name without ${reservedTagCharacters.join(" ")}`,
      );
    case "long name":
      return problem(
        `tags.${found.name}`,
        `the name has ${found.name.length} characters; Azure allows ${found.longest}`,
        "a shorter name",
      );
    case "reserved name":
      return problem(
        `tags.${found.name}`,
        "the name begins with microsoft, azure or windows, which Azure reserves",
        "another name",
      );
    case "twin":
      return problem(
        `tags.${found.name}`,
        `is the same as "${found.other}" for Azure, which ignores letter case`,
        "one of the two",
      );
    case "long value":
      return problem(
        `tags.${found.name}`,
        `the value has ${found.length} characters; Azure allows ${longestTagValue}`,
        "a shorter value",
      );
  }
}

export const tagRules: Check = {
  concern: "tags follow Azure's rules",
  runs: "always",
  judge: ({ tags, archive }) => [
    ...tagProblems(tags, {
      most: mostTags - ours,
      ...(archive.enabled && archive.accountId === undefined ? { longestName: longestOnStorage } : {}),
    }).map(inWords),
    ...Object.keys(tags)
      .filter((name) => name.toLowerCase().startsWith(ourPrefix))
      .map((name) =>
        problem(
          `tags.${name}`,
          `names that begin with ${ourPrefix} are ours: by them we know our own resources`,
          "another name",
        ),
      ),
  ],
};
