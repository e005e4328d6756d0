# Two runs at once disturb each other, and what a configuration says in the middle of a run nobody has written down.
function Wait-Idle([int]$Minutes) {
    $began = Get-Date
    while ($true) {
        $who = Get-WhoRuns
        if (-not $who) { return }
        if (((Get-Date) - $began).TotalMinutes -ge $Minutes) { Stop-Collecting $exitCodes.failed "The engine was busy for $Minutes minutes: $who." 'A configuration that is read while a run goes on is not known to be whole.' 'Nothing where it happens once: the next run of the task collects. Else move archive.schedule.startTime away from the runs.' }
        Start-Sleep -Seconds 60
    }
}

function Confirm-Engine {
    $service = Get-SynchronizationService
    if ($null -eq $service) { Stop-Collecting $exitCodes.failed 'There is no service ADSync on this server.' 'Entra Connect is not set up here, or was removed.' 'Complete the wizard, or take the archive out of the settings of this server.' }
    if ($service.State -ne 'Running') { Stop-Collecting $exitCodes.failed "The service ADSync is $($service.State), start type $(Get-StartType ([string]$service.StartMode))." 'Without it nothing can be read of the engine.' 'Find out who stopped it before it is started again: a server that its guard retired stays stopped.' }
}

# Settings files that no collection has had yet; the newest fifty of them, once.
function Save-NewSettingsFile([string[]]$Known) {
    $new = @(@('Applied', 'Exported') | ForEach-Object { Get-SettingsFile $_ } | Where-Object { $Known -notcontains $_.Name })
    if ($new.Count -gt 50) { Add-NotAvailable 'older settings files' "$($new.Count - 50) of $($new.Count) new ones were left out" }
    foreach ($file in @($new | Select-Object -Last 50)) {
        if ([IO.File]::Exists((Join-Path (Join-Path $script:working 'settings') $file.Name))) { continue }
        Invoke-Step "settings file $($file.Name)" '' { Copy-SettingsFile $file }
    }
    @($new | ForEach-Object { $_.Name })
}

function Open-Working {
    $suffix = [guid]::NewGuid().ToString('N').Substring(0, 8)
    $script:working = Get-NativePath "$archiveFolder\.collecting-$suffix"
    $script:partial = Get-NativePath "$archiveFolder\.partial-$suffix"
    $null = [IO.Directory]::CreateDirectory($script:working)
}

# Of the last that waits the place can be taken, and its settings files with it: they are collected once more.
function Get-KnownSettingsFile($End) {
    $last = @(Get-Queued | Select-Object -Last 1)
    $found = $null
    if ($last.Count -gt 0) { try { $found = Read-Collection $last[0] } catch { $found = $null } }
    @($End.SettingsFiles | Where-Object { $null -eq $found -or $found.SettingsFiles -notcontains $_ })
}

# Everything into the working folder; the manifest comes with its place in the chain.
function Get-Collected($Given, $End) {
    $collectedAt = Get-Date
    $staging = Get-StagingFacts
    Save-Collection
    $new = @(Save-NewSettingsFile @(Get-KnownSettingsFile $End))
    $server = Get-ServerFacts
    $health = Get-Health $Given $collectedAt $server $staging
    @{ At = $collectedAt; Staging = $staging; Server = $server; Health = $health; NewFiles = $new; Warnings = @($script:warnings); NotAvailable = @($script:notAvailable) }
}

function Write-Whole($Given, $Collected, $Place) {
    $name = Get-BlobName ([string]$Given.chain) ([string]$env:COMPUTERNAME) "$($Place.Sequence.ToString('00000000'))-$(Get-Stamp $Collected.At).zip"
    $health = $Collected.Health
    $health.sequence = $Place.Sequence
    $health.archive.name = $name
    $health.notAvailable = @($script:notAvailable)
    Write-Evidence 'health/health.json' $health
    Write-Manifest $Collected.At $Collected.Server $Collected.Staging ([ordered]@{
            chain = [string]$Given.chain; sequence = $Place.Sequence; previous = $Place.Previous; startedAnew = $Place.StartedAnew
            vmId = Read-Part 'identity of the machine' { Get-MachineId }; generation = $Given.generation
            script = [ordered]@{ version = $archiverVersion; sha256 = $ScriptSha256 }
        })
    Save-Archive $script:partial
    $name
}

# Gives the collection's own name in the archive, or nothing where the queue has no room for it.
function Add-Collection($Given, $End, $Collected) {
    # Its size is known when it is whole; what it says of its place is written into it before.
    $first = @{ Sequence = $End.Sequence + 1; Previous = $End.Previous; StartedAnew = $End.StartedAnew; Replaces = $null }
    $name = Write-Whole $Given $Collected $first
    $place = Get-PlaceInQueue $End $Given (Get-Size $script:partial)
    if ($null -eq $place) {
        $Collected.Health.sequence = $null
        $Collected.Health.archive.name = $null
        $Collected.Health.archive.why = "the queue in $queueFolder is full and this collection was not kept"
        return
    }
    if ($null -ne $place.Replaces) {
        Remove-Item -LiteralPath $script:partial -Force
        $name = Write-Whole $Given $Collected $place
        $Collected.Health.archive.why = "the queue in $queueFolder is full: this collection took the place of $($place.Replaces.Name), which was never sent"
    }
    $null = Add-ToQueue $script:partial $place.Sequence $Collected.At
    if ($null -ne $place.Replaces) { Remove-FromQueue $place.Replaces }
    $hash = Get-LowerHash (Join-Path $script:working 'manifest.json')
    Write-ChainEnd ([string]$Given.chain) @{ Sequence = $place.Sequence; Previous = [ordered]@{ name = $name; manifestSha256 = $hash }; SettingsFiles = @(@($End.SettingsFiles) + $Collected.NewFiles | Select-Object -Unique) }
    $name
}

function Complete-Health($Given, $Health, [string]$Name) {
    $said = @($Health.archive.why | Where-Object { $_ })
    $state = 'failed'
    if (-not $Given.endpoint) {
        if ($Name) { $state = 'disabled'; $said += "no archive is configured; collections stay in $queueFolder until they are fetched" }
    } else {
        $sent = Send-Queue $Given
        if ($sent) { $said += $sent }
        if ($Name) {
            $file = $Name.Substring($Name.LastIndexOf('/') + 1)
            $state = 'uploaded'
            if (Test-Path -LiteralPath "$queueFolder\$file") { $state = 'queued' } elseif (@(Get-ChildItem -LiteralPath $queueFolder -Filter "$file.*").Count -gt 0) { $state = 'failed' }
        }
    }
    $Health.archive = [ordered]@{ state = $state; name = $Health.archive.name; queue = Get-QueueState; why = if ($said.Count -gt 0) { Get-Long ($said -join '; ') } else { $null } }
}

function Get-Long([string]$Text) { if ($Text.Length -gt 1000) { $Text.Substring(0, 1000) + ' ...' } else { $Text } }

function Invoke-Archiving {
    Confirm-Protected
    $given = Read-Archiving
    $script:chain = [string]$given.chain
    Request-Lock 0
    if (-not $script:lockHeld) { Stop-Collecting $exitCodes.busy 'Another run of this script is at work.' 'Two at once would give two collections one number.' 'Wait until it is done.' }
    if (-not (Test-Path -LiteralPath $queueFolder)) { $null = New-Item -ItemType Directory -Path $queueFolder -Force }
    Clear-Leftover
    Confirm-Engine
    Import-Engine
    Wait-Idle ([int]$given.waitMinutes)
    $end = Get-ChainEnd $script:chain
    Open-Working
    $collected = Get-Collected $given $end
    $name = $null
    try { $name = Add-Collection $given $end $collected } catch { Stop-Collecting $exitCodes.failed 'The collection could not be written.' $_.Exception.Message "Make room on the disk of $archiveFolder. What waits in $queueFolder is kept." }
    $health = $collected.Health
    Complete-Health $given $health ([string]$name)
    $message = ConvertTo-Message $health
    [Console]::Out.WriteLine($message)
    $script:exitCode = $exitCodes.waiting
    $written = $false
    if ($health.archive.state -eq 'uploaded' -and $health.archive.queue.count -eq 0) {
        $script:exitCode = $exitCodes.archived
        $written = Write-RunEvent 100 'Information' $message
    } else { $written = Write-RunEvent 101 'Warning' $message }
    if (-not $written) { $script:exitCode = $exitCodes.silent }
}

$script:working = ''
$script:partial = ''
$script:chain = ''
$script:lock = $null
$script:lockHeld = $false
$script:exitCode = 1
$lockName = 'Global\pulumi-entra-connect-archive'
try {
    $null = Invoke-Archiving
} catch {
    $what = "An unexpected error in line $($_.InvocationInfo.ScriptLineNumber)."
    $why = [string]$_.Exception.Message
    $next = 'Nothing where it happens once: the next run of the task begins anew. If it stays so, report these lines.'
    $script:exitCode = 1
    if ($null -ne $script:refusal) {
        $script:exitCode = $script:refusal.Code
        $what, $why, $next = @($script:refusal.Lines | ForEach-Object { $_ -replace '^(What|Why|Next): ' })
        # Those of the collector count otherwise here.
        if ($script:exitCode -lt 40) { $script:exitCode = $exitCodes.failed }
    }
    [Console]::Error.WriteLine((ConvertTo-Ascii "archive-configuration on $env:COMPUTERNAME stopped; nothing was collected. What: $what Why: $why Next: $next"))
    # Whoever is at work writes an event of its own.
    if ($script:exitCode -ne $exitCodes.busy) {
        $failed = [ordered]@{ what = Get-Long $what; why = Get-Long $why; next = Get-Long $next }
        $message = ConvertTo-AsciiJson ([ordered]@{ schema = 'entra-connect-health/1'; collectedAt = Format-Instant (Get-Date); computerName = [string]$env:COMPUTERNAME; chain = if ($script:chain) { $script:chain } else { $null }; failed = $failed })
        if (-not (Write-RunEvent 110 'Error' $message)) { $script:exitCode = $exitCodes.silent }
    }
} finally {
    foreach ($leftover in @($script:working, $script:partial)) { if ($leftover -and (Test-Path -LiteralPath $leftover)) { Remove-Item -LiteralPath $leftover -Recurse -Force -ErrorAction SilentlyContinue } }
    if ($script:lockHeld) { $script:lock.ReleaseMutex() }
}
exit $script:exitCode
