# The run history as it is used here, whatever the build writes: instants in UTC, and whether a run is over.
function Get-RunFacts($Run) {
    $result = [string](Get-PropertyOrNull $Run 'Result')
    $complete = Get-PropertyOrNull $Run 'IsRunComplete'
    $started = ConvertTo-Utc (Get-PropertyOrNull $Run 'StartDate')
    # A clock that was set back gives a newer run an older date: its identifier tells it from the others.
    $id = [string](Get-PropertyOrNull $Run 'RunHistoryId')
    if (-not $id) { $id = [string](Get-PropertyOrNull $Run 'RunProfileName') + [string]$started }
    New-Object -TypeName PSObject -Property @{
        Id = $id
        Connector = [string](Get-PropertyOrNull $Run 'ConnectorName'); Profile = [string](Get-PropertyOrNull $Run 'RunProfileName')
        Result = $result; Started = $started; Ended = ConvertTo-Utc (Get-PropertyOrNull $Run 'EndDate')
        InProgress = $result -eq 'in-progress' -or $complete -eq $false
    }
}

# Oldest first. The newest are enough: a history can be long, and reading all of it takes minutes.
function Get-RunOf($Connector, [string[]]$Profiles) {
    Get-ADSyncRunProfileResult -ConnectorId $Connector.Identifier -NumberRequested 200 | ForEach-Object { Get-RunFacts $_ } |
        Where-Object { $Profiles -contains $_.Profile } | Sort-Object -Property Started
}

# Who runs, in words; empty where nobody does.
function Get-WhoRuns {
    $busy = @(Get-ADSyncConnectorRunStatus | ForEach-Object { [string](Get-PropertyOrNull $_ 'ConnectorName') })
    $running = @(Get-ADSyncRunProfileResult -NumberRequested 50 | ForEach-Object { Get-RunFacts $_ } | Where-Object { $_.InProgress })
    $who = @(foreach ($name in $busy) {
            $run = $running | Where-Object { -not $name -or $_.Connector -eq $name } | Select-Object -First 1
            if ($null -eq $run) { "the connector $name is busy" } else { "$($run.Profile) of $($run.Connector) runs$(if ($null -ne $run.Started) { " since $(Format-Instant $run.Started)" })" }
        })
    if ((Get-PropertyOrNull (Get-ADSyncScheduler) 'SyncCycleInProgress') -eq $true) { $who += 'a cycle of the scheduler is in progress' }
    $who -join '; '
}
