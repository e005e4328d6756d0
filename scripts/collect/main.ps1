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
    Save-Collection
    $server = Get-ServerFacts
    try {
        Write-Manifest $collectedAt $server $staging $null
        $name = Join-Path $script:target "entra-connect-evidence-$($env:COMPUTERNAME)-$(Get-Stamp $collectedAt)"
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
