function Import-Engine {
    try { Import-EngineModule; return } catch { $reason = $_.Exception.Message }
    # Windows may not say where the service is; the usual places need no answer of it.
    foreach ($name in @('ADSync', "$(Split-Path -Parent $engineFile)\ADSync\ADSync.psd1")) {
        try { Import-Module $name; return } catch { $reason = $_.Exception.Message }
    }
    Stop-Collecting 3 'The ADSync module cannot be loaded.' $reason 'Run this on an Entra Connect Sync server, in Windows PowerShell 5.1, after the wizard has been completed.'
}

# Everything that is read of one server, each part by itself: what cannot be read is said by name and reason.
function Save-Collection {
    Save-Statistics
    Invoke-Step 'server configuration' '' { Copy-Configuration }
    if ($script:collected -eq 0) {
        Stop-Collecting 4 'Nothing could be read from the synchronization engine.' ([string]$script:notAvailable[0].reason) 'Run as a local administrator or a member of ADSyncAdmins, after signing in anew, with the ADSync service running.'
    }
    foreach ($kind in @('Applied', 'Exported')) { Invoke-Step "$kind settings file" '' { Copy-NewestSettingsFile $kind } }
}

# Last, since it lists everything else.
function Write-Manifest([datetime]$CollectedAt, $Server, $Staging, $Archive) {
    $files = @(Get-WorkingFile | Where-Object { $_ -ne 'manifest.json' } | ForEach-Object { $file = Join-Path $script:working $_; [ordered]@{ path = $_; sha256 = Get-LowerHash $file; size = Get-Size $file } })
    $manifest = [ordered]@{
        schema = 'entra-connect-evidence/1'; collectedAt = Format-Instant $CollectedAt; server = $Server; staging = $Staging
        files = $files; warnings = @($script:warnings); notAvailable = @($script:notAvailable); scrubbed = @($script:scrubbed)
    }
    if ($null -ne $Archive) { $manifest.archive = $Archive }
    Write-Evidence 'manifest.json' $manifest
}

function Get-Stamp([datetime]$Instant) { $Instant.ToUniversalTime().ToString("yyyyMMdd'T'HHmmss'Z'", [Globalization.CultureInfo]::InvariantCulture) }
