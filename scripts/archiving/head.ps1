# entra-connect script: archive-configuration
<#
.SYNOPSIS
    What the scheduled task of pulumi-entra-connect runs: collects this server's configuration and archives it. Read-only.
.DESCRIPTION
    The task \pulumi-entra-connect\archive-configuration runs it as SYSTEM. Its settings are in archiving.json beside it, and
    both are run and read only as they were installed: their SHA-256 stand in the task itself.

    It waits for an idle engine, calls only cmdlets whose names begin with Get-, starts no synchronization and changes no
    setting. What it collects goes into the folder queue, from there to the storage account named in archiving.json, with the
    machine's own identity, under a new name each time and never over another. Of each run one event is written: log
    Application, source pulumi-entra-connect, 100 archived, 101 collected but not archived, 110 failed; its message is JSON
    (archive-configuration.health.schema.json).
    This file is put together from tested pieces (scripts/archiving, scripts/collect and scripts/fragments).
.PARAMETER ScriptSha256
    Of this file as the task has just read it; stands in the manifest.
.PARAMETER ConfigurationSha256
    What archiving.json must have. Another one is refused.
.NOTES
    Exit codes, the task's last result: 0 archived, 1 unexpected, 40 collected but not archived, 41 not collected,
    42 another run is at work, 43 the folder or its files are not as they were installed (also from the task's own line),
    44 the event could not be written.
#>
[CmdletBinding()]
param(
    [string]$ScriptSha256 = '',
    [string]$ConfigurationSha256 = ''
)

# Moved on with every change of what is collected or how it is archived.
$archiverVersion = '1'
$exitCodes = @{ archived = 0; waiting = 40; failed = 41; busy = 42; changed = 43; silent = 44 }
# The collector's own choice, which takes minutes on a large server.
$CountObjects = $false
