# Starts the collector on a make-believe C: drive. Nothing runs unless this is the test PowerShell.
$ErrorActionPreference = 'Stop'
Import-Module -Name TestRegistry -Global
$null = New-PSDrive -Name C -PSProvider FileSystem -Root $env:COLLECT_DRIVE -Scope Global
function global:Get-CimInstance([string]$ClassName) {
    if ($ClassName -ne 'Win32_OperatingSystem') { throw "no class $ClassName" }
    [pscustomobject]@{ Caption = 'Microsoft Windows Server 2022 Datacenter'; Version = '10.0.20348'; BuildNumber = '20348' }
}
$given = @{}
foreach ($entry in (ConvertFrom-Json -InputObject $env:COLLECT_PARAMETERS).PSObject.Properties) { $given[$entry.Name] = $entry.Value }
& $env:COLLECT_SCRIPT @given
exit $LASTEXITCODE
