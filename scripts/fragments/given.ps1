# The arguments, with every expected name present.
function Get-Arguments([string[]]$Names) {
    $document = $null
    try { $document = ConvertFrom-Json -InputObject $argumentsText } catch { $document = $null }
    if ($null -eq $document) { Stop-Script 'bad-arguments' @{ problem = 'there is no JSON document' } }
    foreach ($name in $Names) {
        if ($null -eq $document.PSObject.Properties[$name]) {
            Stop-Script 'bad-arguments' @{ problem = "'$name' is missing" }
        }
    }
    $document
}
