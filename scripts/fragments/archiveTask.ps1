# The task that archives this server's configuration, and what belongs to it: laid there, read back, taken away.
$archiveFolder = "$libraryFolder\archive"
$queueFolder = "$archiveFolder\queue"
$archivedScript = "$archiveFolder\archive-configuration.ps1"
$archivingPath = "$archiveFolder\archiving.json"
$chainPath = "$archiveFolder\chain.json"
$eventSource = 'pulumi-entra-connect'
$eventSourceKey = "HKLM:\SYSTEM\CurrentControlSet\Services\EventLog\Application\$eventSource"
$script:archiveLock = $null

# A run has read its own files already, but it writes the chain's record.
function Enter-ArchiveLock {
    $script:archiveLock = New-Object -TypeName System.Threading.Mutex -ArgumentList $false, 'Global\pulumi-entra-connect-archive'
    $held = $false
    try { $held = $script:archiveLock.WaitOne(600000) } catch [System.Threading.AbandonedMutexException] { $held = $true }
    if (-not $held) { $script:archiveLock = $null; Stop-Script 'archiving-busy' }
}

function Exit-ArchiveLock {
    if ($null -ne $script:archiveLock) { $script:archiveLock.ReleaseMutex() }
    $script:archiveLock = $null
}

# What a definition says, element by element; Windows adds defaults and says its own name, so only what was given is asked for.
function Get-Definition([string]$Xml) {
    $found = @{}
    $document = [xml]$Xml
    foreach ($leaf in @($document.SelectNodes('//*[not(*)]'))) {
        $path = ''
        for ($node = $leaf; $node -is [System.Xml.XmlElement]; $node = $node.ParentNode) { $path = "$($node.LocalName)/$path" }
        $found["$path=$($leaf.InnerText)"] = $true
    }
    $found
}

# Defaults of the schema (MS-TSCH), which Windows may leave out of what it gives back.
$taskDefaults = @('Enabled/=true', 'AllowHardTerminate/=true', 'AllowStartOnDemand/=true', 'Hidden/=false', 'MultipleInstancesPolicy/=IgnoreNew')

function Test-LeftOut([string]$Line, $Has) {
    if (@($taskDefaults | Where-Object { $Line.EndsWith("/$_") }).Count -eq 0) { return $false }
    $path = $Line.Substring(0, $Line.LastIndexOf('=') + 1)
    @($Has.Keys | Where-Object { $_.StartsWith($path) }).Count -eq 0
}

function Test-SameDefinition([string]$Wanted, [string]$There) {
    $has = Get-Definition $There
    foreach ($line in @((Get-Definition $Wanted).Keys)) { if (-not $has.ContainsKey($line) -and -not (Test-LeftOut $line $has)) { return $false } }
    foreach ($name in @('Triggers', 'Actions', 'Principals')) {
        $counts = @(@($Wanted, $There) | ForEach-Object { ([xml]$_).SelectNodes("//*[local-name()='$name']/*").Count })
        if ($counts[0] -ne $counts[1]) { return $false }
    }
    $true
}

# Its state and its last result as the task scheduler tells them; nothing where there is no task.
function Get-TaskAnswer {
    $found = Get-ArchiveTask
    if ($null -eq $found) { return $null }
    $known = Get-ScheduledTaskInfo @task
    # Windows says 1999 of what has never run.
    $last = Get-PropertyOrNull $known 'LastRunTime'
    if ($null -ne $last -and $last.Year -lt 2001) { $last = $null }
    $next = Get-PropertyOrNull $known 'NextRunTime'
    [ordered]@{
        state = [string]$found.State; lastResult = [int64]$known.LastTaskResult
        lastRunAt = if ($null -eq $last) { $null } else { Format-Instant $last }
        nextRunAt = if ($null -eq $next) { $null } else { Format-Instant $next }
    }
}

function Confirm-NoLink([string]$Path) {
    if (-not (Test-Path -LiteralPath $Path)) { return }
    if (([int](Get-Item -LiteralPath $Path).Attributes -band 0x400) -ne 0) { Stop-Script 'archive-link' @{ path = $Path } }
}

function Initialize-ArchiveFolder {
    foreach ($path in @($libraryFolder, $archiveFolder, $queueFolder)) {
        Confirm-NoLink $path
        New-Folder $path
    }
    # What others made there before us, or opened since.
    if (Get-AccessProblem $libraryFolder) { Protect-Folder $libraryFolder; Add-Change "access to $libraryFolder given to SYSTEM and Administrators only" }
    foreach ($path in @($archiveFolder, $queueFolder, $archivedScript, $archivingPath, $chainPath)) {
        Confirm-NoLink $path
        if ((Test-Path -LiteralPath $path) -and (Get-AccessProblem $path)) { Protect-Folder $archiveFolder; Add-Change "access to $archiveFolder given to SYSTEM and Administrators only"; break }
    }
}

function Get-HashOrNull([string]$Path) { if (Test-Path -LiteralPath $Path) { Get-LowerHash $Path } else { $null } }

# Byte for byte what was sent, or nothing.
function Write-Pinned([string]$Path, $Pinned, [string]$What) {
    if ((Get-HashOrNull $Path) -ceq $Pinned.sha256) { return }
    Write-WholeFile $Path ([string]$Pinned.text)
    $found = Get-LowerHash $Path
    if ($found -cne $Pinned.sha256) { Stop-Script 'not-as-sent' @{ path = $Path; expected = $Pinned.sha256; found = $found } }
    Add-Change "$What laid down"
}

function Get-Waiting { @(Get-ChildItem -LiteralPath $queueFolder -Filter '*.zip' -ErrorAction SilentlyContinue) }

# The first record of a chain: its absence later means that it was lost.
function Initialize-Chain([string]$Chain) {
    if ((Test-Path -LiteralPath $chainPath) -or (Test-Path -LiteralPath "$chainPath.new") -or @(Get-Waiting).Count -gt 0) { return }
    Write-WholeFile $chainPath (ConvertTo-AsciiJson ([ordered]@{ chain = $Chain; sequence = 0; previous = $null; settingsFiles = @() }))
}

function Register-EventSource {
    if (Test-Path -LiteralPath $eventSourceKey) { return }
    New-EventLog -LogName Application -Source $eventSource
    Add-Change "event source $eventSource registered in the log Application"
}

# `none`, `same` or `another`, as it was found. Registered over another it begins without a history.
function Register-ArchiveTask([string]$Definition) {
    $there = Get-ArchiveTask
    $before = 'none'
    if ($null -ne $there) { $before = 'another' }
    if ($null -ne $there -and [string]$there.State -ne 'Disabled' -and (Test-SameDefinition $Definition (Export-ScheduledTask @task))) { return 'same' }
    try { $null = Register-ScheduledTask @task -Xml $Definition -Force } catch { Stop-Script 'task-refused' @{ reason = $_.Exception.Message } }
    # No reason to stop: it may only say it in other words. The run that is asked for tells whether it works.
    if (-not (Test-SameDefinition $Definition (Export-ScheduledTask @task))) { Add-Warning 'What Windows has registered as the archive task is not word for word what was given to it; it is registered again whenever this step runs.' }
    Add-Change 'scheduled task registered'
    $before
}

# What has not been archived stays, and the chain's record with it: a later task goes on where this one stopped. Gives what stays.
function Remove-Archiving {
    Remove-ArchiveTask
    foreach ($path in @($archivedScript, $archivingPath)) { if (Test-Path -LiteralPath $path) { Remove-Item -LiteralPath $path -Force; Add-Change "$path removed" } }
    if (Test-Path -LiteralPath $eventSourceKey) { Remove-EventLog -Source $eventSource; Add-Change "event source $eventSource removed" }
    if ((Test-Path -LiteralPath $queueFolder) -and @(Get-ChildItem -LiteralPath $queueFolder).Count -eq 0) { Remove-Item -LiteralPath $queueFolder -Force }
    @(@($queueFolder, $chainPath) | Where-Object { Test-Path -LiteralPath $_ })
}

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

# What is given: script and archiving (text and sha256), chain, definition and firstRunMinutes. The answer says what was there
# before, what the first run came to, and the task as it is now.
function Install-Archiving($Given) {
    $before = [ordered]@{ script = Get-HashOrNull $archivedScript; archiving = Get-HashOrNull $archivingPath; task = 'none' }
    Initialize-ArchiveFolder
    Write-Pinned $archivedScript $Given.script 'archive-configuration.ps1'
    Write-Pinned $archivingPath $Given.archiving 'archiving.json'
    Initialize-Chain ([string]$Given.chain)
    Register-EventSource
    $before.task = Register-ArchiveTask ([string]$Given.definition)
    $script:answer.before = $before
    # The run that is asked for holds it itself.
    Exit-ArchiveLock
    $answer = Get-TaskAnswer
    if ($script:changes.Count -gt 0 -or $answer.lastResult -ne 0) { $script:answer.firstRun = Invoke-FirstRun ([int]$Given.firstRunMinutes) }
    # Windows or somebody may take it out again at once, and then nothing archives.
    $script:answer.task = Get-TaskAnswer
}
