import { generationNames } from "../server/names";
import type { DomainSettings, GenerationSettings, Settings } from "../settings/settings";

/** What a person does in the domain before the library can join a server, as commands to copy. One text for every place that tells it. */

/** The dot, not ["1"]: Windows PowerShell takes quotes off what it hands to a program. */
export const secretKey = (generation: number): string => `entra-connect:domainJoinSecrets.${generation}`;

export const setSecret = (generation: number): string => `pulumi config set --secret --path ${secretKey(generation)}`;

export const takeOut = (generation: number): string => `pulumi config rm --path ${secretKey(generation)}`;

/** For a text in single quotes of PowerShell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

function offlineBlob({ name, join }: DomainSettings, computer: string, generation: number): readonly string[] {
  const file = `${computer}.djoin`;
  const unit = join.organizationalUnit === undefined ? "" : ` /machineOU ${quoted(join.organizationalUnit)}`;
  const controller = join.domainController === undefined ? "" : ` /dcname ${join.domainController}`;
  return [
    `1. on a member of ${name}, in an elevated PowerShell, as somebody who may create the computer account:`,
    `     djoin /provision /domain ${name} /machine ${computer}${unit}${controller} /savefile "$HOME\\${file}"`,
    "2. carry the file to the machine that runs Pulumi (it holds a password: no mail, no share that others read), then there:",
    `     ${setSecret(generation)} < ${file}`,
    `   in PowerShell: Get-Content -Raw ${file} | ${setSecret(generation)}`,
    "3. delete the file in both places, and run pulumi up. The file is for this one computer and is used once.",
  ];
}

function machinePassword({ name, join }: DomainSettings, computer: string, generation: number): readonly string[] {
  const unit = join.organizationalUnit === undefined ? "" : ` -Path ${quoted(join.organizationalUnit)}`;
  const controller = join.domainController ?? name;
  return [
    `1. on a member of ${name} with the module ActiveDirectory, as a member of Domain Admins (others' accounts may not be reused, KB5020276):`,
    "     $bytes = New-Object byte[] 32",
    "     [Security.Cryptography.RandomNumberGenerator]::Create().GetBytes($bytes)",
    "     $password = [Convert]::ToBase64String($bytes)",
    `     New-ADComputer -Name ${computer} -SamAccountName '${computer}$' -Enabled $true${unit} -Server ${controller} -AccountPassword (ConvertTo-SecureString $password -AsPlainText -Force)`,
    "     $password",
    "2. on the machine that runs Pulumi; it asks for the value, so that no history keeps it:",
    `     ${setSecret(generation)}`,
    "3. close that PowerShell, and run pulumi up. The password is worthless once the server has joined with it.",
  ];
}

/** The commands for one generation's computer, by the method that the settings name; for `operator` what to do instead. */
export function provisioning(
  { name, domain }: Settings,
  { generation }: Pick<GenerationSettings, "generation">,
): string {
  const computer = generationNames(name, generation).machine;
  switch (domain.join.method) {
    case "offlineBlob":
      return offlineBlob(domain, computer, generation).join("\n");
    case "machinePassword":
      return machinePassword(domain, computer, generation).join("\n");
    case "operator":
      return [
        `join ${computer} to ${domain.name} yourself and restart it: sign in by remote desktop, then`,
        `     Add-Computer -DomainName ${domain.name}${domain.join.organizationalUnit === undefined ? "" : ` -OUPath ${quoted(domain.join.organizationalUnit)}`} -Credential DOMAIN\\account -Restart`,
        "then run pulumi up again",
      ].join("\n");
  }
}
