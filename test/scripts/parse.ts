import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TestPowershell } from "../../rehearsal/windows/testPowershell";

/** A command that is called. Its name is empty where it is not a word of the text. */
export interface CalledCommand {
  readonly name: string;
  /** What stands in place of a name. */
  readonly text: string;
  readonly parameters: readonly string[];
  /** What a parameter is given, where it is a constant of the text; null where it is computed. */
  readonly given: Readonly<Record<string, string | null>>;
}

/** What PowerShell's own parser finds in one text. */
export interface Parsed {
  readonly errors: readonly string[];
  /** Kinds of syntax that Windows PowerShell 5.1 does not have. */
  readonly newSyntax: readonly string[];
  readonly commands: readonly CalledCommand[];
  readonly functions: readonly string[];
  /** Types named in brackets, attributes and `New-Object` included. */
  readonly types: readonly string[];
  readonly comObjects: readonly string[];
  /** `Type::Member`. */
  readonly statics: readonly string[];
  /** Methods of objects, with what they are given. */
  readonly methods: readonly { readonly name: string; readonly count: number; readonly constants: readonly string[] }[];
  /** Constant texts of the code (not of here-strings). */
  readonly strings: readonly string[];
  readonly variables: readonly string[];
  /** Parameters that take a block of the text itself. */
  readonly blocks: readonly string[];
}

const parser = `
param([string]$Folder)
function Get-Constant($Ast) {
  if ($Ast -is [System.Management.Automation.Language.StringConstantExpressionAst]) { return [string]$Ast.Value }
  if ($Ast -is [System.Management.Automation.Language.ConstantExpressionAst]) { return [string]$Ast.Value }
  if ($Ast -is [System.Management.Automation.Language.VariableExpressionAst] -and @('true', 'false', 'null') -contains $Ast.VariablePath.UserPath) { return '$' + $Ast.VariablePath.UserPath }
}
function Read-Command($Ast) {
  $given = [ordered]@{}
  $elements = @($Ast.CommandElements)
  for ($index = 1; $index -lt $elements.Count; $index++) {
    $element = $elements[$index]
    if ($element -isnot [System.Management.Automation.Language.CommandParameterAst]) { continue }
    $value = $element.Argument
    if ($null -eq $value -and $index + 1 -lt $elements.Count -and $elements[$index + 1] -isnot [System.Management.Automation.Language.CommandParameterAst]) { $value = $elements[$index + 1] }
    $given[$element.ParameterName] = Get-Constant $value
  }
  @{ name = [string]$Ast.GetCommandName(); text = [string]$elements[0].Extent.Text; parameters = @($given.Keys); given = $given }
}
foreach ($file in Get-ChildItem -LiteralPath $Folder -Filter *.txt) {
  $tokens = $null; $errors = $null
  $ast = [System.Management.Automation.Language.Parser]::ParseFile($file.FullName, [ref]$tokens, [ref]$errors)
  $all = @($ast.FindAll({ $true }, $true))
  $new = @('QuestionQuestion', 'QuestionQuestionEquals', 'QuestionDot', 'QuestionLBracket', 'AndAnd', 'OrOr', 'QuestionMark')
  $commands = @($all | Where-Object { $_ -is [System.Management.Automation.Language.CommandAst] } | ForEach-Object { Read-Command $_ })
  $objects = @($commands | Where-Object { $_.name -eq 'New-Object' })
  $types = @($all | Where-Object { $_ -is [System.Management.Automation.Language.TypeExpressionAst] -or $_ -is [System.Management.Automation.Language.TypeConstraintAst] -or $_ -is [System.Management.Automation.Language.AttributeAst] } | ForEach-Object { $_.TypeName.FullName })
  $members = @($all | Where-Object { $_ -is [System.Management.Automation.Language.MemberExpressionAst] })
  [Console]::Out.WriteLine((ConvertTo-Json -Compress -Depth 8 -InputObject @{
    file = $file.BaseName
    errors = @($errors | ForEach-Object { $_.Message })
    newSyntax = @($tokens | Where-Object { $new -contains [string]$_.Kind } | ForEach-Object { [string]$_.Kind })
    commands = $commands
    functions = @($all | Where-Object { $_ -is [System.Management.Automation.Language.FunctionDefinitionAst] } | ForEach-Object { $_.Name })
    types = @($types) + @($objects | ForEach-Object { $_.given['TypeName'] } | Where-Object { $_ })
    comObjects = @($objects | ForEach-Object { $_.given['ComObject'] } | Where-Object { $_ })
    statics = @($members | Where-Object { $_.Static } | ForEach-Object { "$($_.Expression.TypeName.FullName)::$($_.Member)" })
    methods = @($members | Where-Object { -not $_.Static -and $_ -is [System.Management.Automation.Language.InvokeMemberExpressionAst] } | ForEach-Object {
      @{ name = [string]$_.Member; count = @($_.Arguments | Where-Object { $_ }).Count; constants = @($_.Arguments | ForEach-Object { Get-Constant $_ } | Where-Object { $null -ne $_ }) } })
    strings = @($all | Where-Object { $_ -is [System.Management.Automation.Language.StringConstantExpressionAst] -and [string]$_.StringConstantType -notlike '*HereString' } | ForEach-Object { [string]$_.Value })
    blocks = @($all | Where-Object { $_ -is [System.Management.Automation.Language.ParameterAst] -and $_.StaticType -eq [scriptblock] } | ForEach-Object { $_.Name.VariablePath.UserPath })
    variables = @($all | Where-Object { $_ -is [System.Management.Automation.Language.VariableExpressionAst] } | ForEach-Object { $_.VariablePath.UserPath })
  }))
}
`;

/** Parses every text in one run; the test PowerShell executes none of them. */
export async function parseTexts(
  powershell: TestPowershell,
  texts: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, Parsed>> {
  const folder = await mkdtemp(join(tmpdir(), "entra-connect-parse-"));
  try {
    for (const [name, text] of texts) await writeFile(join(folder, `${name}.txt`), text);
    await writeFile(join(folder, "parse.ps1"), parser);
    const words = ["-NoProfile", "-NonInteractive", "-File", join(folder, "parse.ps1"), "-Folder", folder];
    const { stdout } = await promisify(execFile)(powershell.path, words, { maxBuffer: 1 << 26 });
    const parsed = new Map<string, Parsed>();
    for (const line of stdout.trim().split("\n")) {
      const { file, ...rest } = JSON.parse(line) as Parsed & { file: string };
      parsed.set(file, rest);
    }
    return parsed;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
