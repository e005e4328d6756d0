# fragments: given machine files connect marker staging

# While nobody has finished the wizard this script holds no lock: it only looks. A later run takes over by its token.
$tokenPath = "$libraryFolder\gate.json"

# Written when the gate opens for the first time. From then on somebody may have made this server the active one.
$passedPath = "$libraryFolder\gate-passed.json"

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

# At its first gate a server was never meant to be active: one clear "off" stops the service at once, so that no export
# can start. Later the same find may be a promoted server, and stopping that one would be the outage.
function Stop-Active($Proof) {
    if (Test-Path -LiteralPath $passedPath) { Stop-Script 'not-proven-staging' @{ state = $Proof.State; detail = $Proof.Detail } }
    New-Folder $libraryFolder
    Disable-Synchronization
    $record = [ordered]@{ stoppedAt = Format-Instant (Get-Date); computerName = $env:COMPUTERNAME; reason = 'staging mode was off at the gate' }
    Write-WholeFile "$libraryFolder\stopped.json" (ConvertTo-AsciiJson $record)
    Stop-Script 'staging-off' @{ detail = $Proof.Detail; engine = Get-EngineFile }
}

# What is the case now: 'done', 'open', 'absent', 'behind', 'unproven'. Staging found off does not return.
function Get-GateState($Baseline, [string]$Expected) {
    $applied = Get-NewAppliedFile $Baseline
    $open = @(Get-WizardProcess).Count -gt 0
    $service = Get-SynchronizationService
    Confirm-NotRetired
    if ($null -ne $service -and $service.StartMode -eq 'Disabled') { Stop-Script 'service-disabled' @{ record = "$libraryFolder\stopped.json" } }
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

function Get-PackageVersion { Get-PlainVersion ([string](Get-PropertyOrNull (Get-ConnectPackage) 'DisplayVersion')) }

function Stop-Waiting([string]$State, $Given) {
    if ($State -eq 'behind') {
        $versions = $script:versions
        Stop-Script 'upgrade-unfinished' @{ minutes = $Given.waitMinutes; package = $versions.package; engine = $versions.engine; expected = $Given.productVersion }
    }
    Stop-Script 'waiting' @{ minutes = $Given.waitMinutes; state = Get-StateText $State; page = $Given.instructionsPath }
}

function Invoke-Script {
    $given = Get-Arguments @('productVersion', 'waitMinutes', 'pollSeconds', 'instructions', 'instructionsPath')
    $baseline = Get-Baseline
    if ($null -eq $baseline) { Stop-Script 'no-baseline' @{ path = "$libraryFolder\baseline.json" } }
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
        $owner = ConvertFrom-Json -InputObject (Get-Content -LiteralPath $tokenPath -Raw)
        if ($owner.token -ne $token) { Stop-Script 'superseded' }
        $waited = [int][math]::Floor(((Get-Date) - $began).TotalMinutes)
        $state = Get-GateState $baseline $expected
    }
    foreach ($path in @($given.instructionsPath, $tokenPath)) { if (Test-Path -LiteralPath $path) { Remove-Item -LiteralPath $path -Force } }
    $applied = Get-NewAppliedFile $baseline
    if (-not (Test-Path -LiteralPath $passedPath)) {
        $passed = [ordered]@{ passedAt = Format-Instant (Get-Date); computerName = $env:COMPUTERNAME; appliedFile = $applied.Name; engineFile = Get-EngineFile }
        Write-WholeFile $passedPath (ConvertTo-AsciiJson $passed)
    }
    $script:answer.appliedFile = [ordered]@{ name = $applied.Name; sha256 = Get-LowerHash "$appliedFolder\$($applied.Name)" }
    $script:answer.waitedMinutes = $waited
}
