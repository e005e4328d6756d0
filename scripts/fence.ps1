# fragments: given lock machine files connect marker staging

# Stops a server that must not export, whatever it says of itself. What it was, and how its service started, is written down
# before it is stopped: a crash in between leaves what is needed to bring it back.

# What cannot be read says nothing here: it must not keep a server running that is to be stopped.
function Read-RecordOrNothing([string]$Path) {
    try {
        Read-Record $Path
    } catch {
        $script:refusal = $null
        Add-Warning "the record $Path on it is damaged: it counts as none"
    }
}

function Get-EarlierFence {
    $record = Read-RecordOrNothing $fencePath
    if (Test-MarkerOfThisMachine $record) { $record }
}

# A disabled service was stopped by an earlier fence, or by the guard: each wrote down how it started.
function Get-StartModeBefore($Service, $Earlier) {
    if ($Service.StartMode -ne 'Disabled') { return [string]$Service.StartMode }
    foreach ($record in @($Earlier, (Read-RecordOrNothing $intentPath), (Read-RecordOrNothing $markerPath))) {
        if (-not (Test-MarkerOfThisMachine $record)) { continue }
        $mode = Get-PropertyOrNull $record 'startMode'
        if ($mode) { return [string]$mode }
    }
    [string]$Service.StartMode
}

function Write-Fence($Given, [string]$Outcome, $Proof, [string]$StartMode) {
    New-Folder $libraryFolder
    $record = [ordered]@{
        computerName = $env:COMPUTERNAME; vmId = Get-MachineId; generation = [int]$Given.generation
        fencedAt = Format-Instant (Get-Date); outcome = $Outcome; startMode = $StartMode
        state = $Proof.State; evidence = [ordered]@{ staging = $Proof.Detail }
    }
    Write-WholeFile $fencePath (ConvertTo-AsciiJson $record)
    Add-Change 'fence written down'
}

function Invoke-Script {
    $given = Get-Arguments @('computerName', 'vmId', 'generation', 'since')
    $script:known = @{ generation = $given.generation }
    Confirm-ComputerName $given.computerName
    Confirm-MachineId $given.vmId
    Enter-Lock
    $service = Get-SynchronizationService
    $earlier = Get-EarlierFence
    $outcome = 'fenced'
    if ($null -eq $service) {
        $outcome = 'no-entra-connect'
        $earlier = $null
    } elseif ($null -ne $earlier -and $service.StartMode -eq 'Disabled') {
        # What stands there was read while it still ran.
        if ($service.State -eq 'Stopped') { $outcome = 'already-fenced' } else { Disable-Synchronization; Add-Change 'synchronization service stopped' }
    } else {
        if (@(Get-WizardProcess).Count -gt 0) { Add-Warning 'the wizard of Entra Connect is open: close it, it can start the service again' }
        $proof = Get-StagingProof
        $ground = 'unproven'
        if ($proof.State -eq 'on') { $ground = 'proven-staging' }
        Write-Fence $given $ground $proof (Get-StartModeBefore $service $earlier)
        Disable-Synchronization
        Add-Change 'synchronization service stopped and disabled'
        $earlier = Get-EarlierFence
    }
    $script:answer.outcome = $outcome
    $script:answer.staging = 'unclear'
    $script:answer.startMode = $null
    $script:answer.fencedAt = $null
    if ($null -ne $earlier) {
        $script:answer.staging = [string](Get-PropertyOrNull $earlier 'state')
        $script:answer.startMode = [string](Get-PropertyOrNull $earlier 'startMode')
        $script:answer.fencedAt = Format-StoredInstant (Get-PropertyOrNull $earlier 'fencedAt')
    }
    $script:answer.vmId = Get-MachineId
    $script:answer.generation = [int]$given.generation
    $script:answer.changes = @($script:changes)
}
