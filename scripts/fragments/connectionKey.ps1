# Base64, since Azure hands parameters over as a command line that spaces split (windows-server.md section 5).
function Get-PublicKey([string]$Encoded) {
    $bytes = $null
    try { $bytes = [Convert]::FromBase64String($Encoded) } catch { Stop-Script 'public-key-encoding' }
    $line = [Text.Encoding]::UTF8.GetString($bytes).Trim()
    if ($line -cnotmatch '^(ssh-ed25519|ecdsa-sha2-nistp(256|384|521)|ssh-rsa) [A-Za-z0-9+/=]+( [\x20-\x7e]*)?$') { Stop-Script 'public-key' }
    $line
}
