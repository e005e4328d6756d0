# What no event of the product says: health/health.json of the collection, and the message of the run's event.

function Get-StartType([string]$Mode) { if ($Mode -eq 'Auto') { 'Automatic' } else { $Mode } }

# A part that cannot be read is null, and said by name and reason.
function Read-Part([string]$PartName, [scriptblock]$PartRead) {
    try { & $PartRead } catch { Add-NotAvailable $PartName ([string]$_.Exception.Message); $null }
}

# 11001: the name is not known (WSAHOST_NOT_FOUND); 11004: it is, and has no address.
function Test-Unresolved($Attempt) {
    $failure = Get-PropertyOrNull $Attempt 'Exception'
    if ($null -eq $failure) { return $false }
    $code = Get-PropertyOrNull $failure.GetBaseException() 'SocketErrorCode'
    $null -ne $code -and @(11001, 11004) -contains [int]$code
}

# All at once under one deadline.
function Get-PortState($Ports) {
    $tries = @($Ports | Where-Object { $null -ne $_ } | ForEach-Object { Start-Attempt $_ })
    $until = (Get-Date).AddSeconds($connectSeconds)
    foreach ($try in $tries) { Complete-Attempt $try $until }
    foreach ($try in $tries) {
        $state = 'closed'
        if ($try.Open) { $state = 'open' } elseif ($null -eq $try.Attempt) { $state = 'unknown' } elseif (Test-Unresolved $try.Attempt) { $state = 'unresolved' }
        Close-Attempt $try
        [ordered]@{ host = [string]$try.Host; port = [int]$try.Port; state = $state }
    }
}

# Whether a connector account can read its directory shows in its imports. What it may write shows nowhere on a server that
# does not export, and nothing here tries.
function Get-PermissionState($Runs) {
    foreach ($connector in @($script:connectors | Where-Object { (Get-ConnectorType $_) -eq 'AD' })) {
        $name = [string]$connector.Name
        $import = @($Runs | Where-Object { $_.Connector -eq $name -and $_.Profile -match 'import' } | Sort-Object -Property Started)
        $state = 'unknown'
        $why = 'no import of this connector is in the run history'
        if ($import.Count -gt 0) {
            $why = "the import of $(Format-OrNull $import[-1].Started) ended with $($import[-1].Result)"
            if ($import[-1].Result -match '^(success|completed-)') { $state = 'ok' } elseif ($import[-1].Result -match '^(stopped|no-start|aborted)') { $state = 'failed' }
        }
        [ordered]@{ what = "read $name"; state = $state; why = $why }
        [ordered]@{ what = "write $name"; state = 'unknown'; why = 'not tried: nothing of ours writes to a directory' }
    }
}

function Format-OrNull($Instant) { if ($null -eq $Instant) { $null } else { Format-Instant $Instant } }

function Get-LastEnd($Runs, [string]$Kind) {
    $ended = @($Runs | Where-Object { $_.Profile -match $Kind -and $null -ne $_.Ended } | Sort-Object -Property Ended)
    if ($ended.Count -gt 0) { Format-Instant $ended[-1].Ended } else { $null }
}

function Get-DatabaseHealth {
    $found = Get-DatabaseFacts
    $sizes = @(@($found.usedMB, $found.fileMB) | Where-Object { $null -ne $_ } | Sort-Object)
    [ordered]@{ kind = $found.kind; sizeMB = if ($sizes.Count -gt 0) { [int]$sizes[-1] } else { $null } }
}

# Of each connector by itself: those of many connectors would push out what a day holds, and with it an export by hand.
function Get-RecentRun {
    if ($script:connectors.Count -eq 0) { $found = @(Get-ADSyncRunProfileResult -NumberRequested 200) } else {
        $found = @($script:connectors | ForEach-Object { Get-ADSyncRunProfileResult -ConnectorId $_.Identifier -NumberRequested 200 })
    }
    $found | ForEach-Object { Get-RunFacts $_ } | Where-Object { -not $_.InProgress }
}

function Get-Health($Given, [datetime]$CollectedAt, $Server, $Staging) {
    $service = Read-Part 'service ADSync' { Get-SynchronizationService }
    $runs = @(Read-Part 'run history' { @(Get-RecentRun) } | Where-Object { $null -ne $_ })
    $newest = @($runs | Where-Object { $null -ne $_.Ended } | Sort-Object -Property Ended | Select-Object -Last 1)
    $database = Read-Part 'size of the database' { Get-DatabaseHealth }
    $ends = Read-Part 'end of the certificate' {
        $found = (Get-ConnectorIdentity).endsAt
        if (-not $found) { throw 'the credential of this build does not say it; what the event log knows is in statistics/certificate-events.json' }
        $found
    }
    [ordered]@{
        schema = 'entra-connect-health/1'; collectedAt = Format-Instant $CollectedAt; computerName = [string]$env:COMPUTERNAME
        chain = [string]$Given.chain; sequence = $null; generation = $Given.generation
        staging = $Staging; versions = $Server.versions
        service = [ordered]@{ status = Get-PropertyOrNull $service 'State'; startType = if ($null -eq $service) { $null } else { Get-StartType ([string]$service.StartMode) } }
        autoUpgrade = Read-Part 'automatic upgrade' { [string](Get-ADSyncAutoUpgrade) }
        certificateEndsAt = $ends
        database = if ($null -eq $database) { [ordered]@{ kind = $null; sizeMB = $null } } else { $database }
        engineConfigSha256 = Read-Part 'miiserver.exe.config' { (Get-EngineConfig).sha256 }
        machineConfigSha256 = Read-Part 'machine.config' { Get-LowerHash 'C:\Windows\Microsoft.NET\Framework64\v4.0.30319\Config\machine.config' }
        ports = @(Get-PortState $Given.ports)
        permissions = @(Get-PermissionState $runs)
        runs = [ordered]@{
            lastImportAt = Get-LastEnd $runs 'import'; lastExportAt = Get-LastEnd $runs 'export'; lastSynchronizationAt = Get-LastEnd $runs 'synchroni[sz]ation'
            lastResult = if ($newest.Count -gt 0) { [string]$newest[0].Result } else { $null }
        }
        archive = [ordered]@{ state = 'queued'; name = $null; queue = Get-QueueState; why = $null }
        notAvailable = @()
    }
}
