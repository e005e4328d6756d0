# Windows' event logs. Part of Windows.psm1.

# As the genuine cmdlet: nothing found is an error, told by its identifier in every language.
function Get-WinEvent {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][hashtable]$FilterHashtable, [long]$MaxEvents = 9999)
    $world = Read-World
    $age = Get-Entry $world.peculiarities 'certificateAgeDays'
    $found = @(Get-Entry $world 'eventLog' | Where-Object {
            $null -ne $_ -and $_.log -eq $FilterHashtable.LogName -and
            (-not $FilterHashtable.ContainsKey('ProviderName') -or $_.provider -eq $FilterHashtable.ProviderName) -and
            (-not $FilterHashtable.ContainsKey('Id') -or @($FilterHashtable.Id) -contains $_.id)
        })
    if (Get-Entry $world.peculiarities 'eventLogCleared') { $found = @() }
    if ($found.Count -eq 0) {
        $failure = Microsoft.PowerShell.Utility\New-Object -TypeName System.Exception -ArgumentList 'No events were found that match the specified selection criteria.'
        $PSCmdlet.ThrowTerminatingError([System.Management.Automation.ErrorRecord]::new($failure, 'NoMatchingEventsFound', 'ObjectNotFound', $null))
    }
    [array]::Reverse($found)
    $found | Select-Object -First ([int][math]::Min($MaxEvents, 100000)) | ForEach-Object {
        $at = ConvertTo-Instant $_.at
        if ($age -and $_.id -eq 1013) { $at = (Get-SimulatedTime $world).AddDays(-$age) }
        [pscustomobject]@{ Id = $_.id; ProviderName = $_.provider; LogName = $_.log; TimeCreated = $at.ToLocalTime(); Message = $_.message }
    }
}

$script:eventLogKey = 'HKLM:\SYSTEM\CurrentControlSet\Services\EventLog\Application'

function Test-EventSource([string]$Source) { Test-Path -LiteralPath "$eventLogKey\$Source" }

# A source is known to a machine once it has been registered, by an administrator.
function New-EventLog {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][string]$LogName, [Parameter(Mandatory = $true)][string[]]$Source)
    foreach ($name in $Source) {
        if (Test-EventSource $name) { throw "The `"$name`" source is already registered on the `"localhost`" computer." }
        $null = New-Item -Path "$eventLogKey\$name" -Force
        $null = New-ItemProperty -Path "$eventLogKey\$name" -Name EventMessageFile -Value 'C:\Windows\Microsoft.NET\Framework64\v4.0.30319\EventLogMessages.dll'
    }
}

function Remove-EventLog {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][string[]]$Source)
    foreach ($name in $Source) { Remove-Item -LiteralPath "$eventLogKey\$name" }
}

function Write-EventLog {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)][string]$LogName, [Parameter(Mandatory = $true)][string]$Source, [Parameter(Mandatory = $true)][int]$EventId,
        [ValidateSet('Error', 'Information', 'FailureAudit', 'SuccessAudit', 'Warning')][string]$EntryType = 'Information', [Parameter(Mandatory = $true)][string]$Message
    )
    # As Windows refuses it (monitoring.md section 6).
    if ($Message.Length -gt 31839) { throw 'Log entry string is too long. A string written to the event log cannot exceed 31839 characters.' }
    if (-not (Test-EventSource $Source)) { throw "The source name `"$Source`" does not exist on computer `"localhost`"." }
    Edit-World { param($world)
        $entry = [pscustomobject]@{ log = $LogName; provider = $Source; id = $EventId; level = $EntryType; at = Format-SimulatedTime $world; message = $Message }
        Set-Entry $world 'eventLog' @(@(Get-Entry $world 'eventLog' | Where-Object { $null -ne $_ }) + @($entry))
    }
}
