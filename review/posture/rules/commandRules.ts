import { hasInlineSecret, ignoresHostKey } from "../commandText";
import { plainSecrets } from "../plainSecrets";
import { isRecord, isUnknown, type PostureResource, pathText, valueAt } from "../resource";
import { kindOf } from "../types";
import { bad, type Judged, notKnown, type PostureRule } from "./rule";

type Path = readonly (string | number)[];

const commandLines: readonly Path[] = [["create"], ["update"], ["delete"]];
const starts: readonly Path[] = [["osProfile", "customData"], ["customData"], ["userData"]];

const inText = "has a secret written into it";

function inCommands(inputs: unknown, paths: readonly Path[], read = (text: string): string => text): readonly Judged[] {
  return paths.flatMap((path): readonly Judged[] => {
    const text = valueAt(inputs, ...path);
    if (isUnknown(text)) return [notKnown(pathText(path))];
    return typeof text === "string" && hasInlineSecret(read(text)) ? [bad(pathText(path), inText)] : [];
  });
}

function decoded(text: string): string {
  return /^[\w+/=\s]+$/.test(text) ? Buffer.from(text, "base64").toString("utf8") : text;
}

/** What Azure shows to everybody who may read the machine. */
function shown(inputs: unknown, name: string): readonly Judged[] {
  const value = valueAt(inputs, name);
  if (isUnknown(value)) return [notKnown(name)];
  const secrets = plainSecrets(value, [name]).map(({ path }) => bad(path, "is a secret that Azure shows"));
  return secrets.length > 0 || !isRecord(value) ? secrets : inCommands(inputs, [[name, "commandToExecute"]]);
}

function inlineSecrets({ type, inputs }: PostureResource): readonly Judged[] {
  switch (kindOf(type)) {
    case "runCommand":
      return [...inCommands(inputs, [["source", "script"]]), ...shown(inputs, "parameters")];
    case "extension":
      return shown(inputs, "settings");
    case "virtualMachine":
      return inCommands(inputs, starts, decoded);
    default:
      return inCommands(inputs, commandLines);
  }
}

function pinned(inputs: unknown, path: readonly string[]): readonly Judged[] {
  const connection = valueAt(inputs, ...path);
  if (isUnknown(connection)) return [notKnown(pathText(path))];
  if (!isRecord(connection)) return [];
  // The command provider answers an unknown connection with its defaults and no host (seen in previews of its policies).
  const host = valueAt(connection, "host");
  if (host === "" || host === undefined) return [notKnown(pathText(path))];
  const key = valueAt(connection, "hostKey");
  const at = pathText([...path, "hostKey"]);
  if (isUnknown(key)) return [notKnown(at)];
  return typeof key === "string" && key.trim() !== ""
    ? []
    : [bad(at, "is missing, so that whoever answers at the address is believed")];
}

export const commandRules: readonly PostureRule[] = [
  {
    code: "inline-secret",
    level: "must-not",
    looksAt: ["remoteCommand", "localCommand", "runCommand", "extension", "virtualMachine"],
    sentence:
      "A secret is written into a command, a script, custom data, or settings that Azure shows to every reader of the machine.",
    remedy:
      "Give it by standard input, by protected parameters (Run Command) or protected settings (extension), as a secret of the stack.",
    source:
      "Azure, protected parameters of Run Command and protected settings of extensions; a command line is seen by every process of the machine",
    judge: inlineSecrets,
  },
  {
    code: "host-key-not-pinned",
    level: "must-not",
    looksAt: ["remoteCommand", "localCommand"],
    sentence: "A command connects by SSH without a pinned host key, on the way or at its end.",
    remedy:
      "Set connection.hostKey (and connection.proxy.hostKey): the public line of the server's key, read over another way, as Azure Run Command.",
    source: "@pulumi/command 1.2.1, ConnectionArgs.hostKey: if not provided, the host key is ignored",
    judge: ({ type, inputs }) => {
      const texts = commandLines.flatMap((path) => {
        const text = valueAt(inputs, ...path);
        return typeof text === "string" && ignoresHostKey(text)
          ? [bad(pathText(path), "tells SSH not to check whom it talks to")]
          : [];
      });
      if (kindOf(type) === "localCommand") return texts;
      return [...texts, ...pinned(inputs, ["connection"]), ...pinned(inputs, ["connection", "proxy"])];
    },
  },
  {
    code: "run-command-failure-ignored",
    level: "should",
    looksAt: ["runCommand"],
    sentence: "A failed Run Command passes as a successful deployment.",
    remedy: "Set treatFailureAsDeploymentFailure to true.",
    source: "Azure, managed Run Command: treatFailureAsDeploymentFailure (API 2023-03-01 and later)",
    judge: ({ type, inputs }) => {
      // The classic provider has no such switch.
      if (type.startsWith("azure:")) return [];
      const value = valueAt(inputs, "treatFailureAsDeploymentFailure");
      if (isUnknown(value)) return [notKnown("treatFailureAsDeploymentFailure")];
      return value === true || value === "true" ? [] : [bad("treatFailureAsDeploymentFailure", "is not true")];
    },
  },
];
