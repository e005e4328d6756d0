# Our part of the protected folder. A script that others could change and SYSTEM runs would give them the server.
$archiveFolder = "$libraryFolder\archive"
$queueFolder = "$archiveFolder\queue"
$archivingPath = "$archiveFolder\archiving.json"
$chainPath = "$archiveFolder\chain.json"
$again = 'Run pulumi up, which lays it there again; on a server that an operator set up by hand run install.ps1 of the bundle again.'

# Where the .NET Framework finds what PowerShell calls by this path.
function Get-NativePath([string]$Path) { $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path) }

# Looked at in every run, before anything is believed that lies there.
function Confirm-Protected {
    foreach ($path in @($libraryFolder, $archiveFolder, $queueFolder, "$archiveFolder\archive-configuration.ps1", $archivingPath, $chainPath)) {
        if (-not (Test-Path -LiteralPath $path)) { continue }
        # A link would lead what SYSTEM writes to where somebody else wants it.
        $attributes = [int](Get-Item -LiteralPath $path).Attributes
        if (($attributes -band 0x400) -ne 0) { Stop-Collecting $exitCodes.changed "$path is a link or mount point." 'What SYSTEM reads and writes there could be led elsewhere, so nothing was run.' "Find out who made it, remove it. $again" }
        $problem = Get-AccessProblem $path
        if ($problem) { Stop-Collecting $exitCodes.changed "$problem." 'Only SYSTEM and Administrators may change what SYSTEM runs, so nothing was run.' "Find out who changed that (the Security log, where it is audited). $again" }
    }
}

# The settings of this task, exactly as they were installed.
function Read-Archiving {
    if (-not (Test-Path -LiteralPath $archivingPath)) { Stop-Collecting $exitCodes.changed "There is no $archivingPath." 'It says which chain this server has and where its collections go.' $again }
    $found = Get-LowerHash $archivingPath
    if ($found -cne $ConfigurationSha256) { Stop-Collecting $exitCodes.changed "$archivingPath is not as it was installed: SHA-256 $found instead of $ConfigurationSha256." 'Somebody changed it since, and a guess could send the configuration elsewhere.' "Find out who did. $again" }
    ConvertFrom-Json -InputObject ([string](Get-Content -LiteralPath $archivingPath -Raw))
}
