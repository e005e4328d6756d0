# As found, under the names as found. Nested objects two deep, text beyond; no bytes, nothing that is a secret.
function ConvertTo-Plain($Value, [int]$Depth) {
    if ($null -eq $Value) { return $null }
    if ($Value -is [datetime]) { return Format-Instant $Value }
    if ($Value -is [string] -and (Test-SecretValue $Value)) { return $null }
    if ($Value -is [string] -or $Value -is [decimal] -or ($Value.GetType().IsPrimitive -and $Value -isnot [char])) { return $Value }
    # Guid, TimeSpan, enumeration, version: their text, the same in every culture.
    if ($Value -is [ValueType] -or $Value -is [version]) { return [string]::Format([Globalization.CultureInfo]::InvariantCulture, '{0}', $Value) }
    if ($Value -is [byte[]]) { return "$($Value.Length) bytes" }
    if ($Depth -le 0) { if ($Value -is [Collections.ICollection]) { return "$($Value.Count) items" } else { return [string]$Value } }
    if ($Value -is [Collections.IDictionary]) {
        $plain = [ordered]@{}
        foreach ($key in @($Value.Keys | Sort-Object)) { $plain[[string]$key] = Select-NoSecret ([string]$key) $Value[$key] $Depth }
        return $plain
    }
    if ($Value -is [Collections.IEnumerable]) { return , @($Value | ForEach-Object { , (ConvertTo-Plain $_ ($Depth - 1)) }) }
    $plain = [ordered]@{}
    foreach ($property in $Value.PSObject.Properties) {
        try { $plain[$property.Name] = Select-NoSecret $property.Name $property.Value $Depth } catch { $plain[$property.Name] = $null }
    }
    $plain
}

function Select-NoSecret([string]$Name, $Value, [int]$Depth) {
    if ((Test-SecretName $Name) -and $Value -isnot [bool]) { return $null }
    , (ConvertTo-Plain $Value ($Depth - 1))
}
