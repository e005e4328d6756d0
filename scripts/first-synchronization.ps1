# fragments: given lock machine files connect marker staging runs idle

# The Entra connector's identifier is the same everywhere (entra-connect.md section 3).
$entraConnectorId = 'b891884f-051e-4a83-95af-2544101c9083'

# What a run may be to count as done: the scheduler may have run the full form of what we would run.
$countsAs = @{ 'Full Import' = @('Full Import'); 'Delta Synchronization' = @('Delta Synchronization', 'Full Synchronization') }

function Test-Completed($Run) { $null -ne $Run -and ($Run.Result -eq 'success' -or $Run.Result -like 'completed-*') }

# Proven again before every single change: somebody may have opened the wizard meanwhile.
function Confirm-Ready {
    if (@(Get-WizardProcess).Count -gt 0) { Stop-Script 'wizard-open' }
    $null = Confirm-Staging
}

# Two runs at once disturb each other. Ready means: idle, and proven again after the wait.
function Wait-Ready([int]$Minutes) { $null = Wait-Idle $Minutes { Confirm-Ready } }

# In a job, since the cmdlet comes back only when the run is over: this process tells meanwhile that it goes on. A job is a
# child of this process, which outlives the connection (windows-server.md section 3). Gives the error, if there was one.
function Invoke-Run($Connector, [string]$RunProfile) {
    $beside = Get-ModuleFile
    $block = {
        param($Modules, $ConnectorName, $RunProfile)
        $ErrorActionPreference = 'Stop'
        foreach ($module in $Modules) { try { Import-Module $module; break } catch { continue } }
        Invoke-ADSyncRunProfile -ConnectorName $ConnectorName -RunProfileName $RunProfile
    }
    $began = Get-Date
    $job = Start-Job -ScriptBlock $block -ArgumentList @($beside, ($beside -replace '\\ADSync\.psd1$'), 'ADSync'), $Connector.Name, $RunProfile
    Write-Progressing "$RunProfile of $($Connector.Name) has begun"
    while ($null -eq (Wait-Job -Job $job -Timeout 60)) { Write-Progressing "$RunProfile of $($Connector.Name) goes on, $(Get-MinutesSince $began) min so far" }
    $failure = ''
    try { $null = Receive-Job -Job $job -ErrorAction Stop } catch { $failure = Hide-Secret $_.Exception.Message }
    Remove-Job -Job $job -Force
    $failure
}

function Get-DoneRun($Connector, [string]$RunProfile, $After) {
    Get-RunOf $Connector $countsAs[$RunProfile] | Where-Object { (Test-Completed $_) -and ($null -eq $After -or $_.Started -ge $After) } | Select-Object -Last 1
}

# Only names from the documented flow reach the cmdlet; an export can never be one of them.
function Invoke-Step($Connector, [string]$RunProfile, $After, [int]$WaitMinutes) {
    if (@('Full Import', 'Delta Synchronization') -notcontains $RunProfile) { throw "run profile '$RunProfile' is not allowed here" }
    $outcome = 'already-done'
    $run = Get-DoneRun $Connector $RunProfile $After
    if ($null -eq $run) {
        # What was waited for may have been just this.
        Wait-Ready $WaitMinutes
        $run = Get-DoneRun $Connector $RunProfile $After
    }
    if ($null -eq $run) {
        $before = @(Get-RunOf $Connector @($RunProfile) | ForEach-Object { $_.Id })
        $failure = Invoke-Run $Connector $RunProfile
        # A job that died leaves the engine's run to its end.
        if (@(Get-RunOf $Connector @($RunProfile) | Where-Object { $_.InProgress }).Count -gt 0) { Wait-Ready $WaitMinutes }
        $run = Get-RunOf $Connector @($RunProfile) | Where-Object { $before -notcontains $_.Id } | Select-Object -Last 1
        $outcome = 'ran'
        Add-Change "$RunProfile of $($Connector.Name)"
        if (-not (Test-Completed $run)) {
            $result = 'no result'
            if ($null -ne $run) { $result = $run.Result }
            if ($failure) { $result = "${result}: $failure" }
            Stop-Script 'run-failed' @{ connector = $Connector.Name; profile = $RunProfile; result = $result }
        }
        if ($run.Result -ne 'success') { Add-Warning "$RunProfile of $($Connector.Name) ended with $($run.Result)." }
    }
    $script:steps += [ordered]@{
        connectorName = [string]$Connector.Name; runProfileName = $run.Profile; outcome = $outcome; result = $run.Result
    }
    $run.Started
}

function Invoke-Script {
    $given = Get-Arguments @('enableScheduler', 'runWaitMinutes')
    $wait = [int]$given.runWaitMinutes
    Enter-Lock $wait
    if ($null -eq (Get-SynchronizationService)) { Stop-Script 'not-set-up' }
    Confirm-NotRetired
    Confirm-Ready
    $script:steps = @()
    $all = @(Get-ADSyncConnector | Sort-Object -Property Name)
    $entra = @($all | Where-Object { [string]$_.Identifier -eq $entraConnectorId })
    $directories = @($all | Where-Object { (Get-ConnectorType $_) -eq 'AD' })
    if ($entra.Count -ne 1 -or $directories.Count -eq 0) { Stop-Script 'connectors-missing' @{ names = (@($all | ForEach-Object { $_.Name }) -join ', ') } }
    # A scheduler that is on proves no run: somebody may have enabled it a moment ago.
    $imports = @(foreach ($connector in ($directories + $entra)) { Invoke-Step $connector 'Full Import' $null $wait })
    $imported = $imports | Sort-Object | Select-Object -Last 1
    foreach ($connector in ($directories + $entra)) { $null = Invoke-Step $connector 'Delta Synchronization' $imported $wait }
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
