import { type Check, problem } from "../context";
import type { Problem } from "../settings";

/** Azure's rules: 50 tags a resource, names of 512 characters, compared without regard to letter case. */
const allowed = 50;
/** Room for the tags by which the library knows its own resources. */
const ours = 5;
const ourPrefix = "entra-connect-";
const longestName = 512;
const longestValue = 256;
const forbiddenInName = /[<>%&\\?/]/;
const reservedPrefix = /^(microsoft|azure|windows)/i;

function nameProblem(name: string): { text: string; write: string } | undefined {
  const [character] = forbiddenInName.exec(name) ?? [];
  if (name.trim() === "") return { text: "has no name", write: "a name of 1 to 512 characters" };
  if (character !== undefined)
    return { text: `the name holds "${character}", which Azure refuses`, write: "a name without < > % & \\ ? /" };
  if (name.length > longestName)
    return { text: `the name has ${name.length} characters; Azure allows ${longestName}`, write: "a shorter name" };
  if (reservedPrefix.test(name))
    return { text: "the name begins with microsoft, azure or windows, which Azure reserves", write: "another name" };
  if (name.toLowerCase().startsWith(ourPrefix))
    return {
      text: `names that begin with ${ourPrefix} are ours: by them we know our own resources`,
      write: "another name",
    };
  return undefined;
}

export const tagRules: Check = {
  concern: "tags follow Azure's rules",
  runs: "always",
  judge: ({ tags }) => {
    const names = Object.keys(tags);
    const problems: Problem[] = [];
    if (names.length > allowed - ours)
      problems.push(
        problem(
          "tags",
          `there are ${names.length}; Azure allows ${allowed} on a resource, and ${ours} of them are ours`,
          `${allowed - ours} tags or fewer`,
        ),
      );
    const seen = new Map<string, string>();
    for (const name of names) {
      const wrong = nameProblem(name);
      const twin = seen.get(name.toLowerCase());
      seen.set(name.toLowerCase(), name);
      if (wrong !== undefined) problems.push(problem(`tags.${name}`, wrong.text, wrong.write));
      else if (twin !== undefined)
        problems.push(
          problem(`tags.${name}`, `is the same as "${twin}" for Azure, which ignores letter case`, "one of the two"),
        );
      const length = tags[name]?.length ?? 0;
      if (length > longestValue)
        problems.push(
          problem(
            `tags.${name}`,
            `the value has ${length} characters; Azure allows ${longestValue}`,
            "a shorter value",
          ),
        );
    }
    return problems;
  },
};
