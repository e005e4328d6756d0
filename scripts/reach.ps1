# fragments: given machine system

# The first step on a server: the connection waits for the boot, this only looks, and only at the machine that is meant.
function Invoke-Script {
    $given = Get-Arguments @('computerName', 'vmId')
    Confirm-ComputerName $given.computerName
    Confirm-MachineId $given.vmId
    $script:answer.vmId = Get-MachineId
    $script:answer.operatingSystem = Get-OperatingSystem
    $script:answer.powershellVersion = Get-PowershellVersion
    $script:answer.lastBootAt = Format-Instant (Get-CimInstance -ClassName Win32_OperatingSystem).LastBootUpTime
    $script:answer.pendingRestart = [bool](Test-PendingRestart)
}
