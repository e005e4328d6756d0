# The run history. Its dates are UTC without saying so (public code calls ToLocalTime on them), may be local ones that say
# so, and are text in the form of the server's region where they went through text. Compared as they come they would stand
# in a wrong order: 05.11. after 04.12., a local hour before a UTC one.
function ConvertTo-Utc($Value) {
    if ($null -eq $Value) { return $null }
    if ($Value -isnot [datetime]) {
        $text = ([string]$Value).Trim()
        if (-not $text) { return $null }
        $culture = [Globalization.CultureInfo]::CurrentCulture
        if ($text -match '^\d{4}-\d\d-\d\d') { $culture = [Globalization.CultureInfo]::InvariantCulture }
        $Value = [datetime]::Parse($text, $culture, [Globalization.DateTimeStyles]::RoundtripKind)
    }
    if ($Value.Kind -eq 'Unspecified') { $Value = [datetime]::SpecifyKind($Value, 'Utc') }
    $Value.ToUniversalTime()
}
