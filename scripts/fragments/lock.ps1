# A dropped connection does not end what runs here, so a retry can meet its own predecessor.
function Enter-Lock {
    $script:lock = New-Object -TypeName System.Threading.Mutex -ArgumentList $false, 'Global\pulumi-entra-connect'
    try {
        $script:lockHeld = $script:lock.WaitOne(10000)
    } catch [System.Threading.AbandonedMutexException] {
        # The one before was killed. Every script looks first, so its leavings are no harm.
        $script:lockHeld = $true
    }
    if (-not $script:lockHeld) { Stop-Script 'another-run' }
}
