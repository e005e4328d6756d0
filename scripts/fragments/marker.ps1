# What the guard leaves: retired.json when it is done. retiring.json is written after the proof and before the service is
# disabled: if it died in between, a disabled service could prove nothing any more, and nothing could be retried.
$markerPath = "$libraryFolder\retired.json"
$intentPath = "$libraryFolder\retiring.json"

# What a fence leaves: how the service started, and whether staging was proven, both read before it was stopped.
$fencePath = "$libraryFolder\fenced.json"

# A disk restored from another machine carries another's marker.
function Test-MarkerOfThisMachine($Marker) {
    $null -ne $Marker -and (Get-PropertyOrNull $Marker 'computerName') -eq $env:COMPUTERNAME -and
    ([string](Get-PropertyOrNull $Marker 'vmId')) -eq (Get-MachineId)
}

# Whether the guard disabled a service: a server without Entra Connect leaves a marker, but had none to disable.
function Test-MarkerOfService($Marker) {
    (Test-MarkerOfThisMachine $Marker) -and (Get-PropertyOrNull $Marker 'outcome') -ne 'no-entra-connect'
}

function Get-MarkerGround($Marker) {
    $evidence = Get-PropertyOrNull $Marker 'evidence'
    $ground = "outcome '$(Get-PropertyOrNull $Marker 'outcome')'"
    foreach ($name in @('staging', 'objection', 'reason')) {
        $value = Get-PropertyOrNull $evidence $name
        if ($null -ne $value) { $ground += ", $name '$value'" }
    }
    $ground
}

function Stop-Fenced($Fence, $Service) {
    Stop-Script 'fenced' @{
        at = Format-StoredInstant (Get-PropertyOrNull $Fence 'fencedAt'); ground = Get-MarkerGround $Fence
        generation = [string](Get-PropertyOrNull $Fence 'generation'); path = $fencePath; vmId = Get-MachineId
        state = Get-ServiceState $Service
    }
}

# Whoever acts on or verifies a server asks this first: one that its guard retired, or that is fenced, is brought back only
# on purpose.
function Confirm-NotRetired {
    $service = Get-SynchronizationService
    if ($null -eq $service -or $service.StartMode -ne 'Disabled') { return }
    foreach ($path in @($markerPath, $intentPath)) {
        $marker = Read-Record $path
        if (-not (Test-MarkerOfService $marker)) { continue }
        Stop-Script 'retired' @{
            at = Format-StoredInstant (Get-PropertyOrNull $marker 'retiredAt'); ground = Get-MarkerGround $marker
            generation = [string](Get-PropertyOrNull $marker 'generation'); path = $path; vmId = Get-MachineId
            state = Get-ServiceState $service
        }
    }
    $fence = Read-Record $fencePath
    if (Test-MarkerOfService $fence) { Stop-Fenced $fence $service }
}
