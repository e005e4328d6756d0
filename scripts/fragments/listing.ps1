# Long lists, told briefly: an answer has an end, and a directory can have a thousand filters.

# Characters that all lists of one answer may take together.
$script:roomForNames = 30000

# Whether something of this length still has room; it is taken then.
function Test-Room([int]$Length) {
    $script:roomForNames -= $Length
    $script:roomForNames -ge 0
}

# As names are compared: letter case (of A to Z, the same in every culture) and blanks at commas mean nothing.
function Get-PlainName([string]$Name) {
    $joined = [regex]::Replace($Name, '\s*(?<!\\),\s*', ',').Trim()
    [regex]::Replace($joined, '[A-Z]', { param($found) $found.Value.ToLowerInvariant() })
}

function Get-TextHash([string]$Text) {
    $algorithm = [Security.Cryptography.SHA256]::Create()
    try { $bytes = $algorithm.ComputeHash([Text.Encoding]::UTF8.GetBytes($Text)) } finally { $algorithm.Dispose() }
    -join @($bytes | ForEach-Object { $_.ToString('x2') })
}

# How many, a hash that stands for all of them, and the first names in order as long as there is room.
function ConvertTo-Listing($Names) {
    $given = [string[]]@($Names | Where-Object { $null -ne $_ } | ForEach-Object { [string]$_ })
    $plain = [string[]]@($given | ForEach-Object { Get-PlainName $_ })
    if ($given.Count -gt 1) { [Array]::Sort($plain, $given, [StringComparer]::Ordinal) }
    $shown = @()
    foreach ($name in $given) {
        if (-not (Test-Room ($name.Length + 4))) { break }
        $shown += $name
    }
    [ordered]@{ count = $given.Count; sha256 = Get-TextHash ($plain -join "`n"); names = @($shown) }
}
