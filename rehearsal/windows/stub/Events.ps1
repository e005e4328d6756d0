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

function Test-EventSource($World, [string]$Source) { @(Get-Entry $World 'eventSources') -contains $Source }

# A source is known to a machine once it has been registered, by an administrator.
function New-EventLog {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][string]$LogName, [Parameter(Mandatory = $true)][string[]]$Source)
    Edit-World { param($world)
        foreach ($name in $Source) {
            if (Test-EventSource $world $name) { throw "The `"$name`" source is already registered on the `"localhost`" computer." }
            Set-Entry $world 'eventSources' @(@(Get-Entry $world 'eventSources' | Where-Object { $null -ne $_ }) + @($name))
        }
    }
}

function Remove-EventLog {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][string[]]$Source)
    Edit-World { param($world) Set-Entry $world 'eventSources' @(@(Get-Entry $world 'eventSources') | Where-Object { $null -ne $_ -and $Source -notcontains $_ }) }
}

function Write-EventLog {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)][string]$LogName, [Parameter(Mandatory = $true)][string]$Source, [Parameter(Mandatory = $true)][int]$EventId,
        [ValidateSet('Error', 'Information', 'FailureAudit', 'SuccessAudit', 'Warning')][string]$EntryType = 'Information', [Parameter(Mandatory = $true)][string]$Message
    )
    # As Windows refuses it (monitoring.md section 6).
    if ($Message.Length -gt 31839) { throw 'Log entry string is too long. A string written to the event log cannot exceed 31839 characters.' }
    Edit-World { param($world)
        if (-not (Test-EventSource $world $Source)) { throw "The source name `"$Source`" does not exist on computer `"localhost`"." }
        $entry = [pscustomobject]@{ log = $LogName; provider = $Source; id = $EventId; level = $EntryType; at = Format-SimulatedTime $world; message = $Message }
        Set-Entry $world 'eventLog' @(@(Get-Entry $world 'eventLog' | Where-Object { $null -ne $_ }) + @($entry))
    }
}
