function Get-GlobalParameter {
    $values = [ordered]@{}
    foreach ($parameter in @(Get-ADSyncGlobalSettingsParameter | Sort-Object -Property Name)) {
        $name = [string]$parameter.Name
        if ((Test-SecretName $name) -or (Test-SecretValue ([string]$parameter.Value))) { Add-Warning "The value of the global parameter $name was left out." } else { $values[$name] = [string]$parameter.Value }
    }
    $values
}

# The newest run of each run profile; beside one that is still in progress the newest that has ended.
function Get-LatestRun($Connector) {
    $seen = @{}
    @(Get-ADSyncRunProfileResult -ConnectorId $Connector.Identifier -NumberRequested 20 | Sort-Object -Property @{ Expression = { ConvertTo-Utc $_.StartDate } } -Descending) | ForEach-Object {
        $runProfile = [string]$_.RunProfileName
        $ended = [string]$_.Result -ne 'in-progress'
        if (-not $seen.ContainsKey($runProfile) -or ($ended -and -not $seen[$runProfile])) {
            $seen[$runProfile] = $ended
            $plain = ConvertTo-Plain $_ 1
            # Whatever form the build gives them: a text in the region's form could be read in two ways.
            foreach ($date in @('StartDate', 'EndDate')) {
                $instant = ConvertTo-Utc (Get-PropertyOrNull $_ $date)
                if ($null -ne $instant) { $plain[$date] = Format-Instant $instant }
            }
            $plain
        }
    }
}

function Measure-ConnectorSpace($Connector) {
    Confirm-Callable 'Get-ADSyncCSObject' @('ConnectorName', 'StartIndex', 'MaxResultCount')
    $counts = @{}
    $page = 1000
    $start = 0
    do {
        $objects = @(Get-ADSyncCSObject -ConnectorName $Connector.Name -StartIndex $start -MaxResultCount $page)
        foreach ($object in $objects) {
            $type = Get-Text $object 'ObjectType'
            if ($null -eq $type) { throw 'the objects carry no property ObjectType' }
            if ($counts.ContainsKey($type)) { $counts[$type]++ } else { $counts[$type] = 1 }
        }
        $start += $objects.Count
    } while ($objects.Count -eq $page)
    $sorted = [ordered]@{}
    foreach ($type in @($counts.Keys | Sort-Object)) { $sorted[$type] = $counts[$type] }
    $sorted
}

function Save-Statistics {
    Invoke-Step 'connectors' 'statistics/connectors.json' {
        foreach ($connector in @(Get-ADSyncConnector | Sort-Object -Property Name)) { $script:connectors += $connector }
        , @($script:connectors | ForEach-Object { [ordered]@{ name = Get-Text $_ 'Name'; identifier = Get-Text $_ 'Identifier'; type = Get-Text $_ 'Type'; subtype = Get-Text $_ 'Subtype' } })
    }
    $perConnector = [ordered]@{ 'connector-statistics' = @(); 'connector-space-groups' = @(); 'run-results' = @(); 'object-counts' = @() }
    foreach ($connector in $script:connectors) {
        $name = [string]$connector.Name
        Invoke-Step "statistics of connector $name" '' {
            Confirm-Callable 'Get-ADSyncConnectorStatistics' @('ConnectorName')
            $perConnector['connector-statistics'] += [ordered]@{ connector = $name; statistics = ConvertTo-Plain (Get-ADSyncConnectorStatistics -ConnectorName $name) 3 }
        }
        Invoke-Step "run results of connector $name" '' { $perConnector['run-results'] += [ordered]@{ connector = $name; runs = @(Get-LatestRun $connector) } }
        if ($CountObjects) {
            Invoke-Step "object counts of connector $name" '' { $perConnector['object-counts'] += [ordered]@{ connector = $name; objectTypes = Measure-ConnectorSpace $connector } }
        }
        Invoke-Step "connector space group statistics of connector $name" '' {
            Confirm-Callable 'Get-ADSyncCSGroupStatistics' @('ConnectorName')
            $perConnector['connector-space-groups'] += [ordered]@{ connector = $name; statistics = ConvertTo-Plain (Get-ADSyncCSGroupStatistics -ConnectorName $name) 3 }
        }
    }
    foreach ($file in @($perConnector.Keys)) { if ($perConnector[$file].Count -gt 0) { Write-Evidence "statistics/$file.json" @($perConnector[$file]) } }
    if (-not $CountObjects) { Add-NotAvailable 'object counts per object type' 'not asked for: run the collector with -CountObjects' }
    Add-NotAvailable 'metaverse object counts' 'no known cmdlet gives them'
    Invoke-Step 'scheduler' 'statistics/scheduler.json' { ConvertTo-Plain (Get-ADSyncScheduler) 2 }
    Invoke-Step 'automatic upgrade' 'statistics/auto-upgrade.json' { [ordered]@{ state = [string](Get-ADSyncAutoUpgrade) } }
    Invoke-Step 'identity of the Entra connector' 'statistics/entra-connector-identity.json' {
        Confirm-Callable 'Get-ADSyncEntraConnectorCredential' @()
        $identity = Get-ConnectorIdentity
        [ordered]@{ type = $identity.type; applicationId = $identity.applicationId; certificateEndsAt = $identity.endsAt }
    }
    Invoke-Step "events of the application's certificate" 'statistics/certificate-events.json' { , @(Get-CertificateEvent) }
    Invoke-Step 'database' 'statistics/database.json' {
        Confirm-Callable 'Get-ADSyncDatabaseConfiguration' @()
        Get-DatabaseFacts
    }
    Invoke-Step 'miiserver.exe.config' 'statistics/engine-config.json' { Get-EngineConfig }
    Invoke-Step 'global parameters' 'statistics/global-parameters.json' { Get-GlobalParameter }
}

function Get-StagingFacts {
    $facts = [ordered]@{ scheduler = $null; globalParameter = $null; syncCycleEnabled = $null; schedulerSuspended = $null }
    try {
        $scheduler = Get-ADSyncScheduler
        $facts.scheduler = [bool]$scheduler.StagingModeEnabled
        $facts.syncCycleEnabled = [bool]$scheduler.SyncCycleEnabled
        $facts.schedulerSuspended = [bool]$scheduler.SchedulerSuspended
    } catch { Add-Warning "Staging mode by the scheduler is not known: $($_.Exception.Message)" }
    try {
        $text = @(Get-ADSyncGlobalSettingsParameter | Where-Object { $_.Name -eq 'Microsoft.Synchronize.StagingMode' } | ForEach-Object { [string]$_.Value })
        if ($text.Count -eq 1 -and @('True', 'False') -contains $text[0]) { $facts.globalParameter = $text[0] -eq 'True' }
    } catch { Add-Warning "Staging mode by the global parameter is not known: $($_.Exception.Message)" }
    $facts
}
