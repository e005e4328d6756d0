# The reading cmdlets of an Entra Connect server as the collector may meet them, told by the JSON file in COLLECT_STUB:
# { "configuration": folder, "failing": { cmdlet: message }, "absent": [ cmdlet ], "asking": [ cmdlet ] }.
# Every call is written to calls.txt beside that file. There is nothing here that changes a server.
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
$script:plan = ConvertFrom-Json -InputObject ([IO.File]::ReadAllText($env:COLLECT_STUB))
$active = 'b891884f-051e-4a83-95af-2544101c9083'
$directory = 'ae4db4cc-b16b-4eb2-acf5-837ca84e4d7d'

function Enter-Call([string]$Name) {
    [IO.File]::AppendAllText((Join-Path (Split-Path -Parent $env:COLLECT_STUB) 'calls.txt'), "$Name`n")
    $failure = $script:plan.failing.PSObject.Properties[$Name]
    if ($null -ne $failure) { throw $failure.Value }
}

function Get-ADSyncScheduler {
    [CmdletBinding()] param()
    Enter-Call 'Get-ADSyncScheduler'
    [pscustomobject]@{ StagingModeEnabled = $true; SyncCycleEnabled = $true; SchedulerSuspended = $false; CurrentlyEffectiveSyncCycleInterval = [timespan]'00:30:00'; CustomizedSyncCycleInterval = $null }
}

function Get-ADSyncGlobalSettingsParameter {
    [CmdletBinding()] param()
    Enter-Call 'Get-ADSyncGlobalSettingsParameter'
    [pscustomobject]@{ Name = 'Microsoft.Synchronize.StagingMode'; Value = 'True' }
    [pscustomobject]@{ Name = 'Microsoft.OptionalFeature.PasswordHashSync'; Value = 'False' }
    [pscustomobject]@{ Name = 'Contoso.ProxyPassword'; Value = 'hunter2-global' }
    [pscustomobject]@{ Name = 'Contoso.StorageAccountKey'; Value = 'hunter2-likely' }
    [pscustomobject]@{ Name = 'Contoso.Reporting'; Value = 'Server=db1;Password=hunter2-telling' }
}

function Get-ADSyncConnector {
    [CmdletBinding()] param([string]$Name)
    Enter-Call 'Get-ADSyncConnector'
    $secret = [pscustomobject]@{ Name = 'password'; Value = 'hunter2-connectivity' }
    [pscustomobject]@{ Name = "contoso.onmicrosoft.com - AAD"; Identifier = [guid]$active; Type = 'Extensible2'; Subtype = 'Windows Azure Active Directory (Microsoft)'; ConnectivityParameters = @($secret) }
    [pscustomobject]@{ Name = "contoso.com $([char]0xe9)"; Identifier = [guid]$directory; Type = 'AD'; Subtype = $null; ConnectivityParameters = @($secret) }
}

function Get-ADSyncConnectorStatistics {
    [CmdletBinding()] param([Parameter(Mandatory = $true)][string]$ConnectorName)
    Enter-Call 'Get-ADSyncConnectorStatistics'
    [pscustomobject]@{ TotalConnectors = 95123; PendingImport = 2; Nested = [pscustomobject]@{ ExportAdd = 5; Stamp = [datetime]'2026-10-06T10:00:00Z' }; ServicePassword = 'hunter2-statistics'; RefreshToken = 'hunter2-token'; Endpoint = 'https://me:hunter2-url@db1.contoso.com'; Kinds = @('one') }
}

function Get-ADSyncCSGroupStatistics {
    [CmdletBinding()] param([string]$ConnectorName)
    Enter-Call 'Get-ADSyncCSGroupStatistics'
    [pscustomobject]@{ GroupCount = 7 }
}

function Get-ADSyncRunProfileResult {
    [CmdletBinding()] param([guid]$ConnectorId, [int]$NumberRequested)
    Enter-Call 'Get-ADSyncRunProfileResult'
    foreach ($day in 1..2) {
        foreach ($name in @('Delta Import', 'Delta Synchronization')) {
            $moment = [datetime]::new(2026, 10, $day, 10, 0, 0, [DateTimeKind]::Utc)
            [pscustomobject]@{ RunProfileName = $name; Result = 'success'; StartDate = $moment; EndDate = $moment.AddMinutes(5); ConnectorId = $ConnectorId; RunStepResults = @([pscustomobject]@{ StepXml = '<x/>' }) }
        }
    }
}

function Get-ADSyncCSObject {
    [CmdletBinding()] param([Parameter(Mandatory = $true)][string]$ConnectorName, [int]$StartIndex, [int]$MaxResultCount)
    Enter-Call 'Get-ADSyncCSObject'
    $last = [Math]::Min($StartIndex + $MaxResultCount, 1500)
    for ($index = $StartIndex; $index -lt $last; $index++) {
        if ($index % 3 -eq 0) { [pscustomobject]@{ ObjectType = 'group' } } else { [pscustomobject]@{ ObjectType = 'user' } }
    }
}

function Get-ADSyncAutoUpgrade {
    [CmdletBinding()] param()
    Enter-Call 'Get-ADSyncAutoUpgrade'
    'Disabled'
}

function Get-ADSyncEntraConnectorCredential {
    [CmdletBinding()] param()
    Enter-Call 'Get-ADSyncEntraConnectorCredential'
    [pscustomobject]@{ ConnectorIdentityType = 'Application'; UserName = '5F0C1D2E-0000-4000-8000-00000000000A@contoso.onmicrosoft.com'; Password = 'hunter2-credential' }
}

function Get-ADSyncDatabaseConfiguration {
    [CmdletBinding()] param()
    Enter-Call 'Get-ADSyncDatabaseConfiguration'
    [pscustomobject]@{ IsLocalDBInstalled = $true; LocalDBUsedSpaceInMb = 9420; SqlServerName = '(localdb)'; SqlServerInstanceName = '.\ADSync2019'; SqlServerDBName = 'ADSync' }
}

function Get-ADSyncServerConfiguration {
    [CmdletBinding()] param([Parameter(Mandatory = $true)][string]$Path)
    Enter-Call 'Get-ADSyncServerConfiguration'
    Copy-Item -Path (Join-Path $script:plan.configuration '*') -Destination $Path -Recurse
    if ($null -ne $script:plan.failing.PSObject.Properties['half-way']) { throw 'There is not enough space on the disk.' }
}

if (@($script:plan.asking) -contains 'Get-ADSyncCSGroupStatistics') {
    function Get-ADSyncCSGroupStatistics { [CmdletBinding()] param([string]$ConnectorName, [Parameter(Mandatory = $true)]$GroupKind) Enter-Call 'Get-ADSyncCSGroupStatistics' }
}
$names = @('Get-ADSyncScheduler', 'Get-ADSyncGlobalSettingsParameter', 'Get-ADSyncConnector', 'Get-ADSyncConnectorStatistics', 'Get-ADSyncCSGroupStatistics', 'Get-ADSyncRunProfileResult', 'Get-ADSyncCSObject', 'Get-ADSyncAutoUpgrade', 'Get-ADSyncEntraConnectorCredential', 'Get-ADSyncServerConfiguration', 'Get-ADSyncDatabaseConfiguration') | Where-Object { @($script:plan.absent) -notcontains $_ }
Export-ModuleMember -Function $names
