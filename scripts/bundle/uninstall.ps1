# fragments: lock place unmanaged files masks progress accessRights protect archiveTask
<#
.SYNOPSIS
    Takes the collector of pulumi-entra-connect off this server: task, script, settings and event source.
.DESCRIPTION
    Run it in Windows PowerShell 5.1 as an administrator. Collections that were never archived stay, and so does the record of
    the chain, so that a later installation goes on where this one stopped; the answer names both. Nothing of Entra Connect is
    touched.
.PARAMETER WhatIf
    Says what would be done, and does nothing.
#>
[CmdletBinding()]
param(
    [switch]$WhatIf
)

function Invoke-Script {
    Enter-Lock
    $script:answer.whatIf = [bool]$WhatIf
    $script:answer.kept = @()
    if ($WhatIf) {
        foreach ($path in @($archivedScript, $archivingPath)) { if (Test-Path -LiteralPath $path) { [Console]::Out.WriteLine("would remove $path") } }
        if ($null -ne (Get-ArchiveTask)) { [Console]::Out.WriteLine('would remove the task \pulumi-entra-connect\archive-configuration') }
        if (Test-Path -LiteralPath $eventSourceKey) { [Console]::Out.WriteLine("would remove the event source $eventSource") }
    } else {
        Enter-ArchiveLock
        try { $script:answer.kept = @(Remove-Archiving) } finally { Exit-ArchiveLock }
    }
    $script:answer.waiting = @(Get-Waiting).Count
    $script:answer.changes = @($script:changes)
}
