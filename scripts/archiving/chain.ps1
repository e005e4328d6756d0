# Every collection says which one came before it, so that a missing or changed one shows. The record is written after the
# collection lies in the queue: a run that dies in between is made up for from there.

function Get-Queued {
    if (-not (Test-Path -LiteralPath $queueFolder)) { return }
    Get-ChildItem -LiteralPath $queueFolder -Filter '*.zip' | Where-Object { $_.Name -match '^\d{8}-\d{8}T\d{6}Z\.zip$' } | Sort-Object -Property Name
}

# The manifest of a collection that waits, its hash, and the settings files inside; throws where the file is damaged.
function Read-Collection($File) {
    Add-Type -AssemblyName System.IO.Compression
    Add-Type -AssemblyName System.IO.Compression.FileSystem
    $archive = [IO.Compression.ZipFile]::OpenRead($File.FullName)
    try {
        $entry = $archive.GetEntry('manifest.json')
        if ($null -eq $entry) { throw 'it holds no manifest.json' }
        $memory = New-Object -TypeName System.IO.MemoryStream
        $stream = $entry.Open()
        try { $stream.CopyTo($memory) } finally { $stream.Dispose() }
        $null = $memory.Seek(0, 'Begin')
        $hash = (Get-FileHash -InputStream $memory -Algorithm SHA256).Hash.ToLowerInvariant()
        $manifest = ConvertFrom-Json -InputObject ([Text.Encoding]::UTF8.GetString($memory.ToArray()))
        $place = Get-PropertyOrNull $manifest 'archive'
        if ($null -eq $place) { throw 'its manifest says no place in a chain' }
        New-Object -TypeName PSObject -Property @{
            Name = Get-BlobName ([string]$place.chain) ([string]$manifest.server.computerName) $File.Name
            Chain = [string]$place.chain; Sequence = [int]$place.sequence; Previous = $place.previous; StartedAnew = $place.startedAnew
            CollectedAt = Format-StoredInstant $manifest.collectedAt; ManifestSha256 = $hash
            SettingsFiles = @($manifest.files | Where-Object { $_.path -like 'settings/*' } | ForEach-Object { $_.path.Substring(9) })
        }
    } finally { $archive.Dispose() }
}

function Get-BlobName([string]$Chain, [string]$ComputerName, [string]$FileName) { "$Chain/$($ComputerName.ToLowerInvariant())/$FileName" }

# A whole record of this chain; nothing where there is none.
function Read-ChainRecord([string]$Path, [string]$Chain) {
    if (-not (Test-Path -LiteralPath $Path)) { return }
    $record = ConvertFrom-Record ([string](Get-Content -LiteralPath $Path -Raw))
    if ([string](Get-PropertyOrNull $record 'chain') -ceq $Chain -and $null -ne (Get-PropertyOrNull $record 'sequence')) { $record }
}

# Where the chain has come to: the record, a newer one whose last step was cut off, or what a run that died left in the queue.
function Get-ChainEnd([string]$Chain) {
    $end = @{ Sequence = 0; Previous = $null; SettingsFiles = @(); StartedAnew = $null }
    $records = @(@($chainPath, "$chainPath.new") | ForEach-Object { Read-ChainRecord $_ $Chain } | Sort-Object -Property { [int]$_.sequence })
    if ($records.Count -gt 0) {
        $end.Sequence = [int]$records[-1].sequence
        $end.Previous = Get-PropertyOrNull $records[-1] 'previous'
        $end.SettingsFiles = @(Get-PropertyOrNull $records[-1] 'settingsFiles' | Where-Object { $_ })
    } elseif (Test-Path -LiteralPath $chainPath) { $end.StartedAnew = "the record $chainPath was damaged or of another chain" } else { $end.StartedAnew = "the record $chainPath was not there" }
    foreach ($file in @(Get-Queued)) {
        $number = [int]$file.Name.Substring(0, 8)
        # Of the same number it is what took the place of the one that the record knows.
        if ($number -lt $end.Sequence) { continue }
        try { $found = Read-Collection $file } catch { continue }
        if ($found.Chain -cne $Chain) { continue }
        $end = @{
            Sequence = $found.Sequence; Previous = [ordered]@{ name = $found.Name; manifestSha256 = $found.ManifestSha256 }
            SettingsFiles = @(@($end.SettingsFiles) + $found.SettingsFiles | Select-Object -Unique); StartedAnew = $null
        }
    }
    $end
}

function Write-ChainEnd([string]$Chain, $End) {
    Write-WholeFile $chainPath (ConvertTo-AsciiJson ([ordered]@{ chain = $Chain; sequence = $End.Sequence; previous = $End.Previous; settingsFiles = @($End.SettingsFiles) }))
}
