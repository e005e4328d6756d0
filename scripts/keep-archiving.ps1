# fragments: given lock machine files connect marker staging protect accessRights archiveTask progress

# Asked for once, so that an archive that does not work is known today. Gives what became of it.
function Invoke-FirstRun([int]$Minutes) {
    $began = Get-Date
    # Of one second: the task scheduler says no parts of it.
    $since = (Get-Date).AddSeconds(-1)
    Start-ScheduledTask @task
    while ($true) {
        Start-Sleep -Seconds 15
        $answer = Get-TaskAnswer
        if ($null -eq $answer) { return $null }
        $waited = Get-MinutesSince $began
        # Queued or running; 0x41303 has not begun.
        $over = @('Running', 'Queued') -notcontains $answer.state -and @(0x41301, 0x41303) -notcontains $answer.lastResult
        if ($over -or $waited -ge $Minutes) { break }
        Write-Progressing "the first run of the task goes on, waited $waited of $Minutes min"
    }
    [ordered]@{ result = [int64]$answer.lastResult; event = Get-RunEvent $since }
}

# What that run said of itself, in brief; nothing where it has not written its event.
function Get-RunEvent([datetime]$Since) {
    $found = @()
    try { $found = @(Get-WinEvent -FilterHashtable @{ LogName = 'Application'; ProviderName = $eventSource; Id = 100, 101, 110 } -MaxEvents 1) } catch { return $null }
    if ($found.Count -eq 0 -or $found[0].TimeCreated.ToUniversalTime() -lt $Since.ToUniversalTime()) { return $null }
    $message = ConvertFrom-Record ([string]$found[0].Message)
    $archive = Get-PropertyOrNull $message 'archive'
    $failed = Get-PropertyOrNull $message 'failed'
    $why = [string](Get-PropertyOrNull $archive 'why')
    if ($null -ne $failed) { $why = "$($failed.what) $($failed.why) $($failed.next)" }
    [ordered]@{ id = [int]$found[0].Id; name = Get-PropertyOrNull $archive 'name'; why = Hide-Secret $why }
}

function Invoke-Wanted($Given) {
    $before = [ordered]@{ script = Get-HashOrNull $archivedScript; archiving = Get-HashOrNull $archivingPath; task = 'none' }
    Initialize-ArchiveFolder
    Write-Pinned $archivedScript $Given.script 'archive-configuration.ps1'
    Write-Pinned $archivingPath $Given.archiving 'archiving.json'
    Initialize-Chain ([string]$Given.chain)
    Register-EventSource
    $before.task = Register-ArchiveTask ([string]$Given.definition)
    $script:answer.before = $before
    Exit-ArchiveLock
    $answer = Get-TaskAnswer
    if ($script:changes.Count -gt 0 -or $answer.lastResult -ne 0) { $script:answer.firstRun = Invoke-FirstRun ([int]$Given.firstRunMinutes) }
    # Windows or somebody may take it out again at once, and then nothing archives.
    $script:answer.task = Get-TaskAnswer
}

function Invoke-Script {
    $given = Get-Arguments @('computerName', 'vmId', 'wanted', 'chain', 'script', 'archiving', 'definition', 'firstRunMinutes')
    Confirm-ComputerName $given.computerName
    Confirm-MachineId $given.vmId
    Enter-Lock
    if ($null -eq (Get-SynchronizationService)) { Stop-Script 'not-set-up' }
    Confirm-NotRetired
    $null = Confirm-Staging
    $script:answer.vmId = Get-MachineId
    $script:answer.wanted = [bool]$given.wanted
    $script:answer.before = $null
    $script:answer.firstRun = $null
    $script:answer.task = $null
    $script:answer.kept = @()
    Enter-ArchiveLock
    try {
        if ($given.wanted) { Invoke-Wanted $given } else { $script:answer.kept = @(Remove-Archiving) }
    } finally { Exit-ArchiveLock }
    $script:answer.waiting = @(Get-Waiting).Count
    $script:answer.changes = @($script:changes)
}
