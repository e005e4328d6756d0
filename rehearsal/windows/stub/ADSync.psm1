# The ADSync cmdlets that our scripts may use, over server.json. Parameters are those of the real cmdlets, no others.
# Exports and changes of the staging flag happen here as they would on a real server, and are written down as violations.
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
Microsoft.PowerShell.Core\Import-Module -Name "$PSScriptRoot/World.psm1" -DisableNameChecking

function Get-Engine($World) {
    $service = Get-Entry $World.services 'ADSync'
    if ($null -eq $service -or $service.status -ne 'Running') { throw 'The Microsoft Azure AD Sync service is not running. (ADSync)' }
    $World.adsync
}

function Test-Running($World, $Run) {
    $end = Get-Entry $Run 'finishesAt'
    $end -and (Get-SimulatedTime $World) -lt (ConvertTo-Instant $end)
}

# The scheduler's own cycle (rehearsal/windows/synchronizationCycles.ts begins it and its runs).
function Test-Cycle($World, $Scheduler) {
    $end = Get-Entry (Get-Entry $Scheduler 'cycle') 'endsAt'
    [bool]($end -and (Get-SimulatedTime $World) -lt (ConvertTo-Instant $end))
}

# Somebody's run began a while before anybody looks for the first time.
function Start-ForeignRun {
    $foreign = Get-Entry (Read-World).peculiarities 'foreignRun'
    if ($null -eq $foreign -or (Get-Entry $foreign 'seen')) { return }
    Edit-World { param($world)
        $engine = Get-Engine $world
        Set-Entry $world.peculiarities.foreignRun 'seen' $true
        $connector = @($engine.connectors)[0]
        $now = Get-SimulatedTime $world
        $ends = $now.AddMinutes($foreign.minutes).ToString('yyyy-MM-ddTHH:mm:ss.fffZ')
        $run = [pscustomobject]@{
            runHistoryId = [guid]::NewGuid().ToString(); connectorIdentifier = $connector.identifier; connectorName = $connector.name
            runProfileName = 'Full Synchronization'; result = 'success'; startDate = $now.AddMinutes(-20).ToString('yyyy-MM-ddTHH:mm:ss.fffZ')
            endDate = $ends; finishesAt = $ends; stepTypes = @('full-synchronization')
        }
        $engine.runHistory = @($run) + @($engine.runHistory)
    }
}

function Get-ADSyncScheduler {
    [CmdletBinding()]
    param()
    $world = Read-World
    if (Get-Entry $world.peculiarities 'schedulerMissing') {
        throw "The term 'Get-ADSyncScheduler' is not recognized as the name of a cmdlet, function, script file, or operable program."
    }
    foreach ($name in @('schedulerRefused', 'schedulerThrows')) {
        $refused = Get-Entry $world.peculiarities $name
        if ($refused) { throw $refused }
    }
    $engine = Get-Engine $world
    $scheduler = $engine.scheduler
    [pscustomobject]@{
        AllowedSyncCycleInterval            = [timespan]'00:30:00'
        CurrentlyEffectiveSyncCycleInterval = [timespan]$scheduler.effectiveInterval
        CustomizedSyncCycleInterval         = $null
        NextSyncCyclePolicyType             = 'Delta'
        NextSyncCycleStartTimeInUTC         = [datetime]::Parse($scheduler.nextSyncCycleStart, [Globalization.CultureInfo]::InvariantCulture, 'RoundtripKind')
        PurgeRunHistoryInterval             = [timespan]'7.00:00:00'
        SyncCycleEnabled                    = $scheduler.syncCycleEnabled
        MaintenanceEnabled                  = $scheduler.maintenanceEnabled
        StagingModeEnabled                  = $engine.stagingMode
        SchedulerSuspended                  = $scheduler.schedulerSuspended
        SyncCycleInProgress                 = $scheduler.syncCycleInProgress -or (Test-Cycle $world $scheduler)
    }
}

function Set-ADSyncScheduler {
    [CmdletBinding()]
    param(
        [nullable[bool]]$SyncCycleEnabled, [nullable[bool]]$MaintenanceEnabled, [timespan]$CustomizedSyncCycleInterval,
        [string]$NextSyncCyclePolicyType, [timespan]$PurgeRunHistoryInterval
    )
    Edit-World { param($world)
        $engine = Get-Engine $world
        if ($null -ne $MaintenanceEnabled) { $engine.scheduler.maintenanceEnabled = [bool]$MaintenanceEnabled }
        if ($null -eq $SyncCycleEnabled) { return }
        if ($SyncCycleEnabled -and -not $engine.stagingMode) { Add-Violation $world 'scheduler enabled on a server that is not staging' }
        $engine.scheduler.syncCycleEnabled = [bool]$SyncCycleEnabled
    }
}

function Get-ADSyncGlobalSettingsParameter {
    [CmdletBinding()]
    param()
    (Get-Engine (Read-World)).globalParameters.PSObject.Properties | ForEach-Object { [pscustomobject]@{ Name = $_.Name; Value = $_.Value } }
}

function Get-ADSyncGlobalSettings {
    [CmdletBinding()]
    param()
    $parameters = @{}
    foreach ($parameter in Get-ADSyncGlobalSettingsParameter) { $parameters[$parameter.Name] = $parameter }
    [pscustomobject]@{ Parameters = $parameters }
}

function Set-ADSyncGlobalSettings {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true, Position = 0)]$GlobalSettings)
    Edit-World { param($world)
        $engine = Get-Engine $world
        foreach ($parameter in $GlobalSettings.Parameters.Values) {
            if ($parameter.Name -eq 'Microsoft.Synchronize.StagingMode' -and ([string]$parameter.Value -eq 'True') -ne $engine.stagingMode) {
                Add-Violation $world "staging mode set to $($parameter.Value)"
                $engine.stagingMode = [string]$parameter.Value -eq 'True'
            }
            Set-Entry $engine.globalParameters $parameter.Name ([string]$parameter.Value)
        }
    }
}

function Get-ADSyncConnector {
    [CmdletBinding()]
    param([string]$Name)
    (Get-Engine (Read-World)).connectors | Where-Object { -not $Name -or $_.name -eq $Name } | ForEach-Object {
        $partitions = @(Get-Entry $_ 'partitions' | Where-Object { $null -ne $_ } | ForEach-Object {
                [pscustomobject]@{
                    Name = $_.name; DN = $_.name; Selected = $_.selected
                    ConnectorPartitionScope = [pscustomobject]@{ ContainerInclusionList = @($_.inclusions); ContainerExclusionList = @($_.exclusions) }
                }
            })
        [pscustomobject]@{
            Name = $_.name; Identifier = [guid]$_.identifier; Type = $_.type; ConnectorTypeName = $_.type; Subtype = $_.subtype; Partitions = $partitions
        }
    }
}

function Get-ADSyncConnectorRunStatus {
    [CmdletBinding()]
    param()
    $world = Read-World
    $null = Get-Engine $world
    Start-ForeignRun
    $world = Read-World
    $busy = Get-Entry $world.peculiarities 'busyConnector'
    if ($busy) { [pscustomobject]@{ ConnectorName = $busy; RunState = 'Busy' } }
    foreach ($run in @($world.adsync.runHistory | Where-Object { $null -ne $_ -and (Test-Running $world $_) })) {
        [pscustomobject]@{ ConnectorName = $run.connectorName; RunState = 'Busy' }
    }
}

function Get-ADSyncRule {
    [CmdletBinding()]
    param()
    (Get-Engine (Read-World)).rules | ForEach-Object {
        [pscustomobject]@{
            Name = $_.name; Direction = $_.direction; Connector = [guid]$_.connectorIdentifier; Precedence = $_.precedence
            Disabled = $_.disabled; ImmutableTag = $(if ($_.immutableTag) { [pscustomobject]@{ TagValue = $_.immutableTag } })
        }
    }
}

function ConvertTo-Moment($Text) {
    if ($Text) { [datetime]::Parse($Text, [Globalization.CultureInfo]::InvariantCulture, 'RoundtripKind').ToUniversalTime() }
}

function Get-ADSyncRunProfileResult {
    [CmdletBinding()]
    param([guid]$RunHistoryId, [guid]$ConnectorId, [guid]$RunProfileId, [int]$RunNumber, [int]$NumberRequested, [switch]$RunStepDetails, [int]$StepNumber)
    $world = Read-World
    $runs = @((Get-Engine $world).runHistory)
    $asText = Get-Entry $world.peculiarities 'dayFirstDates'
    if ($ConnectorId) { $runs = @($runs | Where-Object { [guid]$_.connectorIdentifier -eq $ConnectorId }) }
    if ($RunHistoryId) { $runs = @($runs | Where-Object { [guid]$_.runHistoryId -eq $RunHistoryId }) }
    if ($NumberRequested -gt 0) { $runs = @($runs | Select-Object -First $NumberRequested) }
    foreach ($run in $runs) {
        $steps = @()
        if ($RunStepDetails) {
            $steps = @($run.stepTypes | ForEach-Object { [pscustomobject]@{ StepXml = "<step-type type=`"$_`">`n</step-type>"; StepResult = $run.result; ExportAdd = 0 } })
        }
        $running = [bool](Test-Running $world $run)
        $started = ConvertTo-Moment $run.startDate
        $ended = ConvertTo-Moment $run.endDate
        $result = $run.result
        if ($running) { $result = 'in-progress'; $ended = $null }
        if ($asText) { $started = "$($started.ToString('G'))"; if ($null -ne $ended) { $ended = $ended.ToString('G') } }
        [pscustomobject]@{
            RunHistoryId = $run.runHistoryId; ConnectorId = $run.connectorIdentifier; ConnectorName = $run.connectorName
            RunProfileName = $run.runProfileName; Result = $result; IsRunComplete = -not $running
            StartDate = $started; EndDate = $ended; RunStepResults = $steps
        }
    }
}

function Invoke-ADSyncRunProfile {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][string]$ConnectorName, [Parameter(Mandatory = $true)][string]$RunProfileName)
    $steps = @{
        'Full Import' = 'full-import'; 'Delta Import' = 'delta-import'; 'Export' = 'export'
        'Full Synchronization' = 'full-synchronization'; 'Delta Synchronization' = 'delta-synchronization'
    }
    # It comes back when the run is over; what a job has begun goes on without it.
    $inJob = $env:REHEARSAL_JOB -eq '1'
    $run = Edit-World { param($world)
        $engine = Get-Engine $world
        $connector = @($engine.connectors | Where-Object { $_.name -eq $ConnectorName })[0]
        if ($null -eq $connector) { throw "The connector '$ConnectorName' does not exist." }
        if (@($connector.runProfiles) -notcontains $RunProfileName) { throw "The run profile '$RunProfileName' does not exist." }
        if ($RunProfileName -eq 'Export') { Add-Violation $world "run profile Export of $ConnectorName" }
        elseif (-not $engine.stagingMode) { Add-Violation $world "run profile $RunProfileName of $ConnectorName on a server that is not staging" }
        $result = Get-Entry (Get-Entry $world.peculiarities 'runResults') "$ConnectorName|$RunProfileName"
        if (-not $result) { $result = 'success' }
        if (@($engine.runHistory | Where-Object { $null -ne $_ -and (Test-Running $world $_) }).Count -gt 0) { Add-Violation $world "run profile $RunProfileName of $ConnectorName while another run is in progress" }
        $now = Get-SimulatedTime $world
        $started = $now.ToString('yyyy-MM-ddTHH:mm:ss.fffZ')
        $ended = $started
        $minutes = Get-Entry $world.peculiarities 'importMinutes'
        if ($minutes -and $RunProfileName -eq 'Full Import' -and $connector.type -eq 'AD') { $ended = $now.AddMinutes($minutes).ToString('yyyy-MM-ddTHH:mm:ss.fffZ') }
        $run = [pscustomobject]@{
            runHistoryId = [guid]::NewGuid().ToString(); connectorIdentifier = $connector.identifier; connectorName = $ConnectorName
            runProfileName = $RunProfileName; result = $result; startDate = $started; endDate = $ended; stepTypes = @($steps[$RunProfileName])
        }
        if ($ended -ne $started) { Set-Entry $run 'finishesAt' $ended }
        $engine.runHistory = @($run) + @($engine.runHistory)
        $run
    }
    if ($inJob) { return $run.result }
    $world = Read-World
    while (Test-Running $world $run) { [System.Threading.Thread]::Sleep(20) }
    $run.result
}

function Start-ADSyncSyncCycle {
    [CmdletBinding()]
    param([string]$PolicyType = 'Delta')
    Edit-World { param($world)
        $engine = Get-Engine $world
        if (-not $engine.stagingMode) { Add-Violation $world "cycle $PolicyType started on a server that is not staging" }
        [pscustomobject]@{ Result = 'Success' }
    }
}

function Get-ADSyncEntraConnectorCredential {
    [CmdletBinding()]
    param()
    $engine = Get-Engine (Read-World)
    $user = Get-Entry $engine 'applicationId'
    if ($user) { $user = "$user@contoso.onmicrosoft.com" } else { $user = 'Sync_AADC-STG-G1_0123456789ab@contoso.onmicrosoft.com' }
    [pscustomobject]@{ ConnectorIdentityType = $engine.credentialType; UserName = $user }
}

function Get-ADSyncAutoUpgrade {
    [CmdletBinding()]
    param([switch]$Detail)
    (Get-Engine (Read-World)).autoUpgrade
}

function Get-ADSyncDatabaseConfiguration {
    [CmdletBinding()]
    param()
    $world = Read-World
    $database = Get-Entry (Get-Engine $world) 'database'
    if ($null -eq $database) { throw 'The database cannot be reached. (ADSync)' }
    $used = Get-Entry $world.peculiarities 'databaseUsedMB'
    if (-not $used) { $used = $database.usedMB }
    [pscustomobject]@{
        IsLocalDBInstalled = $database.localDb; LocalDBUsedSpaceInMb = $used; SqlServerName = $database.server
        SqlServerInstanceName = $database.instance; SqlServerDBName = $database.name
    }
}

# What the engine would write lies ready beside the machine (rehearsal/windows/exportedConfiguration.ts).
function Get-ADSyncServerConfiguration {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][string]$Path)
    $null = Get-Engine (Read-World)
    $from = "$env:REHEARSAL_SERVER/configuration"
    foreach ($item in @(Microsoft.PowerShell.Management\Get-ChildItem -LiteralPath $from)) { Microsoft.PowerShell.Management\Copy-Item -LiteralPath $item.FullName -Destination $Path -Recurse }
}

function Get-ADSyncConnectorStatistics {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][string]$ConnectorName)
    $connector = @((Get-Engine (Read-World)).connectors | Where-Object { $_.name -eq $ConnectorName })[0]
    if ($null -eq $connector) { throw "The connector '$ConnectorName' does not exist." }
    [pscustomobject]@{ TotalConnectors = $connector.objectCount; PendingExportAdd = $connector.pendingExports.add; PendingExportUpdate = $connector.pendingExports.update; PendingExportDelete = $connector.pendingExports.delete }
}

function Set-ADSyncAutoUpgrade {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true, Position = 0)][ValidateSet('Enabled', 'Disabled')][string]$AutoUpgradeState)
    Edit-World { param($world)
        $engine = Get-Engine $world
        if (-not $engine.stagingMode) { Add-Violation $world 'automatic upgrade changed on a server that is not staging' }
        $refused = Get-Entry $world.peculiarities 'autoUpgradeRefused'
        if ($refused) { throw $refused }
        $engine.autoUpgrade = $AutoUpgradeState
    }
}

Export-ModuleMember -Function Get-ADSync*, Set-ADSync*, Invoke-ADSyncRunProfile, Start-ADSyncSyncCycle
