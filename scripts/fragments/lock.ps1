function Enter-Lock {
    Request-Lock 10000
    if (-not $script:lockHeld) { Stop-Script 'another-run' }
}
