# entra-connect script: collect
<#
.SYNOPSIS
    Collects the evidence of one Microsoft Entra Connect Sync server in one zip archive. Read-only.
.DESCRIPTION
    Copy this one file to the server and run it there in Windows PowerShell 5.1 as a local administrator:

        powershell.exe -NoProfile -ExecutionPolicy Bypass -File collect.ps1 -OutputFolder C:\Evidence

    It calls only cmdlets whose names begin with Get-, reads files, and writes into the output folder. It starts no
    synchronization, changes no setting and contacts nobody. The archive holds configuration, statistics and versions
    and no password or key, but it does tell the directory's structure: choose a folder that only administrators read.
    This file is put together from tested pieces (scripts/collect and scripts/fragments of pulumi-entra-connect).
.PARAMETER OutputFolder
    Where the archive goes. Made if it is not there.
.PARAMETER CountObjects
    Also counts the objects of each connector space by type, by listing all of them. Minutes on a large server.
.NOTES
    The last line of the output is one line of JSON: the answer (collect.answer.schema.json).
    Exit codes: 0 archive written (its manifest says what could not be collected), 1 unexpected, 2 output folder,
    3 not an Entra Connect server, 4 nothing could be read, 5 the archive could not be written.
#>
[CmdletBinding()]
param(
    [string]$OutputFolder = '',
    [switch]$CountObjects
)
