import { plainSecrets } from "../plainSecrets";
import { bad, type PostureRule } from "./rule";

export const secretRules: readonly PostureRule[] = [
  {
    code: "secret-in-plain-text",
    level: "must-not",
    looksAt: "everything",
    sentence: "A secret stands in plain text in the inputs of a resource, and so in state, previews and logs.",
    remedy:
      "Make it a secret where it enters the program: `pulumi config set --secret` and `requireSecret`, or `pulumi.secret(…)`. Change the secret: it has been seen.",
    source: "Pulumi, Secrets: what is not marked is stored and shown in plain text",
    needsShown: true,
    judge: ({ inputs, shown = inputs }) =>
      plainSecrets(shown).map(({ path, by }) =>
        bad(path, by === "name" ? "is called like a secret and is none" : "looks like a secret and is none"),
      ),
  },
];
