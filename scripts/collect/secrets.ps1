# What a secret is called, as the whole name or its last part; PasswordHashSync is a switch, not a secret. And what need not
# be one, and costs the tenant where it is. And how one gives itself away that is called otherwise. The same three
# expressions as in compare and document; a test holds them together.
$secretName = '(^|[-_.\s])(\w*(password|passphrase|secret|accesstoken|privatekey)|pwd|passwd|private-key|encryption-key)$'
$likelySecretName = '((password|passphrase|secret)[-_.]?(value|text|plain|plaintext|string|hash)|(api|access|account|shared|shared[-_.]?access|storage|subscription|function|master|signing|client)[-_.]?key|(?<!public[-_.]?key[-_.]?)tokens?|sastoken|credentials?)$'
$tellingValue = '(^|[;?&\s"''])(password|pwd|accountkey|sharedaccesskey|client_?secret|access_?token|sig)\s*=\s*[^\s;&"''[]|-----BEGIN [A-Z ]*PRIVATE KEY-----|^\s*(bearer|basic)\s+[\w+/=.-]{8,}\s*$|^\s*eyJ[\w-]+\.[\w-]+\.[\w-]*\s*$|^\w+:\/\/[^\s/@:]+:[^\s/@]+@'

function Test-SecretName([string]$Name) { $Name -match $secretName -or $Name -match $likelySecretName }

# What Windows' data protection (DPAPI) makes begins so in Base64, whatever it is called.
function Test-SecretValue([string]$Value) { $Value.Length -gt 7 -and ($Value.TrimStart().StartsWith('AQAAANCMnd8B') -or $Value -match $tellingValue) }

# An attribute's InnerText can be set, not read.
function Get-NodeText($Node) { if ($Node -is [System.Xml.XmlAttribute]) { $Node.Value } else { $Node.InnerText } }

# Empties what is encrypted, named like a secret or gives itself away, before anything is hashed. All else stays byte for byte.
function Remove-XmlSecret([string]$File) {
    $document = New-Object -TypeName System.Xml.XmlDocument
    $document.PreserveWhitespace = $true
    $document.XmlResolver = $null
    $document.Load($File)
    $count = 0
    $lower = "translate(local-name(), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')"
    $words = @('pass', 'secret', 'key', 'pwd', 'token', 'credential')
    $part = ($words | ForEach-Object { "contains($lower, '$_')" }) -join ' or '
    $found = @($document.SelectNodes("//*[@encrypted='1' or @encrypted='true' or contains(@type, 'encrypted') or $lower='encrypted-attributes']"))
    $found += @($document.SelectNodes("//*[local-name()='parameter' and @name]") | Where-Object { Test-SecretName $_.GetAttribute('name') })
    $found += @($document.SelectNodes("//*[not(*) and ($part)] | //@*[$part]") | Where-Object { Test-SecretName $_.LocalName })
    # A quick look first: a large export has a hundred thousand values.
    $hint = "contains(., '=') or contains(., '://') or contains(., 'eyJ') or contains(., 'AQAAANCMnd8B') or contains(., 'PRIVATE KEY') or contains(translate(., 'BEARSICZ', 'bearsicz'), 'bearer ') or contains(translate(., 'BEARSICZ', 'bearsicz'), 'basic ')"
    $found += @($document.SelectNodes("//*[not(*)][$hint] | //@*[$hint]") | Where-Object { Test-SecretValue (Get-NodeText $_) })
    foreach ($node in $found) {
        if ($node.HasChildNodes -eq $false -or ($node -is [System.Xml.XmlAttribute] -and $node.Value -eq '')) { continue }
        $node.InnerXml = ''
        $count++
    }
    if ($count -eq 0) { return }
    $document.Save($File)
    $script:scrubbed += [ordered]@{ path = $File.Substring($script:working.Length + 1).Replace('\', '/'); values = $count }
}

# The first thing in a JSON text that is a secret, by name; nothing where there is none.
function Find-JsonSecret([string]$Text) {
    foreach ($member in [regex]::Matches($Text, '"([^"\\]+)"\s*:\s*"((?:[^"\\]|\\.)+)"')) {
        $name = $member.Groups[1].Value
        if ((Test-SecretName $name) -or (Test-SecretValue $member.Groups[2].Value)) { return $name }
    }
}
