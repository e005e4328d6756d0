# Starts one script on a simulated machine. Nothing runs unless this is the test PowerShell: only that one brings TestRegistry.
$ErrorActionPreference = 'Stop'
Import-Module -Name TestRegistry -Global
if ($null -eq (Get-PSProvider -PSProvider TestRegistry)) { exit 97 }
$null = New-PSDrive -Name C -PSProvider FileSystem -Root "$env:REHEARSAL_SERVER/C" -Scope Global
Microsoft.PowerShell.Core\Import-Module -Name "$PSScriptRoot/Windows.psm1" -Global -DisableNameChecking
Set-Location -LiteralPath 'C:\'
$global:LASTEXITCODE = 0
$given = @{}
$unnamed = @()
if ($env:REHEARSAL_PARAMETERS) {
    $words = ConvertFrom-Json -InputObject $env:REHEARSAL_PARAMETERS
    foreach ($entry in $words.named.PSObject.Properties) { $given[$entry.Name] = $entry.Value }
    $unnamed = @($words.unnamed)
}
Update-Machine
$text = Microsoft.PowerShell.Management\Get-Content -LiteralPath $env:REHEARSAL_SCRIPT -Raw
$ErrorActionPreference = 'Continue'
$atEnd = 0
try {
    $block = [ScriptBlock]::Create($text)
} catch {
    # A text that is cut off: the method fails, and what stands behind it on the command line goes on.
    [Console]::Error.WriteLine($_.Exception.Message)
    if ($env:REHEARSAL_CODE_AT_END) { exit [int]$env:REHEARSAL_CODE_AT_END }
    exit 1
}
if ($env:REHEARSAL_CODE_AT_END) { $atEnd = [int]$env:REHEARSAL_CODE_AT_END }
try {
    & $block @given @unnamed
} catch [System.Management.Automation.ParameterBindingException] {
    # As -File ends where the words do not fit the script's parameters.
    [Console]::Error.WriteLine($_.Exception.Message)
    exit 1
}
exit $atEnd
