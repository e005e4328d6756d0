# fragments: given machine files connect marker staging progress trace

# While nobody has finished the wizard this script holds no lock: it only looks. A later run takes over by its token.
$tokenPath = "$libraryFolder\gate.json"

# Why the gate stopped the synchronization service.
$stoppedPath = "$libraryFolder\stopped.json"

# How often a finished wizard's staging mode is asked for in vain before the server counts as not staging, and the seconds
# between two looks: 2 minutes. A service that does not run exports nothing meanwhile, and Windows starts some only two
# minutes after the last others: 6 minutes.
$unreadableSeconds = 15
$unreadableLooks = 9
$unreadableLooksStopped = 25

# Nobody may be there any more: a dropped connection does not end the gate, which may yet have a server to stop.
function Write-Line([string]$Text) { try { Write-ErrorLine $Text } catch { return } }

function Publish-Page($Given) {
    $shown = $null
    if (Test-Path -LiteralPath $Given.instructionsPath) { $shown = Get-Content -LiteralPath $Given.instructionsPath -Raw -Encoding UTF8 }
    if ($shown -cne $Given.instructions) {
        New-Folder 'C:\Users\Public\Desktop'
        Set-Content -LiteralPath $Given.instructionsPath -Value $Given.instructions -Encoding UTF8 -NoNewline
    }
}

# Only a record of this machine: a disk that was restored from another server carries that one's. It serves for words
# alone, so one that cannot be read keeps nothing from being stopped.
function Get-StopRecord {
    $record = $null
    try { $record = Read-Record $stoppedPath } catch {
        $script:refusal = $null
        Add-Note "$stoppedPath cannot be read: $($_.Exception.Message)"
    }
    if (Test-MarkerOfThisMachine $record) { $record }
}

# The record is an intent: whoever dies before the service is stopped leaves word of whose doing it is. But a service that
# may be exporting does not wait for a record that cannot be written.
function Stop-Recorded([string]$Reason, [string]$Ground) {
    try {
        $record = [ordered]@{
            stoppedAt = Format-Instant (Get-Date); computerName = $env:COMPUTERNAME; vmId = Get-MachineId; reason = $Reason; ground = $Ground
        }
        New-Folder $libraryFolder
        Write-WholeFile $stoppedPath (ConvertTo-AsciiJson $record)
    } catch {
        Add-Note "$stoppedPath could not be written: $($_.Exception.Message)"
    }
    Disable-Synchronization
}

# At its first gate a server was never meant to be active: one clear "off" stops the service at once, so that no export
# can start. Later the same find may be a promoted server, and stopping that one would be the outage.
function Stop-Active($Proof) {
    if (Test-GatePassed) { Stop-Unproven $Proof }
    Add-StagingCause $Proof.Detail
    Stop-Recorded "staging mode was off at the gate ($($Proof.Detail))" 'staging-off'
    Stop-Script 'staging-off' @{ detail = $Proof.Detail; engine = Get-EngineFile }
}

# The wizard has finished, and whether this server is staging cannot be read: it may be exporting. Only at the first gate.
function Stop-Unreadable($Proof, [int]$Looks) {
    $time = "$Looks looks, $unreadableSeconds seconds apart"
    Add-StagingCause $Proof.Detail
    Stop-Recorded "staging mode could not be read after the wizard had finished ($time): $($Proof.Detail)" 'staging-unreadable'
    Stop-Script 'staging-unreadable' @{ time = $time; detail = $Proof.Detail; engine = Get-EngineFile; module = Get-ModuleFile }
}

# A disabled service is not yet a stopped one: as long as it runs it can export. Before the first gate has passed whoever
# disabled it meant it to stop, so it is stopped at every look. Does not return.
function Stop-Disabled($Service) {
    $stopped = Get-StopRecord
    $passed = Test-GatePassed
    if ($Service.State -ne 'Stopped' -and -not $passed) {
        $was = Get-ServiceState $Service
        $reason = Get-PropertyOrNull $stopped 'reason'
        if (-not $reason) { $reason = "it was disabled and $was before this server had passed its gate" }
        Stop-Recorded $reason ([string](Get-PropertyOrNull $stopped 'ground'))
        Add-Note "ADSync was $was when this gate looked; it has stopped it just now."
        $stopped = Get-StopRecord
        $Service = Get-SynchronizationService
    }
    $state = Get-ServiceState $Service
    if ($null -ne $stopped -and -not $passed) {
        $code = 'stopped-by-gate'
        if ((Get-PropertyOrNull $stopped 'ground') -eq 'staging-unreadable') { $code = 'stopped-unreadable'; Add-StagingCause ([string]$stopped.reason) }
        Stop-Script $code @{
            at = Format-StoredInstant $stopped.stoppedAt; reason = [string]$stopped.reason; state = $state; record = $stoppedPath
            engine = Get-EngineFile; module = Get-ModuleFile
        }
    }
    Stop-Script 'service-disabled' @{ state = $state }
}

# Connectors that cannot be listed are taken for some: the flag has just said "off".
function Test-Connector {
    try { @(Get-ADSyncConnector).Count -gt 0 } catch { $true }
}

# What is the case now: 'done', 'open', 'left-open', 'absent', 'failed', 'behind', 'no-service', 'unproven', at the first
# gate 'unreadable'. Staging found off does not return.
function Get-GateState($Baseline, [string]$Expected) {
    $applied = Get-NewAppliedFile $Baseline
    $script:proof = $null
    $script:trace = $null
    $open = @(Get-WizardProcess).Count -gt 0
    $service = Get-SynchronizationService
    Confirm-NotRetired
    if ($null -ne $service -and $service.StartMode -eq 'Disabled') { Stop-Disabled $service }
    # Half way through the wizard the engine is there with nothing to synchronise; then its flag says nothing yet.
    if ($null -ne $service -and ($null -ne $applied -or -not $open)) {
        $script:proof = Get-StagingProof
        if ($script:proof.State -eq 'off' -and ($null -ne $applied -or (Test-Connector))) { Stop-Active $script:proof }
    }
    if ($open -and $null -ne $applied -and (Get-EngineVersion) -eq $Expected) { return 'left-open' }
    # Before anything else that could fail.
    if (-not $open -and $null -ne $applied -and $null -ne $service -and $script:proof.State -eq 'unclear' -and -not (Test-GatePassed)) { return 'unreadable' }
    # What was written before the last success is no news.
    $news = @($baselinePath, $passedPath)
    if ($null -ne $applied) { $news += "$appliedFolder\$($applied.Name)" }
    $script:trace = Get-WizardTrace $news
    if ($open) { return 'open' }
    if ($null -eq $applied -and $null -ne $script:trace -and @($script:trace.Shown).Count -gt 0) { return 'failed' }
    if ($null -eq $applied) { return 'absent' }
    if ($null -eq $service) { return 'no-service' }
    # The file that an earlier wizard wrote is there for ever; of an upgrade only the engine's version tells.
    $script:versions = @{ package = Get-PackageVersion; engine = Get-EngineVersion }
    if ($script:versions.engine -ne $Expected) { return 'behind' }
    if ($script:proof.State -ne 'on') { return 'unproven' }
    # Whoever has opened the wizard during this look, or even been through it, is seen by the next one.
    if (@(Get-WizardProcess).Count -gt 0 -or (Get-PropertyOrNull (Get-NewAppliedFile $Baseline) 'Name') -ne $applied.Name) { return 'open' }
    'done'
}

function Get-StateText([string]$State) {
    switch ($State) {
        'open' { 'the wizard is open' }
        'left-open' { 'the wizard has finished, but its window is still open (process AzureADConnect): close it' }
        'absent' { 'nobody has completed the wizard yet' }
        'failed' { 'the wizard has been run, and its configuration failed' }
        'behind' { "the installed package is $($script:versions.package), the engine still $($script:versions.engine)" }
        'no-service' { 'the wizard has finished, but there is no service ADSync' }
        'unproven' { 'the wizard is closed, staging mode cannot be read yet' }
        'unreadable' { "the wizard is closed, staging mode cannot be read ($script:looks of $(Get-Patience) looks, then ADSync is stopped and disabled)" }
    }
}

function Get-Patience {
    $service = Get-SynchronizationService
    if ($null -ne $service -and $service.State -ne 'Running') { $unreadableLooksStopped } else { $unreadableLooks }
}

# The settings file that was imported: the one that lies there, if it lay there before the wizard succeeded.
function Get-SettingsFile([string]$Path, $Applied) {
    if (-not (Test-Path -LiteralPath $Path)) { return $null }
    if ((Get-Item -LiteralPath $Path).LastWriteTimeUtc -gt $Applied.LastWriteTimeUtc) { return $null }
    [ordered]@{ path = $Path; sha256 = Get-LowerHash $Path }
}

# Once; an upgrade's gate imports nothing. What the gate had stopped before is history from here on.
function Write-Passed($Applied, $Given) {
    if (Test-GatePassed) { return }
    $passed = [ordered]@{
        passedAt = Format-Instant (Get-Date); computerName = $env:COMPUTERNAME; vmId = Get-MachineId; appliedFile = $Applied.Name
        engineFile = Get-EngineFile; settingsFile = Get-SettingsFile $Given.settingsFilePath $Applied; stopped = Get-StopRecord
    }
    Write-WholeFile $passedPath (ConvertTo-AsciiJson $passed)
    Remove-Record $stoppedPath
}

function Get-PackageVersion { Get-PlainVersion ([string](Get-PropertyOrNull (Get-ConnectPackage) 'DisplayVersion')) }

# Said once for each thing that is new in the log.
function Write-Trace {
    $trace = $script:trace
    if ($null -eq $trace) { return }
    $lines = @($trace.Shown) + @($trace.Causes | ForEach-Object { "Known cause: $($_.cause)"; "What to do: $($_.remedy)" })
    if ($trace.Problem) { $lines = @("It cannot be read: $($trace.Problem)") }
    if ($lines.Count -eq 0 -or "$($trace.Path) $lines" -ceq $script:traceSaid) { return }
    $script:traceSaid = "$($trace.Path) $lines"
    Write-Line "gate on ${env:COMPUTERNAME}: the wizard's log $($trace.Path), $($trace.At):"
    foreach ($line in $lines) { Write-Line "  $line" }
}

function Add-Trace {
    $trace = $script:trace
    if ($null -eq $trace) { return }
    if ($trace.Problem) { Add-Note "The wizard's newest log, $($trace.Path), cannot be read: $($trace.Problem)" }
    foreach ($shown in @($trace.Shown)) { Add-Note "From $($trace.Path): $shown" }
    foreach ($row in @($trace.Causes)) { Add-Cause $row }
}

# An engine that runs and does not say whether it is staging, where it is not stopped for that: an open wizard keeps its
# scheduler suspended; one that failed or was closed half way leaves an engine that its next try needs. Never left unsaid.
function Add-Running([string]$State) {
    $service = Get-SynchronizationService
    if ($null -eq $script:proof -or $script:proof.State -ne 'unclear' -or $null -eq $service -or $service.State -eq 'Stopped') { return }
    $may = 'If somebody has configured it, it may be exporting'
    if ($State -eq 'left-open') { $may = "When the wizard's window is closed it may begin to export" }
    Add-Note ("ADSync is $(Get-ServiceState $service), and whether it is staging cannot be read ($($script:proof.Detail)). ${may}: then " +
        '`Stop-Service ADSync -Force; Set-Service ADSync -StartupType Disabled` on the server.')
}

function Stop-Waiting([string]$State, $Given) {
    Add-Trace
    if (@('absent', 'failed', 'left-open') -contains $State) { Add-Running $State }
    if ($State -eq 'failed') {
        Stop-Script 'wizard-failed' @{ minutes = $Given.waitMinutes; log = $script:trace.Path; at = $script:trace.At; page = $Given.instructionsPath }
    }
    if ($State -eq 'behind') {
        $versions = $script:versions
        Stop-Script 'upgrade-unfinished' @{ minutes = $Given.waitMinutes; package = $versions.package; engine = $versions.engine; expected = $Given.productVersion }
    }
    if ($State -eq 'unproven') { Stop-Unproven $script:proof }
    if ($State -eq 'left-open') { Stop-Script 'left-open' @{ minutes = $Given.waitMinutes } }
    Stop-Script 'waiting' @{ minutes = $Given.waitMinutes; state = Get-StateText $State; page = $Given.instructionsPath }
}

function Invoke-Script {
    $given = Get-Arguments @('productVersion', 'waitMinutes', 'pollSeconds', 'instructions', 'instructionsPath', 'settingsFilePath')
    $baseline = Get-Baseline
    if ($null -eq $baseline) { Stop-Script 'no-baseline' @{ path = $baselinePath } }
    if (-not (Get-WizardPath '')) { Stop-Script 'no-wizard' }
    $expected = Get-PlainVersion $given.productVersion
    $began = Get-Date
    $token = [guid]::NewGuid().ToString()
    $script:looks = 0
    $state = Get-GateState $baseline $expected
    if ($state -ne 'done') {
        if (-not $given.instructionsPath.StartsWith('C:\Users\Public\Desktop\')) { Stop-Script 'bad-arguments' @{ problem = 'instructionsPath is not on the public desktop' } }
        try {
            Publish-Page $given
            Write-WholeFile $tokenPath (ConvertTo-AsciiJson ([ordered]@{ token = $token }))
        } catch {
            # A full disk is no reason to leave a server running that may be exporting.
            if ($state -ne 'unreadable') { throw }
            Add-Note "Nothing could be written on this server: $($_.Exception.Message)"
            $token = ''
        }
    }
    $waited = 0
    $script:traceSaid = ''
    $said = ''
    $saidAt = 0
    while ($state -ne 'done') {
        $pause = [int]$given.pollSeconds
        if ($state -eq 'unreadable') {
            # Not by the clock of the server, which may jump. And not only as long as somebody waits: it may be exporting.
            $script:looks++
            if ($script:looks -ge (Get-Patience)) { Stop-Unreadable $script:proof $script:looks }
            $pause = $unreadableSeconds
        } else {
            $script:looks = 0
            if ($waited -ge $given.waitMinutes) { Stop-Waiting $state $given }
        }
        Write-Trace
        # What is new at once; else often enough that nothing on the way takes a silent connection for a dead one.
        $text = Get-StateText $state
        if ($text -cne $said -or $waited - $saidAt -ge 3) {
            Write-Line "gate on ${env:COMPUTERNAME}: $waited of $($given.waitMinutes) min, $text"
            $said = $text
            $saidAt = $waited
        }
        Start-Sleep -Seconds $pause
        if ($token -and (Get-PropertyOrNull (Read-Record $tokenPath) 'token') -ne $token) { Stop-Script 'superseded' }
        $waited = Get-MinutesSince $began
        $state = Get-GateState $baseline $expected
    }
    Remove-Record $tokenPath
    if (Test-Path -LiteralPath $given.instructionsPath) { Remove-Item -LiteralPath $given.instructionsPath -Force }
    $applied = Get-NewAppliedFile $baseline
    Write-Passed $applied $given
    $script:answer.appliedFile = [ordered]@{ name = $applied.Name; sha256 = Get-LowerHash "$appliedFolder\$($applied.Name)" }
    $script:answer.waitedMinutes = $waited
}
