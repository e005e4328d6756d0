# fragments: given lock machine files connect exceptions marker staging instants runs idle taskRemoval

# The guard of a deletion. Whatever it does not understand is a refusal; an exception is recorded, not silent.

# Run history does not say in which time zone it counts, so a day becomes two.
$quietHours = 48

function Test-Marker($Marker, $Given) {
    (Test-MarkerOfService $Marker) -and [int]$Marker.generation -eq [int]$Given.generation
}

# A profile can carry any name, so its steps count too: by their type, and by what they exported.
function Test-Export($Run) {
    if ([string]$Run.RunProfileName -match 'export') { return $true }
    $steps = @(Get-PropertyOrNull $Run 'RunStepResults')
    $known = @('Full Import', 'Delta Import', 'Full Synchronization', 'Delta Synchronization')
    $readable = $false
    foreach ($step in $steps) {
        if ($null -eq $step) { continue }
        $description = [string](Get-PropertyOrNull $step 'StepXml')
        if ($description -match 'step-type\s+type="export') { return $true }
        foreach ($counter in @('ExportAdd', 'ExportUpdate', 'ExportRename', 'ExportDelete', 'ExportDeleteAdd', 'ExportFailure')) {
            $count = Get-PropertyOrNull $step $counter
            if ($null -ne $count -and [int]$count -gt 0) { return $true }
        }
        if ($description) { $readable = $true }
    }
    if (-not $readable -and $known -notcontains [string]$Run.RunProfileName) {
        Stop-Script 'unknown-run' @{ profile = $Run.RunProfileName; connector = $Run.ConnectorName }
    }
    $false
}

function Confirm-NoRecentExport {
    $since = (Get-Date).ToUniversalTime().AddHours(-$quietHours)
    foreach ($run in @(Get-ADSyncRunProfileResult -RunStepDetails)) {
        $started = ConvertTo-Utc $run.StartDate
        if ($null -ne $started -and $started -lt $since) { continue }
        if (Test-Export $run) { Stop-Script 'recent-export' @{ profile = $run.RunProfileName; connector = $run.ConnectorName; hours = $quietHours } }
    }
}

function Confirm-NoPassThroughAgent($Given, $Evidence) {
    $agents = @(Get-PassThroughAgent)
    if ($agents.Count -eq 0) { return }
    $exception = Get-CountingException $Given.exceptions 'passThroughAgentIsElsewhere'
    if ($null -eq $exception) { Stop-Script 'pass-through-agent' @{ service = $agents[0].Name } }
    $Evidence.passThroughAgents = @($agents | ForEach-Object { [string]$_.Name })
    $Evidence.passThroughAgentIsElsewhere = Get-ExceptionRecord $exception
}

# A cycle of the scheduler takes minutes, and one in eight guards would meet it by chance.
$idleMinutes = 15

function Get-StagingProofOrStop {
    if (@(Get-WizardProcess).Count -gt 0) { Stop-Script 'wizard-open' }
    $proof = Get-StagingProof
    if ($proof.State -eq 'off') { Stop-Unproven $proof 'active' }
    if ($proof.State -ne 'on') { Stop-Unproven $proof 'unclear' }
    $proof
}

# The outcome, or a refusal. What it saw goes into the evidence.
function Get-Outcome($Given, $Evidence) {
    Confirm-NoPassThroughAgent $Given $Evidence
    if (@(Get-WizardProcess).Count -gt 0) { Stop-Script 'wizard-open' }
    $service = Get-SynchronizationService
    if ($null -eq $service) {
        if (Test-Path -LiteralPath (Get-EngineFile)) { Stop-Script 'engine-without-service' }
        return 'no-entra-connect'
    }
    if ($service.StartMode -eq 'Disabled' -and $service.State -eq 'Stopped') {
        $marker = Read-Record $markerPath
        $intent = Read-Record $intentPath
        $fence = Read-Record $fencePath
        $fenced = Test-Marker $fence $Given
        # A fence that found no staging mode is newer than a proof of it: bringing back takes both away.
        $stale = $fenced -and (Get-PropertyOrNull $fence 'outcome') -ne 'proven-staging'
        if ((Test-Marker $marker $Given) -and -not ($stale -and (Get-PropertyOrNull $marker 'outcome') -eq 'proven-staging')) { return 'already-retired' }
        if ((Test-Marker $intent $Given) -and -not $stale -and $intent.outcome -eq 'proven-staging') { return 'proven-staging' }
        if ($fenced) { Stop-Fenced $fence $service }
    }
    if ($service.State -ne 'Running') {
        Add-StagingCause 'the service ADSync is stopped'
        Stop-Script 'service-not-running' @{ state = Get-ServiceState $service; startMode = $service.StartMode }
    }
    $proof = Get-StagingProofOrStop
    # Somebody may have opened the wizard meanwhile, turned staging mode off, or put an agent here.
    if (Wait-Idle $idleMinutes) {
        Confirm-NoPassThroughAgent $Given $Evidence
        $proof = Get-StagingProofOrStop
    }
    Confirm-NoRecentExport
    $Evidence.staging = $proof.Detail
    $Evidence.withoutExportHours = $quietHours
    'proven-staging'
}

# How the service started before it was disabled, for whoever brings the server back; a retry finds it in the intent.
function Get-StartMode {
    $service = Get-SynchronizationService
    if ($null -eq $service) { return $null }
    if ($service.StartMode -eq 'Disabled') {
        $intent = Read-Record $intentPath
        if (Test-MarkerOfService $intent) { return Get-PropertyOrNull $intent 'startMode' }
    }
    [string]$service.StartMode
}

function Write-Marker([string]$Path, $Given, [string]$Outcome, $Evidence) {
    New-Folder $libraryFolder
    $marker = [ordered]@{
        computerName = $env:COMPUTERNAME; vmId = Get-MachineId; generation = [int]$Given.generation
        retiredAt = Format-Instant (Get-Date); outcome = $Outcome; startMode = $script:startMode; evidence = $Evidence
    }
    Write-WholeFile $Path (ConvertTo-AsciiJson $marker)
}

function Invoke-Script {
    $given = Get-Arguments @('computerName', 'vmId', 'generation', 'role', 'exceptions')
    $script:known = @{ generation = $given.generation; vmId = $given.vmId }
    Confirm-ComputerName $given.computerName
    Confirm-MachineId $given.vmId
    # Not even looked at, whatever it would prove: a destroy must not stop what the settings say is the active server.
    if ($given.role -ne 'passive') { Stop-Script 'declared-active' }
    Enter-Lock
    $script:startMode = $null
    $evidence = [ordered]@{}
    try {
        $script:startMode = Get-StartMode
        $outcome = Get-Outcome $given $evidence
    } catch {
        $failure = $_
        $exception = Get-CountingException $given.exceptions 'retireUnproven'
        if ($null -eq $exception) { throw $failure }
        $objection = 'unexpected'
        if ($null -ne $script:refusal) { $objection = $script:refusal.Code } else { Add-Warning "The proof failed with: $($failure.Exception.Message)" }
        $script:refusal = $null
        $outcome = 'overridden'
        $evidence.objection = $objection
        $evidence.reason = [string]$exception.reason
        $evidence.retireUnproven = Get-ExceptionRecord $exception
        $script:answer.objection = $objection
        $script:answer.reason = [string]$exception.reason
        $script:answer.until = [string]$exception.until
    }
    if ($outcome -eq 'proven-staging' -or ($outcome -eq 'overridden' -and $null -ne (Get-SynchronizationService))) {
        Write-Marker $intentPath $given $outcome $evidence
        Disable-Synchronization
        Add-Change 'synchronization service stopped and disabled'
    }
    # Last, so that it never says more than is done.
    if ($outcome -eq 'already-retired') {
        $script:answer.retiredAt = Format-StoredInstant (Read-Record $markerPath).retiredAt
    } else {
        Write-Marker $markerPath $given $outcome $evidence
        Add-Change 'marker written'
        Remove-Record $intentPath
    }
    # A task that is left goes with the machine, so it keeps nothing back.
    try { Remove-ArchiveTask } catch { Add-Warning "The archive's task could not be taken out: $(Hide-Secret $_.Exception.Message)" }
    $script:answer.outcome = $outcome
    $script:answer.vmId = Get-MachineId
    $script:answer.generation = [int]$given.generation
    $script:answer.changes = @($script:changes)
}
