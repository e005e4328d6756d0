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
