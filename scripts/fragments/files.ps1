function New-Folder([string]$Path) {
    if (-not (Test-Path -LiteralPath $Path)) { $null = New-Item -ItemType Directory -Path $Path -Force }
}

# The old file or the whole new one, never a part of it.
function Write-WholeFile([string]$Path, [string]$Text) {
    Set-Content -LiteralPath "$Path.new" -Value $Text -Encoding ascii -NoNewline
    Move-WholeFile "$Path.new" $Path
}

# Move-Item -Force of Windows PowerShell 5.1 deletes the target and moves then: whoever dies in between leaves neither.
# Where nothing lies at the target a move is one rename. Where something does, .NET Framework has only Replace (Windows'
# ReplaceFile), which keeps the target's access control. Without a backup it ends at worst with the old file gone and the
# new one whole under its own name, where Read-Record finds it; a backup could come back for a record that was removed.
# The backup is NullString: $null arrives as an empty string, which .NET Framework refuses as a path.
function Move-WholeFile([string]$From, [string]$Path) {
    if (-not (Test-Path -LiteralPath $Path)) { Move-Item -LiteralPath $From -Destination $Path; return }
    $file = New-Object -TypeName System.IO.FileInfo -ArgumentList $From
    $null = $file.Replace($Path, [NullString]::Value, $true)
}

# A record of ours; nothing where there is none. A new one beside no old one counts if it is whole: a part of a JSON
# object is no JSON. One that is there and damaged (a crash leaves files empty, or full of zeros) is never taken for one
# that is not there: what it said is not known.
function Read-Record([string]$Path) {
    if (Test-Path -LiteralPath $Path) {
        $record = ConvertFrom-Record (Get-Content -LiteralPath $Path -Raw)
        if ($null -ne $record) { return $record }
        $script:refusal = @{ Code = 'record-damaged'; Values = @{ path = $Path } }
        throw "the record $Path is damaged"
    }
    if (Test-Path -LiteralPath "$Path.new") { ConvertFrom-Record (Get-Content -LiteralPath "$Path.new" -Raw) }
}

function ConvertFrom-Record([string]$Text) {
    if ($Text -notmatch '^\s*\{[\s\S]*\}\s*$') { return }
    try { ConvertFrom-Json -InputObject $Text } catch { return }
}

# The new one first: alone it would count again.
function Remove-Record([string]$Path) {
    foreach ($each in @("$Path.new", $Path)) { if (Test-Path -LiteralPath $each) { Remove-Item -LiteralPath $each -Force } }
}
