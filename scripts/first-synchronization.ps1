# fragments: given lock machine files connect marker staging

# The Entra connector's identifier is the same everywhere (entra-connect.md section 3).
$entraConnectorId = 'b891884f-051e-4a83-95af-2544101c9083'

# What a run may be to count as done: the scheduler may have run the full form of what we would run.
$countsAs = @{ 'Full Import' = @('Full Import'); 'Delta Synchronization' = @('Delta Synchronization', 'Full Synchronization') }

function Get-Run($Connector, [string[]]$Profiles) {
    Get-ADSyncRunProfileResult -ConnectorId $Connector.Identifier |
        Where-Object { $Profiles -contains $_.RunProfileName } | Sort-Object -Property StartDate
}

function Test-Completed($Run) { $null -ne $Run -and ($Run.Result -eq 'success' -or $Run.Result -like 'completed-*') }

# Proven again before every single change: somebody may have opened the wizard meanwhile.
function Confirm-Ready {
    if (@(Get-WizardProcess).Count -gt 0) { Stop-Script 'wizard-open' }
    $null = Confirm-Staging
}

# Between two runs of the scheduler's cycle no connector is busy.
function Confirm-Idle {
    $cycle = Get-PropertyOrNull (Get-ADSyncScheduler) 'SyncCycleInProgress'
    if ($cycle -eq $true -or @(Get-ADSyncConnectorRunStatus).Count -gt 0) { Stop-Script 'run-in-progress' }
}

# Only names from the documented flow reach the cmdlet; an export can never be one of them.
function Invoke-Step($Connector, [string]$RunProfile, $After) {
    if (@('Full Import', 'Delta Synchronization') -notcontains $RunProfile) { throw "run profile '$RunProfile' is not allowed here" }
    $run = Get-Run $Connector $countsAs[$RunProfile] | Where-Object { Test-Completed $_ } | Select-Object -Last 1
    $outcome = 'already-done'
    if ($null -eq $run -or ($null -ne $After -and $run.StartDate -lt $After)) {
        Confirm-Ready
        Confirm-Idle
        $null = Invoke-ADSyncRunProfile -ConnectorName $Connector.Name -RunProfileName $RunProfile
        $run = Get-Run $Connector @($RunProfile) | Select-Object -Last 1
        $outcome = 'ran'
        Add-Change "$RunProfile of $($Connector.Name)"
        if (-not (Test-Completed $run)) {
            $result = 'no result'
            if ($null -ne $run) { $result = $run.Result }
            Stop-Script 'run-failed' @{ connector = $Connector.Name; profile = $RunProfile; result = $result }
        }
        if ($run.Result -ne 'success') { Add-Warning "$RunProfile of $($Connector.Name) ended with $($run.Result)." }
    }
    $script:steps += [ordered]@{
        connectorName = [string]$Connector.Name; runProfileName = [string]$run.RunProfileName; outcome = $outcome; result = [string]$run.Result
    }
    $run.StartDate
}

function Invoke-Script {
    $given = Get-Arguments @('enableScheduler')
    Enter-Lock
    if ($null -eq (Get-SynchronizationService)) { Stop-Script 'not-set-up' }
    Confirm-NotRetired
    Confirm-Ready
    $script:steps = @()
    $all = @(Get-ADSyncConnector | Sort-Object -Property Name)
    $entra = @($all | Where-Object { [string]$_.Identifier -eq $entraConnectorId })
    $directories = @($all | Where-Object { (Get-ConnectorType $_) -eq 'AD' })
    if ($entra.Count -ne 1 -or $directories.Count -eq 0) { Stop-Script 'connectors-missing' @{ names = (@($all | ForEach-Object { $_.Name }) -join ', ') } }
    # A scheduler that is on proves no run: somebody may have enabled it a moment ago.
    $imports = @(foreach ($connector in ($directories + $entra)) { Invoke-Step $connector 'Full Import' $null })
    $imported = $imports | Sort-Object | Select-Object -Last 1
    foreach ($connector in ($directories + $entra)) { $null = Invoke-Step $connector 'Delta Synchronization' $imported }
    if ($given.enableScheduler -eq $true -and -not (Get-ADSyncScheduler).SyncCycleEnabled) {
        Confirm-Ready
        Set-ADSyncScheduler -SyncCycleEnabled $true
        if (-not (Get-ADSyncScheduler).SyncCycleEnabled) { Stop-Script 'scheduler-not-enabled' }
        Add-Change 'scheduler enabled; in staging mode it suppresses exports'
    }
    $script:answer.steps = @($script:steps)
    $script:answer.schedulerEnabled = [bool](Get-ADSyncScheduler).SyncCycleEnabled
    $script:answer.changes = @($script:changes)
}
