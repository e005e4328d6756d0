# Starts the collector on a make-believe C: drive. Nothing runs unless this is the test PowerShell.
$ErrorActionPreference = 'Stop'
Import-Module -Name TestRegistry -Global
$null = New-PSDrive -Name C -PSProvider FileSystem -Root $env:COLLECT_DRIVE -Scope Global
$global:plan = ConvertFrom-Json -InputObject ([IO.File]::ReadAllText($env:COLLECT_STUB))
function global:Get-CimInstance([string]$ClassName, [string]$Filter) {
    if ($ClassName -eq 'Win32_Service' -and $global:plan.PSObject.Properties['engine']) { return [pscustomobject]@{ Name = 'ADSync'; PathName = "`"$($global:plan.engine)`"" } }
    if ($ClassName -ne 'Win32_OperatingSystem') { throw "no class $ClassName" }
    [pscustomobject]@{ Caption = 'Microsoft Windows Server 2022 Datacenter'; Version = '10.0.20348'; BuildNumber = '20348' }
}
# The genuine cmdlets would look at this machine.
function global:Get-WinEvent([hashtable]$FilterHashtable, [int]$MaxEvents) {
    if (-not $global:plan.PSObject.Properties['events']) { throw 'The RPC server is unavailable.' }
    foreach ($event in $global:plan.events) { [pscustomobject]@{ Id = $event.id; TimeCreated = [datetime]$event.at; Message = 'Created certificate (x)' } }
}
$given = @{}
foreach ($entry in (ConvertFrom-Json -InputObject $env:COLLECT_PARAMETERS).PSObject.Properties) { $given[$entry.Name] = $entry.Value }
& $env:COLLECT_SCRIPT @given
exit $LASTEXITCODE
