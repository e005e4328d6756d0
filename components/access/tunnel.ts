import type { Problem, Settings } from "../settings/settings";

/** With it the Azure CLI gives its token for Bastion to whoever answers (facts/delivery.md G1.1). Any text switches it on. */
export const unverified = "AZURE_CLI_DISABLE_CONNECTION_VERIFICATION";

/** What of this machine's environment a tunnel does not go together with. */
export function tunnelProblems(
  { access: { tunnel } }: Settings,
  environment: Readonly<Record<string, string | undefined>>,
): readonly Problem[] {
  if (tunnel === undefined || (environment[unverified] ?? "") === "") return [];
  return [
    {
      path: "access.tunnel",
      problem: `${unverified} is set here: az network bastion tunnel would then hand its token to anybody who answers in Bastion's place`,
      write: `nothing; unset ${unverified} here, and where the tunnel is started`,
    },
  ];
}
