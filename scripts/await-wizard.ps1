# fragments: given machine files connect marker staging

# While nobody has finished the wizard this script holds no lock: it only looks. A later run takes over by its token.
$tokenPath = "$libraryFolder\gate.json"

# Why the gate stopped the synchronization service.
$stoppedPath = "$libraryFolder\stopped.json"

function Write-Line([string]$Text) { [Console]::Out.WriteLine((ConvertTo-Ascii $Text)) }

function Publish-Page($Given) {
    if (-not $Given.instructionsPath.StartsWith('C:\Users\Public\Desktop\')) { Stop-Script 'bad-arguments' @{ problem = 'instructionsPath is not on the public desktop' } }
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
    try { $record = Read-Record $stoppedPath } catch { Add-Note "$stoppedPath cannot be read: $($_.Exception.Message)" }
    if (Test-MarkerOfThisMachine $record) { $record }
}

# The record is an intent: whoever dies before the service is stopped leaves word of whose doing it is. But a service that
# may be exporting does not wait for a record that cannot be written.
function Stop-Recorded([string]$Reason) {
    $record = [ordered]@{ stoppedAt = Format-Instant (Get-Date); computerName = $env:COMPUTERNAME; vmId = Get-MachineId; reason = $Reason }
    try {
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
    if ($null -ne (Read-Record $passedPath)) { Stop-Script 'not-proven-staging' @{ state = $Proof.State; detail = $Proof.Detail } }
    Stop-Recorded "staging mode was off at the gate ($($Proof.Detail))"
    Stop-Script 'staging-off' @{ detail = $Proof.Detail; engine = Get-EngineFile }
}

# A disabled service is not yet a stopped one: as long as it runs it can export. Before the first gate has passed whoever
# disabled it meant it to stop, so it is stopped at every look. Does not return.
function Stop-Disabled($Service) {
    $stopped = Get-StopRecord
    $passed = $null -ne (Read-Record $passedPath)
    if ($Service.State -ne 'Stopped' -and -not $passed) {
        $was = Get-ServiceState $Service
        $reason = Get-PropertyOrNull $stopped 'reason'
        if (-not $reason) { $reason = "it was disabled and $was before this server had passed its gate" }
        Stop-Recorded $reason
        Add-Note "ADSync was $was when this gate looked; it has stopped it just now."
        $stopped = Get-StopRecord
        $Service = Get-SynchronizationService
    }
    $state = Get-ServiceState $Service
    if ($null -ne $stopped -and -not $passed) {
        Stop-Script 'stopped-by-gate' @{
            at = Format-StoredInstant $stopped.stoppedAt; reason = [string]$stopped.reason; state = $state; record = $stoppedPath; engine = Get-EngineFile
        }
    }
    Stop-Script 'service-disabled' @{ state = $state }
}

# What is the case now: 'done', 'open', 'absent', 'behind', 'unproven'. Staging found off does not return.
function Get-GateState($Baseline, [string]$Expected) {
    $applied = Get-NewAppliedFile $Baseline
    $open = @(Get-WizardProcess).Count -gt 0
    $service = Get-SynchronizationService
    Confirm-NotRetired
    if ($null -ne $service -and $service.StartMode -eq 'Disabled') { Stop-Disabled $service }
    # Half way through the wizard the engine is there with nothing to synchronise; then its flag says nothing yet.
    if ($null -ne $service -and ($null -ne $applied -or -not $open)) {
        $proof = Get-StagingProof
        if ($proof.State -eq 'off' -and ($null -ne $applied -or @(Get-ADSyncConnector).Count -gt 0)) { Stop-Active $proof }
    }
    if ($open) { return 'open' }
    if ($null -eq $applied) { return 'absent' }
    if ($null -eq $service) { return 'unproven' }
    # The file that an earlier wizard wrote is there for ever; of an upgrade only the engine's version tells.
    $script:versions = @{ package = Get-PackageVersion; engine = Get-EngineVersion }
    if ($script:versions.engine -ne $Expected) { return 'behind' }
    if ($proof.State -ne 'on') { return 'unproven' }
    'done'
}

function Get-StateText([string]$State) {
    switch ($State) {
        'open' { 'the wizard is open' }
        'absent' { 'nobody has completed the wizard yet' }
        'behind' { "the installed package is $($script:versions.package), the engine still $($script:versions.engine)" }
        'unproven' { 'the wizard is closed, staging mode cannot be read yet' }
    }
}

# The settings file that was imported: the one that lies there, if it lay there before the wizard succeeded.
function Get-SettingsFile([string]$Path, $Applied) {
    if (-not (Test-Path -LiteralPath $Path)) { return $null }
    if ((Get-Item -LiteralPath $Path).LastWriteTimeUtc -gt $Applied.LastWriteTimeUtc) { return $null }
    [ordered]@{ path = $Path; sha256 = Get-LowerHash $Path }
}

# Once; an upgrade's gate imports nothing. What the gate had stopped before is history from here on.
function Write-Passed($Applied, $Given) {
    if ($null -ne (Read-Record $passedPath)) { return }
    $passed = [ordered]@{
        passedAt = Format-Instant (Get-Date); computerName = $env:COMPUTERNAME; vmId = Get-MachineId; appliedFile = $Applied.Name
        engineFile = Get-EngineFile; settingsFile = Get-SettingsFile $Given.settingsFilePath $Applied; stopped = Get-StopRecord
    }
    Write-WholeFile $passedPath (ConvertTo-AsciiJson $passed)
    Remove-Record $stoppedPath
}

function Get-PackageVersion { Get-PlainVersion ([string](Get-PropertyOrNull (Get-ConnectPackage) 'DisplayVersion')) }

function Stop-Waiting([string]$State, $Given) {
    if ($State -eq 'behind') {
        $versions = $script:versions
        Stop-Script 'upgrade-unfinished' @{ minutes = $Given.waitMinutes; package = $versions.package; engine = $versions.engine; expected = $Given.productVersion }
    }
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
    $state = Get-GateState $baseline $expected
    if ($state -ne 'done') {
        Publish-Page $given
        Write-WholeFile $tokenPath (ConvertTo-AsciiJson ([ordered]@{ token = $token }))
    }
    $waited = 0
    while ($state -ne 'done') {
        if ($waited -ge $given.waitMinutes) { Stop-Waiting $state $given }
        Write-Line "gate on ${env:COMPUTERNAME}: $waited of $($given.waitMinutes) min, $(Get-StateText $state)"
        Start-Sleep -Seconds $given.pollSeconds
        if ((Get-PropertyOrNull (Read-Record $tokenPath) 'token') -ne $token) { Stop-Script 'superseded' }
        $waited = [int][math]::Floor(((Get-Date) - $began).TotalMinutes)
        $state = Get-GateState $baseline $expected
    }
    Remove-Record $tokenPath
    if (Test-Path -LiteralPath $given.instructionsPath) { Remove-Item -LiteralPath $given.instructionsPath -Force }
    $applied = Get-NewAppliedFile $baseline
    Write-Passed $applied $given
    $script:answer.appliedFile = [ordered]@{ name = $applied.Name; sha256 = Get-LowerHash "$appliedFolder\$($applied.Name)" }
    $script:answer.waitedMinutes = $waited
}
