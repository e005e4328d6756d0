# fragments: given lock machine files connect marker staging protect accessRights archiveTask

function Invoke-Script {
    $given = Get-Arguments @('computerName', 'vmId', 'wanted', 'chain', 'script', 'archiving', 'definition', 'firstRunMinutes', 'asked')
    Confirm-ComputerName $given.computerName
    Confirm-MachineId $given.vmId
    Enter-Lock
    if ($null -eq (Get-SynchronizationService)) { Stop-Script 'not-set-up' }
    Confirm-NotRetired
    $null = Confirm-Staging
    $script:answer.vmId = Get-MachineId
    $script:answer.wanted = [bool]$given.wanted
    $script:answer.asked = [string]$given.asked
    $script:answer.before = $null
    $script:answer.firstRun = $null
    $script:answer.task = $null
    $script:answer.kept = @()
    Enter-ArchiveLock
    try {
        if ($given.wanted) { Install-Archiving $given } else { $script:answer.kept = @(Remove-Archiving) }
    } finally { Exit-ArchiveLock }
    $script:answer.waiting = @(Get-Waiting).Count
    $script:answer.changes = @($script:changes)
}
