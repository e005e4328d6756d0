# fragments: given lock machine files joining

# Long enough for this answer and the end of its connection.
$delaySeconds = 10

# 1190 and 1115: a restart is planned or under way already (Microsoft's list of system error codes).
function Start-Restart {
    $null = & shutdown.exe /r /t $delaySeconds /d p:4:1
    if (@(0, 1190, 1115) -notcontains $LASTEXITCODE) { Stop-Script 'restart-refused' @{ code = [string]$LASTEXITCODE } }
    Add-Change 'restart begun'
}

# Only a join that this library staged, and only in the boot in which it was staged: a second run restarts nothing.
function Invoke-Script {
    $given = Get-Arguments @('computerName', 'vmId')
    Enter-Lock
    Confirm-ComputerName $given.computerName
    Confirm-MachineId $given.vmId
    $script:answer.vmId = Get-MachineId
    $script:answer.bootAt = Get-BootInstant
    $script:answer.outcome = 'not-needed'
    $script:answer.delaySeconds = 0
    if (Test-RestartOwed) {
        Start-Restart
        $script:answer.outcome = 'restarting'
        $script:answer.delaySeconds = $delaySeconds
    }
    $script:answer.changes = @($script:changes)
}
