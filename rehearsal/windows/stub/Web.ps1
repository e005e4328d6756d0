# What a machine asks by HTTP: the address of its identity and the blobs of an archive, both answered by the world on loopback
# (rehearsal/azure/blobs). Nothing else is ever asked. Part of Windows.psm1.

function New-RequestStandIn($Given) {
    $asked = [uri][string]$Given[1]
    $ours = $asked.Host -eq '169.254.169.254' -or $asked.Host -match '^[a-z0-9]{3,24}\.blob\.core\.windows\.net$'
    if (-not $ours) { throw "the simulated machine asks nothing of $($asked.Host)" }
    # Port 9: nobody listens there.
    $base = 'http://127.0.0.1:9'
    $own = $asked.Host -eq '169.254.169.254'
    if ($env:REHEARSAL_HTTP -and ($own -or -not (Get-Entry (Read-World) 'cutOff'))) { $base = $env:REHEARSAL_HTTP }
    [System.Net.Http.HttpRequestMessage]::new($Given[0], "$base/$($asked.Host)$($asked.PathAndQuery)")
}
