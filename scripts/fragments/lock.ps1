# Whoever holds the lock may be this very step, whose connection was cut: it goes on to its end, and what it has done counts.
# So its end is waited for, and whoever watches is told.
function Enter-Lock([int]$Minutes = 15) {
    $began = Get-Date
    while ($true) {
        Request-Lock 10000
        if ($script:lockHeld) { return }
        $waited = Get-MinutesSince $began
        if ($waited -ge $Minutes) { Stop-Script 'another-run' @{ minutes = $Minutes } }
        Write-Progressing "another script of pulumi-entra-connect is still at work here, perhaps this one of a run before; waited $waited of $Minutes min"
        Start-Sleep -Seconds 50
    }
}
