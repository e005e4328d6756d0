# What the wizard wrote when it failed: the newest entries marked ERROR of its newest trace log (entra-connect.md section 3).
# An entry is `[12:34:56.789] [ 26] [ERROR] text`, and lines that do not begin so belong to the one before.

$traceFolder = 'C:\ProgramData\AADConnect'

# Of the end of the log, so that 200 MB are no harm; a whole configuration writes less.
$traceBytes = 262144
$traceEntryLength = 8192
$traceShown = 4
$traceShownLength = 400

# Not those that were there before the last thing that is known to have succeeded.
function Get-NewestTrace([string[]]$After) {
    if (-not (Test-Path -LiteralPath $traceFolder)) { return }
    $newest = Get-ChildItem -LiteralPath $traceFolder -Filter 'trace-*.log' | Sort-Object -Property LastWriteTimeUtc, Name | Select-Object -Last 1
    if ($null -eq $newest) { return }
    foreach ($path in $After) {
        if ($path -and (Test-Path -LiteralPath $path) -and (Get-Item -LiteralPath $path).LastWriteTimeUtc -ge $newest.LastWriteTimeUtc) { return }
    }
    $newest
}

# The wizard may be writing it, so whoever reads lets others write. It is UTF-8 or, by its first bytes, UTF-16.
function Read-TraceEnd([string]$Path) {
    $stream = New-Object -TypeName System.IO.FileStream -ArgumentList $Path, 'Open', 'Read', 'ReadWrite, Delete'
    try {
        $mark = Read-Byte $stream 2
        $offset = [math]::Max(0, $stream.Length - $traceBytes)
        $null = $stream.Seek($offset - $offset % 2, 'Begin')
        $bytes = Read-Byte $stream ($traceBytes + 2)
    } finally {
        $stream.Dispose()
    }
    $encoding = [Text.Encoding]::UTF8
    if ($mark.Count -eq 2 -and $mark[0] -eq 255 -and $mark[1] -eq 254) { $encoding = [Text.Encoding]::Unicode }
    if ($mark.Count -eq 2 -and $mark[0] -eq 254 -and $mark[1] -eq 255) { $encoding = [Text.Encoding]::BigEndianUnicode }
    $encoding.GetString($bytes)
}

function Read-Byte($Stream, [int]$Most) {
    $buffer = [array]::CreateInstance([byte], $Most)
    $have = 0
    while ($have -lt $Most) {
        $got = $Stream.Read($buffer, $have, $Most - $have)
        if ($got -le 0) { break }
        $have += $got
    }
    $bytes = [array]::CreateInstance([byte], $have)
    [array]::Copy($buffer, $bytes, $have)
    , $bytes
}

function Get-TraceEntry([string]$Text) {
    $entries = @()
    $current = $null
    foreach ($line in ($Text -split '\r\n|\r|\n')) {
        if ($line -match '^[\ufeff\s]*\[\d\d?:\d\d:\d\d') {
            if ($null -ne $current) { $entries += $current }
            $current = $line -replace '^[\ufeff\s]+'
        } elseif ($null -ne $current -and $current.Length -lt $traceEntryLength) {
            $current = "$current $($line.Trim())"
        }
    }
    if ($null -ne $current) { $entries += $current }
    foreach ($entry in $entries) {
        if ($entry -notmatch '^.{0,40}\[\s*(?:ERROR|WARN|WARNING|FATAL)\s*\]') { continue }
        # Cut between words: half a token would no longer be known as one.
        if ($entry.Length -gt $traceEntryLength) { $entry = $entry.Substring(0, $traceEntryLength) -replace '\S*$' }
        $entry.Trim()
    }
}

# The log's path and time, what is shown of it, and the known causes; nothing where there is no newer log. Problem says why
# it could not be read.
function Get-WizardTrace([string[]]$After) {
    $file = Get-NewestTrace $After
    if ($null -eq $file) { return }
    $found = New-Object -TypeName PSObject -Property @{
        Path = "$traceFolder\$($file.Name)"; At = Format-Instant $file.LastWriteTimeUtc; Shown = @(); Causes = @(); Problem = ''
    }
    try {
        $entries = @(Get-TraceEntry (Read-TraceEnd $found.Path))
        $failures = @($entries | Where-Object { $_ -match '^.{0,40}\[\s*(?:ERROR|FATAL)\s*\]' } | Select-Object -Last $traceShown)
        $found.Shown = @($failures | ForEach-Object {
                $shown = ConvertTo-Ascii (Hide-Secret ($_ -replace '\s+', ' '))
                if ($shown.Length -gt $traceShownLength) { $shown = $shown.Substring(0, $traceShownLength) + ' ...' }
                $shown
            })
        # Not of an entry that nothing bad followed.
        if ($failures.Count -gt 0) { $found.Causes = @(Find-Cause $causes.'await-wizard' ($entries -join ' ') | Select-Object -First 3) }
    } catch {
        $found.Problem = $_.Exception.Message
    }
    $found
}
