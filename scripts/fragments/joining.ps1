# What a join leaves on the server until it is proven: when it was staged, and in which boot. Never what it was done with.
$joiningPath = "$libraryFolder\joining.json"

function Get-BootInstant { Format-Instant (Get-CimInstance -ClassName Win32_OperatingSystem -OperationTimeoutSec 60).LastBootUpTime }

# Windows reckons its start from its clock, and says another instant once that was set right by a moment (elastic/beats pull
# request 12591). Nobody signs in by SSH so soon after a start that two starts could be taken for one.
$sameStartSeconds = 10

function Test-PresentStart($Recorded) {
    $found = ConvertTo-Utc $Recorded
    $null -ne $found -and [math]::Abs(((ConvertTo-Utc (Get-BootInstant)) - $found).TotalSeconds) -le $sameStartSeconds
}

# A join that was staged in this boot counts from the next one on. A disk restored from another machine carries that one's record.
function Test-RestartOwed {
    if (-not (Test-Path -LiteralPath $joiningPath)) { return $false }
    $record = ConvertFrom-Record (Get-Content -LiteralPath $joiningPath -Raw)
    $machine = [string](Get-PropertyOrNull $record 'vmId')
    if (-not $machine) { Stop-Script 'joining-note-damaged' @{ path = $joiningPath } }
    (Test-MachineId $machine) -and (Test-PresentStart (Get-PropertyOrNull $record 'bootAt'))
}
