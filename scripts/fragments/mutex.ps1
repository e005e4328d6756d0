# A dropped connection does not end what runs here, so a retry can meet its own predecessor.
$lockName = 'Global\pulumi-entra-connect'

function Request-Lock([int]$Milliseconds) {
    if ($null -eq $script:lock) { $script:lock = New-Object -TypeName System.Threading.Mutex -ArgumentList $false, $lockName }
    try {
        $script:lockHeld = $script:lock.WaitOne($Milliseconds)
    } catch [System.Threading.AbandonedMutexException] {
        # The one before was killed. Every script looks first, so its leavings are no harm.
        $script:lockHeld = $true
    }
}
