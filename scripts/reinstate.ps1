# fragments: given lock machine files connect exceptions marker staging

# Brings back a server that its guard retired, or that was fenced. Until staging is proven the service stays disabled even while it runs, so
# that a crash or a restart of the machine in between leaves it retired.

# The guard's marker, or the fence's. One that proves nothing comes before all others: somebody may have started a retired server
# by hand and promoted it before it was fenced. Else the guard's intent comes first: it died half way.
function Get-RetirementRecord($Given) {
    $chosen = $null
    foreach ($path in @($intentPath, $markerPath, $fencePath)) {
        $marker = Read-Record $path
        if ($null -eq $marker) { continue }
        if (-not (Test-MarkerOfThisMachine $marker) -or [int](Get-PropertyOrNull $marker 'generation') -ne [int]$Given.generation) {
            Stop-Script 'other-marker' @{
                path = $path; computerName = [string](Get-PropertyOrNull $marker 'computerName')
                vmId = [string](Get-PropertyOrNull $marker 'vmId'); generation = [string](Get-PropertyOrNull $marker 'generation')
            }
        }
        if ($null -eq $chosen -or ((Test-MarkerUnproven $marker) -and -not (Test-MarkerUnproven $chosen))) { $chosen = $marker }
    }
    $chosen
}

function Test-MarkerUnproven($Marker) { @('proven-staging', 'no-entra-connect') -notcontains (Get-PropertyOrNull $Marker 'outcome') }

# Manual only for the moment of the start: a disabled service cannot be started, but a running one can be disabled.
function Start-Unproven {
    try {
        Set-Service -Name ADSync -StartupType Manual
        Start-Service -Name ADSync
        Set-Service -Name ADSync -StartupType Disabled
    } catch {
        $reason = $_.Exception.Message
        Disable-Synchronization
        Add-StagingCause 'the service ADSync is stopped'
        Stop-Script 'service-not-started' @{ reason = $reason }
    }
    Add-Change 'synchronization service started'
}

# At once; a service that has only just started may take some seconds to answer. One clear "off" ends it.
function Get-ProofAfterStart {
    $proof = Get-StagingProof
    for ($attempt = 1; $attempt -le 6 -and $proof.State -eq 'unclear'; $attempt++) {
        Start-Sleep -Seconds 5
        $proof = Get-StagingProof
    }
    $proof
}

function Confirm-Reinstated($Marker) {
    $was = 'retired'
    if ($null -ne (Get-PropertyOrNull $Marker 'fencedAt')) { $was = 'fenced' }
    if ((Get-PropertyOrNull $Marker 'outcome') -ne 'proven-staging') { Stop-Script "$was-unproven" @{ ground = Get-MarkerGround $Marker } }
    $service = Get-SynchronizationService
    if ($null -eq $service) { Stop-Script 'service-missing' }
    if (@(Get-WizardProcess).Count -gt 0) { Stop-Script 'wizard-open' }
    # A service that somebody else turned on may be the active server's by now: that one is never stopped.
    $ours = $service.State -ne 'Running' -or $service.StartMode -eq 'Disabled'
    if ($service.State -ne 'Running') { Start-Unproven }
    $proof = Get-ProofAfterStart
    if ($proof.State -ne 'on') {
        if (-not $ours) { Stop-Unproven $proof }
        Add-StagingCause $proof.Detail
        Disable-Synchronization
        Stop-Script 'retired-again' @{ was = $was; state = $proof.State; detail = $proof.Detail; engine = Get-EngineFile }
    }
    $type = 'Automatic'
    if ((Get-PropertyOrNull $Marker 'startMode') -eq 'Manual') { $type = 'Manual' }
    $mode = (Get-SynchronizationService).StartMode
    if ($mode -ne $type -and -not ($mode -eq 'Auto' -and $type -eq 'Automatic')) {
        Set-Service -Name ADSync -StartupType $type
        Add-Change "start type of the synchronization service set to $type"
    }
    $script:answer.stagingMode = [ordered]@{ scheduler = $proof.Scheduler; globalParameter = $proof.Parameter }
    $script:answer.startType = $type
    $proof.Detail
}

# Last, so that it never says more than is done. The guard's evidence is kept inside.
function Move-Marker($Marker, $Given, [string]$Staging) {
    $now = Format-Instant (Get-Date)
    $time = 'retiredAt'
    if ($null -ne (Get-PropertyOrNull $Marker 'fencedAt')) { $time = 'fencedAt' }
    $Marker.$time = Format-StoredInstant $Marker.$time
    $record = [ordered]@{ reinstatedAt = $now; reason = [string]$Given.reason; until = [string]$Given.until; staging = $Staging; marker = $Marker }
    $path = "$libraryFolder\reinstated-$($now -replace '[:-]').json"
    Write-WholeFile $path (ConvertTo-AsciiJson $record)
    foreach ($old in @($intentPath, $markerPath, $fencePath)) { Remove-Record $old }
    Add-Change 'marker put away'
    $script:answer.retiredAt = [string]$Marker.$time
    $script:answer.reason = [string]$Given.reason
    $script:answer.record = $path
}

function Invoke-Script {
    $given = Get-Arguments @('computerName', 'vmId', 'generation', 'reason', 'until')
    $script:known = @{ generation = $given.generation }
    if (-not ([string]$given.reason).Trim()) { Stop-Script 'bad-arguments' @{ problem = "'reason' is empty" } }
    $lastDay = ConvertTo-Day $given.until
    if ($null -eq $lastDay) { Stop-Script 'bad-arguments' @{ problem = "'until' is no day (yyyy-MM-dd)" } }
    Confirm-ComputerName $given.computerName
    Confirm-MachineId $given.vmId
    Enter-Lock
    $marker = Get-RetirementRecord $given
    if ($null -ne $marker -and (Test-DayOver $lastDay)) {
        Stop-Script 'exception-ended' @{ until = $given.until; now = Format-Instant (Get-Date) }
    }
    if ($null -eq $marker) {
        $script:answer.outcome = 'not-retired'
    } elseif ((Get-PropertyOrNull $marker 'outcome') -eq 'no-entra-connect') {
        # There was nothing to stop then, so there is nothing to start now.
        Move-Marker $marker $given ''
        $script:answer.outcome = 'without-entra-connect'
    } else {
        $staging = Confirm-Reinstated $marker
        Move-Marker $marker $given $staging
        $script:answer.outcome = 'reinstated'
    }
    $script:answer.vmId = Get-MachineId
    $script:answer.generation = [int]$given.generation
    $script:answer.changes = @($script:changes)
}
