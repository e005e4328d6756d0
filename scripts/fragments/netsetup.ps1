# Windows' log of every attempt to join, in English on every system. One line of it is told, without names and secrets.
$netSetupPath = 'C:\Windows\debug\netsetup.log'

function Get-NetSetupLine {
    if (Test-Path -LiteralPath $netSetupPath) { @(Get-Content -LiteralPath $netSetupPath) } else { @() }
}

# Windows' own number, also where it comes in the clothes of an HRESULT (0x8007052e).
function Format-Code([int64]$Value) {
    $number = $Value -band 0xffffffffL
    if (($number -band 0xffff0000L) -eq 0x80070000L) { $number = $number -band 0xffffL }
    '0x{0:x}' -f $number
}

# The last status that is no success among the lines behind the first so many: that of the whole join, else any.
function Get-NetSetupStatus([int]$Skip) {
    $lines = @(Get-NetSetupLine | Select-Object -Skip $Skip)
    foreach ($pattern in @('NetpDoDomainJoin: status: 0x([0-9a-fA-F]{1,8})', 'status:? (?:of )?0x([0-9a-fA-F]{1,8})')) {
        for ($index = $lines.Count - 1; $index -ge 0; $index--) {
            $found = [regex]::Match([string]$lines[$index], $pattern)
            if (-not $found.Success) { continue }
            $code = Format-Code ([Convert]::ToInt64($found.Groups[1].Value, 16))
            if ($code -ne '0x0') { return [ordered]@{ code = $code; line = [string]$lines[$index] } }
        }
    }
}

# Names of accounts and controllers stay here, and so does whatever the join was done with.
function Hide-Join([string]$Text, [string]$Secret) {
    $shown = Hide-Secret $Text
    if ($Secret) { $shown = $shown.Replace($Secret, '***') }
    Get-Short (ConvertTo-Ascii $shown)
}

# What people met before by its number: the reason is noted, what to do comes first.
function Add-JoinCause([string]$Code) {
    foreach ($row in @(Find-Cause (Get-PropertyOrNull $causes 'join-domain') $Code)) { if ($null -ne $row) { Add-Cause $row } }
}
