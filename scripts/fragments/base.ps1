Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$WarningPreference = 'SilentlyContinue'

$libraryFolder = 'C:\ProgramData\pulumi-entra-connect'

# Output passes a console code page, and output that is not UTF-8 fails the operation after the script has run.
function ConvertTo-Ascii([string]$Text) {
    [regex]::Replace(($Text -replace '[\r\n]+', ' '), '[^\x20-\x7e]', '?')
}

function ConvertTo-AsciiJson($Value) {
    # Windows PowerShell 5.1 can print an array as {"value":[],"Count":0}; without this type extension it does not.
    Remove-TypeData -TypeName System.Array -ErrorAction SilentlyContinue
    $json = ConvertTo-Json -InputObject $Value -Depth 12 -Compress
    [regex]::Replace($json, '[^\x20-\x7e]', { param($found) '\u{0:x4}' -f [int][char]$found.Value })
}

# The engine gives its instants in UTC without saying so.
function Format-Instant([datetime]$Value) {
    if ($Value.Kind -eq 'Unspecified') { $Value = [datetime]::SpecifyKind($Value, 'Utc') }
    $Value.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", [Globalization.CultureInfo]::InvariantCulture)
}

# ConvertFrom-Json keeps an instant as text in 5.1; later versions make a date of it.
function Format-StoredInstant($Value) {
    if ($Value -is [datetime]) { Format-Instant $Value } else { [string]$Value }
}

function Get-PropertyOrNull($Object, [string]$Name) {
    if ($null -eq $Object) { return $null }
    $property = $Object.PSObject.Properties[$Name]
    if ($null -eq $property) { return $null }
    $property.Value
}

function Get-Short([string]$Text) { if ($Text.Length -gt 200) { $Text.Substring(0, 200) } else { $Text } }
