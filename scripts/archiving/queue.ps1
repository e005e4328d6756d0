# What waits to be archived. It has an end, since the disk is the server's: the oldest stay, for they tell how it was when the
# archive was lost, and the newest takes the place of the last one that waited, for it tells how it is. That one never left
# the server, so its number and its predecessor are free again, and the chain stays whole. An event says all of that.

function Get-QueueState {
    $files = @(Get-Queued)
    $bytes = 0
    foreach ($file in $files) { $bytes += $file.Length }
    $oldest = $null
    if ($files.Count -gt 0) { $oldest = $files[0].Name -replace '^\d{8}-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.zip$', '$1-$2-$3T$4:$5:$6Z' }
    [ordered]@{ count = $files.Count; sizeMB = [math]::Round($bytes / 1MB, 2); oldestAt = $oldest }
}

# Written before the first attempt to send: what may have arrived is never given another content under its name.
function Get-TriedPath($File) { "$queueFolder\$($File.Name).tried" }

function Test-Tried($File) { Test-Path -LiteralPath (Get-TriedPath $File) }

# Where the next collection goes: behind the chain's end, or in the place of the last that waits; nothing where there is none.
function Get-PlaceInQueue($End, $Given, [int64]$Bytes) {
    $waiting = @(Get-Queued)
    $size = $Bytes
    foreach ($file in $waiting) { $size += $file.Length }
    $megabytes = [int64]$Given.queue.megabytes * 1MB
    if ($waiting.Count -lt [int]$Given.queue.count -and ($size -le $megabytes -or $waiting.Count -eq 0)) {
        return @{ Sequence = $End.Sequence + 1; Previous = $End.Previous; StartedAnew = $End.StartedAnew; Replaces = $null }
    }
    # Whoever fetches collections by hand may have fetched the last one; and the first that waits is kept in any case.
    if (-not $Given.endpoint -or $waiting.Count -lt 2) { return }
    $last = $waiting[-1]
    if ((Test-Tried $last) -or $size - $last.Length -gt $megabytes) { return }
    try { $found = Read-Collection $last } catch { return }
    if ($found.Sequence -ne $End.Sequence) { return }
    @{ Sequence = $found.Sequence; Previous = $found.Previous; StartedAnew = $found.StartedAnew; Replaces = $last }
}

# Under a new name, never over another.
function Add-ToQueue([string]$Partial, [int]$Sequence, [datetime]$CollectedAt) {
    $name = "$($Sequence.ToString('00000000'))-$(Get-Stamp $CollectedAt).zip"
    [IO.File]::Move($Partial, (Get-NativePath "$queueFolder\$name"))
    $name
}

function Remove-FromQueue($File) {
    Remove-Item -LiteralPath "$queueFolder\$($File.Name)" -Force
    if (Test-Tried $File) { Remove-Item -LiteralPath (Get-TriedPath $File) -Force }
}

# What a run that died left: pieces of a collection, one whose place another has taken, and marks whose collection has gone.
function Clear-Leftover {
    $before = $null
    foreach ($file in @(Get-Queued)) {
        if ($null -ne $before -and $before.Name.Substring(0, 8) -eq $file.Name.Substring(0, 8) -and -not (Test-Tried $before)) { Remove-FromQueue $before }
        $before = $file
    }
    foreach ($item in @(Get-ChildItem -LiteralPath $archiveFolder -Force | Where-Object { $_.Name -match '^\.(collecting|partial)-' })) { Remove-Item -LiteralPath "$archiveFolder\$($item.Name)" -Recurse -Force }
    foreach ($mark in @(Get-ChildItem -LiteralPath $queueFolder -Filter '*.tried')) {
        if (-not (Test-Path -LiteralPath "$queueFolder\$($mark.Name -replace '\.tried$')")) { Remove-Item -LiteralPath "$queueFolder\$($mark.Name)" -Force }
    }
}
