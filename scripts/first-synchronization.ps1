# fragments: given lock machine connect marker staging

# The Entra connector's identifier is the same everywhere (entra-connect.md section 3).
$entraConnectorId = 'b891884f-051e-4a83-95af-2544101c9083'

function Get-NewestRun($Connector, [string]$RunProfile) {
    Get-ADSyncRunProfileResult -ConnectorId $Connector.Identifier |
        Where-Object { $_.RunProfileName -eq $RunProfile } | Sort-Object -Property StartDate | Select-Object -Last 1
}

function Test-Completed($Run) { $null -ne $Run -and ($Run.Result -eq 'success' -or $Run.Result -like 'completed-*') }

# Proven again before every single change: somebody may have opened the wizard meanwhile.
function Confirm-Ready {
    if (@(Get-WizardProcess).Count -gt 0) { Stop-Script 'wizard-open' }
    $proof = Get-StagingProof
    if ($proof.State -ne 'on') { Stop-Script 'not-proven-staging' @{ state = $proof.State; detail = $proof.Detail } }
}

function Confirm-Idle { if (@(Get-ADSyncConnectorRunStatus).Count -gt 0) { Stop-Script 'run-in-progress' } }

# Only names from the documented flow reach the cmdlet; an export can never be one of them.
function Invoke-Step($Connector, [string]$RunProfile, $After) {
    if (@('Full Import', 'Delta Synchronization') -notcontains $RunProfile) { throw "run profile '$RunProfile' is not allowed here" }
    $run = Get-NewestRun $Connector $RunProfile
    $outcome = 'already-done'
    if (-not (Test-Completed $run) -or ($null -ne $After -and $run.StartDate -lt $After)) {
        Confirm-Ready
        Confirm-Idle
        $null = Invoke-ADSyncRunProfile -ConnectorName $Connector.Name -RunProfileName $RunProfile
        $run = Get-NewestRun $Connector $RunProfile
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
        connectorName = [string]$Connector.Name; runProfileName = $RunProfile; outcome = $outcome; result = [string]$run.Result
    }
    $run.StartDate
}

function Invoke-Script {
    $null = Get-Arguments @()
    Enter-Lock
    if ($null -eq (Get-SynchronizationService)) { Stop-Script 'not-set-up' }
    Confirm-NotRetired
    Confirm-Ready
    $script:steps = @()
    if ((Get-ADSyncScheduler).SyncCycleEnabled) {
        Add-Warning 'The scheduler was enabled already, so the first synchronization was left to it.'
    } else {
        $all = @(Get-ADSyncConnector | Sort-Object -Property Name)
        $entra = @($all | Where-Object { [string]$_.Identifier -eq $entraConnectorId })
        $directories = @($all | Where-Object { (Get-ConnectorType $_) -eq 'AD' })
        if ($entra.Count -ne 1 -or $directories.Count -eq 0) { Stop-Script 'connectors-missing' @{ names = (@($all | ForEach-Object { $_.Name }) -join ', ') } }
        $imported = $null
        foreach ($connector in ($directories + $entra)) { $imported = Invoke-Step $connector 'Full Import' $null }
        foreach ($connector in ($directories + $entra)) { $null = Invoke-Step $connector 'Delta Synchronization' $imported }
        Confirm-Ready
        Set-ADSyncScheduler -SyncCycleEnabled $true
        if (-not (Get-ADSyncScheduler).SyncCycleEnabled) { Stop-Script 'scheduler-not-enabled' }
        Add-Change 'scheduler enabled; in staging mode it suppresses exports'
    }
    $script:answer.steps = @($script:steps)
    $script:answer.schedulerEnabled = $true
    $script:answer.changes = @($script:changes)
}
