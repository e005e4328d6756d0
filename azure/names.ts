/** How resources may be called: azure-docs, azure-resource-manager/management/resource-name-rules.md. */
export interface NameRule {
  readonly shortest: number;
  readonly longest: number;
  readonly form: RegExp;
  /** The form in words. */
  readonly words: string;
}

const rule = (shortest: number, longest: number, form: RegExp, words: string): NameRule => ({
  shortest,
  longest,
  form,
  words,
});

/** Code and text of Network's own refusal: terraform-provider-azurerm issue 21093, f5-azure-arm-templates issue 227. */
const network = (shortest = 1, longest = 80): NameRule =>
  rule(
    shortest,
    longest,
    /^[A-Za-z0-9]([\w.-]*\w)?$/,
    "It must begin with a word character, and it must end with a word character or with '_'. The name may contain word characters or '.', '-', '_'.",
  );

/** By resource type in small letters. Storage accounts, containers and workspaces are judged where their other rules are. */
const nameRules: Readonly<Record<string, NameRule>> = {
  "microsoft.resources/resourcegroups": rule(
    1,
    90,
    /^[\p{L}\p{N}_().-]*[\p{L}\p{N}_()-]$/u,
    "It may contain letters, digits, '-', '_', '.', '(' and ')', and must not end with a period.",
  ),
  "microsoft.compute/virtualmachines": rule(
    1,
    64,
    /^[^_\\/"[\]:|<>+=;,?*@&\s][^\\/"[\]:|<>+=;,?*@&\s]*(?<![.-])$/,
    "It must not contain special characters or blanks, begin with '_', or end with '.' or '-'.",
  ),
  "microsoft.compute/disks": rule(1, 80, /^[\w.-]+$/, "It may contain letters, digits, '_', '.' and '-'."),
  "microsoft.network/bastionhosts": network(),
  "microsoft.network/natgateways": network(),
  "microsoft.network/networkinterfaces": network(),
  "microsoft.network/networksecuritygroups": network(),
  "microsoft.network/networksecuritygroups/securityrules": network(),
  "microsoft.network/privateendpoints": network(),
  "microsoft.network/publicipaddresses": network(),
  "microsoft.network/routetables": network(),
  "microsoft.network/routetables/routes": network(),
  "microsoft.network/virtualnetworks": network(2, 64),
  "microsoft.network/virtualnetworks/subnets": network(),
  "microsoft.network/virtualnetworks/virtualnetworkpeerings": network(),
  "microsoft.network/privatednszones/virtualnetworklinks": network(),
  "microsoft.recoveryservices/vaults": rule(
    2,
    50,
    /^[A-Za-z][A-Za-z0-9-]*$/,
    "It may contain letters, digits and hyphens, and must begin with a letter.",
  ),
  "microsoft.recoveryservices/vaults/backuppolicies": rule(
    3,
    150,
    /^[A-Za-z][A-Za-z0-9-]*(?<!-)$/,
    "It may contain letters, digits and hyphens, must begin with a letter and must not end with a hyphen.",
  ),
};

/** What is wrong with a name; undefined where nothing is, or nothing is known of its type. */
export function nameProblem(type: string, name: string): NameRule | undefined {
  const found = nameRules[type.toLowerCase()];
  if (found === undefined) return undefined;
  const fits = name.length >= found.shortest && name.length <= found.longest && found.form.test(name);
  return fits ? undefined : found;
}
