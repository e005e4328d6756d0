import { problem } from "./context";
import type { Problem } from "./settings";
import { parseKey } from "./sshKey";

/** The secrets, looked at without keeping or showing them. */

function keyProblems(name: string, text: string): readonly Problem[] {
  const write = `an ed25519 private key in OpenSSH form: ssh-keygen -t ed25519 -N '' -f KEY, then pulumi config set --secret ${name} < KEY`;
  const parsed = parseKey(text);
  if (parsed instanceof Error)
    return [
      problem(
        name,
        /passphrase|encrypted/i.test(parsed.message)
          ? "is protected by a passphrase, which nobody is there to enter"
          : "is not a private key",
        write,
      ),
    ];
  return parsed.isPrivateKey() ? [] : [problem(name, "is a public key", write)];
}

/** Azure's rule for Windows is 8 to 123 characters; for a Tier 0 server we want 12, longer than all that Azure refuses by name. */
const shortest = 12;
const longest = 123;
const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[\W_]/];
function passwordProblems(name: string, text: string): readonly Problem[] {
  const right =
    text.length >= shortest && text.length <= longest && kinds.filter((kind) => kind.test(text)).length >= 3;
  return right
    ? []
    : [
        problem(
          name,
          "does not meet Azure's rule for Windows administrators",
          `${shortest} to ${longest} characters with three of: lower case, upper case, digit, other`,
        ),
      ];
}

export function secretProblems(
  values: Readonly<Record<string, string | undefined>>,
  hasJumpHost: boolean,
): readonly Problem[] {
  const needed = ["administratorPassword", "sshPrivateKey", ...(hasJumpHost ? ["jumpHostPrivateKey"] : [])];
  return needed.flatMap((name) => {
    const value = values[name];
    if (value === undefined || value === "") return [problem(name, "is missing", `pulumi config set --secret ${name}`)];
    return name === "administratorPassword" ? passwordProblems(name, value) : keyProblems(name, value);
  });
}
