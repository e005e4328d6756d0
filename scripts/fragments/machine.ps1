function Confirm-ComputerName([string]$Expected) {
    $found = [string](Get-CimInstance -ClassName Win32_ComputerSystem -OperationTimeoutSec 60).Name
    if ($found -ne $Expected) { Stop-Script 'not-this-machine' @{ expected = $Expected; found = $found } }
}

function Confirm-MachineId([string]$Expected) {
    if (-not (Test-MachineId $Expected)) { Stop-Script 'not-this-machine' @{ expected = $Expected.ToLowerInvariant(); found = Get-MachineId } }
}
