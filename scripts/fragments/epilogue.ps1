$exitCode = 1
try {
    $null = Invoke-Script
    Write-Answer
    $exitCode = 0
} catch {
    $exitCode = Write-Failure $_
} finally {
    if ($script:lockHeld) { $script:lock.ReleaseMutex() }
}
exit $exitCode
