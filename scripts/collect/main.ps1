# On a server that this library did not set up there is no record of it.
function Get-RecordedEngineFile { '' }

function Import-Engine {
    try { Import-EngineModule; return } catch { $reason = $_.Exception.Message }
    # Windows may not say where the service is; the usual places need no answer of it.
    foreach ($name in @('ADSync', "$(Split-Path -Parent $engineFile)\ADSync\ADSync.psd1")) {
        try { Import-Module $name; return } catch { $reason = $_.Exception.Message }
    }
    Stop-Collecting 3 'The ADSync module cannot be loaded.' $reason 'Run this on an Entra Connect Sync server, in Windows PowerShell 5.1, after the wizard has been completed.'
}

function Open-OutputFolder {
    $example = 'Give -OutputFolder a folder that you may write to, for example C:\Evidence.'
    if (-not $OutputFolder) { Stop-Collecting 2 'There is no output folder.' 'The parameter -OutputFolder is missing.' $example }
    try {
        $script:target = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($OutputFolder)
        $null = [IO.Directory]::CreateDirectory($script:target)
        $script:working = Join-Path $script:target ('.collecting-' + [guid]::NewGuid().ToString('N').Substring(0, 8))
        $null = [IO.Directory]::CreateDirectory($script:working)
    } catch { Stop-Collecting 2 "The output folder $OutputFolder cannot be used." $_.Exception.Message $example }
}

function Invoke-Collecting {
    Open-OutputFolder
    Import-Engine
    $collectedAt = Get-Date
    $staging = Get-StagingFacts
    Save-Statistics
    Invoke-Step 'server configuration' '' { Copy-Configuration }
    if ($script:collected -eq 0) {
        Stop-Collecting 4 'Nothing could be read from the synchronization engine.' ([string]$script:notAvailable[0].reason) 'Run as a local administrator or a member of ADSyncAdmins, after signing in anew, with the ADSync service running.'
    }
    foreach ($kind in @('Applied', 'Exported')) { Invoke-Step "$kind settings file" '' { Copy-SettingsFile $kind } }
    $server = Get-ServerFacts
    try {
        $files = @(Get-WorkingFile | ForEach-Object { $file = Join-Path $script:working $_; [ordered]@{ path = $_; sha256 = Get-LowerHash $file; size = Get-Size $file } })
        Write-Evidence 'manifest.json' ([ordered]@{
                schema = 'entra-connect-evidence/1'; collectedAt = Format-Instant $collectedAt; server = $server; staging = $staging
                files = $files; warnings = @($script:warnings); notAvailable = @($script:notAvailable); scrubbed = @($script:scrubbed)
            })
        $stamp = $collectedAt.ToUniversalTime().ToString("yyyyMMdd'T'HHmmss'Z'", [Globalization.CultureInfo]::InvariantCulture)
        $name = Join-Path $script:target "entra-connect-evidence-$($env:COMPUTERNAME)-$stamp"
        $script:partial = "$name.partial-$PID"
        Save-Archive $script:partial
        $archive = "$name.zip"
        for ($number = 2; [IO.File]::Exists($archive); $number++) { $archive = "$name-$number.zip" }
        [IO.File]::Move($script:partial, $archive)
    } catch { Stop-Collecting 5 'The archive could not be written.' $_.Exception.Message "Make room in $($script:target) or choose another folder, and run the collector again." }
    [Console]::Out.WriteLine((ConvertTo-AsciiJson ([ordered]@{
                    script = 'collect'; collectedAt = Format-Instant $collectedAt; computerName = [string]$env:COMPUTERNAME
                    archive = $archive; sha256 = Get-LowerHash $archive; size = Get-Size $archive
                    warnings = @($script:warnings); notAvailable = @($script:notAvailable | ForEach-Object { $_.name })
                })))
}

$script:working = ''
$script:target = ''
$script:partial = ''
$exitCode = 1
try {
    $null = Invoke-Collecting
    $exitCode = 0
} catch {
    $lines = @("What: an unexpected error in line $($_.InvocationInfo.ScriptLineNumber).", "Why: $($_.Exception.Message)", 'Next: run the collector again; if it stays so, report these lines.')
    if ($null -ne $script:refusal) { $exitCode = $script:refusal.Code; $lines = $script:refusal.Lines }
    [Console]::Error.WriteLine("collect on $env:COMPUTERNAME stopped; no archive was written")
    foreach ($line in $lines) { [Console]::Error.WriteLine((ConvertTo-Ascii $line)) }
} finally {
    foreach ($leftover in @($script:working, $script:partial)) { if ($leftover) { Remove-Item -LiteralPath $leftover -Recurse -Force -ErrorAction SilentlyContinue } }
}
exit $exitCode
