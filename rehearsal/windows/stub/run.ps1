# Starts one script on a simulated machine. Nothing runs unless this is the test PowerShell: only that one brings TestRegistry.
$ErrorActionPreference = 'Stop'
Import-Module -Name TestRegistry -Global
if ($null -eq (Get-PSProvider -PSProvider TestRegistry)) { exit 97 }
$null = New-PSDrive -Name C -PSProvider FileSystem -Root "$env:REHEARSAL_SERVER/C" -Scope Global
Microsoft.PowerShell.Core\Import-Module -Name "$PSScriptRoot/Windows.psm1" -Global -DisableNameChecking
Set-Location -LiteralPath 'C:\'
$global:LASTEXITCODE = 0
$given = @{}
if ($env:REHEARSAL_PARAMETERS) {
    foreach ($entry in (ConvertFrom-Json -InputObject $env:REHEARSAL_PARAMETERS).PSObject.Properties) { $given[$entry.Name] = $entry.Value }
}
$text = Microsoft.PowerShell.Management\Get-Content -LiteralPath $env:REHEARSAL_SCRIPT -Raw
$ErrorActionPreference = 'Continue'
& ([ScriptBlock]::Create($text)) @given
exit 0
