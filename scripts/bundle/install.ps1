# fragments: lock place unmanaged files masks progress accessRights protect archiveTask
<#
.SYNOPSIS
    Installs the collector of pulumi-entra-connect on this Entra Connect Sync server as a scheduled task. README.txt says all of it.
.DESCRIPTION
    Run it in Windows PowerShell 5.1 as an administrator, from the folder in which the bundle was unpacked:

        powershell.exe -NoProfile -ExecutionPolicy Bypass -File install.ps1 -WhatIf
        powershell.exe -NoProfile -ExecutionPolicy Bypass -File install.ps1

    It asks nothing. It changes nothing of Entra Connect. It may be run again: what is as it should be stays.
.PARAMETER WhatIf
    Says what would be done, and does nothing.
#>
[CmdletBinding()]
param(
    [switch]$WhatIf
)

# A chain is one machine's, made once: what an earlier installation made goes on. It stands in what SYSTEM is to run, and before
# the first installation anybody could have written there, so it is a GUID or nothing.
function Get-OwnChain {
    foreach ($path in @($archivingPath, $chainPath)) {
        if (-not (Test-Path -LiteralPath $path)) { continue }
        $record = ConvertFrom-Record ([string](Get-Content -LiteralPath $path -Raw))
        $chain = [string](Get-PropertyOrNull $record 'chain')
        if ($null -ne (Get-PropertyOrNull $record 'generation')) { Stop-Script 'managed' @{ generation = [string]$record.generation } }
        if ($chain -cmatch '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\z') { return $chain }
    }
    [guid]::NewGuid().ToString()
}

function Get-BundledScript {
    $folder = $PSScriptRoot
    if (-not $folder) { $folder = (Get-Location).Path }
    $path = Join-Path $folder 'archive-configuration.ps1'
    if (-not (Test-Path -LiteralPath $path)) { Stop-Script 'not-as-bundled' @{ path = $path; expected = $bundled.scriptSha256; found = 'no such file' } }
    $found = Get-LowerHash $path
    if ($found -cne $bundled.scriptSha256) { Stop-Script 'not-as-bundled' @{ path = $path; expected = $bundled.scriptSha256; found = $found } }
    [string](Get-Content -LiteralPath $path -Raw)
}

function Get-TextSha256([string]$Text) {
    $memory = New-Object -TypeName System.IO.MemoryStream -ArgumentList (, [Text.Encoding]::ASCII.GetBytes($Text))
    (Get-FileHash -InputStream $memory -Algorithm SHA256).Hash.ToLowerInvariant()
}

function Get-Plan {
    $text = Get-BundledScript
    $chain = Get-OwnChain
    $archiving = [ordered]@{
        chain = $chain; generation = $null; endpoint = [string]$bundled.endpoint; container = [string]$bundled.container
        queue = [ordered]@{ count = [int]$bundled.queue.count; megabytes = [int]$bundled.queue.megabytes }; waitMinutes = [int]$bundled.waitMinutes; ports = @()
    }
    $file = (ConvertTo-AsciiJson $archiving) + "`n"
    $hash = Get-TextSha256 $file
    @{
        chain = $chain; script = @{ text = $text; sha256 = [string]$bundled.scriptSha256 }; archiving = @{ text = $file; sha256 = $hash }
        definition = $bundled.definition.Replace('{configurationSha256}', $hash).Replace('{chain}', $chain); firstRunMinutes = [int]$bundled.firstRunMinutes
    }
}

function Write-Plan($Plan) {
    $where = if ($bundled.endpoint) { "$($bundled.endpoint)/$($bundled.container), with this machine's own identity in Azure" } else { "nowhere: collections stay in $queueFolder" }
    foreach ($line in @(
            "folder            $archiveFolder, for SYSTEM and Administrators only"
            "script            $archivedScript, SHA-256 $($Plan.script.sha256)"
            "settings          $archivingPath, chain $($Plan.chain)"
            "event source      $eventSource in the log Application"
            "scheduled task    \pulumi-entra-connect\archive-configuration, as SYSTEM, $($bundled.schedule)"
            "collections go to $where"
            'of Entra Connect  nothing is changed'
        )) { [Console]::Out.WriteLine((ConvertTo-Ascii $line)) }
}

function Invoke-Script {
    Enter-Lock
    if ($null -eq (Get-SynchronizationService)) { Stop-Script 'not-set-up' }
    $plan = Get-Plan
    Write-Plan $plan
    $script:answer.chain = $plan.chain
    $script:answer.whatIf = [bool]$WhatIf
    $script:answer.before = $null
    $script:answer.firstRun = $null
    $script:answer.task = $null
    if (-not $WhatIf) {
        Enter-ArchiveLock
        try { Install-Archiving $plan } finally { Exit-ArchiveLock }
    }
    $script:answer.changes = @($script:changes)
}
