# Windows' task scheduler: what is registered stands in server.json, and rehearsal/windows/scheduledTasks.ts runs it.
# Part of Windows.psm1.

function Stop-TaskCommand([System.Management.Automation.PSCmdlet]$Cmdlet, [string]$Path) {
    $failure = Microsoft.PowerShell.Utility\New-Object -TypeName System.Exception -ArgumentList "No MSFT_ScheduledTask objects found with property 'TaskName' equal to '$Path'."
    $Cmdlet.ThrowTerminatingError([System.Management.Automation.ErrorRecord]::new($failure, 'CmdletizationQuery_NotFound,Get-ScheduledTask', 'ObjectNotFound', $null))
}

function Get-TaskEntry($World, [string]$Path) { Get-Entry (Get-Entry $World 'tasks') $Path }

function Register-ScheduledTask {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][string]$Xml, [Parameter(Mandatory = $true)][string]$TaskName, [string]$TaskPath = '\', [switch]$Force)
    $refused = Get-Entry (Read-World).peculiarities 'tasksRefused'
    if ($refused) { throw $refused }
    $document = [xml]$Xml
    if ($null -eq $document.Task -or $null -eq $document.Task.Actions) { throw 'The task XML is missing a required element or attribute.' }
    $path = "$TaskPath$TaskName"
    Edit-World { param($world)
        $known = Get-TaskEntry $world $path
        if ($null -ne $known -and -not $Force) { throw 'Cannot create a file when that file already exists.' }
        if ($null -eq (Get-Entry $world 'tasks')) { Set-Entry $world 'tasks' ([pscustomobject]@{}) }
        # A task that is registered over another begins without a history.
        Set-Entry $world.tasks $path ([pscustomobject]@{ xml = $Xml; registeredAt = Format-SimulatedTime $world; state = 'Ready'; lastRunAt = $null; lastResult = 267011; startRequested = $false })
    }
    Get-ScheduledTask -TaskName $TaskName -TaskPath $TaskPath
}

function Get-ScheduledTask {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][string]$TaskName, [string]$TaskPath = '\')
    Wait-Run "$TaskPath$TaskName"
    $entry = Get-TaskEntry (Read-World) "$TaskPath$TaskName"
    if ($null -eq $entry) {
        if (@('SilentlyContinue', 'Ignore') -contains [string]$PSBoundParameters['ErrorAction']) { return }
        Stop-TaskCommand $PSCmdlet $TaskName
    }
    $state = $entry.state
    if ($entry.startRequested) { $state = 'Running' }
    [pscustomobject]@{ TaskName = $TaskName; TaskPath = $TaskPath; State = $state }
}

# The next time of day, in the server's own time: a simulated machine is in UTC.
function Get-NextRun($World, $Entry) {
    $trigger = ([xml]$Entry.xml).Task.Triggers.CalendarTrigger
    $start = [datetime]::Parse($trigger.StartBoundary, [Globalization.CultureInfo]::InvariantCulture, 'RoundtripKind')
    $step = [timespan]::FromDays(1)
    $repetition = $trigger.SelectSingleNode("*[local-name()='Repetition']/*[local-name()='Interval']")
    if ($null -ne $repetition) { $step = [System.Xml.XmlConvert]::ToTimeSpan($repetition.InnerText) }
    $now = Get-SimulatedTime $World
    $next = [datetime]::SpecifyKind($start, 'Utc')
    $passed = [math]::Floor(($now - $next).TotalSeconds / $step.TotalSeconds) + 1
    if ($passed -gt 0) { $next = $next.AddSeconds($passed * $step.TotalSeconds) }
    $next
}

# How long a run takes on a simulated machine says nothing, so whoever asks is answered when it is over.
function Wait-Run([string]$Path) {
    for ($look = 0; $look -lt 3000; $look++) {
        $entry = Get-TaskEntry (Read-World) $Path
        if ($null -eq $entry -or -not ($entry.startRequested -or $entry.state -eq 'Running')) { return }
        [System.Threading.Thread]::Sleep(50)
    }
}

function Get-ScheduledTaskInfo {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][string]$TaskName, [string]$TaskPath = '\')
    Wait-Run "$TaskPath$TaskName"
    $world = Read-World
    $entry = Get-TaskEntry $world "$TaskPath$TaskName"
    if ($null -eq $entry) { Stop-TaskCommand $PSCmdlet $TaskName }
    $last = $null
    if ($entry.lastRunAt) { $last = (ConvertTo-Instant $entry.lastRunAt).ToLocalTime() }
    [pscustomobject]@{ TaskName = $TaskName; LastRunTime = $last; LastTaskResult = [uint32]$entry.lastResult; NextRunTime = (Get-NextRun $world $entry).ToLocalTime(); NumberOfMissedRuns = 0 }
}

# Windows gives it back in its own words: with what it added itself, and without some of the schema's defaults.
function Export-ScheduledTask {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][string]$TaskName, [string]$TaskPath = '\')
    $entry = Get-TaskEntry (Read-World) "$TaskPath$TaskName"
    if ($null -eq $entry) { Stop-TaskCommand $PSCmdlet $TaskName }
    $entry.xml.Replace('<RegistrationInfo>', "<RegistrationInfo><URI>$TaskPath$TaskName</URI>").Replace('<Hidden>false</Hidden>', '').Replace('<AllowHardTerminate>true</AllowHardTerminate>', '').Replace('</Settings>', '<UseUnifiedSchedulingEngine>true</UseUnifiedSchedulingEngine></Settings>')
}

function Start-ScheduledTask {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][string]$TaskName, [string]$TaskPath = '\')
    Edit-World { param($world)
        $entry = Get-TaskEntry $world "$TaskPath$TaskName"
        if ($null -eq $entry) { throw 'The system cannot find the file specified.' }
        $entry.startRequested = $true
        $entry.lastRunAt = Format-SimulatedTime $world
    }
}

function Unregister-ScheduledTask {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([Parameter(Mandatory = $true)][string]$TaskName, [string]$TaskPath = '\')
    $refused = Get-Entry (Read-World).peculiarities 'tasksRefused'
    if ($refused) { throw $refused }
    Edit-World { param($world)
        if ($null -eq (Get-TaskEntry $world "$TaskPath$TaskName")) { throw 'The system cannot find the file specified.' }
        $world.tasks.PSObject.Properties.Remove("$TaskPath$TaskName")
    }
}
